/**
 * Vectors without a model: each word's stem falls on fixed places by its hash, so that texts with words in common point
 * the same way. The same text gives the same vector on every machine.
 */
const PLACES = 4;

const STOP_WORDS = new Set(
  (
    "a about all also am an and any are as at be been before but by can could did do does for from get had has have he her " +
    "him his how i if in into is it its last may me more most my no not of on or our out said say says she should so some than " +
    "call called calls customer customers ever mention mentioned month months quarter talk talked tell told week weeks year years yesterday today " +
    "that the their them then there these they this those to us was we were what when where which who why will with would you your"
  ).split(" "),
);

/** Lower-case words without the small ones that every text has. */
export function wordsOf(text: string): string[] {
  const words =
    text
      .normalize("NFKD")
      .replace(/\p{M}/gu, "")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  const telling = words.filter((word) => !STOP_WORDS.has(word));
  return telling.length > 0 ? telling : words;
}

/** Enough of a stem for "prices", "priced" and "pricing" to meet. */
export function stemOf(word: string): string {
  return word.length > 4 ? word.replace(/(?:ings?|ies|ied|ed|es|s|e|y)$/, "") : word;
}

/** A unit vector; all zero has no direction, so a text without words points along the first axis. */
export function embed(text: string, dimension: number): number[] {
  const counts = new Map<string, number>();
  for (const word of wordsOf(text)) counts.set(stemOf(word), (counts.get(stemOf(word)) ?? 0) + 1);
  const vector = Array<number>(dimension).fill(0);
  for (const [stem, count] of counts) {
    for (let place = 0; place < PLACES; place++) {
      const h = hash(`${place}:${stem}`);
      const at = (h >>> 1) % dimension;
      vector[at] = (vector[at] ?? 0) + (h & 1 ? 1 : -1) * (1 + Math.log(count));
    }
  }
  const length = Math.hypot(...vector);
  if (length === 0) return vector.map((_, i) => (i === 0 ? 1 : 0));
  return vector.map((value) => Math.round((value / length) * 1e8) / 1e8);
}

export type Metric = "cosine" | "dotproduct" | "euclidean";

/** As the index's metric has it: more is nearer, except with `euclidean`, where it is the squared distance. */
export function similarity(a: readonly number[], b: readonly number[], metric: Metric): number {
  let dot = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i] ?? 0;
    const y = b[i] ?? 0;
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }
  if (metric === "dotproduct") return dot;
  if (metric === "euclidean") return aa + bb - 2 * dot;
  return aa === 0 || bb === 0 ? 0 : dot / Math.sqrt(aa * bb);
}

/** What a model would count: about four letters each. */
export const tokensOf = (text: string): number => Math.max(1, Math.ceil(text.length / 4));

function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619);
  h = Math.imul(h ^ (h >>> 16), 2246822507);
  return (h ^ (h >>> 13)) >>> 0;
}
