import type { Asker } from "../agent/ports.ts";
import type { Clock } from "../core/clock.ts";
import type { Logger } from "../observability/log.ts";
import { createCachedLookup } from "./cached-lookup.ts";
import type { SlackClient } from "./client.ts";
import { systemWait, type Wait } from "./wait.ts";

export interface Person extends Asker {
  /** `nobody` is a bot, or somebody who has left; `unknown` is of whom Slack tells nothing: it may be a guest. */
  standing: "member" | "guest" | "nobody" | "unknown";
}

export interface People {
  /** Who that is; never rejects, and answers within the client's time-out. */
  find(userId: string): Promise<Person>;
  /** The same for the person who asks, by whose clock days are counted: waits some seconds for a Slack that is away. */
  findAsker(userId: string, signal: AbortSignal): Promise<Person>;
  /** A channel's name without its `#`; undefined where Sophia may not see it. */
  channelName(channel: string): Promise<string | undefined>;
  /** Whether people of another company read it; not where Sophia may not see it, undefined where Slack did not say. */
  isExternallyShared(channel: string): Promise<boolean | undefined>;
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
  /** Of whom and what Slack may tell another time; what it refuses to tell it will refuse again. */
  const unanswered = new Set<string>();
  const ask = async (method: "users.info" | "conversations.info", args: Record<string, string>, id: string) => {
    const outcome = await client.try(method, args);
    if (outcome.kind === "ok" || outcome.kind === "refused") unanswered.delete(id);
    else unanswered.add(id);
    return outcome;
  };
  const person = createCachedLookup({
    ...cache,
    load: async (userId) => {
      const outcome = await ask("users.info", { user: userId }, userId);
      if (outcome.kind === "ok") return toPerson(userId, outcome.data["user"]);
      logger.warn({ userId, outcome: outcome.kind }, "Slack did not say who a person is");
      return undefined;
    },
  });
  const channelInfo = createCachedLookup({
    ...cache,
    load: async (channel) => {
      const outcome = await ask("conversations.info", { channel }, channel);
      if (outcome.kind !== "ok") return undefined;
      const info: SlackChannel = outcome.data["channel"] ?? {};
      return info;
    },
  });
  const find = async (userId: string): Promise<Person> => (await person(userId)) ?? stranger(userId);
  return {
    find,
    findAsker: async (userId, signal) => {
      for (const pause of pauses) {
        const known = await person(userId);
        if (known) return known;
        if (!unanswered.has(userId)) return stranger(userId);
        await wait(pause, signal);
        signal.throwIfAborted();
      }
      return find(userId);
    },
    channelName: async (channel) => (await channelInfo(channel))?.name,
    isExternallyShared: async (channel) => {
      const known = await channelInfo(channel);
      if (known) return known.is_ext_shared === true;
      return unanswered.has(channel) ? undefined : false;
    },
  };
}

interface SlackChannel {
  name?: string;
  is_ext_shared?: boolean;
}

interface SlackUser {
  real_name?: string;
  name?: string;
  tz?: string;
  deleted?: boolean;
  is_bot?: boolean;
  is_restricted?: boolean;
  is_ultra_restricted?: boolean;
  profile?: { real_name?: string; display_name?: string; email?: string };
}

function stranger(userId: string): Person {
  return { userId, name: userId, timeZone: "UTC", timeZoneKnown: false, standing: "unknown" };
}

function toPerson(userId: string, user: unknown): Person {
  const known = (user ?? {}) as SlackUser;
  const { real_name, name, tz, profile = {} } = known;
  const zone = tz !== undefined && isTimeZone(tz) ? tz : undefined;
  return {
    userId,
    name: profile.real_name || real_name || profile.display_name || name || userId,
    email: profile.email || undefined,
    timeZone: zone ?? "UTC",
    timeZoneKnown: zone !== undefined,
    standing: standingOf(known),
  };
}

function standingOf({ deleted, is_bot, is_restricted, is_ultra_restricted }: SlackUser): Person["standing"] {
  if (deleted || is_bot) return "nobody";
  return is_restricted || is_ultra_restricted ? "guest" : "member";
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
