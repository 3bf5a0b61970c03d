import type { ForwardedMessage, PlannedCall, QuestionFile, Step, Usage, Viewing } from "../agent/ports.ts";
import type { Clock } from "../core/clock.ts";
import { SophiaError } from "../core/errors.ts";
import type { Database, Queryable, SqlValue } from "./database.ts";
import * as sql from "./turn-statements.ts";

export type TurnStatus = "queued" | "running" | "suspended" | "done" | "failed" | "stopped";
export type TurnSource =
  | "mention"
  | "direct"
  | "follow_up"
  | "command"
  | "private"
  | "button"
  | "digest"
  | "call_summary"
  | "notice";

/** What code does in place of the agent's own choice. Stored as it is. */
export type TurnTask =
  /** These calls, for whom the turn is; then it is said what came of each. */
  | { kind: "calls"; calls: PlannedCall[]; intro?: string }
  | { kind: "call_summary"; callId: string }
  /** What a summary's turn has read and made of a call goes to the search index, which was away then. */
  | { kind: "call_index"; summaryTurnId: string }
  | { kind: "notice"; routeId: string; eventKeys: string[]; records: NoticeRecord[] };

/** What has changed between two looks, as `deal:123`; the largest first. */
export interface NoticeRecord {
  record: string;
  before: Readonly<Record<string, unknown>>;
  /** Missing where the turn was stored before this was kept: the record is told as it is. */
  after?: Readonly<Record<string, unknown>>;
}

/** A message that came for Sophia, as it is stored before Slack is told that it arrived; or what she does unasked. */
export interface NewTurn {
  id: string;
  /**
   * One turn per key, whatever is delivered how often: `message:TEAM:CHANNEL:TS`, `command:TRIGGER_ID`, `private:TURN_ID`,
   * `digest:SCHEDULE:TICK`, `call:CALL_ID:CHANNEL`, `index:TURN_ID:N`, `notice:ROUTE:TURN`.
   */
  sourceKey: string;
  source: TurnSource;
  teamId: string;
  channel: string;
  /**
   * The thread that the answer goes to: the message's thread, or the message itself. A slash command, and a question that was
   * moved to a direct message, has none until its question is posted, and what begins at the root none until its answer is; until
   * then its source key stands here, and keeps such turns apart.
   */
  threadTs: string;
  /** The person's message; undefined for a slash command and for what was moved, which have none. */
  messageTs?: string | undefined;
  userId: string;
  text: string;
  /** Role that answers: `sophia` unless another was asked for. */
  agent: string;
  /** `private` in a DM with Sophia, else `channel`. */
  audience: "private" | "channel";
  /** Why code answers it in place of the agent: people of another company would read the answer. */
  refusal?: "external_channel" | undefined;
  task?: TurnTask | undefined;
  /** It may change nothing anywhere: a digest whose owner did not allow it. */
  isReadOnly?: boolean | undefined;
  /** The answer's first message is one of the channel's own, posted when it is whole; what follows stands in its thread. */
  isRoot?: boolean | undefined;
  /** Dropped with the question. */
  files?: readonly QuestionFile[] | undefined;
  /** Messages of others that came with the question; never the asker's own words. */
  forwarded?: readonly ForwardedMessage[] | undefined;
  /** What the asker had open in Slack beside a direct message. */
  viewing?: Viewing | undefined;
}

/** What an edit of a question's message leaves of it. */
export type EditedQuestion = Pick<NewTurn, "text" | "agent">;

export interface Turn extends NewTurn {
  status: TurnStatus;
  /** Raised by every claim: a worker that was overtaken cannot write any more. */
  attempt: number;
  /** Raised by every edit of the question: the steps of earlier revisions do not count. */
  revision: number;
  stopRequested: boolean;
  createdAt: Date;
}

/** A worker's right to run a turn, until its lease ends or another claim raises the attempt. */
export interface Claim {
  turn: Turn;
  attempt: number;
  /** How often the turn was taken from a worker that had not let go of it: crashes, not edits or orderly stops. */
  takeovers: number;
  /** The checkpointed steps of the turn's current revision. */
  steps: Step[];
  /** Steps of the thread's other turns that ran before, oldest first: the thread's memory. */
  history: Step[];
}

/** Another worker has the turn, or its question was edited: this attempt may write nothing more. */
export class TurnLostError extends SophiaError {
  override name = "TurnLostError";

  constructor(turnId: string) {
    super(`The turn ${turnId} is no longer this attempt's.`);
  }
}

export interface TurnOutcome {
  /** `suspended`: it waits for a person's consent, and goes on once that is decided. */
  status: "done" | "failed" | "stopped" | "suspended";
  /** For the operator; no personal data. */
  reason?: string | undefined;
  usage?: Usage | undefined;
  /** US dollars; only told on, not stored. */
  costUsd?: number | undefined;
}

