import { type ListenerContext, readText, recordRefusal } from "../listeners/context.ts";
import type { Person } from "../people.ts";
import { readRoleOption, roleOf, rolesFor } from "../roles.ts";
import { command } from "../surface.ts";
import { refuseChannel, type Refusal } from "./shared-channel.ts";
import type { SlackCommand } from "./slack-command.ts";

export const ask: SlackCommand = {
  verb: "ask",
  form: "[--as ROLE] QUESTION",
  meaning: "asks me something; the answer comes in a thread of this channel. A role has its own tools alone",
  run: async ({ argument, person, channel, triggerId }, context) => {
    const option = readRoleOption(argument, context.roles);
    const [text, refusal] = await Promise.all([readText(option.text, context), refuseChannel(channel, context)]);
    const isNamed = option.text !== argument;
    const agent = isNamed ? option.agent : roleOf(text, context.roles);
    const other = (isNamed ? refuseRole(agent, person, context) : undefined) ?? refusal;
    if (other !== undefined) {
      recordRefusal({ tool: `${command} ask`, reason: other.reason, userId: person.userId }, context);
      return other.words;
    }
    if (text === "") return `Say what you want to know: \`${command} ask summarize yesterday's calls\``;
    const sourceKey = `command:${triggerId}`;
    await context.turns.submit({
      id: context.newId("turn"),
      sourceKey,
      source: "command",
      teamId: context.workspace.teamId,
      channel,
      // There is no thread before Sophia has posted the question; a key of its own keeps such turns apart until then.
      threadTs: sourceKey,
      userId: person.userId,
      text,
      agent,
      audience: channel.startsWith("D") ? "private" : "channel",
    });
    return undefined;
  },
};

function refuseRole(agent: string, person: Person, { roles }: ListenerContext): Refusal | undefined {
  const open = rolesFor(person, roles);
  if (open.includes(agent)) return undefined;
  const list = open.map((name) => `\`${name}\``).join(", ") || "none";
  const what = Object.hasOwn(roles, agent)
    ? `The role \`${agent}\` is for certain colleagues, and you are not among them.`
    : `I have no role \`${agent.replaceAll(/[^\w-]/g, "").slice(0, 40)}\`.`;
  return { reason: "role", words: `${what} Yours: ${list}.` };
}
