import { z } from "zod";
import type { Page } from "./api.ts";

/** Where to go on: the offset token of Asana's page, and how many of its items were dealt with. */
export const position = z.strictObject({ offset: z.string().optional(), skip: z.int().nonnegative() });

export type Position = z.output<typeof position>;

export const firstPosition: Position = { skip: 0 };

/** At most 1,000 items are looked through for one answer. */
const maxPages = 10;

/** Up to `limit` items that fit, in Asana's order, and where there may be more. */
export async function collect<Item>(
  read: (offset: string | undefined) => Promise<Page<Item>>,
  options: { fits: (item: Item) => boolean; limit: number; from: Position },
): Promise<{ items: Item[]; next: Position | undefined }> {
  const { fits, limit, from } = options;
  const items: Item[] = [];
  let { offset, skip } = from;
  for (let pages = 0; pages < maxPages; pages++) {
    const page = await read(offset);
    for (const [index, item] of page.items.entries()) {
      if (index < skip || !fits(item)) continue;
      if (items.length === limit) return { items, next: { ...(offset === undefined ? {} : { offset }), skip: index } };
      items.push(item);
    }
    if (page.next === undefined) return { items, next: undefined };
    offset = page.next;
    skip = 0;
    if (items.length === limit) break;
  }
  return { items, next: { ...(offset === undefined ? {} : { offset }), skip } };
}
