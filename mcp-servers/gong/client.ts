import type { Clock } from "../../src/core/clock.ts";
import { ServiceError } from "../../src/core/errors.ts";
import { BatchLoader } from "../shared/batch-loader.ts";
import type { ToolContext } from "../shared/define-tool.ts";
import { RateBudget } from "../shared/rate-budget.ts";
import { type Scope, systemTimer, type Timer } from "../shared/timer.ts";
import { TtlCache } from "../shared/ttl-cache.ts";
import { unknownFormError } from "../shared/vendor-error.ts";
import { VendorHttp } from "../shared/vendor-http.ts";
import type { transcriptsAnswer, usersAnswer } from "./answers.ts";
import { type CallFilter, GongApi, type Selector } from "./api.ts";
import { byStart, type GongCall, toCall } from "./calls.ts";
import type { GongConfig } from "./config.ts";
import { GongReader } from "./reader.ts";

export type GongUser = NonNullable<(typeof usersAnswer)["_output"]["users"]>[number];
export type Monologue = NonNullable<
  NonNullable<(typeof transcriptsAnswer)["_output"]["callTranscripts"]>[number]["transcript"]
>[number];

export interface ServerLog {
  warn(fields: Record<string, unknown>, message: string): void;
}

export interface GongDependencies {
  clock: Clock;
  fetch: typeof fetch;
  logger?: ServerLog | undefined;
  timer?: Timer | undefined;
  random?: (() => number) | undefined;
  /** Milliseconds that one tool call may take, waiting for Gong's limit included. */
  deadlineMs?: number | undefined;
}

/** Calls that were read together, and where Gong has more. */
export interface CallBatch {
  /** By start. */
  calls: GongCall[];
  next: string | undefined;
}

const cachedForMs = 60_000;

/**
 * Everything that one Gong account's tools share: the request budget, the caches, the requests under way. It holds private
 * calls as well, so tools never touch it: they get a `GongReader` for the person who asks.
 */
export class GongClient {
  readonly timeZone: string;
  readonly api: GongApi;
  readonly #timer: Timer;
  readonly #deadlineMs: number;
  readonly #logger: ServerLog | undefined;
  readonly #calls: TtlCache<GongCall>;
  readonly #detailed: TtlCache<GongCall>;
  readonly #transcripts: TtlCache<Monologue[]>;
  readonly #batches: TtlCache<CallBatch>;
  readonly #userLists: TtlCache<GongUser[]>;
  readonly #callLoader: BatchLoader<GongCall>;
  readonly #detailLoader: BatchLoader<GongCall>;
  readonly #transcriptLoader: BatchLoader<Monologue[]>;
  readonly #userLoader: BatchLoader<GongUser[]>;

