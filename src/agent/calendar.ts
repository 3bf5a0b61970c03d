import { findPhrases } from "./calendar-phrases.ts";
import {
  businessDay,
  type CalendarSettings,
  days,
  iso,
  type Place,
  period,
  placeOf,
  type Span,
  toSpan,
  type Window,
} from "./calendar-spans.ts";

export type { CalendarSettings } from "./calendar-spans.ts";

interface NamedSpan extends Span {
  phrase: string;
}

export interface CalendarInput extends CalendarSettings {
  question: string;
  /** Epoch milliseconds. */
  now: number;
  /** The asker's IANA zone; UTC stands in for one that is not known. */
  timeZone: string;
}

export interface ResolvedCalendar {
  now: string;
  /** Always the same phrases. */
  calendar: NamedSpan[];
  /** What the question names, where only one reading makes sense. */
  asked: NamedSpan[];
  /** What the question names and what could be meant by it: to be asked back. */
  ambiguous: { phrase: string; readings: Span[] }[];
}

/** The instants of what people call days, in the asker's own zone, so that nobody after this does date arithmetic. */
export function resolveCalendar(input: CalendarInput): ResolvedCalendar {
  const { question, now, timeZone, weekStart, fiscalYearStartMonth } = input;
  const place = safePlace(now, timeZone, { weekStart, fiscalYearStartMonth });
  const asked: NamedSpan[] = [];
  const ambiguous: ResolvedCalendar["ambiguous"] = [];
  for (const { phrase, readings } of findPhrases(question, place)) {
    const spans = readings.map((window) => toSpan(window, place));
    const [only] = spans;
    if (spans.length === 1 && only) asked.push({ phrase, ...only });
    else ambiguous.push({ phrase, readings: spans });
  }
  return { now: iso(place.now), calendar: standing(place), asked, ambiguous };
}

function safePlace(now: number, timeZone: string, settings: CalendarSettings): Place {
  try {
    return placeOf(now, timeZone, settings);
  } catch (error) {
    if (error instanceof RangeError) return placeOf(now, "UTC", settings);
    throw error;
  }
}

/** The last answer for each zone: the standing part changes once a day. */
const standingOf = new Map<string, NamedSpan[]>();
const MOST_ZONES = 500;

function standing(place: Place): NamedSpan[] {
  const { now, today, settings } = place;
  const key = `${now.timeZoneId} ${today.toString()} ${settings.weekStart} ${settings.fiscalYearStartMonth}`;
  const known = standingOf.get(key);
  if (known) return known;
  if (standingOf.size >= MOST_ZONES) standingOf.clear();
  const spans = standingWindows(place).map(([phrase, window]) => ({ phrase, ...toSpan(window, place) }));
  standingOf.set(key, spans);
  return spans;
}

function standingWindows({ today, settings }: Place): [string, Window][] {
  const of = (unit: Parameters<typeof period>[0], offset: number) => period(unit, today, offset, settings);
  return [
    ["today", of("day", 0)],
    ["yesterday", of("day", -1)],
    ["tomorrow", of("day", 1)],
    ["last business day", days(businessDay(today, -1, settings))],
    ["this week", of("week", 0)],
    ["last week", of("week", -1)],
    ["next week", of("week", 1)],
    ["this month", of("month", 0)],
    ["last month", of("month", -1)],
    ["this quarter", of("quarter", 0)],
    ["last quarter", of("quarter", -1)],
    ["last 7 days", days(today.subtract({ days: 6 }), 7)],
    ["last 30 days", days(today.subtract({ days: 29 }), 30)],
  ];
}
