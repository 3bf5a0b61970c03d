import type { Asker } from "../agent/ports.ts";
import type { Clock } from "../core/clock.ts";
import type { Logger } from "../observability/log.ts";
import type { SlackClient } from "./client.ts";

export interface Person extends Asker {
  /** False where Slack did not tell the zone and `UTC` stands in for it: say so before resolving "yesterday" by it. */
  timeZoneKnown: boolean;
}

export interface People {
  /** Who that is; never rejects, and answers within the deadline. */
  find(userId: string): Promise<Person>;
}

export interface PeopleOptions {
  client: SlackClient;
  clock: Clock;
  logger: Logger;
  /** Milliseconds for which an answer is believed. */
  ttlMs?: number | undefined;
  /** People kept; the least recently looked up go first. */
  limit?: number | undefined;
}

interface Entry {
  person: Person;
  expiresAt: number;
}

/** Slack's `users.info`, cached, with calls for the same person shared. The client's time-out is the deadline. */
export function createPeople(options: PeopleOptions): People {
  const { client, clock, logger, ttlMs = 10 * 60_000, limit = 2_000 } = options;
  const cache = new Map<string, Entry>();
  const underWay = new Map<string, Promise<Person>>();

  const load = async (userId: string): Promise<Person> => {
    const outcome = await client.try("users.info", { user: userId });
    if (outcome.kind !== "ok") {
      logger.warn({ userId, outcome: outcome.kind }, "Slack did not say who a person is");
      // A person who was known a while ago has hardly moved to another zone since.
      return cache.get(userId)?.person ?? { userId, name: userId, timeZone: "UTC", timeZoneKnown: false };
    }
    const person = toPerson(userId, outcome.data["user"]);
    cache.delete(userId);
    cache.set(userId, { person, expiresAt: clock.now() + ttlMs });
    const oldest = cache.size > limit ? cache.keys().next().value : undefined;
    if (oldest !== undefined) cache.delete(oldest);
    return person;
  };

  return {
    find: (userId) => {
      const entry = cache.get(userId);
      if (entry && entry.expiresAt > clock.now()) return Promise.resolve(entry.person);
      const pending = underWay.get(userId);
      if (pending) return pending;
      const call = load(userId).finally(() => underWay.delete(userId));
      underWay.set(userId, call);
      return call;
    },
  };
}

interface SlackUser {
  real_name?: string;
  name?: string;
  tz?: string;
  profile?: { real_name?: string; display_name?: string; email?: string };
}

function toPerson(userId: string, user: unknown): Person {
  const { real_name, name, tz, profile = {} } = (user ?? {}) as SlackUser;
  const zone = tz !== undefined && isTimeZone(tz) ? tz : undefined;
  return {
    userId,
    name: profile.real_name || real_name || profile.display_name || name || userId,
    email: profile.email || undefined,
    timeZone: zone ?? "UTC",
    timeZoneKnown: zone !== undefined,
  };
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
