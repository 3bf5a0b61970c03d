import { everyDay, type Weekday, weekend, workdays } from "./rule.ts";

const starts = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

const day = String.raw`(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:s|nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)s?(?![a-z])`;
const and = String.raw`(?:,? and (?:on )?| ?[,/&+] ?| )`;
/** Sources of patterns. */
export const dayNames = `${day}(?:${and}${day})*`;
export const dayRange = `(${day}) ?(?:-|to|through|thru|until|till) ?(${day})`;
export const dayGroup = String.raw`(?:weekday|work ?day|working day|business day|weekend|day)s?(?![a-z])`;

const ordinal = String.raw`(?:\d{1,2}(?:st|nd|rd|th)|first|second|third|fourth|fifth|last)(?![a-z])`;
export const ordinals = `${ordinal}(?:(?:,? and (?:the )?| ?[,&] ?(?:the )?)${ordinal})*`;
const ordinalWords = ["first", "second", "third", "fourth", "fifth"];

/** The days that a list names, in the order of the week. */
export function readNames(words: string): Weekday[] {
  const found = [...words.matchAll(new RegExp(day, "g"))].map(([name]) => numberOf(name));
  return [...new Set(found)].toSorted((a, b) => a - b);
}

/** "monday to thursday"; over the end of the week too: "friday to monday". */
export function readRange(from: string, to: string): Weekday[] {
  const [first, last] = [numberOf(from), numberOf(to)];
  const isWithin = (one: Weekday): boolean =>
    first <= last ? one >= first && one <= last : one >= first || one <= last;
  return everyDay.filter(isWithin);
}

export function readGroup(words: string): readonly Weekday[] {
  if (words.startsWith("day")) return everyDay;
  return words.startsWith("weekend") ? weekend : workdays;
}

/** "1st", "first and third", "last": -1 is the last. */
export function readOrdinals(words: string): number[] {
  const found = [...words.matchAll(new RegExp(ordinal, "g"))].map(([one]) => {
    if (one === "last") return -1;
    return ordinalWords.includes(one) ? ordinalWords.indexOf(one) + 1 : Number.parseInt(one, 10);
  });
  const rank = (nth: number): number => (nth === -1 ? 99 : nth);
  return [...new Set(found)].toSorted((a, b) => rank(a) - rank(b));
}

function numberOf(name: string): Weekday {
  return starts.indexOf(name.slice(0, 3)) + 1;
}
