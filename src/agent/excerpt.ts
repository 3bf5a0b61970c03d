import type { Step, ToolDefinition, ToolResult } from "./ports.ts";

type ToolResultStep = Extract<Step, { kind: "tool_result" }>;

/** Our own tool beside those of the gateway: the rest of a result that was cut. */
export const readMoreTool: ToolDefinition = {
  name: "read_more",
  description:
    "Reads on in a tool result that was cut. Pass the cursor that stands at the end of the cut result, as it is. " +
    "Returns the next part, with another cursor where there is more.",
  inputSchema: {
    type: "object",
    properties: { cursor: { type: "string", description: "The cursor from the end of the cut result" } },
    required: ["cursor"],
    additionalProperties: false,
  },
  service: "the results",
  readOnly: true,
  progress: { one: "Reading on in a long result", many: "Reading {count} more parts of long results" },
};

/**
 * What the model reads of a result. The step itself keeps the whole, so that a cursor is only a step's id and a place in
 * it: it holds after a restart and in later turns of the thread.
 */
export function excerpt(step: ToolResultStep, limit: number): ToolResultStep {
  if (step.text.length <= limit || step.tool === readMoreTool.name) return step;
  return { ...step, text: part(step, 0, limit) };
}

/** Stands in for an old result that no longer fits. */
export function stub(step: ToolResultStep): ToolResultStep {
  const text = `[Left out here to save room: ${step.text.length} characters. read_more with cursor "${cursor(step, 0)}" brings them back.]`;
  return step.text.length <= text.length ? step : { ...step, text };
}

/** Answers a `read_more` call from the steps of the thread. */
export function readMore(args: unknown, steps: readonly Step[], limit: number): ToolResult {
  const given = String((args as { cursor?: unknown }).cursor);
  const match = /^(.+):(\d+)$/.exec(given);
  const step = steps.find((one) => one.kind === "tool_result" && one.toolUseId === match?.[1]);
  const from = Number(match?.[2]);
  if (step?.kind !== "tool_result" || from >= Math.max(1, step.text.length)) {
    return { text: `There is no cursor "${given.slice(0, 80)}" in this thread.`, isError: true };
  }
  return { text: part(step, from, limit), isError: step.isError };
}

function cursor(step: ToolResultStep, at: number): string {
  return `${step.toolUseId}:${at}`;
}

function part(step: ToolResultStep, from: number, limit: number): string {
  const { text } = step;
  const to = cutBefore(text, from, from + limit);
  if (to >= text.length) return text.slice(from);
  const rest = text.length - to;
  return `${text.slice(from, to)}\n[Cut here: ${rest} of ${text.length} characters are left. For the next part call read_more with cursor "${cursor(step, to)}".]`;
}

/** The end of the last whole line, or of the last whole JSON item, before `end`; never inside a character. */
function cutBefore(text: string, from: number, end: number): number {
  if (end >= text.length) return text.length;
  const earliest = from + (end - from) / 2;
  for (const [separator, keep] of [
    ["\n", 1],
    ["},", 2],
    [", ", 2],
    [" ", 1],
  ] as const) {
    const at = text.lastIndexOf(separator, end - keep);
    if (at > earliest) return at + keep;
  }
  const isPair = /[\uD800-\uDBFF]/.test(text[end - 1] ?? "");
  return isPair ? end - 1 : end;
}
