import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { chartSvg } from "./chart-svg.ts";
import { Font } from "./font.ts";
import type { Fonts } from "./layout.ts";
import type { ChartSpec } from "./spec.ts";

/** Pixels of the picture for each of the layout's: Slack shows it on screens of twice the density. */
const density = 2;

interface Renderer {
  fonts: Fonts;
  draw: (svg: string) => Uint8Array;
}

let loading: Promise<Renderer> | undefined;

/** A chart as PNG, 1920 x 1080. The renderer is loaded with the first one; the same chart gives the same bytes. */
export async function renderChart(spec: ChartSpec): Promise<Uint8Array> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  const { fonts, draw } = await loading;
  return draw(chartSvg(spec, fonts));
}

async function load(): Promise<Renderer> {
  const { initWasm, Resvg } = await import("@resvg/resvg-wasm");
  const wasm = createRequire(import.meta.url).resolve("@resvg/resvg-wasm/index_bg.wasm");
  const [regular, bold] = await Promise.all([Font.load("regular"), Font.load("bold"), readFile(wasm).then(initWasm)]);
  const fontBuffers = [regular.bytes, bold.bytes];
  return {
    fonts: { regular, bold },
    draw: (svg) => {
      const chart = new Resvg(svg, {
        fitTo: { mode: "zoom", value: density },
        font: { fontBuffers, defaultFontFamily: "DejaVu Sans" },
      });
      // What the module's own memory holds is freed by hand.
      const image = chart.render();
      try {
        return image.asPng();
      } finally {
        image.free();
        chart.free();
      }
    },
  };
}
