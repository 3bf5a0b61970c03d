import type { HttpResponse } from "../../src/core/http.ts";
import { RateBudget } from "../shared/rate-budget.ts";
import type { Scope } from "../shared/timer.ts";
import { VendorCalls, type VendorCallsOptions } from "../shared/vendor-calls.ts";
import { advice } from "./advice.ts";
import { perMinute, type SlackMethod } from "./methods.ts";
import type { SlackRequest, SlackSdk } from "./sdk.ts";

type RequestsOptions = Pick<VendorCallsOptions, "clock" | "timer" | "random"> & { sdk: SlackSdk };

/** Slack's answers within Slack's limits, of which each method has its own: one that is used up holds back no other. */
export class SlackRequests {
  readonly #sdk: SlackSdk;
  readonly #common: Pick<VendorCallsOptions, "clock" | "timer" | "random">;
  readonly #calls = new Map<SlackMethod, VendorCalls>();

  constructor({ sdk, ...common }: RequestsOptions) {
    this.#sdk = sdk;
    this.#common = common;
  }

  /** `idempotent`: sending it twice leaves the same as sending it once. */
  send(request: SlackRequest, idempotent: boolean, scope: Scope): Promise<HttpResponse> {
    return this.#callsOf(request.method).send(
      { idempotent, attempt: (limits) => this.#sdk.send(request, limits) },
      scope,
    );
  }

  #callsOf(method: SlackMethod): VendorCalls {
    const known = this.#calls.get(method);
    if (known) return known;
    const { timer } = this.#common;
    const requests = perMinute[method];
    const budget = new RateBudget({ service: "Slack", requests, windowMs: 60_000, maxWaiting: 64, timer });
    const calls = new VendorCalls({ advice, budget, attemptMs: 8_000, maxAttempts: 3, ...this.#common });
    this.#calls.set(method, calls);
    return calls;
  }
}
