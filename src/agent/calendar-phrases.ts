import { Temporal } from "temporal-polyfill";
import { dateExpressions } from "./calendar-dates.ts";
import { type Leaning, leaningOf } from "./calendar-leaning.ts";
import { type Expression, relativeExpressions } from "./calendar-relative.ts";
import { between, days, fromOf, instantOf, iso, type Place, period, toOf, type Window } from "./calendar-spans.ts";

export interface FoundPhrase {
  /** As it stands in the question. */
  phrase: string;
  /** What it can mean: one window where only one makes sense. */
  readings: Window[];
}

interface Match {
  end: number;
  readings: Window[];
}

const allExpressions: readonly Expression[] = [...relativeExpressions, ...dateExpressions];

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
    const phrase = text.slice(start.index, match.end);
    found.set(phrase.toLowerCase(), { phrase, readings: match.readings });
    wordStart.lastIndex = match.end;
  }
  return [...found.values()];
}

class Reader {
  readonly #text: string;
  readonly #place: Place;
  readonly #leaning: Leaning;

  constructor(text: string, place: Place, leaning: Leaning) {
    this.#text = text;
    this.#place = place;
    this.#leaning = leaning;
  }

  /** The expression that begins here: with its connecting words if there are any, else by itself. */
  at(position: number): Match | undefined {
    return this.#since(position) ?? this.#deadline(position) ?? this.#range(position) ?? this.#due(position);
  }

  /** "since X": from the beginning of X; "after X": from its end. Until the end of today. */
  #since(position: number): Match | undefined {
    const word = this.#word(/(?<word>since|after) /iy, position);
    const base = word && this.#base(word.end, "past");
    if (!word || !base) return undefined;
    const end = this.#place.today.add({ days: 1 });
    const isSince = word.groups["word"]?.toLowerCase() === "since";
    const start = (window: Window) => (isSince ? fromOf(window, this.#place) : toOf(window, this.#place));
    const over = base.readings.filter((window) => Temporal.ZonedDateTime.compare(start(window), this.#place.now) <= 0);
    if (over.length === 0) return undefined;
    return { end: base.end, readings: over.map((window) => this.#span(start(window), instantOf(end, this.#place))) };
  }

  /** "by X", "until X": from today to the end of X; "before X": to its beginning. */
  #deadline(position: number): Match | undefined {
    const word = this.#word(/(?:due )?(?<word>by|until|till|before) /iy, position);
    const base = word && (this.#endOfDay(word.end) ?? this.#base(word.end, "future"));
    if (!word || !base) return undefined;
    const isBefore = word.groups["word"]?.toLowerCase() === "before";
    const end = (window: Window) => (isBefore ? fromOf(window, this.#place) : toOf(window, this.#place));
    const ahead = base.readings.filter((window) => Temporal.ZonedDateTime.compare(end(window), this.#place.now) > 0);
    if (ahead.length === 0) return undefined;
    const start = instantOf(this.#place.today, this.#place);
    return { end: base.end, readings: ahead.map((window) => this.#span(start, end(window))) };
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
    const base = word && this.#base(word.end, "future");
    return base ?? this.#endOfDay(position) ?? this.#weekOf(position) ?? this.#base(position, this.#leaning);
  }

  /** "the week of 5 October": the week that holds it. */
  #weekOf(position: number): Match | undefined {
    const word = this.#word(/(?:the )?week (?:of|starting|beginning) (?:the )?/iy, position);
    const base = word && this.#base(word.end, this.#leaning);
    const weekOf = (window: Window) =>
      period("week", fromOf(window, this.#place).toPlainDate(), 0, this.#place.settings);
    return base && { end: base.end, readings: unique(base.readings.map(weekOf), this.#place) };
  }

  /** "between X and Y", "from X to Y", "X - Y". */
  #range(position: number): Match | undefined {
    const opening = this.#word(/(?:between|from) /iy, position);
    const start = opening?.end ?? position;
    const first = this.#base(start, this.#leaning) ?? (opening && this.#bareDay(start));
    const link =
      first &&
      this.#word(
        opening ? / ?(?:and|to|until|till|through|thru|-|–|—) ?/iy : / ?(?:to|until|till|through|thru|-|–|—) ?/iy,
        first.end,
      );
    if (!first || !link) return undefined;
    const last = this.#base(link.end, this.#leaning) ?? this.#base(link.end, "future");
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
      const counted = this.#base(position, "future", { place, expressions: dateExpressions });
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

  /** The longest expression that begins here. */
  #base(
    position: number,
    leaning: Leaning,
    other?: { place: Place; expressions: readonly Expression[] },
  ): Match | undefined {
    const { place, expressions } = other ?? { place: this.#place, expressions: allExpressions };
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
