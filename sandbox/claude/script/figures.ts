import { askedPeriod, defaultPeriod, liesAhead } from "./ask.ts";
import { asList, asObject, lookUp, toolName } from "./calls.ts";
import type { Conversation, Period } from "./conversation.ts";
import { ahead, datesOf, inPeriod, plain, table } from "./markdown.ts";
import type { Move } from "./move.ts";

const MOST_COLUMNS = 7;

/** Calls one tool and shows its rows as a table: for tools whose answer is figures. */
export function reportFigures(conversation: Conversation, wanted: string, title: string): Move {
  const { current } = conversation;
  const tool = toolName(conversation, wanted);
  if (!tool) return { text: `I have no tool here for that (\`${wanted}\` is not offered to me).` };
  const takes = asObject(conversation.tools.get(tool)?.input_schema?.["properties"]);
  const period = "from_date" in takes ? (askedPeriod(current.context) ?? defaultPeriod(current.context)) : undefined;
  if (period && liesAhead(period, current.context)) return { text: ahead(period) };
  const input = period ? datesFor(period, takes) : {};
  const { outcome, next } = lookUp(current.outcomes, { name: tool, input }, conversation.tools);
  if (next) return { thinking: `This is a question of figures: ${title.toLowerCase()}.`, calls: [next] };
  if (outcome.isError) return { text: `I could not get that: ${outcome.text.trim()}` };
  return { text: renderFigures(outcome.json, title, period) };
}

/** As instants, or as plain dates where the tool takes nothing else. */
function datesFor(period: Period, takes: Record<string, unknown>): Record<string, string> {
  const plainDates = asObject(takes["from_date"])["pattern"] !== undefined;
  const { from, to } = plainDates ? datesOf(period) : period;
  return { from_date: from, to_date: to };
}

function renderFigures(json: unknown, title: string, period: Period | undefined): string {
  const rows = rowsOf(json);
  const when = period ? ` ${inPeriod(period)}` : "";
  if (rows.length === 0) return `Gong shows nothing for that${when}.`;
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].slice(0, MOST_COLUMNS);
  const head = columns.map((column) => plain(column.replaceAll("_", " ")));
  const body = rows.map((row) => columns.map((column) => plain(String(row[column] ?? ""))));
  return `### ${title}${when}\n\n${table([head, ...body])}`;
}

/** The first list of objects in an answer, each flattened to its plain values; ids and addresses are left out. */
function rowsOf(json: unknown): Record<string, string | number | boolean>[] {
  const lists = Object.values(asObject(json)).filter((value) => Array.isArray(value) && value.length > 0);
  return asList(lists[0]).map((item) => {
    const row: Record<string, string | number | boolean> = {};
    flatten(typeof item === "object" ? asObject(item) : { name: item }, row, 2);
    return row;
  });
}

function flatten(from: Record<string, unknown>, into: Record<string, string | number | boolean>, depth: number): void {
  for (const [key, value] of Object.entries(from)) {
    if (/(?:^|_)(?:id|url|email)$/.test(key)) continue;
    if (typeof value === "number") into[key] = Number.isInteger(value) ? value : Math.round(value * 100) / 100;
    else if (typeof value === "string" || typeof value === "boolean") into[key] = value;
    else if (Array.isArray(value) && value.every((one) => typeof one === "string")) into[key] = value.join(", ");
    else if (depth > 0) flatten(asObject(value), into, depth - 1);
  }
}
