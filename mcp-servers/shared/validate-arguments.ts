import type { z } from "zod";
import {
  type ArgumentProblem,
  areSmall,
  describeArgumentProblems,
  fieldPath,
  MAX_PROBLEMS,
  tooManyArguments,
  unknownArgument,
} from "../../src/mcp/argument-problems.ts";
import type { AnyTool } from "./define-tool.ts";

type Issue = z.core.$ZodIssue;

export type CheckedArguments = { input: Record<string, unknown> } | { problem: string };

/**
 * A tool's arguments with their defaults, or what is wrong with them in words that tell a model what to send instead. Zod
 * finds all that is wrong before it stops, so arguments that are larger than any tool of ours takes are refused unread.
 */
export function checkArguments(
  { name, input }: Pick<AnyTool<never>, "name" | "input">,
  sent: unknown,
): CheckedArguments {
  const tooMany = tooManyArguments(sent) ?? (areSmall(sent) ? undefined : tooLarge);
  if (tooMany) return { problem: describeArgumentProblems(name, [tooMany]) };
  const parsed = input.safeParse(sent);
  if (parsed.success) return { input: parsed.data };
  const { issues } = parsed.error;
  const problems = issues.slice(0, MAX_PROBLEMS).flatMap((issue) => problemsOf(issue, input, sent));
  const total = issues.reduce((sum, issue) => sum + (issue.code === "unrecognized_keys" ? issue.keys.length : 1), 0);
  return { problem: describeArgumentProblems(name, problems, total) };
}

const tooLarge: ArgumentProblem = { field: "", advice: "together they are too large" };

function problemsOf(issue: Issue, input: z.ZodObject, sent: unknown): ArgumentProblem[] {
  const field = fieldPath(issue.path);
  if (issue.code !== "unrecognized_keys") return [{ field, advice: adviceFor(issue, sent) }];
  const keys = issue.keys.slice(0, MAX_PROBLEMS);
  if (field === "") return keys.map((key) => unknownArgument(key, Object.keys(input.shape)));
  return keys.map((key) => ({ field, advice: `has no field "${key}"` }));
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
      // A pattern says itself, in its own words, what must be sent.
      return issue.format === "regex"
        ? issue.message
        : (formatNames[issue.format] ?? `must be a valid ${issue.format}`);
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
