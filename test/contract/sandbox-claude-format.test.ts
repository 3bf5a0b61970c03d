import Anthropic from "@anthropic-ai/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLAUDE_API_KEY, type ClaudeStore, startClaude } from "../../sandbox/claude/index.ts";
import { createSandboxClock, type StandIn, Switchboard } from "../../sandbox/stand-in.ts";
import { summaryFormat } from "../../src/workflows/calls/summary.ts";

const board = new Switchboard(createSandboxClock(Date.parse("2026-11-20T12:00:00Z")));
let claude: StandIn<ClaudeStore>;
let client: Anthropic;
beforeAll(async () => {
  claude = await startClaude({ board });
  client = new Anthropic({ apiKey: CLAUDE_API_KEY, baseURL: claude.url, maxRetries: 0 });
});
afterAll(() => claude.close());

const ask = (format: unknown) =>
  client.messages.create({
    model: "claude-sonnet-5-5",
    max_tokens: 2_000,
    messages: [{ role: "user", content: "hello" }],
    output_config: { format } as Anthropic.OutputConfig,
  });
const object = (properties: Record<string, unknown>, rest = {}) => ({
  type: "json_schema",
  schema: { type: "object", properties, additionalProperties: false, ...rest },
});

describe("output_config.format", () => {
  it("is taken as the official client sends it, and answered in JSON of that form", async () => {
    const answer = await ask({ type: "json_schema", schema: summaryFormat() });
    const [block] = answer.content;
    expect(JSON.parse(block?.type === "text" ? block.text : "")).toMatchObject({ points: [], next_steps: [] });
  });

  it.each([
    ["another type", { type: "json" }, /should be 'json_schema'/],
    ["no schema", { type: "json_schema" }, /valid dictionary/],
    ["a list", { type: "json_schema", schema: { type: "array", items: { type: "string" } } }, /must be an object's/],
    ["an open object", object({}, { additionalProperties: true }), /explicitly set to false/],
    [
      "an open object within",
      object({ a: { type: "array", items: { type: "object", properties: {} } } }),
      /explicitly set to false/,
    ],
    ["a limit", object({ a: { type: "string", maxLength: 5 } }), /'maxLength' is not supported/],
    [
      "a limit within a choice",
      object({ a: { anyOf: [{ type: "null" }, { type: "number", minimum: 1 }] } }),
      /'minimum' is not supported/,
    ],
    ["an unknown type", object({ a: { type: "date" } }), /is no type/],
    ["no type", object({ a: {} }), /needs a type/],
  ])("is refused with %s", async (_, format, words) => {
    await expect(ask(format)).rejects.toMatchObject({ status: 400, message: expect.stringMatching(words) });
  });
});
