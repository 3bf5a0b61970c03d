import type { Scope } from "./timer.ts";

interface Waiter<Value> {
  scope: Scope;
  resolve: (value: Value | undefined) => void;
  reject: (error: unknown) => void;
}

interface Entry<Value> {
  waiters: Set<Waiter<Value>>;
  batch: AbortController | undefined;
}

/** Loads what is there of `keys`; a key that is missing in the answer does not exist. */
export type LoadBatch<Value> = (keys: readonly string[], scope: Scope) => Promise<ReadonlyMap<string, Value>>;

/**
 * Turns the lookups of parallel tool calls into few requests: what is asked for in the same moment goes out together, and
 * what is already on its way is not asked for again. A batch is cancelled when nobody waits for any part of it.
 */
export class BatchLoader<Value> {
  readonly #load: LoadBatch<Value>;
  readonly #maxBatch: number;
  readonly #entries = new Map<string, Entry<Value>>();
  #pending: string[] = [];

  constructor(load: LoadBatch<Value>, options: { maxBatch: number }) {
    this.#load = load;
    this.#maxBatch = options.maxBatch;
  }

  get(key: string, scope: Scope): Promise<Value | undefined> {
    if (scope.signal.aborted) return Promise.reject(scope.signal.reason);
    return new Promise((resolve, reject) => {
      const entry = this.#entry(key);
      const onAbort = () => {
        this.#leave(key, entry, waiter);
        reject(scope.signal.reason);
      };
      const settled = () => scope.signal.removeEventListener("abort", onAbort);
      const waiter: Waiter<Value> = {
        scope,
        resolve: (value) => (settled(), resolve(value)),
        reject: (error) => (settled(), reject(error)),
      };
      scope.signal.addEventListener("abort", onAbort, { once: true });
      entry.waiters.add(waiter);
    });
  }

  #entry(key: string): Entry<Value> {
    const known = this.#entries.get(key);
    if (known) return known;
    const entry: Entry<Value> = { waiters: new Set(), batch: undefined };
    this.#entries.set(key, entry);
    if (this.#pending.push(key) === 1) setImmediate(() => this.#flush());
    return entry;
  }

  #leave(key: string, entry: Entry<Value>, waiter: Waiter<Value>): void {
    entry.waiters.delete(waiter);
    if (entry.waiters.size > 0) return;
    this.#entries.delete(key);
    this.#pending = this.#pending.filter((pending) => pending !== key);
    const { batch } = entry;
    if (batch && ![...this.#entries.values()].some((other) => other.batch === batch)) batch.abort();
  }

  #flush(): void {
    const pending = this.#pending;
    this.#pending = [];
    for (let start = 0; start < pending.length; start += this.#maxBatch) {
      void this.#run(pending.slice(start, start + this.#maxBatch));
    }
  }

  async #run(keys: readonly string[]): Promise<void> {
    const batch = new AbortController();
    let until = 0;
    for (const key of keys) {
      const entry = this.#entries.get(key);
      if (!entry) continue;
      entry.batch = batch;
      for (const { scope } of entry.waiters) until = Math.max(until, scope.until);
    }
    try {
      const values = await this.#load(keys, { signal: batch.signal, until });
      for (const waiter of this.#take(keys, batch)) waiter.resolve(values.get(waiter.key));
    } catch (error) {
      for (const waiter of this.#take(keys, batch)) waiter.reject(error);
    }
  }

  #take(keys: readonly string[], batch: AbortController): (Waiter<Value> & { key: string })[] {
    const taken: (Waiter<Value> & { key: string })[] = [];
    for (const key of keys) {
      const entry = this.#entries.get(key);
      if (!entry || entry.batch !== batch) continue;
      this.#entries.delete(key);
      for (const waiter of entry.waiters) taken.push({ ...waiter, key });
    }
    return taken;
  }
}
