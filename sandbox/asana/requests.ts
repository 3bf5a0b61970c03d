/** What callers may send, read as strictly as the vendor does. */
import type { Context } from "hono";
import { AsanaRefusal, missing } from "./errors.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** The object that a write carries in `data`. */
export async function readData(c: Context): Promise<Fields> {
  const body = await readJson(c);
  if (!isFields(body)) throw new AsanaRefusal(400, "Could not parse request data, invalid JSON");
  const stray = Object.keys(body).find((key) => key !== "data" && key !== "options");
  if (stray !== undefined) {
    throw new AsanaRefusal(
      400,
      `Unrecognized request field ${stray} . The only allowed keys at the top level are: data, options. Did you forget to wrap your data in a data object?`,
    );
  }
  if (!isFields(body.data)) throw missing("data");
  return body.data;
}

async function readJson(c: Context): Promise<unknown> {
  try {
    return await c.req.json<unknown>();
  } catch {
    // Whatever the parser says, Asana says this.
    throw new AsanaRefusal(400, "Could not parse request data, invalid JSON");
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function readGid(field: string, value: unknown): string {
  if (typeof value !== "string") throw new AsanaRefusal(400, `${field}: Not a valid GID type: ${typeof value}`);
  if (!/^\d{1,20}$/.test(value)) throw new AsanaRefusal(400, `${field}: Not a recognized ID: ${value}`);
  return value;
}

export function readText(field: string, value: unknown): string {
  if (typeof value !== "string") throw new AsanaRefusal(400, `${field}: Value is not a string: ${String(value)}`);
  return value;
}

export function readFlag(field: string, value: unknown): boolean {
  if (typeof value !== "boolean") throw new AsanaRefusal(400, `${field}: Value is not a boolean: ${String(value)}`);
  return value;
}

/** A flag in a query: a parameter that is there without a value is true. */
export function readQueryFlag(field: string, text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (text === "true" || text === "1" || text === "") return true;
  if (text === "false" || text === "0") return false;
  throw new AsanaRefusal(400, `${field}: Value is not a boolean: ${text}`);
}

export function readList(field: string, value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new AsanaRefusal(400, `${field}: Value is not an array: ${String(value)}`);
  return value;
}

/** A calendar day, YYYY-MM-DD. */
export function readDay(field: string, value: unknown): string {
  const text = readText(field, value);
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  if (!day || Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== text) {
    throw new AsanaRefusal(400, `${field}: Date must be in ISO-8601 (yyyy-mm-dd) format, not: ${text}`);
  }
  return text;
}

const MOMENT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2}))?$/;

/** An instant with its offset, or a day, which stands for its first moment in UTC; given back in UTC. */
export function readMoment(field: string, value: unknown): string {
  const text = readText(field, value);
  const instant = MOMENT.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(instant)) {
    throw new AsanaRefusal(400, `${field}: Date must be in ISO-8601 (yyyy-mm-ddThh:mm:ss.sssZ) format, not: ${text}`);
  }
  return new Date(instant).toISOString();
}
