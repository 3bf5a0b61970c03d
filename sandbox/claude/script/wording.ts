import { wordsOf } from "./ask.ts";
import type { Conversation } from "./conversation.ts";
import type { Money } from "./crm.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The question without the mention of the bot and without the phrases that name days. */
export function withoutDays({ current }: Conversation): string {
  const { asked, ambiguous } = current.context;
  return [...asked, ...ambiguous]
    .map(({ phrase }) => phrase.replace(/ \(\d+ days (?:back|ahead)\)$/, ""))
    .reduce((text, phrase) => without(text, phrase), wordsOf(current.question));
}

function without(text: string, phrase: string): string {
  const at = text.toLowerCase().indexOf(phrase.toLowerCase());
  if (!phrase || at < 0) return text;
  return `${text.slice(0, at)} ${text.slice(at + phrase.length)}`.replaceAll(/\s+/g, " ").trim();
}

/** "2026-11-27" and what begins like it, as "27 Nov 2026". */
export function dayInWords(text: string | undefined): string {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})/.exec(text ?? "") ?? [];
  return year ? `${Number(day)} ${MONTHS[Number(month) - 1]} ${year}` : "–";
}

/** "2026-11-01" as "Nov 2026". */
export function monthInWords(text: string | undefined): string {
  return dayInWords(text).replace(/^\d+ /, "");
}

/** "$251,436", "£1,200.50": with cents only where there are any. */
export function moneyInWords({ amount, currency }: Money): string {
  const digits = Number.isInteger(amount) ? 0 : 2;
  const style = { style: "currency", currency, minimumFractionDigits: digits, maximumFractionDigits: digits } as const;
  return new Intl.NumberFormat("en-US", style).format(amount);
}

/** "a", "a and b", "a, b and c". */
export function enumerated(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}

const CURRENCIES: Readonly<Record<string, string>> = {
  $: "USD",
  dollars: "USD",
  usd: "USD",
  "€": "EUR",
  euros: "EUR",
  eur: "EUR",
  "£": "GBP",
  pounds: "GBP",
  gbp: "GBP",
};
const CURRENCY = String.raw`[$€£]|(?:usd|eur|gbp|dollars|euros|pounds)\b`;
const AMOUNT = new RegExp(
  String.raw`\b(?<how>over|above|more than|larger than|bigger than|greater than|exceeding|at least|from|worth)\s+(?<before>${CURRENCY})?\s*(?<number>\d[\d,]*(?:\.\d+)?)\s*(?<scale>k|m|thousand|million)?(?![a-z])\s*(?<after>${CURRENCY})?(?!\s*(?:days?|weeks?|months?|calls?))`,
  "iu",
);

export interface LeastAmount {
  amount: number;
  /** Whether the amount itself is too little. */
  isExcluded: boolean;
  currency: string | undefined;
}

/** "over 50k", "at least €20,000". */
export function leastAmount(text: string): LeastAmount | undefined {
  const groups = AMOUNT.exec(text)?.groups;
  if (!groups) return undefined;
  const scale = SCALES[(groups["scale"] ?? "").toLowerCase()] ?? 1;
  return {
    amount: Number((groups["number"] ?? "").replaceAll(",", "")) * scale,
    isExcluded: !/least|from|worth/i.test(groups["how"] ?? ""),
    currency: CURRENCIES[(groups["before"] ?? groups["after"] ?? "").toLowerCase()],
  };
}

export interface StatedAmount {
  amount: number;
  currency: string | undefined;
}

const STATED = new RegExp(
  String.raw`^(?<before>${CURRENCY})?\s*(?<number>\d{1,3}(?:[,.]\d{3})+|\d+(?:\.\d+)?)\s*(?<scale>k|m|thousand|grand|million)?\s*(?<after>${CURRENCY})?$`,
  "iu",
);

