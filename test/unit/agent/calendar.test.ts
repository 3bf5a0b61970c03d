import { describe, expect, it } from "vitest";
import { resolve, told } from "../../support/calendar.ts";

const tuesday = { at: "2026-02-10T15:00:00Z" };

describe("the standing calendar", () => {
  const standing = (more: Parameters<typeof resolve>[1] = {}) =>
    Object.fromEntries(resolve("", more).calendar.map(({ phrase, days }) => [phrase, days]));

  it("always holds the same phrases", () => {
    expect(standing()).toEqual({
      today: "Sat 21 Nov 2026",
      yesterday: "Fri 20 Nov 2026",
      tomorrow: "Sun 22 Nov 2026",
      "last business day": "Fri 20 Nov 2026",
      "this week": "Mon 16 Nov - Sun 22 Nov 2026",
      "last week": "Mon 9 Nov - Sun 15 Nov 2026",
      "next week": "Mon 23 Nov - Sun 29 Nov 2026",
      "this month": "Sun 1 Nov - Mon 30 Nov 2026",
      "last month": "Thu 1 Oct - Sat 31 Oct 2026",
      "this quarter": "Thu 1 Oct - Thu 31 Dec 2026",
      "last quarter": "Wed 1 Jul - Wed 30 Sep 2026",
      "last 7 days": "Sun 15 Nov - Sat 21 Nov 2026",
      "last 30 days": "Fri 23 Oct - Sat 21 Nov 2026",
    });
  });

  it("tells instants with the offset of their own day", () => {
    const { now, calendar } = resolve("");
    expect(now).toBe("2026-11-21T15:04:00-05:00");
    expect(calendar.find((span) => span.phrase === "last quarter")).toEqual({
      phrase: "last quarter",
      from: "2026-07-01T00:00:00-04:00",
      to: "2026-10-01T00:00:00-04:00",
      days: "Wed 1 Jul - Wed 30 Sep 2026",
    });
  });

  it("knows the asker's day, not the server's", () => {
    const at = "2026-11-21T02:30:00Z";
    const yesterday = (timeZone: string) => standing({ at, timeZone })["yesterday"];
    expect(yesterday("America/Los_Angeles")).toBe("Thu 19 Nov 2026");
    expect(yesterday("Europe/Berlin")).toBe("Fri 20 Nov 2026");
    expect(yesterday("Pacific/Kiritimati")).toBe("Fri 20 Nov 2026");
  });

  it.each([
    ["monday", "Mon 16 Nov - Sun 22 Nov 2026"],
    ["sunday", "Sun 15 Nov - Sat 21 Nov 2026"],
    ["saturday", "Sat 21 Nov - Fri 27 Nov 2026"],
  ] as const)("begins weeks on %s", (weekStart, days) => {
    expect(standing({ weekStart })["this week"]).toBe(days);
  });

  it.each([
    [1, "Thu 1 Oct - Thu 31 Dec 2026", "Wed 1 Jul - Wed 30 Sep 2026"],
    [2, "Sun 1 Nov 2026 - Sun 31 Jan 2027", "Sat 1 Aug - Sat 31 Oct 2026"],
    [4, "Thu 1 Oct - Thu 31 Dec 2026", "Wed 1 Jul - Wed 30 Sep 2026"],
    [12, "Tue 1 Sep - Mon 30 Nov 2026", "Mon 1 Jun - Mon 31 Aug 2026"],
  ])("counts quarters of a fiscal year that begins in month %i", (fiscalYearStartMonth, current, last) => {
    expect(standing({ fiscalYearStartMonth })).toMatchObject({ "this quarter": current, "last quarter": last });
  });

  it.each([
    ["2026-11-23T17:00:00Z", "monday", "Fri 20 Nov 2026"],
    ["2026-11-22T17:00:00Z", "monday", "Fri 20 Nov 2026"],
    ["2026-11-24T17:00:00Z", "monday", "Mon 23 Nov 2026"],
    ["2026-11-22T17:00:00Z", "saturday", "Thu 19 Nov 2026"],
  ] as const)("finds the last business day before %s, weeks from %s", (at, weekStart, days) => {
    expect(standing({ at, weekStart })["last business day"]).toBe(days);
  });

  it("takes UTC where the zone is not known", () => {
    expect(resolve("", { timeZone: "Mars/Olympus" }).now).toBe("2026-11-21T20:04:00+00:00");
  });
});

