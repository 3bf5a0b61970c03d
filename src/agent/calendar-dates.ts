import { Temporal } from "temporal-polyfill";
import {
  type Expression,
  expression as anyExpression,
  lastDayOf,
  offsetOf,
  partOfDay,
  type Reading,
} from "./calendar-relative.ts";
import { between, days, fromOf, type Place, period, toOf, type Window } from "./calendar-spans.ts";

const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

const WEEKDAY = "(?<weekday>(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tues?|weds?|thu(?:rs?)?|fri|sat|sun)";
const MONTH =
  "(?<month>january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)";
const DAY = String.raw`(?<day>\d{1,2})(?:st|nd|rd|th)?`;
const LAST_DAY = String.raw`(?:\s*(?<link>-|–|—|to|through|and)\s*(?<lastDay>\d{1,2})(?:st|nd|rd|th)?(?![\d:/]))?`;
const YEAR = String.raw`(?:,? (?:of )?(?<year>20\d\d)(?!-?\d))?`;
const ON_WEEKDAY = "(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? (?:the )?)?";

/** Words after which a short or doubtful word is a date: "since Mon", "in May". */
const PREPOSITION =
  /\b(?:on|in|since|by|until|till|before|after|from|to|through|between|between \w+ and|last|this|next|due|during|of|for|eod|cob|early|late|mid)[\s-]+$/i;

/** The same for what is a verb as well: "this may", "to march". */
const CLEAR_PREPOSITION = /\b(?:in|since|until|till|during|of|last|next|between|between \w+ and)\s+$/i;

/** Also names of people, verbs, or the sun. */
const names = new Set(["april", "june", "may", "march", "jan", "mar", "sun", "sat"]);

/** Dates may be joined by a hyphen: "Mon-Wed", "Oct 3-Oct 5". */
const expression = (source: string, resolve: Expression["resolve"]) =>
  anyExpression(source, resolve, String.raw`(?!\w)`);

/** Near enough, in days, that nobody names the year. */
const NEAR_DAYS = 92;
const VERY_NEAR_DAYS = 31;

function isDate(word: string, before: string): boolean {
  if (word === "may" || word === "march") return CLEAR_PREPOSITION.test(before);
  if (PREPOSITION.test(before)) return true;
  return /^[A-Z]/.test(word) && !names.has(word.toLowerCase());
}

function isWeekday(word: string, { before }: Reading): boolean {
  return word.length > 5 || isDate(word, before);
}

