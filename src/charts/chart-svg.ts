import { canvas, type Fonts, type Layout, layOut, sizes } from "./layout.ts";
import { bars, colourOf, lines, yOf } from "./marks.ts";
import type { ChartSpec } from "./spec.ts";
import { element, label } from "./svg.ts";

const ink = "#1d1c1d";
const grey = "#5c5b5e";
const grid = "#e3e3e6";

/** A chart as SVG. Each bar and each point says in `data-series` and `data-category` which figure it is. */
export function chartSvg(spec: ChartSpec, fonts: Fonts): string {
  const layout = layOut(spec, fonts);
  const { width, height } = canvas;
  const parts = [
    element("rect", { width, height, fill: "#ffffff" }),
    head(layout),
    axes(layout),
    spec.kind === "bar" ? bars(spec, layout, fonts.regular) : lines(spec, layout, fonts.regular),
    baseline(layout),
    ...(hasFigures(spec) ? [] : [nothingToShow(layout)]),
  ];
  const frame = {
    xmlns: "http://www.w3.org/2000/svg",
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    "font-family": "DejaVu Sans",
  };
  return element("svg", frame, parts.join("\n"));
}

function hasFigures({ categories, series }: ChartSpec): boolean {
  return series.some(({ values }) => categories.some((_, index) => (values[index] ?? null) !== null));
}

function head({ title, caption, legend }: Layout): string {
  return [
    ...title.map(({ text, x, y }) => label(text, { x, y, "font-size": sizes.title, "font-weight": "bold", fill: ink })),
    ...(caption ? [label(caption.text, { x: caption.x, y: caption.y, "font-size": sizes.caption, fill: grey })] : []),
    ...legend.map(({ text, x, y, series }) =>
      [
        element("rect", { x, y: y - 11, width: 13, height: 13, rx: 2, fill: colourOf(series) }),
        label(text, { x: x + 20, y, "font-size": sizes.legend, fill: ink }),
      ].join(""),
    ),
  ].join("");
}

function axes(layout: Layout): string {
  const { plot, ticks, categories, areCategoriesTurned } = layout;
  const { left, width } = plot;
  const scale = ticks.map(({ value, text }) => {
    const y = yOf(value, layout);
    return [
      element("line", { x1: left, x2: left + width, y1: y, y2: y, stroke: grid, "stroke-width": 1 }),
      label(text, { x: left - 10, y: y + 4, "font-size": sizes.axis, "text-anchor": "end", fill: grey }),
    ].join("");
  });
  const names = categories.map(({ lines: own, x, y }) =>
    own
      .map((text, index) => {
        const at = { "font-size": sizes.axis, fill: ink };
        if (areCategoriesTurned)
          return label(text, {
            ...at,
            x: 0,
            y: 0,
            "text-anchor": "end",
            transform: `translate(${x + 4} ${y}) rotate(-45)`,
          });
        return label(text, { ...at, x, y: y + index * sizes.axis * 1.3, "text-anchor": "middle" });
      })
      .join(""),
  );
  return [...scale, ...names].join("");
}

/** Zero, over the bars. */
function baseline(layout: Layout): string {
  const { left, width } = layout.plot;
  const y = yOf(0, layout);
  return element("line", { x1: left, x2: left + width, y1: y, y2: y, stroke: ink, "stroke-width": 1.5 });
}

function nothingToShow({ plot }: Layout): string {
  const at = { x: plot.left + plot.width / 2, y: plot.top + plot.height / 2 };
  return label("No figures", { ...at, "font-size": 18, "text-anchor": "middle", fill: grey });
}
