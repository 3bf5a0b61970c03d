import { BatchLoader } from "./batch-loader.ts";
import type { Scope, Timer } from "./timer.ts";
import { TtlCache } from "./ttl-cache.ts";

/** Values by key that are read when first asked for, once for all who ask at the same time, and kept for a while. */
export class Lookup<Value, Key extends string = string> {
  readonly #known: TtlCache<Value>;
  readonly #loader: BatchLoader<Value>;

  constructor(
    load: (key: Key, scope: Scope) => Promise<Value>,
    options: { ttlMs: number; maxEntries: number; timer: Timer },
  ) {
    this.#known = new TtlCache(options);
    this.#loader = new BatchLoader<Value>(
      async ([key = ""], scope) => {
        const value = await load(key as Key, scope);
        this.#known.set(key, value);
        return new Map([[key, value]]);
      },
      { maxBatch: 1 },
    );
  }

  get(key: Key, scope: Scope): Promise<Value> {
    const value = this.#known.get(key);
    return value === undefined ? this.refresh(key, scope) : Promise.resolve(value);
  }

  /** Reads it anew, for what was not found in a value that was kept. */
  async refresh(key: Key, scope: Scope): Promise<Value> {
    const value = await this.#loader.get(key, scope);
    if (value === undefined) throw new TypeError(`nothing was loaded for ${key}`);
    return value;
  }
}
