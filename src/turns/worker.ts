import type { Clock } from "../core/clock.ts";
import type { NewId } from "../core/ids.ts";
import type { AuditSink } from "../observability/audit.ts";
import type { Logger } from "../observability/log.ts";
import { elapsed } from "../storage/deadline.ts";
import type { TurnQueue } from "../storage/queue.ts";
import type { Relay, RelayMessage } from "../storage/relay.ts";
import type { Claim, EditedQuestion, NewTurn, StopTarget, Turn, TurnOutcome, Turns } from "../storage/turns.ts";
import { renewLeases } from "./leases.ts";
import { type Repetition, repeatedly } from "./repeatedly.ts";
import { createTurnRunner, type OpenReply, type RunAgent, type RunnerOptions } from "./run-turn.ts";
import { RunningTurns } from "./running-turns.ts";

export interface TurnWorkerOptions {
  turns: Turns;
  queue: TurnQueue;
  relay: Relay;
  runAgent: RunAgent;
  openReply: OpenReply;
  tellOwner: RunnerOptions["tellOwner"];
  audit: Pick<AuditSink, "append">;
  clock: Clock;
  newId: NewId;
  logger: Logger;
  /** Turns that run at the same time in this process. */
  concurrency: number;
  /** Whether no other process can hold turns (PGlite): those that were running when it ended are free at once. */
  alone: boolean;
  /** Milliseconds that a turn stays with a worker that does not renew. */
  leaseMs?: number;
  renewEveryMs?: number;
  sweepEveryMs?: number;
  /** Milliseconds that an interrupted agent has to come to its end, before its turn goes on without it. */
  settleMs?: number;
}

export interface TurnWorker {
  start(): Promise<void>;
  /** Takes no more turns, lets the running ones end for `graceMs`, and gives the others back to be carried on. */
  stop(graceMs: number): Promise<void>;
  /** Stores a turn and wakes a worker. False where it was stored before. */
  submit(turn: NewTurn): Promise<boolean>;
  /** Stops what runs or waits in a thread; returns the ids of those turns. */
  stopThread(thread: { teamId: string; channel: string; threadTs: string }): Promise<string[]>;
  /** Stops the unfinished turn of one message, because its question is gone; false if there is none. */
  stopMessage(teamId: string, channel: string, messageTs: string): Promise<boolean>;
  /** Runs a turn that somebody else has stored. */
  begin(turnId: string): Promise<void>;
  /** Goes on with a suspended turn, if nothing of it is undecided any more or it is to be stopped. */
  resume(turnId: string): Promise<void>;
  /** New text and role of the question of an unfinished turn; false if there is none or the text is the same. */
  edit(teamId: string, channel: string, messageTs: string, question: EditedQuestion): Promise<boolean>;
}

export function createTurnWorker(options: TurnWorkerOptions): TurnWorker {
  return new Worker(options);
}

/** Milliseconds that interrupted turns have at a stop to say what they must and to be given back. */
const releaseMs = 6_000;

class Worker implements TurnWorker {
  readonly #options: TurnWorkerOptions;
  readonly #running = new RunningTurns();
  /** Turns from before their claim to after their end, each with the promise of that end. */
  readonly #active = new Map<string, Promise<void>>();
  /** Turns that this worker had and that others are to carry on, with the number of attempts so far. */
  readonly #released = new Map<string, number>();
  /** By source key: one message comes as two events at once, and the second waits for what becomes of the first. */
  readonly #arriving = new Map<string, Promise<boolean>>();
  readonly #run: (turnId: string) => Promise<void>;
  readonly #renewal: Repetition;
  readonly #sweep: Repetition;
  #accepting = false;

