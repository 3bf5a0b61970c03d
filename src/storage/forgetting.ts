import type { Clock } from "../core/clock.ts";
import { UserError } from "../core/errors.ts";
import { type SealedField, toRow } from "./audit-chain.ts";
import { toRanges } from "./audit-ranges.ts";
import { appendLocked, lockHead } from "./audit-writer.ts";
import type { Database, Queryable } from "./database.ts";
import * as sql from "./forget-statements.ts";

/** What was removed. */
export interface Forgotten {
  /** Questions, each with all that belongs to it. */
  questions: number;
  /** Rows of the audit that lost something. */
  auditRows: number;
}

export interface Forgetting {
  /**
   * Removes a person and their texts from all records, in one transaction, and says in the audit's chain what it removed there;
   * docs/privacy.md tells what stays. `by`: the admin who asked for it, undefined for an operator.
   * @throws UserError where that is no Slack id.
   */
  forget(userId: string, by?: string): Promise<Forgotten>;
}

export interface ForgettingOptions {
  database: Database;
  clock: Clock;
  policyRevision: string;
}

export function createForgetting({ database, clock, policyRevision }: ForgettingOptions): Forgetting {
  return {
    forget: (userId, by) => {
      if (!/^[UW][A-Z0-9]+$/.test(userId)) {
        throw new UserError(
          `"${userId}" is no Slack id: it is as U01ABCDEF (in the person's profile, Copy member ID).`,
        );
      }
      const at = new Date(clock.now());
      return database.transaction(async (tx) => {
        // First, so that what is removed is all before the row that tells of it.
        const head = await lockHead(tx);
        const [turns] = await tx.query<{ count: number }>(sql.forgetTurns, [userId, at]);
        await forgetElsewhere(tx, userId);
        const { removed, rows } = await forgetInAudit(tx, userId);
        const forgotten = { questions: turns?.count ?? 0, auditRows: rows };
        const asker = by === userId ? undefined : by;
        const facts = { ...forgotten, removed };
        const row = toRow({ kind: "forgetting", at, outcome: "done", userId: asker, facts }, policyRevision);
        await appendLocked(tx, head, row);
        return forgotten;
      });
    },
  };
}

async function forgetElsewhere(tx: Queryable, userId: string): Promise<void> {
  for (const statement of [
    sql.forgetDecisions,
    sql.forgetFeedback,
    sql.forgetIdentities,
    sql.forgetCorrections,
    sql.forgetConnections,
    sql.forgetConnectionRequests,
    sql.forgetSchedules,
    sql.forgetRoutes,
    sql.forgetTaskValues,
    sql.forgetTaskChanges,
    sql.forgetTaskNotices,
    sql.forgetSpend,
    sql.forgetWarnings,
  ])
    await tx.query(statement, [userId]);
}

/** By field, the numbers of the chain's rows that lost it. */
async function forgetInAudit(
  tx: Queryable,
  userId: string,
): Promise<{ removed: Partial<Record<SealedField, string>>; rows: number }> {
  const removed: Partial<Record<SealedField, string>> = {};
  const rows = new Set<number>();
  // Texts first: whose they are is known by the ids that go after them.
  for (const field of ["arguments", "result", "userId", "approverId"] as const) {
    const found = await tx.query<{ sequence: number }>(sql.forgetInAudit[field], [userId]);
    const sequences = found.map(({ sequence }) => sequence).toSorted((a, b) => a - b);
    for (const sequence of sequences) rows.add(sequence);
    const inChain = sequences.filter((sequence) => sequence > 0);
    if (inChain.length > 0) removed[field] = toRanges(inChain);
  }
  return { removed, rows: rows.size };
}
