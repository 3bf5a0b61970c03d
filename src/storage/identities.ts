import type { Clock } from "../core/clock.ts";
import type { Database } from "./database.ts";

/** A Slack person. */
export interface PersonKey {
  teamId: string;
  userId: string;
}

export interface Identity extends PersonKey {
  /** Server name: `gong`. */
  service: string;
  /** By which that service knows the person, where it is not their Slack profile's. */
  email: string;
  /** Slack user id of who said so. */
  setBy: string;
}

export interface Identities {
  /** Service -> address, for those that were corrected. What another process has changed is known here after a minute. */
  of(person: PersonKey): Promise<Readonly<Record<string, string>>>;
  /** The address that somebody else, an admin, has set. */
  vouchedFor(person: PersonKey, service: string): Promise<string | undefined>;
  /** Ids of the people for whom this address was set. */
  holders(teamId: string, service: string, email: string): Promise<string[]>;
  set(identity: Identity): Promise<void>;
  /** False where nothing was set. */
  clear(person: PersonKey, service: string): Promise<boolean>;
}

const vouchedFor = `
  SELECT email FROM sophia.identities WHERE team_id = $1 AND user_id = $2 AND service = $3 AND set_by <> user_id`;
const identitiesOf = `
  SELECT service, email FROM sophia.identities WHERE team_id = $1 AND user_id = $2 ORDER BY service`;

const holdersOf = `
  SELECT user_id AS "userId" FROM sophia.identities WHERE team_id = $1 AND service = $2 AND lower(email) = lower($3)`;

const setIdentity = `
  INSERT INTO sophia.identities (team_id, user_id, service, email, set_by, set_at)
  VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (team_id, user_id, service) DO UPDATE SET
    email = excluded.email, set_by = excluded.set_by, set_at = excluded.set_at`;

const clearIdentity = `
  DELETE FROM sophia.identities WHERE team_id = $1 AND user_id = $2 AND service = $3 RETURNING service`;

const believedForMs = 60_000;
const mostKept = 2_000;

type Known = Readonly<Record<string, string>>;

/** Who people are in the services where their Slack address is not the one by which the service knows them. */
export function createIdentities(db: Database, clock: Clock): Identities {
  const kept = new Map<string, { known: Known; until: number }>();
  /** Raised by each change: what was read before it is not kept after it. */
  let changes = 0;
  const changed = (person: PersonKey): void => {
    changes += 1;
    kept.delete(keyOf(person));
  };
  return {
    of: async (person) => {
      const entry = kept.get(keyOf(person));
      if (entry && entry.until > clock.now()) return entry.known;
      const before = changes;
      const rows = await db.query<{ service: string; email: string }>(identitiesOf, [person.teamId, person.userId]);
      const known = Object.fromEntries(rows.map(({ service, email }) => [service, email]));
      kept.delete(keyOf(person));
      if (before === changes) kept.set(keyOf(person), { known, until: clock.now() + believedForMs });
      const oldest = kept.size > mostKept ? kept.keys().next().value : undefined;
      if (oldest !== undefined) kept.delete(oldest);
      return known;
    },
    vouchedFor: async ({ teamId, userId }, service) =>
      (await db.query<{ email: string }>(vouchedFor, [teamId, userId, service]))[0]?.email,
    holders: async (...params) => (await db.query<{ userId: string }>(holdersOf, params)).map(({ userId }) => userId),
    set: async ({ teamId, userId, service, email, setBy }) => {
      await db.query(setIdentity, [teamId, userId, service, email, setBy, new Date(clock.now())]);
      changed({ teamId, userId });
    },
    clear: async ({ teamId, userId }, service) => {
      const cleared = await db.query(clearIdentity, [teamId, userId, service]);
      changed({ teamId, userId });
      return cleared.length > 0;
    },
  };
}

function keyOf({ teamId, userId }: PersonKey): string {
  return `${teamId}:${userId}`;
}
