import { breakAt } from "./breaks.ts";

/** A place at which a text that is broken off can end. */
export interface SoundEnd {
  /** Index in the text: what stands before it is kept. */
  at: number;
  /** Appended after it: closes a code fence. */
  close: string;
}

/** Marks that are complete. Blanked out in this order, twice for those in each other, they leave the open ones. */
const closedMarks = [
  /(?<!`)(`+)[^`\n]+\1/g,
  /!?\[[^[\]\n]*\]\([^()\n]*\)/g,
  /\[[^[\]\n]*\](?=[^(])/g,
  /<[^<>\n]*>/g,
  // No emphasis: within a word, or alone.
  /(?<=\w)[*_](?=\w)|(?<=^|\s)[*_~](?=\s)/g,
  /(\*\*|__|~~)(?=\S)[^*_~\n]+(?<=\S)\1/g,
  /([*_])(?=\S)[^*_\n]+(?<=\S)\1/g,
];
const openMark = /[`[*_]|~~|<(?=https?:|mailto:)|\bhttps?:\S*$/;

/** The last word is certainly whole: a blank follows, or a mark after which no number goes on. */
const wholeWord = /(?:[\s)”»*_~`]|[^\d\s][.,!?:;…])$/;
/** What is longer is no word: a script without blanks. */
const lastWord = /(?<!\S)\S{1,40}$/;
/** Makes no sense without the word or link that was cut away behind it. */
const dangling = /(?<![([{“«])[([{“«]+$/;
/** A bullet, a quote mark or a heading's with nothing after it. */
const emptyLine = /^[\s>]*(?:[-*+]|\d+[.)]?|#{1,6})?[ \t]*$/;

/**
 * Where `text`, broken off anywhere, is to end: after its last whole word, outside of any link, emphasis or code that is
 * still open, after the last whole row of a table or line of a code fence.
 */
export function soundEnd(text: string): SoundEnd {
  let at = text.length;
  for (let next = cutOnce(text); next < at; next = cutOnce(text.slice(0, at))) at = next;
  return { at, close: breakAt(text, at).close };
}

/** The length of `text` without the last thing in it that is not whole. */
function cutOnce(text: string): number {
  const start = text.lastIndexOf("\n") + 1;
  const line = text.slice(start);
  const { close, reopen } = breakAt(text, text.length);
  if (close !== "" && line !== "") return start;
  if (close !== "") return reopen && text.endsWith(reopen.text) ? text.length - reopen.text.length : text.length;
  if (line === "") return isTornHead(text) && !reopen ? text.lastIndexOf("\n", start - 2) + 1 : text.length;
  if (reopen || line.trimStart().startsWith("|") || emptyLine.test(line)) return start;
  return start + cutLine(line);
}

/** A table's head, of which the row that makes it one has not come. */
function isTornHead(text: string): boolean {
  return /(?:^|\n)[ \t]*\|[^\n]*\n$/.test(text);
}

function cutLine(line: string): number {
  const rest = [...closedMarks, ...closedMarks].reduce(
    (text, mark) => text.replaceAll(mark, (whole) => "x".repeat(whole.length)),
    line,
  );
  const open = rest.search(openMark);
  const word = wholeWord.test(line) ? -1 : rest.search(lastWord);
  const end = open >= 0 ? open : word >= 0 ? word : line.length;
  return line.slice(0, end).replace(dangling, "").length;
}
