/** The queue wakes workers up; what there is to do stands in the rows. A lost job costs a delay, never a turn. */
export interface TurnQueue {
  /** Puts a turn up for a worker. The same turn may be put up twice: only one claim succeeds. */
  push(turnId: string): Promise<void>;
  /** Starts taking jobs, at most `concurrency` at a time. */
  work(handler: (turnId: string) => Promise<void>, concurrency: number): void;
  /** Stops taking jobs and waits for the running ones, at most `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/** What replicas tell each other. Delivered to every process, this one as well; may be lost (the leases catch it). */
export interface Relay {
  publish(message: RelayMessage): Promise<void>;
  subscribe(listener: (message: RelayMessage) => void): void;
  close(): Promise<void>;
}

export type RelayMessage = { type: "stop"; turnIds: string[] } | { type: "edited"; turnId: string };
