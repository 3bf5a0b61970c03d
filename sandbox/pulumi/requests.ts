/** What callers may send, and how it is read. */
import { timingSafeEqual } from "node:crypto";
import type { Context } from "hono";
import { badRequest, PulumiRefusal } from "./errors.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** `token` is the only scheme; what it opens is one person's view of the organizations. */
export function authenticate(c: Context, accessToken: string): void {
  const [scheme, token = ""] = (c.req.header("authorization") ?? "").split(" ");
  const given = Buffer.from(token);
  const wanted = Buffer.from(accessToken);
  if (scheme !== "token" || given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    throw new PulumiRefusal(401, "Unauthorized: No credentials provided or are invalid.");
  }
}

export function checkAccept(c: Context): void {
  if (!/application\/vnd\.pulumi\+\d+/.test(c.req.header("accept") ?? "")) {
    throw badRequest("the Accept header must name an API version, such as application/vnd.pulumi+8");
  }
}

/** The body as an object that has no other fields than these. */
export async function readBody(c: Context, known: readonly string[]): Promise<Fields> {
  if (!/^application\/json\b/i.test(c.req.header("content-type") ?? "")) {
    throw new PulumiRefusal(415, "Unsupported Media Type: the Content-Type must be application/json");
  }
  const body = await readJson(c);
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw badRequest("the request body must be a JSON object");
  }
  const unknown = Object.keys(body).find((name) => !known.includes(name));
  if (unknown !== undefined) throw badRequest(`unknown field '${unknown}'`);
  return body as Fields;
}

async function readJson(c: Context): Promise<unknown> {
  try {
    return await c.req.json<unknown>();
  } catch {
    // Whatever the parser says, the service says this.
    throw badRequest("invalid JSON in the request body");
  }
}

/** A whole number of the query within bounds, both inclusive. */
export function readWhole(c: Context, name: string, [min, max]: [number, number], words?: string): number | undefined {
  const text = c.req.query(name);
  if (text === undefined) return undefined;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value) || value < min || value > max) {
    throw badRequest(words ?? `Invalid '${name}' value.`);
  }
  return value;
}

/** A token that says where a list goes on; it is good for the list that gave it. */
export function tokenOf(list: string, at: number): string {
  return Buffer.from(`${list}:${at}`).toString("base64url");
}

export function readToken(list: string, token: string | undefined): number {
  if (token === undefined || token === "") return 0;
  const match = /^(.*):(\d{1,9})$/s.exec(Buffer.from(token, "base64url").toString());
  if (!match || match[1] !== list) throw badRequest("Invalid continuation token");
  return Number(match[2]);
}
