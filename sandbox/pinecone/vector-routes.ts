import type { Context, Hono } from "hono";
import { invalid, PineconeRefusal } from "./errors.ts";
import { DEFAULT_NAMESPACE, type IndexData, type StoredRecord } from "./index-data.ts";
import { readFilter, readMetadata } from "./metadata.ts";
import { pageOf } from "./paging.ts";
import type { RateLimit } from "./rate-limit.ts";
import {
  type Fields,
  isFields,
  needString,
  only,
  readBody,
  readFlag,
  readObject,
  readString,
  readStrings,
  readVector,
  readWhole,
} from "./requests.ts";
import type { PineconeEnv, PineconeStore, WrittenRecord } from "./store.ts";

const QUERY_FIELDS = [
  "namespace",
  "topK",
  "filter",
  "includeValues",
  "includeMetadata",
  "vector",
  "sparseVector",
  "id",
  "scanFactor",
  "maxCandidates",
];
const MAX_VECTORS = 1000;

const namespaceOf = (fields: Fields): string => readString(fields, "namespace") || DEFAULT_NAMESPACE;

function filterOf(fields: Fields) {
  const filter = readObject(fields, "filter");
  return filter && readFilter(filter);
}

function viewOf(record: StoredRecord, { values = true, metadata = true } = {}) {
  return {
    id: record.id,
    values: values ? record.values : [],
    ...(metadata ? { metadata: record.metadata } : {}),
  };
}

/** What an index's vectors answer to: reading. */
export function vectorRoutes(app: Hono<PineconeEnv>, store: PineconeStore, name: string, limit: RateLimit): void {
  app.post("/query", async (c) => {
    const body = await readBody(c, QUERY_FIELDS);
    const namespace = namespaceOf(body);
    limit.admit("query", name, namespace);
    const index = store.index(name);
    const topK = readWhole(body, "topK", [1, 10_000]);
    if (topK === undefined) throw invalid("topK must be a whole number from 1 to 10000");
    const vector = queryVector(index, namespace, body);
    const shown = { values: readFlag(body, "includeValues"), metadata: readFlag(body, "includeMetadata") };
    const found = vector ? index.searchVector(namespace, vector, filterOf(body)) : [];
    const matches = found.slice(0, topK).map(({ record, score }) => ({ score, ...viewOf(record, shown) }));
    return c.json({ matches, namespace, usage: { readUnits: 6 } });
  });

  app.get("/vectors/fetch", (c) => {
    const ids = c.req.queries("ids") ?? [];
    if (ids.length === 0) throw invalid("No IDs provided for fetch query");
    if (ids.length > MAX_VECTORS) throw invalid(`At most ${MAX_VECTORS} IDs can be fetched at once, got ${ids.length}`);
    const namespace = namespaceOf(c.req.query());
    const index = store.index(name);
    const found = ids.flatMap((id) => index.get(namespace, id) ?? []);
    return c.json({ vectors: byId(found), namespace, usage: { readUnits: 1 } });
  });

  app.post("/vectors/fetch_by_metadata", async (c) => {
    const body = await readBody(c, ["namespace", "filter", "limit", "paginationToken"]);
    const namespace = namespaceOf(body);
    const filter = filterOf(body);
    if (!filter) throw invalid("Filter must not be empty");
    const most = readWhole(body, "limit", [1, 10_000]) ?? 100;
    const page = pageOf(
      store.index(name).list(namespace, filter),
      (r) => r.id,
      most,
      readString(body, "paginationToken"),
    );
    const { items, ...rest } = page;
    return c.json({ vectors: byId(items), namespace, usage: { readUnits: 1 }, ...rest });
  });

  app.get("/vectors/list", (c) => {
    const query = c.req.query();
    const namespace = namespaceOf(query);
    const { prefix = "", paginationToken } = query;
    const most = readWhole(query, "limit", [1, 100]) ?? 100;
    const records = store
      .index(name)
      .list(namespace)
      .filter((r) => r.id.startsWith(prefix));
    const { items, ...rest } = pageOf(records, (r) => r.id, most, paginationToken);
    return c.json({ vectors: items.map(({ id }) => ({ id })), namespace, usage: { readUnits: 1 }, ...rest });
  });

  app.post("/describe_index_stats", async (c) => c.json(statsOf(store.index(name), await readBody(c, ["filter"]))));

  vectorWrites(app, store, name, limit);
}

function vectorWrites(app: Hono<PineconeEnv>, store: PineconeStore, name: string, limit: RateLimit): void {
  app.post("/vectors/upsert", async (c) => {
    const body = await readBody(c, ["vectors", "namespace"]);
    const namespace = namespaceOf(body);
    limit.admit("upsert", name, namespace);
    const { vectors } = body;
    if (!Array.isArray(vectors) || vectors.length === 0 || !vectors.every(isFields)) {
      throw invalid("vectors must be a non-empty list of objects");
    }
    if (vectors.length > MAX_VECTORS) throw invalid(`At most ${MAX_VECTORS} vectors can be upserted at once`);
    const index = store.index(name);
    for (const record of vectors.map((v: Fields) => readWritten(v, index, namespace))) store.upsert(name, record);
    return c.json({ upsertedCount: vectors.length });
  });

  app.post("/vectors/update", async (c) => {
    const body = await readBody(c, ["id", "values", "sparseValues", "setMetadata", "namespace", "filter", "dryRun"]);
    const namespace = namespaceOf(body);
    limit.admit("update", name, namespace);
    return c.json(update(store, name, namespace, body));
  });

  app.post("/vectors/delete", async (c) => {
    const body = await readBody(c, ["ids", "deleteAll", "namespace", "filter"]);
    const namespace = namespaceOf(body);
    limit.admit("delete", name, namespace);
    const index = store.index(name);
    if (!index.has(namespace)) throw new PineconeRefusal("NOT_FOUND", "Namespace not found");
    store.delete(name, namespace, idsToDelete(index, namespace, body));
    return c.json({});
  });
}

