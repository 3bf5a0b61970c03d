import { checkBlocks, withBlockIds } from "./blocks.ts";
import { messageText } from "./entities.ts";
import type { EventCallback, EventFeed } from "./events.ts";
import type { Files } from "./files.ts";
import { SlackRefusal } from "./refusal.ts";
import type { Sessions } from "./sessions.ts";
import type { Block, Conversation, Message, Metadata } from "./types.ts";
import type { Workspace } from "./workspace.ts";

const TEXT_CUT = 40_000;
const MARKDOWN_LIMIT = 12_000;
const METADATA_BYTES = 8_000;

/** What a message is made of, checked. */
export interface Content {
  text: string;
  blocks?: Block[] | undefined;
  attachments?: unknown[] | undefined;
  metadata?: Metadata | undefined;
  /** The text was over 40,000 characters and was cut. */
  truncated: boolean;
}

export interface GivenContent {
  text?: string | undefined;
  markdownText?: string | undefined;
  blocks?: unknown;
  attachments?: unknown;
  metadata?: unknown;
}

/** Sophia's own messages: checked, stored, edited, deleted, each with the events that Slack sends about it. */
export class Poster {
  readonly #workspace: Workspace;
  readonly #events: EventFeed;
  readonly #sessions: Sessions;
  readonly #files: Files;

  constructor(workspace: Workspace, events: EventFeed, sessions: Sessions, files: Files) {
    this.#workspace = workspace;
    this.#events = events;
    this.#sessions = sessions;
    this.#files = files;
  }

  /** Throws SlackRefusal. `tooLong` is what the method at hand answers to too long blocks. */
  check(given: GivenContent, tooLong = "msg_blocks_too_long"): Content {
    const { text, markdownText, metadata } = given;
    if (markdownText !== undefined && (text || given.blocks !== undefined))
      throw new SlackRefusal("markdown_text_conflict");
    if ((markdownText?.length ?? 0) > MARKDOWN_LIMIT) throw new SlackRefusal("msg_too_long");
    const blocks = markdownText ? [{ type: "markdown", text: markdownText }] : given.blocks;
    const attachments =
      Array.isArray(given.attachments) && given.attachments.length > 0 ? given.attachments : undefined;
    if (attachments && attachments.length > 100) throw new SlackRefusal("too_many_attachments");
    const checked = blocks === undefined ? undefined : this.blocks(blocks, tooLong);
    if (!text && !checked?.length && !attachments) throw new SlackRefusal("no_text");
    const whole = text ?? markdownText ?? "";
    return {
      text: whole.slice(0, TEXT_CUT),
      blocks: checked?.length ? checked : undefined,
      attachments,
      metadata: metadata === undefined ? undefined : checkMetadata(metadata),
      truncated: whole.length > TEXT_CUT,
    };
  }

  blocks(value: unknown, tooLong?: string): Block[] {
    return withBlockIds(
      checkBlocks(value, tooLong, (file) => this.#files.isShowable(file)),
      () => this.#workspace.newId("b"),
    );
  }

  post(conversation: Conversation, fields: Partial<Message>, broadcast = false): Message {
    const { userId: user, botId, appId } = this.#workspace.identity;
    const message = this.#workspace.add(conversation, { user, botId, appId, text: "", ...fields }, broadcast);
    this.#sessions.posted(conversation.id, message.threadTs);
    this.#events.emit(this.#events.posted(conversation, message));
    return message;
  }

  /** Applies a change and sends `message_changed`. */
  change(conversation: Conversation, message: Message, apply: (message: Message) => void): EventCallback[] {
    const previous = { ...message };
    apply(message);
    this.#workspace.changed(message);
    return this.#events.emit(this.#events.changed(conversation, message, previous));
  }

  edit(conversation: Conversation, message: Message, content: Partial<Message>): EventCallback[] {
    return this.change(conversation, message, (target) => {
      const edited = { user: message.user, ts: this.#workspace.eventTs() };
      const text = content.text ?? messageText(target);
      Object.assign(target, content, { text, edited, stream: undefined });
    });
  }

  remove(conversation: Conversation, message: Message): EventCallback[] {
    const events = this.#events.deleted(conversation, message);
    this.#workspace.remove(conversation, message);
    return this.#events.emit(events);
  }
}

export function checkMetadata(value: unknown): Metadata {
  const { event_type: type, event_payload: payload } = value as Record<string, unknown>;
  if (typeof type !== "string" || type === "" || typeof payload !== "object" || payload === null) {
    throw new SlackRefusal("invalid_metadata_format");
  }
  if (Buffer.byteLength(JSON.stringify(value)) > METADATA_BYTES) throw new SlackRefusal("metadata_too_large");
  return { event_type: type, event_payload: payload as Record<string, unknown> };
}
