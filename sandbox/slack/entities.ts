import { streamBlocks, streamText } from "./streams.ts";
import type { Conversation, Message, User } from "./types.ts";
import { OTHER_TEAM_ID, type Workspace } from "./workspace.ts";

type Json = Record<string, unknown>;

const UNIX_EPOCH_OF_PROFILES = 1_700_000_000;
const COLORS = ["9f69e7", "4bbe2e", "e7392d", "3c989f", "674b1b", "e96699", "e0a729", "684b6c"];

export function userPayload(user: User, workspace: Workspace): Json {
  const [firstName = user.name, ...rest] = user.name.split(" ");
  const zone = zoneAt(user.timeZone, workspace.now());
  return {
    id: user.id,
    team_id: workspace.teamOf(user),
    name: user.handle,
    deleted: user.standing === "deleted",
    color: COLORS[user.id.charCodeAt(user.id.length - 1) % COLORS.length],
    real_name: user.name,
    tz: user.timeZone,
    tz_label: zone.label,
    tz_offset: zone.offsetSeconds,
    profile: {
      title: user.title,
      phone: "",
      skype: "",
      real_name: user.name,
      real_name_normalized: user.name,
      display_name: user.handle,
      display_name_normalized: user.handle,
      status_text: "",
      status_emoji: "",
      status_expiration: 0,
      avatar_hash: "",
      ...(user.botId ? { api_app_id: user.appId, bot_id: user.botId, always_active: true } : {}),
      // Another company's people show theirs to their own.
      ...(user.botId || user.standing === "external" ? {} : { email: user.email }),
      first_name: firstName,
      last_name: rest.join(" "),
      team: workspace.teamOf(user),
    },
    is_admin: user.isAdmin === true,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: user.standing === "guest" || user.standing === "single-channel guest",
    is_ultra_restricted: user.standing === "single-channel guest",
    is_bot: user.botId !== undefined,
    is_app_user: false,
    updated: UNIX_EPOCH_OF_PROFILES,
    is_email_confirmed: user.botId === undefined,
    who_can_share_contact_card: "EVERYONE",
  };
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function zoneAt(timeZone: string, instant: number): { label: string; offsetSeconds: number } {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
    formatters.set(timeZone, formatter);
  }
  const name = formatter.formatToParts(instant).find((part) => part.type === "timeZoneName")?.value ?? "GMT";
  const [, sign, hours = "0", minutes = "0"] = /GMT([+-])(\d+):?(\d+)?/.exec(name) ?? [];
  const seconds = (Number(hours) * 60 + Number(minutes)) * 60;
  return { label: timeZone.replaceAll("_", " "), offsetSeconds: sign === "-" ? -seconds : seconds };
}

export function conversationPayload(conversation: Conversation, workspace: Workspace): Json {
  const created = Math.floor(conversation.createdAt / 1000);
  const { isArchived = false, isExternallyShared = false } = conversation;
  const sharing = { is_shared: isExternallyShared, is_ext_shared: isExternallyShared, is_org_shared: false };
  const shared = { is_archived: isArchived, ...sharing };
  const updated = conversation.createdAt;
  const context = { id: conversation.id, created, context_team_id: workspace.identity.teamId, updated };
  if (conversation.kind === "im") {
    const user = conversation.userId;
    return { ...context, ...shared, is_im: true, user, is_user_deleted: false, priority: 0, is_open: true };
  }
  const isPrivate = conversation.kind !== "public";
  const [creator = workspace.identity.userId] = conversation.members;
  return {
    ...context,
    ...shared,
    name: conversation.name,
    name_normalized: conversation.name,
    is_channel: !isPrivate,
    is_group: isPrivate,
    is_im: false,
    is_mpim: conversation.kind === "mpim",
    is_private: isPrivate,
    is_general: conversation.name === "general",
    is_member: workspace.isMember(conversation),
    is_pending_ext_shared: false,
    unlinked: 0,
    creator,
    shared_team_ids: [workspace.identity.teamId, ...(isExternallyShared ? [OTHER_TEAM_ID] : [])],
    pending_shared: [],
    pending_connected_team_ids: [],
    previous_names: [],
    topic: { value: conversation.topic, creator, last_set: created },
    purpose: { value: "", creator: "", last_set: 0 },
    num_members: conversation.members.size,
  };
}