  constructor(options: TurnWorkerOptions) {
    const { leaseMs = 10_000, renewEveryMs = 2_000, sweepEveryMs = 2_000, logger } = options;
    const shared = { ...options, running: this.#running, workerId: options.newId("worker"), leaseMs, renewEveryMs };
    const settleMs = options.settleMs ?? 2_000;
    this.#options = options;
    this.#run = createTurnRunner({
      ...shared,
      settleMs,
      onFinished: (claim, outcome, next) => this.#finished(claim, outcome, next),
      onReleased: ({ turn, attempt }) => this.#released.set(turn.id, attempt),
    });
    this.#renewal = repeatedly(renewEveryMs, () => renewLeases(shared), logger);
    this.#sweep = repeatedly(sweepEveryMs, () => this.#takeOverdue(sweepEveryMs), logger);
  }

  async start(): Promise<void> {
    const { alone, turns, relay, queue, concurrency } = this.#options;
    if (alone) await turns.releaseAll();
    this.#accepting = true;
    relay.subscribe((message) => this.#heed(message));
    queue.work((turnId) => this.#take(turnId), concurrency);
    this.#renewal.start();
    this.#sweep.start();
    await this.#takeOverdue(0);
  }

  async stop(graceMs: number): Promise<void> {
    this.#accepting = false;
    await this.#sweep.stop();
    await this.#options.queue.pause();
    await Promise.race([this.#allEnded(), elapsed(graceMs)]);
    for (const turn of this.#running.all()) turn.interrupt("shutdown");
    await Promise.race([this.#allEnded(), elapsed(releaseMs)]);
    await this.#renewal.stop();
    await Promise.all([...this.#released].map(([turnId, attempts]) => this.#wake(turnId, attempts)));
  }

  async submit(turn: NewTurn): Promise<boolean> {
    const arriving = this.#arriving.get(turn.sourceKey);
    if (arriving) {
      await arriving;
      return false;
    }
    const submitted = this.#submit(turn).finally(() => this.#arriving.delete(turn.sourceKey));
    this.#arriving.set(turn.sourceKey, submitted);
    return submitted;
  }

  async #submit(turn: NewTurn): Promise<boolean> {
    const added = await this.#options.turns.add(turn);
    if (added) await this.begin(turn.id);
    return added;
  }

  /** Runs a turn here at once where there is room, which spares the way through the queue; else puts it up. */
  async begin(turnId: string): Promise<void> {
    // One that has just been suspended may not have let go of its place yet.
    await this.#active.get(turnId);
    if (this.#canTake()) void this.#take(turnId);
    else await this.#wake(turnId);
  }

  async stopThread(thread: { teamId: string; channel: string; threadTs: string }): Promise<string[]> {
    return this.#stopTurns(thread);
  }

  async stopMessage(teamId: string, channel: string, messageTs: string): Promise<boolean> {
    return (await this.#stopTurns({ teamId, channel, messageTs })).length > 0;
  }

  async edit(teamId: string, channel: string, messageTs: string, question: EditedQuestion): Promise<boolean> {
    const turn = await this.#options.turns.edit(teamId, channel, messageTs, question);
    if (turn?.status === "running") await this.#tell({ type: "edited", turnId: turn.id, revision: turn.revision });
    if (turn?.status === "queued") await this.begin(turn.id);
    return turn !== undefined;
  }

  async resume(turnId: string): Promise<void> {
    for (const id of await this.#options.turns.resume(turnId)) await this.begin(id);
  }

  #finished({ turn, attempt }: Claim, outcome: TurnOutcome, next: string | undefined): void {
    const { status, reason } = outcome;
    const ageMs = this.#options.clock.now() - turn.createdAt.getTime();
    this.#options.logger.info({ turnId: turn.id, status, reason, attempt, ageMs }, "a turn ended");
    this.#record(turn, outcome);
    if (next !== undefined) void this.begin(next);
    // What was decided while the turn was still on its way here found nothing to resume.
    if (status === "suspended") void this.#sweep.now();
  }

  /** One that waits for a person has not ended. */
  #record({ id, userId, agent, createdAt }: Turn, { status, reason, usage, costUsd }: TurnOutcome): void {
    if (status === "suspended") return;
    const now = this.#options.clock.now();
    const { inputTokens = 0, cacheWriteTokens = 0, cacheReadTokens = 0, outputTokens = 0 } = usage ?? {};
    this.#options.audit.append({
      kind: "turn",
      at: new Date(now),
      outcome: status,
      reason,
      turnId: id,
      userId,
      agent,
      tokens: inputTokens + cacheWriteTokens + cacheReadTokens + outputTokens,
      costUsd,
      durationMs: now - createdAt.getTime(),
    });
  }

  /** What ended in the queue was never a worker's, who would have recorded it. */
  async #recordUnbegun(turnIds: readonly string[]): Promise<void> {
    for (const turnId of turnIds) {
      const turn = await this.#options.turns.get(turnId);
      if (turn) this.#record(turn, { status: "stopped" });
    }
  }

  #take(turnId: string): Promise<void> {
    const present = this.#active.get(turnId);
    if (present) return present;
    const ended = this.#run(turnId).finally(() => this.#active.delete(turnId));
    this.#active.set(turnId, ended);
    return ended;
  }

  #canTake(): boolean {
    return this.#accepting && this.#active.size < this.#options.concurrency;
  }

  /** Puts a turn up; where the queue is away, it is run here. What finds no place is found by the sweep. */
  async #wake(turnId: string, attempts = 0): Promise<void> {
    try {
      await this.#options.queue.push(turnId, attempts);
    } catch (error) {
      this.#options.logger.warn({ err: error, turnId }, "a turn could not be put up");
      if (this.#canTake()) void this.#take(turnId);
    }
  }

  async #takeOverdue(graceMs: number): Promise<void> {
    const resumed = await this.#options.turns.resume();
    for (const turnId of [...resumed, ...(await this.#options.turns.overdue(graceMs))]) {
      if (this.#active.has(turnId)) continue;
      if (this.#canTake()) void this.#take(turnId);
      else await this.#wake(turnId);
    }
  }

  async #stopTurns(target: StopTarget): Promise<string[]> {
    const stopped = await this.#options.turns.requestStop(target);
    if (stopped.running.length > 0) await this.#tell({ type: "stop", turnIds: stopped.running });
    for (const turnId of stopped.suspended) await this.resume(turnId);
    // A turn that waited behind one that has ended may be the head of its thread now.
    if (stopped.ended.length > 0) void this.#sweep.now();
    await this.#recordUnbegun(stopped.ended);
    return [...stopped.running, ...stopped.ended, ...stopped.suspended];
  }

  /** This process heeds it in any case; the others miss it where the relay is away, and then find the mark. */
  async #tell(message: RelayMessage): Promise<void> {
    this.#heed(message);
    await this.#options.relay.publish(message).catch((error: unknown) => {
      this.#options.logger.warn({ err: error }, "the other replicas could not be told");
    });
  }

  #heed(message: RelayMessage): void {
    if (message.type === "stop") {
      for (const turnId of message.turnIds) this.#running.get(turnId)?.interrupt("stop");
      return;
    }
    const turn = this.#running.get(message.turnId);
    if (turn && turn.claim.turn.revision < message.revision) turn.interrupt("edited");
  }

  async #allEnded(): Promise<void> {
    while (this.#active.size > 0) await Promise.all(this.#active.values());
  }
}
