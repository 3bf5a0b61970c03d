import { z } from "zod";

/** An id of a service's: of the few digits or letters that make up a key, which has to fit into an index. */
export const idText = z.string().max(64);

const earliest = Date.UTC(2000, 0);
const latest = Date.UTC(2100, 0);

/** Whether something can have happened then: what is further off is no instant that a service means, or that Postgres keeps. */
export function isPlausible(epochMs: number): boolean {
  return epochMs >= earliest && epochMs < latest;
}
