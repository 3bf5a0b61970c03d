import { randomBytes } from "node:crypto";
import { signThinking } from "./signatures.ts";
import { charactersOf, tokensOf } from "./tokens.ts";
import { SEARCH_TOOL } from "./tool-search.ts";
import type { AnswerBlock, MessagesRequest, Spoken, StopReason } from "./wire.ts";

/** How a coming answer is to go wrong; one entry is used up by one answer. */
export interface StreamFault {
  /** After this many SSE events an `error` event ends the stream. */
  errorAfterEvents?: number | undefined;
  /** After this many SSE events the connection is cut. */
  cutAfterEvents?: number | undefined;
  /** The answer stops half way, for this reason. */
  stopReason?: Exclude<StopReason, "end_turn" | "tool_use"> | undefined;
  /** With `max_tokens`: stops in the middle of the arguments of the first call, or of the first search. */
  cutToolCall?: boolean | undefined;
}

/** A block, or the part of it that was still said; `json` is what came of a cut-off call's arguments. */
type Said = Spoken & { json?: string | undefined };

export interface Answer {
  content: AnswerBlock[];
  /** For the calls and searches among `content`, by id: the arguments as text, complete unless the answer was cut off. */
  argumentTexts: Map<string, string>;
  stopReason: StopReason;
  outputTokens: number;
  thinkingTokens: number;
  /** What was not said any more; said after a pause when the answer is sent back. */
  rest: Spoken[];
}

/** A script's words as an answer: within max_tokens, cut where a fault asks for it, with ids and signatures. */
export function composeAnswer(
  blocks: readonly Spoken[],
  request: MessagesRequest,
  question: string,
  fault: StreamFault | undefined,
): Answer {
  const wanted = fault?.stopReason ? interrupt(blocks, fault) : { said: [...blocks], rest: [] };
  const { said, cut } = withinBudget(wanted.said, charactersOf(request.max_tokens));
  const shown = request.thinking?.display === "summarized";
  const argumentTexts = new Map<string, string>();
  const content = said.map((block): AnswerBlock => {
    if (block.type === "text") return { type: "text", text: block.text, citations: null };
    if (block.type === "thinking") {
      const thinking = shown ? block.thinking : "";
      return { type: "thinking", thinking, signature: signThinking(thinking, request.model, question) };
    }
    if (block.type === "tool_search_tool_result") return resultBlock(block.of, block.references);
    const use = useBlock(block);
    argumentTexts.set(use.id, wordsOf(block));
    return use;
  });
  const thinkingTokens = said.reduce((sum, b) => sum + (b.type === "thinking" ? tokensOf(b.thinking) : 0), 0);
  return {
    content,
    argumentTexts,
    stopReason: cut ? "max_tokens" : (fault?.stopReason ?? naturalStop(said)),
    outputTokens: said.reduce((sum, block) => sum + tokensOf(wordsOf(block)), 0),
    thinkingTokens,
    rest: wanted.rest,
  };
}

function useBlock(block: Extract<Said, { type: "tool_use" | "server_tool_use" }>) {
  const isWhole = block.json === undefined;
  const caller = { type: "direct" as const };
  if (block.type === "server_tool_use") {
    return { type: block.type, id: block.id, caller, name: SEARCH_TOOL, input: isWhole ? { query: block.query } : {} };
  }
  const id = block.id ?? `toolu_${randomBytes(12).toString("base64url").replaceAll("-", "A")}`;
  return { type: block.type, id, caller, name: block.name, input: isWhole ? block.input : {} };
}

function resultBlock(toolUseId: string, names: readonly string[]): AnswerBlock {
  const references = names.map((tool_name) => ({ type: "tool_reference" as const, tool_name }));
  const content = { type: "tool_search_tool_search_result", tool_references: references };
  return { type: "tool_search_tool_result", tool_use_id: toolUseId, content };
}

function naturalStop(said: readonly Said[]): StopReason {
  return said.some((block) => block.type === "tool_use") ? "tool_use" : "end_turn";
}

function wordsOf(block: Said): string {
  if (block.type === "text") return block.text;
  if (block.type === "thinking") return block.thinking;
  // The service's words, not the model's.
  if (block.type === "tool_search_tool_result") return "";
  return block.json ?? JSON.stringify(block.type === "tool_use" ? block.input : { query: block.query });
}

/**
 * Half of the answer: half of its first text, else what comes before its first call, else half of that call. A pause comes
 * between a search and its result where there is one.
 */
function interrupt(blocks: readonly Spoken[], fault: StreamFault): { said: Said[]; rest: Spoken[] } {
  const call = blocks.findIndex((block) => block.type === "tool_use" || block.type === "server_tool_use");
  if (fault.cutToolCall && call >= 0) {
    return { said: [...blocks.slice(0, call), half(blocks[call] as Spoken)], rest: [] };
  }
  const isSearch = blocks[call]?.type === "server_tool_use";
  const at = blocks.findIndex((block) => block.type === "text");
  const text = blocks[at];
  if (text?.type !== "text" || (isSearch && fault.stopReason === "pause_turn")) {
    const before = call < 0 ? blocks.length : call;
    const end = isSearch && fault.stopReason === "pause_turn" ? before + 1 : before;
    return { said: blocks.slice(0, end), rest: blocks.slice(end) };
  }
  const middle = Math.ceil(text.text.length / 2);
  const remaining = text.text.slice(middle);
  return {
    said: [...blocks.slice(0, at), { type: "text", text: text.text.slice(0, middle) }],
    rest: [...(remaining ? [{ type: "text" as const, text: remaining }] : []), ...blocks.slice(at + 1)],
  };
}

function half(block: Spoken): Said {
  const words = wordsOf(block);
  return shortened(block, Math.ceil(words.length / 2));
}

function shortened(block: Said, length: number): Said {
  if (block.type === "text") return { ...block, text: block.text.slice(0, length) };
  if (block.type === "thinking") return { ...block, thinking: block.thinking.slice(0, length) };
  return { ...block, json: wordsOf(block).slice(0, length) };
}

function withinBudget(blocks: readonly Said[], characters: number): { said: Said[]; cut: boolean } {
  const said: Said[] = [];
  let left = characters;
  for (const block of blocks) {
    const { length } = wordsOf(block);
    if (length > left) {
      if (left > 0) said.push(shortened(block, left));
      return { said, cut: true };
    }
    said.push(block);
    left -= length;
  }
  return { said, cut: false };
}
