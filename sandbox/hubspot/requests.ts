/** What callers may send, read as strictly as HubSpot does: unknown fields are ignored, missing and wrong ones are not. */
import type { Context } from "hono";
import { type AssociationType, typeOf } from "./associations.ts";
import { HubSpotRefusal, invalid } from "./errors.ts";
import type { ObjectKind } from "./object-types.ts";

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The body, an object with at least these fields. */
export async function readBody(c: Context, ...required: string[]): Promise<Fields> {
  const body = await readJson(c);
  if (!isFields(body)) throw invalid("Invalid input JSON on line 1, column 1: Cannot deserialize value");
  need(body, ...required);
  return body;
}

export async function readJson(c: Context): Promise<unknown> {
  if (!/^application\/json\b/i.test(c.req.header("content-type") ?? "")) {
    throw new HubSpotRefusal(415, "HTTP 415 Unsupported Media Type");
  }
  try {
    return await c.req.json<unknown>();
  } catch {
    // Whatever the parser says, HubSpot says where; the place is of no use here.
    throw invalid("Invalid input JSON on line 1, column 1: Unexpected character");
  }
}

function need(fields: Fields, ...required: string[]): void {
  const missing = required.filter((name) => fields[name] === undefined || fields[name] === null);
  if (missing.length === 0) return;
  throw invalid(`Invalid input JSON on line 1, column 2. Some required fields were not set: [${missing.join(", ")}]`);
}

/** The objects of a list, each with at least these fields; at most `most` of them. */
export function readList(body: Fields, name: string, most: number, what: string, ...required: string[]): Fields[] {
  const list = body[name];
  if (!Array.isArray(list) || !list.every(isFields))
    throw invalid(`Invalid input JSON: ${name} must be a list of objects`);
  if (list.length > most) {
    throw invalid(
      `The maximum number of inputs supported in a batch request for ${what} is ${most}. Received ${list.length}.`,
    );
  }
  for (const item of list) need(item, ...required);
  return list;
}

/** `properties` of a write: an object of plain values. */
export function readProperties(body: Fields): Record<string, unknown> {
  const properties = body.properties ?? {};
  if (!isFields(properties) || Object.values(properties).some((value) => typeof value === "object" && value !== null)) {
    throw invalid("Invalid input JSON: properties must hold strings");
  }
  return { ...properties };
}

/** A plain value as text; HubSpot's parser takes numbers and booleans for it. */
export function readText(value: unknown, name: string): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw invalid(`Invalid input JSON: Cannot deserialize value of type \`java.lang.String\` for ${name}`);
}

export function readStrings(value: unknown, name: string): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalid(`Invalid input JSON: ${name} must be a list`);
  return value.map((item: unknown) => readText(item, name));
}

/** A list in a query: given again, or with commas. */
export function queryList(c: Context, name: string): string[] {
  return (c.req.queries(name) ?? []).flatMap((text) => text.split(",")).filter((text) => text !== "");
}

/** A whole number in a query, from 1 to `most`. */
export function queryLimit(c: Context, most: number, otherwise: number): number {
  const text = c.req.query("limit");
  if (text === undefined) return otherwise;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > most) {
    throw invalid(`Invalid limit ${text}: it must be between 1 and ${most}`);
  }
  return limit;
}

/** The links that a new record is to have: `[{to: {id}, types: [{associationCategory, associationTypeId}]}]`. */
export function readLinks(kind: ObjectKind, value: unknown): { type: AssociationType; toId: string }[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every(isFields)) throw invalid("Invalid input JSON: associations must be a list");
  return value.flatMap((link: Fields) => {
    need(link, "to", "types");
    const to = isFields(link.to) ? link.to : {};
    need(to, "id");
    return readTypes(kind, undefined, link.types).map((type) => ({ type, toId: readText(to.id, "id") }));
  });
}

/** The association types of a list `[{associationCategory, associationTypeId}]`, all of which must lead from `kind`. */
export function readTypes(kind: ObjectKind, to: ObjectKind | undefined, value: unknown): AssociationType[] {
  if (!Array.isArray(value) || value.length === 0 || !value.every(isFields)) {
    throw invalid("Invalid input JSON: at least one association type is needed");
  }
  return value.map((type: Fields) => {
    need(type, "associationCategory", "associationTypeId");
    return typeOf(kind.type, to?.type, type.associationCategory, type.associationTypeId);
  });
}
