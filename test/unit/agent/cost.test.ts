import { describe, expect, it } from "vitest";
import { costOf } from "../../../src/agent/cost.ts";
import { usage } from "../../support/agent-doubles.ts";

const none = { inputTokens: 0, cacheWriteTokens: 0, cacheReadTokens: 0, outputTokens: 0 };
const prices = { "claude-test": { input: 3, cacheWrite: 6, cacheRead: 0.3, output: 15 } };

describe("costOf", () => {
  it("adds up the four kinds of tokens, each by its price for a million", () => {
    expect(costOf(usage, "claude-test", prices)).toEqual({
      usd: (100 * 3 + 10 * 6 + 1000 * 0.3 + 20 * 15) / 1e6,
      hasPrice: true,
    });
    expect(costOf({ ...none, outputTokens: 1_000_000 }, "claude-test", prices).usd).toBe(15);
  });

  it.for([
    [1, 0],
    [2, 0.000001],
    [3, 0.000001],
    [5, 0.000002],
    [1_000_003, 0.300001],
    [999_999_999, 300],
  ] as const)("%i cached tokens cost %f dollars, to a millionth", ([cacheReadTokens, usd]) => {
    expect(costOf({ ...none, cacheReadTokens }, "claude-test", prices).usd).toBe(usd);
  });

  it.for(["claude-other", "constructor", ""])(
    "a model without a price, such as %j, costs nothing and is said to have none",
    (model) => {
      expect(costOf(usage, model, prices)).toEqual({ usd: 0, hasPrice: false });
    },
  );
});
