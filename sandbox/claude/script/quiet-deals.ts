import { defaultPeriod, liesAhead, wordsOf } from "./ask.ts";
import { asList, type CallInfo, findCalls, readCall } from "./calls.ts";
import type { Conversation, Period } from "./conversation.ts";
import { type Deal, dealAmount, openDeals, type Scope, scopeOf } from "./crm.ts";
import { inquire } from "./inquiry.ts";
import type { Intent } from "./intents.ts";
import { ahead, count, daysOf, link, plain, table } from "./markdown.ts";
import type { Found, Move } from "./move.ts";
import { dayInWords, leastAmount, type Whose, whose, withoutDays } from "./wording.ts";

const ABSENCE =
  /\b(?:no|without|not|never|haven't|hasn't|didn't|nobody)\b[^.?!]{0,40}\b(?:calls?|called|spoken|talked|conversations?|meetings?)\b|\bgone (?:quiet|silent|dark)\b/i;

/** Of so many accounts the last call is looked up; that of the others lies before the period in any case. */
const MOST_LAST_CALLS = 12;

/** "Which of my deals over 50k have had no call in 14 days?" */
export const quietDeals: Intent = {
  name: "quiet deals",
  matches: (question) => /\bdeals?\b/i.test(question) && ABSENCE.test(question),
  run: (conversation) => {
    const { context } = conversation.current;
    const asked = context.asked.find((one) => !liesAhead(one, context));
    const [unfitting] = context.asked;
    if (!asked && unfitting) return { text: ahead(unfitting) };
    const period = asked ?? defaultPeriod(context);
    return period
      ? report(conversation, period)
      : { text: "For which days? I was given no calendar with this question." };
  },
};

function report(conversation: Conversation, period: Period): Move {
  const question = withoutDays(conversation);
  const wanted = whose(question, "deals?");
  const least = leastAmount(question);
  const found = openDeals(conversation, wanted, least);
  if ("move" in found) return found.move;
  const { deals, isWhole } = found.value;
  const scope = scopeOf(wanted, found.value, least);
  if (deals.length === 0)
    return {
      text: `${scope.lead}HubSpot has no ${scope.things(2)} of ${whom(found.value.of)}.${scope.note.map((one) => ` ${one}`).join("")}`,
    };
  const input = { from_date: period.from, to_date: period.to };
  const { outcomes } = conversation.current;
  const calls = findCalls(conversation, outcomes, { tool: "get_calls", input, whose: "", period });
  if ("move" in calls) return calls.move;
  const quiet = deals.filter((deal) => deal.company && !calls.value.some((one) => isWith(one, deal)));
  const last = lastCalls(conversation, quiet, period);
  if ("move" in last) return last.move;
  const days = spoken(period, wordsOf(conversation.current.question));
  const head = headOf(scope, deals.length, quiet.length, days);
  const rows = quiet.map((deal) => rowOf(deal, last.value, period));
  const list = quiet.length > 0 ? [table([COLUMNS, ...rows])] : [];
  return { text: [`${scope.lead}${head}`, ...list, notes(deals, isWhole, scope)].join("\n\n") };
}

function whom(of: Whose): string {
  return of.kind === "person" ? plain(of.name) : of.kind === "asker" ? "yours" : "anybody";
}

function headOf({ whose: own, things }: Scope, all: number, quiet: number, days: string): string {
  const whoseOnly = `${own} only ${things(1)}`;
  if (quiet === 0)
    return `None: ${all === 1 ? whoseOnly : `each of ${own} ${all} ${things(all)}`} has had a call ${days}.`;
  if (all === 1) return `**${capitalized(whoseOnly)}** has had no call ${days}:`;
  const some = quiet === all ? `All ${all} of ${own} ${things(all)}` : `${quiet} of ${own} ${all} ${things(all)}`;
  return `**${some}** ${quiet === 1 ? "has" : "have"} had no call ${days}${quiet === 1 ? "" : ", the largest first"}:`;
}

function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** "in 14 days", "in the last two weeks", "since Monday", and the days that it was taken for. */
function spoken(period: Period, question: string): string {
  const { phrase } = period;
  const isCounted = /^(?:last|past) (?:\d|\w+ \w)/i.test(phrase);
  const words =
    isCounted || question.toLowerCase().includes(`in the ${phrase.toLowerCase()}`) ? `in the ${phrase}` : phrase;
  return `${plain(words)} (${plain(daysOf(period))})`;
}

/** Gong names the account where the CRM does; else the call's title tells. */
function isWith({ account, title }: CallInfo, { company }: Deal): boolean {
  const name = company?.name.toLowerCase() ?? "";
  return account ? account.toLowerCase() === name : title.toLowerCase().includes(name);
}

/** The latest call before the period, by company; none where there was none as far back as the calendar's last quarter. */
function lastCalls(
  conversation: Conversation,
  quiet: readonly Deal[],
  period: Period,
): Found<ReadonlyMap<string, CallInfo | "none" | "unknown">> {
  const { calendar, person } = conversation.current.context;
  const from = calendar.find(({ phrase }) => phrase === "last quarter")?.from;
  const companies = [...new Set(quiet.flatMap(({ company }) => company?.name ?? []))].slice(0, MOST_LAST_CALLS);
  const dates = { ...(from && from < period.from ? { from_date: from } : {}), to_date: period.from };
  const zone = person.time_zone ? { time_zone: person.time_zone } : {};
  const found = inquire(
    conversation,
    `${companies.length} accounts had no call in these days. I look up when each had its last one.`,
    companies.map((account) => ({ tool: "find_calls", input: { account, ...dates, ...zone, limit: 1 } })),
  );
  if ("move" in found) return found;
  const entries = companies.map((name, index) => {
    const { json } = found.value[index] ?? {};
    const [call] = asList(json?.["calls"]).map(readCall);
    return [name, call ?? (json && json["truncated"] !== true ? "none" : "unknown")] as const;
  });
  return { value: new Map(entries) };
}

const COLUMNS = ["Deal", "Amount", "Stage", "Closes", "Owner", "Last call"];

function rowOf(deal: Deal, last: ReadonlyMap<string, CallInfo | "none" | "unknown">, period: Period): string[] {
  const call = last.get(deal.company?.name ?? "") ?? "unknown";
  const since = call === "none" ? "none found" : `before ${dayInWords(period.from)}`;
  const when = typeof call === "object" ? link(dayInWords(call.startedAt), call.url) : since;
  const { name, url, stage, closeDate, owner } = deal;
  return [link(name, url), dealAmount(deal), plain(stage), dayInWords(closeDate), plain(owner ?? "nobody"), when];
}

function notes(deals: readonly Deal[], isWhole: boolean, { note }: Scope): string {
  const homeless = deals.filter(({ company }) => !company).length;
  const sentences = [
    "Amounts are in each deal's own currency.",
    ...note,
    "A call counts for the account it was with; private calls that Gong does not show here count for none.",
    ...(homeless > 0 ? [`${count(homeless, "deal")} without a company in HubSpot cannot be told.`] : []),
    ...(isWhole ? [] : ["There are more deals than I could read."]),
  ];
  return `_${sentences.join(" ")}_`;
}
