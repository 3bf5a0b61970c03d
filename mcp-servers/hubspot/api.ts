import type { Client } from "@hubspot/api-client";
import type { z } from "zod";
import type { Clock } from "../../src/core/clock.ts";
import { ServiceError } from "../../src/core/errors.ts";
import type { HttpResponse } from "../../src/core/http.ts";
import { parseExactJson } from "../shared/exact-json.ts";
import { RateBudget } from "../shared/rate-budget.ts";
import type { Scope, Timer } from "../shared/timer.ts";
import { VendorCalls } from "../shared/vendor-calls.ts";
import { type VendorAdvice, unknownFormError, withUnknownChange, withUnknownOutcome } from "../shared/vendor-error.ts";
import * as answers from "./answers.ts";
import type { HubSpotConfig } from "./config.ts";
import { credentials, permission, recogniseRefusal } from "./refusals.ts";

/**
 * The one place that names it. The SDK's typed methods call the undated paths, which HubSpot ends in 2027, so everything goes
 * through `apiRequest`. Source: developers.hubspot.com/docs/api-reference, "Date-based versioning".
 */
const API_VERSION = "2026-09";

export type ObjectType = "contacts" | "companies" | "deals" | "notes" | "tasks";

export interface Filter {
  propertyName: string;
  operator: "EQ" | "GTE" | "LTE" | "BETWEEN" | "IN" | "NOT_HAS_PROPERTY";
  value?: string;
  highValue?: string;
  values?: readonly string[];
}

export interface SearchRequest {
  /** Words to look for in the properties that HubSpot searches by default. */
  query?: string | undefined;
  /** A record fits that meets every filter of one of the groups. */
  filterGroups: readonly { filters: readonly Filter[] }[];
  sort: { propertyName: string; direction: "ASCENDING" | "DESCENDING" };
  properties: readonly string[];
  /** At most 200. */
  limit: number;
  after?: string | undefined;
}

export interface NewAssociation {
  to: { id: string };
  types: readonly { associationCategory: "HUBSPOT_DEFINED"; associationTypeId: number }[];
}

interface Call {
  method: "GET" | "POST" | "PATCH";
  path: string;
  query?: Record<string, string> | undefined;
  body?: unknown;
  idempotent: boolean;
  isSearch?: boolean;
}

export interface HubSpotApiDependencies {
  clock: Clock;
  timer: Timer;
  random: () => number;
  limits: HubSpotLimits;
  advice?: VendorAdvice | undefined;
}

/** HubSpot's limits, of an app in an account; of searches, in the whole account. */
export interface HubSpotLimits {
  all: RateBudget;
  searches: RateBudget;
}

export const ownAdvice: VendorAdvice = { service: "HubSpot", credentials, permission, recognise: recogniseRefusal };

const limited = { service: "HubSpot", maxWaiting: 64 };

/** `of`: another app in the same account, whose searches count as well. */
export function createLimits(timer: Timer, of?: HubSpotLimits): HubSpotLimits {
  return {
    all: new RateBudget({ ...limited, timer, requests: 100, windowMs: 10_050 }),
    searches: of?.searches ?? new RateBudget({ ...limited, timer, requests: 4, windowMs: 1005 }),
  };
}

/** HubSpot's CRM as far as it is used here: the only file that knows the SDK. */
export class HubSpotApi {
  readonly #config: HubSpotConfig;
  readonly #timer: Timer;
  readonly #budget: RateBudget;
  readonly #calls: VendorCalls;
  readonly #searches: VendorCalls;
  #sdk: Promise<Client> | undefined;

  constructor(config: HubSpotConfig, dependencies: HubSpotApiDependencies) {
    const { clock, timer, random, limits, advice = ownAdvice } = dependencies;
    this.#config = config;
    this.#timer = timer;
    this.#budget = limits.all;
    const options = { advice, clock, timer, random, attemptMs: 10_000, maxAttempts: 3 };
    this.#calls = new VendorCalls({ ...options, budget: this.#budget, readLimit });
    // Answers of searches carry no limit headers.
    this.#searches = new VendorCalls({ ...options, budget: limits.searches });
  }

  /** Undefined where there is no such record. `idProperty`: what `id` is a value of, where it is not the record's own id. */
  record(
    type: ObjectType,
    id: string,
    options: { properties: readonly string[]; idProperty?: string | undefined },
    scope: Scope,
  ): Promise<answers.HubSpotRecord | undefined> {
    const { properties, idProperty } = options;
    const query = { properties: properties.join(","), ...(idProperty ? { idProperty } : {}) };
    return this.#ask({ method: "GET", path: objects(type, id), query, idempotent: true }, answers.recordAnswer, scope);
  }

