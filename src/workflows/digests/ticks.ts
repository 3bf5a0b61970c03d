import { Temporal } from "temporal-polyfill";
import { type Days, isGroup, type Rule, type TimeOfDay } from "./rule.ts";

/** More days than lie between two ticks of any rule. */
const mostDaysBetween = 70;

/** The first instant after `after` at which the rule is due by the clocks of `zone`, in epoch milliseconds. */
export function nextTick(rule: Rule, zone: string, after: number): number {
  // A time that the clocks jump over comes on the next day where they jump at midnight: so one day is looked at before.
  const found = search(rule, zone, dateOf(after, zone).subtract({ days: 1 }), 1, (tick) => tick > after);
  return Math.min(...found);
}

/** The last instant at or before `until` at which the rule was due. */
export function lastTick(rule: Rule, zone: string, until: number): number {
  const found = search(rule, zone, dateOf(until, zone).add({ days: 1 }), -1, (tick) => tick <= until);
  return Math.max(...found);
}

/** The next `count` ticks. */
export function nextTicks(rule: Rule, zone: string, after: number, count: number): number[] {
  const ticks: number[] = [];
  while (ticks.length < count) ticks.push(nextTick(rule, zone, ticks.at(-1) ?? after));
  return ticks;
}

export function dateOf(at: number, zone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate();
}

/** The wanted ticks of the first day that has any. */
function search(
  rule: Rule,
  zone: string,
  start: Temporal.PlainDate,
  step: 1 | -1,
  isWanted: (tick: number) => boolean,
): number[] {
  for (let day = 0; day <= mostDaysBetween; day += 1) {
    const date = start.add({ days: day * step });
    if (!isDue(rule.days, date)) continue;
    const found = rule.times.map((time) => instantOf(date, time, zone)).filter(isWanted);
    if (found.length > 0) return found;
  }
  throw new RangeError("a rule without any day");
}

function isDue(days: Days, date: Temporal.PlainDate): boolean {
  if (!days.on.includes(date.dayOfWeek)) return false;
  if (days.every === "week") return true;
  if (days.every === "second week") return weeksBetween(Temporal.PlainDate.from(days.from), date) % 2 === 0;
  const counted = isGroup(days.on) ? days.on : [date.dayOfWeek];
  const before = countDays(date.with({ day: 1 }), date, counted);
  const after = countDays(date, date.with({ day: date.daysInMonth }).add({ days: 1 }), counted) - 1;
  return days.nth.some((nth) => (nth === -1 ? after === 0 : before === nth - 1));
}

const mondayOf = (date: Temporal.PlainDate): Temporal.PlainDate => date.subtract({ days: date.dayOfWeek - 1 });

function weeksBetween(from: Temporal.PlainDate, to: Temporal.PlainDate): number {
  return Math.abs(mondayOf(from).until(mondayOf(to), { largestUnit: "days" }).days / 7);
}

/** How many of these days of the week lie between two dates, `to` not included. */
function countDays(from: Temporal.PlainDate, to: Temporal.PlainDate, on: readonly number[]): number {
  let count = 0;
  for (let date = from; !date.equals(to); date = date.add({ days: 1 })) if (on.includes(date.dayOfWeek)) count += 1;
  return count;
}

/** A time that exists twice counts the first time; one that the clocks jump over, when they jump. */
function instantOf(date: Temporal.PlainDate, time: TimeOfDay, zone: string): number {
  const local = date.toPlainDateTime(time);
  const earlier = local.toZonedDateTime(zone, { disambiguation: "earlier" });
  if (earlier.toPlainDateTime().equals(local)) return earlier.epochMilliseconds;
  const jump = earlier.getTimeZoneTransition("next");
  if (!jump) throw new RangeError(`${local.toString()} does not exist in ${zone}, where no clock is ever changed`);
  return jump.epochMilliseconds;
}
