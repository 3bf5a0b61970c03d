import { describe, expect, test } from "vitest";
import { createWorld, quietDay } from "../../../sandbox/world/create-world.ts";
import { isOpen } from "../../../sandbox/world/deals.ts";
import { endCall } from "../../../sandbox/world/end-call.ts";
import { createRandom } from "../../../sandbox/world/random.ts";
import type { Call, World } from "../../../sandbox/world/types.ts";
import { addDays, addWorkingDays, dayBounds, dayOf, isWeekend, offsetIso } from "../../../sandbox/world/zones.ts";

/** Mondays, weekends, the turn of the year, leap days, clock changes here and there, and both ends of a day. */
const MOMENTS = [
  "2026-03-09T13:00:00-04:00",
  "2026-03-08T12:00:00-04:00",
  "2026-03-29T12:00:00+01:00",
  "2026-04-05T09:00:00-04:00",
  "2026-10-05T10:00:00-04:00",
  "2026-11-01T01:30:00-05:00",
  "2026-11-02T08:00:00-05:00",
  "2026-11-22T18:00:00-05:00",
  "2026-01-01T00:00:30-05:00",
  "2026-01-01T12:00:00-05:00",
  "2027-01-02T10:00:00-05:00",
  "2028-02-29T23:59:59-05:00",
  "2028-03-01T00:00:00-05:00",
  "2026-06-17T23:59:00-04:00",
  "2026-06-18T00:01:00-04:00",
  "2026-06-19T15:30:00-04:00",
  "2026-06-20T15:30:00-04:00",
  "2026-06-21T15:30:00-04:00",
  "2026-06-22T07:59:00-04:00",
];
const CASES = MOMENTS.flatMap((moment) => [1, 2, 7].map((seed) => ({ moment, seed })));

const start = (call: Call): number => Date.parse(call.startedAt);
const asker = (world: World) => world.people[0] as World["people"][number];
const zones = (world: World): string[] => [...new Set(world.people.map((p) => p.timeZone))];

function callsOn(world: World, day: string, timeZone: string): Call[] {
  const bounds = dayBounds(day, timeZone);
  return world.calls.filter((call) => start(call) >= bounds.start && start(call) < bounds.end);
}

function yesterdayIn(world: World, timeZone: string): Call[] {
  return callsOn(world, addDays(dayOf(Date.parse(world.createdAt), timeZone), -1), timeZone);
}

describe.each(CASES)("the world of $moment, seed $seed", ({ moment, seed }) => {
  const now = Date.parse(moment);
  const world = createWorld({ seed, now });
  const today = dayOf(now, asker(world).timeZone);

  test("has the figures that were promised", () => {
    expect([world.people.length, world.accounts.length, world.deals.length, world.calls.length]).toEqual([
      12, 40, 60, 200,
    ]);
    const acmes = world.accounts.filter((a) => a.name === "Acme");
    expect(acmes).toHaveLength(1);
    expect(world.deals.filter((d) => d.accountId === acmes[0]?.id).map(isOpen)).toEqual([true]);
    expect(new Set(world.calls.map((c) => c.id)).size).toBe(200);
    expect(new Set(world.calls.map((c) => c.accountId)).size).toBe(40);
    for (const call of world.calls) expect(call.id).toMatch(/^[1-9]\d{17,19}$/);
  });

  test("lies wholly in the sixty days before now, oldest call first", () => {
    const starts = world.calls.map(start);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    expect(starts[0]).toBeGreaterThan(now - 60 * 86_400_000);
    for (const call of world.calls) expect(start(call) + call.durationSeconds * 1000).toBeLessThanOrEqual(now);
  });

  test("has five to eight calls yesterday, with Acme among them and none private", () => {
    const calls = yesterdayIn(world, asker(world).timeZone);
    expect(calls.length).toBeGreaterThanOrEqual(5);
    expect(calls.length).toBeLessThanOrEqual(8);
    expect(new Set(calls.map((c) => c.title)).size).toBe(calls.length);
    expect(calls.filter((c) => c.isPrivate)).toEqual([]);
    const acme = world.accounts.find((a) => a.name === "Acme");
    expect(calls.filter((c) => c.accountId === acme?.id)).toHaveLength(1);
    expect(world.calls.filter((c) => c.accountId === acme?.id).length).toBeGreaterThanOrEqual(4);
  });

  test("means another set by yesterday in every other zone", () => {
    const here = yesterdayIn(world, asker(world).timeZone).map((c) => c.id);
    for (const zone of zones(world).filter((z) => z !== asker(world).timeZone)) {
      expect(
        yesterdayIn(world, zone).map((c) => c.id),
        zone,
      ).not.toEqual(here);
    }
  });

  test("has exactly one working day of the last two weeks without a call, whoever counts it", () => {
    const quiet = quietDay(world);
    for (const zone of zones(world)) expect(callsOn(world, quiet, zone), zone).toEqual([]);
    const days = Array.from({ length: 14 }, (_, i) => addDays(today, -1 - i)).filter((day) => !isWeekend(day));
    expect(days).toContain(quiet);
    expect(quiet >= addDays(today, -9) && quiet <= addDays(today, -5)).toBe(true);
    const silent = days.filter((day) => zones(world).every((zone) => callsOn(world, day, zone).length === 0));
    expect(silent).toEqual([quiet]);
    expect(days.filter((day) => callsOn(world, day, asker(world).timeZone).length === 0)).toEqual([quiet]);
  });

  test("keeps weekends free, yesterday aside", () => {
    for (const call of world.calls) {
      const day = dayOf(start(call), asker(world).timeZone);
      if (isWeekend(day)) expect(day).toBe(addDays(today, -1));
    }
  });

  test("has a few private calls, one on the last working day before yesterday", () => {
    const privateDays = world.calls.filter((c) => c.isPrivate).map((c) => dayOf(start(c), asker(world).timeZone));
    expect(privateDays.length).toBeGreaterThanOrEqual(3);
    expect(privateDays.length).toBeLessThanOrEqual(5);
    const working = [2, 3, 4].map((ago) => addDays(today, -ago)).filter((day) => !isWeekend(day));
    expect(privateDays).toContain(working[0]);
  });

  test("lets nobody hold two calls at once", () => {
    for (const person of world.people) {
      const own = world.calls.filter((c) => c.ownerId === person.id);
      own.slice(1).forEach((call, index) => {
        const before = own[index] as Call;
        expect(start(call)).toBeGreaterThanOrEqual(start(before) + before.durationSeconds * 1000);
      });
    }
  });
});

