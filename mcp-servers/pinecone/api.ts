import type { z } from "zod";
import { ServiceError } from "../../src/core/errors.ts";
import type { HttpResponse } from "../../src/core/http.ts";
import { parseExactJson } from "../shared/exact-json.ts";
import type { Scope } from "../shared/timer.ts";
import type { VendorCalls } from "../shared/vendor-calls.ts";
import { unknownFormError, withUnknownChange } from "../shared/vendor-error.ts";
import * as answers from "./answers.ts";
import { type IndexInfo, toIndexInfo } from "./indexes.ts";
import type { Limits, Nearest, PineconeSdk, TextRecord } from "./sdk.ts";

/** A record that was found, with how near it is as the index's metric has it. */
export interface Found {
  id: string;
  namespace: string;
  score: number;
  metadata: answers.Metadata;
}

/** Where records are: an index's address and one of its namespaces. */
export interface Place {
  host: string;
  namespace: string;
}

/** Pinecone's API 2026-07 as far as it is used here. All of it may be repeated: a record is written by its id. */
export class PineconeApi {
  readonly #sdk: PineconeSdk;
  readonly #calls: VendorCalls;

  constructor(sdk: PineconeSdk, calls: VendorCalls) {
    this.#sdk = sdk;
    this.#calls = calls;
  }

  async indexes(scope: Scope): Promise<IndexInfo[]> {
    const response = await this.#send((limits) => this.#sdk.listIndexes(limits), scope);
    return parse(answers.indexesAnswer, response).indexes.map(toIndexInfo);
  }

  /** Undefined where there is none of this name. */
  async index(name: string, scope: Scope): Promise<IndexInfo | undefined> {
    const response = await this.#send((limits) => this.#sdk.describeIndex(name, limits), scope);
    return response.status === 404 ? undefined : toIndexInfo(parse(answers.indexAnswer, response));
  }

  async stats(host: string, scope: Scope): Promise<answers.StatsAnswer> {
    return parse(answers.statsAnswer, await this.#send((limits) => this.#sdk.stats(host, limits), scope));
  }

  /** The nearest first. */
  async searchText({ host, namespace }: Place, text: string, nearest: Nearest, scope: Scope): Promise<Found[]> {
    const send = (limits: Limits) => this.#sdk.searchText(host, namespace, text, nearest, limits);
    const { result } = parse(answers.hitsAnswer, await this.#send(send, scope));
    return result.hits.map(({ _id: id, _score: score, fields }) => ({ id, namespace, score, metadata: fields ?? {} }));
  }

  /** The nearest first. */
  async queryVector(
    { host, namespace }: Place,
    of: { vector: number[] } | { id: string },
    nearest: Nearest,
    scope: Scope,
  ): Promise<Found[]> {
    const send = (limits: Limits) => this.#sdk.queryVector(host, namespace, of, nearest, limits);
    const { matches } = parse(answers.matchesAnswer, await this.#send(send, scope));
    return (matches ?? []).map(({ id, score, metadata }) => ({ id, namespace, score, metadata: metadata ?? {} }));
  }

  /** Those that exist, by id. */
  async records(
    { host, namespace }: Place,
    ids: readonly string[],
    scope: Scope,
  ): Promise<ReadonlyMap<string, answers.Metadata>> {
    const send = (limits: Limits) => this.#sdk.fetchRecords(host, namespace, [...ids], limits);
    const { vectors } = parse(answers.vectorsAnswer, await this.#send(send, scope));
    return new Map(Object.values(vectors ?? {}).map(({ id, metadata }) => [id, metadata ?? {}]));
  }

  /** In place of what stands under its id. Where it is not known whether that was done, the ServiceError says so. */
  async upsert({ host, namespace }: Place, record: TextRecord, scope: Scope): Promise<void> {
    const send = (limits: Limits) => this.#sdk.upsertRecord(host, namespace, record, limits);
    const response = await this.#send(send, scope).catch((error: unknown) => {
      throw withUnknownChange(error);
    });
    if (response.status === 404) throw goneError(response.status);
  }

  #send(attempt: (limits: Limits) => Promise<HttpResponse>, scope: Scope): Promise<HttpResponse> {
    return this.#calls.send({ idempotent: true, attempt }, scope);
  }
}

/** A data plane answers with 404 where its index has been deleted, or made anew elsewhere. */
function goneError(status: number): ServiceError {
  return new ServiceError("Pinecone no longer has this index where it was (404). Look with list_indexes.", {
    service: "Pinecone",
    status,
  });
}

function parse<Form extends z.ZodType>(form: Form, { status, text }: HttpResponse): z.output<Form> {
  if (status === 404) throw goneError(status);
  try {
    return form.parse(parseExactJson(text));
  } catch (cause) {
    throw unknownFormError("Pinecone", cause);
  }
}
