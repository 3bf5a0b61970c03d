import type { Arguments } from "../arguments.ts";
import { SlackRefusal } from "../refusal.ts";
import type { Slack } from "../slack.ts";
import type { Conversation, ConversationKind, Message, User } from "../types.ts";

export type Answer = Record<string, unknown>;

/** One Web API method: the answer without `ok`. Throws SlackRefusal. */
export type Method = (args: Arguments, slack: Slack) => Answer;

/** A conversation that Sophia may know of: a private one only as a member. Throws `channel_not_found`. */
export function visibleConversation(slack: Slack, id: string | undefined): Conversation {
  const conversation = slack.workspace.conversations.get(id ?? "");
  if (!conversation || (conversation.kind !== "public" && !slack.workspace.isMember(conversation))) {
    throw new SlackRefusal("channel_not_found");
  }
  return conversation;
}

/** Where Sophia may write. A user's id stands for the DM, a name for the channel. */
export function writableConversation(slack: Slack, reference: string): Conversation {
  const user = slack.workspace.users.get(reference);
  if (user && !user.botId) return slack.workspace.openDm(user);
  const conversation = visibleConversation(slack, slack.workspace.findConversation(reference)?.id);
  const anywhere = slack.scopes?.has("chat:write.public") ?? false;
  if (!slack.workspace.isMember(conversation) && !anywhere) throw new SlackRefusal("not_in_channel");
  if (conversation.isArchived) throw new SlackRefusal("is_archived");
  return conversation;
}

const SCOPE_PREFIX = { public: "channels", private: "groups", im: "im", mpim: "mpim" } as const;

/** What is done with a kind of conversation needs the scope for that kind: `groups:history` to read a private channel. */
export function requireScope(slack: Slack, kind: ConversationKind, action: "read" | "history" | "write"): void {
  const needed = `${SCOPE_PREFIX[kind]}:${action}`;
  if (!slack.scopes || slack.scopes.has(needed)) return;
  throw new SlackRefusal("missing_scope", { needed, provided: [...slack.scopes].join(",") });
}

export function knownUser(slack: Slack, id: string | undefined): User {
  const user = slack.workspace.users.get(id ?? "");
  if (!user) throw new SlackRefusal("user_not_found");
  return user;
}

export function ownMessage(slack: Slack, conversation: Conversation, ts: string, notOurs: string): Message {
  const message = conversation.byTs.get(ts);
  if (!message) throw new SlackRefusal("message_not_found");
  if (message.botId !== slack.workspace.identity.botId) throw new SlackRefusal(notOurs);
  return message;
}

/** The root of the thread that a `ts` belongs to; a reply's own `ts` leads to its root. Throws `refusal`. */
export function threadRoot(
  conversation: Conversation,
  threadTs: string | undefined,
  refusal: string,
): string | undefined {
  if (threadTs === undefined) return undefined;
  const message = conversation.byTs.get(threadTs);
  // A deleted root's thread goes on where it has replies.
  if (!message && !conversation.threads.get(threadTs)?.length) throw new SlackRefusal(refusal);
  return message?.threadTs ?? threadTs;
}

export interface Page<T> {
  items: T[];
  nextCursor: string;
}

/** Slack's cursor paging; a cursor is opaque to the app. Throws `invalid_cursor`, `invalid_limit`. */
export function paginate<T>(
  all: readonly T[],
  args: Arguments,
  { limit: byDefault, most = 1000 }: { limit: number; most?: number },
): Page<T> {
  const limit = args.number("limit") || byDefault;
  if (limit < 0) throw new SlackRefusal("invalid_limit");
  const cursor = args.optional("cursor");
  const start = cursor
    ? Number(
        Buffer.from(cursor, "base64")
          .toString()
          .replace(/^next:/, ""),
      )
    : 0;
  if (!Number.isInteger(start) || start < 0) throw new SlackRefusal("invalid_cursor");
  const end = start + Math.min(limit, most);
  const nextCursor = end < all.length ? Buffer.from(`next:${end}`).toString("base64") : "";
  return { items: all.slice(start, end), nextCursor };
}
