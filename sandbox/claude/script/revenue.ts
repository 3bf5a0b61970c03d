import { askedPeriod, liesAhead } from "./ask.ts";
import { asText } from "./calls.ts";
import type { Conversation } from "./conversation.ts";
import { dealLine, type Money } from "./crm.ts";
import { type Answer, inquireOne } from "./inquiry.ts";
import type { Intent } from "./intents.ts";
import { count, link, plain, table } from "./markdown.ts";
import type { Found, Move } from "./move.ts";
import { type Account, findAccount, literal, REVENUE, rowsOf } from "./revenue-account.ts";
import { ABOUT_CALLS, bareName, enumerated, moneyInWords, monthInWords, withoutDays } from "./wording.ts";

type Row = Record<string, unknown>;

/** First days of months, `to` not included, read off what the calendar resolved, or off the year of the question. */
interface Span {
  from: string;
  to: string;
  words: string;
  isAhead: boolean;
}

function spanOf({ current: { context } }: Conversation): Span | undefined {
  const asked = askedPeriod(context);
  if (asked)
    return {
      from: asked.from.slice(0, 10),
      to: asked.to.slice(0, 10),
      words: asked.phrase,
      isAhead: liesAhead(asked, context),
    };
  const year = context.now?.slice(0, 4);
  return year ? { from: `${year}-01-01`, to: `${year}-12-31`, words: "this year", isAhead: false } : undefined;
}

/** "this year's", "2025's". */
const possessive = (words: string): string => `${plain(words)}${words.endsWith("s") ? "'" : "'s"}`;

function query(conversation: Conversation, thought: string, sql: string): Found<Answer> {
  const found = inquireOne(conversation, thought, { tool: "execute_query", input: { sql, max_rows: 500 } });
  if ("move" in found || found.value.json?.["status"] !== "running") return found;
  return { value: { problem: "The warehouse has not finished the query yet. Ask again in a minute." } };
}

/** Decimals come as text, with all their digits. */
function money(row: Row, column: string): Money {
  return { amount: Number(row[column] ?? 0), currency: asText(row["CURRENCY"]) ?? "USD" };
}

const LOSING = [
  /\b(?:what|how (?:much|badly|hard))\b[^.?!]*\blosing\s+(.+?)\s+(?:would\s+)?(?:cost|mean|do to|hurt)\b/i,
  /\bcost (?:us )?(?:to lose|losing|if we lost)\s+(.+?)(?=[?.!,]|$)/i,
  /\b(?:what|how much)\b.*\b(?:if|when|should) (?:we (?:lose|lost)|losing)\s+(.+?)(?=[?.!,]|$)/i,
  /\b(?:lose|cost us|at risk|happens?)\b.*\bif\s+(.+?)\s+(?:leaves?|left|churn(?:s|ed)?|cancel(?:s|led)?|quits?|goes|went)\b/i,
];

function lostAccount(text: string): string | undefined {
  return ABOUT_CALLS.test(text) ? undefined : nameIn(text, LOSING);
}

/** What stands before a name in "show me Acme's revenue". */
const LEAD = /^(?:show|give|tell|what|how much|is|was|are|me|the|our|\s)+\s/i;

function nameIn(text: string, patterns: readonly RegExp[]): string | undefined {
  const found = patterns.map((pattern) => pattern.exec(text)?.[1]).find((name) => name !== undefined);
  const name = bareName((found ?? "").replace(LEAD, ""));
  return name && !/^(?:it|them|us|a|an|this|that)\b$/i.test(name) ? name : undefined;
}

/** "What would losing Acme cost us this year?" */
const loss: Intent = {
  name: "loss",
  matches: (question) => lostAccount(question) !== undefined,
  run: (conversation) => {
    const span = spanOf(conversation);
    const name = lostAccount(withoutDays(conversation));
    if (!span || !name)
      return { text: "Which account, and for which year? Ask like _what would losing Acme cost us this year?_" };
    const account = findAccount(conversation, name);
    if ("move" in account) return account.move;
    const found = query(
      conversation,
      `Now ${span.words}: its revenue, from the warehouse.`,
      lossStatement(account.value, span),
    );
    if ("move" in found) return found.move;
    return { text: renderLoss(account.value, found.value, span) };
  },
};

function lossStatement({ condition }: Account, { from, to }: Span): string {
  return [
    "SELECT CURRENCY,",
    "SUM(ACTUAL) AS BILLED, MAX(IFF(ACTUAL IS NULL, NULL, MONTH)) AS BILLED_TO,",
    "SUM(IFF(ACTUAL IS NULL, CONTRACTED, 0)) AS CONTRACTED_LEFT, SUM(IFF(ACTUAL IS NULL, FORECAST, 0)) AS FORECAST_LEFT,",
    "MIN(IFF(ACTUAL IS NULL, MONTH, NULL)) AS LEFT_FROM, MAX(IFF(ACTUAL IS NULL, MONTH, NULL)) AS LEFT_TO,",
    "SUM(COALESCE(ACTUAL, FORECAST)) AS WHOLE",
    `FROM ${REVENUE}`,
    `WHERE ${condition} AND MONTH >= ${literal(from)} AND MONTH < ${literal(to)}`,
    "GROUP BY CURRENCY ORDER BY CURRENCY",
  ].join(" ");
}

