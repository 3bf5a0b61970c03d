import type { CalendarSettings } from "../../agent/calendar.ts";
import { type CallFacts, type Segment, secondsOf } from "./call-facts.ts";
import { isDaySaid } from "./said-days.ts";
import { longestCompetitor, type NextStep, type Said, type Summary } from "./summary.ts";

/** What a summary is held against. */
export interface Heard {
  call: Pick<CallFacts, "participants" | "started_at">;
  /** All of the transcript, in order. */
  segments: readonly Segment[];
  /** What else was read, in which figures may stand: the CRM's records. */
  records: string;
  calendar: CalendarSettings;
}

export interface CheckedSummary {
  /** What holds, with names as the transcript has them. */
  kept: Summary;
  /** What does not, a sentence each, for whoever wrote it. */
  wrong: string[];
}

const mostPoints = 5;
const mostSteps = 5;
/** A summary with fewer that hold is none. */
const leastPoints = 2;
/** Seconds by which a moment may be off: people round. */
const slackSeconds = 10;

/** Holds a summary against what was said, and takes out what does not stand. */
export function checkSummary(summary: Summary, heard: Heard): CheckedSummary {
  return new Check(heard).run(summary);
}

export function isEnough({ kept }: CheckedSummary): boolean {
  return kept.points.length >= leastPoints && kept.gist !== "";
}

class Check {
  readonly #heard: Heard;
  readonly #wrong: string[] = [];
  readonly #words: string;
  readonly #figures: ReadonlySet<string>;

  constructor(heard: Heard) {
    this.#heard = heard;
    this.#words = heard.segments.map(({ text }) => text).join("\n");
    this.#figures = new Set(figuresIn(`${this.#words}\n${heard.records}`));
  }

