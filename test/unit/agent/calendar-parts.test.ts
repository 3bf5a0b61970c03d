import { describe, expect, it } from "vitest";
import { told } from "../../support/calendar.ts";

/** Friday 20 November 2026, 12:00 in New York. */
const friday = { at: "2026-11-20T17:00:00Z" };

describe("before and until look the way the question looks", () => {
  it.each([
    ["summarize all calls before October 5", "before October 5 (90 days back): Tue 7 Jul - Sun 4 Oct 2026"],
    ["what happened in calls until October 5", "until October 5 (90 days back): Wed 8 Jul - Mon 5 Oct 2026"],
    ["what happened prior to October 5", "prior to October 5 (90 days back): Tue 7 Jul - Sun 4 Oct 2026"],
    ["what did Acme say before yesterday?", "before yesterday (90 days back): Fri 21 Aug - Wed 18 Nov 2026"],
    ["which calls did we have before Monday", "before Monday (90 days back): Tue 18 Aug - Sun 15 Nov 2026"],
    ["calls before last week", "before last week (90 days back): Tue 11 Aug - Sun 8 Nov 2026"],
    ["before last week", "before last week (90 days back): Tue 11 Aug - Sun 8 Nov 2026"],
    ["what was said until today", "until today (90 days back): Sun 23 Aug - Fri 20 Nov 2026"],
    ["what happened until this week", "until this week (90 days back): Sun 23 Aug - Fri 20 Nov 2026"],
    ["what did they want before tomorrow", "before tomorrow: Fri 20 Nov 2026"],
    ["what was due before yesterday", "due before yesterday (90 days back): Fri 21 Aug - Wed 18 Nov 2026"],
    ["what is due before Friday", "due before Friday: Fri 20 Nov - Thu 26 Nov 2026"],
    ["what must I do by Monday", "by Monday: Fri 20 Nov - Mon 23 Nov 2026"],
    ["calls before 2026", "before 2026 (90 days back): Fri 3 Oct - Wed 31 Dec 2025"],
    ["what did they promise by yesterday", "by yesterday (90 days back): Sat 22 Aug - Thu 19 Nov 2026"],
    ["what is due after Monday", "due after Monday (90 days ahead): Tue 24 Nov 2026 - Sun 21 Feb 2027"],
    ["what will happen after next week", "after next week (90 days ahead): Mon 30 Nov 2026 - Sat 27 Feb 2027"],
  ])("%s", (question, words) => {
    expect(told(question, friday)).toEqual([words]);
  });

  it.each([
    ["emails before October 5", "before October 5? Tue 7 Jul - Sun 4 Oct 2026 | Fri 20 Nov 2026 - Mon 4 Oct 2027"],
    ["what did they promise by Monday", "by Monday? Wed 19 Aug - Mon 16 Nov 2026 | Fri 20 Nov - Mon 23 Nov 2026"],
  ])("%s may be either", (question, words) => {
    expect(told(question, friday)).toEqual([words]);
  });
});