/** A text that is an amount and nothing else: "80k", "$80,000", "80 thousand". A small bare number is none. */
export function statedAmount(text: string): StatedAmount | undefined {
  const groups = STATED.exec(text.trim())?.groups;
  if (!groups) return undefined;
  const { before, number = "", scale, after } = groups;
  const digits = /^\d{1,3}(?:[,.]\d{3})+$/.test(number) ? number.replaceAll(/[,.]/g, "") : number;
  const factor = SCALES[(scale ?? "").toLowerCase()] ?? 1;
  const isPlain = before === undefined && after === undefined && scale === undefined;
  if (isPlain && Number(digits) < LEAST_BARE_AMOUNT) return undefined;
  // In cents: 1.1 times a thousand is not quite 1,100.
  const amount = Math.round(Number(digits) * factor * 100) / 100;
  return { amount, currency: CURRENCIES[(before ?? after ?? "").toLowerCase()] };
}

const SCALES: Readonly<Record<string, number>> = { k: 1e3, thousand: 1e3, grand: 1e3, m: 1e6, million: 1e6 };
const LEAST_BARE_AMOUNT = 1000;

/** What was said is in the calls, whatever it was about. */
export const ABOUT_CALLS = /\b(?:calls?|sa(?:y|ys|id)|mention\w*|talk\w*|discuss\w*)\b/i;

/** How somebody begins who wants something done: a question whether it was done does not begin so. Source of a pattern. */
export const PLEASE = String.raw`^(?:(?:please|sophia|hey|ok|and|also|now|then|just|can you|could you|would you|will you|i(?:'d| would) like you to|i want you to)[,\s]+)*`;

const TOOL_WORDS = /\b[a-z]+_[a-z_]+\b/;

/** A tool's failure as it is told to a person: without what is meant for a model, which is names of tools, arguments and ids. */
export function problemInWords(text: string): string {
  const plainly = text
    .trim()
    .replace(/^(?:The request is at fault|\w+ is at fault, not the request): /, "")
    .replace(
      /\s*(?:Calling again unchanged will not help|The request is not at fault; calling again will not help)\.$/,
      "",
    )
    .replace(/^[a-z_]+: (?=\w)/, "")
    .replaceAll(/ \((?:gid )?\d{6,}\)/g, "")
    .replace(/ (?:Give the id of one|Send the gid of the right one)\./, " Say which one.")
    .replaceAll(/; [^.;]*\b[a-z]+_[a-z_]+\b[^.;]*\./g, ".");
  const sentences = plainly.split(/(?<=[.!?])\s+/).filter((sentence) => !TOOL_WORDS.test(sentence));
  return sentences.length > 0 ? sentences.join(" ") : plainly;
}

/** A name that was taken out of a question, without quotes and the words around it. */
export function bareName(text: string): string {
  return text
    .trim()
    .replace(/^(?:the|our)\s+/i, "")
    .replaceAll(/^["“'*]+|["”'*?.!,]+$/g, "")
    .replace(/\s+(?:account|company|customer|deal)s?$/i, "")
    .replace(/'s$/, "")
    .replace(/(?:\s+(?:in|on|during|from|of|at|for|since|by))+$/i, "")
    .trim();
}

const PERSON = String.raw`\p{Lu}[\p{L}.-]*(?:\s\p{Lu}[\p{L}.-]*)*`;

export type Whose = { kind: "asker" } | { kind: "person"; name: string } | { kind: "everybody" };

/** Whose deals or tasks a question is about: "my deals", "Daniel's deals", "deals of Daniel". */
export function whose(text: string, things: string): Whose {
  const of = String.raw`(?:(?:open|big|biggest|largest|own|overdue|asana) )*(?:${things})\b`;
  if (new RegExp(String.raw`\b(?:my|mine)\b(?! team)`, "iu").test(text)) return { kind: "asker" };
  const before = new RegExp(String.raw`(?<![\p{L}])(${PERSON})'s? ${of}`, "u").exec(text)?.[1];
  const after = new RegExp(String.raw`\b(?:${things}) (?:of|by|owned by|belonging to) (${PERSON})`, "u").exec(
    text,
  )?.[1];
  const name = (before ?? after)?.replace(/^(?:Which|What|Who|Show|List|Are|Is|Do|Does|Have|Has|How|In)(?: of)? /, "");
  return name && !/^(?:Our|The|Team|HubSpot|Asana)$/.test(name)
    ? { kind: "person", name: name.replace(/'s$/, "") }
    : { kind: "everybody" };
}
