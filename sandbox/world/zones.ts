/** Days and wall clocks in time zones, by `Intl` alone: what checks Sophia's calendar must not share its code. */

const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

function format(timeZone: string): Intl.DateTimeFormat {
  let found = formats.get(timeZone);
  if (!found) {
    found = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(timeZone, found);
  }
  return found;
}

/** The wall clock of `timeZone` at `instant`, as if it were UTC, in milliseconds. */
function wallClock(instant: number, timeZone: string): number {
  const [month, day, year, hour, minute, second] = (format(timeZone).format(instant).match(/\d+/g) ?? []).map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day ?? 1, hour ?? 0, minute ?? 0, second ?? 0);
}

/** The calendar day, YYYY-MM-DD, that `instant` (epoch ms) falls on in `timeZone`. */
export function dayOf(instant: number, timeZone: string): string {
  return new Date(wallClock(instant, timeZone)).toISOString().slice(0, 10);
}

/** The instant (epoch ms) at which it is `minutes` after midnight by the wall clock of `timeZone` on `day`. */
export function instantAt(day: string, minutes: number, timeZone: string): number {
  const wanted = Date.parse(`${day}T00:00:00Z`) + minutes * 60_000;
  const first = wanted - (wallClock(wanted, timeZone) - wanted);
  // The offset at the first guess may be that of the other side of a clock change.
  return first - (wallClock(first, timeZone) - wanted);
}

/** Both ends of `day` in `timeZone`: the start inclusive, the end exclusive, in epoch ms. */
export function dayBounds(day: string, timeZone: string): { start: number; end: number } {
  return { start: instantAt(day, 0, timeZone), end: instantAt(addDays(day, 1), 0, timeZone) };
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** 0 is Sunday. */
export function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay();
}

export function isWeekend(day: string): boolean {
  return weekdayOf(day) === 0 || weekdayOf(day) === 6;
}

/** The given number of working days after `day`. */
export function addWorkingDays(day: string, days: number): string {
  let weekday = weekdayOf(day);
  let ahead = 0;
  for (let left = days; left > 0; ) {
    ahead += 1;
    weekday = (weekday + 1) % 7;
    if (weekday !== 0 && weekday !== 6) left--;
  }
  return addDays(day, ahead);
}

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;

/** As a person says it: "Thursday, March 12". */
export function spokenDay(day: string): string {
  return `${WEEKDAYS[weekdayOf(day)]}, ${MONTHS[Number(day.slice(5, 7)) - 1]} ${Number(day.slice(8))}`;
}

/** "March 12". */
export function spokenDate(day: string): string {
  return `${MONTHS[Number(day.slice(5, 7)) - 1]} ${Number(day.slice(8))}`;
}

/** ISO 8601 to the second with the offset that `timeZone` has at `instant`: "2026-03-12T09:30:00-05:00". */
export function offsetIso(instant: number, timeZone: string): string {
  const wall = wallClock(instant, timeZone);
  const minutes = Math.round((wall - instant) / 60_000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const sign = minutes < 0 ? "-" : "+";
  const offset = `${sign}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
  return `${new Date(wall).toISOString().slice(0, 19)}${offset}`;
}
