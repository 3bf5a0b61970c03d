import type { Hono } from "hono";
import { invalid } from "./errors.ts";
import { kindFor, OBJECT_BASES } from "./object-routes.ts";
import { type Fields, readBody, readStrings } from "./requests.ts";
import { readOrder, readTest } from "./search.ts";
import type { HubSpotEnv, HubSpotStore } from "./store.ts";
import { nextPage, objectView } from "./views.ts";

const MOST = 200;
/** Of all pages together. */
const REACH = 10_000;

/** The answers come from the index: a write of a moment ago is not in it, and its record is shown as it was. */
export function searchRoutes(app: Hono<HubSpotEnv>, store: HubSpotStore): void {
  for (const base of OBJECT_BASES) {
    app.post(`${base}/:type/search`, async (c) => {
      const kind = kindFor(c, store, "read");
      const body = await readBody(c);
      const { limit, after } = readPage(body);
      const selection = { properties: readStrings(body.properties, "properties") };
      const fits = readTest(store, kind, body);
      const found = store.records
        .indexed(kind.type, store.now())
        .filter(fits)
        .toSorted(readOrder(store, kind, body));
      const results = found.slice(after, after + limit).map((record) => objectView(c, store, record, selection));
      const hasMore = found.length > after + limit;
      return c.json({
        total: found.length,
        results,
        ...(hasMore ? { paging: { next: { after: nextPage(c, String(after + limit)).next.after } } } : {}),
      });
    });
  }
}

function readPage(body: Fields): { limit: number; after: number } {
  const limit = Number(body.limit ?? 10);
  const after = Number(body.after ?? 0);
  if (!Number.isInteger(limit) || limit < 0 || limit > MOST) throw invalid(`Invalid limit: it must be at most ${MOST}`);
  if (!Number.isInteger(after) || after < 0) throw invalid(`Invalid after: ${String(body.after)}`);
  if (after + limit > REACH) throw invalid(`The search cannot page past ${REACH} results`);
  return { limit, after };
}