  run(summary: Summary): CheckedSummary {
    const kept: Summary = {
      ...summary,
      gist: this.#figuresStand(summary.gist, "the gist") ? summary.gist.trim() : "",
      points: this.#said(summary.points, "point").slice(0, mostPoints),
      objections: this.#said(summary.objections, "objection").slice(0, mostPoints),
      competitors: this.#competitors(summary.competitors),
      next_steps: summary.next_steps.flatMap((step) => this.#step(step)).slice(0, mostSteps),
    };
    return { kept, wrong: this.#wrong };
  }

  #said(all: readonly Said[], what: string): Said[] {
    return all.flatMap(({ text, speaker, at }) => {
      const place = this.#placeOf(at);
      if (text.trim() === "" || !place) return this.#drop(`There is no minute ${at} in the call (${what} "${text}").`);
      const [name, ...others] = called(speaker, speakersIn(place));
      if (name === undefined) return this.#drop(`${speaker} did not speak at ${at} (${what} "${text}").`);
      if (others.length > 0) return this.#drop(`More than one ${speaker} spoke at ${at} (${what} "${text}").`);
      if (!this.#figuresStand(text, `the ${what} at ${at}`)) return [];
      return [{ text: text.trim(), speaker: name, at }];
    });
  }

  #competitors(names: readonly string[]): string[] {
    const heard = names.filter((name) => {
      if (name.trim().length > longestCompetitor) this.#drop(`"${name}" is too long for a competitor's name.`);
      else if (name.trim() === "" || !isSaid(name.trim(), this.#words)) this.#drop(`Nobody said "${name}".`);
      else return true;
      return false;
    });
    return [...new Set(heard.map((name) => name.trim()))];
  }

  #step(step: NextStep): NextStep[] {
    const place = this.#placeOf(step.at);
    if (!place || step.what.trim() === "")
      return this.#drop(`There is no minute ${step.at} in the call (next step "${step.what}").`);
    if (!this.#figuresStand(step.what, `the next step at ${step.at}`)) return [];
    const owner = this.#ownerOf(step, place);
    const due = this.#dueOf(step, place);
    const reason = this.#figuresStand(step.reason, `the reason at ${step.at}`) ? step.reason.trim() : "";
    return [{ ...step, what: step.what.trim(), owner, due, reason }];
  }

  /** Of several with the same first name it is the only one who speaks there, else nobody: a task is not given by chance. */
  #ownerOf({ owner, what }: NextStep, place: readonly Segment[]): string | null {
    if (owner === null) return null;
    const named = called(
      owner,
      this.#heard.call.participants.map(({ name }) => name),
    );
    const speakers = called(owner, speakersIn(place)).filter((name) => named.includes(name));
    const [found, ...others] = named.length > 1 ? speakers : named;
    if (found !== undefined && others.length === 0) return found;
    if (named.length === 0) this.#drop(`${owner} is no participant (next step "${what}").`);
    else this.#drop(`There is more than one ${owner}; give the whole name (next step "${what}").`);
    return null;
  }

  #dueOf({ due, what, at }: NextStep, place: readonly Segment[]): string | null {
    if (due === null) return null;
    const { segments } = this.#heard;
    const index = place[0] === undefined ? -1 : segments.indexOf(place[0]);
    const near = segments.slice(Math.max(0, index - 1), index + 2);
    const words = near.map(({ text }) => text).join(" ");
    if (isDaySaid(due, words, this.#heard.call.started_at, this.#heard.calendar)) return due;
    this.#drop(`Nobody said the day ${due} at ${at} (next step "${what}").`);
    return null;
  }

  /** Each number of it was said, or stands in a record. */
  #figuresStand(text: string, where: string): boolean {
    const missing = figuresIn(text).find((figure) => figure.length > 1 && !this.#figures.has(figure));
    if (missing !== undefined) this.#wrong.push(`Nobody said ${missing} (${where}).`);
    return missing === undefined;
  }

  /** The part in which a moment lies, with what was said right before and after: undefined where the call has no such moment. */
  #placeOf(at: string): Segment[] | undefined {
    const { segments } = this.#heard;
    const seconds = secondsOf(at);
    const index = segments.findLastIndex((segment) => segment.at_seconds <= seconds);
    const last = segments.at(-1);
    if (index < 0 || !last || seconds > last.at_seconds + last.text.length / 5 + slackSeconds) return undefined;
    const own = segments[index];
    const near = [segments[index - 1], segments[index + 1]].filter(
      (segment) => segment !== undefined && Math.abs(segment.at_seconds - seconds) <= slackSeconds,
    );
    return [own, ...near].filter((segment) => segment !== undefined);
  }

  #drop(sentence: string): [] {
    this.#wrong.push(sentence);
    return [];
  }
}

/** Whole ones, in one spelling: "1,250.50" is 1250.5; "10.000" may be ten or ten thousand, and is neither. */
function figuresIn(text: string): string[] {
  const figures = text.replaceAll(/(?<=\d),(?=\d{3})/g, "").match(/\d+(?:[.,]\d+)*/g) ?? [];
  return figures.map((figure) => (/^\d+\.\d{1,2}$/.test(figure) ? figure.replace(/\.?0+$/, "") : figure));
}

/** What a word goes on with; of scripts that are written without spaces a name may stand right beside other letters. */
const inWord = String.raw`[[\p{L}\p{N}]--[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]]`;

function isSaid(name: string, words: string): boolean {
  const literal = name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  return new RegExp(`(?<!${inWord})${literal}(?!${inWord})`, "iv").test(words);
}

function speakersIn(place: readonly Segment[]): string[] {
  return [...new Set(place.map(({ speaker }) => speaker))];
}

/** Whose whole name that is, else whose first name. */
function called(said: string, names: readonly string[]): string[] {
  const wanted = said.trim().toLowerCase();
  const known = [...new Set(names)].map((name) => ({ name, words: name.trim().toLowerCase() }));
  const whole = known.filter(({ words }) => words === wanted);
  const first = known.filter(({ words }) => wanted !== "" && words.split(/\s+/)[0] === wanted);
  return (whole.length > 0 ? whole : first).map(({ name }) => name);
}
