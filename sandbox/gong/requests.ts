/** What callers may send, read as strictly as the vendor does: unknown fields are ignored, wrong values are not. */
import type { Context } from "hono";
import { GongRefusal } from "./errors.ts";

export type Fields = Readonly<Record<string, unknown>>;

export interface ListRequest {
  filter: Fields;
  contentSelector: Fields;
  cursor: string | undefined;
}

/** The body of a list request; `filter` must be there, even if it is empty. */
export async function readListRequest(c: Context): Promise<ListRequest> {
  if (!/^application\/json\b/i.test(c.req.header("content-type") ?? "")) {
    throw new GongRefusal(415, "Content type must be application/json");
  }
  const body = await readJson(c);
  if (!isFields(body)) throw new GongRefusal(400, "Request body is missing or malformed");
  if (!isFields(body.filter)) throw new GongRefusal(400, "filter: must not be null");
  const { contentSelector = {} } = body;
  if (!isFields(contentSelector)) throw new GongRefusal(400, "contentSelector: malformed value");
  return { filter: body.filter, contentSelector, cursor: readText(body, "cursor") };
}

async function readJson(c: Context): Promise<unknown> {
  try {
    return await c.req.json<unknown>();
  } catch {
    // Whatever the parser says, Gong says this.
    throw new GongRefusal(400, "Request body is missing or malformed");
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function readText(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw new GongRefusal(400, `${name}: malformed value`);
  return value;
}

/** Ids as strings; a number is taken for one, as the vendor's parser does, digits lost beyond 2^53 included. */
export function readIds(fields: Fields, name: string): Set<string> | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw new GongRefusal(400, `${name}: malformed value`);
  const ids = value.map((id: unknown) => String(id));
  const wrong = ids.find((id) => !/^\d{1,20}$/.test(id));
  if (wrong !== undefined) throw new GongRefusal(400, `${name}: invalid ID: ${wrong}`);
  return new Set(ids);
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/;

/** An ISO 8601 instant, in epoch ms. Without an offset it is refused, and so is one whose `+` was lost in a query. */
export function readInstant(fields: Fields, name: string): number | undefined {
  const text = readText(fields, name);
  if (text === undefined) return undefined;
  const instant = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(instant)) throw new GongRefusal(400, `${name}: invalid date-time: ${text}`);
  return instant;
}

/** A calendar day, YYYY-MM-DD, that must be given. */
export function readDay(fields: Fields, name: string): string {
  const text = readText(fields, name);
  if (text === undefined) throw new GongRefusal(400, `filter.${name}: must not be null`);
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  if (!day || Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== text) {
    throw new GongRefusal(400, `filter.${name}: invalid date: ${text}`);
  }
  return text;
}
