import { days, period, type Place, type Window } from "./calendar-spans.ts";

export interface FoundPhrase {
  phrase: string;
  readings: Window[];
}

export function findPhrases(question: string, place: Place): FoundPhrase[] {
  return [...question.matchAll(/\b(yesterday|today|last week|this week)\b/gi)].map(([phrase]) => {
    const { today, settings } = place;
    const name = phrase.toLowerCase();
    if (name === "today") return { phrase, readings: [days(today)] };
    if (name === "yesterday") return { phrase, readings: [days(today.subtract({ days: 1 }))] };
    return { phrase, readings: [period("week", today, name === "last week" ? -1 : 0, settings)] };
  });
}
