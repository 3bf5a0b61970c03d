import type { Clock } from "../core/clock.ts";

export interface CacheOptions<Value> {
  /** Undefined where the answer is not known: the next caller asks again. */
  load: (key: string) => Promise<Value | undefined>;
  clock: Clock;
  /** Milliseconds for which an answer is believed. */
  ttlMs?: number | undefined;
  /** Answers kept; the oldest go first. */
  limit?: number | undefined;
}

export interface CachedLookup<Value> {
  /** What is believed; where that is too old and no other is told, the last that was known. */
  (key: string): Promise<Value | undefined>;
  /** What is believed, and nothing that is older: where something wrong is worse than nothing. */
  current(key: string): Promise<Value | undefined>;
  /** Asked anew, whatever is believed. */
  anew(key: string): Promise<Value | undefined>;
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
    if (value === undefined) return undefined;
    cache.delete(key);
    cache.set(key, { value, expiresAt: clock.now() + ttlMs });
    const oldest = cache.size > limit ? cache.keys().next().value : undefined;
    if (oldest !== undefined) cache.delete(oldest);
    return value;
  };

  const anew = (key: string): Promise<Value | undefined> => {
    const pending = underWay.get(key);
    if (pending) return pending;
    const call = refresh(key).finally(() => {
      if (underWay.get(key) === call) underWay.delete(key);
    });
    underWay.set(key, call);
    return call;
  };
  const current = async (key: string): Promise<Value | undefined> => {
    const entry = cache.get(key);
    return entry && entry.expiresAt > clock.now() ? entry.value : anew(key);
  };
  const lookUp = async (key: string) => (await current(key)) ?? cache.get(key)?.value;
  const expire = (key: string): void => {
    const entry = cache.get(key);
    if (entry) entry.expiresAt = 0;
    underWay.delete(key);
  };
  return Object.assign(lookUp, { current, anew, expire });
}
