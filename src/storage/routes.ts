import type { Clock } from "../core/clock.ts";
import type { Database } from "./database.ts";
import { nobody } from "./forget-statements.ts";

export type RouteWhat = "calls" | "deals" | "contacts" | "tasks";

/** All that is given must fit. */
export interface RouteConditions {
  /** User groups of whose it is, by id or `@handle`. */
  teams?: readonly string[] | undefined;
  /** Slack user ids, e-mail addresses, user groups. */
  owners?: readonly string[] | undefined;
  accounts?: readonly string[] | undefined;
  stages?: readonly string[] | undefined;
  minAmount?: number | undefined;
  minMinutes?: number | undefined;
  trackers?: readonly string[] | undefined;
  projects?: readonly string[] | undefined;
}

/** A route that somebody has made. */
export interface StoredRoute {
  /** By which people name it. */
  number: number;
  id: string;
  what: RouteWhat;
  /** The channel's id. */
  channel: string;
  where: RouteConditions;
  /** Null where they are forgotten: it is the channel's alone then. */
  createdBy: string | null;
  createdAt: Date;
  /** An admin was told that it is not followed for its maker. */
  isStopTold: boolean;
}

export interface Routes {
  list(): Promise<StoredRoute[]>;
  /** Returns its number. */
  add(route: Pick<StoredRoute, "id" | "what" | "channel" | "where"> & { createdBy: string }): Promise<number>;
  /** False where there is none. */
  remove(id: string): Promise<boolean>;
  /** False where that was known. */
  markStopTold(id: string, isTold: boolean): Promise<boolean>;
  /** Until when routes, those of the configuration included, say nothing. */
  mutes(): Promise<ReadonlyMap<string, Date>>;
  mute(id: string, until: Date): Promise<void>;
}

const listRoutes = `
  SELECT number, id, what, channel, conditions AS "where", nullif(created_by, ${nobody}) AS "createdBy", created_at AS "createdAt",
    is_stop_told AS "isStopTold"
  FROM sophia.routes ORDER BY number`;

const addRoute = `
  INSERT INTO sophia.routes (id, what, channel, conditions, created_by, created_at)
  VALUES ($1, $2, $3, $4::json, $5, $6) RETURNING number`;

const removeRoute = `
  WITH mutes AS (DELETE FROM sophia.route_mutes WHERE route_id = $1)
  DELETE FROM sophia.routes WHERE id = $1 RETURNING id`;

const markRoute = `UPDATE sophia.routes SET is_stop_told = $2 WHERE id = $1 AND is_stop_told <> $2 RETURNING id`;

const listMutes = `SELECT route_id AS id, muted_until AS until FROM sophia.route_mutes WHERE muted_until > $1`;

const muteRoute = `
  INSERT INTO sophia.route_mutes (route_id, muted_until) VALUES ($1, $2)
  ON CONFLICT (route_id) DO UPDATE SET muted_until = $2`;

export function createRoutes(db: Database, clock: Clock): Routes {
  const now = () => new Date(clock.now());
  return {
    list: () => db.query<StoredRoute>(listRoutes),
    add: async ({ id, what, channel, where, createdBy }) => {
      const params = [id, what, channel, JSON.stringify(where), createdBy, now()];
      const [row] = await db.query<{ number: number }>(addRoute, params);
      return row?.number ?? 0;
    },
    remove: async (id) => (await db.query(removeRoute, [id])).length > 0,
    markStopTold: async (id, isTold) => (await db.query(markRoute, [id, isTold])).length > 0,
    mutes: async () => {
      const rows = await db.query<{ id: string; until: Date }>(listMutes, [now()]);
      return new Map(rows.map(({ id, until }) => [id, until]));
    },
    mute: async (id, until) => {
      await db.query(muteRoute, [id, until]);
    },
  };
}
