import { createHash } from "node:crypto";
import type { z } from "zod";
import type { Scope } from "../shared/timer.ts";
import { unknownFormError, withUnknownChange } from "../shared/vendor-error.ts";
import * as answers from "./answers.ts";
import type { Channel, Identity, Message, User } from "./answers.ts";
import type { SlackMethod } from "./methods.ts";
import { refused } from "./refusals.ts";
import type { SlackRequests } from "./requests.ts";

export interface Page<Item> {
  items: Item[];
  next: string | undefined;
}

export interface NewMessage {
  channel: string;
  /** Markdown, made safe. */
  text: string;
  threadTs: string | undefined;
  metadata: { event_type: string; event_payload: Record<string, unknown> };
}

export interface ScheduledMessage {
  id: string;
  text: string;
  createdAt: number | undefined;
}

/** Slack's `ts`, both included. */
export interface Span {
  oldest?: string | undefined;
  latest?: string | undefined;
}

interface CallOptions {
  /** Of a write: `sets` leaves the same when it is sent twice, `adds` does not. */
  write?: "sets" | "adds" | undefined;
  /** Codes that mean "there is none": answered with undefined. */
  absent?: readonly string[];
}

const noChannel = ["channel_not_found", "method_not_supported_for_channel_type", "missing_argument"];
const silent = { unfurl_links: false, unfurl_media: false };

/** The Web API's methods that the tools need, typed. Each throws ServiceError, and UserError for what the arguments are at fault. */
export class SlackApi {
  readonly #requests: SlackRequests;

  constructor(requests: SlackRequests) {
    this.#requests = requests;
  }

  identity(scope: Scope): Promise<Identity> {
    return this.#must("auth.test", {}, answers.identityAnswer, scope);
  }

