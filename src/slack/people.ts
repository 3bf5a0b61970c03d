import type { Asker } from "../agent/ports.ts";
import type { Clock } from "../core/clock.ts";
import type { Logger } from "../observability/log.ts";
import { createCachedLookup } from "./cached-lookup.ts";
import type { SlackClient } from "./client.ts";
import { systemWait, type Wait } from "./wait.ts";

export interface People {
  /** Who that is; never rejects, and answers within the client's time-out. */
  find(userId: string): Promise<Asker>;
  /** The same for the person who asks, by whose clock days are counted: waits some seconds for a Slack that is away. */
  findAsker(userId: string, signal: AbortSignal): Promise<Asker>;
  /** A channel's name without its `#`; undefined where Sophia may not see it. */
  channelName(channel: string): Promise<string | undefined>;
}

export interface PeopleOptions {
  client: SlackClient;
  clock: Clock;
  logger: Logger;
  /** Milliseconds for which an answer is believed: ten minutes unless told. */
  ttlMs?: number | undefined;
  /** People and channels kept: 2,000 of each unless told. */
  limit?: number | undefined;
  wait?: Wait | undefined;
}

/** Milliseconds before each further look at who asks. */
const pauses = [250, 1_000, 3_000];

/** Names, zones and addresses as Slack has them. A person who was known once is not forgotten when Slack does not answer. */
export function createPeople({ client, logger, wait = systemWait, ...cache }: PeopleOptions): People {
  /** Whom Slack may tell another time; whom it refuses to tell it will refuse again. */
  const unanswered = new Set<string>();
  const person = createCachedLookup({
    ...cache,
    load: async (userId) => {
      const outcome = await client.try("users.info", { user: userId });
      if (outcome.kind === "ok" || outcome.kind === "refused") unanswered.delete(userId);
      else unanswered.add(userId);
      if (outcome.kind === "ok") return toPerson(userId, outcome.data["user"]);
      logger.warn({ userId, outcome: outcome.kind }, "Slack did not say who a person is");
      return undefined;
    },
  });
  const channelName = createCachedLookup({
    ...cache,
    load: async (channel) => {
      const outcome = await client.try("conversations.info", { channel });
      if (outcome.kind !== "ok") return undefined;
      return (outcome.data["channel"] as { name?: string } | undefined)?.name;
    },
  });
  const find = async (userId: string): Promise<Asker> =>
    (await person(userId)) ?? { userId, name: userId, timeZone: "UTC", timeZoneKnown: false };
  return {
    find,
    findAsker: async (userId, signal) => {
      for (const pause of pauses) {
        const known = await person(userId);
        if (known || !unanswered.has(userId)) break;
        await wait(pause, signal);
        signal.throwIfAborted();
      }
      return find(userId);
    },
    channelName,
  };
}

interface SlackUser {
  real_name?: string;
  name?: string;
  tz?: string;
  profile?: { real_name?: string; display_name?: string; email?: string };
}

function toPerson(userId: string, user: unknown): Asker {
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
