import { readWhen } from "./when.ts";

/** Words of a text that are tried as "when": no rule takes more to say. */
const mostWords = 30;
/** Characters of them. */
const longestWhen = 500;

/**
 * "weekdays at 8:30 yesterday's calls", or the other way round, as when and what. The longest part that says when is taken; where
 * none does, all of it is what.
 */
export function splitDigest(text: string, asked: { zone: string; now: number }): { said: string; what: string } {
  const words = text.split(/\s+/).filter(Boolean);
  const says = (part: readonly string[]): boolean => {
    const said = join(part);
    return said.length <= longestWhen && "rule" in readWhen(said, asked);
  };
  for (let count = Math.min(words.length, mostWords); count > 0; count -= 1) {
    if (says(words.slice(0, count))) return { said: join(words.slice(0, count)), what: join(words.slice(count)) };
    if (says(words.slice(-count))) return { said: join(words.slice(-count)), what: join(words.slice(0, -count)) };
  }
  return { said: "", what: join(words) };
}

function join(words: readonly string[]): string {
  return words.join(" ").replaceAll(/^[\s,:;-]+|(?<![\s,:;-])[\s,:;-]+$/g, "");
}
