import { withActiveView } from "./active-views.ts";
import { isStreaming, messageText } from "./entities.ts";
import type { EventCallback } from "./events.ts";
import { stopByUser } from "./methods/streams.ts";
import { react } from "./methods/reactions.ts";
import { richText } from "./mrkdwn.ts";
import { sharedMessage } from "./shared-message.ts";
import type { Slack } from "./slack.ts";
import type { Block, Conversation, Message, User } from "./types.ts";
import { viewPayload } from "./views.ts";

export interface Sending {
  /** Id, handle, name or e-mail. */
  user: string;
  /** Id or name; `dm` or `@sophia` for the person's own DM with Sophia. */
  channel: string;
  /** As typed: `@sophia` and `#sales` become mentions. */
  text: string;
  threadTs?: string | undefined;
  /** Dropped with it. */
  files?: readonly { name: string; content: string | Uint8Array }[] | undefined;
  /** Forwards this message with it; one that the person can see. */
  shared?: { channel: string; ts: string } | undefined;
  /** Store the message but leave its events to the caller, who passes them to `deliver`. */
  hold?: boolean | undefined;
}

export interface Sent {
  ts: string;
  channel: string;
  /** What was, or with `hold` would have been, delivered for it. */
  events: EventCallback[];
}

/** Throws where the person, the channel or the thread does not exist, or the channel is not theirs. */
export function send(slack: Slack, { user: who, channel, text, threadTs, files = [], shared, hold }: Sending): Sent {
  const { workspace, events } = slack;
  const user = workspace.person(who);
  const conversation = enter(slack, user, workspace.place(channel, user));
  if (threadTs !== undefined && !conversation.byTs.has(threadTs))
    throw new Error(`There is no message ${threadTs} here`);
  const root = threadTs && (conversation.byTs.get(threadTs)?.threadTs ?? threadTs);
  const encoded = workspace.encode(text);
  const dropped = files.map((file) => slack.files.payload(slack.files.drop(user.id, conversation.id, file)));
  const attachments = shared && [sharedMessage(slack, user, shared)];
  const message = workspace.add(conversation, {
    user: user.id,
    text: encoded,
    // A file may come without a word.
    blocks: encoded === "" ? undefined : [richText(encoded, workspace.newId("b"))],
    clientMsgId: crypto.randomUUID(),
    threadTs: root || undefined,
    attachments,
    ...(files.length > 0 ? { subtype: "file_share", files: dropped } : {}),
  });
  const told = events.posted(conversation, message).map((event) => withActiveView(slack, user.id, event));
  const callbacks = events.wrapAll(told);
  if (!hold) for (const callback of callbacks) void events.deliver(callback);
  return { ts: message.ts, channel: conversation.id, events: callbacks };
}

interface BotSending {
  name: string;
  channel: string;
  text: string;
  blocks?: Block[] | undefined;
  threadTs?: string | undefined;
}

/** A message of another app, in the old style that has a name and no user. */
export function sendAsBot(slack: Slack, { name, channel, text, blocks, threadTs }: BotSending): Sent {
  const { workspace, events } = slack;
  const conversation = workspace.place(channel);
  const subtype = "bot_message";
  const fields = { user: "", username: name, subtype, botId: "B0THERB0T01", appId: "A0THERAPP01" };
  const message = workspace.add(conversation, { ...fields, text: workspace.encode(text), blocks, threadTs });
  return { ts: message.ts, channel: conversation.id, events: events.emit(events.posted(conversation, message)) };
}

/** A public channel is joined by writing to it; a private one must be the person's already. */
function enter(slack: Slack, user: User, conversation: Conversation): Conversation {
  if (conversation.members.has(user.id)) return conversation;
  if (conversation.kind !== "public")
    throw new Error(`${user.name} is not a member of ${conversation.name || conversation.id}`);
  join(slack, user, conversation);
  return conversation;
}

export function join(slack: Slack, user: User, conversation: Conversation): void {
  conversation.members.add(user.id);
  if (!slack.workspace.isMember(conversation)) return;
  const { teamId: team } = slack.workspace.identity;
  const place = { channel: conversation.id, channel_type: conversation.kind === "private" ? "G" : "C", team };
  slack.events.emit([{ type: "member_joined_channel", user: user.id, ...place, event_ts: slack.workspace.eventTs() }]);
}

