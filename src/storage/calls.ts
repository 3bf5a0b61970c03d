import type { Clock } from "../core/clock.ts";
import type { Database } from "./database.ts";
import { putOff } from "./replies.ts";

/** Why nothing is said of a call. */
export type SkipReason = "before_start" | "no_route" | "not_to_be_seen" | "not_transcribed" | "unreachable";

/** A call that is to be looked at, leased to whoever took it. */
export interface SeenCall {
  id: string;
  foundBy: "webhook" | "poll";
  seenAt: Date;
  /** How often it has been taken, this time included. */
  attempts: number;
}

/** One look at a call: what it comes to counts unless Gong has told of the call since. */
export type CallLook = Pick<SeenCall, "id" | "seenAt" | "attempts">;

/** A poll that is this process's to make. */
export interface CallPoll {
  /** Calls that began after this are to be looked for. */
  from: Date;
}

/** Longer than Gong's server keeps what it has read: a look so long after another is not answered with the same. */
export const keptForMs = 75_000;

/** So long a call that was not to be seen is left alone, however often polls list it. */
const refusedForMs = 60 * 60_000;

/** What has become of each call. */
export interface Calls {
  /** Begins the watch where none has begun; calls that ended before the returned instant are none of ours. */
  floor(): Promise<Date>;
  /** Those that are not known yet, or about which this says more than was known, are to be looked at from now on. */
  see(ids: readonly string[], foundBy: SeenCall["foundBy"]): Promise<void>;
  /** Leases what is due; what has no end by the lease's end is taken again. */
  take(limit: number, leaseMs: number): Promise<SeenCall[]>;
  /** Unless it is to be looked at anew since it was taken; so are the next two. */
  summarised(look: CallLook): Promise<void>;
  skip(look: CallLook, reason: SkipReason): Promise<void>;
  /** To be looked at again at `at`. */
  later(look: CallLook, at: Date): Promise<void>;
  /** The same for one whose summary was put off; false where it was seen so long ago that it is let go. */
  again(id: string, at: Date): Promise<boolean>;
  /** Which of these turns there are, by their source keys, and whether each has put its summary off, with nothing posted. */
  tried(sourceKeys: readonly string[]): Promise<Map<string, { isPutOff: boolean }>>;
  /** Whether this process is to poll now: where no other has begun to within `everyMs`. */
  takePoll(everyMs: number): Promise<CallPoll | undefined>;
  /** All calls until then have been seen. Without anybody who wants summaries the floor rises with it. */
  polled(until: Date, raisesFloor: boolean): Promise<void>;
}

const beginWatch = `
  INSERT INTO sophia.call_watch (floor_at, looked_until) VALUES ($1, $1) ON CONFLICT DO NOTHING`;

const readFloor = `SELECT floor_at AS floor FROM sophia.call_watch`;

/**
 * Sorted, so that two batches with the same calls do not wait for each other. A webhook says that Gong has processed a call: what was
 * given up is looked at anew, and what waits for its next look waits no longer, but for what is still kept of the last one. One
 * from before the start stays so unless it proves to be none: it is held to the end that a poll would be held to. What a poll lists
 * is not private (any more); where it is not shown all the same it is not asked for at each poll.
 */
const seeCalls = `
  INSERT INTO sophia.calls (call_id, found_by, seen_at, due_at)
  SELECT DISTINCT id, $2, $3::timestamptz, $3::timestamptz FROM unnest($1::text[]) AS told (id) ORDER BY id
  ON CONFLICT (call_id) DO UPDATE SET
    state = 'seen', reason = NULL, attempts = 0, seen_at = excluded.seen_at,
    due_at = greatest(excluded.due_at, calls.looked_at + interval '${keptForMs} milliseconds'),
    found_by = CASE
      WHEN calls.reason = 'before_start' THEN 'poll'
      WHEN calls.state = 'seen' THEN calls.found_by
      ELSE excluded.found_by END
  WHERE CASE excluded.found_by
    WHEN 'webhook' THEN calls.state <> 'summarised'
    ELSE calls.state = 'skipped' AND calls.reason = 'not_to_be_seen'
      AND coalesce(calls.looked_at <= excluded.seen_at - interval '${refusedForMs} milliseconds', true) END`;

