import { z } from "zod";
import { decodeCursor, encodeCursor } from "../shared/page.ts";
import type { HubSpotRecord } from "./answers.ts";
import type { Filter, ObjectType, SearchRequest } from "./api.ts";
import type { HubSpotSession } from "./session.ts";

/** HubSpot finds no more than these with one search. */
const mostResults = 10_000;

export interface ListRequest extends Omit<SearchRequest, "after" | "filterGroups"> {
  type: ObjectType;
  filters: readonly Filter[];
  /** Instead of `filters` alone: each of these beside them, of which one is enough. */
  either?: readonly Filter[] | undefined;
  cursor: string | undefined;
  /** The arguments that the cursor belongs to. */
  question: unknown;
}

export interface FoundPage {
  records: HubSpotRecord[];
  total: number;
  truncated: boolean;
  cursor?: string;
  /** Whether `records` are all that fit. */
  isWhole: boolean;
}

const position = z.string().regex(/^\d{1,6}$/);

/** One page of a search, with a cursor of ours for the next one. */
export async function searchPage(session: HubSpotSession, request: ListRequest): Promise<FoundPage> {
  const { type, filters, either, cursor, question, ...search } = request;
  const after = cursor === undefined ? undefined : decodeCursor(cursor, question, position);
  const filterGroups = either ? either.map((one) => ({ filters: [...filters, one] })) : [{ filters }];
  // HubSpot refuses a page that would go beyond its last result.
  const limit = Math.min(search.limit, mostResults - Number(after ?? 0));
  const { results, total, paging } = await session.search(type, { ...search, limit, filterGroups, after });
  const mayGoOn = paging !== undefined && Number(paging) < mostResults;
  return {
    records: results,
    total,
    truncated: paging !== undefined,
    ...(mayGoOn ? { cursor: encodeCursor(question, paging) } : {}),
    isWhole: after === undefined && paging === undefined,
  };
}

/** A filter on what lies between two values, either of which may be open; none where both are. */
export function between(propertyName: string, low: number | undefined, high: number | undefined): Filter[] {
  if (low !== undefined && high !== undefined) {
    return [{ propertyName, operator: "BETWEEN", value: String(low), highValue: String(high) }];
  }
  if (low !== undefined) return [{ propertyName, operator: "GTE", value: String(low) }];
  return high === undefined ? [] : [{ propertyName, operator: "LTE", value: String(high) }];
}

export function equal(propertyName: string, value: string | undefined): Filter[] {
  return value === undefined ? [] : [{ propertyName, operator: "EQ", value }];
}
