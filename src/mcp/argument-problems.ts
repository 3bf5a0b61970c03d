import { nearestName } from "../core/nearest-name.ts";

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

/** Names come from outside. */
const clip = (name: string) => (name.length > 64 ? `${name.slice(0, 63)}…` : name);
