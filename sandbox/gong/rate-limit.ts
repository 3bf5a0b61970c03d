import { GongRefusal } from "./errors.ts";

export interface RateLimitOptions {
  /** Calls per second and key; 0 switches both limits off. */
  perSecond: number;
  /** Calls per day (UTC) and key. */
  perDay: number;
  /** Epoch ms of the real clock: a world that was moved in time has no more calls a second than another. */
  now: () => number;
}

interface Usage {
  /** When the last accepted calls came, oldest first; as many as fit in a second. */
  recent: number[];
  day: number;
  today: number;
}

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;

/** A sliding second and a daily quota for each access key, as Gong keeps them for a company. */
export class RateLimit {
  readonly #options: RateLimitOptions;
  readonly #usage = new Map<string, Usage>();

  constructor(options: RateLimitOptions) {
    this.#options = options;
  }

  /** Throws the refusal when the key has used up its second or its day; a refused call is not counted. */
  admit(key: string): void {
    const { perSecond, perDay, now } = this.#options;
    if (perSecond === 0) return;
    const at = now();
    const usage = this.#usageOf(key, Math.floor(at / DAY_MS));
    if (usage.today >= perDay) throw tooMany((usage.day + 1) * DAY_MS - at);
    const oldest = usage.recent[0];
    if (usage.recent.length >= perSecond && oldest !== undefined && at - oldest < SECOND_MS) {
      throw tooMany(oldest + SECOND_MS - at);
    }
    usage.today += 1;
    usage.recent.push(at);
    if (usage.recent.length > perSecond) usage.recent.shift();
  }

  reset(): void {
    this.#usage.clear();
  }

  #usageOf(key: string, day: number): Usage {
    const known = this.#usage.get(key);
    if (known && known.day === day) return known;
    const usage = { recent: known?.recent ?? [], day, today: 0 };
    this.#usage.set(key, usage);
    return usage;
  }
}

function tooMany(waitMs: number): GongRefusal {
  return new GongRefusal(429, "API request limit exceeded", Math.max(1, Math.ceil(waitMs / SECOND_MS)));
}
