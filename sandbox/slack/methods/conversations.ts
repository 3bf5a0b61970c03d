import type { Arguments } from "../arguments.ts";
import { conversationPayload, messagePayload } from "../entities.ts";
import { SlackRefusal } from "../refusal.ts";
import type { Slack } from "../slack.ts";
import type { Conversation, ConversationKind, Message } from "../types.ts";
import { knownUser, paginate, requireScope, visibleConversation, type Answer, type Method } from "./method.ts";

/** People besides Sophia in one group DM. */
const GROUP_LIMIT = 8;

const TYPES: Readonly<Record<string, ConversationKind>> = {
  public_channel: "public",
  private_channel: "private",
  im: "im",
  mpim: "mpim",
};

const info: Method = (args, slack) => {
  const conversation = visibleConversation(slack, args.text("channel"));
  requireScope(slack, conversation.kind, "read");
  const { num_members: members, ...channel } = conversationPayload(conversation, slack.workspace);
  return { channel: args.flag("include_num_members") ? { ...channel, num_members: members } : channel };
};

function listed(args: Arguments, slack: Slack, belongs: (conversation: Conversation) => boolean): Answer {
  const types = (args.optional("types") ?? "public_channel").split(",").map((type) => {
    const kind = TYPES[type.trim()];
    if (!kind) throw new SlackRefusal("invalid_types");
    requireScope(slack, kind, "read");
    return kind;
  });
  const withArchived = !args.flag("exclude_archived");
  const all = [...slack.workspace.conversations.values()].filter((conversation) => {
    return types.includes(conversation.kind) && (withArchived || !conversation.isArchived) && belongs(conversation);
  });
  const { items, nextCursor } = paginate(all, args, { limit: 100 });
  const channels = items.map((conversation) => conversationPayload(conversation, slack.workspace));
  return { channels, response_metadata: { next_cursor: nextCursor } };
}

const list: Method = (args, slack) =>
  listed(args, slack, (conversation) => conversation.kind === "public" || slack.workspace.isMember(conversation));

const userConversations: Method = (args, slack) => {
  const userId = args.optional("user") ?? slack.workspace.identity.userId;
  knownUser(slack, userId);
  return listed(args, slack, (conversation) => {
    // Of somebody else's private conversations the app sees those that it is in as well.
    const shared = conversation.kind === "public" || slack.workspace.isMember(conversation);
    return conversation.members.has(userId) && shared;
  });
};

const members: Method = (args, slack) => {
  const conversation = visibleConversation(slack, args.text("channel"));
  requireScope(slack, conversation.kind, "read");
  const { items, nextCursor } = paginate([...conversation.members], args, { limit: 100 });
  return { members: items, response_metadata: { next_cursor: nextCursor } };
};

/** Messages between `oldest` and `latest`; the bounds themselves only with `inclusive`. */
function spanned(messages: readonly Message[], args: Arguments): readonly Message[] {
  const oldest = readBound(args, "oldest") ?? "";
  const latest = readBound(args, "latest");
  if (oldest === "" && latest === undefined) return messages;
  const inclusive = args.flag("inclusive");
  return messages.filter(({ ts }) => {
    if (inclusive && (ts === oldest || ts === latest)) return true;
    return isLater(ts, oldest) && (latest === undefined || isLater(latest, ts));
  });
}

function isLater(ts: string, than: string): boolean {
  return Number(ts) > Number(than);
}

function readBound(args: Arguments, name: "oldest" | "latest"): string | undefined {
  const bound = args.optional(name);
  if (bound === undefined || bound === "" || bound === "now") return undefined;
  if (Number.isNaN(Number(bound))) throw new SlackRefusal(`invalid_ts_${name}`);
  return bound;
}

const history: Method = (args, slack) => {
  const conversation = visibleConversation(slack, args.text("channel"));
  requireScope(slack, conversation.kind, "history");
  if (!slack.workspace.isMember(conversation)) throw new SlackRefusal("not_in_channel");
  const newestFirst = spanned(conversation.timeline, args).toReversed();
  const { items, nextCursor } = paginate(newestFirst, args, { limit: 100, most: 999 });
  return {
    messages: shown(items, args, slack, conversation),
    has_more: nextCursor !== "",
    pin_count: 0,
    channel_actions_ts: null,
    channel_actions_count: 0,
    ...(nextCursor ? { response_metadata: { next_cursor: nextCursor } } : {}),
  };
};

