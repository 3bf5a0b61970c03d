import { createHmac } from "node:crypto";
import { GongRefusal } from "./errors.ts";

const PAGE_SIZE = 100;

export interface Records {
  totalRecords: number;
  currentPageSize: number;
  /** From 0. */
  currentPageNumber: number;
  cursor?: string;
}

export interface Page<T> {
  items: T[];
  records: Records;
}

const SECRET = "cursors are nobody else's to make";

/**
 * The page that the cursor stands for. A cursor is good for one list with one filter: "all other request inputs should
 * remain the same", say the documents, and one that is not of this list is refused.
 */
export function pageOf<T>(items: readonly T[], list: string, filter: unknown, cursor: string | undefined): Page<T> {
  const scope = `${list} ${JSON.stringify(filter)}`;
  const number = cursor === undefined ? 0 : readCursor(cursor, scope);
  const page = items.slice(number * PAGE_SIZE, (number + 1) * PAGE_SIZE);
  const hasMore = items.length > (number + 1) * PAGE_SIZE;
  return {
    items: page,
    records: {
      totalRecords: items.length,
      currentPageSize: page.length,
      currentPageNumber: number,
      ...(hasMore ? { cursor: writeCursor(number + 1, scope) } : {}),
    },
  };
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Shaped like the vendor's, which is a signed token. */
function writeCursor(page: number, scope: string): string {
  const body = `${encode({ alg: "HS256" })}.${encode({ page })}`;
  return `${body}.${sign(body, scope)}`;
}

function sign(body: string, scope: string): string {
  return createHmac("sha256", SECRET).update(`${body}\n${scope}`).digest("base64url");
}

function readCursor(cursor: string, scope: string): number {
  const end = cursor.lastIndexOf(".");
  const body = cursor.slice(0, Math.max(end, 0));
  if (end < 0 || sign(body, scope) !== cursor.slice(end + 1)) throw new GongRefusal(400, "Failed to verify cursor");
  const claims = JSON.parse(Buffer.from(body.split(".")[1] ?? "", "base64url").toString()) as { page: number };
  return claims.page;
}
