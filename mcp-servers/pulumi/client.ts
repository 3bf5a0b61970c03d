import type { Clock } from "../../src/core/clock.ts";
import type { ToolContext } from "../shared/define-tool.ts";
import { RateBudget } from "../shared/rate-budget.ts";
import { systemTimer, type Timer } from "../shared/timer.ts";
import { TtlCache } from "../shared/ttl-cache.ts";
import { VendorHttp } from "../shared/vendor-http.ts";
import { PulumiAccess } from "./access.ts";
import { advice } from "./advice.ts";
import { PulumiApi } from "./api.ts";
import type { PulumiConfig } from "./config.ts";
import { Previews } from "./previews.ts";
import type { StackRef } from "./stacks.ts";

export interface PulumiDependencies {
  clock: Clock;
  fetch: typeof fetch;
  timer?: Timer | undefined;
  random?: (() => number) | undefined;
  /** Milliseconds that one tool call may take, waiting for a limit included. */
  deadlineMs?: number | undefined;
}

/** The version of the API that these forms are of. */
const accept = "application/vnd.pulumi+8";

/** What all tool calls share: the request budget, the stacks' names, the previews of conversations. Opens no connection. */
export class PulumiClient {
  readonly org: string;
  readonly api: PulumiApi;
  readonly previews: Previews;
  /** By "all", for a minute. */
  readonly stackNames: TtlCache<StackRef[]>;
  readonly #timer: Timer;
  readonly #deadlineMs: number;

  constructor(config: PulumiConfig, dependencies: PulumiDependencies) {
    const { clock, fetch, timer = systemTimer, random = Math.random, deadlineMs = 20_000 } = dependencies;
    // Pulumi does not publish its limit; ten a second is more than a conversation needs.
    const budget = new RateBudget({ service: "Pulumi", requests: 10, windowMs: 1005, maxWaiting: 64, timer });
    const http = new VendorHttp({
      advice,
      baseUrl: config.apiUrl,
      headers: { authorization: `token ${config.accessToken}`, accept },
      budget,
      clock,
      timer,
      fetch,
      random,
      attemptMs: 10_000,
      maxAttempts: 3,
    });
    this.org = config.org;
    this.api = new PulumiApi(http, config.org);
    this.previews = new Previews(timer);
    this.stackNames = new TtlCache({ ttlMs: 60_000, maxEntries: 1, timer });
    this.#timer = timer;
    this.#deadlineMs = deadlineMs;
  }

  /** Pulumi for one tool call: within its deadline, for the conversation that asks. */
  access({ caller, signal }: ToolContext<PulumiClient>): PulumiAccess {
    return new PulumiAccess(this, caller?.threadId, { signal, until: this.#timer.now() + this.#deadlineMs });
  }

  /** The stack's page in Pulumi's console, or one below it. */
  url({ project, stack }: StackRef, ...below: (string | number)[]): string {
    const parts = [this.org, project, stack, ...below.map(String)].map(encodeURIComponent);
    return `https://app.pulumi.com/${parts.join("/")}`;
  }
}
