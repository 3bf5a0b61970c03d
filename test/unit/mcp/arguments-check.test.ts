import { describe, expect, it } from "vitest";
import { z } from "zod";
import { checkArguments } from "../../../mcp-servers/shared/validate-arguments.ts";
import { createArgumentsCheck } from "../../../src/mcp/arguments-check.ts";

const input = z.object({ name: z.string(), emails: z.array(z.string()).optional() }).strict();
const inputSchema = {
  type: "object",
  properties: { name: { type: "string" }, emails: { type: "array", items: { type: "string" } } },
  required: ["name"],
  additionalProperties: false,
};
const gatewayCheck = createArgumentsCheck({ warn: () => expect.unreachable() });

/** Both ways to the same words: the gateway's, by JSON Schema, and our servers' own. */
const checks: [string, (args: object) => string | undefined][] = [
  ["the gateway", (args) => gatewayCheck({ name: "t", inputSchema }, args)],
  [
    "a server of ours",
    (args) => {
      const checked = checkArguments({ name: "t", input }, args);
      return "problem" in checked ? checked.problem : undefined;
    },
  ],
];

const unknown = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`key${i}`, i]));

describe.each(checks)("%s", (_who, check) => {
  it("takes what fits", () => {
    expect(check({ name: "x", emails: ["a", "b"] })).toBeUndefined();
  });

  it("tells the first ten problems, and how many more there are", () => {
    const lines = check({ name: "x", emails: Array(1_000).fill(7) })?.split("\n");
    expect(lines).toHaveLength(13);
    expect(lines?.slice(10, 12)).toEqual(["- emails[9]: must be text", "- and 990 more"]);
    expect(check({ name: "x", ...unknown(30) })).toContain("- and 20 more");
  });

  it("does not look at more arguments than any tool has", () => {
    expect(check({ name: "x", ...unknown(1_000) })?.split("\n")).toEqual([
      "t was not called: its arguments are wrong.",
      "- 1001 arguments are too many",
      "Correct them and call it again.",
    ]);
  });

  it("stops at the first thing that is wrong with large arguments", () => {
    expect(check({ name: "x", emails: Array(100_000).fill(7) })?.split("\n")).toHaveLength(3);
  });
});

it("lets large arguments pass at the gateway where the server's schema takes them", () => {
  expect(gatewayCheck({ name: "t", inputSchema }, { name: "x".repeat(500_000) })).toBeUndefined();
});
