import type { Step, Usage } from "../agent/ports.ts";

export type TurnStatus = "queued" | "running" | "done" | "failed" | "stopped";
export type TurnSource = "mention" | "direct" | "follow_up" | "command";

/** A message that came for Sophia, as it is stored before Slack is told that it arrived. */
export interface NewTurn {
  id: string;
  /** One turn per key, whatever is delivered how often: `message:TEAM:CHANNEL:TS`, `command:TRIGGER_ID`. */
  sourceKey: string;
  source: TurnSource;
  teamId: string;
  channel: string;
  /** The thread that the answer goes to: the message's thread, or the message itself. */
  threadTs: string;
  /** The person's message; undefined for a slash command, which has none. */
  messageTs?: string | undefined;
  userId: string;
  text: string;
  /** Role that answers: `sophia` unless another was asked for. */
  agent: string;
  /** `private` in a DM with Sophia, else `channel`. */
  audience: "private" | "channel";
}

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
}

export interface TurnOutcome {
  status: "done" | "failed" | "stopped";
  /** For the operator; no personal data. */
  reason?: string | undefined;
  usage?: Usage | undefined;
}

export interface Turns {
  /** Stores the turn and, with it, that Sophia is part of its thread. False where its key was stored before. */
  add(turn: NewTurn): Promise<boolean>;
  get(id: string): Promise<Turn | undefined>;
  /** Whether Sophia has a turn in that thread. */
  isPartOf(teamId: string, channel: string, threadTs: string): Promise<boolean>;
  /**
   * Takes the turn for `leaseMs`: it must be queued, or running with an ended lease, and no earlier turn of its thread may
   * be unfinished. Undefined otherwise.
   */
  claim(id: string, workerId: string, leaseMs: number): Promise<Claim | undefined>;
  /** Extends every lease of the worker; returns the ids of its turns with a requested stop or a newer revision. */
  renew(workerId: string, leaseMs: number): Promise<{ stop: string[]; edited: string[] }>;
  /** The checkpointed steps of the turn's current revision. */
  steps(id: string): Promise<Step[]>;
  /** Steps of the thread's earlier turns, oldest first: the thread's memory. */
  history(turn: Turn): Promise<Step[]>;
  /** Appends one step. Throws TurnLostError where another worker has the turn or the question was edited. */
  addStep(claim: Claim, position: number, step: Step): Promise<void>;
  /** Ends the turn and returns the id of the thread's next queued turn. Throws TurnLostError as above. */
  finish(claim: Claim, outcome: TurnOutcome): Promise<string | undefined>;
  /** Marks the unfinished turns of a thread (or the one of a message) as to be stopped; a queued one is stopped at once. Returns their ids. */
  requestStop(target: { teamId: string; channel: string; threadTs: string } | { turnId: string }): Promise<string[]>;
  /** The question of an unfinished turn was edited: new text, next revision, its steps dropped. Undefined if there is none. */
  edit(teamId: string, channel: string, messageTs: string, text: string): Promise<Turn | undefined>;
  /** Turns that could run and that nobody runs: queued for longer than `graceMs` at the head of their thread, or with an ended lease. */
  overdue(graceMs: number): Promise<string[]>;
  /** For an engine that only this process can hold: every running turn is free again. */
  releaseAll(): Promise<void>;
}
