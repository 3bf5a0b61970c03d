import type { IQueueBackend, Worker as BullWorker } from "bullmq";
import { ServiceError } from "../core/errors.ts";
import { elapsed, within } from "./deadline.ts";
import { type BackendOptions, openBackend } from "./bullmq-backend.ts";

/** The queue wakes workers up; what there is to do stands in the rows. A lost job costs a delay, never a turn. */
export interface TurnQueue {
  /**
   * Puts a turn up for a worker. The same turn may be put up twice: only one claim succeeds. A turn that a worker gives
   * back is put up under the number of `attempts` so far, for its first job may not be gone yet. Throws ServiceError
   * where the queue did not take it within a second.
   */
  push(turnId: string, attempts?: number): Promise<void>;
  /** Starts taking jobs, at most `concurrency` at a time. */
  work(handler: (turnId: string) => Promise<void>, concurrency: number): void;
  /** Takes no further jobs; those that run go on, and `push` still works. */
  pause(): Promise<void>;
  /** Stops taking jobs and waits for the running ones, at most `graceMs`. */
  close(graceMs: number): Promise<void>;
}

const queueName = "turns";
/** An event is acknowledged after its turn was pushed: a dead queue may not hold that up. */
const pushTimeoutMs = 1_000;

/** The queue on Redis where there is an address, else in the database (its tables are in schema `bullmq`). */
export async function openQueue(options: BackendOptions): Promise<TurnQueue> {
  const { logger } = options;
  const [backend, { Queue, Worker }] = await Promise.all([openBackend(options), import("bullmq")]);
  const { connection, prefix, factory } = backend;
  const report = (error: Error) => {
    // Lost connections are told once by the backend.
    if (backend.isReady()) logger.warn({ err: error }, "the queue met an error");
  };
  const queue = new Queue(
    queueName,
    {
      connection,
      prefix,
      skipWaitingForReady: true,
      streams: { events: { maxLen: 100 } },
      defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
    },
    factory,
  );
  queue.on("error", report);
  let paused = false;
  let worker: BullWorker<{ turnId: string }, unknown, string, IQueueBackend> | undefined;

  return {
    push: async (turnId, attempts = 0) => {
      if (!backend.isReady()) throw unavailable();
      // A job with the id of one that still waits adds nothing, so that the queue never holds more than there is to do.
      const jobId = attempts === 0 ? turnId : `${turnId}-${attempts}`;
      await within(pushTimeoutMs, queue.add("turn", { turnId }, { jobId }), unavailable);
    },
    work: (handler, concurrency) => {
      worker = new Worker<{ turnId: string }, unknown, string, IQueueBackend>(
        queueName,
        async (job) => {
          // A job that was being fetched when the worker paused is put back for others.
          if (paused) await queue.add("turn", job.data, { jobId: `${job.id}-again` });
          else await handler(job.data.turnId);
        },
        // Recovery of turns is by their leases; BullMQ's own check only clears away jobs of dead workers.
        { connection, prefix, concurrency, autorun: false, runRetryDelay: 1_000, maxStalledCount: 1 },
        factory,
      );
      worker.on("error", report);
      worker.run().catch(report);
    },
    pause: async () => {
      paused = true;
      await worker?.pause(true);
    },
    close: async (graceMs) => {
      paused = true;
      await worker?.pause(true);
      if (worker) await Promise.race([worker.close(), elapsed(graceMs)]);
      await Promise.race([Promise.all([worker?.close(true), queue.close()]), elapsed(pushTimeoutMs)]);
      backend.close();
    },
  };
}

function unavailable(): ServiceError {
  return new ServiceError("The queue did not take the turn; it starts with a delay.", {
    service: "the queue",
    retryable: true,
  });
}
