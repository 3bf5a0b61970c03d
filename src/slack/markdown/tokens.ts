import { type TokensList, lexer } from "marked";

const mark = String.raw`[ \t]*(?:>|[-*+](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$))`;
/** Quotes and lists in each other, deeper than anybody means: the lexer goes down by a call for each, till its stack ends. */
const tooDeep = new RegExp(`^((?:${mark}){20})(?:${mark})+`, "gm");
/** Stars and the like that open nothing, each of which the lexer looks for the end of, again and again. */
const tooLong = /([*_~!])\1{99,}/g;

/**
 * Markdown as tokens; further quotes and lists in twenty of each other, and marks past ninety-nine in a row, are left out. Undefined where the lexer gives up,
 * which it does by throwing (its stack, an endless loop): such a text is to be shown as it is.
 */
export function tokensOf(markdown: string): TokensList | undefined {
  try {
    return lexer(markdown.replace(tooDeep, "$1 ").replace(tooLong, (run) => run.slice(0, 99)));
  } catch {
    return undefined;
  }
}
