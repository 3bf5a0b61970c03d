import { ServiceError } from "../../src/core/errors.ts";
import type { Scope, Timer } from "./timer.ts";

export interface RateBudgetOptions {
  /** As a person says it: "Gong". */
  service: string;
  /** At most this many requests reach the vendor in any `windowMs`. */
  requests: number;
  windowMs: number;
  /** At most this many wait; the next one is refused. */
  maxWaiting: number;
  timer: Timer;
}

/** To be called when the vendor has answered: its count of this request is no later than that. */
type Answered = () => void;

interface Waiter {
  scope: Scope;
  go: (answered: Answered) => void;
  refuse: (error: unknown) => void;
  forget: () => void;
}

/** Where no answer has come so long after the start, the request has arrived for all we know. */
const arrivedAfterMs = 250;

/**
 * A vendor's request limit, kept on our side, first come first served. A sliding window rather than a bucket that refills:
 * a burst and its refill would together exceed the limit of a vendor that counts by the second. The vendor counts when a
 * request arrives, which may be well after it left: a request is counted here when it is answered, or a little after its
 * start where the answer takes long.
 */
export class RateBudget {
  readonly #options: RateBudgetOptions;
  /** When the latest `requests` requests count, in the order of their starts. */
  readonly #counted: { at: number }[] = [];
  readonly #waiting: Waiter[] = [];
  #pausedUntil = 0;
  #alarm: AbortController | undefined;

  constructor(options: RateBudgetOptions) {
    this.#options = options;
  }

  /**
   * Resolves when a request may start, with what to call once it is answered or has failed. Throws a retryable ServiceError with `retryAfterSeconds` as soon as it is known that
   * the turn would come too late, and the signal's reason when it is aborted (its place in the queue is then free).
   */
  async acquire(scope: Scope): Promise<Answered> {
    scope.signal.throwIfAborted();
    const now = this.#options.timer.now();
    const slot = this.#slot(this.#waiting.length, now);
    if (slot > scope.until) throw this.#tooLate(slot - now);
    if (slot <= now) return this.#start(now);
    if (this.#waiting.length >= this.#options.maxWaiting) throw this.#tooLate(slot - now);
    return this.#wait(scope);
  }

  /** The vendor said to stay away for so long, for all requests. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#options.timer.now() + ms);
    if (this.#waiting.length > 0) this.#admit();
  }

  #wait(scope: Scope): Promise<Answered> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(scope.signal.reason);
      };
      const forget = () => scope.signal.removeEventListener("abort", onAbort);
      const waiter: Waiter = { scope, go: resolve, refuse: reject, forget };
      scope.signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.push(waiter);
      this.#admit();
    });
  }

  /** Lets go whoever's turn has come, refuses whose turn would come too late, and sets the alarm for the next one. */
  #admit(): void {
    const now = this.#options.timer.now();
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      const slot = this.#slot(0, now);
      if (slot > now && slot <= first.scope.until) break;
      this.#waiting.shift();
      first.forget();
      if (slot > first.scope.until) {
        first.refuse(this.#tooLate(slot - now));
        continue;
      }
      first.go(this.#start(now));
    }
    this.#setAlarm(now);
  }

  #setAlarm(now: number): void {
    this.#alarm?.abort();
    this.#alarm = undefined;
    if (this.#waiting.length === 0) return;
    const alarm = new AbortController();
    this.#alarm = alarm;
    this.#options.timer.sleep(Math.ceil(this.#slot(0, now) - now), alarm.signal).then(
      () => this.#admit(),
      // An alarm is only ever aborted here, in favour of the next one.
      () => undefined,
    );
  }

  #start(now: number): Answered {
    const request = { at: now + arrivedAfterMs };
    this.#counted.push(request);
    if (this.#counted.length > this.#options.requests) this.#counted.shift();
    return () => {
      request.at = Math.min(request.at, this.#options.timer.now());
      if (this.#waiting.length > 0) this.#admit();
    };
  }

  /** When a request may start that has `ahead` waiting before it. */
  #slot(ahead: number, now: number): number {
    const { requests, windowMs } = this.#options;
    while (this.#counted[0] && this.#counted[0].at + windowMs <= now) this.#counted.shift();
    const place = this.#counted.length - requests + (ahead % requests);
    const free = place < 0 ? now : Math.max(now, this.#countedAt(place) + windowMs);
    return Math.max(free, this.#pausedUntil) + Math.floor(ahead / requests) * windowMs;
  }

  /** Answers do not come in the order of starts. */
  #countedAt(place: number): number {
    return this.#counted.map(({ at }) => at).sort((left, right) => left - right)[place] ?? 0;
  }

  #tooLate(ms: number): ServiceError {
    const { service } = this.#options;
    const seconds = Math.max(1, Math.ceil(ms / 1000));
    const message = `${service}'s request limit is used up for the moment. Try again in ${seconds} s.`;
    return new ServiceError(message, { service, status: 429, retryAfterSeconds: seconds, retryable: true });
  }
}
