import type { Database, Queryable, SqlValue } from "./database.ts";
import { putOff } from "./replies.ts";
import { addTurn, type NewTurn } from "./turns.ts";

/** What is known of a record, by property. */
export type RecordValues = Readonly<Record<string, unknown>>;

/** A record as a channel may see it, at the time at which it was read. */
export interface Look {
  /** A kind with its service's id: `deal:123`. */
  record: string;
  values: RecordValues;
  readAt: Date;
}

/** One event, that a route is to tell of. */
export interface NewChange {
  routeId: string;
  eventKey: string;
  record: string;
  /** Values at the look before, and at the one that found the change. */
  before: RecordValues;
  after: RecordValues;
  foundAt: Date;
  /** What the record stands for, by which the largest are named first. */
  amount: number | undefined;
}

/** What a route has not told of yet, of one record. */
export interface PendingRecord {
  record: string;
  /** Values before the first of its changes, and after the last. */
  before: RecordValues;
  after: RecordValues;
  amount: number | undefined;
  eventKeys: string[];
}

export interface Pace {
  /** At most so many messages in so many milliseconds, for each of these. */
  limits: readonly { messages: number; ms: number }[];
}

export interface Notices {
  /**
   * Takes what was read as known, and stores the changes that `decide` finds between that and what was known before (nothing
   * of a new record), both or neither. What somebody else has read later is theirs to decide about, and not in `before`.
   */
  look(
    channel: string,
    looks: readonly Look[],
    decide: (before: ReadonlyMap<string, RecordValues>) => readonly NewChange[],
  ): Promise<void>;
  /** What is known of these records. */
  known(channel: string, records: readonly string[]): Promise<ReadonlyMap<string, RecordValues>>;
  /** Takes what was read as known, where nothing is known yet. */
  learn(channel: string, looks: readonly Look[]): Promise<void>;
  /** Routes that have something to tell. */
  pendingRoutes(): Promise<string[]>;
  /** Has what was put off until `before` told again, unless it was found before `oldest`. */
  takeBack(before: Date, oldest: Date): Promise<void>;
  /**
   * Stores the turn that tells all of what a route has not told of yet, and takes that as told, both or neither. False where there
   * is nothing, the route has told of enough for now, older changes of it are put off, or `turnOf` makes no turn of it: then nobody
   * tells of it.
   */
  tell(
    routeId: string,
    told: {
      turnId: string;
      pace: Pace;
      at: Date;
      /** What was found before then is not waited for. */
      oldest: Date;
      turnOf: (pending: readonly PendingRecord[]) => NewTurn | undefined;
    },
  ): Promise<boolean>;
  /** Leaves a record out of what a channel is told, by whichever route, until then. */
  muteRecord(channel: string, record: string, until: Date): Promise<void>;
  /** Those that are left out at that time. */
  mutedRecords(at: Date): Promise<{ channel: string; record: string }[]>;
  unmuteRecords(channel: string): Promise<void>;
  /** When something was last looked at; undefined where it never was. */
  lastLook(name: string): Promise<Date | undefined>;
  /** Takes the next look, where the last one was at `last`: false where somebody else has taken it. */
  takeLook(name: string, last: Date | undefined, at: Date): Promise<boolean>;
}

/** $1 channel, $2 the looks as JSON. Sorted, so that two who look at the same records do not wait for each other in a ring. */
const makeRows = `
  INSERT INTO sophia.record_values (channel, record, known, read_at)
  SELECT $1, record, '{}'::json, '-infinity' FROM json_to_recordset($2::json) AS told (record text) ORDER BY record
  ON CONFLICT DO NOTHING`;
/** $1 channel, $2 records. */
const knownRows = `
  SELECT record, known, CASE WHEN read_at > '-infinity' THEN read_at END AS "readAt" FROM sophia.record_values
  WHERE channel = $1 AND record = ANY($2::text[]) ORDER BY record`;
const lockRows = `${knownRows} FOR UPDATE`;
/** $1 channel, $2 the looks as JSON. */
const keepRows = `
  UPDATE sophia.record_values kept SET known = told.values, read_at = told."readAt"
  FROM json_to_recordset($2::json) AS told (record text, values json, "readAt" timestamptz)
  WHERE kept.channel = $1 AND kept.record = told.record AND kept.read_at <= told."readAt"`;
