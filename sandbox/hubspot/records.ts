import { OBJECT_KINDS, type ObjectType } from "./object-types.ts";
import { writeInstant } from "./values.ts";

/** A record as it stands. Values are HubSpot's strings; a property without a value is left out. */
export interface CrmRecord {
  type: ObjectType;
  id: string;
  properties: Record<string, string>;
  /** Epoch ms. */
  createdAt: number;
  updatedAt: number;
  archivedAt?: number | undefined;
  /** What each property was, newest first. */
  history: Map<string, PastValue[]>;
}

export interface PastValue {
  value: string;
  at: number;
  by: string;
}

interface IndexedVersion {
  /** From when on searches find it, epoch ms. */
  from: number;
  record: CrmRecord;
}

/** The records of all types, and what the search index knows of them: the latter runs behind. */
export class RecordBook {
  readonly #records = new Map<string, CrmRecord>();
  readonly #index = new Map<string, IndexedVersion[]>();
  readonly #lagMs: number;

  constructor(lagMs: number) {
    this.#lagMs = lagMs;
  }

  /** The record, archived or not. */
  find(type: ObjectType, id: string): CrmRecord | undefined {
    return this.#records.get(`${type}/${id}`);
  }

  /** By id, as HubSpot lists them. */
  all(type: ObjectType, isArchived = false): CrmRecord[] {
    return [...this.#records.values()]
      .filter((record) => record.type === type && (record.archivedAt !== undefined) === isArchived)
      .toSorted((a, b) => Number(a.id) - Number(b.id));
  }

  /** A record that was there before anybody looked: the index has it. */
  seed(record: CrmRecord): void {
    this.#records.set(`${record.type}/${record.id}`, stamped(record));
    this.#index.set(`${record.type}/${record.id}`, [{ from: Number.NEGATIVE_INFINITY, record: copyOf(record) }]);
  }

  /** Keeps what was written at `now`; searches learn of it later. */
  write(record: CrmRecord, now: number): void {
    const key = `${record.type}/${record.id}`;
    this.#records.set(key, stamped(record));
    const versions = this.#index.get(key) ?? [];
    versions.push({ from: now + this.#lagMs, record: copyOf(record) });
    this.#index.set(key, versions);
  }

  /** What a search at `now` sees, archived records left out. */
  indexed(type: ObjectType, now: number): CrmRecord[] {
    return [...this.#index.values()].flatMap((versions) => {
      const seen = versions.findLast(({ from }) => from <= now)?.record;
      return seen && seen.type === type && seen.archivedAt === undefined ? [seen] : [];
    });
  }

  clear(): void {
    this.#records.clear();
    this.#index.clear();
  }
}

/** With the properties that HubSpot keeps of every record. */
function stamped(record: CrmRecord): CrmRecord {
  const { created, modified } = OBJECT_KINDS[record.type];
  record.properties.hs_object_id = record.id;
  record.properties[created] = writeInstant(record.createdAt);
  record.properties[modified] = writeInstant(record.updatedAt);
  if (record.type === "deals") record.properties.hs_createdate = writeInstant(record.createdAt);
  return record;
}

function copyOf(record: CrmRecord): CrmRecord {
  return { ...record, properties: { ...record.properties } };
}
