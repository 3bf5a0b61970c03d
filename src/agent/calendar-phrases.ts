import { Temporal } from "temporal-polyfill";
import { dateExpressions } from "./calendar-dates.ts";
import { type Leaning, leaningOf } from "./calendar-leaning.ts";
import { BESIDE, besideReadings, PART_OF, partReadings } from "./calendar-parts.ts";
import { type Expression, relativeExpressions } from "./calendar-relative.ts";
import {
  between,
  days,
  fromOf,
  instantOf,
  iso,
  type Place,
  period,
  toOf,
  type Unit,
  type Window,
} from "./calendar-spans.ts";

export interface FoundPhrase {
  /** As it stands in the question; in brackets after it how far it was taken to reach where it does not say. */
  phrase: string;
  /** What it can mean: one window where only one makes sense. */
  readings: Window[];
}

interface Match {
  end: number;
  readings: Window[];
  /** How far a phrase without a beginning or an end was taken to reach. */
  note?: string | undefined;
}

const allExpressions: readonly Expression[] = [...relativeExpressions, ...dateExpressions];

/** What has no beginning or no end of its own is taken so long: tools ask for both. */
const OPEN_DAYS = 90;

const MOST_CHARS = 4_000;
const MOST_PHRASES = 12;

/** Every expression of time in a question, longest first where they overlap, each once. */
export function findPhrases(question: string, place: Place): FoundPhrase[] {
  const text = question.slice(0, MOST_CHARS).replaceAll(/[’ʼ]/g, "'").replaceAll(/\s/g, " ");
  const reader = new Reader(text, place, leaningOf(text));
  const found = new Map<string, FoundPhrase>();
  const wordStart = /(?<![\w$€£/.-])\w/g;
  for (let start = wordStart.exec(text); start && found.size < MOST_PHRASES; start = wordStart.exec(text)) {
    const match = reader.at(start.index);
    if (!match) continue;
    const words = text.slice(start.index, match.end);
    const phrase = match.note ? `${words} (${match.note})` : words;
    found.set(phrase.toLowerCase(), { phrase, readings: match.readings });
    wordStart.lastIndex = match.end;
  }
  return [...found.values()];
}

class Reader {
  readonly #text: string;
  readonly #place: Place;
  readonly #leaning: Leaning;
  readonly #bases = new Map<string, Match | undefined>();

  constructor(text: string, place: Place, leaning: Leaning) {
    this.#text = text;
    this.#place = place;
    this.#leaning = leaning;
  }

  /** The expression that begins here: with its connecting words if there are any, else by itself. */
  at(position: number): Match | undefined {
    return this.#since(position) ?? this.#deadline(position) ?? this.#range(position) ?? this.#due(position);
  }

