import { AsyncLocalStorage } from "node:async_hooks";
import type { HttpBindings } from "@hono/node-server";
import { createRandom, type Random } from "../world/random.ts";
import type { Change } from "../change-log.ts";
import type { World } from "../world/types.ts";
import { AssociationBook, type AssociationType } from "./associations.ts";
import { checkPortalRules, deriveDeal } from "./deal-rules.ts";
import { HubSpotRefusal, invalid, missingScopes, notFound } from "./errors.ts";
import { linkedValues, WITH_ACTIVITY } from "./linked-values.ts";
import { kindOf, OBJECT_KINDS, type ObjectKind, type ObjectType } from "./object-types.ts";
import { type Owner, ownersOf, PIPELINE_ID } from "./portal.ts";
import { PropertyBook } from "./property-book.ts";
import { type CrmRecord, RecordBook } from "./records.ts";
import { seedRecords } from "./seed-records.ts";

export type HubSpotEnv = { Bindings: HttpBindings };

/** One property of one record, or the making, the end or a link of a record: what a webhook would tell. */
export interface HubSpotChange extends Change {
  kind: "creation" | "propertyChange" | "deletion" | "associationChange";
  type: ObjectType;
  /** The property; for a link "companies/123"; empty for what concerns the whole record. */
  field: string;
  before: string | undefined;
  after: string | undefined;
}

export interface Link {
  type: AssociationType;
  toId: string;
}

interface WriteOptions {
  by: string;
  /** The rules of the portal's administrator count, as in the API from 2026-09 on. */
  isStrict: boolean;
}

export interface HubSpotStoreOptions {
  world: World;
  now: () => number;
  key: string;
  scopes: readonly string[];
  searchLagMs: number;
}

/** HubSpot's side of the world: its records, and who was told what became of them. */
export class HubSpotStore {
  readonly world: World;
  readonly now: () => number;
  readonly records: RecordBook;
  readonly associations = new AssociationBook();
  readonly properties: PropertyBook;
  readonly owners: Owner[];
  /** Oldest first. */
  readonly changes: HubSpotChange[] = [];
  /** What the key may do; add or remove some to play another key. */
  readonly scopes: Set<string>;
  readonly #options: HubSpotStoreOptions;
  readonly #actor = new AsyncLocalStorage<string>();
  readonly #listeners = new Set<(change: HubSpotChange) => void>();
  #keyExpiredAt: number | undefined;
  #lastId = 0;
  #random: Random;

  constructor(options: HubSpotStoreOptions) {
    this.#options = options;
    this.world = options.world;
    this.now = options.now;
    this.scopes = new Set(options.scopes);
    this.owners = ownersOf(options.world);
    this.properties = new PropertyBook(options.world, this.owners);
    this.records = new RecordBook(options.searchLagMs);
    this.#random = createRandom(options.world.seed, "hubspot-ids");
    seedRecords(this.world, this);
  }

  get key(): string {
    return this.#options.key;
  }

  /** When the key stopped working, epoch ms of the sandbox's clock; undefined while it works. */
  get keyExpiredAt(): number | undefined {
    return this.#keyExpiredAt;
  }

  /** Does it as this person, by e-mail: whatever the API writes meanwhile is theirs. */
  actAs<Result>(email: string, work: () => Result): Result {
    return this.#actor.run(email, work);
  }

  /** The key has been rotated or has run out: from now on it is refused. */
  expireKey(): void {
    this.#keyExpiredAt = this.now();
  }

