import { Temporal } from "temporal-polyfill";
import { lastDayOf, NUMBER, numberOf } from "../../agent/calendar-relative.ts";
import { nearestName } from "../../core/nearest-name.ts";
import { businessDay, isBusinessDay, type Place, period, type Unit } from "../../agent/calendar-spans.ts";

/** What words say of when something is due. `ask`: the sentence for whoever wrote them. */
export type DueReading =
  | { kind: "day"; on: Temporal.PlainDate; isDeadline: boolean }
  | { kind: "ask"; sentence: string; isDeadline: boolean };

type Found = Temporal.PlainDate | { ask: string } | undefined;
type Groups = Record<string, string | undefined>;

const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

const WEEKDAY = "(?<weekday>(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tues?|weds?|thu(?:rs?)?|fri|sat|sun)";
export const MONTH =
  "(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)";
const NAMED_MONTH = `(?<month>${MONTH})\\.?`;
const DAY = String.raw`(?<day>\d{1,2})(?:st|nd|rd|th)?`;
const YEAR = String.raw`(?:,? (?<year>20\d\d|'\d\d))?`;

/** Who writes a day without its year means the next one that comes, unless it has just been. */
const MOST_DAYS_AHEAD = 270;

/** Due on, by, before. `for`: what is to be done may be for something on that day, or go on until then. */
const LEAD =
  /^(?:(?<deadline>due(?: date)?(?: is)?:?(?: by| on| at| before)?|deadline:?|when:|by|no later than|not later than)|on|(?<before>before)|(?<for>for|until|till))(?:$|(?<=:)| )\s*/;
const END_OF_DAY = /^(?:the )?(?:eod|cob|end of (?:the )?day|close of business)(?: (?:on|of) | |$)|(?:^| )(?:eod|cob)$/;

/** Reads the whole of some words as a day that is to come; undefined where they are not all about a day. */
export function readDue(words: string, place: Place): DueReading | undefined {
  const text = words
    .toLowerCase()
    .replaceAll(/[’ʼ]/g, "'")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/^[\s(,]+|(?<![\s),.;!])[\s),.;!]+$/g, "");
  const lead = LEAD.exec(text);
  const isDue = lead?.groups?.["deadline"] !== undefined;
  const body = lead ? text.slice(lead[0].length) : text;
  if (lead?.groups?.["deadline"]?.endsWith("before") || lead?.groups?.["before"] !== undefined) {
    return dayOf(body, place) && asks(`I cannot tell whether “${text}” includes that day: write \`by\` with the day.`);
  }
  const found = dayOf(body, place, lead !== null);
  if (found === undefined) return undefined;
  if (lead?.groups?.["for"] !== undefined) return asks(eitherWay(text));
  if ("ask" in found) return { kind: "ask", sentence: found.ask, isDeadline: isDue };
  if (Temporal.PlainDate.compare(found, place.today) < 0) {
    return asks(`${named(body)} (${found.toString()}) is in the past: write a day that is to come.`);
  }
  return { kind: "day", on: found, isDeadline: isDue };
}

function asks(sentence: string): DueReading {
  return { kind: "ask", sentence, isDeadline: true };
}

/** Where words may be a day, or belong to what is to be done. */
export function eitherWay(words: string): string {
  const day = words.replace(/^(?:for|on|until|till) /i, "");
  return (
    `I cannot tell whether “${words}” says when it is due or belongs to what is to be done: ` +
    `put what is to be done in quotes, and write \`by ${day}\` where that is the day.`
  );
}

const named = (words: string): string => `“${words}”`;

/** `hasLead`: a word before it has said that it is a day. */
function dayOf(body: string, place: Place, hasLead = false): Found {
  const rest = body.replace(END_OF_DAY, "").trim();
  if (rest === "" && body !== "") return place.today;
  for (const [pattern, resolve] of forms) {
    const match = pattern.exec(rest);
    if (match) return resolve(match.groups ?? {}, place, rest);
  }
  if (!hasLead) return undefined;
  const ordinal = /^the (?<day>\d{1,2})(?:st|nd|rd|th)$/.exec(rest)?.groups?.["day"];
  if (ordinal !== undefined) return dayOfMonth(Number(ordinal), place) ?? noSuchDay(rest);
  return monthAlone.test(rest) ? whichDay(rest) : undefined;
}

/** "the 15th": the next one. */
function dayOfMonth(day: number, { today }: Place): Temporal.PlainDate | undefined {
  const all = [0, 1, 2].flatMap((offset) => {
    const month = today.with({ day: 1 }).add({ months: offset });
    return dateOf(month.year, month.month, day) ?? [];
  });
  return all.find((one) => !isBefore(one, today));
}

/** The day that a slip of the pen may mean: "thurdsay". */
export function nearDay(word: string): string | undefined {
  const lower = word.toLowerCase();
  if (lower.length < 6 || weekdays.includes(lower)) return undefined;
  return nearestName(
    lower,
    weekdays.filter((day) => day.startsWith(lower.charAt(0))),
  );
}

