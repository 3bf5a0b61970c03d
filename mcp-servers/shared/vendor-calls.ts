import type { Clock } from "../../src/core/clock.ts";
import { ServiceError } from "../../src/core/errors.ts";
import { type HttpResponse, retryAfterSeconds } from "../../src/core/http.ts";
import type { RateBudget } from "./rate-budget.ts";
import type { Scope, Timer } from "./timer.ts";
import { type VendorAdvice, vendorError } from "./vendor-error.ts";

/** One request to a vendor, by whatever client sends it. */
export interface VendorCall {
  /** Whether repeating it does no harm: only then is it sent again after a failure. A create never is. */
  idempotent: boolean;
  /**
   * Sends it once and gives the answer, whatever its status; within `timeoutMs` and until the signal aborts. Throws a retryable
   * ServiceError when nothing came back.
   */
  attempt(limits: { timeoutMs: number; signal: AbortSignal }): Promise<HttpResponse>;
}

export interface VendorCallsOptions {
  advice: VendorAdvice;
  budget: RateBudget;
  clock: Clock;
  timer: Timer;
  /** From 0 to 1: spreads retries. */
  random: () => number;
  /** Milliseconds for one attempt. */
  attemptMs: number;
  /** The first attempt included. */
  maxAttempts: number;
  /** Milliseconds to stay away for, as the headers of an answer say; 0 or undefined where they ask for nothing. */
  readLimit?: ((headers: Headers, now: number) => number | undefined) | undefined;
}

/** Requests to one vendor: within its limit and the caller's deadline, retried where that is harmless, errors in one shape. */
export class VendorCalls {
  readonly #options: VendorCallsOptions;

  constructor(options: VendorCallsOptions) {
    this.#options = options;
  }

  /**
   * The answer of a request that was let through: any status below 400, or 404, which each caller reads in its own way.
   * Throws ServiceError otherwise, and the signal's reason when the scope is aborted. What fails for good here is not to be
   * tried again by others: it counts as `retried`.
   */
  async send(call: VendorCall, scope: Scope): Promise<HttpResponse> {
    const { budget, timer, maxAttempts } = this.#options;
    for (let attempt = 1; ; attempt++) {
      const answered = await budget.acquire(scope);
      const answer = await this.#attempt(call, scope).finally(answered);
      if (!(answer instanceof ServiceError)) return answer;
      const pause = this.#pauseBefore(attempt, answer);
      const mayRepeat = answer.retryable && (call.idempotent || answer.status === 429);
      if (!mayRepeat || attempt >= maxAttempts || timer.now() + pause >= scope.until) throw asRetried(answer);
      await timer.sleep(pause, scope.signal);
    }
  }

  async #attempt(call: VendorCall, { signal, until }: Scope): Promise<HttpResponse | ServiceError> {
    const { advice, budget, clock, timer, attemptMs, readLimit } = this.#options;
    const left = Math.max(1, Math.ceil(until - timer.now()));
    let response: HttpResponse;
    try {
      response = await call.attempt({ timeoutMs: Math.min(left, attemptMs), signal });
    } catch (error) {
      if (error instanceof ServiceError) return error;
      throw error;
    }
    const { status, headers } = response;
    // One refused request speaks for all: nobody asks again before the vendor's time is up.
    const stayAwayMs = readLimit?.(headers, clock.now());
    if (status === 429) budget.pause((retryAfterSeconds(headers, clock.now()) ?? 1) * 1000);
    else if (stayAwayMs) budget.pause(stayAwayMs);
    return status < 400 || status === 404 ? response : vendorError(advice, response, clock.now());
  }

  /** Milliseconds: 200, 400, 800 ... with up to half as much again at random; longer where the vendor asks for it. */
  #pauseBefore(attempt: number, error: ServiceError): number {
    const asked = (error.retryAfterSeconds ?? (error.status === 429 ? 1 : 0)) * 1000;
    if (error.status === 429) return asked;
    return Math.max(asked, 200 * 2 ** (attempt - 1) * (1 + this.#options.random() / 2));
  }
}

function asRetried(error: ServiceError): ServiceError {
  const { message, service, status, retryAfterSeconds, retryable, cause } = error;
  return new ServiceError(message, { service, status, retryAfterSeconds, retryable, retried: true, cause });
}
