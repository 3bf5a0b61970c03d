import type { Timer } from "./timer.ts";

/** A bounded cache whose entries end after `ttlMs`; the oldest one gives way. */
export class TtlCache<Value> {
  readonly #entries = new Map<string, { value: Value; until: number }>();
  readonly #options: { ttlMs: number; maxEntries: number; timer: Timer };

  constructor(options: { ttlMs: number; maxEntries: number; timer: Timer }) {
    this.#options = options;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    if (entry.until > this.#options.timer.now()) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  set(key: string, value: Value): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, until: this.#options.timer.now() + this.#options.ttlMs });
    if (this.#entries.size <= this.#options.maxEntries) return;
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
  }
}