describe("parts of what has a name, and days beside it", () => {
  it.each([
    ["first half of October", "first half of October: Thu 1 Oct - Thu 15 Oct 2026"],
    ["calls in the second half of October", "the second half of October: Fri 16 Oct - Sat 31 Oct 2026"],
    ["the first half of last year", "the first half of last year: Wed 1 Jan - Mon 30 Jun 2025"],
    ["the first two weeks of October", "the first two weeks of October: Thu 1 Oct - Wed 14 Oct 2026"],
    ["last 3 days of October", "last 3 days of October: Thu 29 Oct - Sat 31 Oct 2026"],
    ["the last month of Q3", "the last month of Q3: Tue 1 Sep - Wed 30 Sep 2026"],
    ["the first day of the quarter", "the first day of the quarter: Thu 1 Oct 2026"],
    ["the last business day of October", "the last business day of October: Fri 30 Oct 2026"],
    ["the first business day of November", "the first business day of November: Mon 2 Nov 2026"],
    ["first week of June 2026", "first week of June 2026: Mon 1 Jun - Sun 7 Jun 2026"],
    ["early October", "early October: Thu 1 Oct - Sat 10 Oct 2026"],
    ["mid-October", "mid-October: Sun 11 Oct - Tue 20 Oct 2026"],
    ["calls in the middle of October", "the middle of October: Sun 11 Oct - Tue 20 Oct 2026"],
    ["late October 2025", "late October 2025: Tue 21 Oct - Fri 31 Oct 2025"],
    ["since the beginning of October", "since the beginning of October: Thu 1 Oct - Fri 20 Nov 2026"],
    ["since the day before last Friday", "since the day before last Friday: Thu 12 Nov - Fri 20 Nov 2026"],
    ["by the first half of December", "by the first half of December: Fri 20 Nov - Tue 15 Dec 2026"],
    ["calls before the week of October 5", "before the week of October 5 (90 days back): Tue 7 Jul - Sun 4 Oct 2026"],
    [
      "between the first half of October and yesterday",
      "between the first half of October and yesterday: Thu 1 Oct - Thu 19 Nov 2026",
    ],
    ["day before last Friday", "day before last Friday: Thu 12 Nov 2026"],
    ["the day after October 5", "the day after October 5: Tue 6 Oct 2026"],
    ["in the 3 days before October 5", "the 3 days before October 5: Fri 2 Oct - Sun 4 Oct 2026"],
    ["the week before last", "the week before last: Mon 2 Nov - Sun 8 Nov 2026"],
    ["what happened in the week before last?", "the week before last: Mon 2 Nov - Sun 8 Nov 2026"],
    ["the week before last week", "the week before last week: Mon 2 Nov - Sun 8 Nov 2026"],
    ["the month before October", "the month before October: Tue 1 Sep - Wed 30 Sep 2026"],
    ["FY26 Q2", "FY26 Q2: Wed 1 Apr - Tue 30 Jun 2026"],
    ["how was FY 2026, Q2", "FY 2026, Q2: Wed 1 Apr - Tue 30 Jun 2026"],
    ["FY26 H1", "FY26 H1: Thu 1 Jan - Tue 30 Jun 2026"],
    ["a year ago today", "a year ago today: Thu 20 Nov 2025"],
    ["what was said two weeks ago on Tuesday", "two weeks ago on Tuesday: Tue 3 Nov 2026"],
    ["since a month ago", "since a month ago: Tue 20 Oct - Fri 20 Nov 2026"],
    ["in the last hour", "last hour: Fri 20 Nov 2026, 11:00-12:00"],
    ["in the last day", "last day: Thu 19 Nov 12:00 - Fri 20 Nov 2026 12:00"],
  ])("%s", (question, words) => {
    expect(told(question, friday)).toEqual([words]);
  });

  it.each([
    ["first week of October", "first week of October? Thu 1 Oct - Wed 7 Oct 2026 | Mon 28 Sep - Sun 4 Oct 2026"],
    [
      "calls in the last week of September",
      "the last week of September? Thu 24 Sep - Wed 30 Sep 2026 | Mon 21 Sep - Sun 27 Sep 2026 | Mon 28 Sep - Sun 4 Oct 2026",
    ],
    [
      "the week before October 7",
      "the week before October 7? Wed 30 Sep - Tue 6 Oct 2026 | Mon 28 Sep - Sun 4 Oct 2026",
    ],
    [
      "the week before last Friday",
      "the week before last Friday? Fri 6 Nov - Thu 12 Nov 2026 | Mon 2 Nov - Sun 8 Nov 2026",
    ],
    ["3 days before October 5", "3 days before October 5? Fri 2 Oct - Sun 4 Oct 2026 | Fri 2 Oct 2026"],
    ["a month ago", "a month ago? Tue 20 Oct 2026 | Thu 1 Oct - Sat 31 Oct 2026"],
    ["a year ago", "a year ago? Thu 20 Nov 2025 | Wed 1 Jan - Wed 31 Dec 2025"],
    ["past few days", "past few days? Wed 18 Nov - Fri 20 Nov 2026 | Mon 16 Nov - Fri 20 Nov 2026"],
    ["in the last few weeks", "last few weeks? Sat 31 Oct - Fri 20 Nov 2026 | Sat 17 Oct - Fri 20 Nov 2026"],
    ["a few days ago", "a few days ago? Wed 18 Nov - Fri 20 Nov 2026 | Mon 16 Nov - Fri 20 Nov 2026"],
    ["in the next few days", "next few days? Fri 20 Nov - Sun 22 Nov 2026 | Fri 20 Nov - Tue 24 Nov 2026"],
    ["calls on October 3 and 15", "October 3 and 15? Sat 3 Oct 2026 | Thu 15 Oct 2026"],
  ])("%s is left open where it can be read in two ways", (question, words) => {
    expect(told(question, friday)).toEqual([words]);
  });

  it("knows lists of days", () => {
    const days = ["the 15th: Sun 15 Nov 2026", "16th: Mon 16 Nov 2026"];
    expect(told("calls on the 15th and 16th", friday)).toEqual(days);
    expect(told("calls on the 3rd, 5th and 15th", friday)).toEqual([
      "the 3rd: Tue 3 Nov 2026",
      "5th: Thu 5 Nov 2026",
      "15th: Sun 15 Nov 2026",
    ]);
    expect(told("calls between the 15th and 17th", friday)).toEqual([
      "between the 15th and 17th: Sun 15 Nov - Tue 17 Nov 2026",
    ]);
    expect(told("calls on October 3 and 4", friday)).toEqual(["October 3 and 4: Sat 3 Oct - Sun 4 Oct 2026"]);
    expect(told("calls between October 3 and 15", friday)).toEqual(["October 3 and 15: Sat 3 Oct - Thu 15 Oct 2026"]);
  });
});
