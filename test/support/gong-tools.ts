import type { Step } from "../../src/agent/ports.ts";
import { call, MemoryTools, toolDefinition } from "./agent-doubles.ts";

export const getCalls = toolDefinition("gong__get_calls", {
  inputSchema: {
    type: "object",
    properties: { from: { type: "string" }, limit: { type: "integer" } },
    required: ["from"],
    additionalProperties: false,
  },
  progress: { one: "Looking for calls in Gong", many: "Looking for calls in Gong {count} times" },
});
export const getTranscript = toolDefinition("gong__get_call_transcript", {
  progress: { one: "Reading a call in Gong", many: "Reading {count} calls in Gong" },
});

export const gong = () =>
  new MemoryTools()
    .add(getCalls, () => ({ text: "2 calls: 1, 2", isError: false, links: ["https://gong/1", "https://gong/2"] }))
    .add(getTranscript, (args) => `transcript of ${args.id}`);

export const listCalls = (id: string, input: unknown = { from: "2026-11-20" }) => call(id, "gong__get_calls", input);
export const readCall = (id: string, callId = id) => call(id, "gong__get_call_transcript", { id: callId });
export const results = (steps: readonly Step[]) => steps.filter((step) => step.kind === "tool_result");
export const kinds = (steps: readonly Step[]) => steps.map((step) => step.kind);

/** Resolves once the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
