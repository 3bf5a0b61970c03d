import type { HttpResponse } from "../../src/core/http.ts";
import type { Scope } from "../shared/timer.ts";
import { RateBudget } from "../shared/rate-budget.ts";
import { VendorCalls, type VendorCallsOptions } from "../shared/vendor-calls.ts";
import { type VendorAdvice, withUnknownChange, withUnknownOutcome } from "../shared/vendor-error.ts";
import type { AsanaRequest, AsanaSdk } from "./sdk.ts";
import { Slots } from "./slots.ts";

export type RequestsOptions = Pick<VendorCallsOptions, "clock" | "timer" | "random"> & {
  sdk: AsanaSdk;
  advice: VendorAdvice;
  requestsPerMinute: number;
};

const minuteMs = 60_000;

/** Asana's limits of what may be under way at once: reads and writes by themselves. */
const atOnce = { reads: 50, writes: 15 };
const searchesPerMinute = 60;

/** Asana's answers within Asana's limits. A search counts against two of them: that of searches and that of all requests. */
export class AsanaRequests {
  readonly #sdk: AsanaSdk;
  readonly #budget: RateBudget;
  readonly #calls: VendorCalls;
  readonly #searches: VendorCalls;
  readonly #reads = new Slots(atOnce.reads);
  readonly #writes = new Slots(atOnce.writes);

  constructor({ sdk, advice, requestsPerMinute, ...common }: RequestsOptions) {
    const budgetOf = (requests: number) =>
      new RateBudget({ service: "Asana", requests, windowMs: minuteMs, maxWaiting: 64, timer: common.timer });
    const callsWithin = (budget: RateBudget) =>
      new VendorCalls({ advice, budget, attemptMs: 10_000, maxAttempts: 3, ...common });
    this.#sdk = sdk;
    this.#budget = budgetOf(requestsPerMinute);
    this.#calls = callsWithin(this.#budget);
    this.#searches = callsWithin(budgetOf(Math.min(searchesPerMinute, requestsPerMinute)));
  }

  read(request: AsanaRequest, scope: Scope): Promise<HttpResponse> {
    return this.#calls.send({ idempotent: true, attempt: this.#attempt(request) }, scope);
  }

  search(request: AsanaRequest, scope: Scope): Promise<HttpResponse> {
    const once = this.#attempt(request);
    const attempt: typeof once = async (limits) => {
      const answered = await this.#budget.acquire(scope);
      return once(limits).finally(answered);
    };
    return this.#searches.send({ idempotent: true, attempt }, scope);
  }

  /** `idempotent`: sending it twice leaves the same as sending it once. */
  async write(request: AsanaRequest, idempotent: boolean, scope: Scope): Promise<HttpResponse> {
    try {
      return await this.#calls.send({ idempotent, attempt: this.#attempt(request) }, scope);
    } catch (error) {
      // Asana has no idempotency keys: what was to be created may be there all the same.
      throw idempotent ? withUnknownChange(error) : withUnknownOutcome(error, "Look in Asana before doing it again.");
    }
  }

  #attempt(request: AsanaRequest) {
    const slots = request.method === "GET" ? this.#reads : this.#writes;
    return (limits: { timeoutMs: number; signal: AbortSignal }): Promise<HttpResponse> =>
      slots.run(limits.signal, () => this.#sdk.send(request, limits));
  }
}
