import { unlinked } from "../core/unlinked.ts";

/** Ids of the people that a message mentions, each once, in order. */
export function mentionedUsers(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(/<@([UW][A-Z0-9]+)(?:\|[^<>\n]{0,100})?>/g), (match) => match[1] ?? ""))];
}

/** Ids of the channels that a message links without naming them. */
export function unnamedChannels(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(/<#([CG][A-Z0-9]+)\|?>/g), (match) => match[1] ?? ""))];
}

export interface CleaningContext {
  botUserId: string;
  /** A person's or channel's name by id; the id itself is shown where it is missing. */
  names: ReadonlyMap<string, string>;
}

/**
 * A message as a person reads it: Slack's control sequences become words and addresses, entities become characters, and
 * the mention of Sophia that made it a question is gone.
 */
export function cleanText(text: string, context: CleaningContext): string {
  return withoutAddress(text, context.botUserId)
    .replace(/<([^<>]*)>|&(amp|lt|gt);/g, (whole, sequence?: string, entity?: string) =>
      sequence === undefined ? (entities[entity ?? ""] ?? whole) : readSequence(sequence, context),
    )
    .trim();
}

/**
 * Cuts the mentions of Sophia off both ends, one at a time: this runs before Slack has its acknowledgement, on whatever
 * anybody writes, so it takes time in proportion to the text.
 */
function withoutAddress(text: string, botUserId: string): string {
  const mention = `<@${botUserId}(?:\\|[^<>\\n]{0,100})?>`;
  const leading = new RegExp(`\\s*${mention}[\\s,:]*`, "y");
  let start = 0;
  while (leading.test(text)) start = leading.lastIndex;
  const whole = new RegExp(`^${mention}$`);
  let rest = text.slice(start).trimEnd();
  for (;;) {
    const at = rest.lastIndexOf("<");
    if (at === -1 || !whole.test(rest.slice(at))) return rest;
    rest = rest.slice(0, at).trimEnd();
  }
}

/** Text of others in a message of ours: it stands there as it is, and mentions and links nothing. */
export function escapeText(text: string): string {
  return escapeExact(unlinked(text));
}

/** The reader's own words, to be copied: they mention nothing, and what is an address stays one. */
export function escapeExact(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">" };

function unescape(text: string): string {
  return text.replace(/&(amp|lt|gt);/g, (whole, entity: string) => entities[entity] ?? whole);
}

function readSequence(sequence: string, context: CleaningContext): string {
  const [target = "", label] = splitOnce(sequence, "|").map(unescape);
  if (target.startsWith("@")) {
    const id = target.slice(1);
    return `@${id === context.botUserId ? "Sophia" : (context.names.get(id) ?? label ?? id)}`;
  }
  if (target.startsWith("#")) {
    const id = target.slice(1);
    return `#${label || (context.names.get(id) ?? id)}`;
  }
  if (target.startsWith("!")) return label ?? `@${target.slice(1).split("^")[0]}`;
  if (/^(mailto|tel):/.test(target)) return label ?? target.replace(/^\w+:/, "");
  if (label === undefined || label === target) return target;
  // Slack shortens a bare address in its label: `example.com` for `http://example.com`.
  return target.endsWith(label) ? target : `${label} (${target})`;
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** Whether a message speaks to somebody else: it begins with a mention that is not Sophia's. */
export function addressesSomebodyElse(text: string, botUserId: string): boolean {
  const first = /^\s*<(?:@([A-Z0-9]+)|!subteam\^|!here|!channel|!everyone)/.exec(text);
  return first !== null && first[1] !== botUserId;
}

/** Whether a cleaned message asks to stop and nothing else. */
export function isStopRequest(cleaned: string): boolean {
  return /^(?:please\s+)?(?:stop|cancel|abort)(?:\s+(?:it|that|this|please))?[\s.!]*$/i.test(cleaned);
}
