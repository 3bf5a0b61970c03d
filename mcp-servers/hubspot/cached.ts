import { BatchLoader } from "../shared/batch-loader.ts";
import type { Scope, Timer } from "../shared/timer.ts";
import { TtlCache } from "../shared/ttl-cache.ts";

/** What changes seldom, read when it is first needed; calls that need it at the same time wait for one reading. */
export class Cached<Key extends string, Value> {
  readonly #values: TtlCache<Value>;
  readonly #loader: BatchLoader<Value>;

  constructor(
    load: (key: Key, scope: Scope) => Promise<Value>,
    options: { ttlMs: number; maxEntries: number; timer: Timer },
  ) {
    this.#values = new TtlCache(options);
    this.#loader = new BatchLoader(
      async (keys, scope) => {
        const [key] = keys as Key[];
        const loaded = new Map<string, Value>();
        if (key !== undefined) loaded.set(key, await load(key, scope));
        return loaded;
      },
      { maxBatch: 1 },
    );
  }

  async get(key: Key, scope: Scope): Promise<Value> {
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const value = await this.#loader.get(key, scope);
    if (value === undefined) throw new TypeError(`${key} was loaded as undefined`);
    this.#values.set(key, value);
    return value;
  }
}
