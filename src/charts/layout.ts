import { niceScale, type Scale, shortFigure, tickFigures } from "./figures.ts";
import type { Font } from "./font.ts";
import { type ChartSpec, chartLimits } from "./spec.ts";

export interface Fonts {
  regular: Font;
  bold: Font;
}

export const canvas = { width: 960, height: 540, margin: 28 };
export const sizes = { title: 22, caption: 13, legend: 13, axis: 12, value: 11 };

const inside = canvas.width - 2 * canvas.margin;
const lineHeight = 1.3;
/** Turned by 45 degrees they may reach so far down. */
const turnedLength = 130;
const mostLines = 3;
const widestTick = 96;

export interface Placed {
  text: string;
  x: number;
  y: number;
}

export interface LegendEntry extends Placed {
  series: number;
}

export interface Layout {
  title: Placed[];
  caption: Placed | undefined;
  legend: LegendEntry[];
  plot: { left: number; top: number; width: number; height: number };
  scale: Scale;
  ticks: { value: number; text: string }[];
  categories: { lines: string[]; x: number; y: number }[];
  areCategoriesTurned: boolean;
  /** The pixels along the axis that one category has. */
  slot: number;
}

/** Where everything stands, so that nothing overlaps and nothing runs out: what is too long is cut with a sign. */
export function layOut(spec: ChartSpec, { regular, bold }: Fonts): Layout {
  const title = titleLines(spec.title, bold);
  const captionY = canvas.margin + sizes.title * (0.8 + lineHeight * (title.length - 1)) + 24;
  const caption = captionOf(spec.unit, captionY, regular);
  const legend = legendOf(spec, caption ? captionY + 28 : captionY, regular);
  const headEnd = legend.at(-1)?.y ?? caption?.y ?? title.at(-1)?.y ?? canvas.margin;
  const values = spec.series.flatMap((series) => series.values.filter((value) => value !== null));
  const scale = niceScale(values);
  const ticks = tickLabels(scale, regular);
  const left = canvas.margin + Math.max(...ticks.map(({ text }) => regular.width(text, sizes.axis))) + 10;
  const width = canvas.width - canvas.margin - left;
  const slot = width / Math.max(1, spec.categories.length);
  const names = spec.categories.map((name) => regular.drawable(name.slice(0, chartLimits.categoryLength)));
  const below = scale.from < 0 ? 16 : 0;
  const { areTurned, lines, height: room } = categoryLabels(names, { slot, left }, regular);
  const top = headEnd + 30;
  const height = canvas.height - canvas.margin - room - below - top;
  const y = top + height + below + 18;
  const categories = lines.map((own, index) => ({ lines: own, x: left + slot * (index + 0.5), y }));
  const plot = { left, top, width, height };
  return { title, caption, legend, plot, scale, ticks, categories, areCategoriesTurned: areTurned, slot };
}

function titleLines(title: string, font: Font): Placed[] {
  const text = font.drawable(title.slice(0, chartLimits.titleLength));
  const lines = font.wrap(text, sizes.title, inside, 2) ?? font.cutInTwo(text, sizes.title, inside);
  const first = canvas.margin + sizes.title * 0.8;
  return lines.map((line, index) => ({
    text: line,
    x: canvas.margin,
    y: first + index * sizes.title * lineHeight,
  }));
}

function captionOf(unit: string, y: number, font: Font): Placed | undefined {
  const text = font.drawable(unit.slice(0, chartLimits.unitLength));
  return text === "" ? undefined : { text: `in ${text}`, x: canvas.margin, y };
}

const swatch = 20;
const gap = 24;

/** From left to right, in as many rows as it takes. */
function legendOf({ series }: ChartSpec, y: number, font: Font): LegendEntry[] {
  const entries: LegendEntry[] = [];
  let x = canvas.margin;
  let row = y;
  for (const [index, { name }] of series.entries()) {
    const drawable = font.drawable(name.slice(0, chartLimits.nameLength));
    if (drawable === "") continue;
    const text = font.fit(drawable, sizes.legend, inside / 2 - swatch - gap);
    const width = swatch + font.width(text, sizes.legend);
    if (x > canvas.margin && x + width > canvas.width - canvas.margin) {
      x = canvas.margin;
      row += 22;
    }
    entries.push({ text, x, y: row, series: index });
    x += width + gap;
  }
  return entries;
}

function tickLabels({ ticks }: Scale, font: Font): { value: number; text: string }[] {
  const whole = tickFigures(ticks);
  const isLong = whole.some((text) => font.width(text, sizes.axis) > widestTick);
  return ticks.map((value, index) => ({ value, text: (isLong ? undefined : whole[index]) ?? shortFigure(value) }));
}

/** Upright in a few lines where they fit, else turned; only what fits neither way is cut. */
function categoryLabels(
  names: readonly string[],
  { slot, left }: { slot: number; left: number },
  font: Font,
): { areTurned: boolean; lines: string[][]; height: number } {
  const room = slot - 8;
  const whole = names.map((name) => font.wrap(name, sizes.axis, room, mostLines));
  const height = (lines: readonly string[][]): number =>
    6 + Math.max(1, ...lines.map((own) => own.length)) * sizes.axis * lineHeight;
  if (whole.every((lines) => lines !== undefined)) return { areTurned: false, lines: whole, height: height(whole) };
  if (slot >= turnedLength) {
    const cut = names.map((name, index) => whole[index] ?? [font.fit(name, sizes.axis, room)]);
    return { areTurned: false, lines: cut, height: height(cut) };
  }
  const turned = names.map((name, index) => {
    // Its end is under its place, and its beginning to the left of that: not beyond the edge.
    const reach = (left + slot * (index + 0.5) - 8) * Math.SQRT2;
    return [font.fit(name, sizes.axis, Math.min(turnedLength, reach))];
  });
  const longest = Math.max(...turned.map(([text = ""]) => font.width(text, sizes.axis)));
  return { areTurned: true, lines: turned, height: 8 + longest / Math.SQRT2 };
}
