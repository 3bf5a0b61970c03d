import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../../src/storage/database.ts";
import { createSchedules, type NewSchedule, type Schedules } from "../../src/storage/schedules.ts";
import { createDigestRunner, type MayPost } from "../../src/workflows/digests/run-digests.ts";
import { readWhen } from "../../src/workflows/digests/when.ts";
import { nextTick } from "../../src/workflows/digests/ticks.ts";
import { randomId } from "../../src/core/ids.ts";
import { createLightHome, type EngineHome } from "../support/engines.ts";
import { silentLogger } from "../support/run-agent.ts";

const minute = 60_000;
const hour = 60 * minute;

let home: EngineHome;
let database: Database;
let schedules: Schedules;
let now = 0;
const clock = { now: () => now };
const woken: string[] = [];
const told: string[] = [];
let verdict: MayPost = { kind: "fine" };

const runner = () =>
  createDigestRunner({
    schedules,
    mayPost: async ({ ownerId }) => (ownerId === "UUNKNOWN" ? { kind: "unknown" } : verdict),
    wake: async (turnId) => void woken.push(turnId),
    tellPaused: async ({ id }, reason) => void told.push(`${id}: ${reason}`),
    tellMissed: async ({ id }) => void told.push(`${id}: missed`),
    clock,
    newId: randomId,
    logger: silentLogger,
  });

beforeAll(async () => {
  home = await createLightHome();
  database = (await home.createStorage()).database;
  schedules = createSchedules(database, clock);
});
beforeEach(async () => {
  await database.script("DELETE FROM sophia.schedules; DELETE FROM sophia.turns");
  woken.length = 0;
  told.length = 0;
  verdict = { kind: "fine" };
});
afterAll(() => home.drop());

async function add(id: string, said: string, zone = "UTC", more: Partial<NewSchedule> = {}): Promise<void> {
  const read = readWhen(said, { zone, now });
  if ("unclear" in read) throw new Error(read.unclear);
  const place = { teamId: "T1", ownerId: "U1", channel: "C1", isPrivate: false };
  const what = { words: `the words of ${id}` };
  const nextAt = new Date(nextTick(read.rule, zone, now));
  await schedules.add({
    id,
    ...place,
    title: id,
    what,
    rule: read.rule,
    zone,
    said,
    allowsWrites: false,
    nextAt,
    ...more,
  });
}

/** The ticks of which there are turns, in their order. */
async function ticksOf(id: string): Promise<string[]> {
  const rows = await database.query<{ key: string }>(
    "SELECT source_key AS key FROM sophia.turns WHERE source_key LIKE $1 ORDER BY created_at, source_key",
    [`digest:${id}:%`],
  );
  return rows.map(({ key }) => key.slice(`digest:${id}:`.length));
}

async function pass(until: string, stepMs: number, sweepers = [runner()]): Promise<void> {
  while (now < Date.parse(until)) {
    now = Math.min(now + stepMs, Date.parse(until));
    await Promise.all(sweepers.map((one) => one.sweep()));
  }
}

describe("through both changes of the clocks, with three sweepers", () => {
  it.for([
    {
      zone: "Europe/Berlin",
      said: "daily at 2:30",
      around: ["2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z", "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z"],
      ticks: ["03-29T01:00", "03-30T00:30", "10-25T00:30", "10-26T01:30"],
    },
    {
      zone: "America/New_York",
      said: "daily at 1:30",
      around: ["2026-03-07T12:00:00Z", "2026-03-09T12:00:00Z", "2026-10-31T12:00:00Z", "2026-11-02T12:00:00Z"],
      ticks: ["03-08T06:30", "03-09T05:30", "11-01T05:30", "11-02T06:30"],
    },
    {
      zone: "Australia/Lord_Howe",
      said: "daily at 2:15",
      around: ["2026-04-03T17:00:00Z", "2026-04-05T17:00:00Z", "2026-10-02T17:00:00Z", "2026-10-04T17:00:00Z"],
      ticks: ["04-04T15:45", "04-05T15:45", "10-03T15:30", "10-04T15:15"],
    },
  ])("$zone: one turn a day", async ({ zone, said, around: [spring, springEnd, autumn, autumnEnd], ticks }) => {
    const sweepers = [runner(), runner(), runner()];
    now = Date.parse(spring!);
    await add("s", said, zone);
    await pass(springEnd!, 30 * minute, sweepers);
    now = Date.parse(autumn!);
    await schedules.pause("s");
    await schedules.resume("s", new Date(nextTick((await schedules.get("s"))!.rule as never, zone, now)));
    await pass(autumnEnd!, 30 * minute, sweepers);
    expect((await ticksOf("s")).map((tick) => tick.slice(5, 16))).toEqual(ticks);
    expect(woken).toHaveLength(4);
    expect(new Set(woken).size).toBe(4);
  });
});

