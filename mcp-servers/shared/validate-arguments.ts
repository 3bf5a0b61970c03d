import type { z } from "zod";
import { type ArgumentProblem, fieldPath, unknownArgument } from "../../src/mcp/argument-problems.ts";

type Issue = z.core.$ZodIssue;

/** What is wrong with a tool's arguments, in words that tell a model what to send instead. */
export function argumentProblems(issues: readonly Issue[], input: z.ZodObject, sent: unknown): ArgumentProblem[] {
  return issues.flatMap((issue) => {
    const field = fieldPath(issue.path);
    if (issue.code === "unrecognized_keys") return unknownKeys(issue, input, field);
    return [{ field, advice: adviceFor(issue, sent) }];
  });
}

function unknownKeys(issue: Issue & { keys: string[] }, input: z.ZodObject, field: string): ArgumentProblem[] {
  const known = field === "" ? Object.keys(input.shape) : [];
  if (field === "") return issue.keys.map((key) => unknownArgument(key, known));
  return issue.keys.map((key) => ({ field, advice: `has no field "${key}"` }));
}

function adviceFor(issue: Issue, sent: unknown): string {
  switch (issue.code) {
    case "invalid_type":
      return isMissing(issue, sent) ? `is required: ${typeNames[issue.expected] ?? issue.expected}` : wrongType(issue);
    case "too_small":
      return `must be ${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}${unitOf(issue.origin)}`;
    case "too_big":
      return `must be ${issue.inclusive === false ? "less than" : "at most"} ${issue.maximum}${unitOf(issue.origin)}`;
    case "invalid_value":
      return `must be ${issue.values.length > 1 ? "one of " : ""}${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
    case "invalid_format":
      return formatNames[issue.format] ?? `must be a valid ${issue.format}`;
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}`;
    default:
      return issue.message;
  }
}

function isMissing(issue: Issue, sent: unknown): boolean {
  let at: unknown = sent;
  for (const part of issue.path) at = (at as Record<PropertyKey, unknown> | undefined | null)?.[part];
  return at === undefined;
}

function wrongType(issue: Extract<Issue, { code: "invalid_type" }>): string {
  return `must be ${typeNames[issue.expected] ?? issue.expected}`;
}

const typeNames: Record<string, string> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
};

const formatNames: Record<string, string> = {
  datetime: "must be an instant such as 2026-03-31T09:00:00Z, with Z or an offset",
  date: "must be a day such as 2026-03-31",
  email: "must be an e-mail address",
  url: "must be a URL with https://",
};

function unitOf(origin: string): string {
  if (origin === "string") return " characters long";
  return origin === "array" || origin === "set" ? " items long" : "";
}
