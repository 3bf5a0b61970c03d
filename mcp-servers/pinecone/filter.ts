import { z } from "zod";
import { UserError } from "../../src/core/errors.ts";
import { nearestName } from "../../src/core/nearest-name.ts";
import { checkTimeZone, instantRange } from "../shared/date-range.ts";
import type { ToolCaller } from "../shared/define-tool.ts";

export type Filter = Record<string, unknown>;

/** What narrows a search, in a person's words. Records that lack a field do not fit a filter on it. */
export const filterArguments = {
  account: z.string().min(1).max(200).optional().describe("Only of this account, spelt as in the CRM"),
  owner_email: z
    .string()
    .max(254)
    .regex(/^(me|[^\s@]+@[^\s@]+)$/, "must be an e-mail address, or 'me' for whoever asks")
    .optional()
    .describe("Only calls or documents of this person: e-mail address, or 'me' for whoever asks"),
  source: z.string().min(1).max(100).optional().describe("Only from there: 'gong' (calls), 'playbook'"),
  from_date: z
    .string()
    .max(40)
    .optional()
    .describe(
      "Only calls from here on: a day (YYYY-MM-DD) or a date-time with offset. Leaves out documents without a call's date",
    ),
  to_date: z.string().max(40).optional().describe("Until here; a plain day is included"),
  time_zone: z.string().max(64).optional().describe("IANA zone of plain days and of times returned; UTC unless told"),
  filter: z
    .record(z.string(), z.unknown())
    .optional()
    .describe(
      'Pinecone\'s own filter over metadata, for fields that have no argument: {"topic": {"$in": ["pricing", "renewal"]}}',
    ),
};

export type FilterInput = z.output<z.ZodObject<typeof filterArguments>>;

/** Beyond any instant that is meant: one end may be left out. */
const beginning = "1970-01-01";
const end = "9999-12-30";

/** All of it together as Pinecone takes it; undefined where nothing narrows, for an empty filter is refused. Throws UserError. */
export function filterOf(input: FilterInput, caller: ToolCaller | undefined): Filter | undefined {
  const { account, source, filter } = input;
  const parts: Filter[] = [];
  if (account !== undefined) parts.push({ account: { $eq: account } });
  if (input.owner_email !== undefined) parts.push(ownerFilter(input.owner_email, caller));
  if (source !== undefined) parts.push({ source: { $eq: source } });
  const dates = dateFilter(input);
  if (dates) parts.push(dates);
  if (filter !== undefined) parts.push(checkedFilter(filter));
  return parts.length > 1 ? { $and: parts } : parts[0];
}

/** Throws UserError for 'me' of somebody unknown. */
export function addressOf(email: string, caller: ToolCaller | undefined): string {
  if (email !== "me") return email;
  if (caller?.email) return caller.email;
  throw new UserError("owner_email: it is not known who asks, so 'me' means nobody. Send the e-mail address.");
}

function ownerFilter(wanted: string, caller: ToolCaller | undefined): Filter {
  const email = addressOf(wanted, caller);
  // Comparison is exact; addresses are written in either form.
  return { owner_email: { $in: [...new Set([email, email.toLowerCase()])] } };
}

function dateFilter({ from_date, to_date, time_zone = "UTC" }: FilterInput): Filter | undefined {
  checkTimeZone("time_zone", time_zone);
  if (from_date === undefined && to_date === undefined) return undefined;
  const { from, to } = instantRange(from_date ?? beginning, to_date ?? end, time_zone);
  const conditions = {
    ...(from_date === undefined ? {} : { $gte: Math.ceil(from / 1000) }),
    ...(to_date === undefined ? {} : { $lt: Math.ceil(to / 1000) }),
  };
  return { started_at: conditions };
}

const groups = ["$and", "$or"];
const comparisons = ["$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$exists"];
const operators = [...groups, ...comparisons];
const deepest = 6;
const mostParts = 200;

/** Refuses here what Pinecone would refuse, or a field's name that begins with `$`, in words that say what to send. */
function checkedFilter(filter: Filter): Filter {
  if (Object.keys(filter).length === 0) throw new UserError("filter is empty: leave it out, or name a field in it.");
  const budget = { parts: mostParts };
  checkConditions(filter, 1, budget);
  return filter;
}

function checkConditions(filter: Filter, depth: number, budget: { parts: number }): void {
  if (depth > deepest) throw new UserError(`filter: at most ${deepest} groups inside of each other.`);
  for (const [name, condition] of Object.entries(filter)) {
    if (--budget.parts < 0) throw new UserError(`filter: at most ${mostParts} conditions.`);
    if (groups.includes(name)) {
      for (const part of listOf(name, condition)) checkConditions(part, depth + 1, budget);
    } else if (name.startsWith("$")) throw unknownOperator(name, groups);
    else if (isObject(condition)) checkField(name, condition);
    else if (!isScalar(condition))
      throw new UserError(`filter: ${name} must be a text, number, boolean or {"$in": [...]}.`);
  }
}

function checkField(field: string, condition: Filter): void {
  const names = Object.keys(condition);
  if (names.length === 0) throw new UserError(`filter: ${field} has no condition: send a value, or {"$in": [...]}.`);
  const unknown = names.find((name) => !comparisons.includes(name));
  if (unknown !== undefined) throw unknownOperator(unknown, comparisons);
}

function unknownOperator(name: string, allowed: readonly string[]): UserError {
  const nearest = nearestName(name, operators);
  const hint = nearest && allowed.includes(nearest) ? ` Did you mean ${nearest}?` : "";
  return new UserError(`filter: "${name.slice(0, 64)}" is no operator here.${hint} There are: ${allowed.join(", ")}.`);
}

function listOf(operator: string, condition: unknown): Filter[] {
  if (Array.isArray(condition) && condition.length > 0 && condition.every(isObject)) return condition;
  throw new UserError(`filter: ${operator} takes a list of filters.`);
}

function isObject(value: unknown): value is Filter {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): boolean {
  return typeof value === "string" || typeof value === "boolean" || typeof value === "number";
}
