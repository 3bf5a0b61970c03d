import {
  type Days,
  everyDay,
  minuteOfDay,
  type Rule,
  sameDays,
  type TimeOfDay,
  type Weekday,
  workdays,
  weekend,
} from "./rule.ts";

const names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const ordinals: Record<number, string> = { 1: "first", 2: "second", 3: "third", 4: "fourth", [-1]: "last" };

/** A rule as a person would say it: "weekdays at 8:30". What is said so is read as the same rule. */
export function whenInWords({ days, times }: Rule): string {
  const hours = regularHours(times);
  if (!hours) return `${daysInWords(days)} at ${enumerated(times.map(timeInWords))}`;
  const steps = hours === 1 ? "every hour" : `every ${hours} hours`;
  const [first, last] = [times[0], times.at(-1)];
  return `${daysInWords(days)}, ${steps} from ${first ? timeInWords(first) : ""} to ${last ? timeInWords(last) : ""}`;
}

function timeInWords({ hour, minute }: TimeOfDay): string {
  return `${hour}:${String(minute).padStart(2, "0")}`;
}

/** Whole hours between times that follow each other evenly; undefined for any others, and for so few that they are better named. */
function regularHours(times: readonly TimeOfDay[]): number | undefined {
  const minutes = times.map(minuteOfDay);
  const step = (minutes[1] ?? 0) - (minutes[0] ?? 0);
  const isEven = minutes.every((minute, index) => index === 0 || minute - (minutes[index - 1] ?? 0) === step);
  return times.length > 2 && isEven && step % 60 === 0 ? step / 60 : undefined;
}

function daysInWords(days: Days): string {
  if (days.every === "second week") return `every other ${enumerated(days.on.map(nameOf))}`;
  if (days.every === "month") return `the ${nthInWords(days.nth, days.on)} of the month`;
  if (sameDays(days.on, everyDay)) return "every day";
  if (sameDays(days.on, workdays)) return "weekdays";
  if (sameDays(days.on, weekend)) return "weekends";
  return `every ${enumerated(days.on.map(nameOf))}`;
}

function nthInWords(nth: readonly number[], on: readonly Weekday[]): string {
  if (sameDays(on, everyDay)) return enumerated(nth.map((one) => (one === -1 ? "last day" : ordinal(one))));
  const what = sameDays(on, workdays) ? "weekday" : enumerated(on.map(nameOf));
  return `${enumerated(nth.map((one) => ordinals[one] ?? ordinal(one)))} ${what}`;
}

function nameOf(day: Weekday): string {
  return names[day - 1] ?? "";
}

function ordinal(n: number): string {
  const isTeen = n > 10 && n < 14;
  const ending = isTeen ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${n}${ending}`;
}

function enumerated(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}
