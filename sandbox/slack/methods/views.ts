import type { Arguments } from "../arguments.ts";
import type { Slack } from "../slack.ts";
import { viewPayload, type View } from "../views.ts";
import { knownUser, type Answer, type Method } from "./method.ts";

function shown(view: View, slack: Slack): Answer {
  return { view: viewPayload(view, slack.workspace) };
}

function triggerOf(args: Arguments): string | undefined {
  return args.optional("trigger_id") ?? args.optional("interactivity_pointer");
}

const open: Method = (args, slack) => {
  const userId = slack.interactions.exchangeTrigger(triggerOf(args));
  return shown(slack.views.open(userId, args.json("view")), slack);
};

const push: Method = (args, slack) => {
  const userId = slack.interactions.exchangeTrigger(triggerOf(args));
  return shown(slack.views.push(userId, args.json("view")), slack);
};

const update: Method = (args, slack) => {
  const find = { id: args.optional("view_id"), externalId: args.optional("external_id") };
  return shown(slack.views.update(find, args.json("view"), args.optional("hash")), slack);
};

const publish: Method = (args, slack) => {
  const user = knownUser(slack, args.text("user_id"));
  return shown(slack.views.publish(user.id, args.json("view"), args.optional("hash")), slack);
};

export const viewMethods: Readonly<Record<string, Method>> = {
  "views.open": open,
  "views.push": push,
  "views.update": update,
  "views.publish": publish,
};
