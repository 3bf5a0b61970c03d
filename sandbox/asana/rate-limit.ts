import { AsanaRefusal, TOO_MANY } from "./errors.ts";

export interface RateLimitOptions {
  /** Requests in any minute: 150 on the free plan, 1,500 on a paid one; 0 switches all limits off. */
  perMinute: number;
  /** Searches in any minute. */
  searchesPerMinute: number;
  /** Requests at once. */
  reads: number;
  writes: number;
  /** Epoch ms of the real clock: a world that was moved in time has no more requests a minute than another. */
  now: () => number;
}

const MINUTE_MS = 60_000;

/** A place among the requests at once, or none where all are taken; it is to be given back. */
export interface Slot {
  isFree: boolean;
  leave(): void;
}

/** Asana's limits for one token: a sliding minute for all requests, one for searches, and what runs at once. */
export class RateLimit {
  readonly #options: RateLimitOptions;
  readonly #recent: Record<"all" | "search", number[]> = { all: [], search: [] };
  readonly #running = { reads: 0, writes: 0 };

  constructor(options: RateLimitOptions) {
    this.#options = options;
  }

  /** Takes a place among what runs at once, from when a request comes to when its answer is ready. */
  enter(method: string): Slot {
    const kind = method === "GET" ? "reads" : "writes";
    const isFree = this.#options.perMinute === 0 || this.#running[kind] < this.#options[kind];
    this.#running[kind] += 1;
    return {
      isFree,
      leave: () => {
        this.#running[kind] -= 1;
      },
    };
  }

  /** Throws the refusal where a limit is reached. What is refused counts as well, so whoever hammers stays out. */
  admit(slot: Slot, isSearch: boolean): void {
    const { perMinute, searchesPerMinute } = this.#options;
    if (perMinute === 0) return;
    const waits = [this.#count("all", perMinute), isSearch ? this.#count("search", searchesPerMinute) : 0];
    const wait = Math.max(...waits, slot.isFree ? 0 : 1);
    if (wait > 0) throw new AsanaRefusal(429, TOO_MANY, Math.ceil(wait / 1000));
  }

  reset(): void {
    this.#recent.all.length = 0;
    this.#recent.search.length = 0;
  }

  /** How many milliseconds until another request is within the limit; 0 where this one is. */
  #count(kind: "all" | "search", limit: number): number {
    const recent = this.#recent[kind];
    const now = this.#options.now();
    recent.push(now);
    // No more are looked at than make a minute full.
    if (recent.length > limit + 1) recent.shift();
    const [oldest = now, second = now] = recent;
    // This one counts too, so the two oldest must be out of the minute before the next.
    return recent.length > limit && now - oldest < MINUTE_MS ? second + MINUTE_MS - now : 0;
  }
}
