import type { Clock } from "../core/clock.ts";
import * as sql from "./approval-statements.ts";
import type { Database, SqlValue } from "./database.ts";

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
  /**
   * Asks for consent to a call; gives what was asked before where it is the same call, unless that was approved: then it is
   * asked again, with the new preview. Undefined where the turn was stopped or its question has changed.
   */
  request(wanted: NewApproval): Promise<Approval | undefined>;
  find(call: BoundCall): Promise<Approval | undefined>;
  /** Uses an approval up. False where another call has, it was never given, or its turn is to stop. */
  spend(id: string): Promise<boolean>;
  /** Takes `spend` back, where the call was certainly not carried out. */
  giveBack(id: string): Promise<void>;
  /**
   * Puts the turn's undecided ones on cards, `most` on each: on that which they have, else on new ones, whose ids begin with
   * `cardId`. In the order in which they were asked for.
   */
  onCards(turnId: string, cardId: string, most: number): Promise<Approval[]>;
  shown(cardId: string, ts: string): Promise<void>;
  /** Everything that a turn has asked for, in its order. */
  ofTurn(turnId: string): Promise<Approval[]>;
  ofCard(cardId: string): Promise<Approval[]>;
  /** Decides all of a card that is undecided, not expired, and of a turn that has not ended; returns those. */
  decide(cardId: string, decision: { status: "approved" | "denied"; userId: string }): Promise<Approval[]>;
}

type ApprovalRow = { [Field in keyof Approval]: Approval[Field] | null };

export function createApprovals(db: Database, clock: Clock): Approvals {
  const now = () => new Date(clock.now());
  const all = async (statement: string, params: SqlValue[]): Promise<Approval[]> =>
    (await db.query<ApprovalRow>(statement, params)).map(toApproval);
  const find = async ({ turnId, tool, digest }: BoundCall) => (await all(sql.findApproval, [turnId, tool, digest]))[0];
  return {
    find,
    request: async (wanted) => {
      const { id, turnId, tool, digest, arguments: args, preview, expiresAt } = wanted;
      const json = [JSON.stringify(args), JSON.stringify(preview)];
      await db.query(sql.requestApproval, [id, turnId, tool, digest, ...json, expiresAt, now()]);
      return find(wanted);
    },
    spend: async (id) => (await db.query(sql.spendApproval, [id])).length > 0,
    giveBack: async (id) => {
      await db.query(sql.giveApprovalBack, [id]);
    },
    onCards: (turnId, cardId, most) => all(sql.putOnCards, [turnId, cardId, most, now()]),
    shown: async (cardId, ts) => {
      await db.query(sql.cardShown, [cardId, ts]);
    },
    ofTurn: (turnId) => all(sql.approvalsOfTurn, [turnId]),
    ofCard: (cardId) => all(sql.approvalsOfCard, [cardId]),
    decide: (cardId, { status, userId }) => all(sql.decideCard, [cardId, status, userId, now()]),
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
