import type { Ranked, SpentAmount } from "../../storage/spend.ts";
import { type CapState, ofCap } from "../../turns/spend-words.ts";
import type { SpendReports } from "../../turns/spending.ts";
import { isAdmin } from "../admission.ts";
import { type ListenerContext, recordRefusal } from "../listeners/context.ts";
import { escapeText } from "../message-text.ts";
import { command } from "../surface.ts";
import type { SlackCommand } from "./slack-command.ts";

/** People, and channels, that `usage all` names. */
const mostRanked = 10;

export const usage: SlackCommand = {
  verb: "usage",
  form: "[all]",
  meaning: "shows what you spent today and in the last 7 days, and what is left; `all`, for admins: what everybody did",
  run: async ({ argument, person, channel }, context) => {
    if (argument === "") return () => ofPerson(person.userId, channel, context);
    if (argument.toLowerCase() !== "all") return `Say \`${command} usage\` or \`${command} usage all\`.`;
    if (isAdmin(person, context)) return () => ofAll(context);
    recordRefusal({ tool: `${command} usage`, reason: "admins_only", userId: person.userId }, context);
    return `\`${command} usage all\` is for admins. Ask whoever runs me.`;
  },
};

async function ofPerson(userId: string, channel: string, context: ListenerContext): Promise<string> {
  return ["*What you spent*", ...(await spendLines(userId, channel, context))].join("\n");
}

/** What a person spent, and what is left of the caps on a question of theirs in that channel. */
export async function spendLines(userId: string, channel: string, { spending }: ListenerContext): Promise<string[]> {
  const audience = channel.startsWith("D") ? "private" : "channel";
  const report = await spending.ofPerson({ userId, channel, audience });
  return [
    `Today: ${spent(report.today)}`,
    `The last 7 days: ${spent(report.period)}`,
    ...left(report),
    ...unpriced(report),
  ];
}

async function ofAll({ spending, people }: ListenerContext): Promise<string> {
  const report = await spending.ofAll(mostRanked);
  const [byPerson, byChannel] = await Promise.all([
    ranking(report.people, async (userId) => escapeText((await people.find(userId)).name)),
    ranking(report.channels, async (channel) => {
      const name = await people.channelName(channel);
      return name === undefined ? channel : `#${escapeText(name)}`;
    }),
  ]);
  return [
    "*What everybody spent*",
    `Today: ${spent(report.today)}`,
    `The last 7 days: ${spent(report.period)}`,
    ...left(report),
    ...section("By person", byPerson),
    ...section("By channel", byChannel),
    ...unpriced(report),
  ].join("\n");
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`*${title}*, the last 7 days and today`, ...lines];
}

async function ranking(ranked: readonly Ranked[], nameOf: (id: string) => Promise<string>): Promise<string[]> {
  return Promise.all(
    ranked.map(async ({ subject, today, period }, index) => {
      const name = subject === undefined ? "in private" : await nameOf(subject);
      return `${index + 1}. ${name}: ${spent(period)}; today ${spent(today)}`;
    }),
  );
}

const subjects: Record<CapState["scope"], string> = {
  person: "your budget for today",
  channel: "today's budget of this channel",
  day: "today's budget of the whole workspace",
};

type Report = Awaited<ReturnType<SpendReports["ofPerson"]>>;

function left({ caps, timeZone }: Report): string[] {
  if (caps.length === 0) return ["No budget is set for a day."];
  const lines = caps.map(({ scope, unit, spent: gone, cap }) => {
    return `Left of ${subjects[scope]}: ${ofCap(unit, Math.max(0, cap - gone), cap)}`;
  });
  return [...lines, `A day begins at 00:00 ${timeZone}.`];
}

function unpriced({ unpriced: models }: Report): string[] {
  if (models.length === 0) return [];
  const [verb, whose] = models.length === 1 ? ["has", "its"] : ["have", "their"];
  return [`${models.map(escapeText).join(", ")} ${verb} no price (spend.prices): ${whose} tokens are counted as free.`];
}

function spent({ turns, tokens, usd }: SpentAmount): string {
  const questions = `${turns} ${turns === 1 ? "question" : "questions"}`;
  return `${questions}, ${tokens.toLocaleString("en-US")} tokens, ${usd.toFixed(2)} USD`;
}