/** A person's own message in a conversation. Throws where it is not theirs. */
function ownMessage(
  slack: Slack,
  who: string,
  channel: string,
  ts: string,
): { conversation: Conversation; message: Message } {
  const user = slack.workspace.person(who);
  const conversation = slack.workspace.place(channel, user);
  const message = conversation.byTs.get(ts);
  if (!message || message.user !== user.id) throw new Error(`${user.name} has no message ${ts} in ${channel}`);
  return { conversation, message };
}

export function edit(
  slack: Slack,
  { user, channel, ts, text }: { user: string; channel: string; ts: string; text: string },
): EventCallback[] {
  const { conversation, message } = ownMessage(slack, user, channel, ts);
  const encoded = slack.workspace.encode(text);
  const blocks = [richText(encoded, slack.workspace.newId("b"))];
  return slack.poster.edit(conversation, message, { text: encoded, blocks });
}

export function remove(
  slack: Slack,
  { user, channel, ts }: { user: string; channel: string; ts: string },
): EventCallback[] {
  const { conversation, message } = ownMessage(slack, user, channel, ts);
  return slack.poster.remove(conversation, message);
}

export interface Reacting {
  user: string;
  channel: string;
  ts: string;
  name: string;
  /** Take it away instead. */
  remove?: boolean | undefined;
}

export function reactAs(slack: Slack, { user: who, channel, ts, name, remove: takeAway }: Reacting): void {
  const user = slack.workspace.person(who);
  const conversation = slack.workspace.place(channel, user);
  const message = conversation.byTs.get(ts);
  if (!message) throw new Error(`There is no message ${ts} in ${channel}`);
  react(slack, { conversation, message }, user.id, name, !takeAway);
}

/** The Stop button of a thread: its running streams take nothing more, and the app is told. Returns those streams' `ts`. */
export function stop(
  slack: Slack,
  { user: who, channel, threadTs }: { user: string; channel: string; threadTs: string },
): string[] {
  const user = slack.workspace.person(who);
  const conversation = slack.workspace.place(channel, user);
  const streaming = (conversation.threads.get(threadTs) ?? []).filter(isStreaming);
  for (const message of streaming) stopByUser(slack, message);
  const stopped = streaming.map((message) => message.ts);
  const place = { channel: conversation.id, thread_ts: threadTs, streaming_message_ts: stopped };
  slack.events.emit([{ type: "agent_session_stopped", user: user.id, ...place, event_ts: slack.workspace.eventTs() }]);
  return stopped;
}

/** The person opens Sophia in the sidebar, on one of the two tabs. */
export function openHome(slack: Slack, { user: who, tab }: { user: string; tab: "home" | "messages" }): void {
  const user = slack.workspace.person(who);
  const channel = slack.workspace.openDm(user).id;
  const home = tab === "home" ? slack.views.home(user.id) : undefined;
  const view = home ? { view: viewPayload(home, slack.workspace) } : {};
  slack.events.emit([
    { type: "app_home_opened", user: user.id, channel, tab, event_ts: slack.workspace.eventTs(), ...view },
  ]);
}

/** A message as a person reads it: `<@U...>`, `<!subteam^S...>` and `<#C...>` become names again. */
export function readableText(slack: Slack, message: Message): string {
  return messageText(message)
    .replace(/<@([A-Z0-9]+)>/g, (whole, id: string) => {
      const handle = slack.workspace.users.get(id)?.handle;
      return handle ? `@${handle}` : whole;
    })
    .replace(/<!subteam\^([A-Z0-9]+)(?:\|[^>]*)?>/g, (whole, id: string) => {
      const handle = slack.workspace.userGroups.get(id)?.handle;
      return handle ? `@${handle}` : whole;
    })
    .replace(/<#([A-Z0-9]+)(?:\|[^>]*)?>/g, (whole, id: string) => {
      const name = slack.workspace.conversations.get(id)?.name;
      return name ? `#${name}` : whole;
    });
}