describe("what was missed", () => {
  it("runs once, for the last tick, where that is of use", async () => {
    now = Date.parse("2026-03-02T07:00:00Z");
    await add("daily", "daily at 8:00");
    await add("hourly", "every hour from 0:00 to 23:00 every day");
    now = Date.parse("2026-03-05T10:20:00Z");
    await runner().sweep();
    expect(await ticksOf("daily")).toEqual(["2026-03-05T08:00:00.000Z"]);
    expect(await ticksOf("hourly")).toEqual(["2026-03-05T10:00:00.000Z"]);
    const stored = await database.query<{ at: Date; text: string }>(
      "SELECT created_at AS at, text FROM sophia.turns WHERE source_key LIKE 'digest:daily:%'",
    );
    expect(stored).toEqual([{ at: new Date("2026-03-05T08:00:00Z"), text: "the words of daily" }]);
    expect(await schedules.get("daily")).toMatchObject({ nextAt: new Date("2026-03-06T08:00:00Z") });
  });

  it.for([
    ["half of the time to the next has gone", "every hour from 0:00 to 23:00 every day", 31 * minute],
    ["twelve hours have gone", "mondays at 8:00", 12 * hour + minute],
  ] as const)("does not run where %s", async ([, said, late]) => {
    now = Date.parse("2026-03-02T07:30:00Z");
    await add("s", said);
    now = Date.parse("2026-03-02T08:00:00Z") + late;
    await runner().sweep();
    expect(await ticksOf("s")).toEqual([]);
    const next = (await schedules.get("s"))!.nextAt.getTime();
    expect(next).toBeGreaterThan(now);
    now = next;
    await runner().sweep();
    expect(await ticksOf("s")).toHaveLength(1);
  });
});

describe("a place", () => {
  beforeEach(async () => {
    now = Date.parse("2026-03-02T07:30:00Z");
    await add("s", "daily at 8:00");
    now = Date.parse("2026-03-02T08:00:00Z");
  });

  it("that is none any more pauses it, and it is told once", async () => {
    verdict = { kind: "refused", code: "owner_left", reason: "its owner has left" };
    await Promise.all([runner(), runner(), runner()].map((one) => one.sweep()));
    expect(told).toEqual(["s: its owner has left"]);
    expect(await schedules.get("s")).toMatchObject({ paused: true, pausedReason: "its owner has left" });
    expect(await ticksOf("s")).toEqual([]);
  });

  it("that Slack does not tell of is asked for again, not with every sweep, while the tick is of use", async () => {
    verdict = { kind: "unknown" };
    const one = runner();
    await one.sweep();
    verdict = { kind: "fine" };
    now += 29_000;
    await one.sweep();
    expect(await ticksOf("s")).toEqual([]);
    now += 1_000;
    await one.sweep();
    expect(await ticksOf("s")).toEqual(["2026-03-02T08:00:00.000Z"]);
  });

  it("that Slack does not tell of, day by day, is its owner's to hear once, until it runs again", async () => {
    verdict = { kind: "unknown" };
    await pass("2026-03-02T19:59:00Z", hour);
    expect(told).toEqual([]);
    await pass("2026-03-04T23:00:00Z", hour, [runner(), runner(), runner()]);
    expect(told).toEqual(["s: missed"]);
    verdict = { kind: "fine" };
    await pass("2026-03-05T08:00:00Z", hour);
    expect(await ticksOf("s")).toEqual(["2026-03-05T08:00:00.000Z"]);
    verdict = { kind: "unknown" };
    await pass("2026-03-06T23:00:00Z", hour);
    expect(told).toEqual(["s: missed", "s: missed"]);
  });

  it("that Slack does not tell of, fifty times over, does not hold the others up", async () => {
    const nextAt = new Date(now - 1);
    for (let index = 0; index < 50; index++)
      await add(`u${index}`, "daily at 8:00", "UTC", { ownerId: "UUNKNOWN", nextAt });
    const one = runner();
    await one.sweep();
    expect(await ticksOf("s")).toEqual([]);
    now += 1_000;
    await one.sweep();
    expect(await ticksOf("s")).toEqual(["2026-03-02T08:00:00.000Z"]);
  });

  it("is named in the turn: whose it is, where it goes, and that it only reads", async () => {
    await add("own", "daily at 8:00", "UTC", { isPrivate: true, channel: "D1", ownerId: "U2", allowsWrites: true });
    now += 24 * hour;
    await runner().sweep();
    const turns = await database.query(`
      SELECT user_id AS who, channel, audience, is_read_only AS "readOnly", is_root AS root, source, thread_ts = source_key AS own
      FROM sophia.turns ORDER BY channel`);
    const both = { root: true, source: "digest", own: true };
    expect(turns).toEqual([
      { who: "U1", channel: "C1", audience: "channel", readOnly: true, ...both },
      { who: "U2", channel: "D1", audience: "private", readOnly: false, ...both },
    ]);
  });

  it("of one that cannot be read is paused with the reason, and does not keep the others from running", async () => {
    const nextAt = new Date(now);
    await add("broken", "daily at 8:00", "UTC", { rule: { days: "never" }, nextAt });
    await add("nowhere", "daily at 8:00", "UTC", { zone: "Mars/Olympus", nextAt });
    await add("unasked", "daily at 8:00", "UTC", { what: { template: "gone" }, nextAt });
    const one = runner();
    await one.sweep();
    await one.sweep();
    expect(await ticksOf("s")).toHaveLength(1);
    expect(told.toSorted()).toEqual([
      "broken: I cannot read any more when it is due",
      "nowhere: I cannot read any more when it is due",
      "unasked: its question is none that I have any more",
    ]);
    expect(await ticksOf("broken")).toEqual([]);
    expect(await schedules.due(10)).toEqual([]);
  });
});
