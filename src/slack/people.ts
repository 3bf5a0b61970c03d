import type { Asker } from "../agent/ports.ts";
import { isTimeZone } from "../core/calendar-day.ts";
import type { Clock } from "../core/clock.ts";
import type { Logger } from "../observability/log.ts";
import { createCachedLookup } from "./cached-lookup.ts";
import type { SlackClient, SlackOutcome } from "./client.ts";
import { createUserGroups } from "./user-groups.ts";
import { systemWait, type Wait } from "./wait.ts";
import type { Workspace } from "./workspace.ts";

/** Who somebody is in Slack; who they are in the services is kept by `storage/identities.ts`. */
export interface Person extends Omit<Asker, "identities"> {
  /**
   * `external` is of another company, whose workspace shares a channel with ours; `nobody` is a bot, somebody who has left, or
   * nobody that Slack knows; `unknown` is of whom Slack tells nothing now: it may be a guest.
   */
  standing: "member" | "guest" | "external" | "nobody" | "unknown";
  /** An admin or owner of the workspace. */
  isAdmin: boolean;
}

export interface People {
  /** Who that is; never rejects, and answers within the client's time-out. */
  find(userId: string): Promise<Person>;
  /** The same for the person who asks, by whose clock days are counted: waits some seconds for a Slack that is away. */
  findAsker(userId: string, signal: AbortSignal): Promise<Person>;
  /** Something about this person is different now: whether they may use Sophia is asked anew. */
  hasChanged(userId: string): void;
  /** The member with this address in their profile, who has not left; undefined where Slack does not say. */
  memberWith(email: string): Promise<{ userId: string | undefined } | undefined>;
  /** Whether Slack has told of the user groups; until it has, a person in none may be in some. */
  knowsGroups(): boolean;
  /** A channel's name without its `#`; undefined where Sophia may not see it. */
  channelName(channel: string): Promise<string | undefined>;
}

export interface PeopleOptions {
  client: SlackClient;
  workspace: Pick<Workspace, "teamId" | "enterpriseId">;
  clock: Clock;
  logger: Logger;
  /** Milliseconds for which an answer is believed: ten minutes unless told. */
  ttlMs?: number | undefined;
  /** People and channels kept: 2,000 of each unless told. */
  limit?: number | undefined;
  wait?: Wait | undefined;
  /** Told of somebody who has left, each time that Slack says so. */
  onLeft?: ((userId: string) => void) | undefined;
}

/** By these words Slack says that there is no such person, or none that Sophia may see; by any other, nothing about them. */
const goneCodes = new Set(["user_not_found", "user_not_visible"]);
/** Milliseconds before each further look at who asks. */
const pauses = [250, 1_000, 3_000];

/** Names, zones and addresses as Slack has them. A person who was known once is not forgotten when Slack does not answer. */
export function createPeople(options: PeopleOptions): People {
  const { client, workspace, logger, wait = systemWait, onLeft, ...cache } = options;
  /** Of whom Slack may tell another time; what it refuses to tell it will refuse again. */
  const unanswered = new Set<string>();
  const groups = createUserGroups({ client, clock: cache.clock, logger });
  const profile = createCachedLookup({
    ...cache,
    load: async (userId) => {
      const outcome = await client.try("users.info", { user: userId });
      if (outcome.kind === "ok" || outcome.kind === "refused") unanswered.delete(userId);
      else unanswered.add(userId);
      if (outcome.kind === "refused" && goneCodes.has(outcome.code)) return gone(userId);
      if (outcome.kind === "ok") {
        const user = outcome.data["user"] as SlackUser | undefined;
        if (user?.deleted) onLeft?.(userId);
        return toPerson(userId, user, workspace);
      }
      logger.warn({ userId, outcome: outcome.kind }, "Slack did not say who a person is");
      return undefined;
    },
  });
  const channelInfo = createCachedLookup({
    ...cache,
    load: async (channel) => channelOf(await client.try("conversations.info", { channel })),
  });
  const person = async (userId: string): Promise<Person | undefined> => {
    const [known, memberOf] = await Promise.all([profile(userId), groups.of(userId)]);
    return known && { ...known, groups: memberOf };
  };
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
    hasChanged: (userId) => profile.expire(userId),
    memberWith: (email) => findMember(client, email),
    knowsGroups: () => groups.isKnown(),
    channelName: async (channel) => (await channelInfo(channel))?.name,
  };
}

function channelOf(outcome: SlackOutcome): SlackChannel | undefined {
  return outcome.kind === "ok" ? ((outcome.data["channel"] as SlackChannel | undefined) ?? {}) : undefined;
}

async function findMember(client: SlackClient, email: string): ReturnType<People["memberWith"]> {
  const outcome = await client.try("users.lookupByEmail", { email });
  if (outcome.kind === "ok") return { userId: (outcome.data["user"] as { id?: string } | undefined)?.id };
  return outcome.kind === "refused" && outcome.code === "users_not_found" ? { userId: undefined } : undefined;
}

interface SlackChannel {
  name?: string;
}

interface SlackUser {
  /** Where the person has their home; in an organisation of several workspaces it may be another one of it. */
  team_id?: string;
  enterprise_user?: { enterprise_id?: string };
  real_name?: string;
  name?: string;
  tz?: string;
  deleted?: boolean;
  is_bot?: boolean;
  is_restricted?: boolean;
  is_ultra_restricted?: boolean;
  is_admin?: boolean;
  is_owner?: boolean;
  profile?: { real_name?: string; display_name?: string; email?: string };
}

function stranger(userId: string): Person {
  return {
    userId,
    name: userId,
    timeZone: "UTC",
    timeZoneKnown: false,
    standing: "unknown",
    isAdmin: false,
    groups: [],
  };
}

/** Whom Slack does not know, or does not any more: no more of them is told later. */
function gone(userId: string): Omit<Person, "groups"> {
  return { ...stranger(userId), standing: "nobody" };
}

function toPerson(userId: string, user: unknown, workspace: PeopleOptions["workspace"]): Omit<Person, "groups"> {
  const known = (user ?? {}) as SlackUser;
  const { real_name, name, tz, profile = {} } = known;
  const zone = tz !== undefined && isTimeZone(tz) ? tz : undefined;
  return {
    userId,
    name: profile.real_name || real_name || profile.display_name || name || userId,
    email: profile.email || undefined,
    timeZone: zone ?? "UTC",
    timeZoneKnown: zone !== undefined,
    standing: standingOf(known, workspace),
    isAdmin: known.is_admin === true || known.is_owner === true,
  };
}

function standingOf(user: SlackUser, { teamId, enterpriseId }: PeopleOptions["workspace"]): Person["standing"] {
  const { deleted, is_bot, is_restricted, is_ultra_restricted, team_id = teamId, enterprise_user } = user;
  if (deleted || is_bot) return "nobody";
  const isOfOrganisation = enterpriseId !== undefined && enterprise_user?.enterprise_id === enterpriseId;
  if (team_id !== teamId && team_id !== enterpriseId && !isOfOrganisation) return "external";
  return is_restricted || is_ultra_restricted ? "guest" : "member";
}
