import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Stands in the place of a letter that the font does not have. */
const missing = "□";
const elision = "…";

/** A font as far as a layout needs it: which letters it has, and how wide they are. */
export class Font {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #tables: ReadonlyMap<string, number>;
  readonly #unitsPerEm: number;
  readonly #metrics: number;
  readonly #groups: readonly { first: number; last: number; glyph: number }[];

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#tables = tablesOf(this.#view);
    this.#unitsPerEm = this.#view.getUint16(this.#table("head") + 18);
    this.#metrics = this.#view.getUint16(this.#table("hhea") + 34);
    this.#groups = this.#readGroups();
  }

  /** DejaVu Sans: Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew, Arabic and signs. */
  static async load(weight: "regular" | "bold"): Promise<Font> {
    const file =
      weight === "bold"
        ? require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf")
        : require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf");
    return new Font(await readFile(file));
  }

  /** Pixels that a line takes at this size. */
  width(text: string, size: number): number {
    let units = 0;
    for (const letter of text) units += this.#advance(this.#glyph(letter.codePointAt(0) ?? 0));
    return (units * size) / this.#unitsPerEm;
  }

  /** A text of somebody else's as it can be drawn: on one line, without control characters, missing letters marked. */
  drawable(text: string): string {
    const plain = text
      .toWellFormed()
      .normalize("NFC")
      .replace(/\s+/g, " ")
      .replace(/[\p{C}\p{Variation_Selector}]/gu, "")
      .trim();
    return Array.from(plain, (letter) => (this.#glyph(letter.codePointAt(0) ?? 0) === 0 ? missing : letter)).join("");
  }

  /** As much of it as fits, and a sign that there is more. */
  fit(text: string, size: number, room: number): string {
    if (this.width(text, size) <= room) return text;
    const letters = Array.from(text);
    while (letters.length > 0 && this.width(`${letters.join("").trimEnd()}${elision}`, size) > room) letters.pop();
    return letters.length > 0 ? `${letters.join("").trimEnd()}${elision}` : elision;
  }

  /** In lines of at most `room` pixels, at most so many; undefined where something would have to be cut. */
  wrap(text: string, size: number, room: number, lines: number): string[] | undefined {
    const wrapped: string[] = [];
    for (const word of text.split(" ")) {
      if (this.width(word, size) > room) return undefined;
      const longer = `${wrapped.at(-1) ?? ""} ${word}`.trim();
      if (wrapped.length > 0 && this.width(longer, size) <= room) wrapped[wrapped.length - 1] = longer;
      else wrapped.push(word);
    }
    return wrapped.length <= lines ? wrapped : undefined;
  }

  /** As `wrap` in two lines, the second one cut. */
  cutInTwo(text: string, size: number, room: number): string[] {
    const words = text.split(" ");
    let first = "";
    while (words[0] !== undefined && this.width(`${first} ${words[0]}`.trim(), size) <= room)
      first = `${first} ${words.shift()}`.trim();
    return [first, this.fit(words.join(" "), size, room)].filter((line) => line !== "");
  }

  #table(name: string): number {
    const offset = this.#tables.get(name);
    if (offset === undefined) throw new Error(`The font has no table ${name}`);
    return offset;
  }

  #advance(glyph: number): number {
    // Glyphs beyond the last record are as wide as its.
    return this.#view.getUint16(this.#table("hmtx") + 4 * Math.min(glyph, this.#metrics - 1));
  }

  /** 0 where it has none. */
  #glyph(codePoint: number): number {
    let low = 0;
    let high = this.#groups.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const group = this.#groups[middle];
      if (!group) return 0;
      if (codePoint < group.first) high = middle - 1;
      else if (codePoint > group.last) low = middle + 1;
      else return group.glyph + codePoint - group.first;
    }
    return 0;
  }

  /** The map of all of Unicode (format 12), which the font has beside the older ones. */
  #readGroups(): { first: number; last: number; glyph: number }[] {
    const cmap = this.#table("cmap");
    const view = this.#view;
    for (let index = 0; index < view.getUint16(cmap + 2); index++) {
      const map = cmap + view.getUint32(cmap + 4 + 8 * index + 4);
      if (view.getUint16(map) !== 12) continue;
      return Array.from({ length: view.getUint32(map + 12) }, (_, group) => {
        const at = map + 16 + 12 * group;
        return { first: view.getUint32(at), last: view.getUint32(at + 4), glyph: view.getUint32(at + 8) };
      });
    }
    throw new Error("The font has no map of all of Unicode");
  }
}

function tablesOf(view: DataView): Map<string, number> {
  const tables = new Map<string, number>();
  for (let index = 0; index < view.getUint16(4); index++) {
    const at = 12 + 16 * index;
    const name = String.fromCharCode(...[0, 1, 2, 3].map((byte) => view.getUint8(at + byte)));
    tables.set(name, view.getUint32(at + 8));
  }
  return tables;
}
