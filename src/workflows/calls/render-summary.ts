import { type DealFacts, endOf } from "./call-facts.ts";
import type { CallRecord } from "./call-record.ts";
import { longestCompetitor, type NextStep, type Said, type Summary } from "./summary.ts";

/** Characters that a person reads, addresses of links not counted: twenty seconds. */
const mostShown = 1_200;

/** How much is told, the most first. `name`: characters of a name; with the last one no name is so long that the limit is missed. */
const sizes = [
  { points: 5, objections: 2, steps: 5, length: 150, name: 60 },
  { points: 4, objections: 2, steps: 4, length: 130, name: 60 },
  { points: 3, objections: 1, steps: 4, length: 110, name: 40 },
  { points: 3, objections: 1, steps: 3, length: 80, name: 40 },
  { points: 3, objections: 1, steps: 3, length: 60, name: 30 },
  { points: 3, objections: 1, steps: 3, length: 40, name: 15 },
];

const hourMs = 3_600_000;
/** Gong may take an hour or two over a long recording; what comes after three was held up, and the day has gone on without it. */
const lateAfterMs = 3 * hourMs;

type Size = (typeof sizes)[number];

export interface SummaryView {
  record: CallRecord;
  /** Epoch milliseconds. */
  postedAt: number;
  /** Why Claude's summary is not there. */
  notice?: string | undefined;
}

/** The summary as Markdown. Texts of others are plain words in it, and links lead to pages that the services gave. */
export function renderSummary(view: SummaryView): string {
  const { summary } = view.record;
  const written = sizes.map((size) =>
    parts(view, summary ? claudes(view.record, summary, size) : gongs(view.record, size), size),
  );
  return written.find((text) => shownLength(text) <= mostShown) ?? written.at(-1) ?? "";
}

