import type { ListenerContext, OfferedTool, Service } from "../listeners/context.ts";
import { escapeText } from "../message-text.ts";
import type { Person } from "../people.ts";
import { rolesFor } from "../roles.ts";
import { command } from "../surface.ts";
import type { GivenCommand, SlackCommand } from "./slack-command.ts";

/** Tools of a kind that are named; Slack takes 40,000 characters, and nobody reads them. */
const mostNamed = 60;

export const tools: SlackCommand = {
  verb: "tools",
  form: "[SERVICE]",
  meaning: "shows what I can do for you in each service",
  run: async (given, context) => {
    const wanted = given.argument.trim().toLowerCase();
    const services = context.services();
    const found = services.find(({ server, name }) => [server, name.toLowerCase()].includes(wanted));
    if (wanted !== "" && !found) {
      const names = services.map(({ name }) => name).join(", ");
      return `I do not know \`${wanted.replaceAll("`", "").slice(0, 40)}\`. The services are ${names}.`;
    }
    return async () => {
      const offered = await toolsFor(given, context);
      return found ? inDetail(found, offered) : overview(services, offered);
    };
  },
};

/** Of all roles in which the person may ask: where one of them does without asking, that is what counts. */
async function toolsFor({ person, channel }: GivenCommand, context: ListenerContext): Promise<OfferedTool[]> {
  const channelName = channel.startsWith("D") ? undefined : await context.people.channelName(channel);
  const byName = new Map<string, OfferedTool>();
  for (const role of rolesFor(person, context.roles)) {
    for (const tool of offersIn(role, person, { channel, channelName }, context)) {
      const known = byName.get(tool.name);
      if (!known || tool.policy === "allow") byName.set(tool.name, tool);
    }
  }
  return [...byName.values()];
}

function offersIn(
  role: string,
  { userId, email, groups }: Person,
  place: { channel: string; channelName: string | undefined },
  { offers }: ListenerContext,
): OfferedTool[] {
  return offers(role, { userId, email, groups, ...place }).filter(({ policy }) => policy !== "deny");
}

function overview(services: readonly Service[], offered: readonly OfferedTool[]): string {
  const lines = services.map(({ name, server, offered: isOffered }) => {
    const own = offered.filter((tool) => tool.server === server);
    const reads = own.filter(({ isRead }) => isRead).length;
    const words = [
      counted(reads, "reads", "read"),
      counted(own.length - reads, "changes something", "change something"),
    ];
    const what = isOffered ? words.filter(Boolean).join(", ") || "nothing in your roles" : "not set up";
    return `• *${escapeText(name)}*: ${what}`;
  });
  const asks = "I ask before I change anything, unless whoever runs me allowed it.";
  return [`*What I can do for you*`, ...lines, `${asks} \`${command} tools SERVICE\` names them.`].join("\n");
}

function counted(count: number, one: string, many: string): string {
  if (count === 0) return "";
  return count === 1 ? `1 tool that ${one}` : `${count} tools that ${many}`;
}

function inDetail({ name, server, offered: isOffered }: Service, offered: readonly OfferedTool[]): string {
  if (!isOffered) return `${escapeText(name)} is not set up here. Ask whoever runs me.`;
  const own = offered.filter((tool) => tool.server === server);
  if (own.length === 0) return `There is nothing in ${escapeText(name)} that I may do in your roles.`;
  const part = (title: string, wanted: readonly OfferedTool[]): string[] => {
    const named = wanted.slice(0, mostNamed).map(({ title: words }) => `• ${escapeText(words)}`);
    const more = wanted.length > mostNamed ? [`and ${wanted.length - mostNamed} more`] : [];
    return wanted.length === 0 ? [] : [`*${title}*`, ...named, ...more];
  };
  const writes = own.filter(({ isRead }) => !isRead);
  return [
    ...part(
      `What I read in ${escapeText(name)}`,
      own.filter(({ isRead }) => isRead),
    ),
    ...part(
      "What I change there once somebody approves it",
      writes.filter(({ policy }) => policy === "ask"),
    ),
    ...part(
      "What I change there without asking",
      writes.filter(({ policy }) => policy === "allow"),
    ),
  ].join("\n");
}
