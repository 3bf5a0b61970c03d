/** One Slack message of an answer. Recorded before it is sent, so that a crash cannot lose track of it. */
export interface ReplyPart {
  turnId: string;
  /** 0, 1, ... in reading order. */
  part: number;
  channel: string;
  threadTs: string;
  /** Slack's id of the message; undefined while it is not known whether Slack has it. */
  ts?: string | undefined;
  state: "sending" | "open" | "closed";
  createdAt: Date;
}

export interface Replies {
  /** The parts of a turn's answer, in order. */
  parts(turnId: string): Promise<ReplyPart[]>;
  /** Records that a part is about to be sent. */
  planned(part: Omit<ReplyPart, "ts" | "state" | "createdAt">): Promise<void>;
  sent(turnId: string, part: number, ts: string): Promise<void>;
  closed(turnId: string, part: number): Promise<void>;
  removed(turnId: string, part: number): Promise<void>;
  /** Which of these messages of a channel are recorded, to tell an orphan of a crash from the rest. */
  known(channel: string, ts: readonly string[]): Promise<Set<string>>;
  /** The turn that a message of ours belongs to. */
  turnOf(channel: string, ts: string): Promise<string | undefined>;
  addFeedback(feedback: { turnId: string; userId: string; value: "good" | "bad" }): Promise<void>;
}