  /** Those of at most 100 that exist, in any order. */
  async records(
    type: ObjectType,
    ids: readonly string[],
    properties: readonly string[],
    scope: Scope,
  ): Promise<answers.HubSpotRecord[]> {
    const body = { properties, inputs: ids.map((id) => ({ id })) };
    const path = `${objects(type)}/batch/read`;
    const answer = await this.#ask({ method: "POST", path, body, idempotent: true }, answers.recordsAnswer, scope);
    return answer?.results ?? [];
  }

  /** One page of all there are, without the lag of a search. */
  async list(
    type: ObjectType,
    properties: readonly string[],
    page: { limit: number; after?: string | undefined },
    scope: Scope,
  ): Promise<z.output<typeof answers.listAnswer>> {
    const { limit, after } = page;
    const query = {
      limit: String(limit),
      properties: properties.join(","),
      ...(after === undefined ? {} : { after }),
    };
    return present(
      await this.#ask({ method: "GET", path: objects(type), query, idempotent: true }, answers.listAnswer, scope),
    );
  }

  /** Throws the service's refusal where it finds more than 10,000 and `after` points behind them. */
  async search(
    type: ObjectType,
    { query, filterGroups, sort, properties, limit, after }: SearchRequest,
    scope: Scope,
  ): Promise<z.output<typeof answers.searchAnswer>> {
    const wanted = filterGroups.filter(({ filters }) => filters.length > 0);
    const body = {
      ...(query === undefined ? {} : { query }),
      ...(wanted.length === 0 ? {} : { filterGroups: wanted }),
      sorts: [sort],
      properties,
      limit,
      ...(after === undefined ? {} : { after }),
    };
    const path = `${objects(type)}/search`;
    const call: Call = { method: "POST", path, body, idempotent: true, isSearch: true };
    return present(await this.#ask(call, answers.searchAnswer, scope));
  }

  /** One page of what a record is associated with; undefined where there is no such record. */
  associations(
    from: { type: ObjectType; id: string },
    to: ObjectType,
    page: { limit: number; after?: string | undefined },
    scope: Scope,
  ): Promise<z.output<typeof answers.associationsAnswer> | undefined> {
    const path = `${objects(from.type, from.id)}/associations/${to}`;
    const query = { limit: String(page.limit), ...(page.after === undefined ? {} : { after: page.after }) };
    return this.#ask({ method: "GET", path, query, idempotent: true }, answers.associationsAnswer, scope);
  }

  /** The first page of associations of each of at most 1,000 records. */
  async associationBatch(
    from: ObjectType,
    ids: readonly string[],
    to: ObjectType,
    scope: Scope,
  ): Promise<z.output<typeof answers.associationBatchAnswer>["results"]> {
    const path = `/crm/associations/${API_VERSION}/${from}/${to}/batch/read`;
    const body = { inputs: ids.map((id) => ({ id })) };
    const answer = await this.#ask(
      { method: "POST", path, body, idempotent: true },
      answers.associationBatchAnswer,
      scope,
    );
    return answer?.results ?? [];
  }