describe("days on which the clocks change", () => {
  const cases: [string, string, string, string, string, number][] = [
    [
      "America/New_York",
      "2026-03-09T12:00:00Z",
      "yesterday",
      "2026-03-08T00:00:00-05:00",
      "2026-03-09T00:00:00-04:00",
      23,
    ],
    [
      "America/New_York",
      "2026-11-02T12:00:00Z",
      "yesterday",
      "2026-11-01T00:00:00-04:00",
      "2026-11-02T00:00:00-05:00",
      25,
    ],
    [
      "Europe/Berlin",
      "2026-03-30T12:00:00Z",
      "yesterday",
      "2026-03-29T00:00:00+01:00",
      "2026-03-30T00:00:00+02:00",
      23,
    ],
    [
      "Europe/Berlin",
      "2026-10-26T12:00:00Z",
      "yesterday",
      "2026-10-25T00:00:00+02:00",
      "2026-10-26T00:00:00+01:00",
      25,
    ],
    [
      "Australia/Lord_Howe",
      "2026-04-06T00:00:00Z",
      "yesterday",
      "2026-04-05T00:00:00+11:00",
      "2026-04-06T00:00:00+10:30",
      24.5,
    ],
    [
      "Australia/Lord_Howe",
      "2026-10-05T00:00:00Z",
      "yesterday",
      "2026-10-04T00:00:00+10:30",
      "2026-10-05T00:00:00+11:00",
      23.5,
    ],
    [
      "Asia/Kathmandu",
      "2026-11-21T00:00:00Z",
      "yesterday",
      "2026-11-20T00:00:00+05:45",
      "2026-11-21T00:00:00+05:45",
      24,
    ],
    // The clocks skip midnight: the day begins at one.
    ["Africa/Cairo", "2026-04-25T12:00:00Z", "yesterday", "2026-04-24T01:00:00+03:00", "2026-04-25T00:00:00+03:00", 23],
    ["Africa/Cairo", "2026-10-30T12:00:00Z", "yesterday", "2026-10-29T00:00:00+03:00", "2026-10-30T00:00:00+02:00", 25],
    [
      "America/Havana",
      "2026-03-09T12:00:00Z",
      "yesterday",
      "2026-03-08T01:00:00-04:00",
      "2026-03-09T00:00:00-04:00",
      23,
    ],
    // Midnight comes twice: the day begins with the first.
    [
      "America/Havana",
      "2026-11-02T12:00:00Z",
      "yesterday",
      "2026-11-01T00:00:00-04:00",
      "2026-11-02T00:00:00-05:00",
      25,
    ],
    [
      "America/New_York",
      "2026-11-03T12:00:00Z",
      "this week",
      "2026-11-02T00:00:00-05:00",
      "2026-11-09T00:00:00-05:00",
      168,
    ],
    [
      "America/New_York",
      "2026-11-01T20:00:00Z",
      "this week",
      "2026-10-26T00:00:00-04:00",
      "2026-11-02T00:00:00-05:00",
      169,
    ],
  ];
  it.each(cases)("%s at %s: %s is %s to %s", (timeZone, at, phrase, from, to, hours) => {
    const span = resolve(`calls ${phrase}`, { timeZone, at }).asked[0];
    expect(span).toMatchObject({ phrase, from, to });
    expect((Date.parse(to) - Date.parse(from)) / 3_600_000).toBe(hours);
  });

  it("counts 24 hours as hours, not as a day", () => {
    const at = "2026-11-01T17:00:00Z";
    expect(resolve("calls in the last 24 hours", { at }).asked[0]).toMatchObject({
      from: "2026-10-31T13:00:00-04:00",
      to: "2026-11-01T12:00:00-05:00",
    });
  });

  it("gives parts of a day their own hours", () => {
    expect(resolve("this morning", { at: "2026-03-08T20:00:00Z" }).asked[0]).toMatchObject({
      from: "2026-03-08T00:00:00-05:00",
      to: "2026-03-08T12:00:00-04:00",
      days: "Sun 8 Mar 2026, 00:00-12:00",
    });
  });
});

