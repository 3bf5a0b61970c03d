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
/** A head longer than this is not repeated: it would leave no room for rows. */
const longestHead = 2_000;

/**
 * The first good place to cut `text`, of which `room` bytes (UTF-8) fit; undefined while it fits and there is none. Nothing
 * before `from` is cut, because it stands in Slack already. The same text gives the same cuts, however it came.
 */
export function findBreak(text: string, from: number, room: number): Break | undefined {
  const hard = Math.max(from, indexAtByte(text, room));
  const earliest = (share: number): number => Math.max(from, indexAtByte(text, room * share), 1);
  if (text.length < earliest(paragraphFrom)) return undefined;
  const lines = scanLines(text).filter((line) => line.at <= hard && !line.isJoined);
  const paragraph = lines.find((line) => line.at >= earliest(paragraphFrom) && line.afterBlank && !line.open);
  const line = lines.find((candidate) => candidate.at >= earliest(lineFrom));
  const at = Math.min(
    paragraph?.at ?? Number.POSITIVE_INFINITY,
    line?.at ?? Number.POSITIVE_INFINITY,
    text.length < earliest(wordFrom) ? Number.POSITIVE_INFINITY : wordBreak(text, earliest(wordFrom), hard),
    text.length > hard ? wholeCharacter(text, hard) : Number.POSITIVE_INFINITY,
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

function indexAtByte(text: string, bytes: number): number {
  if (Buffer.byteLength(text) === text.length || text.length * 3 <= bytes) return Math.floor(bytes);
  let size = 0;
  let index = 0;
  for (const character of text) {
    size += Buffer.byteLength(character);
    if (size > bytes) return index;
    index += character.length;
  }
  return index + Math.floor(bytes - size);
}

function wordBreak(text: string, from: number, hard: number): number {
  const links = [...text.matchAll(/\[[^\]\n]*\]\([^)\n]*\)/g)];
  for (let at = from; at <= Math.min(hard, text.length); at++) {
    const isAfterSpace = text[at - 1] === " " && text[at] !== " ";
    if (isAfterSpace && !links.some((link) => link.index < at && at < link.index + link[0].length)) return at;
  }
  return Number.POSITIVE_INFINITY;
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
    const opensTable =
      !open && previous.includes("|") && row.includes("-") && row.includes("|") && delimiterRow.test(row);
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

function closes(row: string, fence: string): boolean {
  const match = fenceLine.exec(row);
  return match !== null && (match[3] ?? "").trim() === "" && (match[2] ?? "").startsWith(fence);
}
