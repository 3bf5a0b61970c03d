import { figure, shortFigure } from "./figures.ts";
import type { Font } from "./font.ts";
import { type Layout, sizes } from "./layout.ts";
import type { ChartSeries, ChartSpec } from "./spec.ts";
import { element, label } from "./svg.ts";

/** Told apart by who sees few colours as well, and on white: blue, orange, green, purple. */
const colours = ["#1f5fa8", "#d97706", "#2f8f6b", "#8e4ec6"];
const ink = "#1d1c1d";

export function colourOf(series: number): string {
  return colours[series % colours.length] ?? ink;
}

/** The pixel of a figure. */
export function yOf(value: number, { plot, scale }: Layout): number {
  return plot.top + ((scale.to - value) / (scale.to - scale.from)) * plot.height;
}

interface Point {
  series: number;
  category: number;
  value: number;
  /** The middle of its mark. */
  x: number;
}

function pointsOf(spec: ChartSpec, xOf: (category: number, series: number) => number): Point[] {
  return spec.series.flatMap(({ values }, series) =>
    spec.categories.flatMap((_, category) => {
      const value = values[category] ?? null;
      return value === null ? [] : [{ series, category, value, x: xOf(category, series) }];
    }),
  );
}

export function bars(spec: ChartSpec, layout: Layout, font: Font): string {
  const count = Math.max(1, spec.series.length);
  const width = Math.min(72, (layout.slot * 0.76) / count);
  const middle = (category: number, series: number): number =>
    layout.plot.left + layout.slot * (category + 0.5) + (series - (count - 1) / 2) * width;
  const points = pointsOf(spec, middle);
  const zero = yOf(0, layout);
  const drawn = points.map(({ series, category, value, x }) => {
    const y = yOf(value, layout);
    return element("rect", {
      "data-series": series,
      "data-category": category,
      x: x - width / 2 + 1,
      y: Math.min(y, zero),
      width: Math.max(1, width - 2),
      height: Math.abs(y - zero),
      fill: colourOf(series),
    });
  });
  const room = count === 1 ? layout.slot : width;
  return [...drawn, ...valueLabels(points, layout, { font, room, distance: 7 })].join("");
}

export function lines(spec: ChartSpec, layout: Layout, font: Font): string {
  const points = pointsOf(spec, (category) => layout.plot.left + layout.slot * (category + 0.5));
  const drawn = spec.series.map((series, index) => line(series, index, layout));
  const marks = points.map((point) => marker(point, yOf(point.value, layout)));
  // Figures of several lines would stand on top of each other.
  const labels = spec.series.length === 1 ? valueLabels(points, layout, { font, room: layout.slot, distance: 11 }) : [];
  return [...drawn, ...marks, ...labels].join("");
}

/** Broken where there is no figure. */
function line({ values }: ChartSeries, series: number, layout: Layout): string {
  let path = "";
  for (const [category, value] of values.entries()) {
    if (value === null) continue;
    const isOn = category > 0 && (values[category - 1] ?? null) !== null;
    const x = layout.plot.left + layout.slot * (category + 0.5);
    path += `${isOn ? "L" : "M"}${x.toFixed(2)} ${yOf(value, layout).toFixed(2)}`;
  }
  if (path === "") return "";
  return element("path", { d: path, fill: "none", stroke: colourOf(series), "stroke-width": 3 });
}

/** Of a form of its own for each series. */
function marker({ series, category, x }: Point, y: number): string {
  const about = { "data-series": series, "data-category": category, "data-y": y, fill: colourOf(series) };
  const paths = [
    undefined,
    `M${x - 5} ${y - 5}h10v10h-10z`,
    `M${x} ${y - 6}L${x + 6} ${y + 5}H${x - 6}z`,
    `M${x} ${y - 7}L${x + 7} ${y}L${x} ${y + 7}L${x - 7} ${y}z`,
  ];
  const d = paths[series % paths.length];
  return d === undefined ? element("circle", { ...about, cx: x, cy: y, r: 5 }) : element("path", { ...about, d });
}

/** The figures at their marks, whole or short; none where they would not stand side by side. */
function valueLabels(
  points: readonly Point[],
  layout: Layout,
  { font, room, distance }: { font: Font; room: number; distance: number },
): string[] {
  const worded = [figure, shortFigure]
    .map((inWords) => points.map(({ value }) => inWords(value)))
    .find((texts) => texts.every((text) => font.width(text, sizes.value) <= room - 4));
  if (!worded) return [];
  return points.map(({ value, x }, index) => {
    const y = yOf(value, layout) + (value < 0 ? sizes.value + distance - 2 : -distance);
    return label(worded[index] ?? "", { x, y, "font-size": sizes.value, "text-anchor": "middle", fill: ink });
  });
}
