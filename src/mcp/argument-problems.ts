/** How wrong arguments are told to a model: per field, what to do. One wording for our servers and for the gateway. */

export interface ArgumentProblem {
  /** `items[2].name`, or empty for the arguments as a whole. */
  field: string;
  /** What to do, such as `must be a whole number`. */
  advice: string;
}

export function describeArgumentProblems(tool: string, problems: readonly ArgumentProblem[]): string {
  const shown = problems.slice(0, 10).map(({ field, advice }) => (field ? `- ${field}: ${advice}` : `- ${advice}`));
  const rest = problems.length > 10 ? [`- and ${problems.length - 10} more`] : [];
  return [
    `${tool} was not called: its arguments are wrong.`,
    ...shown,
    ...rest,
    "Correct them and call it again.",
  ].join("\n");
}

export function unknownArgument(name: string, known: readonly string[]): ArgumentProblem {
  const nearest = nearestName(name, known);
  const hint = nearest
    ? `did you mean "${nearest}"?`
    : known.length > 0
      ? `known: ${known.join(", ")}`
      : "it takes none";
  return { field: "", advice: `"${clip(name)}" is not an argument of this tool; ${hint}` };
}

export function fieldPath(parts: readonly PropertyKey[]): string {
  return parts.reduce<string>((path, part) => {
    if (typeof part === "number") return `${path}[${part}]`;
    return path ? `${path}.${clip(String(part))}` : clip(String(part));
  }, "");
}

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