/** $1 how many, $2 the clock's time, $3 the lease's end. */
const takeCalls = `
  WITH found AS MATERIALIZED (
    SELECT call_id FROM sophia.calls WHERE state = 'seen' AND due_at <= $2
    ORDER BY due_at, call_id LIMIT $1
    FOR UPDATE SKIP LOCKED
  )
  UPDATE sophia.calls SET due_at = $3, looked_at = $2, attempts = attempts + 1
  WHERE call_id IN (SELECT call_id FROM found)
  RETURNING call_id AS id, found_by AS "foundBy", seen_at AS "seenAt", attempts`;

/** $1 call, $2 when it was seen, $3 attempts, as the look knows them. */
const ofLook = `call_id = $1 AND seen_at = $2 AND attempts = $3`;

const skipCall = `UPDATE sophia.calls SET state = 'skipped', reason = $4 WHERE ${ofLook}`;

const endSummarised = `UPDATE sophia.calls SET state = 'summarised', reason = NULL WHERE ${ofLook}`;

/** $1 call, $2 when, $3 the earliest instant at which it may have been seen. */
const lookAgain = `
  UPDATE sophia.calls SET state = 'seen', reason = NULL, attempts = 0, due_at = $2
  WHERE call_id = $1 AND state <> 'skipped' AND seen_at > $3
  RETURNING call_id`;

const triedTurns = `
  SELECT source_key AS "sourceKey", status = 'failed' AND reason IS NOT DISTINCT FROM '${putOff}' AS "isPutOff"
  FROM sophia.turns WHERE source_key = ANY($1::text[])`;

const postponeCall = `UPDATE sophia.calls SET due_at = $4 WHERE ${ofLook} AND state = 'seen'`;

/** $1 the clock's time, $2 the latest beginning of the last poll. */
const takePoll = `
  UPDATE sophia.call_watch SET polled_at = $1 WHERE polled_at IS NULL OR polled_at <= $2
  RETURNING looked_until AS "lookedUntil"`;

const endPoll = `
  UPDATE sophia.call_watch SET
    looked_until = greatest(looked_until, $1),
    floor_at = CASE WHEN $2 THEN greatest(floor_at, $1) ELSE floor_at END`;

/** So far back each poll looks before the end of the one before: Gong may take a day to show a call. */
const overlapMs = 24 * 60 * 60_000;
/** So long a summary is put off; then it is let go. */
const putOffForMs = 24 * 60 * 60_000;

export function createCalls(db: Database, clock: Clock): Calls {
  const after = (ms: number) => new Date(clock.now() + ms);
  const known = ({ id, seenAt, attempts }: CallLook) => [id, seenAt, attempts];
  return {
    floor: async () => {
      const read = async () => (await db.query<{ floor: Date }>(readFloor))[0]?.floor;
      const known = await read();
      if (known) return known;
      await db.query(beginWatch, [after(0)]);
      return (await read()) ?? after(0);
    },
    see: async (ids, foundBy) => {
      if (ids.length > 0) await db.query(seeCalls, [ids, foundBy, after(0)]);
    },
    take: (limit, leaseMs) => db.query<SeenCall>(takeCalls, [limit, after(0), after(leaseMs)]),
    summarised: async (look) => {
      await db.query(endSummarised, known(look));
    },
    skip: async (look, reason) => {
      await db.query(skipCall, [...known(look), reason]);
    },
    again: async (id, at) => (await db.query(lookAgain, [id, at, after(-putOffForMs)])).length > 0,
    tried: async (sourceKeys) => {
      const found = await db.query<{ sourceKey: string; isPutOff: boolean }>(triedTurns, [sourceKeys]);
      return new Map(found.map(({ sourceKey, isPutOff }) => [sourceKey, { isPutOff }]));
    },
    later: async (look, at) => {
      await db.query(postponeCall, [...known(look), at]);
    },
    takePoll: async (everyMs) => {
      const [row] = await db.query<{ lookedUntil: Date }>(takePoll, [after(0), after(-everyMs)]);
      return row && { from: new Date(row.lookedUntil.getTime() - overlapMs) };
    },
    polled: async (until, raisesFloor) => {
      await db.query(endPoll, [until, raisesFloor]);
    },
  };
}