function renderLoss(account: Account, answer: Answer, span: Span): string {
  const name = link(account.name, account.url);
  const rows = rowsOf(answer);
  const parts = rows.map((row) => lossIn(row, name, span));
  const revenue =
    answer.json === undefined
      ? `I could not get the revenue of **${name}**: ${plain(answer.problem)}`
      : rows.length === 0
        ? `**${name}** is not in ${possessive(span.words)} revenue: the warehouse has nothing of it, billed, contracted or forecast.${span.isAhead ? " Its forecast may not reach so far." : ""}`
        : parts.join("\n\n");
  return [revenue, dealsAtRisk(account, rows.length > 0)].join("\n\n");
}

function lossIn(row: Row, name: string, { words }: Span): string {
  const [billed, left, contracted] = ["BILLED", "FORECAST_LEFT", "CONTRACTED_LEFT"].map((column) =>
    moneyInWords(money(row, column)),
  );
  const [from, to] = [monthInWords(asText(row["LEFT_FROM"])), monthInWords(asText(row["LEFT_TO"]))];
  const when = from === to ? from : `${from} to ${to}`;
  const isOver = row["LEFT_FROM"] === null || row["LEFT_FROM"] === undefined;
  const head = isOver
    ? `Losing **${name}** now would take nothing from ${possessive(words)} revenue: all of its months are billed.`
    : `Losing **${name}** now would cost us **${left}** of ${possessive(words)} revenue: what the forecast still has for ${when}.`;
  const lines = [
    ...(isOver
      ? []
      : [
          contracted === left
            ? "- All of it is under signed contracts."
            : `- Under signed contracts: ${contracted} of it. The rest is renewals that are expected.`,
        ]),
    ...(row["BILLED_TO"] ? [`- Billed already, through ${monthInWords(asText(row["BILLED_TO"]))}: ${billed}`] : []),
    `- All of ${plain(words)}, billed and forecast: ${moneyInWords(money(row, "WHOLE"))}`,
  ];
  return [head, ...lines].join("\n");
}

function dealsAtRisk({ deals, isWhole, problem }: Account, hasRevenue: boolean): string {
  if (!deals) return `I could not look up its open deals: ${plain(problem ?? "")}`;
  if (deals.length === 0) return "There is no open deal with them in HubSpot.";
  const verb = deals.length === 1 ? "is" : "are";
  const lead = hasRevenue ? "Not in these figures, and lost as well," : "What would be lost";
  const head = `${lead} ${verb} ${count(deals.length, "open deal")}:`;
  const more = isWhole ? [] : ["_There are more deals than these._"];
  return [head, ...deals.map((deal) => `- ${dealLine(deal)}`), ...more].join("\n");
}

const REVENUE_OF = [
  /\brevenue\b.*?\b(?:of|for|from|with)\s+(.+?)(?=\s+(?:by|per|each|every|a) month\b|\s+monthly\b|[?.!,]|$)/i,
  /(?:^|\s)(\S+(?: \S+)*?)'s? (?:monthly )?revenue\b/i,
];
const BY_MONTH = /\b(?:by|per|each|every|a) month\b|\bmonthly\b|\bmonth by month\b/i;

/** "Revenue by month for Acme". */
const revenueByMonth: Intent = {
  name: "revenue by month",
  matches: (question) =>
    /\brevenue\b/i.test(question) &&
    (BY_MONTH.test(question) || nameIn(question, REVENUE_OF) !== undefined) &&
    !ABOUT_CALLS.test(question),
  run: (conversation) => {
    const span = spanOf(conversation);
    if (!span) return { text: "For which year? I was given no calendar with this question." };
    const name = nameIn(withoutDays(conversation), REVENUE_OF);
    if (!name) return months(conversation, span, undefined);
    const account = findAccount(conversation, name);
    return "move" in account ? account.move : months(conversation, span, account.value);
  },
};

function months(conversation: Conversation, span: Span, account: Account | undefined): Move {
  const sql = [
    "SELECT MONTH, CURRENCY, SUM(CONTRACTED) AS CONTRACTED, SUM(FORECAST) AS FORECAST, SUM(ACTUAL) AS ACTUAL",
    `FROM ${REVENUE} WHERE ${account ? `${account.condition} AND ` : ""}MONTH >= ${literal(span.from)} AND MONTH < ${literal(span.to)}`,
    "GROUP BY MONTH, CURRENCY ORDER BY CURRENCY, MONTH",
  ].join(" ");
  const found = query(conversation, `The warehouse has the revenue by month (${span.words}).`, sql);
  if ("move" in found) return found.move;
  const { problem } = found.value;
  const name = account ? `**${link(account.name, account.url)}**` : "all accounts together";
  if (problem !== undefined) return { text: `I could not get the revenue of ${name}: ${plain(problem)}` };
  const rows = rowsOf(found.value);
  if (rows.length === 0) return { text: `The warehouse has no revenue of ${name} (${plain(span.words)}).` };
  const cell = (row: Row, column: string) => (row[column] === null ? "–" : moneyInWords(money(row, column)));
  const body = rows.map((row) => [
    monthInWords(asText(row["MONTH"])),
    ...["ACTUAL", "CONTRACTED", "FORECAST"].map((column) => cell(row, column)),
  ]);
  const currencies = [...new Set(rows.map((row) => asText(row["CURRENCY"]) ?? ""))];
  const head = `Revenue of ${name}, ${plain(span.words)}, in ${enumerated(currencies)}:`;
  const note =
    "_Billed is empty until a month is over. Forecast is what is signed and the renewals that are expected._";
  return { text: [head, table([["Month", "Billed", "Contracted", "Forecast"], ...body]), note].join("\n\n") };
}

export const revenueIntents: readonly Intent[] = [loss, revenueByMonth];