const whole = (source: string): RegExp => new RegExp(`^(?:${source})$`);
const monthAlone = whole(`${MONTH}(?: 20\\d\\d)?`);

function whichDay(words: string): { ask: string } {
  return { ask: `Which day is “${words}”? Write it as \`by friday\` or \`by 12 dec\`.` };
}

const forms: readonly [RegExp, (groups: Groups, place: Place, words: string) => Found][] = [
  [/^(?:today|tonight)$/, (_, { today }) => today],
  [/^(?:tomorrow|tmrw|tmr|tmw|tommorrow|tommorow|tomorow)$/, (_, { today }) => today.add({ days: 1 })],
  [/^(?:the )?day after tomorrow$/, (_, { today }) => today.add({ days: 2 })],
  [/^yesterday$/, (_, { today }) => today.subtract({ days: 1 })],
  [
    whole(`(?:(?<which>last|past|this|coming|this coming|next) )?${WEEKDAY}(?:,? (?:of )?(?<week>this|next) week)?`),
    weekday,
  ],
  [whole(`(?<week>this|next) week,? (?:on )?${WEEKDAY}`), weekday],
  [whole(`${WEEKDAY},? (?:the )?${DAY} (?:of )?${NAMED_MONTH}${YEAR}`), weekdayAndDate],
  [whole(`${WEEKDAY},? ${NAMED_MONTH} (?:the )?${DAY}${YEAR}`), weekdayAndDate],
  [whole(`(?:the )?${DAY} (?:of )?${NAMED_MONTH}${YEAR}`), monthDay],
  [whole(`${NAMED_MONTH} (?:the )?${DAY}${YEAR}`), monthDay],
  [/^(?<year>20\d\d)-(?<m>\d{1,2})-(?<day>\d{1,2})$/, ({ year, m, day }, _, words) => exact(year, m, day, words)],
  [/^(?<a>\d{1,2})\/(?<b>\d{1,2})(?:\/(?<year>(?:20)?\d\d))?$/, twoNumbers],
  [/^(?<a>\d{1,2})\.(?<b>\d{1,2})\.(?<year>20\d\d)$/, twoNumbers],
  [
    whole(`(?:in|within) ${NUMBER} (?:business|working|work) days?`),
    ({ n }, { today, settings }) => businessDay(today, numberOf(n), settings),
  ],
  [whole(`(?:in|within) ${NUMBER} (?<unit>day|week|month)s?(?: (?:from (?:now|today)|time))?`), ahead],
  [whole(`${NUMBER} (?<unit>day|week|month)s? from (?:now|today)`), ahead],
  [whole(`${NUMBER} (?:minute|hour|day|week|month|year)s? ago`), (_, { today }) => today.subtract({ days: 1 })],
  [
    whole("(?:the )?end of (?:the )?(?:(?<which>this|next|last) )?(?<unit>week|month|quarter|year)"),
    ({ which, unit }, place, words) =>
      endOf(unit as Unit, { this: 0, next: 1, last: -1 }[which ?? "this"] ?? 0, place, words),
  ],
  [
    /^eo(?<unit>[wmqy])$/,
    ({ unit = "" }, place, words) =>
      endOf(({ w: "week", m: "month", q: "quarter", y: "year" } as const)[unit as "w"], 0, place, words),
  ],
  [whole(`(?:the )?end of ${NAMED_MONTH}${YEAR}`), endOfMonth],
  [
    /^(?:asap|soon|now|right (?:now|away)|straight away|immediately|shortly|eventually|someday|(?:(?:sometime|some time|early|late|later) )?(?:this|next) (?:week|weekend|month|quarter|year)|(?:the )?weekend|in (?:a few|few|some|several) (?:days|weeks|months)|later|mid[- ]week)$/,
    (_, __, words) => whichDay(words),
  ],
];

function ahead({ n, unit }: Groups, { today }: Place): Found {
  return today.add({ [`${unit}s`]: numberOf(n) });
}

function weekday({ which, weekday: name = "", week }: Groups, place: Place, words: string): Found {
  const { today } = place;
  const number = weekdays.findIndex((day) => day.startsWith(name.slice(0, 3))) + 1;
  const inWeek = (offset: number): Temporal.PlainDate => {
    const { from } = period("week", today, offset, place.settings);
    const first = from as Temporal.PlainDate;
    return first.add({ days: (number - first.dayOfWeek + 7) % 7 });
  };
  const coming = today.add({ days: ((number - today.dayOfWeek + 6) % 7) + 1 });
  if (week !== undefined) return inWeek(week === "next" ? 1 : 0);
  if (which === "last" || which === "past") return coming.subtract({ weeks: 1 });
  if (which === "this") return inWeek(0);
  if (which === "next" && coming.equals(inWeek(0))) return oneOf(words, coming, coming.add({ weeks: 1 }));
  const isToday = number === today.dayOfWeek && which === undefined;
  return isToday ? oneOf(words, today, coming) : coming;
}