  /** What begins here and can stand after a connecting word: an expression, a part of one, or what lies beside it. */
  #named(position: number, leaning: Leaning): Match | undefined {
    return (
      this.#part(position, leaning) ??
      this.#beside(position, leaning) ??
      this.#weekOf(position, leaning) ??
      this.#base(position, leaning)
    );
  }

  /** "the first half of X". */
  #part(position: number, leaning: Leaning): Match | undefined {
    const word = this.#word(PART_OF, position);
    const base = word && (this.#thePeriod(word.end) ?? this.#base(word.end, leaning));
    if (!word || !base) return undefined;
    const readings = base.readings.flatMap((window) => partReadings(window, word.groups, this.#place));
    return readings.length > 0 ? { end: base.end, readings: unique(readings, this.#place) } : undefined;
  }

  /** "the month", of which something is a part: the present one. */
  #thePeriod(position: number): Match | undefined {
    const word = this.#word(/the (?<unit>week|month|quarter|year)(?![\w-])/iy, position);
    const unit = word?.groups["unit"]?.toLowerCase() as Unit;
    return word && { end: word.end, readings: [period(unit, this.#place.today, 0, this.#place.settings)] };
  }

  /** "the day before X", "the 3 days after X". */
  #beside(position: number, leaning: Leaning): Match | undefined {
    const word = this.#word(BESIDE, position);
    const base = word && this.#base(word.end, leaning);
    if (!word || !base) return undefined;
    const readings = base.readings.flatMap((window) => besideReadings(window, word.groups, this.#place));
    return { end: base.end, readings: unique(readings, this.#place) };
  }

  /** "since X": from the beginning of X; "after X": from its end. Until the end of today, or so far ahead. */
  #since(position: number): Match | undefined {
    const word = this.#word(/(?<due>due )?(?<word>since|after) /iy, position);
    if (!word) return undefined;
    const isSince = word.groups["word"]?.toLowerCase() === "since";
    const start = (window: Window) => (isSince ? fromOf(window, this.#place) : toOf(window, this.#place));
    const base = this.#named(word.end, "past");
    const over = (base?.readings ?? []).map(start).filter((one) => !this.#isAhead(one));
    const looksAhead = !isSince && (word.groups["due"] !== undefined || this.#leaning === "future");
    if (base && over.length > 0 && !looksAhead) {
      const end = instantOf(this.#place.today.add({ days: 1 }), this.#place);
      return { end: base.end, readings: over.map((one) => this.#span(one, end)) };
    }
    const ahead = this.#named(word.end, "future");
    const open = (ahead?.readings ?? []).map((window) =>
      this.#span(start(window), start(window).add({ days: OPEN_DAYS })),
    );
    return ahead && { end: ahead.end, readings: open, note: `${OPEN_DAYS} days ahead` };
  }

  /**
   * "by X", "until X": to the end of X; "before X": to its beginning. A deadline counts from today; what lies back has no
   * beginning of its own, and is taken so many days long. Where a question may mean either, it is left open.
   */
  #deadline(position: number): Match | undefined {
    const word = this.#word(
      /(?<due>due )?(?<word>by|no later than|until|till|up (?:to|until)|before|prior to|earlier than) /iy,
      position,
    );
    if (!word) return undefined;
    const { due, word: name = "" } = word.groups;
    const endOfDay = this.#endOfDay(word.end);
    const ahead = endOfDay ?? this.#named(word.end, "future");
    const back = endOfDay ?? this.#named(word.end, "past") ?? ahead;
    if (!ahead || !back) return undefined;
    const isBefore = /before|prior|earlier/i.test(name);
    const cut = (window: Window) => (isBefore ? fromOf(window, this.#place) : toOf(window, this.#place));
    const fromToday = (windows: readonly Window[]) => windows.map(cut).flatMap((end) => this.#fromToday(end));
    const deadlines = fromToday(ahead.readings);
    const isDeadline = due !== undefined || endOfDay !== undefined || !this.#looksBack(word.end);
    if (isDeadline && deadlines.length > 0) return { end: ahead.end, readings: deadlines };
    const hasBegun = (window: Window) => !this.#isAhead(fromOf(window, this.#place));
    const over = back.readings.filter(hasBegun).map((window) => this.#backFrom(cut(window)));
    // "What did they promise by Monday" may ask for a promise made until then, or for one to be kept by then.
    const isOver = this.#leaning === "past" && !/by|later/i.test(name);
    const others = isOver ? fromToday(back.readings.filter((window) => !hasBegun(window))) : deadlines;
    const note = others.length === 0 ? `${OPEN_DAYS} days back` : undefined;
    return { end: back.end, readings: unique([...over, ...others], this.#place), note };
  }

  /** A question without a direction looks back where X is over. */
  #looksBack(position: number): boolean {
    if (this.#leaning) return this.#leaning === "past";
    const base = this.#named(position, undefined);
    return base?.readings.every((window) => !this.#isAhead(toOf(window, this.#place))) ?? false;
  }

  #isAhead(instant: Temporal.ZonedDateTime): boolean {
    return Temporal.ZonedDateTime.compare(instant, this.#place.now) > 0;
  }

  #fromToday(end: Temporal.ZonedDateTime): Window[] {
    return this.#isAhead(end) ? [this.#span(instantOf(this.#place.today, this.#place), end)] : [];
  }

  /** Nothing has happened after today. */
  #backFrom(cut: Temporal.ZonedDateTime): Window {
    const tomorrow = instantOf(this.#place.today.add({ days: 1 }), this.#place);
    const end = Temporal.ZonedDateTime.compare(cut, tomorrow) > 0 ? tomorrow : cut;
    return this.#span(end.subtract({ days: OPEN_DAYS }), end);
  }

  /** "EOD Friday": that day, whose end is the deadline. */
  #endOfDay(position: number): Match | undefined {
    const word = this.#word(
      /(?:eod|cob|(?:the )?end of (?:the )?(?:business )?day|close of business)(?![\w-])/iy,
      position,
    );
    if (!word) return undefined;
    const on = this.#word(/,? (?:on |of )?/iy, word.end);
    return (on && this.#base(on.end, "future")) ?? { end: word.end, readings: [days(this.#place.today)] };
  }

  /** "due X" looks ahead, whatever the rest of the question does. */
  #due(position: number): Match | undefined {
    const word = this.#word(/due (?:on |in )?/iy, position);
    const base = word && this.#named(word.end, "future");
    return base ?? this.#endOfDay(position) ?? this.#named(position, this.#leaning);
  }

  /** "the week of 5 October": the week that holds it. */
  #weekOf(position: number, leaning: Leaning): Match | undefined {
    const word = this.#word(/(?:the )?week (?:of|starting|beginning) (?:the )?/iy, position);
    const base = word && this.#base(word.end, leaning);
    const weekOf = (window: Window) =>
      period("week", fromOf(window, this.#place).toPlainDate(), 0, this.#place.settings);
    return base && { end: base.end, readings: unique(base.readings.map(weekOf), this.#place) };
  }

  /** "between X and Y", "from X to Y", "X - Y". */
  #range(position: number): Match | undefined {
    const opening = this.#word(/(?:between|from) /iy, position);
    const start = opening?.end ?? position;
    const first = this.#named(start, this.#leaning) ?? (opening && this.#bareDay(start));
    const link =
      first &&
      this.#word(
        opening ? / ?(?:and|to|until|till|through|thru|-|–|—) ?/iy : / ?(?:to|until|till|through|thru|-|–|—) ?/iy,
        first.end,
      );
    if (!first || !link) return undefined;
    const last = this.#named(link.end, this.#leaning) ?? this.#named(link.end, "future");
    if (!last) return undefined;
    const hasYears = /\d/.test(this.#text.slice(start, first.end));
    const readings = first.readings.flatMap((from) => this.#join(from, last, link.end, hasYears));
    return readings.length > 0 ? { end: last.end, readings: unique(readings, this.#place) } : undefined;
  }

  /** To the first end after the beginning. A beginning without a year takes an earlier one where its end asks for it. */
  #join(from: Window, last: Match, position: number, hasYears: boolean): Window[] {
    for (let years = 0; years < (hasYears ? 10 : 1); years++) {
      const start = fromOf(from, this.#place).subtract({ years });
      // A weekday or a day without its year is counted from the beginning: "from Friday to Sunday".
      const place = { ...this.#place, now: start, today: start.toPlainDate() };
      const counted = this.#longest(position, "future", place, dateExpressions);
      const end = [...last.readings, ...(counted?.readings ?? [])]
        .map((window) => toOf(window, this.#place))
        .filter((one) => Temporal.ZonedDateTime.compare(one, start) > 0)
        .sort((a, b) => Temporal.ZonedDateTime.compare(a, b))[0];
      if (end) return [this.#span(start, end)];
    }
    return [];
  }

  /** The "3" of "from 3 to 5 October": the same day number in the month that follows. */
  #bareDay(position: number): Match | undefined {
    const day = this.#word(/(?<day>\d{1,2})(?:st|nd|rd|th)?(?= (?:and|to|until|through) \d)/iy, position);
    const link = day && this.#word(/ (?:and|to|until|through) /iy, day.end);
    const last = link && this.#base(link.end, this.#leaning);
    if (!day || !last) return undefined;
    const readings = last.readings.map((window) => {
      return days(
        fromOf(window, this.#place)
          .toPlainDate()
          .with({ day: Number(day.groups["day"]) }),
      );
    });
    return { end: day.end, readings };
  }

  /** The longest expression that begins here. Read once: each kind of phrase asks for it again. */
  #base(position: number, leaning: Leaning): Match | undefined {
    const key = `${position} ${leaning}`;
    if (!this.#bases.has(key)) this.#bases.set(key, this.#longest(position, leaning, this.#place, allExpressions));
    return this.#bases.get(key);
  }

  #longest(position: number, leaning: Leaning, place: Place, expressions: readonly Expression[]): Match | undefined {
    const before = this.#text.slice(0, position);
    let best: Match | undefined;
    for (const { pattern, resolve } of expressions) {
      const match = this.#word(pattern, position);
      if (!match || match.end <= (best?.end ?? position)) continue;
      const readings = resolve(match.groups, { place, leaning, before });
      if (readings.length > 0) best = { end: match.end, readings: unique(readings, this.#place) };
    }
    return best;
  }

  #word(pattern: RegExp, position: number): { end: number; groups: Record<string, string | undefined> } | undefined {
    pattern.lastIndex = position;
    const match = pattern.exec(this.#text);
    return match ? { end: position + match[0].length, groups: { ...match.groups } } : undefined;
  }

  /** Whole days stay days: they are told without times. */
  #span(from: Temporal.ZonedDateTime, to: Temporal.ZonedDateTime): Window {
    const [first, last] = [from.toPlainDate(), to.toPlainDate()];
    const isWhole = instantOf(first, this.#place).equals(from) && instantOf(last, this.#place).equals(to);
    return isWhole ? between(first, last) : { kind: "instants", from, to };
  }
}

function unique(windows: readonly Window[], place: Place): Window[] {
  const byBounds = new Map(
    windows.map((window) => [`${iso(fromOf(window, place))} ${iso(toOf(window, place))}`, window]),
  );
  return [...byBounds.values()];
}
