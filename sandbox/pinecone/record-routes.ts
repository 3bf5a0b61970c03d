import type { Hono } from "hono";
import { tokensOf } from "./embedding.ts";
import { invalid } from "./errors.ts";
import type { IndexData, Scored } from "./index-data.ts";
import { type Filter, readFilter, readMetadata } from "./metadata.ts";
import { MAX_TEXTS } from "./models.ts";
import type { RateLimit } from "./rate-limit.ts";
import {
  type Fields,
  only,
  readBody,
  readLines,
  readObject,
  readString,
  readStrings,
  readVector,
  readWhole,
} from "./requests.ts";
import { readRerank, relevance } from "./rerank.ts";
import type { PineconeEnv, PineconeStore } from "./store.ts";

const QUERY_FIELDS = ["top_k", "filter", "inputs", "vector", "id", "match_terms"];
const RERANK_FIELDS = ["model", "rank_fields", "top_n", "parameters", "query"];
const MAX_ID_LENGTH = 512;

/** Records as text: the index's own model embeds what comes in and what is asked. */
export function recordRoutes(app: Hono<PineconeEnv>, store: PineconeStore, name: string, limit: RateLimit): void {
  app.post("/records/namespaces/:namespace/upsert", async (c) => {
    const namespace = c.req.param("namespace");
    limit.admit("upsert", name, namespace);
    const field = textField(store.index(name));
    const lines = await readLines(c);
    if (lines.length === 0) throw invalid("No records provided");
    if (lines.length > MAX_TEXTS) {
      throw invalid(`Batch size exceeds ${MAX_TEXTS}: ${lines.length} records were given`);
    }
    // All are read before the first is written: a batch is taken whole or not at all.
    for (const record of lines.map((line) => readRecord(line, field))) store.upsert(name, { namespace, ...record });
    return c.body(null, 201);
  });

  app.post("/records/namespaces/:namespace/search", async (c) => {
    const namespace = c.req.param("namespace");
    limit.admit("query", name, namespace);
    const index = store.index(name);
    const body = await readBody(c, ["query", "fields", "rerank"]);
    const query = readObject(body, "query");
    if (!query) throw invalid("missing field `query`");
    const { found, tokens } = search(index, namespace, only(query, QUERY_FIELDS));
    const fields = readStrings(body, "fields");
    const asked = readString(readObject(query, "inputs") ?? {}, "text");
    const rerank = readObject(body, "rerank");
    const hits = rerank ? rerankedHits(found, only(rerank, RERANK_FIELDS), fields, asked) : found;
    return c.json({
      result: { hits: hits.map((hit) => hitOf(hit, fields)) },
      usage: {
        read_units: 6,
        ...(tokens > 0 ? { embed_total_tokens: tokens } : {}),
        ...(rerank ? { rerank_units: 1 } : {}),
      },
    });
  });
}

function textField(index: IndexData): string {
  const { embed } = index.settings;
  if (!embed) throw invalid("Integrated inference is not configured for this index");
  return embed.field;
}

function readRecord(line: Fields, field: string) {
  const { id: alias, _id: own = alias, ...fields } = line;
  if (typeof own !== "string" || own === "" || own.length > MAX_ID_LENGTH) {
    throw invalid(`Record must have an '_id' of 1 to ${MAX_ID_LENGTH} characters`);
  }
  const text = fields[field];
  if (typeof text !== "string" || text.trim() === "") {
    throw invalid(`Record '${own}' must have a non-empty string in the field '${field}'`);
  }
  return { id: own, metadata: readMetadata(fields) };
}

function search(index: IndexData, namespace: string, query: Fields): { found: Scored[]; tokens: number } {
  const topK = readWhole(query, "top_k", [1, 10_000]);
  if (topK === undefined) throw invalid("missing field `top_k`");
  const filterFields = readObject(query, "filter");
  const filter = filterFields && readFilter(filterFields);
  if (query.match_terms !== undefined) throw invalid("match_terms is supported only for sparse indexes");
  const ways = ["inputs", "vector", "id"].filter((way) => query[way] !== undefined && query[way] !== null);
  if (ways.length !== 1) throw invalid("Exactly one of `inputs`, `vector` or `id` must be given");
  const text = readString(readObject(query, "inputs") ?? {}, "text");
  const found =
    ways[0] === "inputs" ? byText(index, namespace, text, filter) : byVector(index, namespace, query, filter);
  return { found: found.slice(0, topK), tokens: ways[0] === "inputs" ? tokensOf(text ?? "") : 0 };
}

function byText(index: IndexData, namespace: string, text: string | undefined, filter: Filter | undefined): Scored[] {
  textField(index);
  if (text === undefined || text.trim() === "") throw invalid("inputs.text must be a non-empty string");
  return index.searchText(namespace, text, filter);
}

function byVector(index: IndexData, namespace: string, query: Fields, filter: Filter | undefined): Scored[] {
  const id = readString(query, "id");
  const vector = readObject(query, "vector");
  const values =
    id === undefined
      ? readVector(only(vector ?? {}, ["values"]), "values", index.settings.dimension)
      : index.get(namespace, id)?.values;
  if (id === undefined && !values) throw invalid("missing field `vector.values`");
  return values ? index.searchVector(namespace, values, filter) : [];
}

function rerankedHits(found: Scored[], rerank: Fields, fields: string[] | undefined, asked: string | undefined) {
  const options = readRerank(rerank, found.length, asked);
  const hidden = options.fields.find((field) => fields && !fields.includes(field));
  if (hidden !== undefined) throw invalid(`Rank field '${hidden}' must be among the requested fields`);
  return found
    .map(({ record }) => ({ record, score: relevance(record.metadata, options) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, options.topN);
}

function hitOf({ record, score }: Scored, wanted: string[] | undefined) {
  const fields = Object.entries(record.metadata).filter(([name]) => !wanted || wanted.includes(name));
  return { _id: record.id, _score: score, fields: Object.fromEntries(fields) };
}
