import type { Context, Hono } from "hono";
import { type ObjectKind, kindOf } from "./object-types.ts";
import { invalid, notFound } from "./errors.ts";
import { queryLimit, queryList, readBody, readLinks, readProperties } from "./requests.ts";
import { type HubSpotEnv, type HubSpotStore, recordAt } from "./store.ts";
import { DATED, isStrict, nextPage, objectView, type Selection } from "./views.ts";
import type { CrmRecord } from "./records.ts";

/**
 * Where records are served. The dated path is HubSpot's own since 2025-09 (its public collection of API descriptions, folder
 * `2026-09`); `/crm/v3` stays until 2027.
 */
export const OBJECT_BASES = ["/crm/v3/objects", `/crm/objects/${DATED}`] as const;

export function objectRoutes(app: Hono<HubSpotEnv>, store: HubSpotStore): void {
  for (const base of OBJECT_BASES) {
    readRoutes(app, store, base);
    writeRoutes(app, store, base);
  }
}

function readRoutes(app: Hono<HubSpotEnv>, store: HubSpotStore, base: string): void {
  app.get(`${base}/:type`, (c) => {
    const kind = kindFor(c, store, "read");
    const selection = selectionOf(c);
    const limit = queryLimit(c, selection.history?.length ? 50 : 100, 10);
    const after = c.req.query("after") ?? "0";
    if (!/^\d+$/.test(after)) throw invalid(`Invalid after: ${after}`);
    const left = store.records
      .all(kind.type, c.req.query("archived") === "true")
      .filter(({ id }) => Number(id) > Number(after));
    const page = left.slice(0, limit);
    const results = page.map((record) => objectView(c, store, record, selection));
    const last = page.at(-1);
    return c.json({ results, ...(last && left.length > limit ? { paging: nextPage(c, last.id) } : {}) });
  });

  app.get(`${base}/:type/:id`, (c) => {
    const kind = kindFor(c, store, "read");
    return c.json(objectView(c, store, wantedRecord(c, store, kind), selectionOf(c)));
  });
}

function writeRoutes(app: Hono<HubSpotEnv>, store: HubSpotStore, base: string): void {
  app.post(`${base}/:type`, async (c) => {
    const kind = kindFor(c, store, "write");
    const body = await readBody(c);
    const links = readLinks(kind, body.associations);
    const record = store.create(kind, readProperties(body), links, { by: "api", isStrict: isStrict(c) });
    c.header("Location", `${new URL(c.req.url).origin}${c.req.path}/${record.id}`);
    return c.json(objectView(c, store, record, { properties: Object.keys(record.properties) }), 201);
  });

  app.patch(`${base}/:type/:id`, async (c) => {
    const kind = kindFor(c, store, "write");
    const properties = readProperties(await readBody(c, "properties"));
    const record = wantedRecord(c, store, kind);
    store.update(record, properties, { by: "api", isStrict: isStrict(c) });
    return c.json(objectView(c, store, record, { properties: Object.keys(properties) }));
  });

  // Idempotent, as HubSpot's is: what is not there has been archived as well.
  app.delete(`${base}/:type/:id`, (c) => {
    const kind = kindFor(c, store, "write");
    const record = store.find(kind.type, c.req.param("id"));
    if (record) store.archive(record, "api");
    return c.body(null, 204);
  });
}

/** The kind that the path names, if the key may read or write it. */
export function kindFor(c: Context, store: HubSpotStore, access: "read" | "write"): ObjectKind {
  const kind = kindOf(c.req.param("type") ?? "");
  store.needScope(`crm.objects.${kind.scope}.${access}`);
  return kind;
}

function wantedRecord(c: Context, store: HubSpotStore, kind: ObjectKind): CrmRecord {
  const id = c.req.param("id") ?? "";
  const property = c.req.query("idProperty");
  if (!property) return recordAt(store, kind, id, c.req.query("archived") === "true");
  const record = store.byUnique(kind.type, property, id);
  if (!record) throw notFound();
  return record;
}

function selectionOf(c: Context): Selection {
  return {
    properties: queryList(c, "properties"),
    history: queryList(c, "propertiesWithHistory"),
    associations: queryList(c, "associations"),
  };
}
