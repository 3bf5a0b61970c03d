import { PineconeRefusal } from "./errors.ts";

const SECOND_MS = 1000;

/** Operations that the service counts for each namespace by itself. */
export type LimitedOperation = "query" | "upsert" | "update" | "delete";

/** So many requests of a kind in any second and namespace. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #now: () => number;
  readonly #recent = new Map<string, number[]>();

  /** `perSecond` 0 switches the limit off; `now` is epoch ms of the real clock. */
  constructor(perSecond: number, now: () => number) {
    this.#perSecond = perSecond;
    this.#now = now;
  }

  /** Throws the refusal where the second is used up; a refused request is not counted. */
  admit(operation: LimitedOperation, index: string, namespace: string): void {
    if (this.#perSecond === 0) return;
    const key = JSON.stringify([operation, index, namespace]);
    const at = this.#now();
    const recent = (this.#recent.get(key) ?? []).filter((then) => at - then < SECOND_MS);
    if (recent.length >= this.#perSecond) {
      throw new PineconeRefusal(
        "RESOURCE_EXHAUSTED",
        `Too many requests. You have exceeded the limit of ${this.#perSecond} ${operation} requests per second for namespace '${namespace}'. Pace your requests and retry with exponential backoff.`,
      );
    }
    this.#recent.set(key, [...recent, at]);
  }

  reset(): void {
    this.#recent.clear();
  }
}
