import { PulumiRefusal } from "./errors.ts";

const MINUTE_MS = 60_000;

/** So many requests in any minute. */
export class RateLimit {
  readonly #perMinute: number;
  readonly #now: () => number;
  readonly #recent: number[] = [];

  /** `perMinute` 0 switches the limit off; `now` is epoch ms of the real clock. */
  constructor(perMinute: number, now: () => number) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /** Throws the refusal where the minute is used up; a refused request is not counted. */
  admit(): void {
    if (this.#perMinute === 0) return;
    const at = this.#now();
    const oldest = this.#recent[0];
    if (oldest !== undefined && this.#recent.length >= this.#perMinute && at - oldest < MINUTE_MS) {
      throw new PulumiRefusal(429, "Too Many Requests", Math.ceil((oldest + MINUTE_MS - at) / 1000));
    }
    this.#recent.push(at);
    if (this.#recent.length > this.#perMinute) this.#recent.shift();
  }

  reset(): void {
    this.#recent.length = 0;
  }
}
