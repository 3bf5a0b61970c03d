import { matches } from "../../core/patterns.ts";
import { holdsChannel } from "../../core/people-lists.ts";
import type { JsonObject, McpToolResult } from "../../mcp/types.ts";
import type { ConfidentialRule } from "../settings.ts";
import { type AuthorisedCall, authorised, type Interceptor, type Next, Refusal } from "../tool-call.ts";

/**
 * Hands out nothing in a channel that a rule keeps from it: what a read found, and what a write would change. Stands before the
 * cache and the pages of long results, so that neither gives out later what was kept back here: the cursor of a page is in the
 * page before it.
 */
export function createListeners(rules: readonly ConfidentialRule[]): Interceptor {
  return async (call, next) => {
    const concerned = rulesFor(rules, authorised(call));
    if (concerned.length === 0) return next(call);
    if (call.purpose?.kind === "look_up") return lookedUp(authorised(call), next, concerned);
    const isSent = !authorised(call).tool.isRead && call.purpose?.kind !== "preview";
    return (isSent ? written : read)(authorised(call), next, concerned);
  };
}

function rulesFor(rules: readonly ConfidentialRule[], call: AuthorisedCall): ConfidentialRule[] {
  const { name, caller } = call;
  // Another MCP client is no channel.
  if (caller?.audience !== "channel") return [];
  return rules.filter(({ tools, channels }) => matches(tools, name) && !holdsChannel(channels, caller));
}

async function read(call: AuthorisedCall, next: Next, rules: readonly ConfidentialRule[]): Promise<McpToolResult> {
  const result = await next(call);
  if (isMet(rules, call, result)) throw keptBack(call.name);
  return result;
}

/**
 * A write whose result would be kept back is not made: a refusal after it would pass for one before it. Where the rules ask
 * about a value, its preview tells that. Should the value have changed in between, it is said only that it was done.
 */
async function written(call: AuthorisedCall, next: Next, rules: readonly ConfidentialRule[]): Promise<McpToolResult> {
  const canTell = call.tool.upstream.previews && rules.every((rule) => !isForAll(rule));
  if (!canTell) throw keptBack(call.name);
  const preview = await next({ ...call, purpose: { kind: "preview" } });
  if (isMet(rules, call, preview)) throw keptBack(call.name);
  const result = await next(call);
  if (!isMet(rules, call, result)) return result;
  return { ...result, content: [{ type: "text", text: doneUnseen }], structuredContent: undefined };
}

/** What became of the write is told in any case, or it might be made again; what the service answered only where it may be. */
async function lookedUp(call: AuthorisedCall, next: Next, rules: readonly ConfidentialRule[]): Promise<McpToolResult> {
  const result = await next(call);
  if (!isMet(rules, call, result)) return result;
  const { state, retryable } = result.structuredContent ?? {};
  if (state === "done") return { content: [], structuredContent: { state, output: { note: doneUnseen } } };
  if (state === "not_done") return { content: [], structuredContent: { state } };
  if (state !== "unknown") throw keptBack(call.name);
  return {
    content: [],
    structuredContent: { state, reason: keptBack(call.name).message, retryable: retryable === true },
  };
}

const doneUnseen =
  "It was done. What the service answered is not for everybody here; say that it was done, and no more.";

function keptBack(tool: string): Refusal {
  return new Refusal("private", `What ${tool} would show is not for everybody who reads here.`);
}

function isMet(rules: readonly ConfidentialRule[], call: AuthorisedCall, result: McpToolResult): boolean {
  const { isTrusted } = call.tool.upstream;
  // Words of our own servers, which say why there is no result.
  if (isTrusted && result.isError) return false;
  const { structuredContent } = result;
  // Values cannot be read out of words, nor out of what a server that we do not know calls its own.
  if (!isTrusted || !structuredContent) return true;
  return rules.some((rule) => isForAll(rule) || holdsMore(rule, structuredContent));
}

/** A limit without a field is one on nothing that could be found. */
function isForAll({ field }: ConfidentialRule): boolean {
  return field === undefined;
}

