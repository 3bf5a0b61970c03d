import type { ShownQuery, Step } from "./ports.ts";

type ToolResultStep = Extract<Step, { kind: "tool_result" }>;

const tools = new Set(["execute_query", "run_report"]);

/** The statements of a turn that the warehouse has answered, each once, in their order. */
export function queriesOf(steps: readonly Step[]): ShownQuery[] {
  const queries = new Map<string, ShownQuery>();
  for (const step of steps) {
    if (step.kind !== "tool_result" || step.isError || !tools.has(step.tool.split("__").at(-1) ?? "")) continue;
    const query = read(step, parsed(step.text));
    if (query) queries.set(query.sql, query);
  }
  return [...queries.values()];
}

function read({ arguments: given, links }: ToolResultStep, answer: Record<string, unknown>): ShownQuery | undefined {
  const sql = textOf(answer["sql"]) ?? textOf((given as Record<string, unknown>)["sql"]);
  if (sql === undefined) return undefined;
  const rows = answer["total_rows"];
  return {
    sql,
    report: textOf(answer["title"]),
    // What the service itself did not give as its page is no link.
    url: links?.find((link) => link === answer["url"]),
    rows: typeof rows === "number" ? rows : undefined,
  };
}

/** A result that was too long for the gateway is not whole JSON, and tells nothing beside the statement that was sent. */
function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
