import { messagePayload } from "./entities.ts";
import type { Entered } from "./inputs.ts";
import { findElement, pressableBlocks, pressElement, type ResponseTarget } from "./interactions.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import type { Slack } from "./slack.ts";
import type { Conversation, Message, User } from "./types.ts";
import { pressInView } from "./view-presses.ts";
import type { EnteredValues } from "./view-state.ts";

export interface Command {
  user: string;
  channel: string;
  /** With the slash: `/sophia`. */
  command: string;
  text: string;
}

export async function command(slack: Slack, { user: who, channel, command: name, text }: Command): Promise<Outcome> {
  const user = slack.workspace.person(who);
  const conversation = slack.workspace.place(channel, user);
  const payload = slack.interactions.command(user, conversation, name, slack.workspace.encode(text));
  const result = outcomeOf(await slack.delivery.once({ kind: "slash_commands", payload }));
  const body = typeof result.body === "string" ? { text: result.body } : (result.body as Record<string, unknown>);
  if (result.ok && hasContent(body)) respond(slack, { user, conversation }, body);
  return result;
}

function hasContent(body: Record<string, unknown> | undefined): body is Record<string, unknown> {
  return Boolean(body?.["text"] || body?.["blocks"] || body?.["attachments"]);
}

/** An answer to a command or a press, by acknowledgement or `response_url`. Throws SlackRefusal. */
export function respond(
  slack: Slack,
  { user, conversation, message }: ResponseTarget,
  body: Record<string, unknown>,
): void {
  if (body["delete_original"] === true && message) {
    slack.poster.remove(conversation, message);
    return;
  }
  const text = body["text"] as string | undefined;
  const given = { text, blocks: body["blocks"], attachments: body["attachments"], metadata: body["metadata"] };
  const { truncated: _, ...content } = slack.poster.check(given);
  if (body["replace_original"] === true && message) {
    slack.poster.edit(conversation, message, content);
    return;
  }
  const threadTs = (body["thread_ts"] as string | undefined) ?? undefined;
  const inChannel = body["response_type"] === "in_channel";
  slack.poster.post(conversation, { ...content, threadTs, ...(inChannel ? {} : { ephemeralFor: user.id }) });
}

export interface Press {
  user: string;
  actionId: string;
  /** In a message: where it stands. */
  channel?: string | undefined;
  ts?: string | undefined;
  /** In a modal or on the Home tab instead; the topmost modal, or else Home, where neither is given. */
  viewId?: string | undefined;
  /** The option, person or date chosen; `positive` or `negative` of the feedback buttons. */
  value?: Entered | undefined;
  /** In a view: what else was entered before the press. */
  values?: EnteredValues | undefined;
}

/** Throws where there is no such button. */
export async function press(slack: Slack, request: Press): Promise<Outcome> {
  const user = slack.workspace.person(request.user);
  const payload = request.ts ? pressInMessage(slack, user, request) : pressInView(slack, user, request);
  return outcomeOf(await slack.delivery.once({ kind: "interactive", payload }));
}

function pressInMessage(slack: Slack, user: User, { channel = "", ts = "", actionId, value }: Press) {
  const conversation = slack.workspace.place(channel, user);
  const message = seenMessage(conversation, user, ts);
  const found = findElement(pressableBlocks(message), actionId);
  if (!found) throw new Error(`Message ${ts} has no "${actionId}" to press`);
  const action = pressElement(found, value, slack.workspace.eventTs());
  return slack.interactions.pressedInMessage(user, conversation, message, action);
}

function seenMessage(conversation: Conversation, user: User, ts: string): Message {
  const own = conversation.ephemerals.find((message) => message.ts === ts && message.ephemeralFor === user.id);
  const message = own ?? conversation.byTs.get(ts);
  if (!message || !conversation.members.has(user.id)) throw new Error(`${user.name} sees no message ${ts} here`);
  return message;
}

export interface Shortcut {
  user: string;
  callbackId: string;
  /** For a shortcut on a message. */
  channel?: string | undefined;
  ts?: string | undefined;
}

export async function shortcut(slack: Slack, { user: who, callbackId, channel, ts }: Shortcut): Promise<Outcome> {
  const user = slack.workspace.person(who);
  const shared = {
    callback_id: callbackId,
    trigger_id: slack.interactions.newTrigger(user),
    action_ts: slack.workspace.eventTs(),
  };
  const onMessage = channel && ts ? messageFields(slack, user, channel, ts) : {};
  // Shortcuts alone do not name the app.
  const { api_app_id: _, ...base } = slack.interactions.base(ts ? "message_action" : "shortcut", user);
  const payload = { ...base, ...shared, ...onMessage };
  return outcomeOf(await slack.delivery.once({ kind: "interactive", payload }));
}

function messageFields(slack: Slack, user: User, channel: string, ts: string): Record<string, unknown> {
  const conversation = slack.workspace.place(channel, user);
  const message = seenMessage(conversation, user, ts);
  return {
    channel: { id: conversation.id, name: conversation.name || "directmessage" },
    message_ts: message.ts,
    message: messagePayload(message, slack.workspace, { metadata: true }),
    response_url: slack.interactions.newResponseUrl({ user, conversation, message }),
  };
}
