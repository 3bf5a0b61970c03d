import { usualRole } from "../../core/usual-role.ts";
import { mostHooks } from "../../storage/asana-hooks.ts";
import type { Route } from "../../workflows/routes.ts";
import { problemOf } from "../../workflows/routes.ts";
import { readRoute, type ReadRoute, routeExample, whereInWords } from "../../workflows/route-words.ts";
import { isAdmin } from "../admission.ts";
import { type ListenerContext, recordRefusal } from "../listeners/context.ts";
import { escapeText } from "../message-text.ts";
import type { Person } from "../people.ts";
import { command } from "../surface.ts";
import { refuseRole } from "./role-gate.ts";
import type { GivenCommand, SlackCommand } from "./slack-command.ts";

export const route: SlackCommand = {
  verb: "route",
  form: "[calls|deals|contacts|tasks #CHANNEL where ...|remove N|mute N 2h]",
  meaning: "shows where call summaries and notices go, and changes that",
  run: async (given, context) => {
    const [verb = "", ...rest] = given.argument.split(/\s+/);
    const word = verb.toLowerCase();
    if (word === "" || word === "list") return () => list(given, context);
    if (word === "remove" || word === "delete") return () => remove(rest.join(" "), given, context);
    if (word === "mute" || word === "unmute") return () => mute(word, rest, given, context);
    return () => add(readRoute(given.argument.replace(/^add\s+/i, "")), given, context);
  },
};

const usage = `Say it like this: ${routeExample}. \`${command} route\` shows what there is.`;

const fewProjects = `I hear of ${mostHooks} projects of Asana at most: where there are more, say which with \`where project is NAME\`.`;

const noPlace = {
  shared: "That channel is shared with another company, so I post nothing there unasked.",
  archived: "That channel is archived, so nothing can be posted there.",
  not_in: "I am not in that channel. Invite me there first, then say it again.",
  not_found: "I do not see that channel. If it is private, invite me there first.",
  away: "Slack does not tell me about that channel just now. Try again in a minute.",
  maker: "whoever made it is not among those whom I answer.",
};

async function list({ person }: GivenCommand, context: ListenerContext): Promise<string> {
  const { routes, clock } = context;
  const all = await seenBy(person, await routes.all(), context);
  if (all.length === 0) return `Nothing is posted unasked. ${usage}`;
  const lines = all.map((one) => `• ${line(one, clock.now())}`);
  return [
    "*Where I post unasked*",
    ...lines,
    `\`${command} route remove N\` and \`mute N 2h\` change one. ${usage}`,
  ].join("\n");
}

/** Those of private channels are their members' and admins' to know. */
async function seenBy(person: Person, all: readonly Route[], context: ListenerContext): Promise<Route[]> {
  const hidden = [...new Set(all.flatMap(({ isPublic, channel }) => (isPublic ? [] : [channel])))];
  const kept = await Promise.all(hidden.map((channel) => mayKnow(channel, person, context)));
  const known = new Set(hidden.filter((_, index) => kept[index]));
  return all.filter(({ isPublic, channel }) => isPublic || known.has(channel));
}

async function mayKnow(channel: string, person: Person, context: ListenerContext): Promise<boolean> {
  if (isAdmin(person, context)) return true;
  return !channel.startsWith("#") && (await context.channels.hasMember(channel, person.userId)) === true;
}

function line(
  { number, what, channel, channelName, where, origin, createdBy, mutedUntil, problem }: Route,
  now: number,
): string {
  // Without its name, which Slack shows to whoever may know it.
  const place = channelName === undefined ? escapeText(channel) : `<#${channel}>`;
  const maker = /^[UW]/.test(createdBy ?? "") ? `<@${createdBy}>` : "somebody";
  const by = origin === "config" ? "by the configuration" : `by ${maker}`;
  const isMuted = mutedUntil !== undefined && mutedUntil.getTime() > now;
  const notes = [
    by,
    isMuted && `muted until ${slackTime(mutedUntil)}`,
    problem && `nothing is posted: ${noPlace[problem]}`,
  ];
  return `\`${number}\` ${what} to ${place} ${whereInWords(where)} (${notes.filter(Boolean).join("; ")})`.replaceAll(
    "  ",
    " ",
  );
}

