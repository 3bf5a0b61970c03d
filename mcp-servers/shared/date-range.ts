import { Temporal } from "temporal-polyfill";
import { UserError } from "../../src/core/errors.ts";

export interface InstantRange {
  /** Epoch milliseconds, inclusive. */
  from: number;
  /** Epoch milliseconds, exclusive. */
  to: number;
}

const plainDate = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The instants between two arguments. A plain date stands for its whole day in `timeZone` (23 or 25 hours long on the days
 * that clocks change), so that a `to` of a plain date includes that day; a date-time with an offset is taken as it is.
 * Throws UserError, naming the argument.
 */
export function instantRange(fromDate: string, toDate: string, timeZone: string): InstantRange {
  const from = edge("from_date", fromDate, timeZone, 0);
  const to = edge("to_date", toDate, timeZone, 1);
  if (from >= to) throw new UserError(`from_date (${fromDate}) must lie before to_date (${toDate}).`);
  return { from, to };
}

function edge(name: string, text: string, timeZone: string, addDays: number): number {
  try {
    if (!plainDate.test(text)) return Temporal.Instant.from(text).epochMilliseconds;
    const day = Temporal.PlainDate.from(text, { overflow: "reject" }).add({ days: addDays });
    return day.toZonedDateTime(timeZone).epochMilliseconds;
  } catch (cause) {
    const forms = "a date such as 2026-03-09, or a date-time with its offset such as 2026-03-09T14:00:00-05:00";
    throw new UserError(`${name} ("${text}") must be ${forms}.`, { cause });
  }
}

/** Throws UserError unless it is an IANA zone, such as `America/New_York`. */
export function checkTimeZone(name: string, timeZone: string): string {
  if (isTimeZone(timeZone)) return timeZone;
  throw new UserError(`${name} ("${timeZone}") must be an IANA time zone, such as America/New_York or UTC.`);
}

/** Asking Intl costs more than the rest of a tool call, so that zones once found good are kept: there are some 600. */
const goodZones = new Set<string>();

export function isTimeZone(timeZone: string): boolean {
  if (goodZones.has(timeZone)) return true;
  try {
    Intl.DateTimeFormat("en", { timeZone });
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
  // Spellings in every mixture of case are accepted as well: those that fill the set are not kept.
  if (goodZones.size < 1000) goodZones.add(timeZone);
  return true;
}

/** YYYY-MM-DD in the zone at this instant. */
export function dayAt(instant: number, timeZone: string): string {
  return zoned(instant, timeZone).toPlainDate().toString();
}

/** `days` may be negative. */
export function addDays(day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

/**
 * Writes instants as ISO 8601 with the zone's offset, to the second. Looks the zone up once for each stretch between two
 * changes of its clocks: a list of a hundred calls costs one or two look-ups.
 */
export function isoFormatter(timeZone: string): (instant: number) => string {
  let stretch: { from: number; to: number; offsetMs: number; suffix: string } | undefined;
  return (instant) => {
    if (!stretch || instant < stretch.from || instant >= stretch.to) stretch = stretchAround(instant, timeZone);
    return new Date(instant + stretch.offsetMs).toISOString().slice(0, 19) + stretch.suffix;
  };
}

function stretchAround(instant: number, timeZone: string) {
  const moment = zoned(instant, timeZone);
  // A transition exactly at `instant` is not "previous" to it, so ask from a millisecond later.
  const from = zoned(instant + 1, timeZone).getTimeZoneTransition("previous")?.epochMilliseconds ?? -Infinity;
  const to = moment.getTimeZoneTransition("next")?.epochMilliseconds ?? Infinity;
  return { from, to, offsetMs: moment.offsetNanoseconds / 1e6, suffix: moment.offset };
}

function zoned(instant: number, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone);
}
