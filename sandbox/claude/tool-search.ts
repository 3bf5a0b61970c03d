import { randomBytes } from "node:crypto";
import { bestMatches, type Entry } from "./bm25.ts";
import { ApiError } from "./errors.ts";
import {
  type Block,
  blocksOf,
  type Message,
  type MessagesRequest,
  type ScriptBlock,
  type Spoken,
  type ToolParam,
} from "./wire.ts";

export const SEARCH_TOOL = "tool_search_tool_bm25";
/** The vendor gives three to five. */
const MOST_FOUND = 5;
const LONGEST_QUERY = 200;

export function isSearchTool({ type }: ToolParam): boolean {
  return type === SEARCH_TOOL || type === `${SEARCH_TOOL}_20251119`;
}

/** The names that a search's result refers to. */
export function referencesOf({ content }: Block): string[] {
  if (!content || typeof content !== "object" || Array.isArray(content)) return [];
  return (content.tool_references ?? []).map((reference) => reference.tool_name);
}

/** A search that still has to be run: after a pause, or beside calls whose results have come now. */
export function openSearches(messages: readonly Message[]): Block[] {
  const last = messages.at(-1);
  const hasResults = last?.role === "user" && isResultsOnly(last);
  const answer = hasResults ? messages.at(-2) : last;
  if (answer?.role !== "assistant") return [];
  const blocks = blocksOf(answer.content);
  const answered = new Set(blocks.map((block) => block.tool_use_id));
  return blocks.filter((block) => block.type === "server_tool_use" && !answered.has(block.id));
}

export function isResultsOnly({ content }: Message): boolean {
  return blocksOf(content).every((block) => block.type === "tool_result");
}

/**
 * A script's words as a model says them that sees no deferred tool until a search has found it: before a call of one stands
 * a search, with the words of the script's own reason. What the search does not find cannot be called.
 */
export function withSearches(script: readonly ScriptBlock[], request: MessagesRequest): Spoken[] {
  const { tools = [], messages } = request;
  const hidden = hiddenTools(tools, messages);
  const spoken: Spoken[] = openSearches(messages).map((use) => resultOf(use.id ?? "", queryOf(use), tools));
  for (const result of spoken) reveal(result, hidden);
  const isMixed = script.some((block) => block.type === "tool_use" && !hidden.has(block.name));
  for (const [index, block] of script.entries()) {
    if (block.type !== "tool_use" || !hidden.has(block.name)) {
      spoken.push(block);
      continue;
    }
    const search = searchFor(block, script.slice(0, index), tools);
    const result = resultOf(search.id, search.query, tools);
    spoken.push(search);
    // The service runs a search that stands beside calls of the client's tools when their results have come.
    if (isMixed) return [...spoken, ...script.slice(index).filter((one) => !isHidden(one, hidden))];
    spoken.push(result);
    reveal(result, hidden);
    if (hidden.has(block.name)) return [...spoken, notFound(search.query, result.references)];
    spoken.push(block);
  }
  return spoken;
}

function isHidden(block: ScriptBlock, hidden: ReadonlySet<string>): boolean {
  return block.type === "tool_use" && hidden.has(block.name);
}

function hiddenTools(tools: readonly ToolParam[], messages: readonly Message[]): Set<string> {
  const seen = new Set(messages.flatMap(({ content }) => blocksOf(content).flatMap(referencesOf)));
  return new Set(tools.filter((tool) => tool.defer_loading && !seen.has(tool.name)).map((tool) => tool.name));
}

function reveal(result: Spoken, hidden: Set<string>): void {
  if (result.type === "tool_search_tool_result") for (const name of result.references) hidden.delete(name);
}

type SearchSpoken = Extract<Spoken, { type: "server_tool_use" }>;
type ResultSpoken = Extract<Spoken, { type: "tool_search_tool_result" }>;

function searchFor(
  call: Extract<ScriptBlock, { type: "tool_use" }>,
  before: readonly ScriptBlock[],
  tools: readonly ToolParam[],
): SearchSpoken {
  if (!tools.some(isSearchTool)) {
    throw new ApiError(
      500,
      `The script calls ${call.name}, which is deferred, and the request has no tool to search with.`,
    );
  }
  const reason = before.findLast((block) => block.type !== "tool_use");
  const words = call.search ?? (reason?.type === "thinking" ? reason.thinking : reason?.text);
  if (!words)
    throw new ApiError(500, `The script calls ${call.name}, which is deferred, and gives no reason to search by.`);
  const id = `srvtoolu_${randomBytes(12).toString("hex")}`;
  return { type: "server_tool_use", id, query: words.slice(0, LONGEST_QUERY) };
}

function resultOf(of: string, query: string, tools: readonly ToolParam[]): ResultSpoken {
  return { type: "tool_search_tool_result", of, references: bestMatches(query, catalogueOf(tools), MOST_FOUND) };
}

/** What is searched: the deferred tools. */
export function catalogueOf(tools: readonly ToolParam[]): Entry[] {
  return tools.filter((tool) => tool.defer_loading).map(toEntry);
}

/** As the vendor says: names, descriptions, and names and descriptions of arguments. */
function toEntry({ name, description = "", input_schema: schema }: ToolParam): Entry {
  const properties = (schema?.["properties"] ?? {}) as Record<string, { description?: string }>;
  const parameters = Object.entries(properties).map(([key, value]) => `${key} ${value.description ?? ""}`);
  return { name, text: [description, ...parameters].join(" ") };
}

function queryOf({ input }: Block): string {
  const { query } = (input ?? {}) as { query?: unknown };
  return typeof query === "string" ? query : "";
}

function notFound(query: string, found: readonly string[]): ScriptBlock {
  const instead = found.length > 0 ? ` It found ${found.join(", ")}.` : "";
  return { type: "text", text: `I have no tool for that: I searched for "${query}".${instead}` };
}

/** What the model reads in place of a result: the whole definition of each tool that it refers to. */
export function definitionsFor(block: Block, tools: readonly ToolParam[]): string {
  const names = referencesOf(block);
  return JSON.stringify(tools.filter((tool) => names.includes(tool.name)));
}