function dateOf(year: number, month: number, day: number): Temporal.PlainDate | undefined {
  try {
    return Temporal.PlainDate.from({ year, month, day }, { overflow: "reject" });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function monthNumber(name: string | undefined): number {
  return months.indexOf((name ?? "").slice(0, 3).toLowerCase()) + 1;
}

const isBefore = (a: Temporal.PlainDate, b: Temporal.PlainDate) => Temporal.PlainDate.compare(a, b) < 0;

/**
 * One of two readings, or both. The way the question looks decides, unless it leads far away while the other reading is
 * at hand; without it the near one is meant, unless both are far.
 */
function choose(back: Window, ahead: Window, reading: Reading): Window[] {
  const { place, leaning } = reading;
  const sinceBack = fromOf(back, place).toPlainDate().until(place.today).days;
  const untilAhead = place.today.until(fromOf(ahead, place).toPlainDate()).days;
  if (leaning === "past") return untilAhead <= VERY_NEAR_DAYS && sinceBack > 300 ? [back, ahead] : [back];
  if (leaning === "future") return sinceBack <= VERY_NEAR_DAYS && untilAhead > 300 ? [back, ahead] : [ahead];
  const [near, distance] = sinceBack <= untilAhead ? [back, sinceBack] : [ahead, untilAhead];
  return distance <= NEAR_DAYS ? [near] : [back, ahead];
}

function weekdayReadings(groups: Record<string, string | undefined>, reading: Reading): Window[] {
  const { which, weekday = "", ofWeek, part } = groups;
  const { place, leaning } = reading;
  const { today, settings } = place;
  if (!isWeekday(weekday, reading)) return [];
  const number = weekdays.findIndex((name) => name.startsWith(weekday.slice(0, 3).toLowerCase())) + 1;
  const ahead = today.add({ days: ((number - today.dayOfWeek + 6) % 7) + 1 });
  const back = today.subtract({ days: ((today.dayOfWeek - number + 6) % 7) + 1 });
  const inWeek = (offset: number) => {
    const first = fromOf(period("week", today, offset, settings), place).toPlainDate();
    return first.add({ days: (number - first.dayOfWeek + 7) % 7 });
  };
  const on = (...dates: Temporal.PlainDate[]) => dates.map((date) => partOfDay(date, part, place));
  if (ofWeek) return on(inWeek(offsetOf(ofWeek)));
  switch (which?.toLowerCase()) {
    case "last":
    case "past":
    case "this past":
    case "previous":
      return on(back);
    case "coming":
    case "this coming":
      return on(ahead);
    case "next":
      return ahead.equals(inWeek(0)) ? on(ahead, ahead.add({ weeks: 1 })) : on(ahead);
    case "this":
      return isBefore(inWeek(0), today) && leaning !== "past"
        ? on(...(leaning ? [ahead] : [inWeek(0), ahead]))
        : on(inWeek(0));
    default:
  }
  const isToday = today.dayOfWeek === number ? [today] : [];
  if (leaning === "past") return on(back, ...isToday);
  return leaning === "future" ? on(...isToday, ahead) : on(back, ...isToday, ahead);
}

/** A day, or some days, of a month; of the year that is meant where none is named. */
function dayReadings(groups: Record<string, string | undefined>, reading: Reading): Window[] {
  const month = monthNumber(groups["month"]);
  const [day, last] = [Number(groups["day"]), Number(groups["lastDay"] ?? groups["day"])];
  if (isList(groups, reading)) {
    return [day, last].flatMap((one) =>
      dayReadings({ ...groups, day: String(one), lastDay: undefined, link: undefined }, reading),
    );
  }
  const inYear = (year: number): Window[] => {
    const [from, to] = [dateOf(year, month, day), dateOf(year, month, last)];
    return from && to && !isBefore(to, from) ? [between(from, to.add({ days: 1 }))] : [];
  };
  return groups["year"] ? inYear(Number(groups["year"])) : ofSomeYear(inYear, reading);
}

/** "3 and 15 October" are two days, unless they are the ends of something or neighbours. */
function isList({ day, lastDay, link }: Record<string, string | undefined>, { before }: Reading): boolean {
  return link?.toLowerCase() === "and" && Number(lastDay) !== Number(day) + 1 && !/\bbetween\s+$/i.test(before);
}

function ofSomeYear(inYear: (year: number) => Window[], reading: Reading): Window[] {
  const { today } = reading.place;
  const within = (years: number) =>
    Array.from({ length: 2 * years + 1 }, (_, index) => today.year - years + index).flatMap(inYear);
  const close = within(1);
  // 29 February may be four years away, eight around 2100.
  const around = close.length === 3 ? close : within(8);
  const holds = around.find((window) => holdsToday(window, reading.place));
  if (holds) return [holds];
  const back = around.findLast((window) => isBefore(window.from as Temporal.PlainDate, today));
  const ahead = around.find((window) => isBefore(today, window.from as Temporal.PlainDate));
  return back && ahead ? choose(back, ahead, reading) : [];
}

function holdsToday(window: Window, place: Place): boolean {
  const [from, to] = [fromOf(window, place).toPlainDate(), toOf(window, place).toPlainDate()];
  return !isBefore(place.today, from) && isBefore(place.today, to);
}

function monthReadings(groups: Record<string, string | undefined>, reading: Reading): Window[] {
  const { which, month = "", year, ofYear } = groups;
  const { today, settings } = reading.place;
  const before = which ? `${which} ` : reading.before;
  if (!year && !ofYear && !isDate(month, before)) return [];
  const inYear = (one: number) => period("month", new Temporal.PlainDate(one, monthNumber(month), 1), 0, settings);
  if (year) return [inYear(Number(year))];
  if (ofYear) return [inYear(today.year + offsetOf(ofYear))];
  if (which?.toLowerCase() === "this") return [inYear(today.year)];
  const isAhead = which?.toLowerCase() === "next";
  const leaning = which ? (isAhead ? "future" : "past") : reading.leaning;
  const all = [-1, 0, 1].map((offset) => inYear(today.year + offset));
  const current = all.find((window) => holdsToday(window, reading.place));
  if (current && !which) return [current];
  const back = all.findLast((window) => isBefore(toOf(window, reading.place).toPlainDate(), today.add({ days: 1 })));
  const ahead = all.find((window) => isBefore(today, fromOf(window, reading.place).toPlainDate()));
  if (!back || !ahead) return [];
  return which ? [isAhead ? ahead : back] : choose(back, ahead, { ...reading, leaning });
}

/** Early: to the 10th; mid: the 11th to the 20th; late: from the 21st. */
function thirdOf(month: Window, third: string | undefined, place: Place): Window {
  const [first, next] = [fromOf(month, place).toPlainDate(), toOf(month, place).toPlainDate()];
  if (/mid/i.test(third ?? "")) return days(first.add({ days: 10 }), 10);
  return /late/i.test(third ?? "") ? between(first.add({ days: 20 }), next) : days(first, 10);
}

/** Quarters and halves of the fiscal year, which bears the number of the calendar year in which it ends. */
function fiscalPart(unit: "quarter" | "half", number: number, year: number, { settings }: Place): Window {
  const start = settings.fiscalYearStartMonth;
  const first = new Temporal.PlainDate(start === 1 ? year : year - 1, start, 1);
  return period(unit, first, number - 1, settings);
}

function fiscalYearOf({ today, settings }: Place): number {
  const start = settings.fiscalYearStartMonth;
  return start > 1 && today.month >= start ? today.year + 1 : today.year;
}

const ordinals = ["first", "second", "third", "fourth"];

function fiscalReadings(groups: Record<string, string | undefined>, reading: Reading): Window[] {
  const { q, h, ordinal, year, ofYear, which } = groups;
  const { place, leaning } = reading;
  const unit = h ? "half" : "quarter";
  const number = Number(q ?? h ?? 0) || ordinals.indexOf((ordinal ?? "").toLowerCase()) + 1 || Number(ordinal?.[0]);
  const current = fiscalYearOf(place);
  if (year) return [fiscalPart(unit, number, yearOf(year), place)];
  if (ofYear) return [fiscalPart(unit, number, current + offsetOf(ofYear), place)];
  const all = [-1, 0, 1].map((offset) => fiscalPart(unit, number, current + offset, place));
  const now = all.find((window) => holdsToday(window, place));
  if (now && !which) return [now];
  const back = all.findLast((window) => isBefore(window.to as Temporal.PlainDate, place.today.add({ days: 1 })));
  const ahead = all.find((window) => isBefore(place.today, window.from as Temporal.PlainDate));
  if (!back || !ahead) return [];
  if (which) return [which.toLowerCase() === "next" ? ahead : back];
  if (leaning) return [leaning === "past" ? back : ahead];
  // The one that has just ended is meant; of any other nobody can tell.
  const justEnded = period(unit, place.today, -1, place.settings);
  return (back.from as Temporal.PlainDate).equals(justEnded.from) ? [back] : [back, ahead];
}

function yearOf(digits: string): number {
  const year = Number(digits.replace("'", ""));
  return year < 100 ? 2000 + year : year;
}

/** Month first or day first: both where both can be. */
function slashReadings({ a, b, year }: Record<string, string | undefined>, reading: Reading): Window[] {
  if (`${a}/${b}` === "24/7") return [];
  const of = (month: number, day: number): Window[] => {
    const inYear = (one: number) => {
      const date = dateOf(one, month, day);
      return date ? [days(date)] : [];
    };
    // Two readings are enough to ask about: without a hint the date is one that has been.
    return year ? inYear(yearOf(year)) : ofSomeYear(inYear, { ...reading, leaning: reading.leaning ?? "past" });
  };
  const [first, second] = [Number(a), Number(b)];
  return first === second ? of(first, second) : [...of(first, second), ...of(second, first)];
}

const BEFORE_ORDINAL = "\\b(?:on|since|by|until|before|after|from|to|and|between|due)\\s+";

const DATED = new RegExp(`${BEFORE_ORDINAL}$`, "i");

/** "the 3rd, 5th and": what comes next is a day as well. */
const LISTED = new RegExp(
  String.raw`${BEFORE_ORDINAL}the \d{1,2}(?:st|nd|rd|th)(?:(?:, (?:and )?| and )\d{1,2}(?:st|nd|rd|th))*(?:, (?:and )?| and | to | until |-)$`,
  "i",
);

/** "the 3rd": of this month or the nearest one that has it, and only after a word that makes it a date. */
function ordinalReadings({ the, day }: Record<string, string | undefined>, reading: Reading): Window[] {
  const { place, leaning, before } = reading;
  if (!(the ? DATED : LISTED).test(before)) return [];
  const { today } = place;
  const around = [-2, -1, 0, 1, 2].flatMap((offset) => {
    const month = today.with({ day: 1 }).add({ months: offset });
    return dateOf(month.year, month.month, Number(day)) ?? [];
  });
  const back = around.findLast((date) => isBefore(date, today));
  const ahead = around.find((date) => !isBefore(date, today));
  if (!back || !ahead) return [];
  if (ahead.equals(today)) return [days(ahead)];
  if (leaning) return [days(leaning === "past" ? back : ahead)];
  return [days(back), days(ahead)];
}

const OF_YEAR = "(?:,? (?:of )?(?<ofYear>last|this|next) (?:fiscal )?year)";
const FISCAL_YEAR = String.raw`(?:,? ?(?:of )?(?:fy ?)?(?<year>20\d\d|'\d\d|(?<=fy ?)\d\d)(?!-?\d))`;

export const dateExpressions: readonly Expression[] = [
  expression(
    `(?:(?<which>last|this past|past|previous|this coming|coming|this|next) )?${WEEKDAY}(?:,? (?:of )?(?<ofWeek>last|this|next) week)?(?: (?<part>morning|afternoon|evening|night))?`,
    weekdayReadings,
  ),
  expression(`${ON_WEEKDAY}${MONTH}\\.? (?:the )?${DAY}(?!\\d|[:/])${LAST_DAY}${YEAR}`, dayReadings),
  expression(`${ON_WEEKDAY}${DAY}${LAST_DAY} (?:of )?${MONTH}\\.?${YEAR}`, dayReadings),
  expression(
    `(?:(?<which>last|this|next) )?${MONTH}(?:,? (?:of )?(?<year>20\\d\\d)(?!-?\\d)|${OF_YEAR})?(?! (?:the )?\\d{1,2}(?:st|nd|rd|th)?(?!\\d))`,
    monthReadings,
  ),
  expression(
    `(?:the )?(?<third>early|mid|late|middle of|start of|beginning of)[- ](?:in )?${MONTH}(?:,? (?<year>20\\d\\d)(?!-?\\d))?`,
    (groups, reading) =>
      monthReadings(groups, { ...reading, before: "in " }).map((window) =>
        thirdOf(window, groups["third"], reading.place),
      ),
  ),
  expression(`(?:the )?end of ${MONTH}(?:,? (?<year>20\\d\\d)(?!-?\\d))?`, (groups, reading) =>
    monthReadings(groups, { ...reading, before: "in " }).map((window) => lastDayOf(window, "month", reading.place)),
  ),
  expression(`(?:(?<which>last|next) )?(?:q(?<q>[1-4])|h(?<h>[12]))(?:${FISCAL_YEAR}|${OF_YEAR})?`, fiscalReadings),
  expression(`(?<year>20\\d\\d)[- ]?(?:q(?<q>[1-4])|h(?<h>[12]))`, fiscalReadings),
  expression(
    String.raw`(?:fy ?|fiscal (?:year )?)(?<year>20\d\d|'?\d\d),? ?(?:q(?<q>[1-4])|h(?<h>[12]))`,
    fiscalReadings,
  ),
  expression(
    `(?:the )?(?<ordinal>first|second|third|fourth|1st|2nd|3rd|4th) quarter(?:${FISCAL_YEAR}|${OF_YEAR})?`,
    fiscalReadings,
  ),
  expression(String.raw`(?:fy ?|fiscal (?:year )?)(?<year>20\d\d|'?\d\d)`, ({ year = "" }, { place }) => [
    period("fiscal year", fiscalPart("quarter", 1, yearOf(year), place).from as Temporal.PlainDate, 0, place.settings),
  ]),
  expression(
    String.raw`(?<y>20\d\d)[-/](?<m>\d{1,2})[-/](?<d>\d{1,2})(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?`,
    ({ y, m, d }) => {
      const date = dateOf(Number(y), Number(m), Number(d));
      return date ? [days(date)] : [];
    },
  ),
  expression(String.raw`(?<y>20\d\d)-(?<m>\d{2})(?![-\d])`, ({ y, m }, { place }) => {
    const date = dateOf(Number(y), Number(m), 1);
    return date ? [period("month", date, 0, place.settings)] : [];
  }),
  expression(String.raw`(?<d>\d{1,2})\.(?<m>\d{1,2})\.(?<y>20\d\d)`, ({ y, m, d }) => {
    const date = dateOf(Number(y), Number(m), Number(d));
    return date ? [days(date)] : [];
  }),
  expression(String.raw`(?<a>\d{1,2})/(?<b>\d{1,2})(?:/(?<year>20\d\d|\d\d))?(?!/)`, slashReadings),
  expression(
    String.raw`(?<the>the )?(?<day>\d{1,2})(?:st|nd|rd|th)(?=\s*(?:$|[.,;:!?)-]|(?:and|to|or|until)\b))`,
    ordinalReadings,
  ),
  expression(String.raw`(?:calendar )?(?<year>20\d\d)(?![-/.]\d)`, ({ year }, { place, before }) => {
    if (
      !/\b(?:in|during|for|of|since|from|throughout|all|year|through|until|till|before|after|by|to|and)\s+$/i.test(
        before,
      )
    )
      return [];
    return [period("year", new Temporal.PlainDate(Number(year), 1, 1), 0, place.settings)];
  }),
];
