import type { Reply, TaskUpdate } from "../../src/agent/ports.ts";
import { systemClock } from "../../src/core/clock.ts";
import { randomId } from "../../src/core/ids.ts";
import { createLogger } from "../../src/observability/log.ts";
import { createTurns, type Turn } from "../../src/storage/turns.ts";
import type { AgentRun, RunAgent } from "../../src/turns/run-turn.ts";
import type { TurnWorkerOptions } from "../../src/turns/worker.ts";
import type { Storage } from "./engines.ts";
import { question } from "./turns.ts";

/** Replies as text, one entry for each time a turn's reply was opened. */
export class RecordedReplies {
  readonly #opened: { turnId: string; attempt: number; text: string; tasks: TaskUpdate[]; finished: number }[] = [];

  readonly open = async (turn: Turn, attempt: number): Promise<Reply> => {
    const entry = { turnId: turn.id, attempt, text: "", tasks: [] as TaskUpdate[], finished: 0 };
    this.#opened.push(entry);
    return {
      status: () => {},
      write: (markdown) => {
        entry.text += markdown;
      },
      breakOff: (note) => {
        entry.text += note;
      },
      giveUp: (sentence) => {
        entry.text += sentence;
      },
      task: (update) => entry.tasks.push(update),
      breakPage: () => {},
      buttons: () => {},
      image: () => {},
      finish: async () => {
        entry.finished += 1;
      },
      suspend: async () => {
        entry.finished += 1;
      },
    };
  };

  /** What each attempt at a turn has written, with a full stop for every time that it was finished. */
  of(turnId: string): { text: string; finished: number }[] {
    return this.#opened.filter((entry) => entry.turnId === turnId).map(({ text, finished }) => ({ text, finished }));
  }
}

/** Answers at once with the question's own words. */
export const echo: RunAgent = async ({ turn, reply, checkpoint }) => {
  await checkpoint([question(turn.text)]);
  reply.write(`You said: ${turn.text}`);
  await reply.finish();
  return { status: "done" };
};

/** Runs until it is interrupted, as a model or a tool does that is told to end. */
export const untilInterrupted = async ({ signal }: Pick<AgentRun, "signal">): Promise<never> => {
  signal.throwIfAborted();
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error));
  });
};

/** A worker's surroundings on real storage, with short times; what it does is for the test to say. */
export function workerOptions(storage: Storage): Omit<TurnWorkerOptions, "runAgent" | "openReply"> {
  return {
    turns: createTurns(storage.database, systemClock),
    queue: storage.queue,
    relay: storage.relay,
    clock: systemClock,
    newId: randomId,
    audit: { append: () => {} },
    tellOwner: async () => {},
    logger: createLogger({ level: "silent" }),
    concurrency: 8,
    alone: storage.database.engine === "pglite",
    leaseMs: 600,
    renewEveryMs: 200,
    sweepEveryMs: 200,
    settleMs: 200,
  };
}
