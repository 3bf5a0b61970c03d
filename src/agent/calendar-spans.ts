import { Temporal } from "temporal-polyfill";

export interface CalendarSettings {
  weekStart: "monday" | "sunday" | "saturday";
  /** 1-12. Fiscal years that do not begin in January bear the number of the year in which they end. */
  fiscalYearStartMonth: number;
}

/** Where and when the asker is: what every phrase is resolved against. */
export interface Place {
  now: Temporal.ZonedDateTime;
  today: Temporal.PlainDate;
  settings: CalendarSettings;
}

/** A stretch of time as it is handed over: ISO instants with the asker's offset, `to` exclusive, and the same in words. */
export interface Span {
  from: string;
  to: string;
  days: string;
}

/** A stretch of time, `to` exclusive. Whole days are dates, so that the zone is applied once and last. */
export type Window =
  | { kind: "days"; from: Temporal.PlainDate; to: Temporal.PlainDate }
  | { kind: "instants"; from: Temporal.ZonedDateTime; to: Temporal.ZonedDateTime };

export type Unit = "day" | "week" | "month" | "quarter" | "half" | "year" | "fiscal year";

const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const firstDays = { monday: 1, saturday: 6, sunday: 7 };

export function placeOf(now: number, timeZone: string, settings: CalendarSettings): Place {
  const zoned = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone);
  return { now: zoned, today: zoned.toPlainDate(), settings };
}

export function days(from: Temporal.PlainDate, count = 1): Window {
  return { kind: "days", from, to: from.add({ days: count }) };
}

export function between(from: Temporal.PlainDate, to: Temporal.PlainDate): Window {
  return { kind: "days", from, to };
}

/** The week, month, quarter ... that holds a date, moved by so many of them. */
export function period(unit: Unit, date: Temporal.PlainDate, offset: number, settings: CalendarSettings): Window {
  if (unit === "day") return days(date.add({ days: offset }));
  if (unit === "week") {
    const back = (date.dayOfWeek - firstDays[settings.weekStart] + 7) % 7;
    return days(date.subtract({ days: back }).add({ weeks: offset }), 7);
  }
  const length = { month: 1, quarter: 3, half: 6, year: 12, "fiscal year": 12 }[unit];
  const start = unit === "year" || unit === "month" ? 1 : settings.fiscalYearStartMonth;
  const back = (date.month - start + 12) % length;
  const from = date
    .with({ day: 1 })
    .subtract({ months: back })
    .add({ months: offset * length });
  return between(from, from.add({ months: length }));
}

/** Saturday and Sunday; where the week begins on Saturday, Friday and Saturday. */
export function isBusinessDay(date: Temporal.PlainDate, { weekStart }: CalendarSettings): boolean {
  const weekend = weekStart === "saturday" ? [5, 6] : [6, 7];
  return !weekend.includes(date.dayOfWeek);
}

/** The business day that is so many before (negative) or after a date. */
export function businessDay(date: Temporal.PlainDate, offset: number, settings: CalendarSettings): Temporal.PlainDate {
  let day = date;
  for (let left = Math.abs(offset); left > 0; ) {
    day = day.add({ days: Math.sign(offset) });
    if (isBusinessDay(day, settings)) left--;
  }
  return day;
}

/** Start of a day in a zone: midnight, or the first instant after it where the clocks skip midnight. */
export function instantOf(date: Temporal.PlainDate, { now }: Place): Temporal.ZonedDateTime {
  return date.toZonedDateTime({ timeZone: now.timeZoneId });
}

export function fromOf(window: Window, place: Place): Temporal.ZonedDateTime {
  return window.kind === "days" ? instantOf(window.from, place) : window.from;
}

export function toOf(window: Window, place: Place): Temporal.ZonedDateTime {
  return window.kind === "days" ? instantOf(window.to, place) : window.to;
}

export function toSpan(window: Window, place: Place): Span {
  return { from: iso(fromOf(window, place)), to: iso(toOf(window, place)), days: inWords(window) };
}

export function iso(instant: Temporal.ZonedDateTime): string {
  return instant.toString({ timeZoneName: "never", smallestUnit: "second" });
}

function inWords(window: Window): string {
  if (window.kind === "days") {
    const last = window.to.subtract({ days: 1 });
    if (Temporal.PlainDate.compare(window.from, last) >= 0) return dayName(window.from, true);
    return `${dayName(window.from, window.from.year !== last.year)} - ${dayName(last, true)}`;
  }
  const { from, to } = window;
  const [first, last] = [from.toPlainDate(), to.toPlainDate()];
  if (first.equals(last)) return `${dayName(first, true)}, ${timeOf(from)}-${timeOf(to)}`;
  if (first.add({ days: 1 }).equals(last) && to.hour === 0 && to.minute === 0) {
    return `${dayName(first, true)}, ${timeOf(from)}-24:00`;
  }
  const start = `${dayName(first, first.year !== last.year)} ${timeOf(from)}`;
  return `${start} - ${dayName(last, true)} ${timeOf(to)}`;
}

function dayName(date: Temporal.PlainDate, withYear: boolean): string {
  const name = `${weekdays[date.dayOfWeek - 1]} ${date.day} ${months[date.month - 1]}`;
  return withYear ? `${name} ${date.year}` : name;
}

function timeOf(instant: Temporal.ZonedDateTime): string {
  return instant.toPlainTime().toString({ smallestUnit: "minute" });
}
