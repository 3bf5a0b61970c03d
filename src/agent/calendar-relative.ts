import { Temporal } from "temporal-polyfill";
import {
  between,
  businessDay,
  days,
  fromOf,
  instantOf,
  isBusinessDay,
  type Place,
  period,
  toOf,
  type Unit,
  type Window,
} from "./calendar-spans.ts";
import type { Leaning } from "./calendar-leaning.ts";

/** What a phrase is read in: where and when, which way the question looks, and the words before the phrase. */
export interface Reading {
  place: Place;
  leaning: Leaning;
  before: string;
}

/** A kind of expression: its pattern (sticky, no case), and what it can mean. Nothing where it is not a date after all. */
export interface Expression {
  pattern: RegExp;
  resolve: (groups: Record<string, string | undefined>, reading: Reading) => Window[];
}

const words = [
  "zero",
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
  "ten",
  "eleven",
  "twelve",
];
/** As a group `n`, for `numberOf`. */
export const NUMBER = String.raw`(?<n>\d{1,3}|an?|(?:a )?couple(?: of)?|${words.slice(1).join("|")})`;

export function numberOf(word: string | undefined): number {
  const lower = (word ?? "").toLowerCase();
  if (lower === "a" || lower === "an") return 1;
  if (lower.includes("couple")) return 2;
  const index = words.indexOf(lower);
  return index >= 0 ? index : Number(lower);
}

export function expression(source: string, resolve: Expression["resolve"], end = String.raw`(?![\w-])`): Expression {
  return { pattern: new RegExp(source + end, "iy"), resolve };
}

const PART = "(?<part>morning|afternoon|evening|night)";

const hours: Record<string, [number, number]> = {
  morning: [0, 12],
  afternoon: [12, 18],
  evening: [18, 24],
  night: [18, 24],
};

/** A part of a day: morning until 12, afternoon until 18, evening and night until midnight. */
export function partOfDay(date: Temporal.PlainDate, part: string | undefined, place: Place): Window {
  const [start, end] = hours[(part ?? "").toLowerCase()] ?? [];
  if (start === undefined || end === undefined) return days(date);
  const at = (hour: number) => {
    if (hour === 0) return instantOf(date, place);
    if (hour === 24) return instantOf(date.add({ days: 1 }), place);
    return date.toZonedDateTime({ timeZone: place.now.timeZoneId, plainTime: new Temporal.PlainTime(hour) });
  };
  return { kind: "instants", from: at(start), to: at(end) };
}

const offsets: Record<string, number> = {
  today: 0,
  yesterday: -1,
  tomorrow: 1,
  this: 0,
  current: 0,
  last: -1,
  previous: -1,
  prior: -1,
};

export function offsetOf(word: string | undefined): number {
  return offsets[(word ?? "this").toLowerCase()] ?? 1;
}

function unitOf(word: string | undefined): Unit {
  const unit = (word ?? "day").toLowerCase().replace(/s$/, "");
  if (unit === "fiscal quarter") return "quarter";
  return (unit === "calendar year" ? "year" : unit) as Unit;
}

/** So many hours, days, weeks ... up to and including today. Quarters are whole ones that are over. */
function lastMany(count: number, unit: string, { today, now, settings }: Place): Window {
  if (unit === "minute" || unit === "hour") {
    return { kind: "instants", from: now.subtract({ [`${unit}s`]: count }), to: now };
  }
  const tomorrow = today.add({ days: 1 });
  if (unit === "quarter") {
    const [first, last] = [period("quarter", today, -count, settings), period("quarter", today, -1, settings)];
    return between(first.from as Temporal.PlainDate, last.to as Temporal.PlainDate);
  }
  return between(tomorrow.subtract({ [`${unit}s`]: count }), tomorrow);
}

function nextMany(count: number, unit: string, { today, now }: Place): Window {
  if (unit === "minute" || unit === "hour")
    return { kind: "instants", from: now, to: now.add({ [`${unit}s`]: count }) };
  const amount = unit === "quarter" ? { months: count * 3 } : { [`${unit}s`]: count };
  return between(today, today.add(amount));
}

function weekend(place: Place, offset: number): Window {
  const { today, settings } = place;
  let first = today;
  if (isBusinessDay(today, settings)) {
    while (isBusinessDay(first, settings)) first = first.add({ days: 1 });
  } else if (!isBusinessDay(today.subtract({ days: 1 }), settings)) first = today.subtract({ days: 1 });
  return days(first.add({ weeks: offset }), 2);
}

function weekendReadings(which: string | undefined, { place, leaning }: Reading): Window[] {
  const isNow = !isBusinessDay(place.today, place.settings);
  const word = which?.toLowerCase();
  if (word === "last" || word === "past" || word === "previous") return [weekend(place, -1)];
  if (word === "next") return isNow ? [weekend(place, 1)] : [weekend(place, 0), weekend(place, 1)];
  if (word !== undefined || leaning === "future") return [weekend(place, 0)];
  if (leaning === "past" && !isNow) return [weekend(place, -1)];
  return [weekend(place, -1), weekend(place, 0)];
}

