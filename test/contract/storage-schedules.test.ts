import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../../src/storage/database.ts";
import { createForgetting } from "../../src/storage/forgetting.ts";
import { createSchedules, type NewSchedule, type Schedules } from "../../src/storage/schedules.ts";
import { createTurns, type Turns } from "../../src/storage/turns.ts";
import { availableEngines, type EngineHome } from "../support/engines.ts";
import { newTurn } from "../support/turns.ts";

const start = Date.parse("2026-03-02T08:30:00Z");
const minutes = (n: number) => new Date(start + n * 60_000);
const rule = { days: { every: "week", on: [1, 2, 3, 4, 5] }, times: [{ hour: 8, minute: 30 }] };

function newSchedule(fields: Partial<NewSchedule> = {}): NewSchedule {
  return {
    id: "s1",
    teamId: "T1",
    ownerId: "U1",
    channel: "C1",
    isPrivate: false,
    title: "Yesterday's calls",
    what: { template: "calls" },
    rule,
    zone: "Europe/Berlin",
    said: "weekdays at 8:30",
    allowsWrites: false,
    nextAt: minutes(0),
    ...fields,
  };
}

describe.each((await availableEngines()).filter(({ name }) => name !== "Redis with Postgres"))(
  "schedules on $name",
  (engine) => {
    let home: EngineHome;
    let db: Database;
    let schedules: Schedules;
    let turns: Turns;
    let now = start;
    const clock = { now: () => now };

    beforeAll(async () => {
      home = await engine.create();
      db = (await home.createStorage()).database;
      schedules = createSchedules(db, clock);
      turns = createTurns(db, clock);
    });
    beforeEach(async () => {
      now = start;
      await db.script("DELETE FROM sophia.schedules; DELETE FROM sophia.turns");
    });
    afterAll(() => home.drop());

    const turnOf = (id: string) => newTurn({ id, sourceKey: `digest:s1:${id}`, source: "digest", isRoot: true });
    const ids = async (found: Promise<{ id: string }[]>) => (await found).map(({ id }) => id);

    test("keeps all that was given", async () => {
      const given = newSchedule({ what: { words: "What \0is new at Acme?" }, allowsWrites: true, isPrivate: true });
      expect(await schedules.add(given)).toBe(true);
      expect(await schedules.add(newSchedule({ title: "Another" }))).toBe(false);
      expect(await schedules.get("s1")).toEqual({
        ...given,
        what: { words: "What is new at Acme?" },
        paused: false,
        isMissTold: false,
        createdAt: minutes(0),
      });
      const changed = {
        ...newSchedule({ ownerId: "U2", channel: "C2", said: "daily at 9", nextAt: minutes(30), zone: "UTC" }),
      };
      expect(await schedules.change("s1", changed)).toBe(true);
      expect(await schedules.get("s1")).toMatchObject(changed);
      expect(await schedules.remove("s1")).toBe(true);
      expect(await schedules.remove("s1")).toBe(false);
      expect(await schedules.change("s1", changed)).toBe(false);
      expect(await schedules.get("s1")).toBeUndefined();
    });

    test("lists those of a channel and of a person", async () => {
      await schedules.add(newSchedule({ id: "mine", channel: "D1", isPrivate: true, nextAt: minutes(9) }));
      await schedules.add(newSchedule({ id: "here", ownerId: "U2", nextAt: minutes(3) }));
      await schedules.add(newSchedule({ id: "paused", ownerId: "U2", nextAt: minutes(1) }));
      await schedules.add(newSchedule({ id: "theirs", ownerId: "U2", channel: "D2", isPrivate: true }));
      await schedules.add(newSchedule({ id: "elsewhere", teamId: "T2" }));
      await schedules.pause("paused");
      expect(await ids(schedules.list({ teamId: "T1", ownerId: "U1", channel: "C1" }))).toEqual([
        "here",
        "mine",
        "paused",
      ]);
    });

    test("those are due whose time has come", async () => {
      await schedules.add(newSchedule({ id: "late", nextAt: minutes(-60) }));
      await schedules.add(newSchedule({ id: "now" }));
      await schedules.add(newSchedule({ id: "soon", nextAt: minutes(1) }));
      await schedules.add(newSchedule({ id: "paused" }));
      await schedules.pause("paused");
      expect(await ids(schedules.due(10))).toEqual(["late", "now"]);
      expect(await ids(schedules.due(1))).toEqual(["late"]);
      expect(await ids(schedules.due(1, ["late", "gone"]))).toEqual(["now"]);
    });

    test("a tick moves on and stores its turn, once", async () => {
      await schedules.add(newSchedule());
      const [due] = await schedules.due(1);
      const next = (id: string) => ({ nextAt: minutes(60), turn: turnOf(id), at: minutes(-1) });
      const won = await Promise.all(["a", "b", "c", "d"].map((id) => schedules.tick(due!, next(id))));
      expect(won.filter(Boolean)).toHaveLength(1);
      const stored = await db.query<{ id: string; at: Date }>(`SELECT id, created_at AS at FROM sophia.turns`);
      expect(stored).toEqual([{ id: expect.stringMatching(/^[abcd]$/), at: minutes(-1) }]);
      expect(await schedules.get("s1")).toMatchObject({
        nextAt: minutes(60),
        lastRunAt: minutes(0),
        lastTurnId: stored[0]!.id,
      });
      expect(await schedules.due(1)).toEqual([]);
    });

    test("a tick that is not worth a turn any more only moves on", async () => {
      await schedules.add(newSchedule());
      const [due] = await schedules.due(1);
      expect(await schedules.tick(due!, { nextAt: minutes(60), isMissTold: true })).toBe(true);
      expect(await schedules.get("s1")).toMatchObject({ isMissTold: true });
      expect(await schedules.get("s1")).toMatchObject({
        nextAt: minutes(60),
        lastRunAt: undefined,
        lastTurnId: undefined,
      });
      expect(await db.query("SELECT id FROM sophia.turns")).toEqual([]);
    });

    test("a turn that cannot be stored moves nothing", async () => {
      await schedules.add(newSchedule());
      const [due] = await schedules.due(1);
      await turns.add(turnOf("taken"));
      // The id is another turn's: an error, where the same source key is none.
      const turn = { ...turnOf("other"), id: "taken" };
      await expect(schedules.tick(due!, { nextAt: minutes(60), turn })).rejects.toThrow();
      expect(await schedules.get("s1")).toMatchObject({ nextAt: minutes(0), lastTurnId: undefined });
      expect(await schedules.tick(due!, { nextAt: minutes(60), turn: turnOf("taken") })).toBe(true);
    });

    test.for([
      ["paused", () => schedules.pause("s1")],
      ["removed", () => schedules.remove("s1")],
      ["changed", () => schedules.change("s1", newSchedule({ nextAt: minutes(5) }))],
    ] as const)("what was %s since it was read does not run", async ([, change]) => {
      await schedules.add(newSchedule());
      const [due] = await schedules.due(1);
      await change();
      expect(await schedules.tick(due!, { nextAt: minutes(60), turn: turnOf("a") })).toBe(false);
      expect(await turns.get("a")).toBeUndefined();
    });

    test("is paused and resumed once", async () => {
      await schedules.add(newSchedule({ id: "s1" }));
      await schedules.ran("s1", "turn");
      expect(await Promise.all([schedules.pause("s1", "gone"), schedules.pause("s1", "gone")])).toContain(false);
      expect(await schedules.get("s1")).toMatchObject({ paused: true, pausedReason: "gone", lastTurnId: "turn" });
      expect(await schedules.resume("s1", minutes(10))).toBe(true);
      expect(await schedules.resume("s1", minutes(20))).toBe(false);
      const resumed = { paused: false, pausedReason: undefined, nextAt: minutes(10), lastTurnId: undefined };
      expect(await schedules.get("s1")).toMatchObject(resumed);
      expect(await ids(schedules.pauseAllOf({ teamId: "T1", ownerId: "U1" }, "left"))).toEqual(["s1"]);
      expect(await ids(schedules.pauseAllOf({ teamId: "T1", ownerId: "U1" }, "left"))).toEqual([]);
    });

    test.for([
      ["Sophia", "its channel is archived", false],
      ["a person", undefined, true],
    ] as const)("one that %s paused goes on with a change, or stays paused", async ([, reason, paused]) => {
      await schedules.add(newSchedule());
      await schedules.ran("s1", "failed turn");
      await schedules.pause("s1", reason);
      await schedules.change("s1", newSchedule({ channel: "C2" }));
      const changed = { channel: "C2", paused, pausedReason: undefined, lastTurnId: undefined };
      expect(await schedules.get("s1")).toMatchObject(changed);
    });

    test("those are found whose last turn found no place", async () => {
      for (const id of ["gone", "fine", "before"]) await schedules.add(newSchedule({ id }));
      for (const [id, reason] of [
        ["gone", "reply: is_archived"],
        ["fine", "model_failed"],
        ["before", "reply: is_archived"],
      ] as const) {
        await turns.add({ ...turnOf(id), threadTs: id });
        await schedules.ran(id, id);
        const claim = await turns.claim(id, "worker", 60_000);
        await turns.finish(claim!, { status: "failed", reason });
      }
      await schedules.ran("before", "a later one");
      const found = await schedules.failedFor(["reply: is_archived", "reply: channel_not_found"]);
      expect(found).toMatchObject([{ id: "gone", failure: "reply: is_archived" }]);
      await schedules.pause("gone", "archived");
      expect(await schedules.failedFor(["reply: is_archived"])).toEqual([]);
    });

    test("those of a person who is forgotten are gone", async () => {
      await schedules.add(newSchedule());
      await schedules.add(newSchedule({ id: "s2", ownerId: "U2" }));
      await createForgetting({ database: db, clock, policyRevision: "0123456789ab" }).forget("U1");
      expect(await ids(schedules.due(10))).toEqual(["s2"]);
    });
  },
);