  async userByEmail(email: string, scope: Scope): Promise<User | undefined> {
    const absent = ["users_not_found"];
    return (await this.#call("users.lookupByEmail", { email }, answers.userAnswer, scope, { absent }))?.user;
  }

  async user(id: string, scope: Scope): Promise<User | undefined> {
    const absent = ["user_not_found", "user_not_visible"];
    return (await this.#call("users.info", { user: id }, answers.userAnswer, scope, { absent }))?.user;
  }

  async users(cursor: string | undefined, scope: Scope): Promise<Page<User>> {
    const page = await this.#must("users.list", { limit: 500, cursor }, answers.userList, scope);
    return { items: page.members, next: page.response_metadata };
  }

  async channel(id: string, scope: Scope): Promise<Channel | undefined> {
    const args = { channel: id, include_num_members: true };
    return (await this.#call("conversations.info", args, answers.channelAnswer, scope, { absent: noChannel }))?.channel;
  }

  /** Public channels, and the private ones that Sophia is in; those that are archived left out. */
  async channels(cursor: string | undefined, scope: Scope): Promise<Page<Channel>> {
    const args = { types: "public_channel,private_channel", exclude_archived: true, limit: 500, cursor };
    const page = await this.#must("conversations.list", args, answers.channelList, scope);
    return { items: page.channels, next: page.response_metadata };
  }

  /** The same, of those that this person is in. */
  async channelsOf(user: string, cursor: string | undefined, scope: Scope): Promise<Page<Channel>> {
    const args = { user, types: "public_channel,private_channel", exclude_archived: true, limit: 500, cursor };
    const page = await this.#must("users.conversations", args, answers.channelList, scope);
    return { items: page.channels, next: page.response_metadata };
  }

  async members(channel: string, cursor: string | undefined, scope: Scope): Promise<Page<string>> {
    const args = { channel, limit: 1000, cursor };
    const page = await this.#must("conversations.members", args, answers.memberList, scope);
    return { items: page.members, next: page.response_metadata };
  }

  /** Newest first; replies in threads are not among them. */
  async history(
    channel: string,
    span: Span & { limit: number; cursor?: string | undefined },
    scope: Scope,
  ): Promise<Page<Message>> {
    const args = { channel, ...span, inclusive: true, include_all_metadata: true };
    const page = await this.#must("conversations.history", args, answers.messageList, scope);
    return { items: page.messages, next: page.response_metadata };
  }

  /** Oldest first, the root at the head of each page; undefined where there is no such message. */
  async replies(
    channel: string,
    ts: string,
    page: Span & { limit: number; cursor?: string | undefined },
    scope: Scope,
  ): Promise<Page<Message> | undefined> {
    const args = { channel, ts, ...page, inclusive: true, include_all_metadata: true };
    const absent = ["thread_not_found", "message_not_found"];
    const found = await this.#call("conversations.replies", args, answers.messageList, scope, { absent });
    return found && { items: found.messages, next: found.response_metadata };
  }

  /** The id of the direct message between this person and Sophia, if there is one; nothing is opened. */
  async directMessage(user: string, scope: Scope): Promise<string | undefined> {
    const args = { users: user, prevent_creation: true };
    const opened = await this.#call("conversations.open", args, answers.openedAnswer, scope, { absent: noChannel });
    return opened?.channel.id;
  }

  /** The same, opened if there is none yet. */
  async openDirectMessage(user: string, scope: Scope): Promise<string> {
    return (await this.#must("conversations.open", { users: user }, answers.openedAnswer, scope)).channel.id;
  }

  /** The new message's `ts`. */
  async post({ channel, text, threadTs, metadata }: NewMessage, id: string, scope: Scope): Promise<string> {
    const place = { channel, thread_ts: threadTs };
    const args = { ...place, markdown_text: text, metadata, client_msg_id: uuidOf(id), ...silent };
    return (await this.#must("chat.postMessage", args, answers.postedAnswer, scope, { write: "adds" })).ts;
  }

  /** `postAt`: seconds since the epoch. The scheduled message's id. */
  async schedule({ channel, text, threadTs, metadata }: NewMessage, postAt: number, scope: Scope): Promise<string> {
    const place = { channel, thread_ts: threadTs, post_at: postAt };
    const args = { ...place, markdown_text: text, metadata, ...silent };
    return (await this.#must("chat.scheduleMessage", args, answers.scheduledAnswer, scope, { write: "adds" }))
      .scheduled_message_id;
  }

  /** What is scheduled in a channel for exactly this second. `createdAt`: seconds since the epoch, where Slack says it. */
  async scheduledFor(channel: string, postAt: number, scope: Scope): Promise<ScheduledMessage[]> {
    const args = { channel, oldest: String(postAt), latest: String(postAt), limit: 100 };
    const { scheduled_messages: found } = await this.#must(
      "chat.scheduledMessages.list",
      args,
      answers.scheduledList,
      scope,
    );
    return found.flatMap(({ id, text, post_at: at, date_created: createdAt }) => {
      return at === postAt ? { id, text: text ?? "", createdAt: createdAt ?? undefined } : [];
    });
  }

  /** `metadata` is the message's own: without it Slack may drop it. */
  async update(
    { channel, ts, text, metadata }: { channel: string; ts: string; text: string; metadata: Message["metadata"] },
    scope: Scope,
  ): Promise<void> {
    const args = { channel, ts, markdown_text: text, metadata };
    await this.#must("chat.update", args, answers.postedAnswer, scope, { write: "sets" });
  }

  /** False where Sophia had reacted so already. */
  async react(channel: string, ts: string, name: string, scope: Scope): Promise<boolean> {
    const args = { channel, timestamp: ts, name };
    const options = { absent: ["already_reacted"], write: "sets" as const };
    return (await this.#call("reactions.add", args, answers.doneAnswer, scope, options)) !== undefined;
  }

  async #must<Schema extends z.ZodType>(
    method: SlackMethod,
    args: Record<string, unknown>,
    schema: Schema,
    scope: Scope,
    options: Omit<CallOptions, "absent"> = {},
  ): Promise<z.output<Schema>> {
    const answer = await this.#call(method, args, schema, scope, options);
    if (answer === undefined) throw new TypeError(`${method} has no codes that mean "none"`);
    return answer;
  }

  async #call<Schema extends z.ZodType>(
    method: SlackMethod,
    args: Record<string, unknown>,
    schema: Schema,
    scope: Scope,
    { write, absent = [] }: CallOptions = {},
  ): Promise<z.output<Schema> | undefined> {
    const sending = this.#requests.send({ method, args }, write !== "adds", scope);
    const response = await (write === "sets" ? sending.catch(throwUnknownChange) : sending);
    const body = parse(response.text, write !== undefined);
    const refusal = answers.refusal.safeParse(body);
    if (refusal.success) {
      const { error } = refusal.data;
      if (absent.includes(error)) return undefined;
      throw refused(method, error);
    }
    const answer = schema.safeParse(body);
    if (!answer.success) throw unknownFormError("Slack", answer.error, write !== undefined);
    return answer.data;
  }
}

function throwUnknownChange(error: unknown): never {
  throw withUnknownChange(error);
}

function parse(text: string, isWrite: boolean): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unknownFormError("Slack", cause, isWrite);
  }
}

/** Slack's own clients send UUIDs; the same id gives the same one. */
function uuidOf(id: string): string {
  const [, a, b, c, d, e] =
    /^(.{8})(.{4})(.{4})(.{4})(.{12})/.exec(createHash("sha256").update(id).digest("hex")) ?? [];
  return [a, b, c, d, e].join("-");
}
