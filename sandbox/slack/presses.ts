import type { Attempt } from "./delivery.ts";
import { messagePayload } from "./entities.ts";
import { findElement, pressableBlocks, pressElement, type ResponseTarget } from "./interactions.ts";
import type { Slack } from "./slack.ts";
import type { Conversation, Message, User } from "./types.ts";
import { viewPayload, type View } from "./views.ts";

/** What the person sees come of it: an app that does not answer within 3 s is an error to them. */
export interface Outcome {
  ok: boolean;
  error?: string | undefined;
  /** What the app answered with. */
  body?: unknown;
}

function outcome(attempt: Attempt): Outcome {
  return attempt.ok ? { ok: true, body: attempt.body } : { ok: false, error: "operation_timeout" };
}

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
  const result = outcome(await slack.delivery.once({ kind: "slash_commands", payload }));
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
  value?: string | undefined;
}

/** Throws where there is no such button. */
export async function press(slack: Slack, request: Press): Promise<Outcome> {
  const user = slack.workspace.person(request.user);
  const payload = request.ts ? pressInMessage(slack, user, request) : pressInView(slack, user, request);
  return outcome(await slack.delivery.once({ kind: "interactive", payload }));
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

function pressInView(slack: Slack, user: User, { viewId, actionId, value }: Press) {
  const view = viewOf(slack, user, viewId);
  const found = findElement(view.blocks, actionId);
  if (!found) throw new Error(`The view has no "${actionId}" to press`);
  return {
    ...slack.interactions.base("block_actions", user),
    container: { type: "view", view_id: view.id },
    trigger_id: slack.interactions.newTrigger(user),
    view: viewPayload(view, slack.workspace),
    actions: [pressElement(found, value, slack.workspace.eventTs())],
  };
}

function viewOf(slack: Slack, user: User, viewId: string | undefined): View {
  const top = slack.views.modals(user.id).at(-1) ?? slack.views.home(user.id);
  const view = viewId ? slack.views.find(viewId) : top;
  if (!view || view.userId !== user.id) throw new Error(`${user.name} has no such view open`);
  return view;
}

export interface Submission {
  user: string;
  viewId?: string | undefined;
  /** By `action_id`: the text, or the value of the option chosen. */
  values?: Readonly<Record<string, string>> | undefined;
}

export interface SubmissionOutcome extends Outcome {
  /** By `block_id`: what the app finds wrong. The view stays open. */
  errors?: Record<string, string> | undefined;
}

export async function submitView(
  slack: Slack,
  { user: who, viewId, values = {} }: Submission,
): Promise<SubmissionOutcome> {
  const user = slack.workspace.person(who);
  const view = viewOf(slack, user, viewId);
  const payload = {
    ...slack.interactions.base("view_submission", user),
    trigger_id: slack.interactions.newTrigger(user),
    view: viewPayload(view, slack.workspace, stateOf(view, values, slack.workspace.eventTs())),
    response_urls: [],
  };
  const result = outcome(await slack.delivery.once({ kind: "interactive", payload }));
  if (!result.ok) return result;
  const action = (result.body ?? {}) as Record<string, unknown>;
  if (action["response_action"] === "errors") return { ...result, errors: action["errors"] as Record<string, string> };
  if (action["response_action"] === "update") slack.views.update({ id: view.id }, action["view"], undefined);
  else if (action["response_action"] === "push") slack.views.push(user.id, action["view"]);
  else slack.views.close(user.id, { all: action["response_action"] === "clear" });
  return result;
}

/** What is entered in a view's inputs, by block and action; inputs that were not touched have their initial value. */
function stateOf(view: View, values: Readonly<Record<string, string>>, actionTs: string): Record<string, unknown> {
  const state: Record<string, Record<string, unknown>> = {};
  for (const block of view.blocks) {
    const element = block["element"] as Record<string, unknown> | undefined;
    if (block.type !== "input" || !element) continue;
    const actionId = String(element["action_id"]);
    const value = values[actionId];
    const initial = { type: element["type"], value: element["initial_value"] ?? null };
    if (element["initial_option"]) Object.assign(initial, { selected_option: element["initial_option"] });
    const {
      action_id: _,
      block_id: __,
      action_ts: ___,
      ...entered
    } = value === undefined ? { ...initial } : pressElement({ block, element }, value, actionTs);
    state[String(block.block_id)] = { [actionId]: entered };
  }
  return state;
}

/** The person closes the topmost modal, or all with `clear`; the app is told where it asked for that. */
export async function closeView(
  slack: Slack,
  { user: who, clear = false }: { user: string; clear?: boolean },
): Promise<Outcome> {
  const user = slack.workspace.person(who);
  const view = viewOf(slack, user, undefined);
  slack.views.close(user.id, { all: clear });
  if (!view.notifyOnClose) return { ok: true };
  const base = slack.interactions.base("view_closed", user);
  const payload = { ...base, view: viewPayload(view, slack.workspace), is_cleared: clear };
  return outcome(await slack.delivery.once({ kind: "interactive", payload }));
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
  return outcome(await slack.delivery.once({ kind: "interactive", payload }));
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
