/** Numbers in ascending order, in short: `1-4,7`. */
export function toRanges(numbers: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const number of numbers) {
    const range = ranges.at(-1);
    if (range && range[1] === number - 1) range[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(",");
}

/** What `toRanges` was given. */
export function* numbersIn(ranges: string): Generator<number> {
  for (const range of ranges.split(",")) {
    const [first = Number.NaN, last = first] = range.split("-").map(Number);
    for (let number = first; number <= last; number += 1) yield number;
  }
}