export interface Turns {
  /** Stores the turn and, with it, that Sophia is part of its thread. False where its key was stored before. */
  add(turn: NewTurn): Promise<boolean>;
  get(id: string): Promise<Turn | undefined>;
  /** Whether Sophia has a turn in that thread. */
  isPartOf(teamId: string, channel: string, threadTs: string): Promise<boolean>;
  /**
   * Takes the turn for `leaseMs`: it must be queued at the head of a thread in which nothing runs, or running with an
   * ended lease, or be this worker's own and edited since. Undefined otherwise.
   */
  claim(id: string, workerId: string, leaseMs: number): Promise<Claim | undefined>;
  /** Extends the leases of the worker's turns. Says which of them it still holds, and which are to stop or were edited. */
  renew(
    workerId: string,
    turnIds: readonly string[],
    leaseMs: number,
  ): Promise<{ held: string[]; stop: string[]; edited: string[] }>;
  /** The checkpointed steps of the turn's current revision. */
  steps(id: string): Promise<Step[]>;
  /** Appends steps, the first of them at `position`. Throws TurnLostError where another worker has the turn or the question was edited. */
  addSteps(claim: Claim, position: number, steps: readonly Step[]): Promise<void>;
  /** Ends or suspends the turn and returns the id of the thread's next queued turn. Throws TurnLostError as above. */
  finish(claim: Claim, outcome: TurnOutcome): Promise<string | undefined>;
  /** Puts suspended turns (one, or all) back into the queue where nothing is undecided or Stop was pressed; returns their ids. */
  resume(id?: string): Promise<string[]>;
  /** Gives a running turn back, so that any worker may carry it on at once. */
  release(claim: Claim): Promise<void>;
  /** Leaves a running turn for minutes, then to any worker. False where it was queued more than `forMs` ago, or is another's. */
  leave(claim: Claim, forMs: number): Promise<boolean>;
  /**
   * Marks unfinished turns (of a thread, of a message, or one) as to be stopped: the queued ones end with it, the suspended
   * ones can be resumed, to end.
   */
  requestStop(target: StopTarget): Promise<{ running: string[]; ended: string[]; suspended: string[] }>;
  /**
   * The question of an unfinished turn was edited: new text, the role that it asks for, next revision, its steps dropped. Undefined where there is
   * no such turn or the text is the same.
   */
  edit(teamId: string, channel: string, messageTs: string, question: EditedQuestion): Promise<Turn | undefined>;
  /** Gives a turn whose thread stood as its source key, the thread that its answer goes to. */
  setThread(id: string, thread: { channel: string; threadTs: string }): Promise<void>;
  /** Turns that could run and that nobody runs: queued for longer than `graceMs` at the head of their thread, or with an ended lease. */
  overdue(graceMs: number): Promise<string[]>;
  /** For an engine that only this process can hold: every running turn is free again. */
  releaseAll(): Promise<void>;
}

export type StopTarget =
  | { teamId: string; channel: string; threadTs: string }
  | { teamId: string; channel: string; messageTs: string }
  | { turnId: string };

type TurnRow = Omit<Turn, "messageTs" | "refusal" | "task" | "files" | "forwarded" | "viewing"> & {
  messageTs: string | null;
  refusal: Turn["refusal"] | null;
  task: TurnTask | null;
  files: Turn["files"] | null;
  forwarded: Turn["forwarded"] | null;
  viewing: Turn["viewing"] | null;
};

/** Leases go by the database's clock, which all replicas share; `clock` only dates the records. */
export function createTurns(db: Database, clock: Clock): Turns {
  const now = () => new Date(clock.now());
  const steps = async (id: string) => (await db.query<{ step: Step }>(sql.stepsOfTurn, [id])).map((row) => row.step);
  return {
    steps,
    add: (turn) => addTurn(db, turn, now()),
    get: async (id) => toTurn((await db.query<TurnRow>(sql.getTurn, [id]))[0]),
    isPartOf: async (teamId, channel, threadTs) =>
      (await db.query(sql.threadExists, [teamId, channel, threadTs])).length > 0,
    claim: (id, workerId, leaseMs) => claim(db, steps, [id, workerId, leaseMs]),
    renew: async (workerId, turnIds, leaseMs) => {
      const rows = await db.urgent.query<{ id: string; stop: boolean; edited: boolean }>(sql.renewLeases, [
        workerId,
        turnIds,
        leaseMs,
      ]);
      return {
        held: rows.map((row) => row.id),
        stop: rows.filter((row) => row.stop).map((row) => row.id),
        edited: rows.filter((row) => row.edited).map((row) => row.id),
      };
    },
    addSteps: async ({ turn, attempt }, position, steps) => {
      const added = await db.query(sql.addSteps, [turn.id, attempt, turn.revision, position, JSON.stringify(steps)]);
      if (added.length === 0) throw new TurnLostError(turn.id);
    },
    finish: async ({ turn, attempt }, { status, reason, usage }) => {
      const [ended] = await db.query<{ next: string | null }>(sql.finishTurn, [
        turn.id,
        attempt,
        turn.revision,
        status,
        reason === undefined ? null : storable(reason),
        usage === undefined ? null : JSON.stringify(usage),
        now(),
      ]);
      if (!ended) throw new TurnLostError(turn.id);
      return ended.next ?? undefined;
    },
    resume: async (id) => (await db.query<{ id: string }>(sql.resumeTurns, [id ?? null, now()])).map((row) => row.id),
    release: async ({ turn, attempt }) => {
      await db.query(sql.releaseTurn, [turn.id, attempt]);
    },
    leave: async ({ turn, attempt }, forMs) => (await db.query(sql.leaveTurn, [turn.id, attempt, forMs])).length > 0,
    requestStop: async (target) => {
      const rows = await stop(db, target, now());
      const idsOf = (status: TurnStatus) => rows.filter((row) => row.status === status).map((row) => row.id);
      return { running: idsOf("running"), ended: idsOf("stopped"), suspended: idsOf("suspended") };
    },
    edit: async (teamId, channel, messageTs, { text, agent }) =>
      toTurn((await db.query<TurnRow>(sql.editTurn, [teamId, channel, messageTs, storable(text), agent]))[0]),
    setThread: async (id, { channel, threadTs }) => {
      await db.query(sql.setThread, [id, channel, threadTs, now()]);
    },
    overdue: async (graceMs) => (await db.query<{ id: string }>(sql.overdueTurns, [graceMs])).map((row) => row.id),
    releaseAll: async () => {
      await db.query(sql.releaseAllTurns);
    },
  };
}

