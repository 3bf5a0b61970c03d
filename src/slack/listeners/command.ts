import type { App } from "@slack/bolt";
import { externalChannelWords } from "../refusal.ts";
import { command } from "../surface.ts";
import { type ListenerContext, readText } from "./context.ts";

const usage = [
  `\`${command} ask QUESTION\`: asks me something; the answer comes in a thread of this channel`,
  `\`${command} help\`: shows this`,
  "You can also mention me in a channel, follow up in a thread of mine, or write to me directly.",
].join("\n");

const verbs = ["ask", "help"];

/** `/sophia ask QUESTION`, `/sophia help`. The answer to the command itself is seen by the person alone. */
export function listenToCommand(app: App, context: ListenerContext): void {
  app.command(command, async ({ command: given, ack }) => {
    const [verb = "", ...rest] = given.text.trim().split(/\s+/);
    const argument = given.text.trim().slice(verb.length).trim();
    if (verb === "" || verb.toLowerCase() === "help") return ack(help(context));
    if (verb.toLowerCase() !== "ask") return ack(suggest(verb, rest.length > 0, given.text.trim()));
    const [text, refusal] = await Promise.all([readText(argument, context), refuse(given.channel_id, context)]);
    if (text === "") return ack(`Say what you want to know: \`${command} ask summarize yesterday's calls\``);
    if (refusal !== undefined) return ack(refusal);
    const sourceKey = `command:${given.trigger_id}`;
    await context.turns.submit({
      id: context.newId("turn"),
      sourceKey,
      source: "command",
      teamId: context.workspace.teamId,
      channel: given.channel_id,
      // There is no thread before Sophia has posted the question; a key of its own keeps such turns apart until then.
      threadTs: sourceKey,
      userId: given.user_id,
      text,
      agent: "sophia",
      audience: given.channel_id.startsWith("D") ? "private" : "channel",
    });
    await ack();
  });
}

/** The question would be posted for all of the channel to read, so this is told apart before it is taken. */
async function refuse(channel: string, { people }: ListenerContext): Promise<string | undefined> {
  if (channel.startsWith("D")) return undefined;
  const isShared = await people.isExternallyShared(channel);
  if (isShared === undefined)
    return "Slack does not tell me just now who reads this channel. Please try again in a minute.";
  return isShared ? externalChannelWords : undefined;
}

function help({ services }: ListenerContext): string {
  const all = services();
  const connected = all.filter(({ offered }) => offered).map(({ name }) => name);
  const absent = all.filter(({ offered }) => !offered);
  return [
    usage,
    connected.length > 0 ? `I am connected to ${connected.join(", ")}.` : "I am not connected to any service.",
    ...absent.map(({ name, reason }) => `${name} is not connected: ${reason}; ask whoever runs me.`),
  ].join("\n");
}

function suggest(verb: string, hasMore: boolean, text: string): string {
  const nearest = verbs.find((known) => distance(known, verb.toLowerCase()) <= 2);
  const guess =
    nearest && (nearest === "help" || hasMore) ? `${nearest} ${text.slice(verb.length).trim()}`.trim() : `ask ${text}`;
  return `I do not know \`${verb}\`. Did you mean \`${command} ${guess}\`?\n${usage}`;
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(change, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
