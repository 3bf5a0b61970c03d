import type { Arguments } from "../arguments.ts";
import { messagePayload } from "../entities.ts";
import { SlackRefusal } from "../refusal.ts";
import type { Slack } from "../slack.ts";
import type { Conversation, Message } from "../types.ts";
import { visibleConversation, type Method } from "./method.ts";

function item(args: Arguments, slack: Slack): { conversation: Conversation; message: Message } {
  const timestamp = args.optional("timestamp");
  if (!args.optional("channel") || !timestamp) throw new SlackRefusal("no_item_specified");
  const conversation = visibleConversation(slack, args.optional("channel"));
  if (Number.isNaN(Number(timestamp))) throw new SlackRefusal("bad_timestamp");
  const message = conversation.byTs.get(timestamp);
  if (!message) throw new SlackRefusal("message_not_found");
  return { conversation, message };
}

/** Adds or takes away one person's reaction, with its event. Throws SlackRefusal. */
export function react(
  slack: Slack,
  target: { conversation: Conversation; message: Message },
  userId: string,
  reaction: string,
  add: boolean,
): void {
  const { conversation, message } = target;
  if (!/^[a-z0-9_+'-]+(::skin-tone-[2-6])?$/.test(reaction)) throw new SlackRefusal("invalid_name");
  message.reactions ??= new Map();
  const users = message.reactions.get(reaction) ?? new Set();
  if (add === users.has(userId)) throw new SlackRefusal(add ? "already_reacted" : "no_reaction");
  if (add) users.add(userId);
  else users.delete(userId);
  if (users.size > 0) message.reactions.set(reaction, users);
  else message.reactions.delete(reaction);
  slack.workspace.changed(message);
  if (!slack.workspace.isMember(conversation)) return;
  const type = add ? "reaction_added" : "reaction_removed";
  const on = { type: "message", channel: conversation.id, ts: message.ts };
  const event_ts = slack.workspace.eventTs();
  slack.events.emit([{ type, user: userId, reaction, item: on, item_user: message.user, event_ts }]);
}

const add: Method = (args, slack) => {
  const target = item(args, slack);
  if (!slack.workspace.isMember(target.conversation)) throw new SlackRefusal("not_in_channel");
  if (target.conversation.isArchived) throw new SlackRefusal("is_archived");
  react(slack, target, slack.workspace.identity.userId, args.text("name"), true);
  return {};
};

const remove: Method = (args, slack) => {
  react(slack, item(args, slack), slack.workspace.identity.userId, args.text("name"), false);
  return {};
};

const get: Method = (args, slack) => {
  const { conversation, message } = item(args, slack);
  return { type: "message", channel: conversation.id, message: messagePayload(message, slack.workspace) };
};

export const reactionMethods: Readonly<Record<string, Method>> = {
  "reactions.add": add,
  "reactions.remove": remove,
  "reactions.get": get,
};
