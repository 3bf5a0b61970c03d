/** Digits after the point that are ever written: what is smaller is written in powers of ten. */
const mostDecimals = 20;
const leastPlain = 1e-9;
const leastShort = 1e-6;

const plain = new Intl.NumberFormat("en-US", { maximumFractionDigits: mostDecimals });
const powers = new Intl.NumberFormat("en-US", { notation: "scientific", maximumSignificantDigits: 12 });
const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 3 });
const shortPowers = new Intl.NumberFormat("en-US", { notation: "scientific", maximumSignificantDigits: 3 });

/** "410,000", "0.0125": as it is, but for what binary fractions leave behind. */
export function figure(value: number): string {
  return signed(isTiny(value, leastPlain) ? powers.format(value) : plain.format(rounded(value)));
}

/** "410K" */
export function shortFigure(value: number): string {
  return signed((isTiny(value, leastShort) ? shortPowers : compact).format(value));
}

/** The figures of an axis, each with the decimals that tell one from the next: "0", "0.0025", "0.0050". */
export function tickFigures(ticks: readonly number[]): string[] {
  const decimals = Math.max(0, ...ticks.map(decimalsOf));
  if (ticks.some((value) => isTiny(value, leastPlain))) return ticks.map(figure);
  const format = new Intl.NumberFormat("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return ticks.map((value) => (value === 0 ? "0" : signed(format.format(value))));
}

function signed(text: string): string {
  return text.replace(/^-0$/, "0").replace(/^-/, "−");
}

function isTiny(value: number, least: number): boolean {
  return value !== 0 && Math.abs(value) < least;
}

function decimalsOf(value: number): number {
  for (let decimals = 0; decimals < mostDecimals; decimals++)
    if (Number(value.toFixed(decimals)) === value) return decimals;
  return mostDecimals;
}

export interface Scale {
  from: number;
  to: number;
  ticks: readonly number[];
}

const mostTicks = 6;

/** Round steps around these figures; zero is always on it, so that bars stand in proportion. */
export function niceScale(values: readonly number[]): Scale {
  const least = Math.min(0, ...values);
  const most = Math.max(0, ...values) || (least === 0 ? 1 : 0);
  const span = most - least;
  const rough = span / (mostTicks - 1);
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * magnitude).find((one) => one >= rough) ?? 10 * magnitude;
  const first = Math.floor(least / step);
  const last = Math.max(first + 1, Math.ceil(most / step));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => rounded((first + index) * step));
  return { from: rounded(first * step), to: rounded(last * step), ticks };
}

/**
 * Without what binary fractions leave behind: 0.30000000000000004, or 9.99999999999998 after a long sum. Whole numbers have nothing
 * of the kind; what stands before the point is kept, and two digits after it.
 */
function rounded(value: number): number {
  if (Number.isInteger(value)) return value;
  const digitsBeforePoint = String(Math.trunc(Math.abs(value))).length;
  return Number(value.toPrecision(Math.max(12, digitsBeforePoint + 2)));
}
