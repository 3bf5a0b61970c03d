import type { Clock } from "../core/clock.ts";
import { toRow } from "./audit-chain.ts";
import { appendLocked, lockHead } from "./audit-writer.ts";
import type { Database } from "./database.ts";

export interface RetentionOptions {
  database: Database;
  clock: Clock;
  policyRevision: string;
  /** Days for which the audit is kept, and what was spent. */
  auditDays: number;
  /** Days for which questions and answers are kept, from their end on. */
  conversationDays: number;
}

const dayMs = 24 * 60 * 60_000;
/** Days for which it is kept what a service told of. */
const eventDays = 30;
/** Days for which a record's last known values are kept after it was read. */
const valueDays = 90;
/** Conversations that one statement deletes: what a turn needs at that moment waits for no more than these. */
const batch = 500;

/** $1 the clock's time, $2 the latest time of the last round: one replica a day gets the row. */
const takeTheDay = `
  UPDATE sophia.audit_head SET kept_at = $1 WHERE kept_at IS NULL OR kept_at <= $2 RETURNING true AS taken`;

/** $1 what ended before then goes, with its steps, messages, writes and ratings. */
const deleteTurns = `
  WITH gone AS (
    DELETE FROM sophia.turns WHERE id IN (
      SELECT id FROM sophia.turns
      WHERE status IN ('done', 'failed', 'stopped') AND coalesce(finished_at, created_at) < $1
      LIMIT ${batch}
    )
    RETURNING id
  )
  SELECT count(*)::int AS count FROM gone`;

/** $1 as above. */
const deleteThreads = `
  DELETE FROM sophia.threads WHERE created_at < $1 AND NOT EXISTS (
    SELECT FROM sophia.turns
    WHERE turns.thread_ts = threads.thread_ts AND turns.channel = threads.channel AND turns.team_id = threads.team_id
  )`;

/** $1 what was spent on days before then goes. */
const deleteSpend = `
  WITH warnings AS (DELETE FROM sophia.spend_warnings WHERE day < $1::date)
  DELETE FROM sophia.spend WHERE day < $1::date`;

/** $1 what came in before then loses what was told, $2 the clock's time. Its key stays: told again it is still the same. */
const emptyEvents = `
  UPDATE sophia.events SET data = NULL, done_at = coalesce(done_at, $2) WHERE data IS NOT NULL AND received_at < $1`;

/** $1 what was told before then goes, and what routes were to tell that are gone; those of the configuration are in no table. */
const deleteChanges = `
  DELETE FROM sophia.notice_changes changes WHERE told_at < $1 OR (
    route_id NOT LIKE 'config:%' AND NOT EXISTS (SELECT FROM sophia.routes WHERE routes.id = changes.route_id)
  )`;

/** $1 the clock's time. */
const deleteMutes = `DELETE FROM sophia.notice_mutes WHERE until <= $1`;

/** $1 what was read last before then goes. */
const deleteValues = `DELETE FROM sophia.record_values WHERE read_at < $1`;

/** $1 what is older goes, $2 where the chain begins, $3 where it ends. */
const findCut = `
  SELECT cut.first::float8 AS first, (SELECT hash FROM sophia.audit WHERE sequence = cut.first - 1) AS previous
  FROM (
    SELECT coalesce(min(sequence), $3::bigint + 1) AS first
    FROM sophia.audit WHERE sequence >= $2::bigint AND at >= $1
  ) cut`;

/** $1 where the chain begins now, $2 what is older goes of the rows from before the chain. */
const cutChain = `
  WITH gone AS (
    DELETE FROM sophia.audit WHERE sequence < $1::bigint AND (sequence > 0 OR at < $2) RETURNING sequence
  )
  SELECT count(*)::int AS count FROM gone`;

/** $1 number of the first row, $2 the hash that it follows. */
const moveBeginning = `UPDATE sophia.audit_head SET first = $1::bigint, first_previous = $2`;

/**
 * Deletes what is older than the configuration wants it, once a day, whichever replica comes first. The chain is cut at its
 * beginning: its head and a row at its end say where it begins now.
 */
export async function applyRetention(options: RetentionOptions): Promise<void> {
  const { database, clock, auditDays, conversationDays } = options;
  const now = clock.now();
  const taken = await database.query(takeTheDay, [new Date(now), new Date(now - dayMs)]);
  if (taken.length === 0) return;
  const until = new Date(now - conversationDays * dayMs);
  let conversations = 0;
  for (;;) {
    const [gone] = await database.query<{ count: number }>(deleteTurns, [until]);
    conversations += gone?.count ?? 0;
    if ((gone?.count ?? 0) < batch) break;
  }
  await database.query(deleteThreads, [until]);
  await database.query(deleteSpend, [new Date(now - auditDays * dayMs).toISOString().slice(0, 10)]);
  await database.query(emptyEvents, [new Date(now - eventDays * dayMs), new Date(now)]);
  await database.query(deleteChanges, [new Date(now - eventDays * dayMs)]);
  await database.query(deleteMutes, [new Date(now)]);
  await database.query(deleteValues, [new Date(now - valueDays * dayMs)]);
  await cutAudit(options, now, conversations);
}

async function cutAudit(
  { database, auditDays, policyRevision }: RetentionOptions,
  now: number,
  conversations: number,
): Promise<void> {
  const until = new Date(now - auditDays * dayMs);
  await database.transaction(async (tx) => {
    const head = await lockHead(tx);
    const [cut] = await tx.query<{ first: number; previous: string | null }>(findCut, [until, head.first, head.count]);
    const isCut = cut !== undefined && cut.first > head.first;
    const first = isCut ? cut.first : head.first;
    const previous = isCut ? (cut.previous ?? head.hash) : head.firstPrevious;
    const [gone] = await tx.query<{ count: number }>(cutChain, [first, until]);
    const rows = gone?.count ?? 0;
    if (rows === 0 && conversations === 0) return;
    await tx.query(moveBeginning, [first, previous]);
    const facts = { first, previous, rows, conversations };
    await appendLocked(
      tx,
      head,
      toRow({ kind: "retention", at: new Date(now), outcome: "done", facts }, policyRevision),
    );
  });
}
