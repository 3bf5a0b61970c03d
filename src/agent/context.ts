import { type CalendarSettings, resolveCalendar } from "./calendar.ts";
import type { Asker, ForwardedMessage, QuestionFile, Step, Viewing } from "./ports.ts";

export interface ContextInput {
  question: string;
  asker: Asker;
  channel: string;
  audience: "private" | "channel";
  /** Dropped with the question or elsewhere in its thread; how others called theirs is not told here. */
  files?: readonly QuestionFile[] | undefined;
  /** Messages of others that came with it: only their number is told here, where all is read as Sophia's own word. */
  forwarded?: readonly ForwardedMessage[] | undefined;
  viewing?: Viewing | undefined;
  /** When the question was asked, in epoch milliseconds. */
  now: number;
  calendar: CalendarSettings;
}

/** The context of a question as it is stored and sent: one JSON object in tags. */
export function buildContext(input: ContextInput): string {
  const { asker, channel, audience } = input;
  const { now, calendar, asked, ambiguous } = resolveCalendar({
    question: input.question,
    now: input.now,
    timeZone: asker.timeZone,
    ...input.calendar,
  });
  const { name, userId, email = null, timeZone, timeZoneKnown } = asker;
  const person = { name, user_id: userId, email, time_zone: timeZoneKnown ? timeZone : null };
  const files = input.files && input.files.length > 0 ? { files: input.files.map(toldFile) } : {};
  const forwarded = input.forwarded?.length ? { forwarded: input.forwarded.length } : {};
  const told = { person, place: { channel, audience }, ...files, ...forwarded, ...viewingOf(input) };
  const json = JSON.stringify({ ...told, now, calendar, asked, ambiguous });
  // A person's name, or a file's of theirs, is text from outside: it cannot close the tag.
  return `<context>\n${json.replaceAll("<", String.raw`\u003c`)}\n</context>`;
}

/** A name that somebody else gave would be read as Sophia's own word. */
function toldFile(file: QuestionFile): Omit<QuestionFile, "name"> {
  if (file.from === undefined) return file;
  const { id, type, size, from } = file;
  return { id, type: /^\w*$/.test(type) ? type : "", size, from };
}

function viewingOf({ viewing }: ContextInput): object {
  if (!viewing) return {};
  const { channel, messageTs } = viewing;
  return { viewing: { channel, ...(messageTs === undefined ? {} : { thread_ts: messageTs }) } };
}

/** The asker's name, as it was recorded. */
export function personIn(context: string): string | undefined {
  return recorded(context).person?.name;
}

/** The files of a question and of its thread, as they were recorded: of questions before names were kept apart, in the context. */
export function filesIn({ files, context }: Extract<Step, { kind: "question" }>): readonly QuestionFile[] {
  return files ?? recorded(context).files ?? [];
}

/**
 * What the asker is to be told where the question names days and nobody could tell whose: empty where there is nothing
 * to tell. Read from the context as it was recorded, so that every attempt says the same.
 */
export function zoneNotice(context: string): string {
  const { person, asked, ambiguous } = recorded(context);
  const namesDays = [asked, ambiguous].some((phrases) => phrases !== undefined && phrases.length > 0);
  return person?.time_zone === null && namesDays
    ? "_Slack did not tell me your time zone, so days are counted in UTC._"
    : "";
}

interface RecordedContext {
  person?: { name?: string; time_zone?: string | null };
  files?: QuestionFile[];
  asked?: unknown[];
  ambiguous?: unknown[];
}

function recorded(context: string): RecordedContext {
  const [, json = "{}"] = context.split("\n");
  return JSON.parse(json) as RecordedContext;
}