describe("a world", () => {
  const now = Date.parse("2026-11-18T16:00:00Z");

  test("is the same for the same seed and instant, and another one for another", () => {
    expect(createWorld({ seed: 3, now })).toEqual(createWorld({ seed: 3, now }));
    expect(createWorld({ seed: 4, now }).calls[0]).not.toEqual(createWorld({ seed: 3, now }).calls[0]);
  });

  test("keeps people and channels whatever the seed, so that documents can name them", () => {
    const [one, two] = [createWorld({ seed: 1, now }), createWorld({ seed: 2, now })];
    expect(two.people).toEqual(one.people);
    expect(two.channels).toEqual(one.channels);
    for (const { id } of one.people) expect(id).toMatch(/^U[A-Z0-9]{10}$/);
    for (const { id, isPrivate } of one.channels) expect(id).toMatch(isPrivate ? /^G[A-Z0-9]{10}$/ : /^C[A-Z0-9]{10}$/);
  });

  test("has calls of today before now on a working afternoon", () => {
    const world = createWorld({ now: Date.parse("2026-11-18T15:00:00-05:00") });
    expect(callsOn(world, "2026-11-18", "America/New_York").length).toBeGreaterThanOrEqual(2);
  });

  test("gets a new call when one ends, about the account that was asked for", () => {
    const world = createWorld({ now });
    const acme = world.accounts.find((a) => a.name === "Acme");
    const call = endCall(world, { accountId: acme?.id, now: now + 60_000, random: createRandom("test") });
    expect(world.calls.at(-1)).toBe(call);
    expect(call.title).toContain("Acme");
    expect(call.accountId).toBe(acme?.id);
    const ended = start(call) + call.durationSeconds * 1000;
    expect(Math.abs(ended - now - 60_000)).toBeLessThan(60_000);
    expect(() => endCall(world, { accountId: "0", now, random: createRandom("test") })).toThrow("no account");
  });
});

describe("zones", () => {
  test("a day is 23 or 25 hours long where the clocks change", () => {
    const hours = (day: string, zone: string): number => {
      const { start: from, end } = dayBounds(day, zone);
      return (end - from) / 3_600_000;
    };
    expect(hours("2026-03-08", "America/New_York")).toBe(23);
    expect(hours("2026-11-01", "America/New_York")).toBe(25);
    expect(hours("2026-04-05", "Australia/Sydney")).toBe(25);
    expect(hours("2026-03-08", "America/Phoenix")).toBe(24);
  });

  test("an instant is written with the offset of its zone", () => {
    expect(offsetIso(Date.parse("2026-07-01T00:00:00Z"), "Asia/Kolkata")).toBe("2026-07-01T05:30:00+05:30");
    expect(offsetIso(Date.parse("2026-01-01T03:15:00Z"), "America/Chicago")).toBe("2025-12-31T21:15:00-06:00");
  });

  test("working days leave out weekends", () => {
    expect(addWorkingDays("2026-11-20", 1)).toBe("2026-11-23");
    expect(addWorkingDays("2026-11-21", 2)).toBe("2026-11-24");
    expect(addWorkingDays("2026-11-18", 7)).toBe("2026-11-27");
  });
});
