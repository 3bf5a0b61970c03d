import type { Clock } from "../core/clock.ts";
import * as sql from "./approval-statements.ts";
import type { Database, SqlValue } from "./database.ts";
import type { TurnStatus } from "./turns.ts";

/** What a write would change, as its server said when consent was asked for. */
export interface Preview {
  summary: string;
  record?: { name: string; url?: string | undefined } | undefined;
  changes: { field: string; before: string | null; after: string | null }[];
  /** The most money that the record stands for. */
  amount?: number | undefined;
}

/** What a tool answered, as MCP has it. */
export interface WriteResult {
  content: Record<string, unknown>[];
  structuredContent?: Record<string, unknown> | undefined;
  isError?: boolean | undefined;
  /** Pages of records that the service itself gave. */
  links?: readonly string[] | undefined;
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
  /** Undefined where nobody is asked. */
  preview?: Preview | undefined;
  /** Who decides, as lists of people name them; the asker where undefined. */
  approvers?: readonly string[] | undefined;
  expiresAt: Date;
}

export type ApprovalStatus =
  /** Somebody is asked. */
  | "planned"
  /** It may be sent: by a person's consent, or by policy alone. */
  | "granted"
  | "denied"
  | "expired"
  /** Its turn was stopped, or its question has changed, before it was sent. */
  | "withdrawn"
  | "sent"
  | "done"
  /** Certainly not carried out, or refused by the service. */
  | "failed"
  /** It was sent, and nobody can say what came of it. */
  | "unknown";

/** A write, from the plan to what came of it. */
export interface Approval extends NewApproval {
  status: ApprovalStatus;
  /** What a person put in place of the arguments. */
  edited?: unknown;
  editedBy?: string | undefined;
  /** Of the turn. */
  teamId: string;
  channel: string;
  threadTs: string;
  /** Who asked. */
  userId: string;
  agent: string;
  turnStatus: TurnStatus;
  /** The card in the thread that it stands on, and that card's message once it is known. */
  cardId?: string | undefined;
  cardTs?: string | undefined;
  decidedBy?: string | undefined;
  /** Why it was denied, in that person's words. */
  reason?: string | undefined;
  sentAt?: Date | undefined;
  /** How often it was sent: more than once only where it was certainly not carried out. */
  sends: number;
  /** Raised by each edit and each new question: who decides has seen one of them. */
  version: number;
  /** The turn's present attempt waits for its answer. */
  isUnderWay: boolean;
  result?: WriteResult | undefined;
}

export interface Edit {
  arguments: unknown;
  preview: Preview;
  approvers?: readonly string[] | undefined;
  userId: string;
}

/** One time that a write was sent: whoever speaks of it changes nothing once it was sent again. */
export type Send = Pick<Approval, "id" | "sends">;

export interface Approvals {
  /**
   * Asks for consent to a call (`planned`), or lets it through by policy (`granted`); gives what was asked before where it is the
   * same call, unless that was granted or withdrawn: then it is asked anew. Undefined where the turn was stopped or its question
   * has changed.
   */
  request(wanted: NewApproval, status: "planned" | "granted"): Promise<Approval | undefined>;
  find(call: BoundCall): Promise<Approval | undefined>;
  get(id: string): Promise<Approval | undefined>;
  /** Uses a grant up; undefined where another call has, it was never given, or its turn is to stop. */
  send(id: string): Promise<Send | undefined>;
  /** Takes `send` back, where the call was certainly not carried out. */
  giveBack(send: Send): Promise<void>;
  /** Nobody waits for the answer any more. */
  leave(send: Send): Promise<void>;
  /** What came of what was sent. */
  settle(send: Send, status: "done" | "failed" | "unknown", result?: WriteResult): Promise<void>;
  /** It is still not known what came of it: to be looked up again in so many milliseconds. */
  lookAgain(send: Send, inMs: number): Promise<void>;
  /**
   * Puts the turn's undecided ones on cards, `most` on each: on that which they have, else on new ones, whose ids begin with
   * `cardId`. In the order in which they were asked for.
   */
  onCards(turnId: string, cardId: string, most: number): Promise<Approval[]>;
  /** The card was posted as this message. */
  posted(cardId: string, ts: string): Promise<void>;
  /** The card's message shows these statuses. */
  shown(cardId: string, approvals: readonly Approval[]): Promise<void>;
  /** Cards whose message shows another status than their writes have. */
  stale(): Promise<string[]>;
  /** Everything that a turn has asked for, in its order. */
  ofTurn(turnId: string): Promise<Approval[]>;
  ofCard(cardId: string): Promise<Approval[]>;
  /** What stands on a card and nobody has decided about, the newest first. */
  undecided(teamId: string, most: number): Promise<Approval[]>;
  /** What somebody asked for and was decided about, by a person or by policy, the newest first. */
  latestOf(person: { teamId: string; userId: string }, most: number): Promise<Approval[]>;
  /** Decides all of a card that stands as it was seen, is undecided, not expired, and of a turn that has not ended; returns those. */
  decide(cardId: string, decision: CardDecision): Promise<Approval[]>;
  /** Puts other arguments in the place of an undecided one's; undefined where it is decided. */
  edit(id: string, edit: Edit): Promise<Approval | undefined>;
  /** Closes what has expired, and what belongs to turns that have ended; returns those. */
  close(): Promise<Approval[]>;
  /** Takes writes whose answer nobody waits for, for `leaseMs`, to look them up. */
  takeLost(leaseMs: number): Promise<Approval[]>;
}

