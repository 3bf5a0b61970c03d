import type { Clock } from "../../src/core/clock.ts";
import type { ToolContext } from "../shared/define-tool.ts";
import { RateBudget } from "../shared/rate-budget.ts";
import { systemTimer, type Timer } from "../shared/timer.ts";
import { TtlCache } from "../shared/ttl-cache.ts";
import { VendorCalls } from "../shared/vendor-calls.ts";
import { PineconeAccess } from "./access.ts";
import { advice } from "./advice.ts";
import type { StatsAnswer } from "./answers.ts";
import { PineconeApi } from "./api.ts";
import type { PineconeConfig } from "./config.ts";
import type { IndexInfo } from "./indexes.ts";
import { PineconeSdk } from "./sdk.ts";

export interface PineconeDependencies {
  clock: Clock;
  fetch: typeof fetch;
  timer?: Timer | undefined;
  random?: (() => number) | undefined;
  /** Milliseconds that one tool call may take, waiting for Pinecone's limit included. */
  deadlineMs?: number | undefined;
}

const minuteMs = 60_000;

/** What all tool calls share: the request budget, and what is known of the indexes. Opens no connection and loads no SDK. */
export class PineconeClient {
  readonly config: Pick<PineconeConfig, "index" | "namespace" | "controllerHost">;
  readonly api: PineconeApi;
  /** By name. */
  readonly indexes: TtlCache<IndexInfo>;
  /** By an index's name. */
  readonly stats: TtlCache<StatsAnswer>;
  readonly #timer: Timer;
  readonly #deadlineMs: number;

  constructor(config: PineconeConfig, dependencies: PineconeDependencies) {
    const { clock, timer = systemTimer, random = Math.random, deadlineMs = 20_000 } = dependencies;
    // Pinecone's own limit is 100 queries a second for each namespace.
    const budget = new RateBudget({ service: "Pinecone", requests: 100, windowMs: 1005, maxWaiting: 64, timer });
    const calls = new VendorCalls({ advice, budget, clock, timer, random, attemptMs: 10_000, maxAttempts: 3 });
    this.config = config;
    this.api = new PineconeApi(new PineconeSdk(config, dependencies.fetch), calls);
    this.indexes = new TtlCache({ ttlMs: 10 * minuteMs, maxEntries: 32, timer });
    this.stats = new TtlCache({ ttlMs: minuteMs / 2, maxEntries: 32, timer });
    this.#timer = timer;
    this.#deadlineMs = deadlineMs;
  }

  /** Pinecone for one tool call: within its deadline, for the person who asks. */
  access({ caller, signal }: ToolContext<PineconeClient>): PineconeAccess {
    return new PineconeAccess(this, caller, { signal, until: this.#timer.now() + this.#deadlineMs });
  }
}
