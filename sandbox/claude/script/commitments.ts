import { asList, asObject, asText } from "./calls.ts";

/** Something that somebody took on, or was given, in a talk. */
export interface Commitment {
  /** What is to be done, as it was said. */
  deed: string;
  /** Whose it is: a name as it stands in the thread. */
  owner: string | undefined;
  /** YYYY-MM-DD. */
  due: string | undefined;
  /** The message's page. */
  url: string | undefined;
  author: string;
}

export interface Said {
  author: string;
  /** Of the message, in the asker's own zone: YYYY-MM-DD. */
  day: string;
  text: string;
  url: string | undefined;
}

/** What people wrote and forwarded as `read_thread` and `read_channel` give it; Sophia's own words are none of theirs. */
export function saidIn(thread: Record<string, unknown>): Said[] {
  return [thread["first"], ...asList(thread["replies"]), ...asList(thread["messages"])].flatMap((value) => {
    const message = asObject(value);
    const author = asObject(message["author"]);
    if (author["is_sophia"] === true || author["is_bot"] === true) return [];
    const day = (asText(message["at"]) ?? "").slice(0, 10);
    const own = { author: author["name"], text: message["text"], url: message["url"] };
    return [own, ...asList(message["forwarded"]).map(asObject)].flatMap((one) => {
      const text = asText(one["text"]) ?? "";
      return text ? [{ author: asText(one["author"]) ?? "", day, text, url: asText(one["url"]) }] : [];
    });
  });
}

const PERSON = String.raw`@?(?!(?:We|I|You|They|He|She|It|Somebody|Someone|This|That)\b)\p{Lu}[\p{L}'-]+(?:\s\p{Lu}[\p{L}'-]+)?`;
const OWN = /^(?:ok(?:ay)?[,:]?\s+|sure[,:]?\s+|yes[,:]?\s+)?(?:I'll|I will|I can|let me)\s+(.+)$/iu;
const THEIRS = new RegExp(String.raw`^(${PERSON})[,:]?\s+(?:will|to|can you|could you|please)\s+(.+)$`, "u");
const OURS = /^(?:we|somebody|someone)\s+(?:need to|must|should|has to|have to|agreed to|will)\s+(.+)$/iu;
const ASKED = /\bsophia\b|\bmake tasks\b/i;

/** Sentence by sentence: "I'll send the redlines by friday", "Priya will call legal", "we need to confirm the price". */
export function commitmentsIn(messages: readonly Said[]): Commitment[] {
  return messages.flatMap(({ author, day, text, url }) =>
    text.split(/(?<=[.!?])\s+|\n+/u).flatMap((sentence) => {
      const words = sentence.replaceAll("’", "'").replace(/[.!\s]+$/u, "");
      if (ASKED.test(words)) return [];
      const [, own] = OWN.exec(words) ?? [];
      const [, name, theirs] = THEIRS.exec(words) ?? [];
      const [, ours] = OURS.exec(words) ?? [];
      const deed = own ?? theirs ?? ours;
      if (!deed) return [];
      const { rest, due } = withoutDay(deed, day);
      const owner = own ? author : name?.replace(/^@/, "");
      return [{ deed: `${rest.charAt(0).toUpperCase()}${rest.slice(1)}`, owner, due, url, author }];
    }),
  );
}

/** The next steps of a call's summary: "Maya Okafor: send the order form (by 2026-12-01)". */
export function stepsOfCall(summary: Record<string, unknown>): Commitment[] {
  const url = asText(summary["url"]);
  const author = asText(summary["title"]) ?? "the call";
  return asList(summary["next_steps"]).flatMap((value) => {
    const text = asText(asObject(value)["text"]) ?? "";
    const [, owner, said, due] = /^([^:]{2,60}):\s*(.+?)(?:\s*\(by (\d{4}-\d{2}-\d{2})\))?$/u.exec(text) ?? [];
    return said ? [{ deed: `${said.charAt(0).toUpperCase()}${said.slice(1)}`, owner, due, url, author }] : [];
  });
}

const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const DAY = new RegExp(
  String.raw`\s*,?\s*\b(?:(?:by|on|until|before)\s+)?(today|tomorrow|${WEEKDAYS.join("|")}|\d{4}-\d{2}-\d{2})$`,
  "iu",
);
const DAY_MS = 86_400_000;

/** The day with which a sentence ends, counted from the day of its message. */
export function withoutDay(text: string, said: string): { rest: string; due: string | undefined } {
  const match = DAY.exec(text);
  const word = match?.[1]?.toLowerCase();
  if (!match || !word || !said) return { rest: text, due: undefined };
  const start = Date.parse(`${said}T00:00:00Z`);
  const weekday = WEEKDAYS.indexOf(word);
  const days = weekday < 0 ? Number(word === "tomorrow") : ((weekday - new Date(start).getUTCDay() + 6) % 7) + 1;
  const due = /^\d/.test(word) ? word : new Date(start + days * DAY_MS).toISOString().slice(0, 10);
  return { rest: text.slice(0, match.index), due };
}