export interface CardDecision {
  status: "granted" | "denied";
  userId: string;
  reason?: string | undefined;
  /** What was seen, as it stood then. */
  seen: readonly Pick<Approval, "id" | "version">[];
}

type ApprovalRow = { [Field in keyof Approval]: Approval[Field] | null };

const mostStale = 20;

export function createApprovals(db: Database, clock: Clock): Approvals {
  const now = () => new Date(clock.now());
  const all = async (statement: string, params: SqlValue[]): Promise<Approval[]> =>
    (await db.query<ApprovalRow>(statement, params)).map(toApproval);
  const run = async (statement: string, params: SqlValue[]): Promise<void> => {
    await db.query(statement, params);
  };
  const find = async ({ turnId, tool, digest }: BoundCall) => (await all(sql.findApproval, [turnId, tool, digest]))[0];
  return {
    find,
    get: async (id) => (await all(sql.getApproval, [id]))[0],
    request: async (wanted, status) => {
      const { id, turnId, tool, digest, arguments: args, preview, approvers, expiresAt } = wanted;
      const bound = [id, turnId, tool, digest, JSON.stringify(args), json(preview)];
      await run(sql.requestApproval, [...bound, expiresAt, now(), json(approvers), status]);
      return find(wanted);
    },
    send: async (id) => {
      const [sent] = await db.query<{ sends: number }>(sql.sendApproval, [id, now()]);
      return sent && { id, sends: sent.sends };
    },
    giveBack: ({ id, sends }) => run(sql.giveApprovalBack, [id, sends]),
    leave: ({ id, sends }) => run(sql.leaveApproval, [id, sends]),
    settle: ({ id, sends }, status, result) => run(sql.settleApproval, [id, sends, status, json(result), now()]),
    lookAgain: ({ id, sends }, inMs) => run(sql.lookUpAgain, [id, sends, new Date(clock.now() + inMs)]),
    onCards: (turnId, cardId, most) => all(sql.putOnCards, [turnId, cardId, most, now()]),
    posted: (cardId, ts) => run(sql.cardPosted, [cardId, ts]),
    shown: (cardId, approvals) => {
      const statuses = Object.fromEntries(approvals.map(({ id, status }) => [id, status]));
      return run(sql.cardShown, [cardId, JSON.stringify(statuses)]);
    },
    stale: async () => (await db.query<{ cardId: string }>(sql.staleCards, [mostStale])).map(({ cardId }) => cardId),
    ofTurn: (turnId) => all(sql.approvalsOfTurn, [turnId]),
    ofCard: (cardId) => all(sql.approvalsOfCard, [cardId]),
    undecided: (teamId, most) => all(sql.undecidedApprovals, [teamId, most]),
    latestOf: ({ teamId, userId }, most) => all(sql.latestApprovals, [teamId, userId, most]),
    decide: (cardId, { status, userId, reason, seen }) => {
      const versions = JSON.stringify(Object.fromEntries(seen.map(({ id, version }) => [id, version])));
      return all(sql.decideCard, [cardId, status, userId, now(), reason?.replaceAll("\0", "") ?? null, versions]);
    },
    edit: async (id, { arguments: args, preview, approvers, userId }) => {
      const edited = [JSON.stringify(args), JSON.stringify(preview), now(), json(approvers), userId];
      return (await all(sql.editApproval, [id, ...edited]))[0];
    },
    close: () => all(sql.closeApprovals, [now()]),
    takeLost: (leaseMs) => all(sql.takeLost, [now(), new Date(clock.now() + leaseMs)]),
  };
}

function json(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

function toApproval(row: ApprovalRow): Approval {
  const present = Object.entries(row).filter(([, value]) => value !== null);
  return Object.fromEntries(present) as unknown as Approval;
}