function ago(count: number, unit: string, { place, before }: Reading): Window[] {
  const { today, now, settings } = place;
  if (unit === "hour" || unit === "minute") {
    const from = now.subtract({ [`${unit}s`]: count });
    return [{ kind: "instants", from, to: from.add({ [`${unit}s`]: 1 }) }];
  }
  const whole = period(unitOf(unit), today, -count, settings);
  if (unit === "day" || unit === "week") return [whole];
  // "A month ago" is the same day of that month, or all of it; to count from, it is the day.
  const day = days(today.subtract(unit === "quarter" ? { months: 3 * count } : { [`${unit}s`]: count }));
  return /\b(?:since|after|before|until|till|by|from|to)\s+$/i.test(before) ? [day] : [day, whole];
}

/** "A week ago Monday": counted back from the last Monday, or the Monday of that week. */
function weekdayAgo(count: number, weekday: string, place: Place): Window[] {
  const { today, settings } = place;
  const number = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].indexOf(weekday.slice(0, 3).toLowerCase()) + 1;
  const back = today.subtract({ days: ((today.dayOfWeek - number + 6) % 7) + 1, weeks: count });
  const first = fromOf(period("week", today, -count, settings), place).toPlainDate();
  return [days(back), days(first.add({ days: (number - first.dayOfWeek + 7) % 7 }))];
}

const absence =
  /\b(?:no|not|never|nobody|nothing|none|without|quiet|silent|dark|idle|untouched)\b[^.?!]*$|\b\w+n't\b[^.?!]*$/i;

/** "No call in 14 days": the days that are over, not the one that is to come. */
function tellsOfAbsence({ before, leaning }: Reading): boolean {
  return leaning !== "future" && absence.test(before);
}

/** So many days are meant by what has not happened "in the last month". */
const daysUntilToday: Readonly<Record<string, number>> = { week: 7, month: 30, year: 365 };

/** "No call in the last month": the days up to today; without "the" it is the calendar's month. */
function untilToday(which: string | undefined, unit: string | undefined, reading: Reading): Window | undefined {
  const count = daysUntilToday[(unit ?? "").toLowerCase()];
  const isMeant = /^last$/i.test(which ?? "") && /\b(?:in|for|over|within|during) the $/i.test(reading.before);
  return isMeant && count && tellsOfAbsence(reading) ? lastMany(count, "day", reading.place) : undefined;
}

/** Nobody knows how many a few are: three, or five. */
const few = [3, 5];
const FEW = "(?:a few|few|several)";

/** The last day of a period, of a week the last business day unless that is over. */
export function lastDayOf(window: Window, unit: string, place: Place): Window {
  const end = toOf(window, place).toPlainDate();
  const last = end.subtract({ days: 1 });
  if (unit.toLowerCase() !== "week") return days(last);
  const business = businessDay(end, -1, place.settings);
  return days(Temporal.PlainDate.compare(business, place.today) < 0 ? last : business);
}

const PERIOD = "(?<unit>week|month|quarter|fiscal quarter|year|calendar year|fiscal year)";
const toDate: Record<string, Unit> = { w: "week", m: "month", q: "quarter", y: "year" };

function sinceStartOf(unit: Unit, place: Place): Window {
  const start = fromOf(period(unit, place.today, 0, place.settings), place).toPlainDate();
  return between(start, place.today.add({ days: 1 }));
}

