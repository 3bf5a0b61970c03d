/** Where a text that grows is to be cut into messages, and what keeps both sides whole Markdown. */
export interface Break {
  /** Index in the text: before it belongs to this message, from it on to the next. */
  at: number;
  /** Appended to this message: closes a code fence. */
  close: string;
  reopen: Reopen | undefined;
}

/** Put before the next message's text: opens a fence again, or repeats a table's head where another row of it follows. */
export interface Reopen {
  kind: "fence" | "table";
  text: string;
}

/** What goes before `next`, the text that goes on after a cut. */
export function reopened(reopen: Reopen | undefined, next: string): string {
  if (!reopen) return "";
  const isRow = /^[^\n]*\|/.test(next);
  return reopen.kind === "fence" || isRow ? reopen.text : "";
}

interface OpenBlock extends Reopen {
  close: string;
}

interface Line {
  at: number;
  /** The block that is open before this line. */
  open: OpenBlock | undefined;
  afterBlank: boolean;
  /** Cutting before this line would tear a fence's last line or a table's head off. */
  isJoined: boolean;
}

/** Parts of the room from which a paragraph, a line, a word end is good enough to cut at. */
const paragraphFrom = 0.75;
const lineFrom = 0.88;
const wordFrom = 0.95;
/** Characters after the last place for a cut that may tell what stands there. */
const lookAhead = 300;
/** A link with spaces in it that is longer than this may be cut. */
const longestLink = 2_500;
const link = /\[[^[\]\n]{0,500}\]\([^[)\n]{0,1990}\)/g;
/** A head longer than this is not repeated: it would leave no room for rows. */
const longestHead = 2_000;

/**
 * The first good place to cut `text`, of which `room` bytes (UTF-8) fit; undefined while it fits and there is none. Nothing
 * before `from` is cut, because it stands in Slack already. The same text gives the same cuts, however it came.
 */
export function findBreak(text: string, from: number, room: number): Break | undefined {
  // Comes with each piece of an answer, so what is cheap to see is seen first.
  const bytes = Buffer.byteLength(text);
  if (bytes <= room * paragraphFrom) return undefined;
  const shares = [paragraphFrom, lineFrom, wordFrom, 1].map((share) => room * share);
  const [paragraphAt = 0, lineAt = 0, wordAt = 0, hardAt = 0] = (
    bytes === text.length ? indexesInAscii(text, shares) : indexesAtBytes(text, shares)
  ).map((at) => Math.max(from, at, 1));
  if (text.length < paragraphAt) return undefined;
  if (text.length < wordAt && !text.includes("\n", paragraphAt - 1)) return undefined;
  const lines = scanLines(text.slice(0, hardAt + lookAhead)).filter((line) => line.at <= hardAt && !line.isJoined);
  const paragraph = lines.find((line) => line.at >= paragraphAt && line.afterBlank && !line.open);
  const line = lines.find((candidate) => candidate.at >= lineAt);
  const at = Math.min(
    paragraph?.at ?? Number.POSITIVE_INFINITY,
    line?.at ?? Number.POSITIVE_INFINITY,
    text.length < wordAt ? Number.POSITIVE_INFINITY : wordBreak(text, wordAt, hardAt),
    text.length > hardAt ? wholeCharacter(text, hardAt) : Number.POSITIVE_INFINITY,
  );
  return at === Number.POSITIVE_INFINITY ? undefined : breakAt(text, at);
}

/** A cut at a given place, whatever stands there: for a message that ends for another reason than its length. */
export function breakAt(text: string, at: number): Break {
  const before = text.slice(0, at);
  const atLineStart = before === "" || before.endsWith("\n");
  const open = scanLines(`${before}${atLineStart ? "" : "\n"}`).at(-1)?.open;
  if (!open) return { at, close: "", reopen: undefined };
  const reopen = open.text.length > longestHead ? undefined : { kind: open.kind, text: open.text };
  return { at, close: open.close && `${atLineStart ? "" : "\n"}${open.close}`, reopen };
}

/** The last line end in `text` at or after `from`, else the last word end there, else the end. */
export function lastBoundary(text: string, from: number): number {
  const line = text.lastIndexOf("\n") + 1;
  if (line > from) return line;
  const word = text.lastIndexOf(" ") + 1;
  return word > from ? word : text.length;
}

function indexesInAscii(text: string, limits: readonly number[]): number[] {
  return limits.map((limit) => (limit < text.length ? Math.floor(limit) : Number.POSITIVE_INFINITY));
}

/** For each number of bytes (ascending) the index up to which `text` has no more; infinite where all of it has fewer. */
function indexesAtBytes(text: string, limits: readonly number[]): number[] {
  const indexes: number[] = [];
  let size = 0;
  for (let index = 0; index < text.length && indexes.length < limits.length; index++) {
    const code = text.charCodeAt(index);
    const isSurrogate = code >= 0xd800 && code <= 0xdfff;
    size += code < 0x80 ? 1 : code < 0x800 || isSurrogate ? 2 : 3;
    while (indexes.length < limits.length && size > (limits[indexes.length] ?? 0)) indexes.push(index);
  }
  while (indexes.length < limits.length) indexes.push(Number.POSITIVE_INFINITY);
  return indexes;
}

function wordBreak(text: string, from: number, hard: number): number {
  let links: { start: number; end: number }[] | undefined;
  for (let at = from; at <= Math.min(hard, text.length); at++) {
    if (text[at - 1] !== " " || text[at] === " ") continue;
    links ??= linksIn(text, Math.max(0, from - longestLink), hard + lookAhead);
    if (!links.some(({ start, end }) => start < at && at < end)) return at;
  }
  return Number.POSITIVE_INFINITY;
}

function linksIn(text: string, from: number, to: number): { start: number; end: number }[] {
  return Array.from(text.slice(from, to).matchAll(link), ({ 0: { length }, index }) => {
    return { start: from + index, end: from + index + length };
  });
}

function wholeCharacter(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}

const fenceLine = /^([\s>]*)(`{3,}|~{3,})(.*)$/;
const delimiterRow = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

function scanLines(text: string): Line[] {
  const lines: Line[] = [];
  const rows = text.split("\n");
  let open: OpenBlock | undefined;
  let fence = "";
  let at = 0;
  for (const [index, row] of rows.entries()) {
    const previous = rows[index - 1] ?? "";
    const isLast = index === rows.length - 1;
    const opensTable = !open && previous.includes("|") && isDelimiterRow(row);
    const closesFence = open?.kind === "fence" && closes(row, fence);
    if (open?.kind === "table" && (!row.includes("|") || row.trim() === "") && !(isLast && row === ""))
      open = undefined;
    const maybeHead = isLast && row === "" && !open && previous.includes("|");
    lines.push({
      at,
      open,
      afterBlank: index > 0 && previous.trim() === "",
      isJoined: opensTable || closesFence || maybeHead,
    });
    at += row.length + 1;
    if (closesFence) open = undefined;
    else if (opensTable) open = { kind: "table", close: "", text: `${previous}\n${row}\n` };
    else if (!open) {
      const match = fenceLine.exec(row);
      fence = match?.[2] ?? "";
      if (match) open = { kind: "fence", close: `${match[1]}${fence}`, text: `${row}\n` };
    }
  }
  return lines;
}

function isDelimiterRow(row: string): boolean {
  return row.length < 1_000 && row.includes("-") && row.includes("|") && delimiterRow.test(row);
}

function closes(row: string, fence: string): boolean {
  const match = fenceLine.exec(row);
  return match !== null && (match[3] ?? "").trim() === "" && (match[2] ?? "").startsWith(fence);
}
