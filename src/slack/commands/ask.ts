import { externalChannelWords } from "../refusal.ts";
import { type ListenerContext, readText, recordRefusal } from "../listeners/context.ts";
import { command } from "../surface.ts";
import type { SlackCommand } from "./slack-command.ts";

export const ask: SlackCommand = {
  verb: "ask",
  form: "QUESTION",
  meaning: "asks me something; the answer comes in a thread of this channel",
  run: async ({ argument, person, channel, triggerId }, context) => {
    const [text, refusal] = await Promise.all([readText(argument, context), refuse(channel, context)]);
    if (text === "") return `Say what you want to know: \`${command} ask summarize yesterday's calls\``;
    if (refusal !== undefined) {
      recordRefusal({ tool: `${command} ask`, reason: refusal.reason, userId: person.userId }, context);
      return refusal.words;
    }
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
      agent: "sophia",
      audience: channel.startsWith("D") ? "private" : "channel",
    });
    return undefined;
  },
};

/** The question would be posted for all of the channel to read, so this is told apart before it is taken. */
async function refuse(
  channel: string,
  { people }: ListenerContext,
): Promise<{ reason: string; words: string } | undefined> {
  if (channel.startsWith("D")) return undefined;
  const isShared = await people.isExternallyShared(channel);
  if (isShared === undefined) {
    const words = "Slack does not tell me just now who reads this channel. Please try again in a minute.";
    return { reason: "unknown_channel", words };
  }
  return isShared ? { reason: "external_channel", words: externalChannelWords } : undefined;
}
