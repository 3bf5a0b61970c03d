/**
 * A summary that cannot be written now is written by another turn later. Each has a source key of its own, so that a turn which has
 * ended stays as it is.
 */

const minute = 60_000;
/** More than a day's, by the pauses below. */
const mostTurns = 20;

/** Of the turns that may summarise a call for a channel, in their order. */
export function summaryKeys(callId: string, channel: string): string[] {
  const first = `call:${callId}:${channel}`;
  return Array.from({ length: mostTurns }, (_, index) => (index === 0 ? first : `${first}:${index + 1}`));
}

/** Milliseconds after the turn with this key until the next: minutes at first, then hours. */
export function pauseAfter(sourceKey: string): number {
  const number = Number(sourceKey.split(":")[3] ?? 1);
  return Math.min(5 * 2 ** (number - 1), 180) * minute;
}
