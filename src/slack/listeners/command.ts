import type { App, RespondFn } from "@slack/bolt";
import { safeMessage } from "../../core/errors.ts";
import { nearestName } from "../../core/nearest-name.ts";
import { asCopied } from "../../core/unlinked.ts";
import { isAdmin, reasonToRefuse, wordsFor } from "../admission.ts";
import { ask } from "../commands/ask.ts";
import { audit } from "../commands/audit.ts";
import { connect, disconnect } from "../commands/connect.ts";
import { digest } from "../commands/digest.ts";
import { route } from "../commands/route.ts";
import { status } from "../commands/status.ts";
import { task } from "../commands/task.ts";
import { tools } from "../commands/tools.ts";
import { whoami } from "../commands/whoami.ts";
import { usage as usageCommand } from "../commands/usage.ts";
import type { SlackCommand } from "../commands/slack-command.ts";
import { command } from "../surface.ts";
import { type ListenerContext, recordRefusal } from "./context.ts";

/** In the order in which help shows them. */
export const commands: readonly SlackCommand[] = [
  ask,
  task,
  digest,
  route,
  status,
  tools,
  whoami,
  connect,
  disconnect,
  usageCommand,
  audit,
];

/** `/sophia VERB ...`. The answer to the command itself is seen by the person alone. */
export function listenToCommand(app: App, context: ListenerContext): void {
  app.command(command, async ({ command: given, ack, respond }) => {
    const person = await context.people.find(given.user_id);
    const text = asCopied(given.text).trim();
    const [verb = ""] = text.split(/\s+/);
    const refuse = (reason: string, words: string): Promise<void> => {
      const known = commands.some((one) => one.verb === verb.toLowerCase());
      const tool = known ? `${command} ${verb.toLowerCase()}` : command;
      recordRefusal({ tool, reason, userId: person.userId }, context);
      return ack(words);
    };
    const refused = wordsFor(person, context);
    if (refused !== undefined) return refuse(reasonToRefuse(person, context.guests) ?? "nobody", refused);
    const admin = isAdmin(person, context);
    if (verb === "" || verb.toLowerCase() === "help") return ack(help(context, admin));
    const found = commands.find((known) => known.verb === verb.toLowerCase());
    if (!found) return ack(suggest(verb, text, admin));
    if (found.adminsOnly && !admin)
      return refuse("admins_only", `\`${command} ${found.verb}\` is for admins. Ask whoever runs me.`);
    const argument = text.slice(verb.length).trim();
    const said = await found.run({ argument, person, channel: given.channel_id, triggerId: given.trigger_id }, context);
    if (typeof said !== "function") return said === undefined ? ack() : ack(said);
    const finding = said().catch((error: unknown) => {
      context.logger.error({ err: error }, "a command failed");
      return safeMessage(error);
    });
    const answer = await inTime(finding, context);
    if (answer !== undefined) return ack(answer);
    await ack();
    // Slack hears of the acknowledgement only once this listener has ended.
    void tellLater(finding, respond, context);
  });
}

/** Milliseconds for which the acknowledgement waits for its text: Slack waits for three seconds, looking up who asks included. */
const patienceMs = 1_500;

/** Undefined where it takes longer. */
async function inTime(finding: Promise<string>, { wait }: ListenerContext): Promise<string | undefined> {
  const found = new AbortController();
  try {
    return await Promise.race([finding, wait(patienceMs, found.signal).then(() => undefined)]);
  } finally {
    found.abort();
  }
}

async function tellLater(
  finding: Promise<string>,
  respond: RespondFn,
  { logger, secrets }: ListenerContext,
): Promise<void> {
  try {
    await respond({ response_type: "ephemeral", text: secrets.remove(await finding) });
  } catch (error) {
    logger.warn({ err: error }, "a command's answer could not be shown");
  }
}

function usage(admin: boolean): string {
  const open = commands.filter(({ adminsOnly }) => admin || !adminsOnly);
  return [
    ...open.map(({ verb, form, meaning }) => `\`${`${command} ${verb} ${form}`.trim()}\`: ${meaning}`),
    `\`${command} help\`: shows this`,
    "You can also mention me in a channel, follow up in a thread of mine, or write to me directly.",
  ].join("\n");
}

function help({ services }: ListenerContext, admin: boolean): string {
  const all = services();
  const connected = all.filter(({ offered }) => offered).map(({ name }) => name);
  const absent = all.filter(({ offered }) => !offered);
  return [
    usage(admin),
    connected.length > 0 ? `I am connected to ${connected.join(", ")}.` : "I am not connected to any service.",
    ...absent.map(({ name, reason }) =>
      // Which settings are missing is for whoever can set them.
      admin && reason !== undefined
        ? `${name} is not connected: ${reason}.`
        : `${name} is not connected; ask whoever runs me.`,
    ),
  ].join("\n");
}

function suggest(verb: string, text: string, admin: boolean): string {
  const open = commands.filter(({ adminsOnly }) => admin || !adminsOnly).map((known) => known.verb);
  const nearest = nearestName(verb, [...open, "help"]);
  const guess = nearest === undefined ? `ask ${text}` : `${nearest} ${text.slice(verb.length).trim()}`.trim();
  return `I do not know \`${verb}\`. Did you mean \`${command} ${guess}\`?\n${usage(admin)}`;
}
