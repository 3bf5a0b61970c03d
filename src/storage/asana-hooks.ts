import type { Clock } from "../core/clock.ts";
import type { Sealed } from "./connections.ts";
import type { Database } from "./database.ts";

/** A webhook that Sophia has made at Asana, or is making. */
export interface AsanaHook {
  /** In its address: nobody but Asana knows it. */
  id: string;
  projectGid: string;
  /** Asana's own id of it, once it is made. */
  gid: string | null;
  begunAt: Date;
  /** Until then Asana may hand over its secret; null once it is made. */
  pendingUntil: Date | null;
}

/** Of one workspace: each costs Asana a request for each change, and us one to make it. */
export const mostHooks = 50;

export interface AsanaHooks {
  all(): Promise<AsanaHook[]>;
  /** Takes the right to make the project's hook, for so long; false where there is one, or somebody is making it. */
  begin(id: string, projectGid: string, ms: number): Promise<boolean>;
  /** Keeps the secret that Asana hands over; false where no such hook is being made, or it has its secret. */
  keepSecret(id: string, secret: Sealed): Promise<boolean>;
  made(id: string, gid: string): Promise<void>;
  secretOf(id: string): Promise<Sealed | undefined>;
  remove(id: string): Promise<void>;
}

const allHooks = `
  SELECT id, project_gid AS "projectGid", gid, begun_at AS "begunAt", pending_until AS "pendingUntil"
  FROM sophia.asana_hooks ORDER BY project_gid`;

/** $1 id, $2 project, $3 the clock's time, $4 until when. One whose making came to nothing gives way. */
const beginHook = `
  INSERT INTO sophia.asana_hooks AS hook (id, project_gid, begun_at, pending_until) VALUES ($1, $2, $3, $4)
  ON CONFLICT (project_gid) DO UPDATE SET
    id = excluded.id, gid = NULL, key_id = NULL, sealed = NULL,
    begun_at = excluded.begun_at, pending_until = excluded.pending_until
  WHERE hook.gid IS NULL AND hook.pending_until <= $3
  RETURNING id`;

const keepSecret = `
  UPDATE sophia.asana_hooks SET key_id = $2, sealed = $3
  WHERE id = $1 AND sealed IS NULL AND pending_until > $4 RETURNING id`;

const hookMade = "UPDATE sophia.asana_hooks SET gid = $2, pending_until = NULL WHERE id = $1";

const secretOf = `SELECT key_id AS "keyId", sealed FROM sophia.asana_hooks WHERE id = $1 AND sealed IS NOT NULL`;

const removeHook = "DELETE FROM sophia.asana_hooks WHERE id = $1";

export function createAsanaHookRecords(db: Database, clock: Clock): AsanaHooks {
  return {
    all: () => db.query<AsanaHook>(allHooks),
    begin: async (id, projectGid, ms) => {
      const now = clock.now();
      const begun = await db.query(beginHook, [id, projectGid, new Date(now), new Date(now + ms)]);
      return begun.length > 0;
    },
    keepSecret: async (id, { keyId, sealed }) =>
      (await db.query(keepSecret, [id, keyId, sealed, new Date(clock.now())])).length > 0,
    made: async (id, gid) => {
      await db.query(hookMade, [id, gid]);
    },
    secretOf: async (id) => (await db.query<Sealed>(secretOf, [id]))[0],
    remove: async (id) => {
      await db.query(removeHook, [id]);
    },
  };
}
