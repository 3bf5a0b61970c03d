import { asCopied } from "../../core/unlinked.ts";

/** A line as Slack gives it, with what is not to be read for dates and names taken out and kept aside. */
export interface HiddenLine {
  text: string;
  mentions: string[];
  quotes: string[];
  addresses: string[];
}

/** Of Unicode's private characters: nobody writes them, and each stands for a word. */
const OPEN = "\uE000";
const CLOSE = "\uE001";
const ours = /[\uE000\uE001]/g;

export const MENTION = `${OPEN}m\\d+${CLOSE}`;
export const QUOTE = `${OPEN}q\\d+${CLOSE}`;
/** All of it, and nothing else, stood in quotes. */
export const loneQuote = new RegExp(`^${QUOTE}$`);

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">" };

/** Mentions, quotes and addresses become single words; a channel's link becomes `#name`, entities become characters. */
export function hide(line: string): HiddenLine {
  const hidden: HiddenLine = { text: "", mentions: [], quotes: [], addresses: [] };
  const keep = (kind: "m" | "q" | "a", list: string[], value: string): string =>
    `${OPEN}${kind}${list.push(value) - 1}${CLOSE}`;
  hidden.text = asCopied(line)
    .replaceAll(ours, "")
    .replaceAll(/<#[CG][A-Z0-9]+\|([^<>|]*)>/g, "#$1")
    .replaceAll(/<!(?:subteam\^[A-Z0-9]+\||date\^[^<>|]*\|)?@?([^<>|]*)(?:\|[^<>]*)?>/g, "@$1")
    .replaceAll(/<mailto:([^<>|]+)(?:\|[^<>]*)?>/g, "$1")
    .replaceAll(/<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>/g, (_, id: string) => keep("m", hidden.mentions, id))
    .replaceAll(/<(https?:[^<>|]+)(?:\|[^<>]*)?>|https?:\/\/\S+/g, (whole, address?: string) =>
      keep("a", hidden.addresses, plain(address ?? whole)),
    )
    .replaceAll(/"([^"]*)"|“([^“”]*)”|„([^„“”]*)[“”]|«([^«»]*)»/g, (_, ...inner: (string | undefined)[]) =>
      keep("q", hidden.quotes, plain(inner.slice(0, 4).find((one) => one !== undefined) ?? "")),
    )
    .replaceAll(/&(amp|lt|gt);/g, (_, entity: string) => entities[entity] ?? "");
  return hidden;
}

function plain(text: string): string {
  return text.replaceAll(/&(amp|lt|gt);/g, (_, entity: string) => entities[entity] ?? "");
}

/** What was hidden stands in its place again. `names`: of the people who are mentioned, by id. */
export function reveal(
  text: string,
  { mentions, quotes, addresses }: HiddenLine,
  names: ReadonlyMap<string, string>,
): string {
  const lone = /^\uE000q(\d+)\uE001$/.exec(text);
  if (lone) return (quotes[Number(lone[1])] ?? "").trim();
  return text.replaceAll(/\uE000([mqa])(\d+)\uE001/g, (_, kind: string, index: string) => {
    const at = Number(index);
    if (kind === "q") return `"${quotes[at] ?? ""}"`;
    const id = mentions[at] ?? "";
    return kind === "a" ? (addresses[at] ?? "") : (names.get(id) ?? id);
  });
}

/** Which mention a hidden word stands for. */
export function mentionIn(word: string, { mentions }: HiddenLine): string | undefined {
  const index = /\uE000m(\d+)\uE001/.exec(word)?.[1];
  return index === undefined ? undefined : mentions[Number(index)];
}
