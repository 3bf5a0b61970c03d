import type { Place } from "../../agent/calendar-spans.ts";
import type { HiddenLine } from "./line-words.ts";

export interface TaskPerson {
  name: string;
  /** By which Asana knows the person; `me` for whoever writes. */
  email: string;
}

export interface LinePeople {
  /** Whom a mention means; `cannot`: why no task can be theirs, as a sentence. */
  mentioned(userId: string): Promise<TaskPerson | { cannot: string }>;
  /** Everybody whose name or address has this word; others may be among them. */
  named(word: string): Promise<readonly TaskPerson[]>;
}

/** As a person gave it, in words that the tool which creates it takes. */
export interface LineTask {
  name: string;
  notes?: string;
  assignee?: string;
  /** YYYY-MM-DD */
  dueOn?: string;
  project?: string;
  priority?: "High" | "Medium" | "Low";
}

/** A line while it is read: `rest` is what nobody has taken yet. */
export interface LineState {
  rest: string;
  task: Omit<LineTask, "name">;
  readonly hidden: HiddenLine;
  readonly place: Place;
  readonly people: LinePeople;
  readonly projects: readonly string[];
  /** Names of the people whom the line mentions, by id. */
  readonly names: Map<string, string>;
}

/** Thrown where a line leaves more than one reading, or none: the sentence that says so to whoever wrote it. */
export class AskBack extends Error {
  override name = "AskBack";
  readonly sentence: string;

  constructor(sentence: string) {
    super(sentence);
    this.sentence = sentence;
  }
}

/** Puts a value in its place; twice the same is once, two different ones are a question. */
export function put<Key extends "assignee" | "dueOn" | "project" | "priority">(
  state: LineState,
  key: Key,
  value: NonNullable<LineTask[Key]>,
  twice: string,
): void {
  const known = state.task[key];
  if (known !== undefined && known !== value) throw new AskBack(twice);
  state.task = { ...state.task, [key]: value };
}

/** Cuts the joints between the parts of a line off its ends. */
export function trimmed(text: string): string {
  return text.replace(/^[\s,;:|/=>–—-]+/, "").replace(/[\s,;:|/=>–—-]+$/, "");
}
