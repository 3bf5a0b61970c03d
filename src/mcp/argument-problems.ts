import { nearestName } from "../core/nearest-name.ts";

/** How wrong arguments are told to a model: per field, what to do. One wording for our servers and for the gateway. */

export interface ArgumentProblem {
  /** `items[2].name`, or empty for the arguments as a whole. */
  field: string;
  /** What to do, such as `must be a whole number`. */
  advice: string;
}

/** Problems that are told; what is found beyond them is counted alone, because finding words for it would be for nothing. */
export const MAX_PROBLEMS = 10;
/** Arguments by name. No tool has as many, and each unknown one costs a search for what was meant. */
const MAX_ARGUMENTS = 200;
/** Characters of JSON up to which arguments are looked through for everything that is wrong with them. */
const MAX_CHARACTERS = 64 * 1024;

/** `total` counts those that are not among `problems` as well. */
export function describeArgumentProblems(
  tool: string,
  problems: readonly ArgumentProblem[],
  total = problems.length,
): string {
  const shown = problems
    .slice(0, MAX_PROBLEMS)
    .map(({ field, advice }) => (field ? `- ${field}: ${advice}` : `- ${advice}`));
  const rest = total > shown.length ? [`- and ${total - shown.length} more`] : [];
  return [
    `${tool} was not called: its arguments are wrong.`,
    ...shown,
    ...rest,
    "Correct them and call it again.",
  ].join("\n");
}

/** What is told of arguments that are so many that they are not looked at; undefined where they are not. */
export function tooManyArguments(args: unknown): ArgumentProblem | undefined {
  if (typeof args !== "object" || args === null) return undefined;
  const count = Object.keys(args).length;
  return count > MAX_ARGUMENTS ? { field: "", advice: `${count} arguments are too many` } : undefined;
}

/** Whether to look for all that is wrong: the time that takes grows with the arguments, and somebody else chose them. */
export function areSmall(args: unknown): boolean {
  return JSON.stringify(args).length <= MAX_CHARACTERS;
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

/** Names come from outside. */
const clip = (name: string) => (name.length > 64 ? `${name.slice(0, 63)}…` : name);
