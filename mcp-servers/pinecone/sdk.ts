import type { Index, Pinecone } from "@pinecone-database/pinecone";
import { exchange, type HttpResponse } from "../../src/core/http.ts";
import type { PineconeConfig } from "./config.ts";

/** Milliseconds for the whole exchange, and who may end it before. */
export interface Limits {
  timeoutMs: number;
  signal: AbortSignal;
}

/** What is near to it: to a text, which the index's own model embeds, to a vector, or to a record. */
export interface Nearest {
  topK: number;
  filter?: Record<string, unknown> | undefined;
}

/** A record of an index with a model of its own: its id as `_id`, its text and metadata as fields. */
export type TextRecord = { _id: string } & Record<string, string | number | boolean | string[]>;

/**
 * The only place that knows Pinecone's SDK, which is loaded by the first request. Each method sends one request and gives the
 * answer, whatever its status; throws a retryable ServiceError when nothing came back.
 *
 * Of the SDK are the paths, headers, bodies and versions. Its retries are off (it repeats what `VendorCalls` would repeat);
 * the answer is taken where it arrives, for the SDK's errors have neither status nor headers of a 429; and the address of
 * an index is always given, for its own cache of addresses is kept for ever, by key and name.
 */
export class PineconeSdk {
  readonly #config: Pick<PineconeConfig, "apiKey" | "controllerHost">;
  readonly #fetch: typeof fetch;

  constructor(config: Pick<PineconeConfig, "apiKey" | "controllerHost">, fetchFn: typeof fetch) {
    this.#config = config;
    this.#fetch = fetchFn;
  }

  listIndexes(limits: Limits): Promise<HttpResponse> {
    return this.#send((pinecone) => pinecone.indexes.list(), limits);
  }

  describeIndex(name: string, limits: Limits): Promise<HttpResponse> {
    return this.#send((pinecone) => pinecone.indexes.describe(name), limits);
  }

  stats(host: string, limits: Limits): Promise<HttpResponse> {
    return this.#ask(host, (index) => index.describeIndexStats(), limits);
  }

  searchText(host: string, namespace: string, text: string, nearest: Nearest, limits: Limits): Promise<HttpResponse> {
    const { topK, filter } = nearest;
    const query = { topK, inputs: { text }, ...(filter ? { filter } : {}) };
    return this.#ask(host, (index) => index.searchRecords({ namespace, query }), limits);
  }

  queryVector(
    host: string,
    namespace: string,
    of: { vector: number[] } | { id: string },
    { topK, filter }: Nearest,
    limits: Limits,
  ): Promise<HttpResponse> {
    // An empty filter would be refused by the SDK itself.
    const options = { ...of, namespace, topK, includeMetadata: true, ...(filter ? { filter } : {}) };
    return this.#ask(host, (index) => index.query(options), limits);
  }

  fetchRecords(host: string, namespace: string, ids: string[], limits: Limits): Promise<HttpResponse> {
    return this.#ask(host, (index) => index.fetch({ namespace, ids }), limits);
  }

  upsertRecord(host: string, namespace: string, record: TextRecord, limits: Limits): Promise<HttpResponse> {
    return this.#ask(host, (index) => index.upsertRecords({ namespace, records: [record] }), limits);
  }

  #ask(host: string, operation: (index: Index) => Promise<unknown>, limits: Limits): Promise<HttpResponse> {
    return this.#send((pinecone) => operation(pinecone.index({ host })), limits);
  }

  async #send(operation: (pinecone: Pinecone) => Promise<unknown>, limits: Limits): Promise<HttpResponse> {
    const { Pinecone } = await import("@pinecone-database/pinecone");
    limits.signal.throwIfAborted();
    const wire = new Wire(this.#fetch, limits);
    // A client for each request, for it takes neither a signal nor a deadline for one; it opens nothing by itself.
    const { apiKey, controllerHost: controllerHostUrl } = this.#config;
    const client = new Pinecone({ apiKey, controllerHostUrl, maxRetries: 0, fetchApi: wire.fetch });
    try {
      await operation(client);
    } catch (error) {
      // Whatever the SDK makes of it: what came over the wire says more.
      if (!wire.answer) throw wire.failure ?? error;
    }
    if (!wire.answer) throw new TypeError("the SDK answered without a request");
    return wire.answer;
  }
}

/** One request's `fetch`: within its limits, and what it brought is kept. */
class Wire {
  readonly #fetch: typeof fetch;
  readonly #limits: Limits;
  answer: HttpResponse | undefined;
  failure: unknown;

  constructor(fetchFn: typeof fetch, limits: Limits) {
    this.#fetch = fetchFn;
    this.#limits = limits;
  }

  readonly fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const { method = "GET", body } = init;
    const headers = Object.fromEntries(new Headers(init.headers));
    const url = input instanceof Request ? input.url : String(input);
    const request = { method, url, headers, ...(typeof body === "string" ? { body } : {}) };
    try {
      this.answer = await exchange("Pinecone", { ...request, ...this.#limits }, this.#fetch);
    } catch (error) {
      this.failure = error;
      throw error;
    }
    const { status, text } = this.answer;
    const type = this.answer.headers.get("content-type");
    return new Response(text === "" ? null : text, { status, headers: type ? { "content-type": type } : {} });
  };
}