const byId = (records: readonly StoredRecord[]) => Object.fromEntries(records.map((r) => [r.id, viewOf(r)]));

/** The vector that is asked with; none where a record is named that is not there. */
function queryVector(index: IndexData, namespace: string, body: Fields): readonly number[] | undefined {
  if (body.sparseVector !== undefined) throw invalid("Index configuration does not support sparse values");
  const id = readString(body, "id");
  const vector = readVector(body, "vector", index.settings.dimension);
  if ((id === undefined) === (vector === undefined)) throw invalid("Exactly one of `id` or `vector` must be given");
  if (vector?.every((value) => value === 0)) throw invalid("Dense vectors must contain at least one non-zero value");
  return vector ?? index.get(namespace, id ?? "")?.values;
}

function readWritten(vector: Fields, index: IndexData, namespace: string): WrittenRecord {
  only(vector, ["id", "values", "sparseValues", "metadata"]);
  const id = needString(vector, "id");
  if (id === "" || id.length > 512) throw invalid("Vector ID must be of 1 to 512 characters");
  if (vector.sparseValues !== undefined) throw invalid("Index configuration does not support sparse values");
  const values = readVector(vector, "values", index.settings.dimension);
  if (!values?.some((value) => value !== 0)) throw invalid("Dense vectors must contain at least one non-zero value");
  return { namespace, id, values, metadata: readMetadata(readObject(vector, "metadata") ?? {}) };
}

/** One record by id, or those that a filter finds; an id that is not there is passed over in silence. */
function update(store: PineconeStore, name: string, namespace: string, body: Fields): Record<string, unknown> {
  const index = store.index(name);
  const filter = filterOf(body);
  const id = readString(body, "id");
  if ((id === undefined) === (filter === undefined)) throw invalid("Exactly one of `id` or `filter` must be given");
  const values = readVector(body, "values", index.settings.dimension);
  const set = readObject(body, "setMetadata") ?? {};
  const found =
    id === undefined ? index.list(namespace, filter) : [index.get(namespace, id)].filter((r) => r !== undefined);
  // The limit is on what comes out of it.
  for (const record of found) readMetadata({ ...record.metadata, ...set });
  if (!readFlag(body, "dryRun")) {
    for (const record of found) store.update(name, { namespace, id: record.id, metadata: readMetadata(set), values });
  }
  return id === undefined ? { matchedRecords: found.length } : {};
}

function idsToDelete(index: IndexData, namespace: string, body: Fields): string[] {
  const ids = readStrings(body, "ids");
  const filter = filterOf(body);
  const all = readFlag(body, "deleteAll");
  const ways = [ids !== undefined && ids.length > 0, filter !== undefined, all].filter(Boolean);
  if (ways.length !== 1) throw invalid("Exactly one of `ids`, `filter` or `deleteAll` must be given");
  if (ids && ids.length > MAX_VECTORS) throw invalid(`At most ${MAX_VECTORS} IDs can be deleted at once`);
  return ids && ids.length > 0 ? ids : index.list(namespace, filter).map((record) => record.id);
}

function statsOf(index: IndexData, body: Fields): Record<string, unknown> {
  if (filterOf(body))
    throw invalid("Serverless and Starter indexes do not support describing index stats with metadata filtering");
  const namespaces = index.namespaces().map((n) => [n, { vectorCount: index.list(n).length }] as const);
  return {
    namespaces: Object.fromEntries(namespaces),
    dimension: index.settings.dimension,
    indexFullness: 0,
    totalVectorCount: namespaces.reduce((sum, [, { vectorCount }]) => sum + vectorCount, 0),
    metric: index.settings.metric,
    vectorType: "dense",
  };
}

export function namespaceRoutes(app: Hono<PineconeEnv>, store: PineconeStore, name: string): void {
  const view = (namespace: string) => {
    const index = store.index(name);
    if (!index.has(namespace)) throw new PineconeRefusal("NOT_FOUND", "Namespace not found");
    return { name: namespace, record_count: index.list(namespace).length };
  };

  app.get("/namespaces", (c: Context<PineconeEnv>) => {
    const query = c.req.query();
    const { prefix = "", paginationToken } = query;
    const all = store
      .index(name)
      .namespaces()
      .filter((n) => n.startsWith(prefix));
    const { items, ...rest } = pageOf(all, (n) => n, readWhole(query, "limit", [1, 100]) ?? 100, paginationToken);
    return c.json({ namespaces: items.map(view), total_count: all.length, ...rest });
  });

  app.post("/namespaces", async (c) => {
    const namespace = needString(await readBody(c, ["name", "schema"]), "name");
    store.index(name).createNamespace(namespace);
    return c.json(view(namespace));
  });

  app.get("/namespaces/:namespace", (c) => c.json(view(c.req.param("namespace"))));

  app.delete("/namespaces/:namespace", (c) => {
    store.index(name).deleteNamespace(c.req.param("namespace"));
    return c.json({});
  });
}
