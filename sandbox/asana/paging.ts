import { createHmac } from "node:crypto";
import type { Context } from "hono";
import { AsanaRefusal } from "./errors.ts";

/** Without `limit` a list comes whole, up to this many; beyond it is refused. */
const MOST_UNPAGED = 1000;
const TOKEN_LIFE_MS = 3_600_000;
const SECRET = "offsets are nobody else's to make";

export interface Page<T> {
  items: T[];
  /** Only where a limit was given: null on the last page. */
  next_page?: { offset: string; path: string; uri: string } | null;
}

/**
 * The page that `limit` and `offset` ask for. An offset stands for the last item that was seen, is good for one list with
 * one filter, and for an hour.
 */
export function pageOf<T extends { gid: string }>(items: readonly T[], c: Context, now: number): Page<T> {
  const url = new URL(c.req.url);
  const limit = readLimit("limit", url.searchParams.get("limit"));
  const offset = url.searchParams.get("offset");
  const scope = scopeOf(url);
  const start = offset === null ? 0 : positionAfter(items, readOffset(offset, scope, now));
  if (limit === undefined) {
    if (items.length > MOST_UNPAGED) {
      throw new AsanaRefusal(
        400,
        "The result is too large. You should use pagination (may require specifying a workspace)!",
      );
    }
    return { items: items.slice(start) };
  }
  const page = items.slice(start, start + limit);
  const last = page.at(-1);
  if (!last || start + limit >= items.length) return { items: page, next_page: null };
  const next = writeOffset({ after: last.gid, at: now }, scope);
  url.searchParams.set("offset", next);
  const path = `${url.pathname.replace("/api/1.0", "")}${url.search}`;
  return { items: page, next_page: { offset: next, path, uri: url.href } };
}

export function readLimit(field: string, text: string | null | undefined): number | undefined {
  if (text === null || text === undefined) return undefined;
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > 100) throw new AsanaRefusal(400, `${field}: Must be between 1 and 100, not: ${text}`);
  return limit;
}

interface Claims {
  after: string;
  /** Epoch ms. */
  at: number;
}

function scopeOf(url: URL): string {
  const own = [...url.searchParams].filter(([name]) => !["limit", "offset", "opt_fields", "opt_pretty"].includes(name));
  return `${url.pathname} ${JSON.stringify(own.toSorted(([a], [b]) => a.localeCompare(b)))}`;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Shaped like the vendor's, which is a signed token. */
function writeOffset(claims: Claims, scope: string): string {
  const body = `${encode({ typ: "JWT", alg: "HS256" })}.${encode(claims)}`;
  return `${body}.${sign(body, scope)}`;
}

function sign(body: string, scope: string): string {
  return createHmac("sha256", SECRET).update(`${body}\n${scope}`).digest("base64url");
}

function readOffset(offset: string, scope: string, now: number): string {
  const end = offset.lastIndexOf(".");
  const body = offset.slice(0, Math.max(end, 0));
  if (end < 0 || sign(body, scope) !== offset.slice(end + 1)) {
    throw new AsanaRefusal(400, "offset: Your pagination token is invalid.");
  }
  const claims = JSON.parse(Buffer.from(body.split(".")[1] ?? "", "base64url").toString()) as Claims;
  if (now - claims.at > TOKEN_LIFE_MS) throw new AsanaRefusal(400, "offset: Your pagination token has expired.");
  return claims.after;
}

function positionAfter(items: readonly { gid: string }[], gid: string): number {
  const index = items.findIndex((item) => item.gid === gid);
  // What was last seen has left the list, so that nobody knows where to go on.
  if (index < 0) throw new AsanaRefusal(400, "offset: Your pagination token has expired.");
  return index + 1;
}
