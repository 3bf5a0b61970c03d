import type { Clock } from "../core/clock.ts";
import type { Database, SqlValue } from "./database.ts";
import { storableText } from "./storable-text.ts";

export type EventSource = "gong" | "hubspot" | "asana";

/** Something that happened in a service, as the service told it: whoever deals with it looks up how things stand now. */
export interface InboundEvent {
  /** The same for the same happening, however often and in whatever order it is told. */
  key: string;
  source: EventSource;
  /** `call.processed`, `deal.stage`, `deal.amount`, `deal.created`, `contact.created`, `task.completed` and its like. */
  kind: string;
  objectId: string;
  occurredAt: Date;
  data: Record<string, unknown>;
}

export interface TakenEvent extends InboundEvent {
  receivedAt: Date;
  /** How often it has been taken, this time included. */
  attempts: number;
}

export interface TakeOptions {
  source?: EventSource;
  kinds?: readonly string[];
  /** Only what concerns these. */
  objectIds?: readonly string[];
  /** Only what had come in by then, so that what comes together can be dealt with together. */
  before?: Date;
  limit: number;
  /** Milliseconds for which nobody else gets them. */
  leaseMs: number;
}

/** The inbox: what the services told of. */
export interface Events {
  /** Stores what is not known yet; returns how many that were. */
  add(events: readonly InboundEvent[]): Promise<number>;
  /** Leases what is to be dealt with, what happened first first. What is not done by the lease's end is taken again. */
  take(options: TakeOptions): Promise<TakenEvent[]>;
  done(keys: readonly string[]): Promise<void>;
  /** Ends the lease; they can be taken again from `at` on. */
  retryLater(keys: readonly string[], at: Date): Promise<void>;
  /** Those that still have their data, whether done or not. */
  get(keys: readonly string[]): Promise<InboundEvent[]>;
}

const columns = `key, source, kind, object_id AS "objectId", occurred_at AS "occurredAt", data`;

/** $1 the events as JSON, $2 the clock's time. Sorted, so that two batches with the same keys do not wait for each other. */
const addEvents = `
  WITH added AS (
    INSERT INTO sophia.events (key, source, kind, object_id, occurred_at, received_at, data)
    SELECT key, source, kind, "objectId", "occurredAt", $2, data
    FROM json_to_recordset($1::json) AS told (
      key text, source text, kind text, "objectId" text, "occurredAt" timestamptz, data json
    )
    ORDER BY key
    ON CONFLICT (key) DO NOTHING
    RETURNING key
  )
  SELECT count(*)::int AS count FROM added`;

/** $1 source or null, $2 kinds or null, $3 by when they had come in or null, $4 how many, $5 the clock's time, $6 the lease's end, $7 objects or null. */
const takeEvents = `
  WITH found AS MATERIALIZED (
    SELECT key FROM sophia.events
    WHERE done_at IS NULL AND data IS NOT NULL AND (available_at IS NULL OR available_at <= $5)
      AND ($1::text IS NULL OR source = $1) AND ($2::text[] IS NULL OR kind = ANY($2::text[]))
      AND ($3::timestamptz IS NULL OR received_at <= $3) AND ($7::text[] IS NULL OR object_id = ANY($7::text[]))
    ORDER BY occurred_at, key LIMIT $4
    FOR UPDATE SKIP LOCKED
  ), taken AS (
    UPDATE sophia.events SET available_at = $6, attempts = attempts + 1
    WHERE key IN (SELECT key FROM found)
    RETURNING ${columns}, received_at AS "receivedAt", attempts
  )
  SELECT * FROM taken ORDER BY "occurredAt", key`;

const endEvents = "UPDATE sophia.events SET done_at = $2 WHERE key = ANY($1::text[]) AND done_at IS NULL";

const postponeEvents = "UPDATE sophia.events SET available_at = $2 WHERE key = ANY($1::text[]) AND done_at IS NULL";

const getEvents = `
  SELECT ${columns} FROM sophia.events WHERE key = ANY($1::text[]) AND data IS NOT NULL ORDER BY occurred_at, key`;

/** Any number that no other program on the same database is likely to lock; not that of the migrations. */
const takingLock = 7_306_812_451;

export function createEvents(db: Database, clock: Clock): Events {
  return {
    add: async (events) => {
      if (events.length === 0) return 0;
      const params: SqlValue[] = [storableJson(events), new Date(clock.now())];
      const [row] = await db.query<{ count: number }>(addEvents, params);
      return row?.count ?? 0;
    },
    take: ({ source, kinds, objectIds, before, limit, leaseMs }) => {
      const now = clock.now();
      const wanted = [source ?? null, kinds ?? null, before ?? null, limit];
      return db.transaction(async (tx) => {
        // Takes of two replicas at once would share out the events of one record, and whoever looks second sees no change.
        await tx.query("SELECT pg_advisory_xact_lock($1)", [takingLock]);
        return tx.query<TakenEvent>(takeEvents, [...wanted, new Date(now), new Date(now + leaseMs), objectIds ?? null]);
      });
    },
    done: async (keys) => {
      await db.query(endEvents, [keys, new Date(clock.now())]);
    },
    retryLater: async (keys, at) => {
      await db.query(postponeEvents, [keys, at]);
    },
    get: (keys) => db.query<InboundEvent>(getEvents, [keys]),
  };
}

/** One odd text must not keep out what came with it. */
function storableJson(events: readonly InboundEvent[]): string {
  return JSON.stringify(events, (_, value: unknown) => (typeof value === "string" ? storableText(value) : value));
}
