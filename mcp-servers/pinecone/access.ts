import { PrivateError, ServiceError, UserError } from "../../src/core/errors.ts";
import { nearestName } from "../../src/core/nearest-name.ts";
import type { ToolCaller } from "../shared/define-tool.ts";
import type { Scope } from "../shared/timer.ts";
import type { Metadata, StatsAnswer } from "./answers.ts";
import type { Found } from "./api.ts";
import type { PineconeClient } from "./client.ts";
import type { IndexInfo } from "./indexes.ts";
import { namespaceName } from "./namespaces.ts";
import { isForOwnEyes, maySee } from "./privacy.ts";
import type { Nearest, TextRecord } from "./sdk.ts";

/** Where nothing is named, at most so many namespaces are searched. */
const mostNamespaces = 10;

/** So many more are asked for, so that private ones which are left out do not crowd out what may be shown. */
const spare = 20;

/** Pinecone as one person may see it, for one tool call: the only way from a tool to records. */
export class PineconeAccess {
  readonly #client: PineconeClient;
  readonly #caller: ToolCaller | undefined;
  readonly #scope: Scope;

  constructor(client: PineconeClient, caller: ToolCaller | undefined, scope: Scope) {
    this.#client = client;
    this.#caller = caller;
    this.#scope = scope;
  }

