import type { Clock } from "../core/clock.ts";
import type { Database } from "./database.ts";

/** What a write would change, as its server said when consent was asked for. */
export interface Preview {
  summary: string;
  record?: { name: string; url?: string | undefined } | undefined;
  changes: { field: string; before: string | null; after: string | null }[];
}

/** One call of one turn, as consent binds it: tool, arguments (by their digest), and through the turn its asker and thread. */
export interface BoundCall {
  turnId: string;
  tool: string;
  digest: string;
}

export interface NewApproval extends BoundCall {
  id: string;
  arguments: unknown;
  preview: Preview;
  expiresAt: Date;
}

export interface Approval extends NewApproval {
  /** `spent`: the call that it let through has been sent. */
  status: "pending" | "approved" | "denied" | "spent";
  /** Of the turn. */
  teamId: string;
  channel: string;
  threadTs: string;
  /** Who asked. */
  userId: string;
  /** The card in the thread that it stands on, and that card's message once it is known. */
  cardId?: string | undefined;
  cardTs?: string | undefined;
  decidedBy?: string | undefined;
}

export interface Approvals {
  /** Asks for consent to a call; gives what was asked before where it is the same call. */
  request(wanted: NewApproval): Promise<Approval>;
  find(call: BoundCall): Promise<Approval | undefined>;
  /** Uses an approval up. False where another call has, or it was never given. */
  spend(id: string): Promise<boolean>;
  /** Puts the turn's undecided ones on a card, `cardId` unless they have one; in the order in which they were asked for. */
  onCard(turnId: string, cardId: string): Promise<Approval[]>;
  shown(cardId: string, ts: string): Promise<void>;
  ofCard(cardId: string): Promise<Approval[]>;
  /** Decides all of a card that is undecided, not expired, and of a turn that has not ended; returns those. */
  decide(cardId: string, decision: { status: "approved" | "denied"; userId: string }): Promise<Approval[]>;
}

type ApprovalRow = { [Field in keyof Approval]: Approval[Field] | null };

const columns = `
  a.id, a.turn_id AS "turnId", a.tool, a.digest, a.arguments, a.preview, a.status, a.expires_at AS "expiresAt",
  a.card_id AS "cardId", a.card_ts AS "cardTs", a.decided_by AS "decidedBy",
  t.team_id AS "teamId", t.channel, t.thread_ts AS "threadTs", t.user_id AS "userId"`;
const approvalsOfTurns = `SELECT ${columns} FROM sophia.approvals a JOIN sophia.turns t ON t.id = a.turn_id`;

export function createApprovals(db: Database, clock: Clock): Approvals {
  const now = () => new Date(clock.now());
  const find = async ({ turnId, tool, digest }: BoundCall): Promise<Approval | undefined> => {
    const sql = `${approvalsOfTurns} WHERE a.turn_id = $1 AND a.tool = $2 AND a.digest = $3`;
    return (await db.query<ApprovalRow>(sql, [turnId, tool, digest])).map(toApproval)[0];
  };
  return {
    find,
    request: async (wanted) => {
      const { id, turnId, tool, digest, arguments: args, preview, expiresAt } = wanted;
      await db.query(
        `INSERT INTO sophia.approvals (id, turn_id, tool, digest, arguments, preview, expires_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (turn_id, tool, digest) DO NOTHING`,
        [id, turnId, tool, digest, JSON.stringify(args), JSON.stringify(preview), expiresAt, now()],
      );
      const stored = await find(wanted);
      if (!stored) throw new TypeError(`the approval ${id} is gone`);
      return stored;
    },
    spend: async (id) =>
      (
        await db.query(
          "UPDATE sophia.approvals SET status = 'spent' WHERE id = $1 AND status = 'approved' RETURNING id",
          [id],
        )
      ).length > 0,
    onCard: async (turnId, cardId) => {
      const rows = await db.query<ApprovalRow>(
        `WITH a AS (
           UPDATE sophia.approvals SET card_id = coalesce(card_id, $2) WHERE turn_id = $1 AND status = 'pending' RETURNING *
         )
         SELECT ${columns} FROM a JOIN sophia.turns t ON t.id = a.turn_id ORDER BY a.seq`,
        [turnId, cardId],
      );
      return rows.map(toApproval);
    },
    shown: async (cardId, ts) => {
      await db.query("UPDATE sophia.approvals SET card_ts = $2 WHERE card_id = $1", [cardId, ts]);
    },
    ofCard: async (cardId) =>
      (await db.query<ApprovalRow>(`${approvalsOfTurns} WHERE a.card_id = $1 ORDER BY a.seq`, [cardId])).map(
        toApproval,
      ),
    decide: async (cardId, { status, userId }) => {
      const rows = await db.query<ApprovalRow>(
        `WITH a AS (
           UPDATE sophia.approvals SET status = $2, decided_by = $3, decided_at = $4
           WHERE card_id = $1 AND status = 'pending' AND expires_at > $4
             AND turn_id IN (SELECT id FROM sophia.turns WHERE status IN ('queued', 'running', 'suspended'))
           RETURNING *
         )
         SELECT ${columns} FROM a JOIN sophia.turns t ON t.id = a.turn_id ORDER BY a.seq`,
        [cardId, status, userId, now()],
      );
      return rows.map(toApproval);
    },
  };
}

function toApproval(row: ApprovalRow): Approval {
  const { cardId, cardTs, decidedBy } = row;
  return {
    ...(row as Approval),
    cardId: cardId ?? undefined,
    cardTs: cardTs ?? undefined,
    decidedBy: decidedBy ?? undefined,
  };
}
