import type { Message } from "./answers.ts";

/** Names by id; the id, or a word, is shown where one is missing. */
export interface Names {
  person: (id: string) => string | undefined;
  channel: (id: string) => string | undefined;
}

/** Characters of one message; the rest of it is for whoever opens its link. */
const longest = 4_000;

/** A message's words as a person reads them: marks become names and addresses, entities become characters. */
export function readableText(message: Message, names: Names): string {
  const whole = plainText(wordsOf(message), names).trim();
  return whole.length <= longest ? whole : `${whole.slice(0, longest - 1)}…`;
}

export function plainText(text: string, names: Names): string {
  return text.replace(/<([^<>\n]*)>|&(amp|lt|gt);/g, (whole, mark?: string, entity?: string) =>
    mark === undefined ? (entities[entity ?? ""] ?? whole) : readMark(mark, names),
  );
}

/** Ids of the people and channels that a message calls by their ids. */
export function idsIn(message: Message): { people: string[]; channels: string[] } {
  const text = wordsOf(message);
  const all = (pattern: RegExp) => Array.from(text.matchAll(pattern), ([, id = ""]) => id);
  return { people: all(/<@([UW][A-Z0-9]+)/g), channels: all(/<#([CG][A-Z0-9]+)\|?>/g) };
}

/** The text; of a message of another app that has none, what its attachments or blocks say. */
function wordsOf({ text, attachments, blocks }: Message): string {
  if (text) return text;
  const attached = (attachments ?? []).map((one) => one.fallback || [one.title, one.text].filter(Boolean).join("\n"));
  const found = attached.filter(Boolean);
  return (found.length > 0 ? found : textsIn(blocks ?? [], 0)).join("\n");
}

const deepest = 8;

function textsIn(value: unknown, depth: number): string[] {
  if (depth > deepest || typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => textsIn(item, depth + 1));
  return Object.entries(value).flatMap(([key, field]) => {
    return key === "text" && typeof field === "string" ? [field] : textsIn(field, depth + 1);
  });
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