function oneOf(words: string, ...days: Temporal.PlainDate[]): { ask: string } {
  const shown = days.map((day) => `${weekdayOf(day)} ${day.toString()}`).join(" or ");
  return { ask: `“${words}” can be ${shown}: write the day as \`by ${days[0]?.toString()}\`.` };
}

function weekdayOf(day: Temporal.PlainDate): string {
  const name = weekdays[day.dayOfWeek - 1] ?? "";
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function weekdayAndDate(groups: Groups, place: Place, words: string): Found {
  const day = monthDay(groups, place, words);
  if (!day || "ask" in day) return day;
  const said = weekdays.find((name) => name.startsWith((groups["weekday"] ?? "").slice(0, 3)));
  if (weekdayOf(day).toLowerCase() === said) return day;
  return { ask: `${day.toString()} is a ${weekdayOf(day)}: write the one day that it is due on.` };
}

function monthDay({ month, day, year }: Groups, place: Place, words: string): Found {
  return dated(months.indexOf((month ?? "").slice(0, 3)) + 1, Number(day), year, place, words);
}

function dated(month: number, day: number, year: string | undefined, place: Place, words: string): Found {
  if (year !== undefined) return exact(fullYear(year), String(month), String(day), words);
  const { back, next } = around(month, day, place);
  if (!next) return noSuchDay(words);
  const isFar = place.today.until(next).days > MOST_DAYS_AHEAD && back !== undefined;
  return isFar && back.until(place.today).days < 365 - MOST_DAYS_AHEAD ? hasJustBeen(words, back, next) : next;
}

interface Around {
  back?: Temporal.PlainDate | undefined;
  next?: Temporal.PlainDate | undefined;
}

/** The last such day that has been, and the next one, today included. */
function around(month: number, day: number, { today }: Place): Around {
  // A 29 February may be four years away, eight around 2100.
  const years = Array.from({ length: 10 }, (_, index) => today.year - 1 + index);
  const all = years.flatMap((year) => dateOf(year, month, day) ?? []);
  return { back: all.findLast((one) => isBefore(one, today)), next: all.find((one) => !isBefore(one, today)) };
}

const fullYear = (year: string): string => (year.length < 4 ? `20${year.slice(-2)}` : year);

function hasJustBeen(words: string, back: Temporal.PlainDate, next: Temporal.PlainDate): { ask: string } {
  return {
    ask: `“${words}” has just been (${back.toString()}). Where the next one is meant write \`by ${next.toString()}\`.`,
  };
}

function exact(year: string | undefined, month: string | undefined, day: string | undefined, words: string): Found {
  return dateOf(Number(year), Number(month), Number(day)) ?? noSuchDay(words);
}

function noSuchDay(words: string): { ask: string } {
  return { ask: `There is no such day as “${words}”: write it as \`by friday\` or \`by 12 dec\`.` };
}

/** Month first or day first: asked about where both can be. */
function twoNumbers({ a, b, year }: Groups, place: Place, words: string): Found {
  if (`${a}/${b}` === "24/7") return undefined;
  const numbers = [Number(a), Number(b)] as const;
  const possible = [numbers, numbers.toReversed()].flatMap(([month = 0, day = 0]) => {
    const one = year === undefined ? around(month, day, place).next : dateOf(Number(fullYear(year)), month, day);
    return one ?? [];
  });
  const [one, other] = possible;
  if (one && other && !one.equals(other)) return oneOf(words, one, other);
  const [month, day] = numbers[0] > 12 ? [numbers[1], numbers[0]] : numbers;
  return dated(month, day, year, place, words);
}

function endOf(unit: Unit, offset: number, place: Place, words: string): Found {
  const last = (moved: number) =>
    lastDayOf(period(unit, place.today, moved, place.settings), unit, place).from as Temporal.PlainDate;
  const isWeekend = !isBusinessDay(place.today, place.settings);
  if (unit === "week" && offset >= 0 && isWeekend) return oneOf(words, last(offset), last(offset + 1));
  return last(offset);
}

function endOfMonth({ month, year }: Groups, place: Place): Found {
  const number = months.indexOf((month ?? "").slice(0, 3)) + 1;
  const { today } = place;
  const first = new Temporal.PlainDate(Number(year ?? today.year), number, 1);
  const last = (from: Temporal.PlainDate) => from.add({ months: 1 }).subtract({ days: 1 });
  return year === undefined && isBefore(last(first), today) ? last(first.add({ years: 1 })) : last(first);
}

function dateOf(year: number, month: number, day: number): Temporal.PlainDate | undefined {
  try {
    return Temporal.PlainDate.from({ year, month, day }, { overflow: "reject" });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const isBefore = (a: Temporal.PlainDate, b: Temporal.PlainDate): boolean => Temporal.PlainDate.compare(a, b) < 0;
