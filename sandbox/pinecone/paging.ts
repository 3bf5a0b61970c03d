import { invalid } from "./errors.ts";

export interface Page<Item> {
  items: Item[];
  pagination?: { next: string };
}

/** Pages of a list that is in the order of its keys. The token tells the last key that was given, so that writes in between move nothing. */
export function pageOf<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  limit: number,
  token: string | undefined,
): Page<Item> {
  const after = token === undefined ? undefined : readToken(token);
  const left = after === undefined ? items : items.filter((item) => keyOf(item) > after);
  const page = left.slice(0, limit);
  const last = page.at(-1);
  if (left.length <= limit || last === undefined) return { items: page };
  return { items: page, pagination: { next: tokenOf(keyOf(last)) } };
}

const tokenOf = (key: string): string => Buffer.from(JSON.stringify({ skip_past: key })).toString("base64");

function readToken(token: string): string {
  const match = /^\{"skip_past":(".*")\}$/s.exec(Buffer.from(token, "base64").toString());
  const key: unknown = match ? JSON.parse(match[1] ?? '""') : undefined;
  if (typeof key !== "string") throw invalid("Invalid pagination token");
  return key;
}
