import type { HttpBindings } from "@hono/node-server";
import { type Change, ChangeLog } from "../change-log.ts";
import { createRandom } from "../world/random.ts";
import type { KnowledgeDocument, World } from "../world/types.ts";
import { PineconeRefusal } from "./errors.ts";
import { DEFAULT_NAMESPACE, IndexData, type IndexSettings, type SeedRow, type StoredRecord } from "./index-data.ts";
import type { Metadata } from "./metadata.ts";

export type PineconeEnv = { Bindings: HttpBindings };

export interface WrittenRecord {
  namespace: string;
  id: string;
  metadata: Metadata;
  values?: readonly number[] | undefined;
}

/** Pinecone's side of the world: the indexes of one project. */
export interface PineconeStore {
  /** Of type `index`, with its name as id, and of type `record`, with `index/namespace/record` as id and metadata as fields. */
  readonly changes: readonly Change[];
  /** By name. Throws the service's own refusal where there is none. */
  index(name: string): IndexData;
  indexes(): IndexData[];
  createIndex(settings: IndexSettings): IndexData;
  deleteIndex(name: string): void;
  /** Writes a record, in place of what stood there; `by` tells whose change it is. */
  upsert(index: string, record: WrittenRecord, by?: string): void;
  /** Adds fields to a record that is there. */
  update(index: string, record: WrittenRecord, by?: string): void;
  delete(index: string, namespace: string, ids: readonly string[], by?: string): void;
  /** Calls back at each change and reset, until the function that it gives is called. */
  subscribe(listener: () => void): () => void;
}

export interface StoreOptions {
  /** The index of call summaries and playbooks. */
  indexName: string;
  freshnessMs: number;
  now: () => number;
}

const CALLS_NAMESPACE = "calls";
const PLAYBOOKS_NAMESPACE = "playbooks";
/** An index that takes vectors only: one of each account, without any text. */
const PROFILES_INDEX = "account-profiles";
const PROFILES_DIMENSION = 8;

export function createPineconeStore(world: World, options: StoreOptions): PineconeStore & { reset(): void } {
  const { freshnessMs, now } = options;
  const indexes = new Map<string, IndexData>();
  const log = new ChangeLog(now);
  const add = (settings: IndexSettings, seed?: () => Iterable<SeedRow>): IndexData => {
    const index = new IndexData(settings, { now, freshnessMs, seed });
    indexes.set(settings.name, index);
    return index;
  };
  const reset = (): void => {
    for (const index of indexes.values()) index.close();
    indexes.clear();
    add(knowledgeSettings(options.indexName), () => knowledge(world));
    add(profileSettings(), () => profiles(world));
    log.clear();
  };
  const index = (name: string): IndexData => {
    const found = indexes.get(name);
    if (!found) throw new PineconeRefusal("NOT_FOUND", `Resource ${name} not found`);
    return found;
  };
  reset();
  return {
    get changes() {
      return log.all;
    },
    index,
    indexes: () => [...indexes.values()],
    createIndex: (settings) => {
      const { name } = settings;
      if (indexes.has(name)) throw new PineconeRefusal("ALREADY_EXISTS", `Resource ${name} already exists`);
      log.note({ type: "index", id: name, field: "", before: undefined, after: name, by: "api" });
      return add(settings);
    },
    deleteIndex: (name) => {
      index(name).close();
      indexes.delete(name);
      log.note({ type: "index", id: name, field: "", before: name, after: undefined, by: "api" });
    },
    ...recordWrites(index, log),
    subscribe: (listener) => log.subscribe(listener),
    reset,
  };
}

function recordWrites(
  index: (name: string) => IndexData,
  log: ChangeLog,
): Pick<PineconeStore, "upsert" | "update" | "delete"> {
  const changed = (path: string[], by: string, differences: Difference[]): Omit<Change, "at">[] =>
    differences.map((difference) => ({ type: "record", id: path.join("/"), ...difference, by }));
  return {
    upsert: (name, { namespace, id, metadata, values }, by = "api") => {
      const data = index(name);
      const differences = differencesOf(data.get(namespace, id), metadata);
      data.put(namespace, id, metadata, values);
      log.note(...changed([name, namespace, id], by, differences));
    },
    update: (name, { namespace, id, metadata, values }, by = "api") => {
      const data = index(name);
      const known = data.get(namespace, id);
      const differences = known ? differencesOf(known, { ...known.metadata, ...metadata }) : [];
      data.merge(namespace, id, metadata, values);
      log.note(...changed([name, namespace, id], by, differences));
    },
    delete: (name, namespace, ids, by = "api") => {
      const data = index(name);
      const gone = ids.flatMap((id) => data.get(namespace, id) ?? []);
      data.delete(namespace, ids);
      for (const { id, metadata } of gone) {
        log.note(...changed([name, namespace, id], by, [{ field: "", before: metadata, after: undefined }]));
      }
    },
  };
}

type Difference = Pick<Change, "field" | "before" | "after">;

function differencesOf(known: StoredRecord | undefined, metadata: Metadata): Difference[] {
  if (!known) return [{ field: "", before: undefined, after: metadata }];
  const fields = new Set([...Object.keys(known.metadata), ...Object.keys(metadata)]);
  return [...fields]
    .filter((field) => JSON.stringify(known.metadata[field]) !== JSON.stringify(metadata[field]))
    .map((field) => ({ field, before: known.metadata[field], after: metadata[field] }));
}

const SERVERLESS = { cloud: "aws", region: "us-east-1", readyAt: Number.NEGATIVE_INFINITY };

const knowledgeSettings = (name: string): IndexSettings => ({
  ...SERVERLESS,
  name,
  dimension: 1024,
  metric: "cosine",
  embed: { model: "llama-text-embed-v2", field: "text" },
  tags: { team: "sales-operations" },
  isProtected: true,
});

const profileSettings = (): IndexSettings => ({
  ...SERVERLESS,
  name: PROFILES_INDEX,
  dimension: PROFILES_DIMENSION,
  metric: "cosine",
  tags: undefined,
  isProtected: false,
});

function* knowledge(world: World): Generator<SeedRow> {
  for (const document of world.documents) {
    yield [document.kind === "call" ? CALLS_NAMESPACE : PLAYBOOKS_NAMESPACE, document.id, metadataOf(document)];
  }
}

function metadataOf(document: KnowledgeDocument): Metadata {
  const { account, startedAt, editedOn } = document;
  return {
    text: document.text,
    title: document.title,
    url: document.url,
    source: document.kind === "call" ? "gong" : "playbook",
    owner_email: document.ownerEmail,
    ...(account === undefined ? {} : { account }),
    ...(startedAt === undefined
      ? {}
      : { started_at: Math.floor(Date.parse(startedAt) / 1000), started_at_iso: startedAt }),
    ...(editedOn === undefined ? {} : { edited_on: editedOn }),
  };
}

function* profiles(world: World): Generator<SeedRow> {
  for (const account of world.accounts) {
    const random = createRandom(world.seed, "profile", account.id);
    const values = Array.from({ length: PROFILES_DIMENSION }, () => Math.round((random.next() * 2 - 1) * 1e4) / 1e4);
    const metadata = { account: account.name, industry: account.industry, city: account.city, units: account.units };
    yield [DEFAULT_NAMESPACE, account.id, metadata, values];
  }
}
