import { Temporal } from "temporal-polyfill";
import { UserError } from "../../src/core/errors.ts";
import { addDays, dayAt } from "../shared/date-range.ts";

const dayMs = 86_400_000;
const plainDate = /^\d{4}-\d{2}-\d{2}$/;

/** Epoch milliseconds of a `datetime` property: ISO 8601, or milliseconds as text. Undefined where it is empty or neither. */
function readInstant(value: string | null | undefined): number | undefined {
  if (!value) return undefined;
  const instant = /^-?\d+$/.test(value) ? Number(value) : Date.parse(value);
  return Number.isNaN(instant) ? undefined : instant;
}

/** ISO 8601 in UTC, to the second; null where there is none. */
export function isoOf(value: string | null | undefined): string | null {
  const instant = readInstant(value);
  return instant === undefined ? null : `${new Date(instant).toISOString().slice(0, 19)}Z`;
}

/**
 * The day that a close date means. It is an instant to HubSpot: its own pages set it within the account's day, and programs
 * set midnight UTC, which west of Greenwich is the day before unless it is read as the date that was meant.
 */
export function dayOf(value: string | null | undefined, timeZone: string): string | null {
  const instant = readInstant(value);
  if (instant === undefined) return null;
  return instant % dayMs === 0 ? new Date(instant).toISOString().slice(0, 10) : dayAt(instant, timeZone);
}

/** Noon of that day in the account's zone: the same day to almost every reader. Throws UserError, naming the argument. */
export function noonOf(argument: string, day: string, timeZone: string): string {
  return atHour(argument, day, 12, timeZone);
}

/** A due moment: a date stands for 8:00 of that day in the account's zone, as in HubSpot's own pages. Throws UserError. */
export function dueInstant(argument: string, text: string, timeZone: string): string {
  return plainDate.test(text) ? atHour(argument, text, 8, timeZone) : instantText(argument, text);
}

/** A date-time with an offset as ISO 8601 in UTC. Throws UserError, naming the argument. */
export function instantText(argument: string, text: string): string {
  try {
    return new Date(Temporal.Instant.from(text).epochMilliseconds).toISOString();
  } catch (cause) {
    const form = "a date-time with its offset, such as 2026-03-09T14:00:00-05:00";
    throw new UserError(`${argument} ("${text}") must be ${form}.`, { cause });
  }
}

function atHour(argument: string, day: string, hour: number, timeZone: string): string {
  const instant = plainDay(argument, day).toPlainDateTime({ hour }).toZonedDateTime(timeZone).epochMilliseconds;
  return new Date(instant).toISOString();
}

/** Throws UserError, naming the argument, unless it is a day that exists. */
export function plainDay(argument: string, text: string): Temporal.PlainDate {
  try {
    if (plainDate.test(text)) return Temporal.PlainDate.from(text, { overflow: "reject" });
  } catch (cause) {
    throw new UserError(`${argument} ("${text}") is no day of the calendar.`, { cause });
  }
  throw new UserError(`${argument} ("${text}") must be a day such as 2026-03-31.`);
}

/**
 * Epoch milliseconds between which the close dates of these days lie, both included. Wider than the days by the zone's offset,
 * for a close date may be midnight UTC or an instant of the account's day: `dayOf` tells which of those found are meant.
 */
export function closeDateSpan(from: string | undefined, to: string | undefined, timeZone: string) {
  const first = from === undefined ? undefined : plainDay("close_from", from);
  const last = to === undefined ? undefined : plainDay("close_to", to);
  if (from && to && from > to) throw new UserError(`close_from (${from}) must not lie after close_to (${to}).`);
  const starts = (day: string) => [Date.parse(`${day}T00:00:00Z`), Date.parse(atHour("day", day, 0, timeZone))];
  return {
    from: first && Math.min(...starts(first.toString())),
    to: last && Math.max(...starts(addDays(last.toString(), 1))) - 1,
  };
}
