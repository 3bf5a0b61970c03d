import type { Clock } from "../core/clock.ts";

export interface CacheOptions<Value> {
  /** Undefined where the answer is not known: then the last known one is given, and the next caller asks again. */
  load: (key: string) => Promise<Value | undefined>;
  clock: Clock;
  /** Milliseconds for which an answer is believed. */
  ttlMs?: number | undefined;
  /** Answers kept; the oldest go first. */
  limit?: number | undefined;
}

export interface CachedLookup<Value> {
  (key: string): Promise<Value | undefined>;
  /** What is known of it has changed: the next caller asks again. */
  expire(key: string): void;
}

/** A bounded cache in front of a look-up; calls for the same key at the same time are one call. */
export function createCachedLookup<Value>(options: CacheOptions<Value>): CachedLookup<Value> {
  const { load, clock, ttlMs = 10 * 60_000, limit = 2_000 } = options;
  const cache = new Map<string, { value: Value; expiresAt: number }>();
  const underWay = new Map<string, Promise<Value | undefined>>();

  const refresh = async (key: string): Promise<Value | undefined> => {
    const value = await load(key);
    if (value === undefined) return cache.get(key)?.value;
    cache.delete(key);
    cache.set(key, { value, expiresAt: clock.now() + ttlMs });
    const oldest = cache.size > limit ? cache.keys().next().value : undefined;
    if (oldest !== undefined) cache.delete(oldest);
    return value;
  };

  const lookUp = (key: string): Promise<Value | undefined> => {
    const entry = cache.get(key);
    if (entry && entry.expiresAt > clock.now()) return Promise.resolve(entry.value);
    const pending = underWay.get(key);
    if (pending) return pending;
    const call = refresh(key).finally(() => {
      if (underWay.get(key) === call) underWay.delete(key);
    });
    underWay.set(key, call);
    return call;
  };
  const expire = (key: string): void => {
    const entry = cache.get(key);
    if (entry) entry.expiresAt = 0;
    underWay.delete(key);
  };
  return Object.assign(lookUp, { expire });
}