export const relativeExpressions: readonly Expression[] = [
  expression("(?:the )?day before yesterday", (_, { place }) => [days(place.today.subtract({ days: 2 }))]),
  expression("(?:the )?day after tomorrow", (_, { place }) => [days(place.today.add({ days: 2 }))]),
  expression(`(?<day>yesterday|today|tomorrow)(?: ${PART})?`, ({ day, part }, { place }) => [
    partOfDay(place.today.add({ days: offsetOf(day) }), part, place),
  ]),
  expression(`this ${PART}`, ({ part }, { place }) => [partOfDay(place.today, part, place)]),
  expression("tonight", (_, { place }) => [partOfDay(place.today, "night", place)]),
  expression("last night", (_, { place }) => [partOfDay(place.today.subtract({ days: 1 }), "night", place)]),
  expression("(?<which>last|previous|prior|next) (?:business|working|work) ?day", ({ which }, { place }) => [
    days(businessDay(place.today, which === "next" ? 1 : -1, place.settings)),
  ]),
  expression(
    `(?<which>last|past|previous|next) ${NUMBER} (?:business|working|work) ?days`,
    ({ which, n }, { place }) => {
      const { today, settings } = place;
      const count = numberOf(n);
      if (which?.toLowerCase() !== "next") return [between(businessDay(today, -count, settings), today)];
      return [between(today.add({ days: 1 }), businessDay(today, count, settings).add({ days: 1 }))];
    },
  ),
  expression(
    `(?<which>this|current|last|previous|prior|next|coming|following|upcoming) ${PERIOD}`,
    ({ which, unit }, reading) => [
      untilToday(which, unit, reading) ??
        period(unitOf(unit), reading.place.today, offsetOf(which), reading.place.settings),
    ],
  ),
  expression("(?:this )?past (?<unit>week|month|quarter|year)", ({ unit = "" }, { place }) => {
    const isQuarter = unit.toLowerCase() === "quarter";
    return [isQuarter ? lastMany(3, "month", place) : lastMany(1, unit.toLowerCase(), place)];
  }),
  expression("(?:(?<which>this|last|past|previous|next|coming) |the )?weekend", ({ which }, reading) =>
    weekendReadings(which, reading),
  ),
  expression(`(?:the )?${PERIOD} before last`, ({ unit }, { place }) => [
    period(unitOf(unit), place.today, -2, place.settings),
  ]),
  expression(`(?:the )?${PERIOD} after next`, ({ unit }, { place }) => [
    period(unitOf(unit), place.today, 2, place.settings),
  ]),
  expression("(?<unit>week|month|quarter|year)[- ]to[- ]date", ({ unit }, { place }) => [
    sinceStartOf(unitOf(unit), place),
  ]),
  expression("(?<unit>[wmqy])td", ({ unit }, { place }) => [
    sinceStartOf(toDate[(unit ?? "").toLowerCase()] ?? "year", place),
  ]),
  expression(
    `(?:last|past|previous) ${NUMBER} (?<unit>minute|hour|day|week|month|quarter|year)s?`,
    ({ n, unit = "" }, { place }) => [lastMany(numberOf(n), unit.toLowerCase(), place)],
  ),
  expression(`(?:next|coming) ${NUMBER} (?<unit>hour|day|week|month|quarter|year)s?`, ({ n, unit = "" }, { place }) => [
    nextMany(numberOf(n), unit.toLowerCase(), place),
  ]),
  expression(`within (?:the next )?${NUMBER} (?<unit>hour|day|week|month)s?`, ({ n, unit = "" }, { place }) => [
    nextMany(numberOf(n), unit.toLowerCase(), place),
  ]),
  expression(`in ${NUMBER} (?<unit>day|week|month)s?`, ({ n, unit }, reading) =>
    tellsOfAbsence(reading) ? [] : [days(reading.place.today.add({ [`${unit?.toLowerCase()}s`]: numberOf(n) }))],
  ),
  expression(
    `(?:in|for) (?:(?:over|more than|at least) )?${NUMBER} (?<unit>day|week|month)s?`,
    ({ n, unit = "" }, reading) =>
      tellsOfAbsence(reading) ? [lastMany(numberOf(n), unit.toLowerCase(), reading.place)] : [],
  ),
  expression(`${NUMBER} (?<unit>minute|hour|day|week|month|quarter|year)s? ago`, ({ n, unit = "" }, reading) =>
    ago(numberOf(n), unit.toLowerCase(), reading),
  ),
  expression(
    `${NUMBER} (?<unit>day|week|month|year)s? ago (?<day>yesterday|today|tomorrow)`,
    ({ n, unit = "", day }, { place }) => [
      days(place.today.add({ days: offsetOf(day) }).subtract({ [`${unit.toLowerCase()}s`]: numberOf(n) })),
    ],
  ),
  expression(
    `${NUMBER} weeks? ago,? (?:on )?(?<weekday>(?:mon|tues|wednes|thurs|fri|satur|sun)day)`,
    ({ n, weekday = "" }, { place }) => weekdayAgo(numberOf(n), weekday, place),
  ),
  expression(
    `(?:last|past|previous) ${FEW} (?<unit>minute|hour|day|week|month|quarter|year)s`,
    ({ unit = "" }, { place }) => few.map((count) => lastMany(count, unit.toLowerCase(), place)),
  ),
  expression(`${FEW} (?<unit>minute|hour|day|week|month|quarter|year)s ago`, ({ unit = "" }, { place }) =>
    few.map((count) => lastMany(count, unit.toLowerCase(), place)),
  ),
  expression(`(?:next|coming) ${FEW} (?<unit>hour|day|week|month|quarter|year)s`, ({ unit = "" }, { place }) =>
    few.map((count) => nextMany(count, unit.toLowerCase(), place)),
  ),
  expression("(?:last|(?:this )?past|previous) (?<unit>minute|hour)", ({ unit = "" }, { place }) => [
    lastMany(1, unit.toLowerCase(), place),
  ]),
  expression("(?:last|past) day(?! of)", (_, { place }) => [lastMany(24, "hour", place)]),
  expression(
    `(?:the )?(?:start|beginning) of (?:the )?(?:(?<which>this|last|next) )?${PERIOD}`,
    ({ which, unit }, { place }) => {
      const whole = period(unitOf(unit), place.today, offsetOf(which), place.settings);
      return [days(fromOf(whole, place).toPlainDate())];
    },
  ),
  expression(`(?:the )?end of (?:the )?(?:(?<which>this|last|next) )?${PERIOD}`, ({ which, unit = "" }, { place }) => [
    lastDayOf(period(unitOf(unit), place.today, offsetOf(which), place.settings), unit, place),
  ]),
  expression("eo(?<unit>[wmqy])", ({ unit }, { place }) => {
    const name = toDate[(unit ?? "").toLowerCase()] ?? "year";
    return [lastDayOf(period(name, place.today, 0, place.settings), name, place)];
  }),
];
