import type { Logger } from "../observability/log.ts";
import { within } from "../storage/deadline.ts";
import type { Turns } from "../storage/turns.ts";
import type { RunningTurns } from "./running-turns.ts";

export interface LeaseOptions {
  turns: Turns;
  running: RunningTurns;
  workerId: string;
  leaseMs: number;
  renewEveryMs: number;
  logger: Logger;
}

/** Renews the leases of all running turns in one statement, and heeds the marks that come back with them. */
export async function renewLeases(options: LeaseOptions): Promise<void> {
  const { turns, running, workerId, leaseMs, renewEveryMs, logger } = options;
  const mine = running.all();
  if (mine.length === 0) return;
  const askedAt = performance.now();
  const ids = mine.map(({ claim }) => claim.turn.id);
  try {
    const late = () => new Error("The leases could not be renewed in time.");
    const marks = await within(renewEveryMs, turns.renew(workerId, ids, leaseMs), late);
    const [held, stop, edited] = [new Set(marks.held), new Set(marks.stop), new Set(marks.edited)];
    for (const turn of mine) {
      // What the marks say is of attempts that may have ended meanwhile: a later attempt of the turn is not meant.
      if (!running.has(turn)) continue;
      const { id } = turn.claim.turn;
      turn.leasedAt = askedAt;
      if (!held.has(id)) turn.interrupt("lost");
      else if (stop.has(id)) turn.interrupt("stop");
      else if (edited.has(id)) turn.interrupt("edited");
    }
  } catch (error) {
    logger.warn({ err: error, turns: ids.length }, "leases could not be renewed");
    // A lease that ends before the next renewal may then be another's: two workers must not write one answer.
    const endangered = performance.now() - (leaseMs - renewEveryMs);
    for (const turn of mine) if (turn.leasedAt <= endangered) turn.interrupt("lost");
  }
}
