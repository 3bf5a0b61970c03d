import type { Turn } from "../storage/turns.ts";

/**
 * When a question was asked, in epoch milliseconds: Slack's time of its message, also after an edit, whose own time
 * nobody keeps. Where there is no message, or its time cannot be, it is when the turn was stored, and at the latest now.
 */
export function askedAt({ messageTs = "", createdAt }: Pick<Turn, "messageTs" | "createdAt">, now: number): number {
  const sentAt = /^\d{10}\.\d{1,6}$/.test(messageTs) ? Math.floor(Number(messageTs) * 1_000) : Number.NaN;
  return [sentAt, createdAt.getTime()].find((instant) => instant <= now) ?? now;
}
