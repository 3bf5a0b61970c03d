import type { Context } from "hono";
import { HubSpotRefusal } from "./errors.ts";

export interface RateLimitOptions {
  /** Requests in any ten seconds; 0 switches this limit off. */
  perTenSeconds: number;
  /** Searches in any second, counted by themselves; 0 switches this limit off. */
  searchesPerSecond: number;
  /** Requests a day (UTC); counts only where `perTenSeconds` does. */
  perDay: number;
  /** Epoch ms of the real clock: a world that was moved in time has no more calls a second than another. */
  now: () => number;
}

const SECOND_MS = 1000;
const WINDOW_MS = 10 * SECOND_MS;
const DAY_MS = 86_400_000;

/** The limits of one key: a rolling window of ten seconds, a day, and a second of searches. */
export class RateLimit {
  readonly #options: RateLimitOptions;
  #recent: number[] = [];
  #searches: number[] = [];
  #day = 0;
  #today = 0;

  constructor(options: RateLimitOptions) {
    this.#options = options;
  }

  /**
   * Counts a request and puts the headers on its answer. Searches carry no headers, as HubSpot's guidelines say. Throws the
   * refusal where a limit is reached.
   */
  admit(c: Context, isSearch: boolean): void {
    if (isSearch) this.#admitSearch();
    const { perTenSeconds, perDay, now } = this.#options;
    if (perTenSeconds === 0) return;
    const at = now();
    this.#roll(at);
    const isOverDay = this.#today >= perDay;
    const isOver = this.#recent.length >= perTenSeconds;
    if (!isOver && !isOverDay) {
      this.#recent.push(at);
      this.#today += 1;
    }
    if (!isSearch) {
      c.header("X-HubSpot-RateLimit-Daily", String(perDay));
      c.header("X-HubSpot-RateLimit-Daily-Remaining", String(perDay - this.#today));
      c.header("X-HubSpot-RateLimit-Interval-Milliseconds", String(WINDOW_MS));
      c.header("X-HubSpot-RateLimit-Max", String(perTenSeconds));
      c.header("X-HubSpot-RateLimit-Remaining", String(perTenSeconds - this.#recent.length));
    }
    if (isOverDay) throw reached("DAILY");
    if (isOver) throw reached("TEN_SECONDLY_ROLLING");
  }

  /** How much of the day is used up. */
  get today(): { used: number; limit: number } {
    return { used: this.#today, limit: this.#options.perDay };
  }

  reset(): void {
    this.#recent = [];
    this.#searches = [];
    this.#today = 0;
  }

  #admitSearch(): void {
    const { searchesPerSecond, now } = this.#options;
    if (searchesPerSecond === 0) return;
    const at = now();
    this.#searches = this.#searches.filter((before) => at - before < SECOND_MS);
    if (this.#searches.length >= searchesPerSecond) throw reached("SECONDLY");
    this.#searches.push(at);
  }

  #roll(at: number): void {
    this.#recent = this.#recent.filter((before) => at - before < WINDOW_MS);
    const day = Math.floor(at / DAY_MS);
    if (day !== this.#day) this.#today = 0;
    this.#day = day;
  }
}

function reached(policyName: string): HubSpotRefusal {
  const message = `You have reached your ${policyName.toLowerCase()} limit.`;
  return new HubSpotRefusal(429, message, { category: "RATE_LIMITS", policyName });
}
