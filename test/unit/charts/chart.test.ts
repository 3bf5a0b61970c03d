import { beforeAll, describe, expect, it } from "vitest";
import { altText } from "../../../src/charts/alt-text.ts";
import { chartSvg } from "../../../src/charts/chart-svg.ts";
import { figure, niceScale, shortFigure, tickFigures } from "../../../src/charts/figures.ts";
import { Font } from "../../../src/charts/font.ts";
import { type Fonts, layOut, sizes } from "../../../src/charts/layout.ts";
import { renderChart } from "../../../src/charts/render-chart.ts";
import type { ChartSpec } from "../../../src/charts/spec.ts";

let fonts: Fonts;

beforeAll(async () => {
  fonts = { regular: await Font.load("regular"), bold: await Font.load("bold") };
});

const quarter: ChartSpec = {
  title: "Q4 2026, before and after",
  kind: "bar",
  categories: ["October", "November", "December"],
  series: [
    { name: "Before", values: [410_000, 388_000, 455_250] },
    { name: "After", values: [410_000, 388_000, 227_625] },
  ],
  unit: "USD",
};

interface Rect {
  series: number;
  category: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

function barsIn(svg: string): Rect[] {
  return [...svg.matchAll(/<rect data-series="[^/]*\/>/g)].map(([rect]) => {
    const of = (name: string): number => Number(new RegExp(` ${name}="([^"]*)"`).exec(rect)?.[1]);
    const [series, category] = [of("data-series"), of("data-category")];
    return { series, category, x: of("x"), y: of("y"), width: of("width"), height: of("height") };
  });
}

describe("a picture", () => {
  it("is a PNG of twice the layout's pixels, the same bytes for the same chart", async () => {
    const png = Buffer.from(await renderChart(quarter));
    expect(png.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
    expect(png.toString("latin1", 12, 16)).toBe("IHDR");
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1920, 1080]);
    expect(png.length).toBeLessThan(300_000);
    expect(Buffer.from(await renderChart(quarter)).equals(png)).toBe(true);
    const other = Buffer.from(await renderChart({ ...quarter, title: "Another" }));
    expect(other.equals(png)).toBe(false);
  });

  it.for([
    ["nothing at all", { title: "", kind: "bar", categories: [], series: [], unit: "" }],
    ["a lone surrogate and control characters", { ...quarter, title: "a\uD800b\u0000c\u202Ed", unit: "\u0007" }],
    ["figures of all sizes", { ...quarter, series: [{ name: "x", values: [1e15, -1e15, 1e-9] }] }],
  ] as [string, ChartSpec][])("is drawn of %s as well", async ([, spec]) => {
    expect((await renderChart(spec)).length).toBeGreaterThan(1_000);
  });
});

describe("bars", () => {
  it("stand in proportion to their figures, on one line", () => {
    const bars = barsIn(chartSvg(quarter, fonts));
    expect(bars).toHaveLength(6);
    const ground = new Set(bars.map(({ y, height }) => Math.round(y + height)));
    expect(ground.size).toBe(1);
    for (const bar of bars) {
      const perDollar = bar.height / (quarter.series[bar.series]?.values[bar.category] ?? 0);
      expect(perDollar * 455_250).toBeCloseTo(bars[2]?.height ?? 0, 0);
    }
  });

  it("of negative figures hang from the line that the others stand on", () => {
    const svg = chartSvg({ ...quarter, series: [{ name: "Change", values: [100, -50, 0] }] }, fonts);
    const [up, down, none] = barsIn(svg);
    expect(up && up.y + up.height).toBeCloseTo(down?.y ?? 0, 1);
    expect(down?.height).toBeCloseTo((up?.height ?? 0) / 2, 1);
    expect(none?.height).toBe(0);
  });

  it("do not overlap, and none is drawn where there is no figure", () => {
    const four = ["a", "b", "c", "d"].map((name) => ({ name, values: [1, null, 3] }));
    const bars = barsIn(chartSvg({ ...quarter, series: four }, fonts)).toSorted((a, b) => a.x - b.x);
    expect(bars).toHaveLength(8);
    for (const [index, bar] of bars.slice(1).entries()) {
      expect(bar.x).toBeGreaterThanOrEqual((bars[index]?.x ?? 0) + (bars[index]?.width ?? 0));
    }
  });
});

