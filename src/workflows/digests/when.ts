import { type Days, everyDay, isGroup, type Rule, type TimeOfDay } from "./rule.ts";
import { dateOf, nextTick } from "./ticks.ts";
import { dayGroup, dayNames, dayRange, ordinals, readGroup, readNames, readOrdinals, readRange } from "./when-days.ts";
import { hourly, type PartOfDay, partsOfDay, type Reading, readTimes, timeWords } from "./when-times.ts";

const examples =
  "Write for example: weekdays at 8:30; every Monday and Thursday at 16:00; every other Tuesday at 10:00; on the 1st at 9:00; " +
  "first Monday of the month at 9:30; every 2 hours between 9 and 17 on weekdays.";

/** What has been read so far. */
interface Draft {
  days?: Days;
  /** "every morning" says which days, unless others are named. */
  isDaily?: boolean;
  isEveryOther?: boolean;
  /** "weekly", "monthly": what the days have to be. */
  frame?: "week" | "month";
  times?: string[];
  part?: PartOfDay;
  step?: number;
  window?: [string, string];
}

/** Takes what it understands from the head of the text into the draft; a sentence where that is not clear. */
type Reader = readonly [pattern: RegExp, read: (match: string[], draft: Draft) => string | undefined];

const ofMonth = String.raw`(?: (?:of|in) (?:the|each|every|a) month| (?:each|every) month| monthly)`;
const head = (source: string): RegExp => new RegExp(source, "y");

/** In the order in which they are tried: the longer one comes before what it begins with. */
const readers: readonly Reader[] = [
  [
    head(String.raw`(?:today|tonight|tomorrow|once|next \w+|\d{4}-\d{2}-\d{2})(?!\w)`),
    ([words]) => `A digest comes again and again, so “${words}” is not enough: say on which days.`,
  ],
  [
    head(String.raw`bi-?(?:weekly|monthly)`),
    ([words]) => `“${words}” means two things: say “every other Tuesday” or “every Tuesday and Friday”.`,
  ],
  [head(String.raw`(?:every|each) (?:\d+ |few )?min(?:ute)?s?(?!\w)`), () => "A digest comes once an hour at most."],
  [
    head(String.raw`(?:(?:every|each) (?:(\d{1,2}|two|three|four|other) )?hours?|hourly)(?!\w)`),
    ([, step], draft) => {
      draft.step = stepOf(step);
      return draft.step >= 1 && draft.step <= 12 ? undefined : `“${step} hours” is not between 1 and 12.`;
    },
  ],
  [
    head(`(?:between|from) (${timeWords}) ?(?:and|to|until|till|-) ?(${timeWords})`),
    ([, from = "", to = ""], draft) => {
      draft.window = [from, to];
      return undefined;
    },
  ],
  [
    head(String.raw`(?:every|each) (?:other|2|two|second) weeks?(?!\w)|fortnightly`),
    (_, draft) => {
      draft.isEveryOther = true;
      return undefined;
    },
  ],
  [
    head(`(?:every|each) other (${dayNames})`),
    ([, names = ""], draft) => {
      draft.isEveryOther = true;
      return setDays(draft, { every: "week", on: readNames(names) });
    },
  ],
  [head(`(?:on )?(?:(?:every|each) )?(?:the )?(${ordinals}) (${dayNames}|${dayGroup})(${ofMonth})?`), readNth],
  [
    head(`(?:on )?(?:the )?(${ordinals})(${ofMonth})?`),
    ([words = "", nth = "", suffix], draft) => {
      if (suffix === undefined && !/\d/.test(nth)) return undefinedNth(words);
      return setNth(draft, nth, everyDay);
    },
  ],
  [
    head(`(?:on |every |each )*${dayRange}`),
    ([, from = "", to = ""], draft) => setDays(draft, { every: "week", on: readRange(from, to) }),
  ],
  [
    head(`(?:on |every |each )*(${dayNames})`),
    ([, names = ""], draft) => setDays(draft, { every: "week", on: readNames(names) }),
  ],
  [
    head(`(?:on |every ?|each )*(${dayGroup})`),
    ([, group = ""], draft) => setDays(draft, { every: "week", on: [...readGroup(group)] }),
  ],
  [head("daily(?![a-z])"), (_, draft) => setDays(draft, { every: "week", on: [...everyDay] })],
  [head("(?:weekly|(?:every|each) week)(?![a-z])"), (_, draft) => setFrame(draft, "week")],
  [head("(?:monthly|(?:every|each|of the|of each|of every) month)(?![a-z])"), (_, draft) => setFrame(draft, "month")],
  [
    head(`(every |each |(?:in |during )?the |at )?(${partsOfDay.join("|")})s?(?![a-z])`),
    ([, lead, part], draft) => {
      if (draft.part !== undefined && draft.part !== part) return `You name the ${draft.part} and the ${part}.`;
      draft.part = part as PartOfDay;
      if (/every|each/.test(lead ?? "")) draft.isDaily = true;
      return undefined;
    },
  ],
  [head(`(?:at |@ ?)(${timeWords})((?:(?:,? and (?:at )?|, ?(?:at )?| ?& ?)${timeWords})*)`), setTimes],
  [
    head(
      String.raw`(?=noon|midday|midnight|\d{1,2}[:.]\d|\d{1,2} ?[ap]m|\d{1,2}(?:$| on | every | in the ))(${timeWords})((?:(?:,? and (?:at )?|, ?(?:at )?| ?& ?)${timeWords})*)`,
    ),
    setTimes,
  ],
];

const between = /(?:[\s,;]+|and (?=\S)|please(?!\w))/y;

/** Where and when the words are read: "every other" counts from the next day that fits. */
interface Asked {
  zone: string;
  /** Epoch milliseconds. */
  now: number;
}

