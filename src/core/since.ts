import { Temporal } from "temporal-polyfill";

/**
 * The instant that `today`, `7d` (so many days ago), `12h` or an ISO 8601 date or time means; undefined where it is none of
 * these. Days begin, and times without an offset are, in this IANA zone.
 */
export function sinceWhen(text: string, now: number, timeZone: string): Date | undefined {
  const [, count, unit] = /^(\d{1,5})([dh])$/.exec(text) ?? [];
  if (count !== undefined) return new Date(now - Number(count) * (unit === "d" ? 24 : 1) * 60 * 60_000);
  const zoned = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone);
  if (text.toLowerCase() === "today") return new Date(zoned.startOfDay().epochMilliseconds);
  if (!/^\d{4}-\d{2}-\d{2}(?:T|$)/.test(text)) return undefined;
  try {
    const at = /(?:Z|[+-]\d{2}:?\d{2})$/.test(text.slice(10))
      ? Temporal.Instant.from(text)
      : Temporal.PlainDateTime.from(text).toZonedDateTime(timeZone);
    return new Date(at.epochMilliseconds);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
