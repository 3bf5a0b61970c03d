import { type ConnectableService, connectableServices } from "../../accounts/oauth-vendors.ts";
import { personalServices } from "../../accounts/services.ts";
import type { ListenerContext } from "../listeners/context.ts";
import { command } from "../surface.ts";
import type { GivenCommand, SlackCommand } from "./slack-command.ts";

export const connect: SlackCommand = {
  verb: "connect",
  form: "SERVICE",
  meaning: `lets me act as you at ${connectableServices.join(" or ")}`,
  run: async (given, context) => {
    const service = findConnectable(given.argument);
    return service ? () => link(service, given, context) : usageOf("connect");
  },
};

export const disconnect: SlackCommand = {
  verb: "disconnect",
  form: "SERVICE",
  meaning: "ends that",
  run: async ({ argument, person }, { accounts, workspace }) => {
    const service = findConnectable(argument);
    if (!service) return usageOf("disconnect");
    const name = personalServices[service];
    return async () => {
      const key = { teamId: workspace.teamId, userId: person.userId };
      const outcome = await accounts.personal.access.disconnect(key, service);
      if (outcome === "not_connected") return `You are not connected to ${name}.`;
      const done = `I no longer act as you at ${name}, and have deleted what you gave me for it.`;
      if (outcome === "disconnected") return done;
      return `${done} ${name} did not confirm that it has ended it as well: remove Sophia from your connected apps there.`;
    };
  },
};

function findConnectable(argument: string): ConnectableService | undefined {
  return connectableServices.find((known) => known === argument.trim().toLowerCase());
}

function usageOf(verb: string): string {
  return `Say \`${command} ${verb} SERVICE\`, where SERVICE is ${connectableServices.join(" or ")}.`;
}

/** The link is shown where nobody else can come by it: in the person's own direct message with Sophia. */
async function link(
  service: ConnectableService,
  { person, channel }: GivenCommand,
  { accounts, directMessages, workspace }: ListenerContext,
): Promise<string> {
  const name = personalServices[service];
  const own = await directMessages.channelOf(person.userId);
  if (own === undefined) return "Slack does not tell me just now which is our direct message. Try again in a minute.";
  if (own !== channel)
    return `Write me directly: say \`${command} connect ${service}\` in our direct message (<#${own}>).`;
  const url = await accounts.personal.connecting.begin({ teamId: workspace.teamId, userId: person.userId }, service);
  if (url === undefined) return `Connecting your own ${name} account is not set up here. Ask whoever runs me.`;
  return (
    `<${url.replaceAll("&", "&amp;")}|Connect your ${name} account>. The link works once, for ten minutes, and for you alone. ` +
    `What you approve is then done in your own name at ${name}. \`${command} disconnect ${service}\` ends it.`
  );
}
