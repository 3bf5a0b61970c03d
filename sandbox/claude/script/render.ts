import type { CallInfo, Extent, Transcript } from "./calls.ts";
import { type Lens, type Quote, quotesFor } from "./evidence.ts";
import { count, excerpt, link, plain } from "./markdown.ts";

const HEADINGS: Record<Exclude<Lens, { topic: string }>, string> = {
  summary: "",
  objections: "Objections in ",
  competitors: "Competitors in ",
  next_steps: "Next steps from ",
  numbers: "Numbers from ",
};

export interface Report {
  lens: Lens;
  /** "on Monday 17 November", "with Acme". */
  scope: string;
  calls: readonly CallInfo[];
  transcripts: ReadonlyMap<string, Transcript>;
  short: boolean;
  extent: Extent;
}

export function renderReport(report: Report): string {
  const { lens, calls, scope } = report;
  const about = typeof lens === "object" ? `"${plain(lens.topic)}" in ` : HEADINGS[lens];
  const heading = `### ${about}${count(calls.length, "call")}${scope ? ` ${plain(scope)}` : ""}`;
  const sections = calls.map((call) => renderCall(call, report));
  return [heading, ...sections, ...problems(report), ...extentNote(report)].join("\n\n");
}

function renderCall(call: CallInfo, { lens, transcripts, short }: Report): string {
  const transcript = transcripts.get(call.id);
  const quotes = quotesFor(lens, transcript?.segments ?? [], short ? 1 : 3);
  const head = headOf(call);
  if (transcript?.problem) return withBrief(head, call, "The transcript could not be read.");
  if (quotes.length === 0) return withBrief(head, call, nothingOf(lens), lens === "summary");
  if (short) return `${head}\n- ${bullet(quotes[0] as Quote, call, 90)}`;
  const brief =
    lens === "summary" && call.brief ? [`- ${plain(excerpt(call.brief, 220))} (${link("brief", call.url)})`] : [];
  return [head, ...brief, ...quotes.map((quote) => `- ${bullet(quote, call)}`)].join("\n");
}

/** The call's linked title, its account, who was there and how long. */
function headOf(call: CallInfo): string {
  const people = [call.owner, ...call.guests].filter((name) => name !== undefined).map(plain);
  const facts = [call.account && plain(call.account), people.join(", "), call.minutes && `${call.minutes} min`];
  return [`**${link(call.title, call.url)}**`, ...facts.filter(Boolean)].join(" · ");
}

function bullet(quote: Quote, call: CallInfo, length?: number): string {
  const kind = quote.kind ? `**${quote.kind}:** ` : "";
  const where = quote.at ? `at ${quote.at}` : "in the call";
  return `${kind}${plain(quote.speaker)}: “${plain(excerpt(quote.text, length))}” (${link(where, call.url)})`;
}

function withBrief(head: string, call: CallInfo, note: string, always = true): string {
  const brief = always && call.brief ? ` Gong's brief says: ${plain(excerpt(call.brief, 240))}` : "";
  return `${head}\n- ${note}${brief} (${link("the call", call.url)})`;
}

function nothingOf(lens: Lens): string {
  if (typeof lens === "object") return `Nothing was said about "${plain(lens.topic)}".`;
  const words = {
    summary: "No transcript yet.",
    objections: "No objection heard.",
    competitors: "No competitor named.",
  };
  return { ...words, next_steps: "No next step agreed.", numbers: "No numbers named." }[lens];
}

function extentNote({ calls, extent }: Report): string[] {
  const { lastMinutes } = extent;
  if (!lastMinutes || !calls.some(({ minutes = 0 }) => minutes > lastMinutes)) return [];
  return [`_Quotes are from the last ${lastMinutes} minutes of each call. Ask about one call and I read all of it._`];
}

function problems({ calls, transcripts }: Report): string[] {
  const reasons = new Map<string, number>();
  for (const { id } of calls) {
    const problem = transcripts.get(id)?.problem;
    if (problem) reasons.set(problem, (reasons.get(problem) ?? 0) + 1);
  }
  return [...reasons].map(
    ([reason, n]) => `_${count(n, "transcript")} could not be read:_ ${plain(excerpt(reason, 300))}`,
  );
}

const MOST_LISTED = 40;

/** The calls as a list with what Gong itself says of them: for more calls than can be read one by one. */
export function renderList(calls: readonly CallInfo[], scope: string, note: string): string {
  const left = calls.length - MOST_LISTED;
  const lines = calls.slice(-MOST_LISTED).map((call) => {
    const brief = call.brief ? `: ${plain(excerpt(call.brief, 160))}` : "";
    return `- ${headOf(call)}${brief}`;
  });
  const more = left > 0 ? ` Below are the latest ${MOST_LISTED}; ${left} earlier ones are left out.` : "";
  return `### ${count(calls.length, "call")} ${plain(scope)}\n\n${note}${more}\n\n${lines.join("\n")}`;
}
