import type { ToolCaller } from "../shared/define-tool.ts";
import type { Person } from "./people.ts";
import type { Place } from "./places.ts";

type Confined = NonNullable<ToolCaller["confinedTo"]>;

export const confinedRefusal =
  "Others' texts were read in this conversation, so messages go only to this channel, to whoever asks, or to whom their own question names. Ask them to name the channel.";

/** Whether it is where the question was asked, or the asker's own direct message with Sophia. */
export function isOwnPlace({ id, kind, userId }: Place, { channel }: Confined, asker: Person): boolean {
  return (id !== "" && id === channel) || (kind === "dm" && userId === asker.id);
}

/** Whether the asker's own words name the channel: with its `#`, or by its id, which links to it have as well. */
export function namesChannel(question: string, { id, name }: Pick<Place, "id" | "name">): boolean {
  const isById = id !== "" && hasWord(question, /(?<![\p{L}\p{N}_-])/u, literal(id), /(?![\p{L}\p{N}_-])/u);
  return isById || (Boolean(name) && hasWord(question, beforeWord, literal(`#${name}`), afterWord));
}

/**
 * Whether the asker's own words name the person: by handle, full name or e-mail address. A first name alone, and a handle that is
 * like one, count where only one of `people` has it.
 */
export function namesPerson(question: string, person: Person, people: readonly Person[]): boolean {
  const { email, handle, name } = person;
  const isNamed = (words: string) => hasWord(question, beforeWord, `@?${literal(words)}`, afterWord);
  const firstNames = people
    .filter(({ standing, id }) => id !== person.id && (standing === "member" || standing === "guest"))
    .map((other) => firstOf(other.name));
  const isOnly = (word: string) => !firstNames.includes(word.toLowerCase());
  if (email && isNamed(email)) return true;
  if (
    handle &&
    (hasWord(question, beforeWord, `@${literal(handle)}`, afterWord) || (isOnly(handle) && isNamed(handle)))
  )
    return true;
  if (/\s/.test(name.trim()) && isNamed(name)) return true;
  return isOnly(firstOf(name)) && isNamed(firstOf(name));
}

/*
 * A name within a longer word, an address or a path is another's: "mayan", "maya@elsewhere.example", "/maya", "#maya".
 */
const beforeWord = /(?<![\p{L}\p{N}\p{M}_.\-/#@+%=])/u;
const afterWord = /(?![\p{L}\p{N}\p{M}_\-/@]|\.[\p{L}\p{N}])/u;

function hasWord(question: string, before: RegExp, words: string, after: RegExp): boolean {
  return new RegExp(before.source + words + after.source, "iu").test(question.normalize("NFC"));
}

/** As a pattern, in which one blank is as good as several. */
function literal(words: string): string {
  const escaped = words
    .normalize("NFC")
    .trim()
    .replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
  return escaped.replaceAll(/\s+/g, String.raw`\s+`);
}

function firstOf(name: string): string {
  return (name.trim().split(/\s+/)[0] ?? "").toLowerCase();
}