/** A rule in plain words. What cannot be read, or can be read in two ways, is asked back in a sentence with examples. */
export function readWhen(words: string, asked: Asked): { rule: Rule } | { unclear: string } {
  const text = normalized(words);
  const draft: Draft = {};
  let at = 0;
  while ((at = pass(between, text, at)) < text.length) {
    const found = firstFitting(text, at);
    if (!found) return { unclear: `I do not understand “${excerpt(text.slice(at))}”. ${examples}` };
    const problem = found.read(found.match, draft);
    if (problem !== undefined) return { unclear: `${problem} ${examples}` };
    at += found.match[0]?.length ?? 0;
  }
  const read = ruleOf(draft, asked);
  return "unclear" in read ? { unclear: `${read.unclear} ${examples}` } : { rule: read.value };
}

function normalized(words: string): string {
  return words
    .toLowerCase()
    .replaceAll(/\b([ap])\.\s?m\b\.?/g, "$1m")
    .replaceAll(/[–—]/g, "-")
    .replaceAll(/ ?o['’]clock/g, "")
    .replaceAll(/\s+/g, " ")
    .trim()
    .replace(/(?<!\.)\.+$/, "");
}

/** Where the text goes on after what the pattern takes, as often as it fits. */
function pass(pattern: RegExp, text: string, from: number): number {
  let at = from;
  pattern.lastIndex = at;
  while (pattern.test(text)) at = pattern.lastIndex;
  return at;
}

function firstFitting(text: string, at: number): { match: string[]; read: Reader[1] } | undefined {
  for (const [pattern, read] of readers) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) return { match, read };
  }
  return undefined;
}

function excerpt(rest: string): string {
  const words = rest.split(" ");
  return words.length > 5 ? `${words.slice(0, 5).join(" ")} …` : rest.slice(0, 80);
}

function stepOf(words: string | undefined): number {
  const named: Record<string, number> = { two: 2, other: 2, three: 3, four: 4 };
  return words === undefined ? 1 : (named[words] ?? Number(words));
}

function setDays(draft: Draft, days: Days): string | undefined {
  if (draft.days) return "You name days twice. A digest comes at the same times on all of its days: make two of them.";
  draft.days = days;
  return undefined;
}

function setFrame(draft: Draft, frame: "week" | "month"): string | undefined {
  if (draft.frame && draft.frame !== frame) return "I cannot tell whether you mean weeks or months.";
  draft.frame = frame;
  return undefined;
}

function setTimes([, first = "", more = ""]: string[], draft: Draft): string | undefined {
  if (draft.times) return "You name times twice.";
  draft.times = [first, ...(more.match(new RegExp(timeWords, "g")) ?? [])];
  return undefined;
}

function readNth([words = "", nth = "", what = "", suffix]: string[], draft: Draft): string | undefined {
  const namesGroup = new RegExp(`^${dayGroup}$`).test(what);
  const isDay = /^days?$/.test(what);
  if (what.startsWith("weekend")) return `I do not understand “${words}”: name one day of it.`;
  if (suffix === undefined && !isDay) return undefinedNth(words);
  const on = namesGroup ? readGroup(what) : readNames(what);
  if (!namesGroup && isGroup(on)) {
    const group = on.length === everyDay.length ? "day" : "weekday";
    return `“${words}” means two things: say “${nth} ${group} of the month”, or make a digest for each of the days.`;
  }
  return setNth(draft, nth, on);
}

function undefinedNth(words: string): string {
  return `“${words}” means two things: say “${words.replace(/^(?:on |every |each |the )+/, "")} of the month”, or “every other …”.`;
}

function setNth(draft: Draft, words: string, on: readonly number[]): string | undefined {
  const nth = readOrdinals(words);
  const most = isGroup(on) ? 4 * on.length : 4;
  if (nth.some((one) => one > most || one === 0))
    return `Not every month has “${words}” of these days: say “last day of the month” where that is meant.`;
  return setDays(draft, { every: "month", nth, on: [...on] });
}

function ruleOf(draft: Draft, asked: Asked): Reading<Rule> {
  const times = timesOf(draft);
  if ("unclear" in times) return times;
  const days = daysOf(draft, times.value, asked);
  return "unclear" in days ? days : { value: { days: days.value, times: times.value } };
}

function timesOf({ times, step, window, part }: Draft): Reading<TimeOfDay[]> {
  if (step !== undefined && times)
    return { unclear: "I cannot tell whether you mean certain times or every so many hours." };
  if (step !== undefined)
    return window ? hourly(step, window) : { unclear: "Between which hours? For example between 9 and 17." };
  if (window) return { unclear: `How often from ${window[0]} to ${window[1]}? For example every 2 hours.` };
  if (times) return readTimes(times, part);
  return { unclear: part ? `At which hour of the ${part}?` : "At what time?" };
}

function daysOf(draft: Draft, times: TimeOfDay[], { zone, now }: Asked): Reading<Days> {
  const { frame, isEveryOther, isDaily } = draft;
  const days = draft.days ?? (isDaily ? { every: "week" as const, on: [...everyDay] } : undefined);
  if (!days && frame === "month") return { unclear: "On which day of the month?" };
  if (!days) return { unclear: (frame ?? isEveryOther) ? "On which day of the week?" : "On which days?" };
  if (days.every === "month" && (frame === "week" || isEveryOther))
    return { unclear: "I cannot tell whether you mean weeks or months." };
  if (days.every !== "month" && frame === "month")
    return { unclear: "On which day of the month? For example the first Monday of the month." };
  if (!isEveryOther) return { value: days };
  const first = dateOf(nextTick({ days, times }, zone, now), zone);
  return { value: { every: "second week", on: days.on, from: first.toString() } };
}
