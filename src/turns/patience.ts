import type { Turn } from "../storage/turns.ts";

const minute = 60_000;
const hour = 60 * minute;

/**
 * Milliseconds for which what nobody asked for is left to further attempts: while its message is of use, and only for a while once it
 * has a thread, where people's questions wait behind it.
 */
export function patienceMs({ source, sourceKey, threadTs }: Pick<Turn, "source" | "sourceKey" | "threadTs">): number {
  if (threadTs !== sourceKey) return 10 * minute;
  return source === "digest" ? 2 * hour : 24 * hour;
}
