import { Temporal } from "temporal-polyfill";
import { NUMBER, numberOf } from "./calendar-relative.ts";
import {
  between,
  businessDay,
  days,
  fromOf,
  type Place,
  period,
  toOf,
  type Unit,
  type Window,
} from "./calendar-spans.ts";

type Groups = Record<string, string | undefined>;

/** "the first two weeks of", "the last business day of". */
export const PART_OF = new RegExp(
  String.raw`(?:the )?(?<which>first|second|third|fourth|last|final|1st|2nd|3rd|4th) (?:${NUMBER} )?(?<unit>(?:business|working) day|day|week|month|half)s? (?:of|in) `,
  "iy",
);

/** "the day before", "3 weeks after". */
export const BESIDE = new RegExp(
  String.raw`(?<the>the )?(?:${NUMBER} )?(?<unit>day|week|month|quarter|year)s? (?<side>before|after|preceding|following) `,
  "iy",
);

const ordinals = ["first", "second", "third", "fourth"];

/** Of a window's days the part that is named: nothing where it has no such part. */
export function partReadings(window: Window, groups: Groups, place: Place): Window[] {
  const { which = "", n, unit: name = "" } = groups;
  const whole = { start: fromOf(window, place).toPlainDate(), end: toOf(window, place).toPlainDate() };
  const isLast = /last|final/i.test(which);
  const index = ordinals.indexOf(which.toLowerCase()) + 1 || Number(which[0]);
  const unit = name.toLowerCase();
  if (unit === "half") return halves(whole, isLast || index === 2);
  const part = { isLast, index, count: n ? numberOf(n) : 1, unit };
  const exact = unit.endsWith(" day") ? businessDays(whole, part, place) : stretch(whole, part);
  if (isBefore(exact.from, whole.start) || isBefore(whole.end, exact.to)) return [];
  const isWeekOfMonth = unit === "week" && part.count === 1 && whole.start.until(whole.end).days >= 28;
  if (!isWeekOfMonth) return [exact];
  // A week that lies in two months may belong to the one that has most of its days, or to both.
  const edge = isLast ? whole.end.subtract({ days: 1 }) : exact.from;
  return [exact, ...[exact.from.add({ days: 3 }), edge].map((day) => period("week", day, 0, place.settings))];
}

interface Days {
  kind: "days";
  from: Temporal.PlainDate;
  to: Temporal.PlainDate;
}

interface Whole {
  start: Temporal.PlainDate;
  /** Exclusive. */
  end: Temporal.PlainDate;
}

interface Part {
  isLast: boolean;
  /** From 1. */
  index: number;
  count: number;
  unit: string;
}

function stretch({ start, end }: Whole, { isLast, index, count, unit }: Part): Days {
  const units = `${unit}s`;
  if (isLast) return { kind: "days", from: end.subtract({ [units]: count }), to: end };
  const from = start.add({ [units]: (index - 1) * count });
  return { kind: "days", from, to: from.add({ [units]: count }) };
}

function businessDays({ start, end }: Whole, { isLast, index, count }: Part, { settings }: Place): Days {
  const eve = start.subtract({ days: 1 });
  const first = isLast ? businessDay(end, -count, settings) : businessDay(eve, index, settings);
  const last = isLast ? businessDay(end, -1, settings) : businessDay(eve, index + count - 1, settings);
  return { kind: "days", from: first, to: last.add({ days: 1 }) };
}

/** A month's first half ends on the 15th, a year's with six months; an odd number of days has two middles. */
function halves({ start, end }: Whole, isSecond: boolean): Window[] {
  const length = start.until(end).days;
  const cut = (middle: Temporal.PlainDate) => (isSecond ? between(middle, end) : between(start, middle));
  if (length >= 360) return [cut(start.add({ months: 6 }))];
  if (length >= 28 && length <= 31) return [cut(start.add({ days: 15 }))];
  const days = [Math.floor(length / 2), Math.ceil(length / 2)].filter((count) => count > 0 && count < length);
  return days.map((count) => cut(start.add({ days: count })));
}

/** What lies directly before or after a window: so many units by count, or the calendar's own week, month ... */
export function besideReadings(window: Window, groups: Groups, place: Place): Window[] {
  const { the, n, unit: name = "", side = "" } = groups;
  const unit = name.toLowerCase();
  const first = fromOf(window, place).toPlainDate();
  const last = toOf(window, place).subtract({ nanoseconds: 1 }).toPlainDate();
  const count = n ? numberOf(n) : 1;
  const amount = unit === "quarter" ? { months: 3 * count } : { [`${unit}s`]: count };
  const goesBack = /before|preceding/i.test(side);
  const stretch = goesBack
    ? between(first.subtract(amount), first)
    : between(last.add({ days: 1 }), last.add({ days: 1 }).add(amount));
  if (!n) return [stretch, period(unit as Unit, goesBack ? first : last, goesBack ? -1 : 1, place.settings)];
  if (the) return [stretch];
  return [stretch, days(goesBack ? first.subtract(amount) : last.add(amount))];
}

function isBefore(a: Temporal.PlainDate, b: Temporal.PlainDate): boolean {
  return Temporal.PlainDate.compare(a, b) < 0;
}
