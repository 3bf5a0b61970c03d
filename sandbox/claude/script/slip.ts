import { asList, asText } from "./calls.ts";
import type { Conversation } from "./conversation.ts";
import { type Deal, dealLine, type Money, readDeal } from "./crm.ts";
import { inquire, inquireOne } from "./inquiry.ts";
import type { Intent } from "./intents.ts";
import { count, link, plain, table } from "./markdown.ts";
import type { Found, Move } from "./move.ts";
import { findAccount, literal, REVENUE, rowsOf } from "./revenue-account.ts";
import { bareName, dayInWords, enumerated, moneyInWords, monthInWords, withoutDays } from "./wording.ts";

const SLIPS =
  /\b(?:if|should|when|suppose)\s+(.+?)(?:\s+deal)?\s+(?:slips?|slipped|(?:is|gets?|were|was) (?:delayed|pushed|postponed)|closes? late|moves? (?:out|to next)|does(?:n't| not) close)\b/i;
const SLIPPING = /\bwhat (?:would|does) (.+?)(?:'s)?(?:\s+deal)? slipping\b/i;

function slippingAccount(text: string): string | undefined {
  const name = bareName((SLIPS.exec(text) ?? SLIPPING.exec(text))?.[1] ?? "");
  return name && !/^(?:it|that|this|one|a deal|the deal)$/i.test(name) ? name : undefined;
}

/** First days of its months, and of the one after it. */
interface Quarter {
  months: string[];
  end: string;
  words: string;
}

/** "What does it do to the quarter if Acme slips?": the pipeline of HubSpot beside the revenue of Snowflake. */
export const slip: Intent = {
  name: "slip",
  matches: (question) => slippingAccount(question) !== undefined,
  run: (conversation) => {
    const name = slippingAccount(withoutDays(conversation)) ?? "";
    const account = findAccount(conversation, name);
    if ("move" in account) return account.move;
    const { deals, problem, url, name: known } = account.value;
    if (!deals) return { text: `I could not look up the deals of **${plain(name)}**: ${plain(problem ?? "")}` };
    const asked = askedQuarter(conversation);
    const dated = deals.filter(({ amount, closeDate }) => amount && closeDate);
    const byDay = dated.toSorted((a, b) => (a.closeDate ?? "").localeCompare(b.closeDate ?? ""));
    const first = byDay.find((deal) => isDue(deal, asked.quarter)) ?? byDay[0];
    if (!first?.amount || !first.closeDate)
      return {
        text: `**${link(known, url)}** has no open deal with an amount and a close date in HubSpot, so nothing can slip.`,
      };
    const quarter = quarterOf(first.closeDate, conversation);
    const { currency } = first.amount;
    const slipping = dated.filter((deal) => deal.amount?.currency === currency && isDue(deal, quarter));
    return report(conversation, { account: link(known, url), name: known, slipping, quarter, asked, currency });
  },
};

interface Asked {
  quarter: Quarter;
  /** Whether the question names it: "this quarter", "Q1", and not "the quarter". */
  isNamed: boolean;
}

function askedQuarter(conversation: Conversation): Asked {
  const { asked, now = "" } = conversation.current.context;
  const named = asked.find(({ phrase }) => /\bquarter\b|\bQ[1-4]\b/i.test(phrase));
  return { quarter: quarterOf((named?.from ?? now).slice(0, 10), conversation), isNamed: named !== undefined };
}

interface Case {
  /** Linked. */
  account: string;
  name: string;
  slipping: Deal[];
  /** In which they are due. */
  quarter: Quarter;
  asked: Asked;
  currency: string;
}

function report(conversation: Conversation, slipped: Case): Move {
  const { quarter, asked, currency } = slipped;
  const today = conversation.current.context.now?.slice(0, 10) ?? quarter.end;
  const known = [quarterOf(today, conversation), asked.quarter, quarter];
  const [from = ""] = known.map(({ months }) => months[0] ?? "").toSorted();
  const [to = ""] = known.map(({ end }) => end).toSorted((a, b) => b.localeCompare(a));
  const due = { status: "open", currency, close_from: quarter.months[0], close_to: lastDayBefore(quarter), limit: 100 };
  const found = inquire(conversation, `What else is due in ${quarter.words}, and what does finance expect of it?`, [
    { tool: "search_deals", input: due },
    { tool: "execute_query", input: { sql: statement(from, to, currency), max_rows: 100 } },
  ]);
  if ("move" in found) return found.move;
  const [pipeline, revenue] = found.value;
  if (pipeline?.json === undefined)
    return { text: `I could not look up the deals that are due: ${plain(pipeline?.problem ?? "")}` };
  const others = asList(pipeline.json["deals"])
    .map(readDeal)
    .filter((deal) => deal.amount?.currency === currency && !slipped.slipping.some(({ id }) => id === deal.id));
  const rows = revenue ? rowsOf(revenue) : [];
  const booked = new Map(
    rows.map((row) => [asText(row["MONTH"])?.slice(0, 10) ?? "", hundredths(Number(row["REVENUE"] ?? 0))]),
  );
  const months = monthsOf(slipped, others, booked);
  const drawn = draw(conversation, slipped, months);
  if ("move" in drawn) return drawn.move;
  const isWhole = pipeline.json["truncated"] !== true;
  return { text: render(slipped, { others, months, booked, problem: revenue?.problem, isWhole }) };
}

function statement(from: string, to: string, currency: string): string {
  return [
    "SELECT MONTH, SUM(COALESCE(ACTUAL, FORECAST)) AS REVENUE, SUM(ACTUAL) AS BILLED",
    `FROM ${REVENUE}`,
    `WHERE CURRENCY = ${literal(currency)} AND MONTH >= ${literal(from)} AND MONTH < ${literal(to)}`,
    "GROUP BY MONTH ORDER BY MONTH",
  ].join(" ");
}

/** In hundredths. */
interface Month {
  month: string;
  /** Billed or forecast by finance; undefined where it has nothing of the month. */
  booked: number | undefined;
  /** What the deals bring that are due by then and are in no forecast. */
  added: number;
  planned: number;
  slipped: number;
}

function monthsOf({ slipping, quarter }: Case, others: readonly Deal[], booked: Figures["booked"]): Month[] {
  const isKnown = quarter.months.every((month) => booked.has(month));
  return quarter.months.map((month) => {
    const base = isKnown ? booked.get(month) : undefined;
    const added = monthly(
      [...slipping, ...others].filter((deal) => base === undefined || !isRenewal(deal)),
      month,
    );
    const planned = (base ?? 0) + added;
    return { month, booked: base, added, planned, slipped: planned - monthly(slipping, month) };
  });
}

/** Finance counts on renewals already. */
function isRenewal({ name }: Deal): boolean {
  return /\brenewal$/i.test(name);
}

/** A twelfth of a year's amount, from the month on in which a deal is to close. */
function monthly(deals: readonly Deal[], month: string): number {
  const running = deals.filter(({ closeDate = "" }) => closeDate.slice(0, 7) <= month.slice(0, 7));
  return running.reduce((sum, { amount }) => sum + Math.round(((amount?.amount ?? 0) * 100) / 12), 0);
}

function draw(conversation: Conversation, { name, quarter, currency }: Case, months: readonly Month[]): Found<unknown> {
  const inUnits = (of: (month: Month) => number | undefined) => months.map((one) => (of(one) ?? 0) / 100);
  const isKnown = months.every(({ booked }) => booked !== undefined);
  const finance = { name: "Billed or forecast", values: inUnits(({ booked }) => booked) };
  return inquireOne(conversation, "A picture of before and after.", {
    tool: "draw_chart",
    input: {
      title: `${isKnown ? "Revenue" : "New revenue"} by month in ${quarter.words}, if ${name} slips`,
      kind: "bar",
      categories: months.map(({ month }) => monthInWords(month)),
      series: [
        ...(isKnown ? [finance] : []),
        { name: "With deals, as planned", values: inUnits(({ planned }) => planned) },
        { name: `With deals, if ${name} slips`.slice(0, 80), values: inUnits(({ slipped }) => slipped) },
      ],
      unit: currency,
    },
  });
}

interface Figures {
  others: readonly Deal[];
  months: readonly Month[];
  /** Revenue in hundredths, by the first day of its month. */
  booked: ReadonlyMap<string, number>;
  problem: string | undefined;
  isWhole: boolean;
}

function render(slipped: Case, figures: Figures): string {
  const { account, slipping, quarter, currency } = slipped;
  const { others, months } = figures;
  const money = (hundredths: number): string => moneyInWords({ amount: hundredths / 100, currency });
  const lost = total(months, "planned") - total(months, "slipped");
  const [own, all] = [bookings(slipping), bookings([...slipping, ...others])];
  const head =
    `If **${account}** slips past ${quarter.words}, that quarter loses **${money(lost)}** of revenue, and **${money(own)}** ` +
    `of the ${money(all)} a year that ${count(others.length + slipping.length, "open deal")} due in it would bring.`;
  const parts = [
    whichQuarter(slipped, figures),
    head,
    `What slips:\n${slipping.map((deal) => `- ${dealLine(deal)}`).join("\n")}`,
  ];
  return [...parts, byMonth(slipped, months), books(slipped, figures), assumptions(slipped, figures)]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** Where the deal is due in another quarter than the one that was asked about: which one is reckoned with, and why. */
function whichQuarter({ account, slipping, quarter, asked, currency }: Case, { booked }: Figures): string {
  const { months, words, end } = asked.quarter;
  if (months[0] === quarter.months[0]) return "";
  const days = [...new Set(slipping.map(({ closeDate }) => dayInWords(closeDate)))];
  const due = `what **${account}** would bring is due on ${enumerated(days)}, in ${quarter.words}`;
  if (end > (quarter.months[0] ?? ""))
    return `Mind the quarter: ${due}, before ${words}. What a slip does to ${words} hangs on when it closes then; here is what it does to ${quarter.words}.`;
  const known = months.map((month) => booked.get(month));
  const base = known.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  const stays = known.includes(undefined)
    ? ""
    : `, where finance has ${moneyInWords({ amount: base / 100, currency })} billed or forecast`;
  const which = asked.isNamed ? words : `${words}, the present quarter`;
  return `**Nothing changes in ${which}**${stays}: ${due}. So the quarter that it touches is ${quarter.words}.`;
}

function byMonth({ currency }: Case, months: readonly Month[]): string {
  const money = (hundredths: number): string => moneyInWords({ amount: hundredths / 100, currency } satisfies Money);
  const row = (label: string, { booked, added, planned, slipped }: Omit<Month, "month">): string[] => {
    const base = booked === undefined ? "–" : money(booked);
    return [label, base, money(added), money(planned), money(slipped), money(slipped - planned)];
  };
  const [planned, slipped, added] = [total(months, "planned"), total(months, "slipped"), total(months, "added")];
  const isKnown = months.every(({ booked }) => booked !== undefined);
  const whole = { booked: isKnown ? total(months, "booked") : undefined, added, planned, slipped };
  const head = ["Month", "Billed or forecast", "New from deals", "As planned", "If it slips", "Difference"];
  return table([head, ...months.map((one) => row(monthInWords(one.month), one)), row("Quarter", whole)]);
}

/** What the quarter comes to, or that finance has nothing of it, beside what it has until then. */
function books({ quarter, currency }: Case, { months, booked, problem }: Figures): string {
  if (problem !== undefined) return `I could not get finance's revenue from the warehouse: ${plain(problem)}`;
  const money = (hundredths: number): string => moneyInWords({ amount: hundredths / 100, currency });
  if (months.every((month) => month.booked !== undefined)) {
    const [before, after] = [money(total(months, "planned")), money(total(months, "slipped"))];
    return `With what finance billed and forecasts, ${quarter.words} comes to ${before} as planned and to ${after} if it slips.`;
  }
  const until = [...booked].filter(([month]) => !quarter.months.includes(month));
  const sum = until.reduce((all, [, amount]) => all + amount, 0);
  const [first, last] = [until[0]?.[0], until.at(-1)?.[0]];
  const beside = first
    ? ` For comparison: ${monthInWords(first)} to ${monthInWords(last)} comes to ${money(sum)}.`
    : "";
  return `Finance's forecast in the warehouse does not reach all of ${quarter.words}.${beside}`;
}

function assumptions({ slipping, quarter, currency }: Case, { others, months, isWhole }: Figures): string {
  const renewals = [...slipping, ...others].filter(isRenewal).length;
  const areCounted = renewals > 0 && months.every(({ booked }) => booked !== undefined);
  return [
    "Assumptions:",
    "- A deal brings a twelfth of its yearly amount each month, from the month in which it is to close.",
    `- It closes after ${quarter.words}, at the same amount; the other ${count(others.length, "open deal")} due in it ${others.length === 1 ? "closes" : "close"} as planned, none weighted by its stage.`,
    "- Billed or forecast is finance's: signed contracts and the renewals that are expected, no new deals.",
    ...(areCounted
      ? [
          `- ${count(renewals, "renewal")} among the deals due ${renewals === 1 ? "is" : "are"} in the forecast already, and not in "New from deals".`,
        ]
      : []),
    `- Only ${currency}: deals and revenue in other currencies are left out.`,
    ...(isWhole ? [] : ["- There are more deals due than I could read."]),
  ].join("\n");
}

function total(months: readonly Month[], which: Exclude<keyof Month, "month">): number {
  return months.reduce((sum, month) => sum + (month[which] ?? 0), 0);
}

function bookings(deals: readonly Deal[]): number {
  return deals.reduce((sum, { amount }) => sum + hundredths(amount?.amount), 0);
}

function hundredths(amount: number | undefined): number {
  return Math.round((amount ?? 0) * 100);
}

function isDue({ closeDate = "" }: Deal, { months, end }: Quarter): boolean {
  return closeDate >= (months[0] ?? "") && closeDate < end;
}

/** The quarter that a day is in, as the calendar of the question has quarters. */
function quarterOf(day: string, { current }: Conversation): Quarter {
  const known = current.context.calendar.find(({ phrase }) => phrase === "this quarter")?.from;
  const begins = known ? (Number(known.slice(5, 7)) - 1) % 3 : 0;
  const month = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;
  const first = month - (((((month % 3) - begins) % 3) + 3) % 3);
  const months = [0, 1, 2].map((index) => firstDay(first + index));
  const words =
    begins === 0
      ? `Q${(first % 12) / 3 + 1} ${Math.floor(first / 12)}`
      : `${monthInWords(months[0])} to ${monthInWords(months[2])}`;
  return { months, end: firstDay(first + 3), words };
}

function firstDay(month: number): string {
  return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, "0")}-01`;
}

function lastDayBefore({ end }: Quarter): string {
  return new Date(Date.parse(`${end}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}
