import { type CalendarSettings, resolveCalendar } from "../../agent/calendar.ts";

const months = "january february march april may june july august september october november december".split(" ");

/** Days that a phrase may span and still name a day by its end: "next week". */
const longestSpanMs = 7 * 86_400_000;

/**
 * Whether these words name a day (YYYY-MM-DD), reckoned from when they were said: by its date, or by a phrase such as "Friday" or
 * "next week" that holds it.
 */
export function isDaySaid(day: string, words: string, saidAt: string, calendar: CalendarSettings): boolean {
  const [, month, date] = /^\d{4}-(\d\d)-(\d\d)$/.exec(day) ?? [];
  if (month === undefined || date === undefined) return false;
  if (names(words, months[Number(month) - 1] ?? "", Number(date))) return true;
  const offset = /[+-]\d\d:\d\d$/.exec(saidAt)?.[0] ?? "UTC";
  const found = resolveCalendar({ question: words, now: Date.parse(saidAt), timeZone: offset, ...calendar });
  const spans = [...found.asked, ...found.ambiguous.flatMap(({ readings }) => readings)];
  return spans.some(({ from, to }) => {
    const isShort = Date.parse(to) - Date.parse(from) <= longestSpanMs + 3_600_000;
    return isShort && from.slice(0, 10) <= day && day < to.slice(0, 10);
  });
}

/** "November 24", "24th of November", "Nov 24". */
function names(words: string, month: string, date: number): boolean {
  const name = `(?:${month}|${month.slice(0, 3)}\\.?)`;
  const number = `0?${date}(?:st|nd|rd|th)?`;
  return new RegExp(`\\b${name} (?:the )?${number}\\b|\\b${number} (?:of )?${name}\\b`, "i").test(words);
}