/** The same, but for what events tell of that are not done: what was read has their changes already, and none would be told. */
const learnRows = `
  INSERT INTO sophia.record_values (channel, record, known, read_at)
  SELECT $1, record, values, "readAt"
  FROM json_to_recordset($2::json) AS told (record text, values json, "readAt" timestamptz)
  WHERE split_part(record, ':', 2) NOT IN (SELECT object_id FROM sophia.events WHERE done_at IS NULL)
  ORDER BY record
  ON CONFLICT DO NOTHING`;
const addChanges = `
  INSERT INTO sophia.notice_changes (route_id, event_key, record, before, after, amount, found_at)
  SELECT "routeId", "eventKey", record, before, after, amount, "foundAt"
  FROM json_to_recordset($1::json) AS told (
    "routeId" text, "eventKey" text, record text, before json, after json, amount float8, "foundAt" timestamptz
  )
  ON CONFLICT DO NOTHING`;
const pendingRoutes = `SELECT DISTINCT route_id AS "routeId" FROM sophia.notice_changes WHERE told_at IS NULL`;
const makePace = `INSERT INTO sophia.notice_paces (route_id, stored) VALUES ($1, '[]') ON CONFLICT DO NOTHING`;
/** Held to the transaction's end: one replica at a time tells by a route. */
const lockPace = `SELECT stored FROM sophia.notice_paces WHERE route_id = $1 FOR UPDATE`;
const keepPace = `UPDATE sophia.notice_paces SET stored = $2::json WHERE route_id = $1`;
/** The turns that an index of their own finds. */
const putOffTurns = `turns.source = 'notice' AND turns.status = 'failed' AND turns.reason = '${putOff}'`;
/** $1 by when they had ended, $2 the earliest look. */
const takeBack = `
  UPDATE sophia.notice_changes changes SET told_at = NULL, told_in = NULL FROM sophia.turns
  WHERE ${putOffTurns} AND turns.finished_at <= $1 AND changes.told_in = turns.id AND changes.found_at > $2`;
/**
 * $1 route, $2 the earliest look that is taken back: what came later must not be told before it, nor before what a turn is still to
 * tell that was left to another attempt.
 */
const isPutOff = `
  SELECT FROM sophia.turns JOIN sophia.notice_changes changes ON changes.told_in = turns.id
  WHERE (${putOffTurns} OR (turns.status = 'running' AND turns.worker_id IS NULL))
    AND changes.route_id = $1 AND changes.found_at > $2 LIMIT 1`;
/** $1 route, $2 the clock's time, $3 what was told before then is not kept any more, $4 the turn that tells of them. */
const takeChanges = `
  WITH old AS (DELETE FROM sophia.notice_changes WHERE route_id = $1 AND told_at < $3),
  taken AS (
    UPDATE sophia.notice_changes SET told_at = $2, told_in = $4 WHERE route_id = $1 AND told_at IS NULL
    RETURNING position, event_key AS "eventKey", record, before, after, amount
  )
  SELECT "eventKey", record, before, after, amount FROM taken ORDER BY position`;
const muteRecord = `
  INSERT INTO sophia.notice_mutes (channel, record, until) VALUES ($1, $2, $3)
  ON CONFLICT (channel, record) DO UPDATE SET until = excluded.until`;
const mutedRecords = `
  WITH over AS (DELETE FROM sophia.notice_mutes WHERE until <= $1)
  SELECT channel, record FROM sophia.notice_mutes WHERE until > $1 ORDER BY until, record`;
const unmuteRecords = `DELETE FROM sophia.notice_mutes WHERE channel = $1`;
const lastLook = `SELECT at FROM sophia.notice_looks WHERE name = $1`;
/** $1 name, $2 the last look or null, $3 this one. */
const takeLook = `
  INSERT INTO sophia.notice_looks AS looks (name, at) VALUES ($1, $3)
  ON CONFLICT (name) DO UPDATE SET at = excluded.at WHERE looks.at = $2
  RETURNING name`;