describe("what is asked", () => {
  it.each([
    ["summarize yesterday's calls", "yesterday: Fri 20 Nov 2026"],
    ["Yesterday’s calls", "Yesterday: Fri 20 Nov 2026"],
    ["calls the day before yesterday", "the day before yesterday: Thu 19 Nov 2026"],
    ["tasks for the day after tomorrow", "the day after tomorrow: Mon 23 Nov 2026"],
    ["last business day", "last business day: Fri 20 Nov 2026"],
    ["the last 3 business days", "last 3 business days: Wed 18 Nov - Fri 20 Nov 2026"],
    ["calls this week", "this week: Mon 16 Nov - Sun 22 Nov 2026"],
    ["last week's calls", "last week: Mon 9 Nov - Sun 15 Nov 2026"],
    ["next month", "next month: Tue 1 Dec - Thu 31 Dec 2026"],
    ["last quarter", "last quarter: Wed 1 Jul - Wed 30 Sep 2026"],
    ["last year", "last year: Wed 1 Jan - Wed 31 Dec 2025"],
    ["the week before last", "the week before last: Mon 2 Nov - Sun 8 Nov 2026"],
    ["calls since Monday", "since Monday: Mon 16 Nov - Sat 21 Nov 2026"],
    ["since yesterday", "since yesterday: Fri 20 Nov - Sat 21 Nov 2026"],
    ["since last week", "since last week: Mon 9 Nov - Sat 21 Nov 2026"],
    ["since the beginning of the quarter", "since the beginning of the quarter: Thu 1 Oct - Sat 21 Nov 2026"],
    ["after Oct 3", "after Oct 3: Sun 4 Oct - Sat 21 Nov 2026"],
    ["what was said on Tuesday", "Tuesday: Tue 17 Nov 2026"],
    ["last Tuesday", "last Tuesday: Tue 17 Nov 2026"],
    ["next Friday", "next Friday: Fri 27 Nov 2026"],
    ["calls on Friday", "Friday: Fri 20 Nov 2026"],
    ["Friday's calls", "Friday: Fri 20 Nov 2026"],
    ["what is due Friday?", "due Friday: Fri 27 Nov 2026"],
    ["Friday of last week", "Friday of last week: Fri 13 Nov 2026"],
    ["what did they say Tuesday afternoon", "Tuesday afternoon: Tue 17 Nov 2026, 12:00-18:00"],
    ["last 7 days", "last 7 days: Sun 15 Nov - Sat 21 Nov 2026"],
    ["past two weeks", "past two weeks: Sun 8 Nov - Sat 21 Nov 2026"],
    ["over the past month", "past month: Thu 22 Oct - Sat 21 Nov 2026"],
    ["in the last 3 months", "last 3 months: Sat 22 Aug - Sat 21 Nov 2026"],
    ["last two quarters", "last two quarters: Wed 1 Apr - Wed 30 Sep 2026"],
    ["in the last 24 hours", "last 24 hours: Fri 20 Nov 15:04 - Sat 21 Nov 2026 15:04"],
    ["in the next 10 days", "next 10 days: Sat 21 Nov - Mon 30 Nov 2026"],
    ["in 3 days", "in 3 days: Tue 24 Nov 2026"],
    ["deals that have had no call in 14 days", "in 14 days: Sun 8 Nov - Sat 21 Nov 2026"],
    ["which deals haven't had a call in the last month?", "last month: Fri 23 Oct - Sat 21 Nov 2026"],
    ["deals without a call in the last week", "last week: Sun 15 Nov - Sat 21 Nov 2026"],
    ["which deals had no call last month?", "last month: Thu 1 Oct - Sat 31 Oct 2026"],
    ["which deals had a call in the last month?", "last month: Thu 1 Oct - Sat 31 Oct 2026"],
    ["accounts without a call in two weeks", "in two weeks: Sun 8 Nov - Sat 21 Nov 2026"],
    ["who hasn't been called in over 10 days", "in over 10 days: Thu 12 Nov - Sat 21 Nov 2026"],
    ["deals that have gone quiet for 3 weeks", "for 3 weeks: Sun 1 Nov - Sat 21 Nov 2026"],
    ["the task is not due in 3 days", "in 3 days: Tue 24 Nov 2026"],
    ["3 days ago", "3 days ago: Wed 18 Nov 2026"],
    ["a couple of days ago", "a couple of days ago: Thu 19 Nov 2026"],
    ["two weeks ago", "two weeks ago: Mon 2 Nov - Sun 8 Nov 2026"],
    ["an hour ago", "an hour ago: Sat 21 Nov 2026, 14:04-15:04"],
    ["this morning", "this morning: Sat 21 Nov 2026, 00:00-12:00"],
    ["this afternoon", "this afternoon: Sat 21 Nov 2026, 12:00-18:00"],
    ["tonight", "tonight: Sat 21 Nov 2026, 18:00-24:00"],
    ["EOD Friday", "EOD Friday: Fri 27 Nov 2026"],
    ["by EOD", "by EOD: Sat 21 Nov 2026"],
    ["by Friday", "by Friday: Sat 21 Nov - Fri 27 Nov 2026"],
    ["before December", "before December: Sat 21 Nov - Mon 30 Nov 2026"],
    ["until Tuesday", "until Tuesday: Sat 21 Nov - Tue 24 Nov 2026"],
    ["end of month", "end of month: Mon 30 Nov 2026"],
    ["by the end of the quarter", "by the end of the quarter: Sat 21 Nov - Thu 31 Dec 2026"],
    ["by end of next week", "by end of next week: Sat 21 Nov - Fri 27 Nov 2026"],
    ["EOM", "EOM: Mon 30 Nov 2026"],
    ["how did Q3 go", "Q3: Wed 1 Jul - Wed 30 Sep 2026"],
    ["Q3 2025", "Q3 2025: Tue 1 Jul - Tue 30 Sep 2025"],
    ["2025 Q3", "2025 Q3: Tue 1 Jul - Tue 30 Sep 2025"],
    ["Q3 last year", "Q3 last year: Tue 1 Jul - Tue 30 Sep 2025"],
    ["the fourth quarter of 2025", "the fourth quarter of 2025: Wed 1 Oct - Wed 31 Dec 2025"],
    ["forecast for Q1", "Q1: Fri 1 Jan - Wed 31 Mar 2027"],
    ["H1 2026", "H1 2026: Thu 1 Jan - Tue 30 Jun 2026"],
    ["YTD", "YTD: Thu 1 Jan - Sat 21 Nov 2026"],
    ["deals won in 2025", "2025: Wed 1 Jan - Wed 31 Dec 2025"],
    ["in October", "October: Thu 1 Oct - Sat 31 Oct 2026"],
    ["October 2025", "October 2025: Wed 1 Oct - Fri 31 Oct 2025"],
    ["in November", "November: Sun 1 Nov - Mon 30 Nov 2026"],
    ["in may 2026", "may 2026: Fri 1 May - Sun 31 May 2026"],
    ["between April and June we lost two", "between April and June: Wed 1 Apr - Tue 30 Jun 2026"],
    ["next March", "next March: Mon 1 Mar - Wed 31 Mar 2027"],
    ["October 3rd", "October 3rd: Sat 3 Oct 2026"],
    ["3 Oct 2026", "3 Oct 2026: Sat 3 Oct 2026"],
    ["the 30th of September", "30th of September: Wed 30 Sep 2026"],
    ["Friday, 20 November", "Friday, 20 November: Fri 20 Nov 2026"],
    ["Oct 3-5", "Oct 3-5: Sat 3 Oct - Mon 5 Oct 2026"],
    ["3-5 Oct 2025", "3-5 Oct 2025: Fri 3 Oct - Sun 5 Oct 2025"],
    ["due December 3", "due December 3: Thu 3 Dec 2026"],
    ["2026-10-03", "2026-10-03: Sat 3 Oct 2026"],
    ["since 2026-10", "since 2026-10: Thu 1 Oct - Sat 21 Nov 2026"],
    ["13/4/2026", "13/4/2026: Mon 13 Apr 2026"],
    ["4/13/2026", "4/13/2026: Mon 13 Apr 2026"],
    ["5/5/2026", "5/5/2026: Tue 5 May 2026"],
    ["the week of October 5", "the week of October 5: Mon 5 Oct - Sun 11 Oct 2026"],
    ["what was said between Monday and Wednesday", "between Monday and Wednesday: Mon 16 Nov - Wed 18 Nov 2026"],
    ["from Oct 3 to Oct 5", "from Oct 3 to Oct 5: Sat 3 Oct - Mon 5 Oct 2026"],
    ["from Oct 3 to Oct 5, 2025", "from Oct 3 to Oct 5, 2025: Fri 3 Oct - Sun 5 Oct 2025"],
    ["Sept 30 - Oct 2", "Sept 30 - Oct 2: Wed 30 Sep - Fri 2 Oct 2026"],
    ["from Dec 20 to Jan 5", "from Dec 20 to Jan 5: Sun 20 Dec 2026 - Tue 5 Jan 2027"],
    ["2026-10-03 to 2026-10-05", "2026-10-03 to 2026-10-05: Sat 3 Oct - Mon 5 Oct 2026"],
    ["from last Monday to yesterday", "from last Monday to yesterday: Mon 16 Nov - Fri 20 Nov 2026"],
    ["from last Monday to tomorrow", "from last Monday to tomorrow: Mon 16 Nov - Sun 22 Nov 2026"],
    ["last weekend", "last weekend: Sat 14 Nov - Sun 15 Nov 2026"],
    ["this weekend", "this weekend: Sat 21 Nov - Sun 22 Nov 2026"],
    ["next weekend", "next weekend: Sat 28 Nov - Sun 29 Nov 2026"],
  ])("%s", (question, words) => {
    expect(told(question)).toEqual([words]);
  });

  it("may be several things at once, each once", () => {
    expect(told("compare last month with this month; last month was bad. What is due by Friday?")).toEqual([
      "last month: Thu 1 Oct - Sat 31 Oct 2026",
      "this month: Sun 1 Nov - Mon 30 Nov 2026",
      "due by Friday: Sat 21 Nov - Fri 27 Nov 2026",
    ]);
  });

  it.each([
    ["Q3 FY25", 2, "Q3 FY25: Thu 1 Aug - Thu 31 Oct 2024"],
    ["FY27", 2, "FY27: Sun 1 Feb 2026 - Sun 31 Jan 2027"],
    ["this fiscal year", 7, "this fiscal year: Wed 1 Jul 2026 - Wed 30 Jun 2027"],
    ["Q2", 7, "Q2: Thu 1 Oct - Thu 31 Dec 2026"],
    ["this year", 7, "this year: Thu 1 Jan - Thu 31 Dec 2026"],
  ])("%s, where the fiscal year begins in month %i", (question, fiscalYearStartMonth, words) => {
    expect(told(question, { fiscalYearStartMonth })).toEqual([words]);
  });

  it("takes the end of a week for its last business day while that is to come", () => {
    expect(told("end of week", tuesday)).toEqual(["end of week: Fri 13 Feb 2026"]);
    expect(told("end of week")).toEqual(["end of week: Sun 22 Nov 2026"]);
  });
});

