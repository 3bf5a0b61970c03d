import { asList, asObject, asText, lookUp, toolName } from "./calls.ts";
import type { Conversation } from "./conversation.ts";
import { call, type Found, type ToolCall } from "./move.ts";
import { problemInWords } from "./wording.ts";

type Json = Record<string, unknown>;

/** A tool by its name without the server's prefix, and what to ask it. */
export interface Inquiry {
  tool: string;
  input: Json;
}

/** What a tool said, or in words why it said nothing. */
export type Answer = { json: Json; problem?: undefined } | { json?: undefined; problem: string };

/** What is asked of several tools side by side, each answer in its place. */
export function inquire(
  conversation: Conversation,
  thinking: string,
  inquiries: readonly Inquiry[],
): Found<readonly Answer[]> {
  const missing: ToolCall[] = [];
  const answers = inquiries.map(({ tool, input }): Answer => {
    const name = toolName(conversation, tool);
    if (!name) return { problem: `I have no tool here for that (\`${tool}\` is not offered to me).` };
    const { outcome, next } = lookUp(conversation.current.outcomes, { name, input }, conversation.tools);
    if (next) missing.push(next);
    if (!outcome) return { problem: "I had to stop before I had it." };
    if (outcome.isError) return { problem: problemInWords(outcome.text) };
    return outcome.json === undefined
      ? { problem: "It came back in a form that I cannot read." }
      : { json: asObject(outcome.json) };
  });
  return missing.length > 0 && conversation.mayCall ? call(thinking, ...missing) : { value: answers };
}

/** One tool's answer. */
export function inquireOne(conversation: Conversation, thinking: string, inquiry: Inquiry): Found<Answer> {
  const found = inquire(conversation, thinking, [inquiry]);
  return "move" in found ? found : { value: found.value[0] ?? { problem: "It was not asked." } };
}

/** A list page after page; `isWhole` is false where there were more pages than are read. */
export type List = { items: Json[]; isWhole: boolean; problem?: undefined } | { problem: string; items?: undefined };

const MOST_PAGES = 5;

export function inquireList(
  conversation: Conversation,
  thinking: string,
  inquiry: Inquiry,
  field: string,
): Found<List> {
  const items: Json[] = [];
  let { input } = inquiry;
  for (let page = 0; page < MOST_PAGES; page++) {
    const found = inquireOne(conversation, thinking, { ...inquiry, input });
    if ("move" in found) return found;
    const { json, problem } = found.value;
    if (problem !== undefined) return { value: { problem } };
    items.push(...asList(json[field]).map(asObject));
    const cursor = asText(json["cursor"]);
    if (!cursor) return { value: { items, isWhole: json["truncated"] !== true } };
    input = { ...inquiry.input, cursor };
  }
  return { value: { items, isWhole: false } };
}
