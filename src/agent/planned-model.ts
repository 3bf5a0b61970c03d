import type { Answer, ContentBlock, Model, PlannedCall, Step } from "./ports.ts";

type ToolResultStep = Extract<Step, { kind: "tool_result" }>;

const nothingUsed = { inputTokens: 0, cacheWriteTokens: 0, cacheReadTokens: 0, outputTokens: 0 };

/**
 * In place of Claude where nothing is left to choose: makes these calls in one answer, so that a person is asked about all of
 * them at once, and says what came of each. It takes no tokens and replays like any model's answers. `turnId` makes its
 * calls' ids unique in the thread; `intro` is said before them, or is all there is.
 */
export function createPlannedModel(turnId: string, calls: readonly PlannedCall[], intro = ""): Model {
  return {
    respond: async ({ steps, model }, listener, signal) => {
      signal.throwIfAborted();
      const results = resultsSince(steps);
      const isMade = results.length > 0 || calls.length === 0;
      const uses = calls.map((call, index) => toolUse(turnId, call, index));
      const said = intro === "" ? [] : [{ type: "text", text: intro }];
      const content = results.length > 0 ? wordsFor(results) : [...said, ...uses];
      for (const block of content) if (block.type === "text") listener.onText(String(block.text));
      const answer: Omit<Answer, "stopReason"> = { kind: "answer", content, model, usage: nothingUsed };
      return { ...answer, stopReason: isMade ? "end_turn" : "tool_use" };
    },
  };
}

/** Of the question that is being answered. */
function resultsSince(steps: readonly Step[]): ToolResultStep[] {
  const from = steps.findLastIndex(({ kind }) => kind === "question");
  return steps.slice(from + 1).filter((step) => step.kind === "tool_result");
}

function toolUse(turnId: string, { tool, arguments: input }: PlannedCall, index: number): ContentBlock {
  return { type: "tool_use", id: `toolu_${turnId}_${index}`, name: tool, input };
}

function wordsFor(results: readonly ToolResultStep[]): ContentBlock[] {
  const lines = results.map(lineFor);
  const text = lines.length === 1 ? `${lines[0]}` : lines.map((line) => `- ${line}`).join("\n");
  return [{ type: "text", text }];
}

/** A failure's first line is for people; of a record its name, linked to the service's own page. */
function lineFor({ text, isError, tool }: ToolResultStep): string {
  const [firstLine = ""] = text.split("\n", 1);
  if (isError) return firstLine;
  const { name, url } = recordIn(text);
  const label = inOneLine(name ?? "The record");
  return `${doneWord(tool)} ${url === undefined ? `**${label}**` : `[${label}](${url})`}`;
}

/** `asana__create_task`: "Created". */
function doneWord(tool: string): string {
  const verb = /__([a-z]+)/.exec(tool)?.[1] ?? "";
  return { create: "Created", add: "Added to", update: "Changed", upsert: "Stored" }[verb] ?? "Done:";
}

/** Our servers answer with one record: at the top, one level down, or first of a list there. */
function recordIn(text: string): { name?: string; url?: string } {
  let output: unknown;
  try {
    output = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const top = fields(output);
  const below = Object.values(top).map((value: unknown) => fields(Array.isArray(value) ? value[0] : value));
  for (const candidate of [top, ...below]) {
    const name = [candidate["name"], candidate["title"], candidate["subject"]].find((one) => typeof one === "string");
    const { url } = candidate;
    if (name !== undefined || typeof url === "string") {
      return { ...(name !== undefined && { name }), ...(typeof url === "string" && { url }) };
    }
  }
  return {};
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** As words of a link. */
function inOneLine(name: string): string {
  return name.replaceAll(/\s+/g, " ").replaceAll(/([\\[\]*_`~<>|])/g, "\\$1");
}