/** Whether a field of the rule's name is above its limit, at any depth; a table's rows have the names of its columns. */
function holdsMore(rule: ConfidentialRule, value: unknown): boolean {
  if (Array.isArray(value)) return value.some((item) => holdsMore(rule, item));
  if (typeof value !== "object" || value === null) return false;
  const object = value as JsonObject;
  const fields = [...Object.entries(object), ...cellsOf(object), ...pairsOf(object)];
  return fields.some(([name, inner]) => (isCalled(rule, name) && isAbove(rule, inner)) || holdsMore(rule, inner));
}

/** A preview shows a field by the name that people know it by: `credit_limit` is "Credit limit (EUR)" there. */
function isCalled({ field = "" }: ConfidentialRule, name: string): boolean {
  return name === field || plainName(name) === plainName(field);
}

function plainName(name: string): string {
  const plain = name.toLowerCase().replaceAll(/\([^()]*\)|[^\p{L}\p{N}]/gu, "");
  return plain === "" ? name.toLowerCase() : plain;
}

/** Of `{columns: [{name}], rows: [[…]]}`, each cell under the name of its column. */
function cellsOf({ columns, rows }: JsonObject): [string, unknown][] {
  if (!Array.isArray(columns) || !Array.isArray(rows)) return [];
  return rows.flatMap((row: unknown) =>
    Array.isArray(row)
      ? row.map((cell, index): [string, unknown] => [String((columns[index] as JsonObject | undefined)?.name), cell])
      : [],
  );
}

const namingKeys = ["name", "label", "field", "key", "property"];
const valueKey = /^(?:before|after|amount|.*values?)$/i;

/** Of `{name, value}`, or `{field, before, after}` as previews have it, each value under the name beside it. */
function pairsOf(object: JsonObject): [string, unknown][] {
  const names = namingKeys.map((key) => object[key]).filter((name) => typeof name === "string");
  const values = Object.entries(object).filter(([key]) => valueKey.test(key));
  return names.flatMap((name) => values.map(([, value]): [string, unknown] => [name, value]));
}

/** What cannot be read as one number may be any: it is above every limit. Nothing is not. */
function isAbove(rule: ConfidentialRule, value: unknown): boolean {
  if (rule.above === undefined) return true;
  if (value === undefined || value === null) return false;
  if (Array.isArray(value)) return value.some((item) => isAbove(rule, item));
  if (typeof value === "object") {
    const { value: inner, amount } = value as JsonObject;
    const told = [inner, amount].filter((one) => one !== undefined);
    return (told.length > 0 ? told : Object.values(value)).some((one) => isAbove(rule, one));
  }
  if (typeof value === "string" && value.trim() === "") return false;
  const number = typeof value === "string" ? numberIn(value) : value;
  return !(typeof number === "number" && number <= rule.above);
}

const longestNumber = 60;
const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf("currency"));
const money = /^(-?)(?:([a-z]{3})|(?:us|ca|au|nz|hk)?\p{Sc})?\s*(-?[\d.,'’_\s]*\d)\s*(?:([a-z]{3})|\p{Sc})?$/iu;

/** Of "80000", "80,000.00 EUR", "80.000,00 €" or "$80,000"; NaN where it is not one number alone. */
function numberIn(text: string): number {
  const trimmed = text.trim();
  const [, sign = "", before, digits = "", after] = (trimmed.length <= longestNumber && money.exec(trimmed)) || [];
  if ([before, after].some((code) => code !== undefined && !currencies.has(code.toUpperCase()))) return Number.NaN;
  // "90.000" is ninety thousand to some and ninety to others: the more of the two.
  if (/^-?[1-9]\d{0,2}(?:[.,'’_\s]\d{3})$/.test(digits)) return Number(sign + digits.replace(/[.,'’_\s]/, ""));
  if (/^-?\d{1,3}(?:[,'’_\s]\d{3})*(?:\.\d+)?$/.test(digits)) return Number(sign + digits.replaceAll(/[,'’_\s]/g, ""));
  if (/^-?\d{1,3}(?:[.'’_\s]\d{3})*(?:,\d+)?$/.test(digits)) {
    return Number(sign + digits.replaceAll(/[.'’_\s]/g, "").replace(",", "."));
  }
  return /^-?(?:\d+|\d*\.\d+)$/.test(digits) ? Number(sign + digits) : Number.NaN;
}
