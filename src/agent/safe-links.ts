import type { LinkSources } from "./link-sources.ts";
import { codeSpan, inlineLink, type InlineLink, openEnd, tag } from "./link-syntax.ts";

/** Nobody sees it, and nothing makes a link of a name that it stands in. */
const zeroWidthSpace = "\u200B";
const removed = "[link removed]";
/** Characters held back at most, while it is open what they become. */
const mostHeld = 2_400;
const longestShown = 80;
/** Characters; no page that anybody was given has more. */
const longestAddress = 2_048;
/** Characters; a line that begins with a fence's mark and is longer is taken for none. */
const longestFence = 1_000;
/** Taken out again further on, where it could bring the two halves of an address together. */
const controlCharacters = /(?![\t\n])\p{Cc}|[\u202A-\u202E\u2066-\u2069]/gu;
/** Nobody sees them in a name, and hosts are looked up without them; but the ones that scripts and emoji are written with. */
const ignored = /(?!\p{Join_Control}|\p{Variation_Selector}|[\u{E0020}-\u{E007F}])\p{Default_Ignorable_Code_Point}/gu;

const address =
  /(?:(?:[a-z][a-z0-9+.-]{0,30}\\?:(?:\\?[/\\]){2}|https?\\?:(?=[^\s<>"`|]*\w)|mailto\\?:|javascript\\?:|vbscript\\?:|data\\?:(?=\w+\/)|tel\\?:(?=\+?\d))[^\s<>"`|]*|www\\?\.[^\s<>"`|]+)/iy;
const firstScheme = /^[a-z][a-z0-9+.-]*\\?:[\\/]*/i;
const mailAddress = /[\w.+%-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)+/iy;
/** After a mailbox: it may be the beginning of a page's address instead. */
const furtherOn = /[/?#:][^\s]/y;
/** Ends an address here, but not for every reader. */
const runsOn = /[|>`]|"(?!"*[.,;:!?)'*_~]*(?:\s|$))/y;
/** What an address has behind its scheme, reached within a longer word. */
const schemeEnd =
  /:(?=(?:(?:\p{Join_Control}|\p{Variation_Selector})*\\?[/\\]){2})|(?<=mailto|script|tel|data):(?=\S)/iuy;
const domain =
  /(?:[a-z0-9_-]{1,63}\\?\.){1,20}(?:xn--[a-z0-9-]+|[a-z]{2,24})(?![a-z0-9])(?:(?::\d+)?[/?#][^\s<>"`|]*|:\d+)?/iy;
/** The rest of one whose label before is in other letters: those are not held back, most scripts have no blanks. */
const restOfDomain =
  /\\?\.(?:[a-z0-9_-]{1,63}\\?\.){0,20}(?:xn--[a-z0-9-]+|[a-z]{2,24})(?![a-z0-9])(?:(?::\d+)?[/?#][^\s<>"`|]*|:\d+)?/iy;
/** Not before dashes, quotes and "…", which begin no top level: a sentence ends before them. */
const dotBeforeOther = /\\?\.(?=[^\s\0-\x7F\u2010-\u2027])/y;
/** Browsers read them as dots. */
const otherDot = /[\u2024\u3002\uFE52\uFF0E\uFF61]/y;
const afterWhichWord = /[\p{L}\p{N}_.\u2024\u3002\uFE52\uFF0E\uFF61-]/u;
const beginsWithWord = /^[\p{L}\p{N}_-]/u;
const beginsWithDot = /^\\?[.\u2024\u3002\uFE52\uFF0E\uFF61][\p{L}\p{N}_-]/u;
const otherLetter = /[^\s\0-\x7F]/;
/** After these a dot may be one of a host's; not after the letters of scripts whose sentences end in such a one. */
const beforeDot = /[\w-]|[^\s\0-\x7F]/;
const beforeOtherDot = /[\w\u00AA-\u1FFF-]/;
/** No digits or marks with letters: an address may begin after them. */
const word = /[a-z]+?(?=www\\?\.)|[a-z]+|\d+/iy;
const hidden =
  /&(?=#|(?:colon|sol|period|commat|lpar|rpar|lbrack|rbrack|lsqb|rsqb|quest|num|bsol|excl|tab|newline|lowbar|hyphen)\b)/iy;
/** With the backslash that a mark may be escaped by: without it `]` would close something. */
const closingMarks = ".,;:!?)]}'*_~\\";
/** With the quote that it stands in. Indented further it is a line of text, or of another kind of code. */
const fence = /^((?: {0,3}>(?: {0,4}>)* ?)?) {0,3}(`{3,}(?=[^`]*$)|~{3,})/;
const quote = /^ {0,3}>/;

/** Where what was shown ends: its last character, and whether that stands for something else. */
interface Seam {
  last: string;
  isChanged: boolean;
}

/**
 * An answer's text on its way to people, in which only what `sources` allow can be pressed, and no image is shown. An address
 * that was read somewhere is shown without being a link; one that was not has been put together, and may carry what was
 * read to whoever owns it: it is taken out. Any other name that may be a host's is broken, in code too: whether it is code, another
 * reader may see otherwise. Text comes in pieces; what may become a link is held back until that is decided.
 */
export class SafeLinks {
  readonly #sources: LinkSources;
  #held = "";
  /** An address was cut off for its length: what is left of it goes as well. */
  #isCut = false;
  /** The mark that closes the open code fence. */
  #fence = "";
  /** The open fence stands in a quote, and ends with it. */
  #isQuoted = false;
  #line = "";
  /** The last character before the text at hand. */
  #last = "";
  readonly #seam: Seam = { last: "", isChanged: false };

  constructor(sources: LinkSources) {
    this.#sources = sources;
  }

  /** What can be shown now. */
  push(piece: string): string {
    let text = this.#held + piece.replaceAll(controlCharacters, "").replaceAll(ignored, "");
    if (this.#isCut) {
      text = text.replace(/^[^\s<>"`|]+/, "");
      if (text === "") return "";
      this.#isCut = false;
    }
    let end = openEnd(text);
    if (text.length - end > mostHeld) {
      end = text.length;
      this.#isCut = /\S$/.test(text);
    }
    this.#held = text.slice(end);
    return this.#lines(text.slice(0, end));
  }

  /** What was held back: nothing follows it. */
  flush(): string {
    const rest = this.#held;
    this.#held = "";
    this.#isCut = false;
    return this.#lines(rest);
  }

  /** A text by itself. */
  static whole(text: string, sources: LinkSources): string {
    const links = new SafeLinks(sources);
    return links.push(text) + links.flush();
  }

  #lines(text: string): string {
    return text
      .split(/(?<=\n)/)
      .map((part) => {
        if (this.#line.length <= longestFence) this.#line += part;
        if (this.#isQuoted && !quote.test(this.#line)) this.#closeFence();
        const [, quoted = "", mark] = (this.#line.length <= longestFence && fence.exec(this.#line)) || [];
        const isCode = this.#fence !== "" || mark !== undefined;
        if (part.endsWith("\n")) this.#endLine(quoted, mark);
        const shown = this.#safe(part, isCode, this.#seam);
        this.#last = part.at(-1) ?? this.#last;
        return shown;
      })
      .join("");
  }

  #endLine(quoted: string, mark: string | undefined): void {
    const line = this.#line.slice(quoted.length).trim();
    this.#line = "";
    if (mark === undefined) return;
    if (this.#fence === "") {
      this.#fence = mark;
      this.#isQuoted = quoted !== "";
    } else if (mark.startsWith(this.#fence) && line === mark) this.#closeFence();
  }

  #closeFence(): void {
    this.#fence = "";
    this.#isQuoted = false;
  }

  #safe(text: string, isCode: boolean, seam: Seam = { last: "", isChanged: false }): string {
    let safe = "";
    for (let at = 0; at < text.length; ) {
      const [shown, length] = this.#next(text, at, isCode);
      const isChanged = shown.length !== length || !text.startsWith(shown, at);
      const coming = isChanged ? shown : text.slice(at, at + 3);
      if (shown !== "") {
        safe += (isChanged || seam.isChanged ? between(seam.last, coming) : "") + shown;
        seam.last = shown.at(-1) ?? "";
      }
      seam.isChanged = isChanged || (shown === "" && seam.isChanged);
      at += length;
    }
    return safe;
  }

  /** What stands at this place, made safe, and how long it is. */
  #next(text: string, at: number, isCode: boolean): readonly [shown: string, length: number] {
    const read = (pattern: RegExp): string | undefined => {
      pattern.lastIndex = at;
      return pattern.exec(text)?.[0];
    };
    const found = read(address);
    if (found !== undefined)
      return [this.#address(found, !isCode && startsAt(runsOn, text, at + found.length)), found.length];
    const mail = read(mailAddress);
    if (mail !== undefined) return [this.#mail(mail, startsAt(furtherOn, text, at + mail.length)), mail.length];
    const before = at === 0 ? this.#last : (text[at - 1] ?? "");
    const name = read(domain) ?? (otherLetter.test(before) ? read(restOfDomain) : undefined);
    if (name !== undefined) return [this.#domain(name, otherLetter.test(before)), name.length];
    const dot =
      (beforeDot.test(before) ? read(dotBeforeOther) : undefined) ??
      (beforeOtherDot.test(before) ? read(otherDot) : undefined);
    if (dot !== undefined) return [dot + zeroWidthSpace, dot.length];
    if (read(schemeEnd) !== undefined) return [": ", 1];
    const plain = read(word);
    if (plain !== undefined) return [plain, plain.length];
    if (read(hidden) !== undefined) return [`&${zeroWidthSpace}`, 1];
    return isCode ? [inCode(text, at), 1] : this.#mark(text, at, read);
  }

  /** What can begin or end a link, outside of code. */
  #mark(text: string, at: number, read: (pattern: RegExp) => string | undefined): readonly [string, number] {
    const mark = text[at] ?? "";
    const next = text[at + 1] ?? "";
    // Some readers take the backslashes off a link's words, and then read those.
    if (mark === "\\" && next === "]" && /[(:[]/.test(text[at + 2] ?? "")) return [`\\]${zeroWidthSpace}`, 2];
    if (mark === "\\" && /[[\]!<`\\]/.test(next)) return [mark + next, 2];
    const span = mark === "`" ? read(codeSpan) : undefined;
    if (span !== undefined) return [this.#safe(span, true), span.length];
    const tagged = mark === "<" ? read(tag) : undefined;
    if (tagged !== undefined) return this.#tag(tagged);
    if (mark === "[" || (mark === "!" && next === "[")) {
      const link = inlineLink(text, at);
      if (typeof link === "object") return [this.#link(link), link.end - at];
      return mark === "!" ? ["", 1] : [mark, 1];
    }
    // The rest of a link over several lines, and the definition of one.
    return mark === "]" && /[(:]/.test(next) ? ["] ", 1] : [mark, 1];
  }

  #link({ isImage, label, target }: InlineLink): string {
    const words = this.#safe(label, false);
    if (isImage) return words;
    if (this.#sources.mayLink(target) && !/[<>()\s]/.test(target)) return `[${words}](${target})`;
    if (label.trim() === target) return words;
    const shown = this.#shown(target);
    return `${words} ${shown === removed ? removed : `(${shown})`}`.trimStart();
  }

  /** `<address>`, Slack's `<address|words>`, or HTML. */
  #tag(whole: string): readonly [string, number] {
    const inner = whole.slice(1, -1);
    address.lastIndex = 0;
    if (address.test(inner)) {
      const [target = "", label] = inner.split("|", 2);
      const link = { end: 0, isImage: false, label: label ?? target, target };
      if (label !== undefined) return [this.#link(link), whole.length];
      return [this.#sources.mayLink(target) ? whole : this.#address(target), whole.length];
    }
    const isLinkTag = /^\/?[a-z][^=]*=|^\/?(?:a|img)\b/i.test(inner);
    return isLinkTag ? ["", whole.length] : ["<", 1];
  }

  /** With the marks after it that belong to the sentence; the first of them may close a bracket of its own. */
  #address(found: string, isRunOn = false): string {
    const target = withoutMarks(found);
    const marks = found.slice(target.length);
    if (target.length > longestAddress) return withMarks(removed, marks);
    const ends = [marks.length, 1, 0].filter((end) => end <= marks.length && target.length + end <= longestAddress);
    const end = ends.find((one) => this.#sources.mayLink(target + marks.slice(0, one)));
    if (end === undefined) return withMarks(this.#shown(target), marks);
    const after = marks.slice(end);
    return isRunOn || /[\]}\\]/.test(after) ? `${target}${marks.slice(0, end)} ${after}` : found;
  }

  /** `isRest`: what it begins with is another's name, and in other letters. */
  #domain(found: string, isRest: boolean): string {
    const name = withoutMarks(found);
    const marks = found.slice(name.length);
    if (name.length > longestAddress) return withMarks(removed, marks);
    if (!isRest && this.#sources.mayLink(`https://${name}`)) return found;
    return withMarks(/[/?#:]/.test(name) ? this.#shown(name) : broken(name), marks);
  }

  #mail(found: string, goesOn: boolean): string {
    return !goesOn && !/www\./i.test(found) && this.#sources.wasRead(found) ? found : broken(found);
  }

  /** An address that may not be pressed, up to where another one could begin in it: that a name is broken is nothing to a scheme's reader. */
  #shown(target: string): string {
    if (target === "" || !this.#sources.wasRead(target)) return removed;
    const bare = target.replace(firstScheme, "");
    const end = bare.search(/[?#:[\]]/);
    const words = end < 0 ? bare : bare.slice(0, end);
    if (words === "") return removed;
    if (words.length > longestShown) return broken(`${words.slice(0, longestShown)}…`);
    return broken(end < 0 ? words : `${words}${/[?#]/.test(bare.charAt(end)) ? "?…" : "…"}`);
  }
}

/** Put where something was taken out or changed, so that what stands on both sides does not become a name or an address. */
function between(last: string, coming: string): string {
  if (/[:/\\]/.test(last) && /^[/\\]/.test(coming)) return " ";
  if (/[\p{L}\p{N}]/u.test(last) && /^\\?:\S/.test(coming)) return " ";
  if (last === "]" && /^[(:[]/.test(coming)) return zeroWidthSpace;
  const mayBeName = beginsWithWord.test(coming) ? afterWhichWord.test(last) : beginsWithDot.test(coming);
  return mayBeName ? zeroWidthSpace : "";
}

function withMarks(shown: string, marks: string): string {
  return shown + between(shown.slice(-1), marks) + marks;
}

function startsAt(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

/** As names of hosts and mailboxes, and entities that stand for a mark. */
function broken(name: string): string {
  return name.replaceAll(/[.@&\u2024\u3002\uFE52\uFF0E\uFF61]/g, (mark) => mark + zeroWidthSpace);
}

function withoutMarks(address: string): string {
  let end = address.length;
  while (end > 0 && closingMarks.includes(address.charAt(end - 1))) end--;
  return address.slice(0, end);
}

/** What would make a link where this is no code after all. */
function inCode(text: string, at: number): string {
  const mark = text[at] ?? "";
  return /^(?:\][(:]|!\[)/.test(text.slice(at, at + 2)) ? mark + zeroWidthSpace : mark;
}
