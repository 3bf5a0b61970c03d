import { describe, expect, it } from "vitest";
import { ruleSchema } from "../../../../src/workflows/digests/rule.ts";
import { nextTicks } from "../../../../src/workflows/digests/ticks.ts";
import { readWhen } from "../../../../src/workflows/digests/when.ts";
import { whenInWords } from "../../../../src/workflows/digests/when-words.ts";

/** A Wednesday afternoon. */
const asked = { zone: "Europe/Berlin", now: Date.parse("2026-11-18T15:00:00Z") };

function reading(words: string): string {
  const read = readWhen(words, asked);
  return "rule" in read ? whenInWords(ruleSchema.parse(read.rule)) : read.unclear;
}

describe("what is understood", () => {
  it.for([
    ["weekdays at 8:30", "weekdays at 8:30"],
    ["every weekday 8:30am", "weekdays at 8:30"],
    ["Mon–Fri 9:00", "weekdays at 9:00"],
    ["8 on weekdays", "weekdays at 8:00"],
    ["every day at 7", "every day at 7:00"],
    ["daily 9:00", "every day at 9:00"],
    ["every morning at 8", "every day at 8:00"],
    ["weekends at 10.15", "weekends at 10:15"],
    ["mondays at 9", "every Monday at 9:00"],
    ["every Monday and Thursday at 16:00", "every Monday and Thursday at 16:00"],
    ["mon,wed,fri 8am", "every Monday, Wednesday and Friday at 8:00"],
    ["monday to thursday at 9 and 17:30", "every Monday, Tuesday, Wednesday and Thursday at 9:00 and 17:30"],
    ["Fridays at 4 p.m.", "every Friday at 16:00"],
    ["every Friday at noon", "every Friday at 12:00"],
    ["on Mondays in the afternoon at 3", "every Monday at 15:00"],
    ["weekdays at 8 o'clock in the evening", "weekdays at 20:00"],
    ["every other Tuesday at 10", "every other Tuesday at 10:00"],
    ["every 2 weeks on tuesday at 10", "every other Tuesday at 10:00"],
    ["on the 1st at 9", "the 1st of the month at 9:00"],
    ["1st and 15th at 9", "the 1st and 15th of the month at 9:00"],
    ["first monday of the month at 9:30", "the first Monday of the month at 9:30"],
    ["second and fourth friday of each month at 4pm", "the second and fourth Friday of the month at 16:00"],
    ["first monday and friday of the month at 9", "the first Monday and Friday of the month at 9:00"],
    ["last weekday of the month at 17", "the last weekday of the month at 17:00"],
    ["last day of the month at 17:00", "the last day of the month at 17:00"],
    ["every 2 hours between 9 and 17 on weekdays", "weekdays, every 2 hours from 9:00 to 17:00"],
    ["hourly from 9am to 5pm every day", "every day, every hour from 9:00 to 17:00"],
  ] as const)("%s", ([words, meant]) => {
    expect(reading(words)).toBe(meant);
    expect(readWhen(meant, asked)).toEqual(readWhen(words, asked));
  });

  it("counts every other week from the next day that fits", () => {
    const at = (words: string) => {
      const read = readWhen(words, asked);
      return "rule" in read
        ? nextTicks(read.rule, asked.zone, asked.now, 3).map((tick) => new Date(tick).toISOString())
        : [];
    };
    const weeks = (...days: string[]) => days.map((day) => `${day}:00:00.000Z`);
    expect(at("every other Tuesday at 10")).toEqual(weeks("2026-11-24T09", "2026-12-08T09", "2026-12-22T09"));
    expect(at("every other Wednesday at 17")).toEqual(weeks("2026-11-18T16", "2026-12-02T16", "2026-12-16T16"));
    expect(at("every other Wednesday at 16")).toEqual(weeks("2026-11-25T15", "2026-12-09T15", "2026-12-23T15"));
  });
});

describe("what is asked back", () => {
  it.for([
    ["", "At what time?"],
    ["morning", "At which hour of the morning?"],
    ["weekdays", "At what time?"],
    ["monday mornings", "At which hour of the morning?"],
    ["8:30", "On which days?"],
    ["weekly at 9", "On which day of the week?"],
    ["monthly at 9", "On which day of the month?"],
    ["every hour on weekdays", "Between which hours?"],
    ["every hour between 9 and 5 on weekdays", "ends before it begins"],
    ["weekdays from 9 to 17", "How often from 9 to 17?"],
    ["every 20 minutes", "once an hour at most"],
    ["daily at midnight", "say 0:00 or 23:59"],
    ["weekdays at 9 and 5pm", "Say am or pm with each"],
    ["mondays at 25:00", "“25:00” is no time of day"],
    ["at 13pm daily", "“13pm” is no time of day"],
    ["weekdays at 14:00 in the morning", "“14:00” is not in the morning"],
    ["the 31st at 9", "last day of the month"],
    ["fifth monday of the month at 9", "Not every month"],
    ["fifth monday and friday of the month at 9", "Not every month"],
    [
      "first mon, tue, wed, thu and fri of the month at 9",
      "say “first weekday of the month”, or make a digest for each",
    ],
    ["first monday at 9", "first monday of the month"],
    ["every second monday at 9", "means two things"],
    ["biweekly on monday at 9", "means two things"],
    ["mon at 9 and tue at 10", "You name days twice"],
    ["tomorrow at 9", "again and again"],
    ["quarterly at 9", "I do not understand “quarterly at 9”"],
    ["not on mondays at 9", "I do not understand “not on mondays at 9”"],
    ["weekdays at 8:30 ET", "I do not understand “et”"],
    ["every 3 days at 9", "I do not understand “every 3 days at 9”"],
    ["weekdays except friday at 9", "I do not understand “except friday at 9”"],
    ["weekdays at 9-17", "I do not understand “-17”"],
  ] as const)("%s", ([words, sentence]) => {
    expect(reading(words)).toContain(sentence);
    expect(reading(words)).toContain("Write for example: weekdays at 8:30");
  });

  it("takes time in proportion to the text", () => {
    const long = `${"monday and ".repeat(2_000)}${"1st, ".repeat(2_000)}nonsense`;
    expect(reading(long)).toContain("Write for example");
  });
});
