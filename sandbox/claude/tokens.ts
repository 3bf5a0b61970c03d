import { definitionsFor } from "./tool-search.ts";
import { type Block, type MessagesRequest, textOf } from "./wire.ts";

/** Characters a token: an average of English prose and JSON. The stand-in counts, it does not tokenise. */
const CHARACTERS_PER_TOKEN = 4;

export function tokensOf(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

export function charactersOf(tokens: number): number {
  return tokens * CHARACTERS_PER_TOKEN;
}

/** What the model reads of a block: its text, not its wrapping, so that an image's base64 would not count. */
function readableOf(block: Block): string {
  switch (block.type) {
    case "text":
      return block.text ?? "";
    case "thinking":
      return block.thinking ?? "";
    case "tool_use":
    case "server_tool_use":
      return `${block.name} ${JSON.stringify(block.input)}`;
    case "tool_result":
      return textOf(block.content);
    default:
      return JSON.stringify(block);
  }
}

/** One part of the prompt in the order in which it is cached: tools, then system, then messages. */
export interface PromptPart {
  /** Tells this part from any other; without its cache mark. */
  key: string;
  tokens: number;
  ttl: "5m" | "1h" | undefined;
}

export function promptParts(request: MessagesRequest): PromptPart[] {
  const parts: PromptPart[] = [];
  const { tools = [] } = request;
  for (const { cache_control: mark, ...tool } of tools) {
    if (tool.defer_loading) continue;
    const key = JSON.stringify(tool);
    parts.push({ key: `tool:${key}`, tokens: tokensOf(key), ttl: ttlOf(mark) });
  }
  for (const block of systemBlocks(request.system)) parts.push(partOf("system", block));
  // The API keeps messages apart by these settings: a change of either misses the messages' cache but not the system's.
  const settings = JSON.stringify([request.tool_choice, request.thinking]);
  let first = true;
  for (const message of request.messages) {
    const blocks: Block[] =
      typeof message.content === "string" ? [{ type: "text", text: message.content }] : message.content;
    for (const block of blocks) {
      const role = first ? `${message.role}:${settings}` : message.role;
      const isFound = block.type === "tool_search_tool_result";
      parts.push(isFound ? foundPart(role, block, definitionsFor(block, tools)) : partOf(role, block));
      first = false;
    }
  }
  return withAutomaticMark(parts, request);
}

function systemBlocks(system: string | Block[] | undefined): Block[] {
  if (!system) return [];
  return typeof system === "string" ? [{ type: "text", text: system }] : system;
}

function partOf(role: string, { cache_control: mark, ...block }: Block): PromptPart {
  return { key: `${role}:${JSON.stringify(block)}`, tokens: tokensOf(readableOf(block)), ttl: ttlOf(mark) };
}

/** A search's result reads as the definitions that it refers to, wherever it stands. */
function foundPart(role: string, block: Block, definitions: string): PromptPart {
  const { key, ttl } = partOf(role, block);
  return { key: `${key}:${definitions}`, tokens: tokensOf(definitions), ttl };
}

function ttlOf(mark: { ttl?: "5m" | "1h" | undefined } | null | undefined): "5m" | "1h" | undefined {
  return mark ? (mark.ttl ?? "5m") : undefined;
}

/** Top-level `cache_control` marks the last part of the prompt. */
function withAutomaticMark(parts: PromptPart[], request: MessagesRequest): PromptPart[] {
  const ttl = ttlOf(request.cache_control);
  const last = parts.at(-1);
  if (ttl && last && !last.ttl) last.ttl = ttl;
  return parts;
}

export function promptTokens(request: MessagesRequest): number {
  return promptParts(request).reduce((sum, part) => sum + part.tokens, 0);
}
