/** The known name with the fewest edits from `name`, if it is near enough to be a slip. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const wanted = fold(clip(name));
  let best: string | undefined;
  let fewest = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(wanted, fold(clip(candidate)));
    if (distance < fewest) [best, fewest] = [candidate, distance];
  }
  return best;
}

const fold = (name: string) => name.toLowerCase().replaceAll(/[_-]/g, "");

/** Names come from outside: bounded, so that comparing them is. */
const clip = (name: string) => (name.length > 64 ? `${name.slice(0, 63)}…` : name);

/** Levenshtein, with a swap of neighbours as one edit. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, (beforePrevious[j - 2] ?? 0) + 1);
      current.push(cost);
    }
    [beforePrevious, previous] = [previous, current];
  }
  return previous[b.length] ?? 0;
}
