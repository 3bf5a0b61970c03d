const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });
const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 3 });

/** "410,000" */
export function figure(value: number): string {
  return whole.format(value).replace(/^-0$/, "0").replace("-", "−");
}

/** "410K" */
export function shortFigure(value: number): string {
  return compact.format(value).replace(/^-0$/, "0").replace("-", "−");
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

/** Without what binary fractions leave behind: 0.30000000000000004. */
function rounded(value: number): number {
  return Number(value.toPrecision(12));
}