  constructor(config: GongConfig, dependencies: GongDependencies) {
    const timer = dependencies.timer ?? systemTimer;
    this.timeZone = config.timeZone;
    this.#timer = timer;
    this.#deadlineMs = dependencies.deadlineMs ?? 20_000;
    this.#logger = dependencies.logger;
    this.api = new GongApi(createHttp(config, dependencies, timer));
    this.#calls = new TtlCache({ ttlMs: cachedForMs, maxEntries: 1000, timer });
    this.#detailed = new TtlCache({ ttlMs: cachedForMs, maxEntries: 100, timer });
    this.#transcripts = new TtlCache({ ttlMs: cachedForMs, maxEntries: 16, timer });
    this.#batches = new TtlCache({ ttlMs: cachedForMs, maxEntries: 8, timer });
    this.#userLists = new TtlCache({ ttlMs: 5 * cachedForMs, maxEntries: 1, timer });
    // Few transcripts at once: that of an hour is some 100 KB.
    this.#callLoader = new BatchLoader((ids, scope) => this.#loadCalls(ids, "outline", scope), { maxBatch: 100 });
    this.#detailLoader = new BatchLoader((ids, scope) => this.#loadCalls(ids, "everything", scope), { maxBatch: 50 });
    this.#transcriptLoader = new BatchLoader((ids, scope) => this.#loadTranscripts(ids, scope), { maxBatch: 10 });
    this.#userLoader = new BatchLoader(async (_, scope) => new Map([["all", await this.api.users(scope)]]), {
      maxBatch: 1,
    });
  }

  /** What this person may see, within one tool call. */
  reader(context: ToolContext<GongClient>): GongReader {
    const scope = { signal: context.signal, until: this.#timer.now() + this.#deadlineMs };
    return new GongReader(this, context.caller, scope);
  }

  /**
   * Up to `maxPages` pages from `cursor` on, always asked of Gong. Gong does not document an order, so they are sorted here.
   */
  async callBatch(
    filter: CallFilter,
    options: { cursor?: string | undefined; maxPages: number; what?: Selector },
    scope: Scope,
  ): Promise<CallBatch> {
    const { what = "outline" } = options;
    // By id: a call that is recorded while pages are read can make Gong repeat another one.
    const found = new Map<string, GongCall>();
    let cursor = options.cursor;
    let pages = 0;
    do {
      const page = await this.api.calls(filter, what, cursor, scope);
      if (page.cursor !== undefined && page.cursor === cursor) throw unknownFormError("Gong", { repeated: "cursor" });
      for (const answer of page.calls) found.set(answer.metaData.id, toCall(answer));
      cursor = page.cursor;
      pages++;
    } while (cursor !== undefined && pages < options.maxPages);
    const calls = [...found.values()];
    await this.#addOwners(calls, scope);
    if (what === "outline") for (const call of calls) this.#calls.set(call.id, call);
    return { calls: calls.sort(byStart), next: cursor };
  }

  /** The same, for an answer that is handed out in pages: `again` asks for a further one, for which the batch at hand will do. */
  async pagedBatch(
    filter: CallFilter,
    options: { cursor?: string | undefined; maxPages: number; again: boolean },
    scope: Scope,
  ): Promise<CallBatch> {
    const key = JSON.stringify([filter, options.cursor]);
    const known = options.again ? this.#batches.get(key) : undefined;
    if (known) return known;
    const batch = await this.callBatch(filter, options, scope);
    this.#batches.set(key, batch);
    return batch;
  }

  /** Without content beyond the brief. */
  async call(id: string, scope: Scope): Promise<GongCall | undefined> {
    return this.cachedCall(id) ?? (await this.#callLoader.get(id, scope));
  }

  cachedCall(id: string): GongCall | undefined {
    return this.#calls.get(id);
  }

  async detailedCall(id: string, scope: Scope): Promise<GongCall | undefined> {
    return this.#detailed.get(id) ?? (await this.#detailLoader.get(id, scope));
  }

  async transcript(id: string, scope: Scope): Promise<Monologue[] | undefined> {
    return this.#transcripts.get(id) ?? (await this.#transcriptLoader.get(id, scope));
  }

  async users(scope: Scope): Promise<GongUser[]> {
    const known = this.#userLists.get("all");
    if (known) return known;
    const users = (await this.#userLoader.get("all", scope)) ?? [];
    this.#userLists.set("all", users);
    return users;
  }

  /** Users where they only add a name; without them the answer is poorer, not wrong. */
  async usersIfAllowed(scope: Scope): Promise<GongUser[]> {
    try {
      return await this.users(scope);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      this.#logger?.warn({ service: "Gong", status: error.status }, "users could not be read; some names are missing");
      return [];
    }
  }

  async #loadCalls(
    ids: readonly string[],
    what: "outline" | "everything",
    scope: Scope,
  ): Promise<ReadonlyMap<string, GongCall>> {
    const calls = (await this.api.callsById(ids, what, scope)).map(toCall);
    await this.#addOwners(calls, scope);
    for (const call of calls) {
      this.#calls.set(call.id, call);
      if (what === "everything") this.#detailed.set(call.id, call);
    }
    return new Map(calls.map((call) => [call.id, call]));
  }

  async #loadTranscripts(ids: readonly string[], scope: Scope): Promise<ReadonlyMap<string, Monologue[]>> {
    const found = new Map<string, Monologue[]>();
    for (const { callId, transcript } of await this.api.transcripts(ids, scope)) {
      found.set(callId, transcript ?? []);
      this.#transcripts.set(callId, transcript ?? []);
    }
    return found;
  }

  /** A host who scheduled a call without joining it is not among its parties. */
  async #addOwners(calls: readonly GongCall[], scope: Scope): Promise<void> {
    const orphans = calls.filter(({ owner, ownerId }) => ownerId !== undefined && !owner?.email);
    if (orphans.length === 0) return;
    const users = new Map((await this.usersIfAllowed(scope)).map((user) => [user.id, user]));
    for (const call of orphans) {
      const user = call.ownerId === undefined ? undefined : users.get(call.ownerId);
      if (user) call.owner = { name: userName(user), email: user.emailAddress ?? null };
    }
  }
}

export function userName(user: GongUser): string {
  const name = [user.firstName, user.lastName].filter(Boolean).join(" ");
  return name || user.emailAddress || "Unknown person";
}

function createHttp(config: GongConfig, dependencies: GongDependencies, timer: Timer): VendorHttp {
  const basic = Buffer.from(`${config.apiKey}:${config.apiSecret}`).toString("base64");
  const budget = new RateBudget({
    service: "Gong",
    requests: config.requestsPerSecond ?? 3,
    windowMs: 1005,
    maxWaiting: 64,
    timer,
  });
  return new VendorHttp({
    advice: {
      service: "Gong",
      credentials: "Check GONG_API_KEY, GONG_API_SECRET and GONG_BASE_URL (Gong: Company settings > Ecosystem > API).",
      permission:
        "Give the API key the scopes that mcp-servers/gong/README.md lists (Gong: Company settings > Ecosystem > API).",
    },
    baseUrl: config.baseUrl,
    headers: { authorization: `Basic ${basic}`, accept: "application/json" },
    budget,
    clock: dependencies.clock,
    timer,
    fetch: dependencies.fetch,
    random: dependencies.random ?? Math.random,
    attemptMs: 10_000,
    maxAttempts: 3,
  });
}
