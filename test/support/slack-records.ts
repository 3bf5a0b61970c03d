import type { Replies, ReplyPart } from "../../src/storage/replies.ts";
import type { EditedQuestion, NewTurn, Turn } from "../../src/storage/turns.ts";
import type { SlackTurns, ThreadRef } from "../../src/slack/turns-port.ts";

/** Replies in memory, as the contract says. */
export class MemoryReplies implements Replies {
  readonly rows: ReplyPart[] = [];
  readonly images: { turnId: string; digest: string; fileId: string }[] = [];
  readonly feedback: { turnId: string; userId: string; value: "good" | "bad" }[] = [];

  async parts(turnId: string): Promise<ReplyPart[]> {
    return this.rows.filter((row) => row.turnId === turnId).toSorted((a, b) => a.part - b.part);
  }

  async planned(part: Omit<ReplyPart, "ts" | "createdAt">): Promise<void> {
    if (!this.#row(part.turnId, part.part)) this.rows.push({ ...part, createdAt: new Date() });
  }

  async sent(part: Omit<ReplyPart, "createdAt"> & { ts: string }): Promise<void> {
    const row = this.#row(part.turnId, part.part);
    if (row) row.ts = part.ts;
    else this.rows.push({ ...part, createdAt: new Date() });
  }

  async removed(turnId: string, part: number): Promise<void> {
    const row = this.#row(turnId, part);
    if (row) this.rows.splice(this.rows.indexOf(row), 1);
  }

  async known(channel: string, ts: readonly string[]): Promise<Set<string>> {
    return new Set(
      this.rows.flatMap((row) => (row.channel === channel && row.ts && ts.includes(row.ts) ? row.ts : [])),
    );
  }

  async turnOf(channel: string, ts: string): Promise<string | undefined> {
    return this.rows.find((row) => row.channel === channel && row.ts === ts)?.turnId;
  }

  async imageOf(turnId: string, digest: string): Promise<string | undefined> {
    return this.images.find((image) => image.turnId === turnId && image.digest === digest)?.fileId;
  }

  async addImage(image: { turnId: string; digest: string; fileId: string }): Promise<void> {
    this.images.push(image);
  }

  async addFeedback(feedback: { turnId: string; userId: string; value: "good" | "bad" }): Promise<void> {
    this.feedback.push(feedback);
  }

  #row(turnId: string, part: number): ReplyPart | undefined {
    return this.rows.find((row) => row.turnId === turnId && row.part === part);
  }
}

/** Turns in memory, of which tests say which still run. */
export class MemoryTurns implements SlackTurns {
  readonly stored = new Map<string, Turn>();
  readonly unfinished = new Set<string>();
  readonly stopped: string[] = [];
  readonly replies = new MemoryReplies();
  /** The next calls of `submit` fail, as with a database that is away. */
  failures = 0;
  submissions = 0;
  onNew: (turn: Turn) => void = () => undefined;

  async submit(turn: NewTurn): Promise<boolean> {
    this.submissions++;
    if (this.failures-- > 0) throw new Error("the database is away");
    if (this.stored.has(turn.sourceKey)) return false;
    const createdAt = new Date();
    const stored: Turn = { ...turn, status: "running", attempt: 1, revision: 0, stopRequested: false, createdAt };
    this.stored.set(turn.sourceKey, stored);
    this.unfinished.add(turn.id);
    this.onNew(stored);
    return true;
  }

  async get(id: string): Promise<Turn | undefined> {
    return this.all().find((turn) => turn.id === id);
  }

  async stopThread({ channel, threadTs }: ThreadRef): Promise<string[]> {
    return this.#stop((turn) => turn.channel === channel && turn.threadTs === threadTs);
  }

  async stopMessage(_teamId: string, channel: string, messageTs: string): Promise<boolean> {
    return this.#stop((turn) => turn.channel === channel && turn.messageTs === messageTs).length > 0;
  }

  async edit(_teamId: string, channel: string, messageTs: string, question: EditedQuestion): Promise<boolean> {
    const turn = this.all().find((candidate) => candidate.channel === channel && candidate.messageTs === messageTs);
    if (!turn || !this.unfinished.has(turn.id)) return false;
    Object.assign(turn, { ...question, revision: turn.revision + 1 });
    return true;
  }

  async isPartOf(_teamId: string, channel: string, threadTs: string): Promise<boolean> {
    return this.all().some((turn) => turn.channel === channel && turn.threadTs === threadTs);
  }

  turnOf(channel: string, ts: string): Promise<string | undefined> {
    return this.replies.turnOf(channel, ts);
  }

  addFeedback(feedback: { turnId: string; userId: string; value: "good" | "bad" }): Promise<void> {
    return this.replies.addFeedback(feedback);
  }

  async setThread(id: string, thread: { channel: string; threadTs: string }): Promise<void> {
    Object.assign(this.all().find((turn) => turn.id === id) ?? {}, thread);
  }

  all(): Turn[] {
    return [...this.stored.values()];
  }

  #stop(matches: (turn: Turn) => boolean): string[] {
    const ids = this.all().flatMap((turn) => (matches(turn) && this.unfinished.has(turn.id) ? turn.id : []));
    for (const id of ids) this.unfinished.delete(id);
    this.stopped.push(...ids);
    return ids;
  }
}
