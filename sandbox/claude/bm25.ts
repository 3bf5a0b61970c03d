/** What is searched: a tool's name and all words that describe it. */
export interface Entry {
  name: string;
  text: string;
}

/** How soon a word that is said again counts for less. */
const SATURATION = 1.5;
/** How much a long text is held against it. */
const LENGTH_WEIGHT = 0.75;
const STOP_WORDS = new Set(
  "a an and are as at be but by can do does for from have how i if in is it its me my not of on or our so than that the them then there this to was we what when where which who will with you".split(
    " ",
  ),
);

/** Okapi BM25: the names of the entries that share a word with the query, best first. Words count as they are written. */
export function bestMatches(query: string, entries: readonly Entry[], most: number): string[] {
  const texts = entries.map(({ name, text }) => ({ name, words: wordsOf(`${name} ${text}`) }));
  const averageLength = texts.reduce((sum, { words }) => sum + words.length, 0) / Math.max(1, texts.length);
  const asked = [...new Set(wordsOf(query))].map((word) => ({
    word,
    rarity: rarityOf(texts.filter(({ words }) => words.includes(word)).length, texts.length),
  }));
  const scored = texts.map(({ name, words }) => {
    const room = SATURATION * (1 - LENGTH_WEIGHT + (LENGTH_WEIGHT * words.length) / averageLength);
    const score = asked.reduce((sum, { word, rarity }) => {
      const times = words.filter((one) => one === word).length;
      return sum + (rarity * times * (SATURATION + 1)) / (times + room);
    }, 0);
    return { name, score };
  });
  return scored
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
}

function rarityOf(having: number, all: number): number {
  return Math.log(1 + (all - having + 0.5) / (having + 0.5));
}

function wordsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.filter((word) => !STOP_WORDS.has(word));
}
