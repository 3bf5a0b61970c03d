import type { McpToolResult } from "../mcp/types.ts";
import { READ_MORE } from "./catalogue.ts";
import { readersOf, Refusal, type ToolCall } from "./tool-call.ts";

interface Rest {
  /** Who may read it, and where: whoever got the beginning. */
  owner: string;
  text: string;
  offset: number;
  until: number;
}

const KEEP_MS = 15 * 60_000;
const MAX_KEPT_CHARACTERS = 32 * 1024 * 1024;

/** The rest of results that were too long, until it is read or forgotten. */
export class ResultPages {
  readonly #kept = new Map<string, Rest>();
  readonly #monotonicNow: () => number;
  readonly #pageCharacters: number;
  readonly #newCursor: () => string;
  #characters = 0;

  constructor(monotonicNow: () => number, pageCharacters: number, newCursor: () => string) {
    this.#monotonicNow = monotonicNow;
    this.#pageCharacters = pageCharacters;
    this.#newCursor = newCursor;
  }

  /**
   * The result with the text that one page holds and the cursor of the rest. Structured content stays whole: it is for
   * programs, not for a model's window, and cut it would no longer fit its schema.
   */
  firstPage(call: ToolCall, result: McpToolResult): McpToolResult {
    const texts = result.content.filter((block) => block.type === "text").map((block) => String(block.text));
    if (texts.reduce((sum, text) => sum + text.length, 0) <= this.#pageCharacters) return result;
    const others = result.content.filter((block) => block.type !== "text");
    const text = texts.join("\n\n");
    const rest = { owner: ownerOf(call), text, offset: 0, until: this.#monotonicNow() + KEEP_MS };
    return { ...result, content: [...this.#page(rest), ...others] };
  }

  /** The page that a cursor stands for. A cursor stays good until it is forgotten, so that a page can be read twice. */
  next(call: ToolCall, cursor: string): McpToolResult {
    const rest = this.#kept.get(cursor);
    if (!rest || rest.owner !== ownerOf(call) || rest.until < this.#monotonicNow()) {
      throw new Refusal("unknown_cursor", "This cursor is not known or too old. Call the tool again that gave it.");
    }
    return { content: this.#page(rest) };
  }

  #page(rest: Rest): { type: "text"; text: string }[] {
    const end = pageEnd(rest.text, rest.offset + this.#pageCharacters);
    const page = rest.text.slice(rest.offset, end);
    const at = `characters ${rest.offset + 1} to ${end} of ${rest.text.length}`;
    if (end >= rest.text.length)
      return [
        { type: "text", text: page },
        { type: "text", text: `[${at}: this is the end]` },
      ];
    const cursor = this.#keep({ ...rest, offset: end });
    const notice = `[${at}. For what follows call ${READ_MORE} with {"cursor": "${cursor}"}]`;
    return [
      { type: "text", text: page },
      { type: "text", text: notice },
    ];
  }

  #keep(rest: Rest): string {
    const cursor = this.#newCursor();
    this.#kept.set(cursor, rest);
    this.#characters += rest.text.length;
    for (const [oldest, { text, until }] of this.#kept) {
      const isKept = this.#characters <= MAX_KEPT_CHARACTERS && until >= this.#monotonicNow();
      if (isKept || oldest === cursor) break;
      this.#kept.delete(oldest);
      this.#characters -= text.length;
    }
    return cursor;
  }
}

/** Never between the two halves of one character. */
function pageEnd(text: string, wanted: number): number {
  if (wanted >= text.length) return text.length;
  const before = text.charCodeAt(wanted - 1);
  return before >= 0xd800 && before <= 0xdbff ? wanted - 1 : wanted;
}

const ownerOf = (call: ToolCall) => JSON.stringify(readersOf(call));
