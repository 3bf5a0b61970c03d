/** Deterministic randomness: the same key gives the same stream on every machine. */
export interface Random {
  /** From 0 (inclusive) to 1 (exclusive). */
  next(): number;
  /** A whole number from `min` to `max`, both inclusive. */
  int(min: number, max: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** A new array in random order. */
  shuffle<T>(items: readonly T[]): T[];
  /** A decimal id without a leading zero. */
  digits(length: number): string;
}

/** A stream (sfc32) for a key such as `(seed, "call", 17)`. */
export function createRandom(...key: (string | number)[]): Random {
  const next = sfc32(key.join("\u0000"));
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  const pick = <T>(items: readonly T[]): T => {
    const item = items[int(0, items.length - 1)];
    if (item === undefined) throw new RangeError("pick() needs at least one item");
    return item;
  };
  const shuffle = <T>(items: readonly T[]): T[] => {
    const order = [...items];
    for (let i = order.length - 1; i > 0; i--) {
      const j = int(0, i);
      [order[i], order[j]] = [order[j] as T, order[i] as T];
    }
    return order;
  };
  const digits = (length: number): string => {
    // 20 digits still fit an unsigned 64-bit integer when they begin with 1 and stay under 18446744073709551615.
    let text = length === 20 ? `1${int(0, 7)}` : String(int(1, 9));
    while (text.length < length) text += int(0, 9);
    return text;
  };
  return { next, int, chance: (probability) => next() < probability, pick, shuffle, digits };
}

function sfc32(key: string): () => number {
  let a = hash(key, 0x9e3779b9);
  let b = hash(key, 0x243f6a88);
  let c = hash(key, 0xb7e15162);
  let counter = 1;
  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4294967296;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}

/** FNV-1a with a final avalanche. */
function hash(text: string, basis: number): number {
  let h = basis;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619);
  h = Math.imul(h ^ (h >>> 16), 2246822507);
  h = Math.imul(h ^ (h >>> 13), 3266489909);
  return h ^ (h >>> 16);
}
