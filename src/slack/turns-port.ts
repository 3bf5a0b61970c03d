import type { EditedQuestion, NewTurn } from "../storage/turns.ts";

export interface ThreadRef {
  teamId: string;
  channel: string;
  threadTs: string;
}

/** What the listeners ask of the turns. Everything is stored when a promise resolves, and rejects where it is not. */
export interface SlackTurns {
  /** Stores a question and wakes a worker. False where it was stored before. */
  submit(turn: NewTurn): Promise<boolean>;
  /** Stops what runs or waits in a thread; returns the ids of those turns. */
  stopThread(thread: ThreadRef): Promise<string[]>;
  /** Stops the unfinished turn of one message, because its question is gone; false if there is none. */
  stopMessage(teamId: string, channel: string, messageTs: string): Promise<boolean>;
  /** New text, and the role that it asks for, of the question of an unfinished turn; false if there is none. */
  edit(teamId: string, channel: string, messageTs: string, question: EditedQuestion): Promise<boolean>;
  /** Whether Sophia has a turn in that thread. */
  isPartOf(teamId: string, channel: string, threadTs: string): Promise<boolean>;
  /** The turn that one of Sophia's messages belongs to. */
  turnOf(channel: string, ts: string): Promise<string | undefined>;
  addFeedback(feedback: { turnId: string; userId: string; value: "good" | "bad" }): Promise<void>;
}
