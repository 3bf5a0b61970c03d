import { type CalendarSettings, resolveCalendar } from "./calendar.ts";
import type { Asker } from "./ports.ts";

export interface ContextInput {
  question: string;
  asker: Asker;
  channel: string;
  audience: "private" | "channel";
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
  const json = JSON.stringify({ person, place: { channel, audience }, now, calendar, asked, ambiguous });
  // A person's name is text from outside: it cannot close the tag.
  return `<context>\n${json.replaceAll("<", String.raw`\u003c`)}\n</context>`;
}