  /** Told of each change, after it; the answer ends that. */
  subscribe(listener: (change: HubSpotChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The record of a type by its plural, singular or number; undefined for none and for an archived one. */
  find(type: string, id: string): CrmRecord | undefined {
    const record = this.records.find(kindOf(type).type, id);
    return record?.archivedAt === undefined ? record : undefined;
  }

  /** By id, archived ones left out. */
  all(type: string): CrmRecord[] {
    return this.records.all(kindOf(type).type);
  }

  /**
   * A change made by somebody in HubSpot's own app. `by` is an email, the record's owner's unless told. Throws what HubSpot
   * would say of a wrong value, and RangeError where there is no such record.
   */
  change(type: string, id: string, properties: Record<string, unknown>, by?: string): CrmRecord {
    const record = this.find(type, id);
    if (!record) throw new RangeError(`HubSpot has no ${kindOf(type).singular} ${id}`);
    const owner = this.owners.find((o) => o.id === record.properties.hubspot_owner_id);
    return this.update(record, properties, { by: by ?? owner?.email ?? "somebody", isStrict: true });
  }

  /** What a new record would hold; throws all that would refuse it, and writes nothing. */
  check(kind: ObjectKind, given: Record<string, unknown>, links: readonly Link[], options: WriteOptions) {
    const held = { ...defaultsOf(kind.type), ...withoutEmpty(this.properties.read(kind.type, given)) };
    const missing = kind.required.filter((names) => !names.some((name) => held[name]));
    if (missing.length > 0) {
      throw invalid(`Error creating ${kind.singular.toUpperCase()}. Some required properties were not set.`, {
        context: { properties: missing.flat() },
      });
    }
    this.#checkUnique(kind, held, undefined);
    for (const { type, toId } of links) this.#checkTarget(type.to, toId);
    if (kind.type === "deals" && options.isStrict) checkPortalRules(held);
    return held;
  }

  create(kind: ObjectKind, given: Record<string, unknown>, links: readonly Link[], options: WriteOptions): CrmRecord {
    const held = this.check(kind, given, links, options);
    const now = this.now();
    const record: CrmRecord = {
      type: kind.type,
      id: this.#nextId(),
      properties: { hs_object_source_label: options.by === "api" ? "INTEGRATION" : "CRM_UI" },
      createdAt: now,
      updatedAt: now,
      history: new Map(),
    };
    this.#tell({ kind: "creation", record, after: record.id, by: options.by });
    this.#write(record, held, options.by);
    for (const { type, toId } of links) this.associate(type, record.id, toId, options.by);
    return record;
  }

  update(record: CrmRecord, given: Record<string, unknown>, { by, isStrict }: WriteOptions): CrmRecord {
    const values = this.properties.read(record.type, given);
    this.#checkUnique(OBJECT_KINDS[record.type], values, record.id);
    if (record.type === "deals" && isStrict) checkPortalRules({ ...record.properties, ...values });
    this.#write(record, values, by);
    this.#settleLinked(record, by);
    return record;
  }

  archive(record: CrmRecord, by: string): void {
    record.archivedAt = this.now();
    this.records.write(record, record.archivedAt);
    this.#tell({ kind: "deletion", record, before: record.id, by });
    this.#settleLinked(record, by);
  }

  /** Throws where one of the two is not there. */
  associate(type: AssociationType, fromId: string, toId: string, by: string): void {
    const from = this.#checkTarget(type.from, fromId);
    const to = this.#checkTarget(type.to, toId);
    const isNew = this.associations.add(type, fromId, toId);
    if (isNew) this.#tell({ kind: "associationChange", record: from, field: `${type.to}/${toId}`, after: toId, by });
    for (const record of [from, to]) this.#settle(record, by);
  }

  dissociate(from: ObjectType, fromId: string, to: ObjectType, toId: string, by: string): void {
    const record = this.records.find(from, fromId);
    if (!record || !this.associations.remove(from, fromId, to, toId)) return;
    this.#tell({ kind: "associationChange", record, field: `${to}/${toId}`, before: toId, by });
    const other = this.find(to, toId);
    for (const end of other ? [record, other] : [record]) this.#settle(end, by);
  }

  /** The records of one type that belong to another record, archived ones left out. */
  associated(from: ObjectType, id: string, to: ObjectType) {
    return this.associations.of(from, id, to).filter((target) => this.find(to, target.id));
  }

  /** Refuses a key that has none of these scopes. */
  needScope(...scopes: string[]): void {
    if (!scopes.some((scope) => this.scopes.has(scope))) throw missingScopes(scopes);
  }

  reset(): void {
    this.#keyExpiredAt = undefined;
    this.#lastId = 0;
    this.#random = createRandom(this.world.seed, "hubspot-ids");
    this.changes.length = 0;
    this.scopes.clear();
    for (const scope of this.#options.scopes) this.scopes.add(scope);
    this.properties.reset();
    this.records.clear();
    this.associations.clear();
    seedRecords(this.world, this);
  }

  /** Puts values in, an empty one clearing its property; tells of each that is another than before. */
  #write(record: CrmRecord, values: Record<string, string>, by: string): void {
    const now = this.now();
    const before = { ...record.properties };
    for (const [name, value] of Object.entries(values)) {
      if (value === "") delete record.properties[name];
      else record.properties[name] = value;
    }
    if (record.type === "deals") deriveDeal(record.properties, before.dealstage, now);
    record.updatedAt = now;
    const changed = [...new Set([...Object.keys(before), ...Object.keys(record.properties)])].filter(
      (name) => before[name] !== record.properties[name],
    );
    for (const name of changed) {
      const past = record.history.get(name) ?? firstValue(before[name], record);
      record.history.set(name, [{ value: record.properties[name] ?? "", at: now, by: this.#writer(by) }, ...past]);
    }
    this.records.write(record, now);
    for (const field of changed) {
      this.#tell({ kind: "propertyChange", record, field, before: before[field], after: record.properties[field], by });
    }
  }

  /** A note or task is an activity of the records that it belongs to. */
  #settleLinked({ type, id }: CrmRecord, by: string): void {
    if (type !== "notes" && type !== "tasks") return;
    for (const to of WITH_ACTIVITY) {
      for (const target of this.associated(type, id, to)) this.#settle(this.#checkTarget(to, target.id), by);
    }
  }

  /** Brings what HubSpot computes of a record's links up to date. */
  #settle(record: CrmRecord, by: string): void {
    const values = linkedValues(this, record);
    const isStale = Object.entries(values).some(([name, value]) => (record.properties[name] ?? "") !== value);
    if (isStale) this.#write(record, values, by);
  }

  /** Who stands behind the API: the app with its key, or the person whose token it is. */
  #writer(by: string): string {
    return by === "api" ? (this.#actor.getStore() ?? by) : by;
  }

  /** Ids grow and are longer than those of the world, so that what is new stands last. */
  #nextId(): string {
    this.#lastId += this.#random.int(17, 4000);
    return String(100_000_000_000 + this.#lastId);
  }

  #checkTarget(type: ObjectType, id: string): CrmRecord {
    const record = this.find(type, id);
    if (record) return record;
    throw invalid("One or more associations are invalid", {
      context: { INVALID_OBJECT_IDS: [`objectId=${id}, objectType=${OBJECT_KINDS[type].typeId}`] },
    });
  }

  #checkUnique(kind: ObjectKind, values: Record<string, string>, ownId: string | undefined): void {
    for (const { name } of this.properties.all(kind.type).filter((p) => p.hasUniqueValue && values[p.name])) {
      const other = this.byUnique(kind.type, name, values[name] ?? "");
      if (!other || other.id === ownId) continue;
      if (name === "email") {
        throw new HubSpotRefusal(409, `Contact already exists. Existing ID: ${other.id}`, { category: "CONFLICT" });
      }
      const own = ownId ?? "a new object";
      throw invalid(
        `Cannot set PropertyValueCoordinates{objectTypeId=${kind.typeId}, propertyName=${name}, value=${values[name]}} on ${own}. ${other.id} already has that value.`,
      );
    }
  }

  /** The record that has this value of a property whose values are unique. */
  byUnique(type: ObjectType, name: string, value: string): CrmRecord | undefined {
    if (name === "hs_object_id") return this.find(type, value);
    const definition = this.properties.find(type, name);
    if (!definition?.hasUniqueValue) throw invalid(`The property '${name}' is not a unique property for ${type}`);
    const wanted = value.toLowerCase();
    return this.records.all(type).find((record) => record.properties[name]?.toLowerCase() === wanted);
  }

  #tell({ kind, record: { type, id }, field = "", before, after, by }: Told): void {
    const change: HubSpotChange = {
      at: new Date(this.now()).toISOString(),
      kind,
      type,
      id,
      field,
      before,
      after,
      by: this.#writer(by),
    };
    this.changes.push(change);
    for (const listener of this.#listeners) listener(change);
  }
}

interface Told extends Pick<HubSpotChange, "kind" | "by"> {
  record: CrmRecord;
  field?: string;
  before?: string | undefined;
  after?: string | undefined;
}

/** What the world's own value was, before anybody wrote another. */
function firstValue(value: string | undefined, record: CrmRecord) {
  return value === undefined ? [] : [{ value, at: record.createdAt, by: "IMPORT" }];
}

function defaultsOf(type: ObjectType): Record<string, string> {
  if (type === "deals") return { pipeline: PIPELINE_ID };
  if (type === "contacts" || type === "companies") return { lifecyclestage: "lead" };
  if (type === "tasks") return { hs_task_status: "NOT_STARTED", hs_task_priority: "NONE", hs_task_type: "TODO" };
  return {};
}

function withoutEmpty(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
}

/** The record that a path means; throws HubSpot's words for what is no id and for what is not there. */
export function recordAt(store: HubSpotStore, kind: ObjectKind, id: string, isArchived = false): CrmRecord {
  if (!/^\d{1,18}$/.test(id)) {
    throw new HubSpotRefusal(404, "Object not found.  objectId are usually numeric.", {
      category: "OBJECT_NOT_FOUND",
      context: { id: [id] },
    });
  }
  const record = store.records.find(kind.type, id);
  if (!record || (record.archivedAt !== undefined) !== isArchived) throw notFound();
  return record;
}