const replies: Method = (args, slack) => {
  const conversation = visibleConversation(slack, args.text("channel"));
  requireScope(slack, conversation.kind, "history");
  if (!slack.workspace.isMember(conversation)) throw new SlackRefusal("not_in_channel");
  const ts = args.text("ts");
  const root = conversation.byTs.get(ts);
  const thread = conversation.threads.get(ts) ?? [];
  if (!root && thread.length === 0) throw new SlackRefusal("thread_not_found");
  const { items, nextCursor } = paginate(spanned(thread, args), args, { limit: 1000 });
  // Slack puts the root at the head of every page.
  return {
    messages: shown(root ? [root, ...items] : items, args, slack, conversation),
    has_more: nextCursor !== "",
    ...(nextCursor ? { response_metadata: { next_cursor: nextCursor } } : {}),
  };
};

function shown(messages: readonly Message[], args: Arguments, slack: Slack, conversation: Conversation): Answer[] {
  const metadata = args.flag("include_all_metadata");
  return messages.map((message) => messagePayload(message, slack.workspace, { metadata, conversation }));
}

const open: Method = (args, slack) => {
  const existing = args.optional("channel");
  const userIds = args.optional("users")?.split(",").filter(Boolean) ?? [];
  if (!existing && userIds.length === 0) throw new SlackRefusal("users_list_not_supplied");
  if (existing) return { channel: conversationPayload(visibleConversation(slack, existing), slack.workspace) };
  if (userIds.length > 1) return openGroup(userIds, args, slack);
  requireScope(slack, "im", "write");
  const user = knownUser(slack, userIds[0]);
  if (user.standing === "deleted") throw new SlackRefusal("user_disabled");
  const alreadyOpen = slack.workspace.findDm(user) !== undefined;
  if (!alreadyOpen && args.flag("prevent_creation")) throw new SlackRefusal("channel_not_found");
  const conversation = slack.workspace.openDm(user);
  const channel = args.flag("return_im") ? conversationPayload(conversation, slack.workspace) : { id: conversation.id };
  return alreadyOpen ? { no_op: true, already_open: true, channel } : { channel };
};

function openGroup(userIds: readonly string[], args: Arguments, slack: Slack): Answer {
  requireScope(slack, "mpim", "write");
  if (userIds.length > GROUP_LIMIT) throw new SlackRefusal("too_many_users");
  const users = userIds.map((id) => knownUser(slack, id));
  const existing = slack.workspace.findGroup(users);
  if (!existing && args.flag("prevent_creation")) throw new SlackRefusal("channel_not_found");
  const channel = conversationPayload(existing ?? slack.workspace.openGroup(users), slack.workspace);
  return existing ? { no_op: true, already_open: true, channel } : { channel };
}

const join: Method = (args, slack) => {
  const conversation = visibleConversation(slack, args.text("channel"));
  if (conversation.kind !== "public") throw new SlackRefusal("method_not_supported_for_channel_type");
  const already = slack.workspace.isMember(conversation);
  const { userId: user, teamId: team } = slack.workspace.identity;
  conversation.members.add(user);
  const channel = conversationPayload(conversation, slack.workspace);
  if (already)
    return { channel, warning: "already_in_channel", response_metadata: { warnings: ["already_in_channel"] } };
  const place = { channel: conversation.id, channel_type: "C", team };
  slack.events.emit([{ type: "member_joined_channel", user, ...place, event_ts: slack.workspace.eventTs() }]);
  return { channel };
};

export const conversationMethods: Readonly<Record<string, Method>> = {
  "conversations.info": info,
  "conversations.list": list,
  "conversations.members": members,
  "conversations.history": history,
  "conversations.replies": replies,
  "conversations.open": open,
  "conversations.join": join,
  "users.conversations": userConversations,
};