  /** Never sent twice: where it is not known whether it was carried out, the ServiceError says so and is not retryable. */
  async create(
    type: ObjectType,
    body: { properties: Readonly<Record<string, string>>; associations: readonly NewAssociation[] },
    scope: Scope,
  ): Promise<string> {
    const call: Call = { method: "POST", path: objects(type), body, idempotent: false };
    try {
      return present(await this.#ask(call, answers.recordAnswer, scope)).id;
    } catch (error) {
      throw withUnknownOutcome(
        error,
        "Look for it first (in a search it shows after up to a minute), then ask the person.",
      );
    }
  }

  /** Sets properties; "" empties one. Undefined where there is no such record. */
  async update(
    type: ObjectType,
    id: string,
    properties: Readonly<Record<string, string>>,
    scope: Scope,
  ): Promise<answers.HubSpotRecord | undefined> {
    const call: Call = { method: "PATCH", path: objects(type, id), body: { properties }, idempotent: true };
    try {
      return await this.#ask(call, answers.recordAnswer, scope);
    } catch (error) {
      throw withUnknownChange(error);
    }
  }

  async owners(archived: boolean, scope: Scope): Promise<answers.OwnerAnswer[]> {
    const found: answers.OwnerAnswer[] = [];
    let after: string | undefined;
    do {
      const query = { limit: "500", archived: String(archived), ...(after === undefined ? {} : { after }) };
      const path = `/crm/owners/${API_VERSION}`;
      const page = present(
        await this.#ask({ method: "GET", path, query, idempotent: true }, answers.ownersAnswer, scope),
      );
      found.push(...page.results);
      after = page.paging;
    } while (after !== undefined);
    return found;
  }

  async dealPipelines(scope: Scope): Promise<answers.PipelineAnswer[]> {
    const path = `/crm/pipelines/${API_VERSION}/deals`;
    return present(await this.#ask({ method: "GET", path, idempotent: true }, answers.pipelinesAnswer, scope)).results;
  }

  async properties(type: ObjectType, scope: Scope): Promise<answers.PropertyDefinition[]> {
    const path = `/crm/properties/${API_VERSION}/${type}`;
    return present(await this.#ask({ method: "GET", path, idempotent: true }, answers.propertiesAnswer, scope)).results;
  }

  async account(scope: Scope): Promise<z.output<typeof answers.accountAnswer>> {
    const path = `/account-info/${API_VERSION}/details`;
    return present(await this.#ask({ method: "GET", path, idempotent: true }, answers.accountAnswer, scope));
  }

  /** Undefined where HubSpot has no such thing (404). Throws ServiceError. */
  async #ask<Schema extends z.ZodType>(
    call: Call,
    schema: Schema,
    scope: Scope,
  ): Promise<z.output<Schema> | undefined> {
    const attempt = (limits: { timeoutMs: number; signal: AbortSignal }) =>
      call.isSearch ? this.#attemptSearch(call, limits) : this.#attempt(call, limits);
    const calls = call.isSearch ? this.#searches : this.#calls;
    const response = await calls.send({ idempotent: call.idempotent, attempt }, scope);
    if (response.status === 404) return undefined;
    return parseAnswer(response, schema);
  }

  /** A search counts against both limits; its own one has let it through already. */
  async #attemptSearch(call: Call, limits: { timeoutMs: number; signal: AbortSignal }): Promise<HttpResponse> {
    const until = this.#timer.now() + limits.timeoutMs;
    const answered = await this.#budget.acquire({ signal: limits.signal, until });
    return this.#attempt(call, limits).finally(answered);
  }

  /**
   * The SDK can neither be given a deadline nor be told to stop: when the signal comes first its answer is no longer waited for.
   */
  async #attempt(
    { method, path, query, body }: Call,
    { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
  ): Promise<HttpResponse> {
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      const client = await this.#client();
      const work = client.apiRequest({
        method,
        path,
        ...(query && { qs: query }),
        ...(body !== undefined && { body }),
      });
      return await untilAborted(work.then(readResponse), AbortSignal.any([signal, deadline]));
    } catch (cause) {
      signal.throwIfAborted();
      if (cause instanceof ServiceError) throw cause;
      const why = deadline.aborted ? `did not answer within ${timeoutMs / 1000} s` : "cannot be reached";
      throw new ServiceError(`HubSpot ${why}. Try again in a minute.`, { service: "HubSpot", retryable: true, cause });
    }
  }

  /** Loaded with the first call. Retries stay with us: the SDK's repeat creates, and for every client of the process. */
  #client(): Promise<Client> {
    const { apiKey, baseUrl } = this.#config;
    this.#sdk ??= import("@hubspot/api-client").then(
      (sdk) => new sdk.Client({ accessToken: apiKey, basePath: baseUrl, numberOfApiCallRetries: 0 }),
    );
    return this.#sdk;
  }
}

/** The id may be somebody's e-mail address, so it is encoded; as a record's own id it is digits alone. */
function objects(type: ObjectType, id?: string): string {
  const path = `/crm/objects/${API_VERSION}/${type}`;
  return id === undefined ? path : `${path}/${encodeURIComponent(id)}`;
}

async function readResponse(response: Response): Promise<HttpResponse> {
  const { status, headers } = response;
  if (response.redirected) {
    const message = "HubSpot answered from another address than HUBSPOT_BASE_URL. Check HUBSPOT_BASE_URL.";
    throw new ServiceError(message, { service: "HubSpot", status });
  }
  return { status, headers, text: await response.text() };
}

function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

function parseAnswer<Schema extends z.ZodType>(response: HttpResponse, schema: Schema): z.output<Schema> {
  let parsed: unknown;
  try {
    parsed = parseExactJson(response.text);
  } catch (cause) {
    throw unknownFormError("HubSpot", cause);
  }
  const checked = schema.safeParse(parsed);
  if (!checked.success) throw unknownFormError("HubSpot", checked.error);
  return checked.data;
}

/** For what always exists: a 404 there means that the address is not HubSpot's. */
function present<Value>(value: Value | undefined): Value {
  if (value !== undefined) return value;
  const message = "HubSpot does not know the address that was called (404). Check HUBSPOT_BASE_URL.";
  throw new ServiceError(message, { service: "HubSpot", status: 404 });
}

/** Milliseconds until the rolling window has room again, where HubSpot says that it is full. */
function readLimit(headers: Headers): number | undefined {
  if (headers.get("x-hubspot-ratelimit-remaining") !== "0") return undefined;
  const interval = Number(headers.get("x-hubspot-ratelimit-interval-milliseconds") ?? 10_000);
  return Number.isFinite(interval) ? interval : undefined;
}