function botProfile(message: Message, workspace: Workspace): Json {
  const name = message.username ?? workspace.users.get(message.user)?.name ?? "bot";
  return {
    id: message.botId,
    deleted: false,
    name,
    updated: UNIX_EPOCH_OF_PROFILES,
    app_id: message.appId ?? "",
    user_id: message.user,
    icons: { image_36: "", image_48: "", image_72: "" },
    team_id: workspace.identity.teamId,
  };
}

export interface MessagePayloadOptions {
  /** History shows metadata only when asked to. */
  metadata?: boolean;
  /** A thread's root carries its counts where the conversation is given. */
  conversation?: Conversation;
}

/** A message as history, replies and events show it. */
export function messagePayload(message: Message, workspace: Workspace, options: MessagePayloadOptions = {}): Json {
  const payload: Json = { type: "message", ts: message.ts, text: messageText(message) };
  if (message.subtype) payload["subtype"] = message.subtype;
  if (message.user) payload["user"] = message.user;
  if (message.username) payload["username"] = message.username;
  if (message.botId) {
    payload["bot_id"] = message.botId;
    payload["app_id"] = message.appId;
    payload["bot_profile"] = botProfile(message, workspace);
  }
  if (message.clientMsgId) payload["client_msg_id"] = message.clientMsgId;
  const author = workspace.users.get(message.user);
  payload["team"] = workspace.teamOf(author);
  if (author?.standing === "external") {
    payload["user_team"] = payload["source_team"] = workspace.teamOf(author);
    payload["user_profile"] = { name: author.handle, real_name: author.name, team: workspace.teamOf(author) };
  }
  const blocks = messageBlocks(message);
  if (blocks) payload["blocks"] = blocks;
  if (message.attachments) payload["attachments"] = message.attachments;
  if (message.files) Object.assign(payload, { files: message.files, upload: false, display_as_bot: false });
  if (message.edited) payload["edited"] = message.edited;
  if (message.reactions?.size) payload["reactions"] = reactionsPayload(message);
  if (message.stream) payload["streaming_state"] = isStreaming(message) ? "in_progress" : "completed";
  if (options.metadata && message.metadata) payload["metadata"] = message.metadata;
  if (options.conversation) Object.assign(payload, threadFields(message, options.conversation));
  else if (message.threadTs) payload["thread_ts"] = message.threadTs;
  return payload;
}

export function isStreaming(message: Message): boolean {
  return message.stream?.state === "streaming";
}

export function messageText(message: Message): string {
  return message.stream ? streamText(message.stream) : message.text;
}

export function messageBlocks(message: Message): Message["blocks"] {
  return message.stream ? [...streamBlocks(message.stream, message.ts), ...(message.blocks ?? [])] : message.blocks;
}

function reactionsPayload(message: Message): Json[] {
  return [...(message.reactions ?? [])].map(([name, users]) => ({ name, users: [...users], count: users.size }));
}

function threadFields(message: Message, conversation: Conversation): Json {
  if (message.threadTs) {
    const parent = conversation.byTs.get(message.threadTs);
    return { thread_ts: message.threadTs, ...(parent ? { parent_user_id: parent.user } : {}) };
  }
  const replies = conversation.threads.get(message.ts);
  if (!replies?.length) return {};
  const users = [...new Set(replies.map((reply) => reply.user))];
  return {
    thread_ts: message.ts,
    reply_count: replies.length,
    reply_users_count: users.length,
    latest_reply: replies.at(-1)?.ts,
    reply_users: users.slice(0, 5),
    is_locked: false,
    subscribed: false,
  };
}
