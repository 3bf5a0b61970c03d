import type { Usage } from "./ports.ts";

/** US dollars for a million tokens of each kind. */
export interface ModelPrice {
  input: number;
  cacheWrite: number;
  cacheRead: number;
  output: number;
}

/** By model. */
export type Prices = Readonly<Record<string, ModelPrice>>;

export interface Cost {
  /** US dollars, to a millionth. */
  usd: number;
  /** False where the prices do not name the model: then it costs nothing here. */
  hasPrice: boolean;
}

const MILLION = 1_000_000;

/** What so many tokens of a model cost. */
export function costOf(usage: Usage, model: string, prices: Prices): Cost {
  const price = Object.hasOwn(prices, model) ? prices[model] : undefined;
  if (!price) return { usd: 0, hasPrice: false };
  // A price counted in millionths is whole, and so are all sums of it: 0.3 * 3 would not be 0.9.
  const millionths =
    usage.inputTokens * whole(price.input) +
    usage.cacheWriteTokens * whole(price.cacheWrite) +
    usage.cacheReadTokens * whole(price.cacheRead) +
    usage.outputTokens * whole(price.output);
  return { usd: Math.round(millionths / MILLION) / MILLION, hasPrice: true };
}

function whole(price: number): number {
  return Math.round(price * MILLION);
}
