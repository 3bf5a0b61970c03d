import type { Clock } from "../core/clock.ts";
import type { Logger } from "../observability/log.ts";
import type { SlackClient } from "./client.ts";

export interface UserGroups {
  /** Ids and @handles of the groups that somebody is in; never rejects. None where Slack does not tell, and never did. */
  of(userId: string): Promise<readonly string[]>;
  /** Whether Slack has told, or said that it will not: until then, none says nothing. */
  isKnown(): boolean;
}

export interface UserGroupsOptions {
  client: SlackClient;
  clock: Clock;
  logger: Logger;
}

/** By user id. */
type Memberships = ReadonlyMap<string, readonly string[]>;

interface SlackGroup {
  id?: string;
  handle?: string;
  users?: string[];
}

const believedForMs = 10 * 60_000;
/** While Slack is away it is asked again after this, not by each question. */
const askAgainAfterMs = 30_000;

/** The groups of the whole workspace in one call, which Slack allows twenty times a minute. */
export function createUserGroups({ client, clock, logger }: UserGroupsOptions): UserGroups {
  let known: Memberships = new Map();
  let goodUntil = 0;
  let underWay: Promise<void> | undefined;
  let isRefused = false;
  let isKnown = false;

  const refresh = async (): Promise<void> => {
    const outcome = await client.try("usergroups.list", { include_users: true });
    const isAnswered = outcome.kind === "ok" || outcome.kind === "refused";
    // Where Sophia herself is refused, nothing is said of groups.
    if (isAnswered) isKnown = outcome.kind === "ok" || !ownTrouble.test(outcome.code);
    goodUntil = clock.now() + (isAnswered ? believedForMs : askAgainAfterMs);
    if (outcome.kind === "ok") {
      known = membershipsOf((outcome.data["usergroups"] ?? []) as SlackGroup[]);
      isRefused = false;
    } else if (outcome.kind === "limited" || outcome.kind === "unknown") {
      logger.warn({ outcome: outcome.kind }, "Slack did not say who is in which user group");
    } else {
      known = new Map();
      if (!isRefused) logger.warn({ code: outcome.code }, refusedWords);
      isRefused = true;
    }
  };

  return {
    of: async (userId) => {
      if (clock.now() >= goodUntil) {
        underWay ??= refresh().finally(() => {
          underWay = undefined;
        });
        await underWay;
      }
      return known.get(userId) ?? [];
    },
    isKnown: () => isKnown,
  };
}

/** Slack's words for a token that it does not take, and a proxy's for any request. */
const ownTrouble = /^(?:invalid_auth|not_authed|account_inactive|token_|http_)/;

const refusedWords =
  "Slack does not tell Sophia of user groups, so lists of people that name some fit nobody. Give the app the scope " +
  "usergroups:read (paste manifest.json at api.slack.com/apps and install it again); a free plan of Slack has no user groups.";

function membershipsOf(groups: readonly SlackGroup[]): Memberships {
  const found = new Map<string, string[]>();
  for (const { id, handle, users = [] } of groups) {
    const names = [...(id ? [id] : []), ...(handle ? [`@${handle}`] : [])];
    for (const user of users) found.set(user, [...(found.get(user) ?? []), ...names]);
  }
  return found;
}