  /** All that the key sees, by name. */
  async indexes(): Promise<IndexInfo[]> {
    const indexes = await this.#client.api.indexes(this.#scope);
    for (const index of indexes) this.#keep(index);
    return indexes.sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  /** As it is known since ten minutes at most; the usual one unless named. Throws UserError where there is none. */
  async index(name = this.#client.config.index): Promise<IndexInfo> {
    return this.#client.indexes.get(name) ?? (await this.freshIndex(name));
  }

  async freshIndex(name = this.#client.config.index): Promise<IndexInfo> {
    const index = await this.#client.api.index(name, this.#scope);
    if (index) return this.#keep(index);
    const names = (await this.indexes()).map((known) => known.name);
    const nearest = nearestName(name, names);
    const hint = nearest === undefined ? "" : ` Did you mean "${nearest}"?`;
    throw new UserError(`index: there is no "${name}".${hint} There are: ${names.join(", ") || "none"}.`);
  }

  /** Counts and namespaces, as they are known since half a minute at most. */
  async stats(index: IndexInfo): Promise<StatsAnswer> {
    return this.#client.stats.get(index.name) ?? (await this.freshStats(index));
  }

  async freshStats(index: IndexInfo): Promise<StatsAnswer> {
    const stats = await this.#at(index, () => this.#client.api.stats(index.host, this.#scope));
    this.#client.stats.set(index.name, stats);
    return stats;
  }

  /**
   * Those that are named, else the configured one of the usual index, else all. Throws UserError for one that does not exist:
   * Pinecone finds nothing in it and says nothing.
   */
  async namespaces(index: IndexInfo, wanted: readonly string[] | undefined): Promise<string[]> {
    const usual = index.name === this.#client.config.index ? this.#client.config.namespace : undefined;
    const named = wanted ?? (usual === undefined ? undefined : [usual]);
    const known = namesIn(await this.stats(index));
    const lacking = named?.find((name) => !known.includes(name));
    // It may have been made since.
    const present = lacking === undefined ? known : namesIn(await this.freshStats(index));
    const missing = named?.find((name) => !present.includes(name));
    if (missing !== undefined) throw unknownNamespace(missing, present, index);
    if (named) return [...new Set(named)];
    if (present.length <= mostNamespaces) return present;
    const some = present.slice(0, mostNamespaces).join(", ");
    throw new UserError(`The index has ${present.length} namespaces (${some}, ...). Name those that are meant.`);
  }

  /** What is near to the text and may be seen, the nearest first, from all of these namespaces together. */
  async searchText(index: IndexInfo, namespaces: readonly string[], text: string, nearest: Nearest): Promise<Found[]> {
    const search = (namespace: string) =>
      this.#client.api.searchText({ host: index.host, namespace }, text, withSpare(nearest), this.#scope);
    return this.#nearest(index, namespaces, search);
  }

  async queryVector(
    index: IndexInfo,
    namespaces: readonly string[],
    of: { vector: number[] } | { id: string },
    nearest: Nearest,
  ): Promise<Found[]> {
    const search = (namespace: string) =>
      this.#client.api.queryVector({ host: index.host, namespace }, of, withSpare(nearest), this.#scope);
    return this.#nearest(index, namespaces, search);
  }

  /** Those that exist and may be seen. Throws PrivateError for the asker's own where others read along. */
  async records(
    index: IndexInfo,
    namespaces: readonly string[],
    ids: readonly string[],
  ): Promise<{ id: string; namespace: string; metadata: Metadata }[]> {
    const found = await Promise.all(
      namespaces.map(async (namespace) => {
        const records = await this.#recordsIn(index, namespace, ids);
        return [...records].map(([id, metadata]) => ({ id, namespace, metadata }));
      }),
    );
    if (found.flat().some(({ metadata }) => isForOwnEyes(metadata, this.#caller))) throw privateHere();
    return found.flat().filter(({ metadata }) => maySee(metadata, this.#caller));
  }

  /** What stands under the id, whether it may be seen or not. Only for who decides on writing over it. */
  async standing(
    index: IndexInfo,
    namespace: string,
    id: string,
  ): Promise<{ metadata: Metadata; isVisible: boolean } | undefined> {
    const metadata = (await this.#recordsIn(index, namespace, [id])).get(id);
    return metadata && { metadata, isVisible: maySee(metadata, this.#caller) };
  }

  async upsert(index: IndexInfo, namespace: string, record: TextRecord): Promise<void> {
    await this.#at(index, () => this.#client.api.upsert({ host: index.host, namespace }, record, this.#scope));
    this.#client.stats.delete(index.name);
  }

  #recordsIn(index: IndexInfo, namespace: string, ids: readonly string[]): Promise<ReadonlyMap<string, Metadata>> {
    return this.#at(index, () => this.#client.api.records({ host: index.host, namespace }, ids, this.#scope));
  }

  async #nearest(
    index: IndexInfo,
    namespaces: readonly string[],
    search: (namespace: string) => Promise<Found[]>,
  ): Promise<Found[]> {
    const found = (await Promise.all(namespaces.map((namespace) => this.#at(index, () => search(namespace))))).flat();
    const sign = isDistance(index) ? -1 : 1;
    return found
      .filter(({ metadata }) => maySee(metadata, this.#caller))
      .sort((left, right) => sign * (right.score - left.score) || (left.id < right.id ? -1 : 1));
  }

  /** An index that is made anew has another address: one that fails is asked for again by the next call. */
  async #at<Value>(index: IndexInfo, ask: () => Promise<Value>): Promise<Value> {
    try {
      return await ask();
    } catch (error) {
      const isLost = error instanceof ServiceError && (error.status === undefined || error.status === 404);
      if (isLost) this.#client.indexes.delete(index.name);
      throw error;
    }
  }

  /** Throws ServiceError where the key would travel in the clear to an address that Pinecone itself names. */
  #keep(answer: IndexInfo): IndexInfo {
    const host = /^https?:\/\//.test(answer.host) ? answer.host : `https://${answer.host}`;
    if (host.startsWith("http:") && !this.#client.config.controllerHost.startsWith("http:")) {
      const message = `Pinecone gives an address without https for the index ${answer.name}, to which its key is not sent.`;
      throw new ServiceError(message, { service: "Pinecone" });
    }
    const index = { ...answer, host };
    this.#client.indexes.set(index.name, index);
    return index;
  }
}

/** What the asker may see, and others would read along. */
export function privateHere(): PrivateError {
  return new PrivateError(
    "This document is private, and others read along here. Say so; the same question to Sophia in a direct message is answered.",
  );
}

/** With `euclidean` a score is a distance: less is nearer, and 0 is the same. */
export function isDistance(index: IndexInfo): boolean {
  return index.metric === "euclidean";
}

function withSpare({ topK, filter }: Nearest): Nearest {
  return { topK: topK + spare, filter };
}

function namesIn(stats: StatsAnswer): string[] {
  return Object.keys(stats.namespaces ?? {})
    .map(namespaceName)
    .sort();
}

function unknownNamespace(name: string, known: readonly string[], index: IndexInfo): UserError {
  const nearest = nearestName(name, known);
  const hint = nearest === undefined ? "" : ` Did you mean "${nearest}"?`;
  const names = known.slice(0, 20).join(", ") || "none yet";
  return new UserError(`There is no namespace "${name}" in the index ${index.name}.${hint} There are: ${names}.`);
}