/** Stores a turn as `Turns.add` does, as part of somebody's transaction. */
export async function addTurn(db: Queryable, turn: NewTurn, at: Date): Promise<boolean> {
  return (await db.query(sql.addTurn, newTurnParams(turn, at))).length > 0;
}

function stop(db: Database, target: StopTarget, at: Date): Promise<{ id: string; status: TurnStatus }[]> {
  if ("turnId" in target) return db.query(sql.stopTurn, [at, target.turnId]);
  const { teamId, channel } = target;
  if ("messageTs" in target) return db.query(sql.stopMessage, [at, teamId, channel, target.messageTs]);
  return db.query(sql.stopThread, [at, teamId, channel, target.threadTs]);
}

async function claim(
  db: Database,
  steps: (id: string) => Promise<Step[]>,
  params: [id: string, workerId: string, leaseMs: number],
): Promise<Claim | undefined> {
  const rows = await db
    .query<TurnRow & { takeovers: number; history: Step[] | null; wasBusy: boolean }>(sql.claimTurn, params)
    .catch((error: unknown) => {
      // Two turns of one thread were claimed at the same moment: the unique index lets one of them through.
      if (isUniqueViolation(error)) return [];
      throw error;
    });
  const row = rows[0];
  if (!row) return undefined;
  const { takeovers, wasBusy, history, ...columns } = row;
  const turn = toTurn(columns);
  const [whole] = wasBusy ? await db.query<Pick<typeof row, "history">>(sql.historyOfTurn, [turn.id]) : [{ history }];
  // A turn that was taken over has steps, and they are read afterwards: the claim's own snapshot may be older than the
  // last step of the worker that lost it.
  return {
    turn,
    attempt: turn.attempt,
    takeovers,
    steps: turn.attempt === 1 ? [] : await steps(turn.id),
    history: whole?.history ?? [],
  };
}

function newTurnParams(turn: NewTurn, createdAt: Date): SqlValue[] {
  const { id, sourceKey, source, teamId, channel, threadTs, userId, agent, audience } = turn;
  const messageTs = turn.messageTs ?? null;
  const text = storable(turn.text);
  return [
    id,
    sourceKey,
    source,
    teamId,
    channel,
    threadTs,
    messageTs,
    userId,
    text,
    agent,
    audience,
    microseconds(messageTs),
    createdAt,
    turn.refusal ?? null,
    turn.task === undefined ? null : JSON.stringify(turn.task),
    turn.isReadOnly ?? false,
    turn.isRoot ?? false,
    turn.files === undefined ? null : JSON.stringify(turn.files),
    turn.forwarded === undefined ? null : JSON.stringify(turn.forwarded),
    turn.viewing === undefined ? null : JSON.stringify(turn.viewing),
  ];
}

function toTurn(row: TurnRow): Turn;
function toTurn(row: TurnRow | undefined): Turn | undefined;
function toTurn(row: TurnRow | undefined): Turn | undefined {
  if (!row) return undefined;
  const { messageTs, refusal, task, files, forwarded, viewing } = row;
  return {
    ...row,
    messageTs: messageTs ?? undefined,
    refusal: refusal ?? undefined,
    task: task ?? undefined,
    files: files ?? undefined,
    forwarded: forwarded ?? undefined,
    viewing: viewing ?? undefined,
  };
}

/** Slack's `1712345678.123456` as a number that orders messages; null where the text is no such thing. */
function microseconds(messageTs: string | null): number | null {
  const match = /^(\d{1,10})\.(\d{6})$/.exec(messageTs ?? "");
  return match ? Number(match[1]) * 1_000_000 + Number(match[2]) : null;
}

/** Postgres refuses a NUL in a text, and a message may hold one. */
function storable(text: string): string {
  return text.replaceAll("\0", "");
}

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "23505";
}
