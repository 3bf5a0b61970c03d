import { type CalendarSettings, type Place, placeOf } from "../../agent/calendar-spans.ts";
import { eitherWay, readDue } from "./due-date.ts";
import {
  endsAsNameOrDay,
  namesProjectWithin,
  takeDueAtEnd,
  takeDueAtStart,
  takeNoDue,
  takePriorityAtEnd,
  takePriorityAtStart,
  takeProjectAtEnd,
  takeProjectAtStart,
  takeProjectNamed,
  takeProjectTag,
} from "./line-parts.ts";
import {
  checkMentionsWithin,
  refuseTwo,
  takeMe,
  takeMentionAtEnd,
  takeMentionAtStart,
  takeNameAtEnd,
  takeNameAtStart,
} from "./line-people.ts";
import { beginsWithVerb, hangs, needsUnderstanding, strayDay } from "./line-shape.ts";
import { AskBack, type LinePeople, type LineState, type LineTask, trimmed } from "./line-state.ts";
import { hide, loneQuote, QUOTE, reveal } from "./line-words.ts";

export type { LinePeople, LineTask, TaskPerson } from "./line-state.ts";

export type TaskLine =
  | { kind: "clear"; task: LineTask }
  /** Whoever wrote it is to say something: the sentence that says what, and how to write it. */
  | { kind: "ask"; sentence: string }
  /** It takes understanding. */
  | { kind: "unclear" };

export interface LineContext {
  /** Epoch milliseconds. */
  now: number;
  /** IANA zone of whoever writes. */
  timeZone: string;
  calendar: CalendarSettings;
  people: LinePeople;
  /** The names of the projects that there are. */
  projects: readonly string[];
}

/** Of the longest day that notes may follow: "the day after tomorrow". */
const mostDayWords = 4;
/** Of a line with its mentions, addresses and notes: what is longer is not looked at. */
const mostLineChars = 2_000;

/**
 * What is to be done, by whom, until when and in which project, from a line as a person writes it. Only what leaves one reading is
 * taken, from the ends of the line inwards; what is left is the task's name.
 */
export async function readTaskLine(line: string, context: LineContext): Promise<TaskLine> {
  if (line.length > mostLineChars) return { kind: "unclear" };
  const { now, timeZone, calendar, people, projects } = context;
  const hidden = hide(line.trim());
  const place = placeOf(now, timeZone, calendar);
  const { text, notes } = cutNotes(hidden.text, place);
  if (needsUnderstanding(text)) return { kind: "unclear" };
  const state: LineState = {
    rest: trimmed(withoutLeadIn(text.replaceAll(/\s+/g, " "))),
    task: notes === undefined ? {} : { notes: reveal(notes, hidden, new Map()) },
    hidden,
    place,
    people,
    projects,
    names: new Map(),
  };
  try {
    refuseTwo(state);
    await takeAll(state);
    return await named(state);
  } catch (error) {
    if (error instanceof AskBack) return { kind: "ask", sentence: error.sentence };
    throw error;
  }
}