describe("what can be read in two ways is left open", () => {
  it.each([
    ["Friday", {}, "Friday? Fri 20 Nov 2026 | Fri 27 Nov 2026"],
    ["Q1", {}, "Q1? Thu 1 Jan - Tue 31 Mar 2026 | Fri 1 Jan - Wed 31 Mar 2027"],
    ["Q3", tuesday, "Q3? Tue 1 Jul - Tue 30 Sep 2025 | Wed 1 Jul - Wed 30 Sep 2026"],
    ["3/4", {}, "3/4? Wed 4 Mar 2026 | Fri 3 Apr 2026"],
    ["calls on 3/4/2026", {}, "3/4/2026? Wed 4 Mar 2026 | Fri 3 Apr 2026"],
    ["next Friday", tuesday, "next Friday? Fri 13 Feb 2026 | Fri 20 Feb 2026"],
    ["calls on Tuesday", tuesday, "Tuesday? Tue 3 Feb 2026 | Tue 10 Feb 2026"],
    ["since Tuesday", tuesday, "since Tuesday? Tue 3 Feb - Tue 10 Feb 2026 | Tue 10 Feb 2026"],
    ["calls on Dec 3", {}, "Dec 3? Wed 3 Dec 2025 | Thu 3 Dec 2026"],
    ["on the 15th", {}, "the 15th? Sun 15 Nov 2026 | Tue 15 Dec 2026"],
    [
      "between Monday and Wednesday",
      {},
      "between Monday and Wednesday? Mon 16 Nov - Wed 18 Nov 2026 | Mon 23 Nov - Wed 25 Nov 2026",
    ],
    ["from Friday to Sunday", {}, "from Friday to Sunday? Fri 20 Nov - Sun 22 Nov 2026 | Fri 27 Nov - Sun 29 Nov 2026"],
    ["the weekend", {}, "the weekend? Sat 14 Nov - Sun 15 Nov 2026 | Sat 21 Nov - Sun 22 Nov 2026"],
  ])("%s", (question, more, words) => {
    expect(told(question, more)).toEqual([words]);
  });

  it("with the instants of each reading", () => {
    expect(resolve("Friday").ambiguous).toEqual([
      {
        phrase: "Friday",
        readings: [
          { from: "2026-11-20T00:00:00-05:00", to: "2026-11-21T00:00:00-05:00", days: "Fri 20 Nov 2026" },
          { from: "2026-11-27T00:00:00-05:00", to: "2026-11-28T00:00:00-05:00", days: "Fri 27 Nov 2026" },
        ],
      },
    ]);
  });
});

describe("what is no date is left alone", () => {
  it.each([
    "hello",
    "May I ask you something?",
    "this may march on",
    "we sat down with April and June",
    "is support open 24/7?",
    "it costs $3/4 of that",
    "version 2.2026 of the deck",
    "call 2026 people",
    "the 3rd call",
    "Feb 30",
    "Sep 31",
    "2026-13-45",
    "everyday work, weekly and monthly reports",
    "a quarterly plan for the second deal",
  ])("%s", (question) => {
    expect(told(question)).toEqual([]);
  });

  it("however long it is", () => {
    const started = performance.now();
    resolve("since Monday and by Friday, from Oct 3 to Oct 5 or maybe not; ".repeat(2000));
    resolve("a ".repeat(50_000));
    resolve(`${"1".repeat(5000)}${"-".repeat(5000)}`);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
