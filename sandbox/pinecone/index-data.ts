import { embed, type Metric, similarity } from "./embedding.ts";
import { PineconeRefusal } from "./errors.ts";
import type { Filter, Metadata } from "./metadata.ts";
import { TextIndex } from "./text-index.ts";

/** How an index was created. */
export interface IndexSettings {
  name: string;
  dimension: number;
  metric: Metric;
  /** The integrated model and the field that it reads; without them the index takes vectors only. */
  embed?: { model: string; field: string } | undefined;
  cloud: string;
  region: string;
  tags: Record<string, string> | undefined;
  isProtected: boolean;
  /** Epoch ms: when it takes its first request. */
  readyAt: number;
}

export interface StoredRecord {
  id: string;
  metadata: Metadata;
  /** Made from the text when somebody first looks, unless they were given. */
  readonly values: readonly number[];
}

export interface Scored {
  record: StoredRecord;
  score: number;
}

interface Namespace {
  records: Map<string, StoredRecord>;
  texts: TextIndex | undefined;
}

export const DEFAULT_NAMESPACE = "__default__";

export type SeedRow = [namespace: string, id: string, metadata: Metadata, values?: readonly number[]];

interface IndexOptions {
  /** Epoch ms. */
  now: () => number;
  freshnessMs: number;
  /** What it holds from the start; asked when somebody first looks. */
  seed?: (() => Iterable<SeedRow>) | undefined;
}

/** The records of one index. A write is seen by readers `freshnessMs` after it was accepted. */
export class IndexData {
  readonly settings: IndexSettings;
  readonly #now: () => number;
  readonly #freshnessMs: number;
  readonly #namespaces = new Map<string, Namespace>();
  readonly #pending: { due: number; apply: () => void }[] = [];
  #seed: (() => Iterable<SeedRow>) | undefined;

  constructor(settings: IndexSettings, options: IndexOptions) {
    this.settings = settings;
    this.#now = options.now;
    this.#freshnessMs = options.freshnessMs;
    this.#seed = options.seed;
  }

  /** The record as readers see it now. */
  get(namespace: string, id: string): StoredRecord | undefined {
    return this.#settled().get(namespace)?.records.get(id);
  }

  /** In the order of their ids, as bytes; none where there is no such namespace. */
  list(namespace: string, filter?: Filter): StoredRecord[] {
    const records = [...(this.#settled().get(namespace)?.records.values() ?? [])];
    return (filter ? records.filter((r) => filter(r.metadata)) : records).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  namespaces(): string[] {
    return [...this.#settled().keys()].sort();
  }

  has(namespace: string): boolean {
    return this.#settled().has(namespace);
  }

  /** All records with their nearness to the text, the best first; those that share no word with it score 0. */
  searchText(namespace: string, text: string, filter: Filter | undefined): Scored[] {
    const scores = this.#settled().get(namespace)?.texts?.search(text);
    return ranked(this.list(namespace, filter).map((record) => ({ record, score: scores?.get(record.id) ?? 0 })));
  }

  /** All records with their nearness to the vector, the best first. */
  searchVector(namespace: string, vector: readonly number[], filter: Filter | undefined): Scored[] {
    const { metric } = this.settings;
    const scored = this.list(namespace, filter).map((record) => ({
      record,
      score: similarity(vector, record.values, metric),
    }));
    return metric === "euclidean" ? ranked(scored.map(negated)).map(negated) : ranked(scored);
  }

  /** `values` are made from the text of the index's field where they are not given. */
  put(namespace: string, id: string, metadata: Metadata, values?: readonly number[]): void {
    this.#later(() => {
      this.#keep(namespace, id, metadata, values);
    });
  }

  /** Adds to what is there when the write takes effect; nothing happens where there is no such record by then. */
  merge(namespace: string, id: string, metadata: Metadata, values?: readonly number[]): void {
    this.#later(() => {
      const known = this.#namespaces.get(namespace)?.records.get(id);
      if (known) this.#keep(namespace, id, { ...known.metadata, ...metadata }, values ?? known.values);
    });
  }

  delete(namespace: string, ids: readonly string[]): void {
    this.#later(() => {
      const { records, texts } = this.#namespace(namespace);
      for (const id of ids) {
        records.delete(id);
        texts?.delete(id);
      }
    });
  }

  createNamespace(name: string): void {
    if (this.has(name)) throw new PineconeRefusal("ALREADY_EXISTS", `Namespace "${name}" already exists`);
    this.#namespace(name);
  }

  deleteNamespace(name: string): void {
    if (!this.has(name)) throw new PineconeRefusal("NOT_FOUND", "Namespace not found");
    this.#later(() => {
      this.#namespaces.get(name)?.texts?.close();
      this.#namespaces.delete(name);
    });
  }

  close(): void {
    for (const { texts } of this.#namespaces.values()) texts?.close();
    this.#namespaces.clear();
    this.#pending.length = 0;
    this.#seed = undefined;
  }

  #later(apply: () => void): void {
    this.#pending.push({ due: this.#now() + this.#freshnessMs, apply });
    this.#settled();
  }

  #settled(): ReadonlyMap<string, Namespace> {
    const seed = this.#seed;
    this.#seed = undefined;
    for (const [namespace, id, metadata, values] of seed?.() ?? []) this.#keep(namespace, id, metadata, values);
    while (this.#pending[0] && this.#pending[0].due <= this.#now()) this.#pending.shift()?.apply();
    return this.#namespaces;
  }

  #namespace(name: string): Namespace {
    const known = this.#namespaces.get(name);
    if (known) return known;
    const made = { records: new Map(), texts: this.settings.embed ? new TextIndex() : undefined };
    this.#namespaces.set(name, made);
    return made;
  }

  #keep(namespace: string, id: string, metadata: Metadata, given: readonly number[] | undefined): void {
    const { dimension, embed: model } = this.settings;
    const text = String(model ? (metadata[model.field] ?? "") : "");
    let values = given;
    const { records, texts } = this.#namespace(namespace);
    records.set(id, {
      id,
      metadata,
      get values() {
        values ??= embed(text, dimension);
        return values;
      },
    });
    texts?.set(id, text);
  }
}

const negated = ({ record, score }: Scored): Scored => ({ record, score: -score });

function ranked(scored: Scored[]): Scored[] {
  return scored.sort((a, b) => b.score - a.score || (a.record.id < b.record.id ? -1 : 1));
}
