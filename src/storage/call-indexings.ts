import type { Clock } from "../core/clock.ts";
import type { Database } from "./database.ts";

/** A summary whose call is to be put into the search index by another turn. */
export interface DueIndexing {
  /** Of the turn that wrote the summary. */
  summaryTurnId: string;
  /** 1 for the first. */
  tries: number;
}

/** Calls whose meaning the search index did not take yet. */
export interface CallIndexings {
  /** One that failed is tried again. Where it is known to have failed, nothing changes. */
  later(summaryTurnId: string): Promise<void>;
  /** What is due, each once until its next pause has passed; whoever takes it may die. */
  take(limit: number): Promise<DueIndexing[]>;
  /** No more tries: it is written, or never will be. */
  done(summaryTurnId: string): Promise<void>;
  /** Lets go of what has failed for a day, and says what. */
  giveUp(): Promise<string[]>;
}

const minute = 60_000;
const firstPauseMs = 5 * minute;
/** Then there is no more trying. */
const keptForMs = 24 * 60 * minute;

const addIndexing = `
  INSERT INTO sophia.call_indexings (turn_id, since, due_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`;

/** $1 how many, $2 the clock's time. Five minutes at first, then twice as long each time, three hours at most. */
const takeIndexings = `
  WITH found AS MATERIALIZED (
    SELECT turn_id FROM sophia.call_indexings WHERE due_at <= $2 ORDER BY due_at, turn_id LIMIT $1 FOR UPDATE SKIP LOCKED
  )
  UPDATE sophia.call_indexings SET
    tries = tries + 1, due_at = $2::timestamptz + least(10 * power(2, tries), 180) * interval '1 minute'
  WHERE turn_id IN (SELECT turn_id FROM found)
  RETURNING turn_id AS "summaryTurnId", tries`;

const endIndexing = `DELETE FROM sophia.call_indexings WHERE turn_id = $1`;

const giveUpIndexings = `DELETE FROM sophia.call_indexings WHERE since <= $1 RETURNING turn_id AS "summaryTurnId"`;

export function createCallIndexings(db: Database, clock: Clock): CallIndexings {
  const after = (ms: number) => new Date(clock.now() + ms);
  return {
    later: async (summaryTurnId) => {
      await db.query(addIndexing, [summaryTurnId, after(0), after(firstPauseMs)]);
    },
    take: (limit) => db.query<DueIndexing>(takeIndexings, [limit, after(0)]),
    done: async (summaryTurnId) => {
      await db.query(endIndexing, [summaryTurnId]);
    },
    giveUp: async () => {
      const ended = await db.query<DueIndexing>(giveUpIndexings, [after(-keptForMs)]);
      return ended.map(({ summaryTurnId }) => summaryTurnId);
    },
  };
}
