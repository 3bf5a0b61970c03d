import { ServiceError, UserError } from "../../src/core/errors.ts";
import type { ToolCaller } from "../shared/define-tool.ts";
import type { Scope } from "../shared/timer.ts";
import type { Association, HubSpotRecord, PropertyDefinition } from "./answers.ts";
import type { HubSpotApi, NewAssociation, ObjectType, SearchRequest } from "./api.ts";
import type { Account, Directory } from "./directory.ts";
import { findByEmail, findOwner, type Owner } from "./owners.ts";
import type { Pipeline } from "./pipelines.ts";

const singular: Record<ObjectType, string> = {
  contacts: "contact",
  companies: "company",
  deals: "deal",
  notes: "note",
  tasks: "task",
};

const batchSize = 100;

/** What the tools read and write, within one tool call. */
export class HubSpotSession {
  readonly caller: ToolCaller | undefined;
  readonly #api: HubSpotApi;
  readonly #directory: Directory;
  readonly #scope: Scope;

  constructor(api: HubSpotApi, directory: Directory, caller: ToolCaller | undefined, scope: Scope) {
    this.#api = api;
    this.#directory = directory;
    this.caller = caller;
    this.#scope = scope;
  }

  account(): Promise<Account> {
    return this.#directory.account.get("account", this.#scope);
  }

  pipelines(): Promise<Pipeline[]> {
    return this.#directory.pipelines.get("deals", this.#scope);
  }

  definitions(type: ObjectType): Promise<PropertyDefinition[]> {
    return this.#directory.definitions.get(type, this.#scope);
  }

  /** People who can own records now. */
  owners(): Promise<Owner[]> {
    return this.#directory.owners.get("active", this.#scope);
  }

  /** `who`: an e-mail address, "me", a name or an id. */
  async owner(who: string): Promise<Owner> {
    return findOwner(who, await this.owners(), this.caller);
  }

  /** Whoever asks, where HubSpot knows that address. */
  async ownOwner(): Promise<Owner | undefined> {
    return this.caller?.email ? findByEmail(await this.owners(), this.caller.email) : undefined;
  }

  /** By id, those who have left among them: their records keep them. */
  async ownersById(ids: readonly (string | null | undefined)[]): Promise<ReadonlyMap<string, Owner>> {
    const wanted = new Set(ids.filter(Boolean));
    if (wanted.size === 0) return new Map();
    const active = new Map((await this.owners()).map((owner) => [owner.id, owner]));
    if ([...wanted].every((id) => active.has(id ?? ""))) return active;
    const archived = await this.#directory.owners.get("archived", this.#scope);
    return new Map([...archived.map((owner) => [owner.id, owner] as const), ...active]);
  }

  search(type: ObjectType, request: SearchRequest): ReturnType<HubSpotApi["search"]> {
    return this.#api.search(type, request, this.#scope);
  }

  findRecord(
    type: ObjectType,
    id: string,
    properties: readonly string[],
    idProperty?: string,
  ): Promise<HubSpotRecord | undefined> {
    return this.#api.record(type, id, { properties, idProperty }, this.#scope);
  }

  /** Throws UserError where there is no such record. */
  async record(
    type: ObjectType,
    id: string,
    properties: readonly string[],
    idProperty?: string,
  ): Promise<HubSpotRecord> {
    const found = await this.findRecord(type, id, properties, idProperty);
    if (found) return found;
    throw new UserError(`HubSpot has no ${singular[type]} ${id}. It may be deleted; search for it to get its id.`);
  }

  /** Those that exist, by id. */
  async records(
    type: ObjectType,
    ids: readonly string[],
    properties: readonly string[],
  ): Promise<ReadonlyMap<string, HubSpotRecord>> {
    const wanted = [...new Set(ids)];
    const batches: Promise<HubSpotRecord[]>[] = [];
    for (let start = 0; start < wanted.length; start += batchSize) {
      batches.push(this.#api.records(type, wanted.slice(start, start + batchSize), properties, this.#scope));
    }
    return new Map((await Promise.all(batches)).flat().map((record) => [record.id, record]));
  }

  /** All of a type, without the lag of a search; undefined where there are more than `most`. */
  async list(type: ObjectType, properties: readonly string[], most: number): Promise<HubSpotRecord[] | undefined> {
    const found: HubSpotRecord[] = [];
    let after: string | undefined;
    do {
      const page = await this.#api.list(type, properties, { limit: batchSize, after }, this.#scope);
      found.push(...page.results);
      after = page.paging;
      if (found.length > most) return undefined;
    } while (after !== undefined);
    return found;
  }

  /** What each of these records is associated with, the first 500 or so of each. */
  async associated(
    from: ObjectType,
    ids: readonly string[],
    to: ObjectType,
  ): Promise<ReadonlyMap<string, { to: Association[]; hasMore: boolean }>> {
    if (ids.length === 0) return new Map();
    const found = await this.#api.associationBatch(from, ids, to, this.#scope);
    return new Map(found.map((one) => [one.from.id, { to: one.to, hasMore: one.paging !== undefined }]));
  }

  /** One page of them. Throws UserError where there is no such record. */
  async associations(
    from: { type: ObjectType; id: string },
    to: ObjectType,
    page: { limit: number; after?: string | undefined },
  ): Promise<{ results: Association[]; paging?: string | undefined }> {
    const found = await this.#api.associations(from, to, page, this.#scope);
    if (found) return found;
    throw new UserError(`HubSpot has no ${singular[from.type]} ${from.id}.`);
  }

  /** The new record's id. */
  create(
    type: ObjectType,
    body: { properties: Readonly<Record<string, string>>; associations: readonly NewAssociation[] },
  ): Promise<string> {
    return this.#api.create(type, body, this.#scope);
  }

  /** Throws UserError where there is no such record. */
  async update(type: ObjectType, id: string, properties: Readonly<Record<string, string>>): Promise<void> {
    const updated = await this.#api.update(type, id, properties, this.#scope);
    if (!updated) throw new UserError(`HubSpot has no ${singular[type]} ${id}; it may just have been deleted.`);
  }

  /**
   * What is read after a record was saved, by its id: searches show it only after a while. A failure here must not look like
   * one of the write, or it would be written again: who looks it up finds it done.
   */
  async afterSaving<Value>(type: ObjectType, id: string, read: () => Promise<Value>): Promise<Value> {
    try {
      return await read();
    } catch (cause) {
      if (!(cause instanceof ServiceError || cause instanceof UserError)) throw cause;
      const message = `The ${singular[type]} ${id} is saved in HubSpot, but could not be read back. Do not save it again.`;
      throw new ServiceError(message, { service: "HubSpot", outcomeUnknown: true, cause });
    }
  }
}
