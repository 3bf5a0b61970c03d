import { type CalendarSettings, type Place, placeOf } from "../../agent/calendar-spans.ts";
import { readDue } from "./due-date.ts";

export type { CalendarSettings } from "../../agent/calendar-spans.ts";

/** Where and when somebody writes: what words for days are read against. */
export function placeFor(now: number, timeZone: string, calendar: CalendarSettings): Place {
  return placeOf(now, timeZone, calendar);
}

const mostWords = 400;
const longestPhrase = 5;

/** The one day to come that a text names, YYYY-MM-DD; undefined where there is none, or more than one. */
export function onlyDayIn(text: string, place: Place): string | undefined {
  const words = text.split(/\s+/).slice(0, mostWords);
  const days = new Set<string>();
  for (let start = 0; start < words.length; start++) {
    for (let count = Math.min(longestPhrase, words.length - start); count > 0; count--) {
      const due = readDue(words.slice(start, start + count).join(" "), place);
      if (!due) continue;
      if (due.kind === "ask") return undefined;
      days.add(due.on.toString());
      start += count - 1;
      break;
    }
  }
  const [only, ...others] = days;
  return others.length === 0 ? only : undefined;
}
