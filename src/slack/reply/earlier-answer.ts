import type { KnownBlock } from "@slack/types";
import { toMrkdwn } from "../markdown/mrkdwn.ts";
import { soundEnd } from "../markdown/sound-end.ts";
import type { Editor } from "./editor.ts";
import { type ThreadMessage, threadMessages } from "./orphans.ts";
import type { Part } from "./part.ts";
import type { PatientCalls } from "./patient-calls.ts";
import { feedbackBlock } from "./render.ts";
import type { ReplyTarget } from "./types.ts";

interface Shown {
  part: Part;
  /** Undefined where Slack does not show it. */
  message: ThreadMessage | undefined;
}

type Block = NonNullable<ThreadMessage["blocks"]>[number];

/**
 * What an earlier attempt has left in Slack. A person has read it, so it stays until there is more to read: an attempt that
 * gets less far ends below it, and does not take it away.
 */
export class EarlierAnswer {
  readonly #parts: readonly Part[];
  readonly #target: ReplyTarget;
  readonly #editor: Editor;
  readonly #calls: PatientCalls;
  #shown: Shown[] | undefined;

  constructor(parts: readonly Part[], target: ReplyTarget, editor: Editor, calls: PatientCalls) {
    this.#parts = parts;
    this.#target = target;
    this.#editor = editor;
    this.#calls = calls;
  }

  /** Whether a person reads more of it than `markdown` says; of what Slack does not show, more than nothing. */
  async saysMoreThan(markdown: string): Promise<boolean> {
    const shown = await this.#read();
    const length = shown.reduce((sum, { message }) => sum + Math.max(1, lettersOf(message).length), 0);
    return length > letters(markdown).length;
  }

  /** Ends it as it stands, with `note` below; false where the note has to go into a new message. */
  async end(note: string): Promise<boolean> {
    const shown = await this.#read();
    const last = shown.at(-1);
    for (const { part, message } of shown) {
      await this.#editor.endStream(part);
      if (part === last?.part || !message?.blocks?.some(isRunning)) continue;
      await this.#editor.amend(part, { text: message.text ?? "", blocks: message.blocks.map(ended) });
    }
    if (!last?.message?.blocks) return false;
    // The attempt that said so died before it could finish.
    if (lettersOf(last.message).endsWith(letters(note))) return true;
    const { text = "", blocks } = last.message;
    return this.#editor.amend(last.part, { text: `${text}\n\n${toMrkdwn(note.trim())}`, blocks: below(blocks, note) });
  }

  /** The messages that are there, in order. Read once: nobody else changes them. */
  async #read(): Promise<Shown[]> {
    if (this.#shown) return this.#shown;
    for (const part of this.#parts) await this.#editor.find(part);
    const there = this.#parts.filter(({ ts }) => ts !== undefined);
    const messages = there.length === 0 ? [] : await threadMessages(this.#target, this.#calls);
    this.#shown = there.map((part) => ({ part, message: messages.find(({ ts }) => ts === part.ts) }));
    return this.#shown;
  }
}

function below(blocks: readonly Block[], note: string): Block[] {
  const kept = blocks.filter(({ type }) => type !== "context_actions").map(ended);
  const last = kept.at(-1);
  if (last?.type === "markdown" && typeof last["text"] === "string") {
    const { at, close } = soundEnd(last["text"]);
    const text = `${last["text"].slice(0, at)}${close}${note}`;
    return [...kept.slice(0, -1), { ...last, text: text.trimStart() }, { ...feedbackBlock() }];
  }
  return [...kept, { type: "markdown", text: note.trim() }, { ...feedbackBlock() }];
}

/** A card that still runs would turn for ever. */
function ended(block: Block): Block {
  return isRunning(block) ? { ...block, status: "error" satisfies TaskStatus } : block;
}

type TaskStatus = Extract<KnownBlock, { type: "task_card" }>["status"];

function isRunning(block: Block): boolean {
  return block.type === "task_card" && (block["status"] === "in_progress" || block["status"] === "pending");
}

/** The letters that a person reads in a message; Slack may have made other blocks of the Markdown that it was given. */
function lettersOf(message: ThreadMessage | undefined): string {
  const blocks = message?.blocks?.filter(({ type }) => type !== "task_card" && type !== "context_actions") ?? [];
  return letters(blocks.length > 0 ? textsIn(blocks).join(" ") : "");
}

function textsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "text" && typeof inner === "string" ? [inner] : textsIn(inner),
  );
}

/** Without the addresses of links, which stand in Markdown and not in Slack's own blocks. */
function letters(markdown: string): string {
  return markdown.replaceAll(/\]\([^()\s]*\)/g, "]").replaceAll(/[^\p{L}\p{N}]+/gu, "");
}
