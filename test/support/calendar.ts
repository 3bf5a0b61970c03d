import { type CalendarInput, resolveCalendar } from "../../src/agent/calendar.ts";

/** Saturday 21 November 2026, 15:04 in New York, unless told otherwise. */
export function resolve(question: string, more: Partial<CalendarInput> & { at?: string } = {}) {
  const { at = "2026-11-21T20:04:00Z", ...rest } = more;
  return resolveCalendar({
    question,
    now: Date.parse(at),
    timeZone: "America/New_York",
    weekStart: "monday",
    fiscalYearStartMonth: 1,
    ...rest,
  });
}

/** `phrase: days` for what is clear, `phrase? days | days` for what is not. */
export function told(question: string, more: Parameters<typeof resolve>[1] = {}): string[] {
  const { asked, ambiguous } = resolve(question, more);
  return [
    ...asked.map(({ phrase, days }) => `${phrase}: ${days}`),
    ...ambiguous.map(({ phrase, readings }) => `${phrase}? ${readings.map((span) => span.days).join(" | ")}`),
  ];
}
