import type { Clock } from "../../src/core/clock.ts";
import { ServiceError } from "../../src/core/errors.ts";
import { exchange, type HttpResponse, retryAfterSeconds } from "../../src/core/http.ts";
import type { RateBudget } from "./rate-budget.ts";
import type { Scope, Timer } from "./timer.ts";
import { type VendorAdvice, vendorError } from "./vendor-error.ts";

export interface VendorRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With its query; begins with a slash. */
  path: string;
  body?: unknown;
  /** Whether repeating it does no harm: only then is it sent again after a failure. */
  idempotent: boolean;
}

export interface VendorHttpOptions {
  advice: VendorAdvice;
  /** Origin, without a trailing slash. */
  baseUrl: string;
  headers: Record<string, string>;
  budget: RateBudget;
  clock: Clock;
  timer: Timer;
  fetch: typeof fetch;
  /** From 0 to 1: spreads retries. */
  random: () => number;
  /** Milliseconds for one attempt. */
  attemptMs: number;
  /** The first attempt included. */
  maxAttempts: number;
}

/** Requests to one vendor: within its limit and the caller's deadline, retried where that is harmless, errors in one shape. */
export class VendorHttp {
  readonly #options: VendorHttpOptions;

  constructor(options: VendorHttpOptions) {
    this.#options = options;
  }

  /**
   * The answer of a request that was let through: any status below 400, or 404, which each caller reads in its own way.
   * Throws ServiceError otherwise, and the signal's reason when the scope is aborted.
   */
  async send(request: VendorRequest, scope: Scope): Promise<HttpResponse> {
    const { budget, timer, maxAttempts } = this.#options;
    for (let attempt = 1; ; attempt++) {
      const answered = await budget.acquire(scope);
      const answer = await this.#attempt(request, scope).finally(answered);
      if (!(answer instanceof ServiceError)) return answer;
      const pause = this.#pauseBefore(attempt, answer);
      const mayRepeat = answer.retryable && (request.idempotent || answer.status === 429);
      if (!mayRepeat || attempt >= maxAttempts || timer.now() + pause >= scope.until) throw answer;
      await timer.sleep(pause, scope.signal);
    }
  }

  async #attempt(request: VendorRequest, scope: Scope): Promise<HttpResponse | ServiceError> {
    const { advice, baseUrl, headers, clock, timer, attemptMs } = this.#options;
    const { method, path, body } = request;
    const left = Math.max(1, Math.ceil(scope.until - timer.now()));
    const sent = body === undefined ? { headers } : { headers: withJson(headers), body: JSON.stringify(body) };
    const http = { method, url: baseUrl + path, ...sent, timeoutMs: Math.min(left, attemptMs), signal: scope.signal };
    let response: HttpResponse;
    try {
      response = await exchange(advice.service, http, this.#options.fetch);
    } catch (error) {
      if (error instanceof ServiceError) return error;
      throw error;
    }
    if (response.status < 400 || response.status === 404) return response;
    if (response.status === 429) this.#stayAway(response.headers);
    return vendorError(advice, response, clock.now());
  }

  /** One refused request speaks for all: nobody asks again before the vendor's time is up. */
  #stayAway(headers: Headers): void {
    const { budget, clock } = this.#options;
    budget.pause((retryAfterSeconds(headers, clock.now()) ?? 1) * 1000);
  }

  /** Milliseconds: 200, 400, 800 ... with up to half as much again at random; longer where the vendor asks for it. */
  #pauseBefore(attempt: number, error: ServiceError): number {
    const asked = (error.retryAfterSeconds ?? (error.status === 429 ? 1 : 0)) * 1000;
    if (error.status === 429) return asked;
    return Math.max(asked, 200 * 2 ** (attempt - 1) * (1 + this.#options.random() / 2));
  }
}

function withJson(headers: Record<string, string>): Record<string, string> {
  return { ...headers, "content-type": "application/json" };
}
