/** How links are written in Markdown and in Slack's own way, as far as one can be told from other text. */

const longestLabel = 500;
const longestTarget = 1_500;
/** Brackets within brackets, more than anybody means. */
const deepest = 5;

export interface InlineLink {
  /** Index after its last character. */
  end: number;
  isImage: boolean;
  label: string;
  target: string;
}

/** `[label](target "title")` or an image at this place; `open` where more text may make it one. One line only. */
export function inlineLink(text: string, at: number): InlineLink | "open" | undefined {
  const isImage = text[at] === "!";
  const start = isImage ? at + 1 : at;
  if (start >= text.length) return "open";
  if (text[start] !== "[") return undefined;
  const label = closing(text, start, "[", "]", longestLabel);
  if (typeof label !== "number") return label;
  if (label + 1 >= text.length) return "open";
  if (text[label + 1] !== "(") return undefined;
  const end = closing(text, label + 1, "(", ")", longestTarget);
  if (typeof end !== "number") return end;
  const inner = text.slice(label + 2, end).trim();
  const target = /^<([^<>]*)>/.exec(inner)?.[1] ?? inner.split(/\s/, 1)[0] ?? "";
  return { end: end + 1, isImage, label: text.slice(start + 1, label), target };
}

/** Index of the mark that closes the one at this place. */
function closing(text: string, at: number, open: string, close: string, longest: number): number | "open" | undefined {
  let depth = 0;
  for (let index = at; index < text.length; index++) {
    const mark = text[index];
    if (mark === "\n" || index - at > longest) return undefined;
    if (mark === "\\") index++;
    else if (mark === open && ++depth > deepest) return undefined;
    else if (mark === close && --depth === 0) return index;
  }
  return "open";
}

/** `<…>` on one line. */
export const tag = /<[^<>\n]{1,2000}>/y;
/** In marks of the same length, at most three. */
export const codeSpan = /(?<!`)(`{1,3})(?!`)[^`\n]+\1(?!`)/y;
const openTag = /<[a-z/][^<>\n]{0,2000}$/iy;
const openSpan = /(?<!`)`{1,3}(?!`)[^`\n]{0,300}$/y;

/** Where something begins that the text after it may make a link, or take out of one; else the text's length. */
export function openEnd(text: string): number {
  const line = text.lastIndexOf("\n") + 1;
  let at = line;
  /** Before it everything is decided. */
  let decided = line;
  while (at < text.length) {
    const end = endOf(text, at);
    // With the word that it stands in: an address may go on in it.
    if (end === "open") return lastRun(text.slice(0, at), decided);
    if (end > at + 1 && text[at] !== "\\") decided = end;
    at = end;
  }
  return lastRun(text, decided);
}

/** Where the thing ends that begins at this place. */
function endOf(text: string, at: number): number | "open" {
  const matches = (pattern: RegExp): number => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0].length ?? 0;
  };
  switch (text[at]) {
    case "\\":
      return at + 1 < text.length ? at + 2 : "open";
    case "`":
      return matches(openSpan) > 0 ? "open" : at + Math.max(1, matches(codeSpan));
    case "<":
      return matches(openTag) > 0 ? "open" : at + Math.max(1, matches(tag));
    case "[":
    case "!": {
      const link = inlineLink(text, at);
      return typeof link === "object" ? link.end : (link ?? at + 1);
    }
    default:
      return at + 1;
  }
}

/** The last word, which may be the beginning of an address; of scripts without blanks only what can be one. */
function lastRun(text: string, from: number): number {
  let start = text.length;
  while (start > from && /\S/.test(text[start - 1] ?? "")) start--;
  const run = text.slice(start);
  const begun = /:|www/i.test(run) ? run.search(/[a-z][a-z0-9+.-]{0,30}\\?:|www\\?\./i) : -1;
  // What stands right before it may be a host's first label.
  let at = begun >= 0 ? start + begun : text.length;
  while (at > start && /[\u0021-\u007E]/.test(text[at - 1] ?? "")) at--;
  return at;
}