describe("lines", () => {
  it("are broken where a figure is missing", () => {
    const values = [1, 2, null, 4];
    const spec: ChartSpec = {
      ...quarter,
      kind: "line",
      categories: ["a", "b", "c", "d"],
      series: [{ name: "x", values }],
    };
    const svg = chartSvg(spec, fonts);
    expect(/<path d="(M[^"]*)"/.exec(svg)?.[1]?.match(/[ML]/g)).toEqual(["M", "L", "M"]);
    expect([...svg.matchAll(/<circle data-series/g)]).toHaveLength(3);
  });
});

describe("text", () => {
  it("of somebody else's stays text", () => {
    const evil = `</text><script>alert(1)</script>&<image href="https://evil.example/x.png"/>"'`;
    const spec: ChartSpec = {
      ...quarter,
      title: evil,
      categories: [evil, "b", "c"],
      unit: evil,
      series: [{ name: evil, values: [1, 2, 3] }],
    };
    const svg = chartSvg(spec, fonts);
    expect(svg).not.toMatch(/<script|<image|href="/);
    expect(svg).toContain("&lt;/text&gt;&lt;script&gt;");
  });

  it("of many scripts is drawn, and what the font lacks leaves a mark", () => {
    expect(fonts.regular.drawable("Ünïcode Привет Ελλάδα مرحبا שלום")).toBe("Ünïcode Привет Ελλάδα مرحبا שלום");
    expect(fonts.regular.drawable("東京 Ltd")).toBe("□□ Ltd");
    expect(fonts.regular.drawable(" a\n\u202E\u0000b ")).toBe("a b");
  });

  it("that is too long is cut with a sign, and nothing runs out of the picture", () => {
    const names = Array.from({ length: 24 }, (_, index) => `Account ${index} International Holdings and Sons`);
    const spec: ChartSpec = {
      title: "word ".repeat(60),
      kind: "bar",
      categories: names,
      series: ["a", "b", "c", "d"].map((name) => ({
        name: name.repeat(80),
        values: names.map((_, index) => index * 1e6),
      })),
      unit: "USD",
    };
    const layout = layOut(spec, fonts);
    expect(layout.title).toHaveLength(2);
    expect(layout.title[1]?.text).toMatch(/…$/);
    for (const { text, x } of layout.title) expect(x + fonts.bold.width(text, sizes.title)).toBeLessThan(960);
    for (const { text, x } of layout.legend) expect(x + fonts.regular.width(text, sizes.legend)).toBeLessThan(960);
    expect(new Set(layout.legend.map(({ y }) => y)).size).toBe(2);
    expect(layout.areCategoriesTurned).toBe(true);
    for (const { lines, x, y } of layout.categories) {
      const reach = fonts.regular.width(lines[0] ?? "", sizes.axis) / Math.SQRT2;
      expect(x - reach).toBeGreaterThan(0);
      expect(y + reach).toBeLessThan(540);
    }
    expect(layout.plot.height).toBeGreaterThan(150);
  });

  it("under the axis stands upright in lines where it fits, each within its own place", () => {
    const spec = { ...quarter, categories: ["Negotiation and contract review", "Closed won", "Discovery"] };
    const { areCategoriesTurned, categories, slot } = layOut(spec, fonts);
    expect(areCategoriesTurned).toBe(false);
    for (const { lines } of categories) {
      for (const line of lines) expect(fonts.regular.width(line, sizes.axis)).toBeLessThan(slot);
    }
  });

  it("at the bars is left out where it would not stand side by side", () => {
    const many = Array.from({ length: 24 }, (_, index) => `w${index}`);
    const series = ["a", "b", "c"].map((name) => ({ name, values: many.map((_, index) => 123_456 + index) }));
    const svg = chartSvg({ ...quarter, categories: many, series }, fonts);
    expect(svg).not.toContain("123,456");
    expect(chartSvg(quarter, fonts)).toContain(">455,250<");
  });

  it("says so where there are no figures", () => {
    expect(chartSvg({ ...quarter, series: [{ name: "x", values: [null, null, null] }] }, fonts)).toContain(
      "No figures",
    );
  });
});

describe("the scale", () => {
  it("has round steps and zero on it", () => {
    expect(niceScale([410_000, 388_000])).toEqual({
      from: 0,
      to: 500_000,
      ticks: [0, 1, 2, 3, 4, 5].map((n) => n * 1e5),
    });
    expect(niceScale([-3, 7]).ticks).toContain(0);
    expect(niceScale([])).toMatchObject({ from: 0, to: 1 });
    expect(niceScale([0.1, 0.3]).ticks.map(figure)).toEqual(["0", "0.1", "0.2", "0.3"]);
    expect([figure(-1234.5), shortFigure(-1_234_500)]).toEqual(["−1,234.5", "−1.23M"]);
  });
});

describe("a figure, small or large,", () => {
  it.for([
    [0.001, "0.001", "0.001"],
    [0.125, "0.125", "0.125"],
    [-0.0125, "−0.0125", "−0.0125"],
    [0.1 + 0.2, "0.3", "0.3"],
    [1234.5678, "1,234.5678", "1.23K"],
    [999_999_999_999_999, "999,999,999,999,999", "1000T"],
    [123_456_789_012_345.67, "123,456,789,012,345.67", "123T"],
    [-98_765_432_101_234.5, "−98,765,432,101,234.5", "−98.8T"],
    [Array.from({ length: 100 }, () => 0.1).reduce((sum, one) => sum + one), "10", "10"],
    [-0, "0", "0"],
    [2.5e-12, "2.5E-12", "2.5E-12"],
  ] as [number, string, string][])("%s is not rounded away", ([value, whole, short]) => {
    expect([figure(value), shortFigure(value)]).toEqual([whole, short]);
  });

  it("keeps its digits on the axis, where neighbours are told apart", () => {
    expect(tickFigures(niceScale([0.001, 0.002, 0.0125]).ticks)).toEqual([
      "0",
      "0.0025",
      "0.0050",
      "0.0075",
      "0.0100",
      "0.0125",
    ]);
    expect(tickFigures(niceScale([-3, 7]).ticks)).toEqual(["−4", "−2", "0", "2", "4", "6", "8"]);
    const rates = { ...quarter, series: [{ name: "Rate", values: [0.001, 0.002, 0.0125] }], unit: "" };
    const { ticks } = layOut(rates, fonts);
    expect(ticks.map(({ text }) => text)).toContain("0.0025");
    expect(chartSvg(rates, fonts)).toContain(">0.001<");
    expect(altText(rates)).toContain("Rate: October 0.001, November 0.002, December 0.0125.");
  });

  it("is drawn, however small, with ticks that differ", () => {
    const tiny = { ...quarter, series: [{ name: "x", values: [1e-12, 3e-12, 2e-12] }] };
    const texts = layOut(tiny, fonts).ticks.map(({ text }) => text);
    expect(new Set(texts).size).toBe(texts.length);
  });
});

describe("the alt text", () => {
  it("says every figure with its unit", () => {
    expect(altText(quarter)).toBe(
      "Bar chart: Q4 2026, before and after. Before: October 410,000 USD, November 388,000 USD, December 455,250 USD. " +
        "After: October 410,000 USD, November 388,000 USD, December 227,625 USD.",
    );
  });

  it("is never empty, and never longer than Slack takes", () => {
    expect(altText({ title: " ", kind: "line", categories: [], series: [], unit: "" })).toBe(
      "Line chart: untitled. No figures.",
    );
    const long = { ...quarter, categories: Array.from({ length: 24 }, (_, index) => `${index} ${"x".repeat(70)}`) };
    const series = ["a", "b", "c", "d"].map((name) => ({ name, values: long.categories.map(() => 1) }));
    const text = altText({ ...long, series });
    expect(text.length).toBeLessThan(2_000);
    expect(text).toMatch(/ … and more\.$/);
    expect(altText({ ...quarter, series: [{ name: "x", values: [null, 1, null] }] })).toContain("x: November 1 USD.");
  });
});
