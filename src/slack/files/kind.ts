/** What a file is, by its first bytes: its name and what Slack calls it are whatever somebody wrote. */
export type FileKind = { kind: "pdf" } | { kind: "text"; encoding: string } | { kind: "other"; words: string };

const marks: readonly [bytes: string, words: string][] = [
  ["\x89PNG", "a picture"],
  ["\xFF\xD8\xFF", "a picture"],
  ["GIF8", "a picture"],
  ["BM", "a picture"],
  ["PK\x03\x04", "an archive or an Office document (Word, Excel, PowerPoint)"],
  ["\xD0\xCF\x11\xE0", "an old Office document"],
  ["\x1F\x8B", "an archive"],
  ["7z\xBC\xAF", "an archive"],
  ["Rar!", "an archive"],
  ["\x7FELF", "a program"],
  ["MZ", "a program"],
  ["ID3", "a recording"],
  ["OggS", "a recording"],
  ["RIFF", "a recording or a picture"],
];

/** Bytes in which a PDF may begin, and in which its beginning says what a file is. */
const head = 1_024;

export function kindOf(bytes: Uint8Array): FileKind {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(head, bytes.length)).toString("latin1");
  if (start.includes("%PDF-")) return { kind: "pdf" };
  if (start.startsWith("\xFF\xFE")) return { kind: "text", encoding: "utf-16le" };
  if (start.startsWith("\xFE\xFF")) return { kind: "text", encoding: "utf-16be" };
  const encoding = encodingOf(bytes);
  if (encoding !== undefined) return { kind: "text", encoding };
  const words = marks.find(([mark]) => start.startsWith(mark))?.[1];
  return { kind: "other", words: words ?? "neither text nor a PDF" };
}

/** Undefined where it holds what no text does. */
function encodingOf(bytes: Uint8Array): string | undefined {
  if (bytes.some((byte) => byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13)) return undefined;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return "utf-8";
  } catch {
    // Excel on Windows still writes CSV so.
    return "windows-1252";
  }
}
