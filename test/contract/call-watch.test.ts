import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Who } from "../../src/core/people-lists.ts";
import { createLogger } from "../../src/observability/log.ts";
import { type Calls, createCalls } from "../../src/storage/calls.ts";
import type { Database } from "../../src/storage/database.ts";
import { createEvents } from "../../src/storage/events.ts";
import { createTurns } from "../../src/storage/turns.ts";
import { type CallWatch, createCallWatch } from "../../src/workflows/calls/call-watch.ts";
import type { Route } from "../../src/workflows/routes.ts";
import { createToolReader } from "../../src/workflows/tool-reader.ts";
import { availableEngines, type EngineHome } from "../support/engines.ts";
import { WatchedGong } from "../support/watched-gong.ts";

const start = Date.parse("2026-11-18T10:00:00Z");
const minute = 60_000;
const hour = 60 * minute;

/** A webhook may come before Gong shows the call, a poll before Gong has processed it. */
describe.each((await availableEngines()).slice(0, 2))("calls that Gong tells of by and by, on $name", (engine) => {
  let home: EngineHome;
  let db: Database;
  let calls: Calls;
  let gong: WatchedGong;
  let told: string[];
  let where: Route["where"];
  let mutedUntil: Date | undefined;
  /** What Slack says of an address. */
  let slackSays: Who | "away";
  let replicas: CallWatch[];
  let now = start;
  const clock = { now: () => now };

  beforeAll(async () => {
    home = await engine.create();
    db = (await home.createStorage()).database;
  });
  beforeEach(async () => {
    now = start;
    gong = new WatchedGong();
    calls = createCalls(db, clock);
    told = [];
    where = {};
    mutedUntil = undefined;
    slackSays = { groups: [] };
    await db.script("TRUNCATE sophia.calls, sophia.call_watch, sophia.events, sophia.turns CASCADE");
    replicas = [watch(1), watch(2)];
    await sweep();
  });
  afterAll(() => home.drop());

  function watch(replica: number): CallWatch {
    let count = 0;
    const turns = createTurns(db, clock);
    return createCallWatch({
      events: createEvents(db, clock),
      calls,
      reader: createToolReader({ call: gong.call }),
      routes: {
        all: () =>
          Promise.resolve([
            { id: "r1", number: "c1", what: "calls", channel: "C1", where, origin: "config", mutedUntil },
          ]),
      },
      personWith: () => Promise.resolve(slackSays),
      submit: async (turn) => {
        const isNew = await turns.add(turn);
        if (isNew) told.push(turn.sourceKey);
        return isNew;
      },
      who: { teamId: "T1", botUserId: "U0SOPHIA" },
      clock,
      newId: (prefix) => `${prefix}_${replica}_${count++}`,
      logger: createLogger({ level: "silent" }),
      signal: new AbortController().signal,
    });
  }
  const sweep = () => Promise.all(replicas.map((one) => one.sweep()));
  async function pass(ms: number, step = minute): Promise<void> {
    for (const end = now + ms; now < end; ) {
      now += step;
      await sweep();
    }
  }
  const webhook = (id: string) =>
    createEvents(db, clock).add([
      {
        key: `gong:${id}:processed`,
        source: "gong",
        kind: "call.processed",
        objectId: id,
        occurredAt: new Date(now),
        data: {},
      },
    ]);
  const reasonOf = async (id: string) =>
    (await db.query<{ reason: string | null }>("SELECT reason FROM sophia.calls WHERE call_id = $1", [id]))[0]?.reason;

  test("are routed by what Gong says of them once it has processed them", async () => {
    where = { trackers: ["pricing"] };
    gong.calls = [{ id: "1", endedAt: now, isTranscribed: false }];
    await pass(40 * minute);
    expect(await reasonOf("1")).toBeNull();
    gong.calls = [{ id: "1", endedAt: start, trackers: ["pricing"] }];
    await pass(2 * hour);
    expect(told).toEqual(["call:1:C1"]);
  });

  test("are routed anew when Gong says that it has processed them", async () => {
    where = { trackers: ["pricing"] };
    gong.calls = [{ id: "2", endedAt: now }];
    await pass(40 * minute);
    expect(await reasonOf("2")).toBe("no_route");
    gong.calls = [{ id: "2", endedAt: start, trackers: ["pricing"] }];
    await webhook("2");
    await sweep();
    expect(told).toEqual(["call:2:C1"]);
    await pass(5 * hour, 10 * minute);
    expect(told).toHaveLength(1);
  });

  test("are routed by nothing that others read of them before Gong told of them", async () => {
    where = { trackers: ["pricing"] };
    gong.calls = [{ id: "3", endedAt: now }];
    await webhook("3");
    await sweep();
    expect(await reasonOf("3")).toBeNull();
    gong.calls = [{ id: "3", endedAt: start, trackers: ["pricing"] }];
    await pass(2 * minute);
    expect(told).toEqual(["call:3:C1"]);
  });

  test("are not looked at while what was read right before Gong told of them is kept", async () => {
    gong.calls = [{ id: "9", endedAt: now, isTranscribed: false }];
    await calls.see(["9"], "poll");
    await sweep();
    now += minute / 6;
    gong.calls = [{ id: "9", endedAt: start }];
    await webhook("9");
    await pass(minute, minute / 6);
    expect(told).toEqual([]);
    await pass(minute / 6);
    expect(told).toEqual(["call:9:C1"]);
  });

  test("are waited for where the webhook is ahead of what Gong shows", async () => {
    await webhook("4");
    await sweep();
    gong.calls = [{ id: "4", endedAt: now }];
    await pass(minute);
    expect(gong.lists).toBe(1);
    expect(told).toEqual(["call:4:C1"]);
  });

  test("are told of once a poll lists them, however late", async () => {
    await webhook("5");
    await pass(2 * hour, 5 * minute);
    expect(await reasonOf("5")).toBe("not_to_be_seen");
    gong.calls = [{ id: "5", endedAt: start }];
    await pass(6 * minute);
    expect(told).toEqual(["call:5:C1"]);
    await pass(5 * hour, 10 * minute);
    expect(told).toHaveLength(1);
  });

  test.each([
    ["whose owner is another", { owners: ["sam@ours.example"], trackers: ["pricing"] }],
    ["whose team is another", { teams: ["@emea"] }],
    ["that are longer", { minMinutes: 11 }],
  ])("are looked at once where routes only want calls %s", async (_, wanted) => {
    where = wanted;
    gong.calls = [
      { id: "10", endedAt: now, isTranscribed: false, owner: { name: "Dana", email: "dana@ours.example" } },
    ];
    await pass(5 * hour, 5 * minute);
    expect(await reasonOf("10")).toBe("no_route");
    expect(gong.reads).toEqual(["gong__get_call_transcript 10", "gong__get_call_summary 10"]);
  });

  test("are waited for where whoever led them is not known yet, or the route is muted", async () => {
    where = { teams: ["@emea"] };
    gong.calls = [{ id: "11", endedAt: now, isTranscribed: false }];
    await pass(6 * minute);
    slackSays = "away";
    gong.calls.push({
      id: "12",
      endedAt: now,
      isTranscribed: false,
      owner: { name: "Dana", email: "dana@ours.example" },
    });
    await pass(6 * minute);
    mutedUntil = new Date(now + 10 * minute);
    where = {};
    gong.calls.push({ id: "13", endedAt: now, isTranscribed: false });
    await pass(12 * minute);
    expect([await reasonOf("11"), await reasonOf("12"), await reasonOf("13")]).toEqual([null, null, null]);
    for (const call of gong.calls) Object.assign(call, { isTranscribed: true });
    await pass(hour);
    expect(told.toSorted()).toEqual(["call:11:C1", "call:12:C1", "call:13:C1"]);
  });

  test("are asked for no more than their transcript while they have none", async () => {
    gong.calls = [{ id: "14", endedAt: now, isTranscribed: false }];
    await pass(6 * hour, 5 * minute);
    expect(await reasonOf("14")).toBe("not_transcribed");
    const counts = Object.fromEntries([...Map.groupBy(gong.reads, String)].map(([read, all]) => [read, all.length]));
    expect(counts).toEqual({ "gong__get_call_transcript 14": 13, "gong__get_call_summary 14": 1 });
  });

  test("that a poll lists and nothing shows are looked at for some minutes of each hour", async () => {
    gong.calls = [{ id: "15", endedAt: now, isUnknown: true }];
    await pass(3 * hour);
    expect(gong.reads).toHaveLength(3 * 5);
  });

  test("are never told of while they are private", async () => {
    gong.calls = [{ id: "6", endedAt: now, isPrivate: true }];
    await webhook("6");
    await pass(5 * hour, 5 * minute);
    expect(await reasonOf("6")).toBe("not_to_be_seen");
    await calls.see(["6"], "webhook");
    await pass(hour);
    expect(told).toEqual([]);
    expect(await reasonOf("6")).toBe("not_to_be_seen");
  });

  test("are looked at at once when Gong has processed them, however long the next look is off", async () => {
    gong.calls = [{ id: "7", endedAt: now, isTranscribed: false }];
    await pass(105 * minute);
    gong.calls = [{ id: "7", endedAt: start }];
    await sweep();
    expect(told).toEqual([]);
    await webhook("7");
    await sweep();
    expect(told).toEqual(["call:7:C1"]);
    await pass(5 * hour, 10 * minute);
    expect(told).toHaveLength(1);
  });

  test("are not ended by a look that began before Gong told of them", async () => {
    where = { trackers: ["pricing"] };
    gong.calls = [{ id: "8", endedAt: now }];
    await calls.see(["8"], "poll");
    now += 5 * minute;
    gong.meanwhile = async () => {
      now += 1_000;
      await webhook("8");
      await replicas[1]?.sweep();
    };
    await replicas[0]?.sweep();
    expect(await reasonOf("8")).toBeNull();
    gong.calls = [{ id: "8", endedAt: start, trackers: ["pricing"] }];
    await pass(2 * minute);
    expect(told).toEqual(["call:8:C1"]);
  });
});
