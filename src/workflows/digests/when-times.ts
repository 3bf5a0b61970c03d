import { minuteOfDay, type TimeOfDay } from "./rule.ts";

/** Source of a pattern: a time of day as people write it. A bare number is one as well, where nothing else follows it. */
export const timeWords = String.raw`(?:noon|midday|midnight|\d{1,2}(?:[:.]\d{2})?(?: ?(?:am|pm))?)(?![\w:.])`;

/** What was read, or in a sentence what is not clear about it. */
export type Reading<T> = { value: T } | { unclear: string };

export const partsOfDay = ["morning", "afternoon", "evening", "night"] as const;
export type PartOfDay = (typeof partsOfDay)[number];

/** Hours that a part of the day can mean. */
const hoursOf: Record<PartOfDay, (hour: number) => boolean> = {
  morning: (hour) => hour < 12,
  afternoon: (hour) => hour >= 12 && hour < 18,
  evening: (hour) => hour >= 16,
  night: (hour) => hour >= 18 || hour < 6,
};

/** All of a list of times: "9, 13:30 and 5pm". */
export function readTimes(words: readonly string[], part: PartOfDay | undefined): Reading<TimeOfDay[]> {
  const isTwelve = (one: string): boolean => /[ap]m$/.test(one);
  if (words.some(isTwelve) && words.some((one) => !isTwelve(one) && needsHalf(one)))
    return {
      unclear: `I cannot tell which half of the day each of “${words.join(", ")}” is in. Say am or pm with each.`,
    };
  const times: TimeOfDay[] = [];
  for (const one of words) {
    const read = readTime(one, part);
    if ("unclear" in read) return read;
    if (!times.some((time) => minuteOfDay(time) === minuteOfDay(read.value))) times.push(read.value);
  }
  return { value: times.toSorted((a, b) => minuteOfDay(a) - minuteOfDay(b)) };
}

function needsHalf(words: string): boolean {
  return /^\d/.test(words) && Number.parseInt(words, 10) <= 12;
}

function readTime(words: string, part?: PartOfDay): Reading<TimeOfDay> {
  if (words === "midnight")
    return { unclear: "Midnight is at the end of one day and at the beginning of the next: say 0:00 or 23:59." };
  if (/^(?:noon|midday)$/.test(words)) return { value: { hour: 12, minute: 0 } };
  const [, hours = "", minutes = "0", half] = /^(\d{1,2})(?:[:.](\d{2}))? ?(am|pm)?$/.exec(words) ?? [];
  const given = Number(hours);
  const minute = Number(minutes);
  if (hours === "" || given > (half ? 12 : 23) || (half && given === 0) || minute > 59)
    return { unclear: `“${words}” is no time of day.` };
  const hour = half ? (given % 12) + (half === "pm" ? 12 : 0) : given;
  if (part === undefined || hoursOf[part](hour)) return { value: { hour, minute } };
  // "8 in the evening" says which half of the day it is.
  const later = hour + 12;
  if (half === undefined && hour < 12 && hoursOf[part](later)) return { value: { hour: later, minute } };
  return { unclear: `“${words}” is not in the ${part}.` };
}

/** "every 2 hours between 9 and 17", as the times that it comes down to. */
export function hourly(step: number, [from, to]: readonly [string, string]): Reading<TimeOfDay[]> {
  const [first, last] = [readTime(from), readTime(to)];
  if ("unclear" in first) return first;
  if ("unclear" in last) return last;
  const end = minuteOfDay(last.value);
  if (end <= minuteOfDay(first.value))
    return { unclear: `“${from}” to “${to}” ends before it begins. Write 17 or 5pm for five in the afternoon.` };
  const times: TimeOfDay[] = [];
  for (let { hour, minute } = first.value; hour * 60 + minute <= end; hour += step) times.push({ hour, minute });
  return { value: times };
}
