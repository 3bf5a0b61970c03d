import { Refusal } from "./tool-call.ts";
import type { Upstream } from "./upstream.ts";

interface Bucket {
  /** Below zero while calls wait. */
  tokens: number;
  filledAt: number;
  /** Until then nothing is sent, because the service said so. */
  pausedUntil: number;
}

/** One token bucket for each upstream that has a budget. Waiting calls have their tokens already, so they go in order. */
export class Budgets {
  readonly #buckets = new Map<string, Bucket>();
  readonly #monotonicNow: () => number;
  readonly #longestWaitMs: number;

  constructor(monotonicNow: () => number, longestWaitMs: number) {
    this.#monotonicNow = monotonicNow;
    this.#longestWaitMs = longestWaitMs;
  }

  /** Resolves when the call may be sent. Rejects with Refusal if that would take too long, and with the signal's reason. */
  async take({ name, settings }: Upstream, signal: AbortSignal): Promise<void> {
    const { budget } = settings;
    const bucket = this.#refilled(name, budget?.burst ?? 0, budget?.perSecond ?? 0);
    const pauseMs = Math.max(0, bucket.pausedUntil - this.#monotonicNow());
    const lacking = budget ? Math.max(0, 1 - bucket.tokens) : 0;
    const waitMs = Math.max(pauseMs, budget ? (lacking / budget.perSecond) * 1000 : 0);
    if (waitMs > this.#longestWaitMs) {
      const seconds = Math.ceil(waitMs / 1000);
      throw new Refusal("rate_limit", `${name} is asked too often just now. Call again after ${seconds} s.`, seconds);
    }
    bucket.tokens -= 1;
    if (waitMs > 0) await this.#wait(bucket, waitMs, signal);
  }

  /** The service asked to be left alone for this long. */
  pause({ name }: Upstream, seconds: number): void {
    const bucket = this.#buckets.get(name);
    if (bucket) bucket.pausedUntil = Math.max(bucket.pausedUntil, this.#monotonicNow() + seconds * 1000);
  }

  #refilled(name: string, burst: number, perSecond: number): Bucket {
    const now = this.#monotonicNow();
    const bucket = this.#buckets.get(name) ?? { tokens: burst, filledAt: now, pausedUntil: 0 };
    this.#buckets.set(name, bucket);
    const elapsed = Math.max(0, now - bucket.filledAt) / 1000;
    bucket.tokens = Math.min(burst, bucket.tokens + elapsed * perSecond);
    bucket.filledAt = now;
    return bucket;
  }

  async #wait(bucket: Bucket, waitMs: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, waitMs);
    const stop = () => {
      bucket.tokens += 1;
      reject(signal.reason);
    };
    signal.addEventListener("abort", stop, { once: true });
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    }
  }
}