/** Longer than any event is taken again for want of an end. */
const keptMs = 30 * 86_400_000;

export function createNotices(db: Database): Notices {
  return {
    look: (channel, looks, decide) =>
      db.transaction(async (tx) => {
        const told = JSON.stringify(looks);
        await tx.query(makeRows, [channel, told]);
        const readAt = new Map(looks.map((one) => [one.record, one.readAt]));
        const rows = await tx.query<KnownRow>(lockRows, [channel, [...readAt.keys()]]);
        const ours = rows.filter((row) => row.readAt === null || row.readAt <= (readAt.get(row.record) ?? row.readAt));
        const changes = decide(new Map(ours.map((row) => [row.record, row.known])));
        if (changes.length > 0) await tx.query(addChanges, [JSON.stringify(changes)]);
        await tx.query(keepRows, [channel, told]);
      }),
    known: async (channel, records) => {
      const rows = await db.query<KnownRow>(knownRows, [channel, records]);
      return new Map(rows.map(({ record, known }) => [record, known]));
    },
    learn: async (channel, looks) => {
      await db.query(learnRows, [channel, JSON.stringify(looks)]);
    },
    pendingRoutes: async () => (await db.query<{ routeId: string }>(pendingRoutes)).map(({ routeId }) => routeId),
    takeBack: async (before, oldest) => {
      await db.query(takeBack, [before, oldest]);
    },
    tell: (routeId, told) => db.transaction((tx) => tell(tx, routeId, told)),
    muteRecord: async (channel, record, until) => {
      await db.query(muteRecord, [channel, record, until]);
    },
    mutedRecords: (at) => db.query(mutedRecords, [at]),
    unmuteRecords: async (channel) => {
      await db.query(unmuteRecords, [channel]);
    },
    lastLook: async (name) => (await db.query<{ at: Date }>(lastLook, [name]))[0]?.at,
    takeLook: async (name, last, at) => (await db.query(takeLook, [name, last ?? null, at])).length > 0,
  };
}

interface KnownRow {
  record: string;
  known: RecordValues;
  /** Null where nothing is known yet. */
  readAt: Date | null;
}

async function tell(
  tx: Queryable,
  routeId: string,
  { turnId, pace, at, oldest, turnOf }: Parameters<Notices["tell"]>[1],
): Promise<boolean> {
  await tx.query(makePace, [routeId]);
  const [row] = await tx.query<{ stored: number[] }>(lockPace, [routeId]);
  const stored = row?.stored ?? [];
  if (!mayTell(stored, pace, at.getTime())) return false;
  if ((await tx.query(isPutOff, [routeId, oldest])).length > 0) return false;
  const rows = await tx.query<ChangeRow>(takeChanges, [routeId, at, new Date(at.getTime() - keptMs), turnId]);
  const turn = rows.length === 0 ? undefined : turnOf(pendingRecords(rows));
  if (!turn) return false;
  const longest = Math.max(...pace.limits.map(({ ms }) => ms));
  const kept = [...stored.filter((one) => one > at.getTime() - longest), at.getTime()];
  const params: SqlValue[] = [routeId, JSON.stringify(kept)];
  await tx.query(keepPace, params);
  return addTurn(tx, turn, at);
}

function mayTell(stored: readonly number[], { limits }: Pace, now: number): boolean {
  return limits.every(({ messages, ms }) => stored.filter((at) => at > now - ms).length < messages);
}

interface ChangeRow {
  eventKey: string;
  record: string;
  before: RecordValues;
  after: RecordValues;
  amount: number | null;
}

/** The first row of a record says what was before all of them, the last one what is. */
function pendingRecords(rows: readonly ChangeRow[]): PendingRecord[] {
  const records = new Map<string, PendingRecord>();
  for (const { eventKey, record, before, after, amount } of rows) {
    const pending = records.get(record) ?? { record, before, after, amount: undefined, eventKeys: [] };
    pending.after = after;
    pending.amount = amount ?? undefined;
    pending.eventKeys.push(eventKey);
    records.set(record, pending);
  }
  return [...records.values()];
}
