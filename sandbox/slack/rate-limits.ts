import type { MethodContract } from "./method-contracts.ts";

/** Calls a minute by tier; tier 5 has rules of its own (posting) or none that an app would meet. */
const PER_MINUTE = { 1: 1, 2: 20, 3: 50, 4: 100, 5: 600 } as const;
/** Slack speaks of "N+": short bursts above the rate pass. */
const BURST = 1.25;
const POST_BURST = 5;

interface Bucket {
  tokens: number;
  at: number;
}

/** Token buckets for each method, and for posting for each channel (one a second, in short bursts more). */
export class RateLimits {
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Seconds to wait where the call is over the limit; undefined where it may pass. */
  take(method: string, tier: MethodContract["tier"], channel: string | undefined): number | undefined {
    if (method === "chat.postMessage" && channel) return this.#take(`post:${channel}`, 1, POST_BURST);
    const perMinute = PER_MINUTE[tier];
    return this.#take(method, perMinute / 60, perMinute * BURST);
  }

  reset(): void {
    this.#buckets.clear();
  }

  #take(key: string, perSecond: number, most: number): number | undefined {
    const now = this.#now();
    const bucket = this.#buckets.get(key) ?? { tokens: most, at: now };
    bucket.tokens = Math.min(most, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    this.#buckets.set(key, bucket);
    if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / perSecond);
    bucket.tokens -= 1;
    return undefined;
  }
}
