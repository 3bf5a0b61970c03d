import type { Logger } from "../observability/log.ts";

export interface Repetition {
  start(): void;
  /** Does the work now, and again after the usual time. */
  now(): Promise<void>;
  /** Resolves when the work that runs has ended; none follows. */
  stop(): Promise<void>;
}

/** Does `work` every `ms`, never twice at once: the time counts from its end. What it throws is logged. */
export function repeatedly(ms: number, work: () => Promise<void>, logger: Logger): Repetition {
  let timer: NodeJS.Timeout | undefined;
  let current: Promise<void> | undefined;
  let started = false;

  const once = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      logger.error({ err: error }, "a repeated task failed");
    }
  };
  const now = (): Promise<void> => {
    clearTimeout(timer);
    current ??= once().finally(() => {
      current = undefined;
      schedule();
    });
    return current;
  };
  const schedule = (): void => {
    clearTimeout(timer);
    if (started) timer = setTimeout(() => void now(), ms);
  };

  return {
    start: () => {
      started = true;
      schedule();
    },
    now,
    stop: async () => {
      started = false;
      clearTimeout(timer);
      await current;
    },
  };
}

/** Resolves when all of it has ended; then throws what failed. Not before: what still ran would run beside the next time. */
export async function allEnded(works: readonly Promise<void>[]): Promise<void> {
  const failures = (await Promise.allSettled(works)).filter((one) => one.status === "rejected");
  const reasons: unknown[] = failures.map(({ reason }) => reason as unknown);
  if (reasons.length > 1) throw new AggregateError(reasons, "Several repeated tasks failed.");
  if (reasons.length === 1) throw reasons[0];
}