function parts({ record, postedAt, notice }: SummaryView, body: readonly string[], { name }: Size): string {
  const { call } = record;
  const head = [
    `**${link(cut(call.title, 2 * name), call.url)}** · ${call.duration_minutes} min${lateInWords(call, postedAt)}`,
    ...accountLine(record, name),
    speakers(record, name),
  ].filter((line) => line !== "");
  return [head.join("\n"), ...body, notice === undefined ? "" : `_${notice}_`]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** Nothing where it comes when one would look for it. */
function lateInWords(call: CallRecord["call"], postedAt: number): string {
  const afterMs = postedAt - endOf(call);
  if (afterMs <= lateAfterMs) return "";
  const hours = Math.floor(afterMs / hourMs);
  const after = hours < 48 ? `${hours} hours` : `${Math.floor(hours / 24)} days`;
  return ` · _late: ${after} after this call, which was on ${dayInWords(call.started_at)}_`;
}

function accountLine({ call, company, deal, otherDeals, isDealUnknown }: CallRecord, longest: number): string[] {
  const name = company?.name ?? call.account;
  if (name === null) return [];
  const account = `**${link(cut(name, longest), company?.url ?? null)}**`;
  if (isDealUnknown) return [`${account} · HubSpot did not say how the deal stands`];
  if (!deal) return [`${account} · no deal in HubSpot`];
  const others = otherDeals > 0 ? ` (and ${otherDeals} more open)` : "";
  return [`${account} · ${dealInWords(deal, longest)}${others}`];
}

function dealInWords({ name, url, stage, amount, owner }: DealFacts, longest: number): string {
  const worth = amount ? `, **${moneyInWords(amount)}**` : ", without an amount";
  const whose = owner ? ` · ${excerpt(owner.name, longest)}` : "";
  return `${link(cut(name, longest), url)}: ${excerpt(stage, longest)}${worth}${whose}`;
}

/** With each one's share of the words. */
function speakers({ call, segments }: CallRecord, longest: number): string {
  const words = new Map<string, number>();
  for (const { speaker, text } of segments) words.set(speaker, (words.get(speaker) ?? 0) + text.split(/\s+/).length);
  const all = [...words.values()].reduce((sum, count) => sum + count, 0);
  const spoke = [...words].toSorted((a, b) => b[1] - a[1]).slice(0, 5);
  if (spoke.length === 0)
    return call.participants
      .slice(0, 5)
      .map(({ name }) => excerpt(name, longest))
      .join(", ");
  return `Spoke: ${spoke.map(([name, count]) => `${excerpt(name, longest)} ${Math.round((count / all) * 100)}%`).join(", ")}`;
}

function claudes(record: CallRecord, summary: Summary, size: Size): string[] {
  const { url } = record.call;
  const { gist, points, objections, competitors, next_steps } = summary;
  const said = ({ text, speaker, at }: Said) =>
    `${excerpt(text, size.length)} (${excerpt(firstNameOf(speaker), size.name)}, ${link(at, url)})`;
  const against = objections.slice(0, size.objections).map(said);
  return [
    excerpt(gist, size.length + 40),
    points
      .slice(0, size.points)
      .map((point) => `- ${said(point)}`)
      .join("\n"),
    [
      against.length > 0 ? `**Objections:** ${against.join("; ")}` : "",
      competitors.length > 0 ? `**Competitors:** ${competitorsInWords(competitors, size)}` : "",
    ]
      .filter((line) => line !== "")
      .join("\n"),
    stepLines(next_steps.slice(0, size.steps), size, url),
  ];
}

function competitorsInWords(names: readonly string[], { name }: Size): string {
  return names
    .slice(0, 4)
    .map((one) => excerpt(one, Math.min(name, longestCompetitor)))
    .join(", ");
}

function stepLines(steps: readonly NextStep[], { length, name }: Size, url: string | null): string {
  if (steps.length === 0) return "**Next steps:** none was agreed";
  const lines = steps.map(({ what, owner, due, at }) => {
    const by = due === null ? "" : `, by ${dayInWords(due)}`;
    return `- ${excerpt(what, length)} — **${owner === null ? "nobody yet" : excerpt(owner, name)}**${by} (${link(at, url)})`;
  });
  return ["**Next steps**", ...lines].join("\n");
}

/** What Gong itself says, without Claude. */
function gongs({ call }: CallRecord, { points, steps, length }: Size): string[] {
  const lines = (texts: readonly { text: string }[], most: number) =>
    texts
      .slice(0, most)
      .map(({ text }) => `- ${excerpt(text, length)}`)
      .join("\n");
  const next = lines(call.next_steps, steps);
  return [
    excerpt(call.brief ?? "", length + 100),
    lines(call.key_points, points),
    next === "" ? "" : `**Next steps**\n${next}`,
  ];
}

/** "$251,436", "£1,200.50": with cents only where there are any. A currency that nobody knows stands behind the number. */
function moneyInWords({ amount, currency }: { amount: number; currency: string }): string {
  const digits = Number.isInteger(amount) ? 0 : 2;
  const style = { style: "currency", currency, minimumFractionDigits: digits, maximumFractionDigits: digits } as const;
  try {
    return new Intl.NumberFormat("en-US", style).format(amount);
  } catch (error) {
    if (error instanceof RangeError) return `${amount.toLocaleString("en-US")} ${excerpt(currency, 10)}`;
    throw error;
  }
}

const dayFormat = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  day: "numeric",
  month: "short",
  timeZone: "UTC",
});

/** "Tue, 24 Nov" of what begins with a date. */
function dayInWords(date: string): string {
  return dayFormat.format(Date.parse(`${date.slice(0, 10)}T00:00:00Z`)).replace(",", "");
}

function firstNameOf(name: string): string {
  return name.split(" ")[0] ?? name;
}

function link(label: string, url: string | null): string {
  if (url === null) return plain(label);
  return `[${plain(label)}](${url.replaceAll(/[()<>\s\\]/g, (mark) => `%${mark.charCodeAt(0).toString(16).padStart(2, "0")}`)})`;
}

/** At most so many characters, cut between words, as plain words. */
function excerpt(text: string, length: number): string {
  return plain(cut(text, length));
}

function cut(text: string, length: number): string {
  const words = text.replaceAll(/\s+/g, " ").trim();
  if (words.length <= length) return words;
  const end = words.lastIndexOf(" ", length - 1);
  return `${words.slice(0, end > 0 ? end : length - 1).replace(/[,;:.\s]+$/, "")}…`;
}

/** Text from outside as plain words in Markdown. */
function plain(text: string): string {
  return text
    .replaceAll(/\s+/g, " ")
    .trim()
    .replaceAll(/[\\`*_[\]~<>|#]/g, String.raw`\$&`);
}

function shownLength(markdown: string): number {
  return markdown.replaceAll(/\]\([^)]*\)/g, "]").replaceAll(/[\\*_[\]]/g, "").length;
}
