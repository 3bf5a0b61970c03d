import { attachmentWords, blockWords } from "../../src/core/slack-words.ts";
import type { Attached, Message } from "./answers.ts";

/** Names by id; the id, or a word, is shown where one is missing. */
export interface Names {
  person: (id: string) => string | undefined;
  channel: (id: string) => string | undefined;
}

/** Characters of one message; the rest of it is for whoever opens its link. */
const longest = 4_000;

/** A message's words as a person reads them: marks become names and addresses, entities become characters. */
export function readableText(message: Message, names: Names): string {
  return readable(wordsOf(message), names);
}

/** A message of somebody's that stands in another one, since it was forwarded or linked there. */
export interface ForwardedWords {
  author: string;
  text: string;
  /** Names of what was dropped with it. */
  files: string[];
  /** As Slack gives it. */
  url: string | undefined;
}

/** At most so many of one message. */
const mostForwards = 10;

export function forwardedIn(message: Message, names: Names): ForwardedWords[] {
  return forwardsOf(message).map((one) => ({
    author: one.author_name || (one.author_id ? names.person(one.author_id) : undefined) || "unknown",
    text: readable(attachmentWords(one), names),
    files: fileNames(one),
    url: one.from_url ?? undefined,
  }));
}

export function fileNames({ files }: Pick<Message, "files">): string[] {
  return (files ?? []).map((file) => file.title || file.name || "file");
}

function readable(words: string, names: Names): string {
  const whole = plainText(words, names).trim();
  return whole.length <= longest ? whole : `${whole.slice(0, longest - 1)}…`;
}

export function plainText(text: string, names: Names): string {
  return text.replace(/<([^<>\n]*)>|&(amp|lt|gt);/g, (whole, mark?: string, entity?: string) =>
    mark === undefined ? (entities[entity ?? ""] ?? whole) : readMark(mark, names),
  );
}

/** Ids of the people and channels that a message calls by their ids. */
export function idsIn(message: Message): { people: string[]; channels: string[] } {
  const text = [wordsOf(message), ...forwardsOf(message).map((one) => attachmentWords(one))].join("\n");
  const all = (pattern: RegExp) => Array.from(text.matchAll(pattern), ([, id = ""]) => id);
  return { people: all(/<@([UW][A-Z0-9]+)/g), channels: all(/<#([CG][A-Z0-9]+)\|?>/g) };
}

/** The text; of a message of another app that has none, what its attachments or blocks say. Forwards are others' words. */
function wordsOf({ text, attachments, blocks }: Message): string {
  if (text) return text;
  const own = (attachments ?? []).filter((one) => !isForward(one)).map((one) => attachmentWords(one));
  return own.filter((words) => words !== "").join("\n") || blockWords(blocks);
}

function forwardsOf({ attachments }: Message): Attached[] {
  return (attachments ?? []).filter(isForward).slice(0, mostForwards);
}

function isForward(one: Attached): boolean {
  return Boolean(one.is_share || one.is_msg_unfurl);
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">" };

function unescape(text: string): string {
  return text.replace(/&(amp|lt|gt);/g, (whole, entity: string) => entities[entity] ?? whole);
}

function readMark(mark: string, names: Names): string {
  const bar = mark.indexOf("|");
  const target = unescape(bar < 0 ? mark : mark.slice(0, bar));
  const label = bar < 0 ? "" : unescape(mark.slice(bar + 1));
  const id = target.slice(1);
  if (target.startsWith("@")) return `@${names.person(id) ?? (label || id)}`;
  if (target.startsWith("#")) return `#${label || (names.channel(id) ?? "private-channel")}`;
  if (target.startsWith("!")) return label || `@${id.split("^")[0]}`;
  if (label === "" || label === target || target.endsWith(label)) return target;
  return `${label} (${target})`;
}