/** What follows "notes:" is taken as it is; "send release notes: ..." is a line without. */
function cutNotes(text: string, place: Place): { text: string; notes?: string } {
  const match = /(?:^|[\s,;(]+)(?:notes?|description|details)\s*:\s*(?=\S)/i.exec(text);
  if (!match || match.index === 0) return { text };
  const before = text.slice(0, match.index);
  const isApart = /[,;(]/.test(match[0]) || /\uE001$|[.!–—-]$/.test(before) || endsWithDay(before, place);
  return isApart ? { text: before, notes: text.slice(match.index + match[0].length).trim() } : { text };
}

function endsWithDay(text: string, place: Place): boolean {
  const words = text.split(/\s+/).slice(-mostDayWords);
  return words.some((_, from) => readDue(words.slice(from).join(" "), place) !== undefined);
}

const leadIn =
  /^(?:(?:please|pls)\s+)?(?:(?:create|add|make|log|open|new|set up)\s+)?(?:(?:a|an|the|new)\s+)*(?:task|todo|to-do)\b\s*(?:(?:called|named|titled)\s+|to\s+(?=\S)|[:–—-]\s*)?/i;

/** "create a task to ..."; a task of which something is said ("task list for Acme") keeps its word. */
function withoutLeadIn(text: string): string {
  const match = leadIn.exec(text);
  if (!match) return text.replace(/^(?:(?:please|pls)\s+)?(?:(?:do not|don['’]?t) forget to\s+|remember to\s+)?/i, "");
  const rest = text.slice(match[0].length);
  const isLead = /(?:to|called|named|titled|to-?do|[:–—-])\s*$/i.test(match[0]) || /^(?:for\b|\uE000)/.test(rest);
  const isMade =
    /^(?:please\s+|pls\s+)?(?:create|add|make|log|open|new|set up)\b/i.test(text) && beginsWithVerb.test(rest);
  return isLead || isMade || rest === "" ? rest : text;
}

async function takeAll(state: LineState): Promise<void> {
  for (;;) {
    state.rest = trimmed(state.rest.replace(/[.!\s]+$/, "").replace(/[\s,]+please$/i, ""));
    if (takeBracketed(state)) continue;
    if (takeNoDue(state) || takePriorityAtEnd(state) || takeProjectNamed(state)) continue;
    if (takeProjectTag(state) || takeProjectAtEnd(state) || takeMe(state)) continue;
    if (await takeMentionAtEnd(state)) continue;
    if (!endsAsNameOrDay(state) && takeDueAtEnd(state)) continue;
    if (await takeNameAtEnd(state)) continue;
    if (takeDueAtEnd(state)) continue;
    if (takePriorityAtStart(state) || takeProjectAtStart(state) || takeDueAtStart(state)) continue;
    if (await takeMentionAtStart(state)) continue;
    if (await takeNameAtStart(state)) continue;
    return;
  }
}

/** "... (due friday)": what stands in brackets at the end is read as if it did not, unless nothing of it is taken. */
function takeBracketed(state: LineState): boolean {
  const [, before = "", inner = ""] = /^(.*\S)\s*\(([^()]+)\)$/.exec(state.rest) ?? [];
  if (inner === "") return false;
  const inside: LineState = { ...state, rest: inner };
  const isTaken = takeDueAtEnd(inside) || takePriorityAtEnd(inside);
  if (!isTaken || inside.rest !== "") return false;
  state.task = inside.task;
  state.rest = before;
  return true;
}

const mostNameChars = 250;

async function named(state: LineState): Promise<TaskLine> {
  await checkMentionsWithin(state);
  const { rest, task, hidden, names } = state;
  const hasQuoteFirst = new RegExp(`^${QUOTE}.`).test(rest);
  const isOpen = (rest.match(/\(/g) ?? []).length !== (rest.match(/\)/g) ?? []).length;
  if (hasQuoteFirst || isOpen || /^will\b/i.test(rest) || namesProjectWithin(state)) return { kind: "unclear" };
  // A label that nothing was taken for: "send release notes: v2".
  if (/\b(?:notes?|description|details)\s*:/i.test(rest)) return { kind: "unclear" };
  const stray = loneQuote.test(rest) ? undefined : strayDay(rest, task.dueOn !== undefined);
  if (stray?.isAsked) throw new AskBack(eitherWay(stray.word));
  if (stray) return { kind: "unclear" };
  const name = reveal(rest, hidden, names);
  if (!/[\p{L}\p{N}]/u.test(name)) throw new AskBack("What is to be done? Write it first: `Call Acme by friday`.");
  if (hangs.test(rest) || /^(?:and|or)\b/i.test(rest)) return { kind: "unclear" };
  return name.length > mostNameChars ? { kind: "unclear" } : { kind: "clear", task: { ...task, name } };
}
