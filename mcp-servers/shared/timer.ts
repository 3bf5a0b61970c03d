import { setTimeout as delay } from "node:timers/promises";

/**
 * Durations, as opposed to `Clock`, which says what day it is: budgets, deadlines and caches must not jump when the wall
 * clock is set.
 */
export interface Timer {
  /** Milliseconds since an arbitrary moment; never goes back. */
  now(): number;
  /** Rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemTimer: Timer = {
  now: () => performance.now(),
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, { signal });
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    }
  },
};

/** How long one tool call may last: until it is cancelled, and at most until this moment of the timer. */
export interface Scope {
  signal: AbortSignal;
  until: number;
}