function slackTime(at: Date): string {
  return `<!date^${Math.floor(at.getTime() / 1000)}^{date_short_pretty} {time}|${at.toISOString()}>`;
}

async function add(read: ReadRoute, { person }: GivenCommand, context: ListenerContext): Promise<string> {
  const notTheirs = refuseRole({ person, role: usualRole, tool: `${command} route` }, context);
  if (notTheirs !== undefined) return notTheirs;
  if (read.problem !== undefined) return `${escapeText(read.problem)} ${usage}`;
  const { what, where } = read;
  const found = await context.channels.find(read.channel);
  if (typeof found === "object" && found.isPrivate && !(await mayKnow(found.id, person, context))) {
    return noPlace.not_found;
  }
  const problem = problemOf(found);
  if (problem !== undefined || typeof found !== "object") return noPlace[problem ?? "not_found"];
  const refused = await whyNot(found.id, person, context);
  if (refused !== undefined) return refused;
  const id = context.newId("route");
  const number = await context.routes.add({ id, what, channel: found.id, where, createdBy: person.userId });
  const done = `Done: ${what} go to <#${found.id}> ${whereInWords(where)} (\`${number}\`).`.replaceAll("  ", " ");
  return what === "tasks" && where.projects === undefined ? `${done} ${fewProjects}` : done;
}

/** What is posted in a channel is for its members to decide, and for admins. */
async function whyNot(channel: string, person: Person, context: ListenerContext): Promise<string | undefined> {
  if (isAdmin(person, context)) return undefined;
  const isMember = await context.channels.hasMember(channel, person.userId);
  if (isMember === undefined) return noPlace.away;
  if (isMember) return undefined;
  recordRefusal({ tool: `${command} route`, reason: "not_in_channel", userId: person.userId }, context);
  return "Only members of that channel, and admins, decide what I post there.";
}

async function remove(number: string, { person }: GivenCommand, context: ListenerContext): Promise<string> {
  const found = await find(number, person, context);
  if (!found)
    return `There is no route \`${escapeText(number.slice(0, 20))}\`: \`${command} route\` shows them with their numbers.`;
  if (found.origin === "config")
    return `\`${found.number}\` stands in sophia.config.json: whoever runs me changes it there. You can mute it.`;
  const refused = await whyNot(found.channel, person, context);
  if (refused !== undefined) return refused;
  await context.routes.remove(found.id);
  return `Removed: ${line({ ...found, problem: undefined }, context.clock.now())}.`;
}

async function mute(
  word: "mute" | "unmute",
  [number = "", ...rest]: readonly string[],
  { person }: GivenCommand,
  context: ListenerContext,
): Promise<string> {
  const found = await find(number, person, context);
  if (!found) return `Which one? \`${command} route\` shows them with their numbers.`;
  const ms = word === "unmute" ? 0 : spanOf(rest.join(" "));
  if (ms === undefined) return `For how long? Say \`${command} route mute ${found.number} 2h\`, or 3d.`;
  const refused = await whyNot(found.channel, person, context);
  if (refused !== undefined) return refused;
  const until = new Date(context.clock.now() + ms);
  await context.routes.mute(found.id, until);
  return ms === 0 ? `\`${found.number}\` is heard again.` : `\`${found.number}\` is muted until ${slackTime(until)}.`;
}

async function find(number: string, person: Person, context: ListenerContext): Promise<Route | undefined> {
  const wanted = number.replace(/^#/, "").toLowerCase();
  const found = (await context.routes.all()).filter((one) => one.number === wanted);
  return (await seenBy(person, found, context))[0];
}

const units: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/** "2h", "for 30 minutes"; a day unless told; not longer than a quarter. */
function spanOf(text: string): number | undefined {
  if (text.trim() === "") return units["d"];
  const [, count = "", unit = ""] =
    /^(?:for )?(\d{1,4}) ?(m|h|d|w)(?:in(?:ute)?s?|ours?|ays?|eeks?)?$/i.exec(text.trim()) ?? [];
  const ms = Number(count) * (units[unit.toLowerCase()] ?? 0);
  return ms > 0 ? Math.min(ms, 92 * 86_400_000) : undefined;
}
