import { createHash } from "node:crypto";
import { z } from "zod";
import { UserError } from "../../src/core/errors.ts";

/**
 * A cursor that means something to its own question only: `query` (the arguments it was made for) is bound into it by a
 * hash, so that a cursor that is used with other arguments is refused instead of answering something else.
 */
export function encodeCursor(query: unknown, position: unknown): string {
  return Buffer.from(JSON.stringify([fingerprint(query), position])).toString("base64url");
}

/** Throws UserError when it is not a cursor of this question. */
export function decodeCursor<Position extends z.ZodType>(
  cursor: string,
  query: unknown,
  position: Position,
): z.output<Position> {
  const parsed = z.tuple([z.literal(fingerprint(query)), position]).safeParse(readJson(cursor));
  if (parsed.success) return parsed.data[1] as z.output<Position>;
  throw new UserError("This cursor belongs to another question. Repeat the arguments it came with, or leave it out.");
}

function readJson(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    // Whatever it is, it is not one of ours: decodeCursor says so.
    return undefined;
  }
}

function fingerprint(query: unknown): string {
  return createHash("sha256").update(JSON.stringify(query)).digest("base64url").slice(0, 10);
}

export interface Page<Item> {
  items: Item[];
  total: number;
  truncated: boolean;
  cursor?: string | undefined;
}

/** One page of a list that is wholly at hand. */
export function pageOf<Item>(
  all: readonly Item[],
  options: { limit: number; cursor: string | undefined; query: unknown },
): Page<Item> {
  const { limit, cursor, query } = options;
  const start = cursor === undefined ? 0 : decodeCursor(cursor, query, z.int().nonnegative());
  const items = all.slice(start, start + limit);
  const next = start + items.length;
  const truncated = next < all.length;
  return { items, total: all.length, truncated, ...(truncated ? { cursor: encodeCursor(query, next) } : {}) };
}
