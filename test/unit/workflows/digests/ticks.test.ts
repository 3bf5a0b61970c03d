import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import { everyDay, type Rule } from "../../../../src/workflows/digests/rule.ts";
import { lastTick, nextTick, nextTicks } from "../../../../src/workflows/digests/ticks.ts";

const daily = (...times: string[]): Rule => ({
  days: { every: "week", on: [...everyDay] },
  times: times.map((time) => {
    const [hour = 0, minute = 0] = time.split(":").map(Number);
    return { hour, minute };
  }),
});
const iso = (instant: number) => new Date(instant).toISOString();
const local = (instant: number, zone: string) =>
  Temporal.Instant.fromEpochMilliseconds(instant)
    .toZonedDateTimeISO(zone)
    .toPlainDateTime()
    .toString({ smallestUnit: "minute" });

/** The days on which each zone changes its clocks in 2026, and what exists not at all, or twice. */
const changes = [
  {
    zone: "Europe/Berlin",
    gap: ["2026-03-29", "2:30", "2026-03-29T01:00:00.000Z"],
    twice: ["2026-10-25", "2:30", "2026-10-25T00:30:00.000Z"],
  },
  {
    zone: "America/New_York",
    gap: ["2026-03-08", "2:30", "2026-03-08T07:00:00.000Z"],
    twice: ["2026-11-01", "1:30", "2026-11-01T05:30:00.000Z"],
  },
  {
    zone: "Australia/Lord_Howe",
    gap: ["2026-10-04", "2:15", "2026-10-03T15:30:00.000Z"],
    twice: ["2026-04-05", "1:45", "2026-04-04T14:45:00.000Z"],
  },
] as const;

describe.each(changes)("in $zone", ({ zone, gap, twice }) => {
  const dayBefore = (date: string) =>
    Temporal.PlainDate.from(date).toZonedDateTime({ timeZone: zone, plainTime: "00:00" }).subtract({ seconds: 1 })
      .epochMilliseconds;

  it("a time that does not exist comes when the clocks jump, and one that exists twice the first time", () => {
    expect(iso(nextTick(daily(gap[1]), zone, dayBefore(gap[0])))).toBe(gap[2]);
    expect(iso(nextTick(daily(twice[1]), zone, dayBefore(twice[0])))).toBe(twice[2]);
  });

  it("is exactly one tick a day, at that time, through both changes", () => {
    for (const [date] of [gap, twice]) {
      for (let minutes = 0; minutes < 24 * 60; minutes += 45) {
        const time = `${Math.floor(minutes / 60)}:${minutes % 60}`;
        const start = Temporal.PlainDate.from(date).subtract({ days: 2 });
        const ticks = nextTicks(daily(time), zone, dayBefore(start.toString()), 5);
        const days = ticks.map((tick) => local(tick, zone).slice(0, 10));
        expect(days, time).toEqual([0, 1, 2, 3, 4].map((n) => start.add({ days: n }).toString()));
        const wanted = daily(time).times[0]!;
        const off = ticks.filter(
          (tick) => !local(tick, zone).endsWith(Temporal.PlainTime.from(wanted).toString({ smallestUnit: "minute" })),
        );
        expect(off.length, time).toBeLessThanOrEqual(1);
      }
    }
  });

  it("every instant lies between the last tick and the next one, which are each other's neighbours", () => {
    const rules = [daily("2:15", "2:45"), daily("0:00", "1:30", "23:59")];
    for (const [date] of [gap, twice]) {
      for (const rule of rules) {
        const from = dayBefore(date) - 86_400_000;
        for (let at = from; at < from + 4 * 86_400_000; at += 47 * 60_000) {
          const [last, next] = [lastTick(rule, zone, at), nextTick(rule, zone, at)];
          expect(last).toBeLessThanOrEqual(at);
          expect(next).toBeGreaterThan(at);
          expect(nextTick(rule, zone, last)).toBe(next);
          expect(lastTick(rule, zone, next)).toBe(next);
          expect(lastTick(rule, zone, next - 1)).toBe(last);
        }
      }
    }
  });
});

it("a day that a zone leaves out comes when it goes on", () => {
  // Samoa went from the end of 29 December 2011 to the beginning of the 31st.
  const zone = "Pacific/Apia";
  const from = Date.parse("2011-12-29T12:00:00Z");
  const ticks = nextTicks(daily("9:00"), zone, from, 3).map((tick) => local(tick, zone));
  expect(ticks).toEqual(["2011-12-29T09:00", "2011-12-31T00:00", "2011-12-31T09:00"]);
});

describe("days of the month", () => {
  const monthly = (nth: number[], on: number[] = [...everyDay]): Rule => ({
    days: { every: "month", nth, on },
    times: [{ hour: 9, minute: 0 }],
  });
  const days = (rule: Rule, count: number) =>
    nextTicks(rule, "UTC", Date.parse("2026-01-31T12:00:00Z"), count).map((tick) => iso(tick).slice(0, 10));

  it.for([
    ["1st and 15th", monthly([1, 15]), ["2026-02-01", "2026-02-15", "2026-03-01"]],
    ["last day", monthly([-1]), ["2026-02-28", "2026-03-31", "2026-04-30"]],
    ["first Monday", monthly([1], [1]), ["2026-02-02", "2026-03-02", "2026-04-06"]],
    ["last Friday", monthly([-1], [5]), ["2026-02-27", "2026-03-27", "2026-04-24"]],
    ["first Monday and Friday", monthly([1], [1, 5]), ["2026-02-02", "2026-02-06", "2026-03-02"]],
    ["last Monday and Friday", monthly([-1], [1, 5]), ["2026-02-23", "2026-02-27", "2026-03-27"]],
    ["second and fourth Tuesday and Thursday", monthly([2, 4], [2, 4]), ["2026-02-10", "2026-02-12", "2026-02-24"]],
    ["third weekday", monthly([3], [1, 2, 3, 4, 5]), ["2026-02-04", "2026-03-04", "2026-04-03"]],
    ["last weekday", monthly([-1], [1, 2, 3, 4, 5]), ["2026-02-27", "2026-03-31", "2026-04-30"]],
  ] as const)("%s", ([, rule, expected]) => {
    expect(days(rule, 3)).toEqual(expected);
  });
});
