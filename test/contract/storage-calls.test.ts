import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createLogger } from "../../src/observability/log.ts";
import { type Calls, createCalls } from "../../src/storage/calls.ts";
import type { Who } from "../../src/core/people-lists.ts";
import type { Database } from "../../src/storage/database.ts";
import { createEvents } from "../../src/storage/events.ts";
import { createForgetting } from "../../src/storage/forgetting.ts";
import { putOff } from "../../src/storage/replies.ts";
import { createRoutes } from "../../src/storage/routes.ts";
import { createTurns, type NewTurn, type Turns } from "../../src/storage/turns.ts";
import { type CallWatch, createCallWatch } from "../../src/workflows/calls/call-watch.ts";
import type { Route } from "../../src/workflows/routes.ts";
import { createToolReader } from "../../src/workflows/tool-reader.ts";
import { availableEngines, type EngineHome } from "../support/engines.ts";
import { WatchedGong } from "../support/watched-gong.ts";

const start = Date.parse("2026-11-18T10:00:00Z");
const minute = 60_000;
const hour = 60 * minute;
const who = { teamId: "T1", botUserId: "U0SOPHIA" };
const logger = createLogger({ level: "silent" });

describe.each((await availableEngines()).slice(0, 2))("calls on $name", (engine) => {
  let home: EngineHome;
  let db: Database;
  let calls: Calls;
  let turns: Turns;
  let gong: WatchedGong;
  let submitted: NewTurn[];
  let routes: Route[];
  /** What Slack says of an address. */
  let slackSays: Who | "away";
  let now = start;
  const clock = { now: () => now };

  beforeAll(async () => {
    home = await engine.create();
    db = (await home.createStorage()).database;
    turns = createTurns(db, clock);
  });
  beforeEach(async () => {
    now = start;
    gong = new WatchedGong();
    calls = createCalls(db, clock);
    submitted = [];
    slackSays = { groups: [] };
    routes = [{ id: "r1", number: "c1", what: "calls", channel: "C1", where: {}, origin: "config" }];
    await db.script(
      "TRUNCATE sophia.calls, sophia.call_watch, sophia.events, sophia.turns CASCADE; TRUNCATE sophia.routes",
    );
  });
  afterAll(() => home.drop());

  /** One replica's; `dies`: its process ends right after it has stored a turn. */
  function watch({ dies = false } = {}): CallWatch {
    let count = 0;
    return createCallWatch({
      events: createEvents(db, clock),
      calls,
      reader: createToolReader({ call: gong.call }),
      routes: { all: () => Promise.resolve(routes) },
      personWith: () => Promise.resolve(slackSays),
      submit: async (turn) => {
        const isNew = await turns.add(turn);
        if (isNew) submitted.push(turn);
        if (dies) throw new Error("killed");
        return isNew;
      },
      who,
      clock,
      newId: (prefix) => `${prefix}_${submitted.length}_${count++}_${Math.random()}`,
      logger,
      signal: new AbortController().signal,
    });
  }
  const tell = (id: string) =>
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
  const told = () => submitted.map(({ sourceKey }) => sourceKey);
  const stateOf = async (id: string) =>
    (
      await db.query<{ state: string; reason: string | null }>(
        "SELECT state, reason FROM sophia.calls WHERE call_id = $1",
        [id],
      )
    )[0];

  test("are told of once, by two replicas, whoever found them and however often", async () => {
    const [one, two] = [watch(), watch()];
    await Promise.all([one.sweep(), two.sweep()]);
    expect(gong.lists).toBe(1);
    now += 6 * minute;
    gong.calls = [{ id: "11", endedAt: now - minute }];
    for (let times = 0; times < 5; times++) await tell("11");
    await Promise.all([one.sweep(), two.sweep(), one.sweep(), two.sweep()]);
    now += 10 * minute;
    await Promise.all([one.sweep(), two.sweep()]);
    expect(gong.lists).toBe(3);
    expect(told()).toEqual(["call:11:C1"]);
    expect(await stateOf("11")).toEqual({ state: "summarised", reason: null });
  });

  test("are told of once where a process dies in between", async () => {
    await watch().sweep();
    now += 6 * minute;
    gong.calls = [{ id: "12", endedAt: now }];
    await watch({ dies: true }).sweep();
    expect(await stateOf("12")).toMatchObject({ state: "seen" });
    now += 5 * minute;
    await watch().sweep();
    expect(told()).toEqual(["call:12:C1"]);
    expect(await stateOf("12")).toMatchObject({ state: "summarised" });
  });

  test("that are private, before Sophia's time or wanted by nobody are not", async () => {
    const one = watch();
    await one.sweep();
    gong.calls = [
      { id: "21", endedAt: now - 2 * hour },
      { id: "22", endedAt: now, isPrivate: true },
    ];
    for (const id of ["21", "22"]) await tell(id);
    now += 6 * minute;
    await one.sweep();
    routes = [{ ...(routes[0] as Route), where: { accounts: ["Acme"] } }];
    gong.calls.push({ id: "23", endedAt: now });
    await tell("23");
    for (let times = 0; times < 6; times++) {
      await one.sweep();
      now += 5 * minute;
    }
    expect(told()).toEqual([]);
    expect([await stateOf("21"), await stateOf("22"), await stateOf("23")].map((one) => one?.reason)).toEqual([
      "before_start",
      "not_to_be_seen",
      "no_route",
    ]);
  });

  test("of a time in which nobody wanted to hear of any are not told when somebody does", async () => {
    routes = [];
    const one = watch();
    await one.sweep();
    now += 3 * hour;
    gong.calls = [{ id: "31", endedAt: now - hour }];
    await one.sweep();
    expect(gong.lists).toBe(0);
    routes = [{ id: "r1", number: "1", what: "calls", channel: "C1", where: {}, origin: "person" }];
    now += 6 * minute;
    gong.calls.push({ id: "32", endedAt: now });
    await one.sweep();
    expect(told()).toEqual(["call:32:C1"]);
  });

  test("are told of also where they came to light, or were transcribed, a day later", async () => {
    const one = watch();
    await one.sweep();
    now += hour;
    gong.calls = [{ id: "41", endedAt: now }];
    now += 30 * hour;
    await one.sweep();
    gong.calls.push({ id: "42", endedAt: now, isTranscribed: false });
    await tell("42");
    for (let times = 0; times < 4; times++) {
      await one.sweep();
      now += 10 * minute;
    }
    expect(told()).toEqual(["call:41:C1"]);
    for (const call of gong.calls) call.isTranscribed = true;
    await one.sweep();
    expect(told()).toEqual(["call:41:C1", "call:42:C1"]);
  });

  test("go at once where that is known, and elsewhere once the CRM or Slack says whether they do", async () => {
    const [route] = routes as [Route];
    const one = watch();
    await one.sweep();
    gong.calls = [{ id: "61", endedAt: now, account: "Acme" }];
    const wanted = { stages: ["Won"] };
    routes = [
      route,
      { ...route, id: "r2", channel: "C2", where: wanted },
      { ...route, id: "r3", channel: "C3", where: { ...wanted, accounts: ["Other"] } },
      { ...route, id: "r4", channel: "C4", problem: "away" },
      { ...route, id: "r5", channel: "C5", where: { stages: ["Lost"] } },
    ];
    gong.crm = "away";
    await tell("61");
    await one.sweep();
    expect(told()).toEqual(["call:61:C1"]);
    expect(await stateOf("61")).toMatchObject({ state: "seen" });
    gong.crm = "Won";
    routes = routes.map((one) => ({ ...one, problem: undefined }));
    now += minute;
    await one.sweep();
    expect(told()).toEqual(["call:61:C1", "call:61:C2", "call:61:C4"]);
    expect(await stateOf("61")).toMatchObject({ state: "summarised" });
  });

  test("are not looked at again for routes that go elsewhere, or nowhere new, whatever Slack says of those", async () => {
    const [route] = routes as [Route];
    const one = watch();
    await one.sweep();
    gong.calls = [{ id: "62", endedAt: now, account: "Acme", owner: { name: "Dana", email: "dana@ours.example" } }];
    const away = { ...route, problem: "away" as const };
    routes = [
      route,
      { ...away, id: "r2" },
      { ...away, id: "r3", channel: "C3", where: { accounts: ["Other"] } },
      { ...away, id: "r4", channel: "C4", where: { owners: ["sam@ours.example"] } },
      { ...away, id: "r5", channel: "C5", mutedUntil: new Date(now + hour) },
      { ...away, id: "r6", channel: "C6", what: "deals" },
    ];
    await tell("62");
    await one.sweep();
    expect(told()).toEqual(["call:62:C1"]);
    expect(await stateOf("62")).toEqual({ state: "summarised", reason: null });
  });

  test("wait for a Slack that does not say who led them, where a channel asks for that", async () => {
    const [route] = routes as [Route];
    const one = watch();
    await one.sweep();
    const owner = { name: "Dana", email: "dana@ours.example" };
    gong.calls = ["71", "72"].map((id) => ({ id, endedAt: now, owner }));
    slackSays = "away";
    routes = [{ ...route, where: { teams: ["@emea"] } }];
    await tell("71");
    await one.sweep();
    expect(await stateOf("71")).toMatchObject({ state: "seen" });
    slackSays = { ...owner, groups: ["@emea"] };
    now += minute;
    await one.sweep();
    expect(told()).toEqual(["call:71:C1"]);
    slackSays = "away";
    routes = [
      { ...route, where: { owners: ["dana@ours.example"] } },
      { ...route, id: "r2", channel: "C2", where: { teams: ["@emea"], accounts: ["Other"] } },
    ];
    await tell("72");
    await one.sweep();
    expect(told()).toContainEqual("call:72:C1");
    expect(await stateOf("72")).toMatchObject({ state: "summarised" });
  });

  test("whose summary was put off are summarised by another turn, once, for a day", async () => {
    const one = watch();
    await one.sweep();
    gong.calls = [{ id: "81", endedAt: now }];
    const [route] = routes as [Route];
    routes = [route, { ...route, id: "r2", channel: "C2" }];
    await tell("81");
    await one.sweep();
    const keys = () => submitted.map(({ sourceKey }) => sourceKey);
    expect(keys()).toEqual(["call:81:C1", "call:81:C2"]);
    const finish = async (key: string, status: "done" | "failed", reason?: string) => {
      const claim = await turns.claim(submitted.find(({ sourceKey }) => sourceKey === key)?.id ?? "", "w", 60_000);
      if (claim) await turns.finish(claim, { status, reason });
    };
    await finish("call:81:C1", "done");
    expect(await calls.again("81", new Date(now + 5 * minute))).toBe(true);
    // Whoever looks at it meanwhile does not end it, and while the turn is not over there is no other.
    await calls.summarised({ id: "81", seenAt: new Date(now), attempts: 1 });
    expect(await stateOf("81")).toMatchObject({ state: "seen" });
    now += 6 * minute;
    await one.sweep();
    expect(keys()).toHaveLength(2);
    await finish("call:81:C2", "failed", putOff);
    await calls.again("81", new Date(now));
    await Promise.all([one.sweep(), watch().sweep()]);
    expect(keys().slice(2)).toEqual(["call:81:C2:2"]);
    await finish("call:81:C2:2", "failed", "gong");
    await calls.again("81", new Date(now));
    await one.sweep();
    expect(keys()).toHaveLength(3);
    now += 24 * hour;
    expect(await calls.again("81", new Date(now))).toBe(false);
    expect(await stateOf("81")).toMatchObject({ state: "summarised" });
  });

  test("that are never transcribed are given up, and a Gong that is away is asked again", async () => {
    const one = watch();
    await one.sweep();
    gong.calls = [{ id: "51", endedAt: now, isTranscribed: false }];
    await tell("51");
    gong.isAway = true;
    await one.sweep();
    expect(await stateOf("51")).toMatchObject({ state: "seen" });
    gong.isAway = false;
    for (let times = 0; times < 14; times++) {
      now += hour;
      await one.sweep();
    }
    expect(await stateOf("51")).toEqual({ state: "skipped", reason: "not_transcribed" });
    expect(told()).toEqual([]);
  });

  test("that a poll gave up are looked at again once Gong has processed them", async () => {
    const one = watch();
    await one.sweep();
    gong.calls = [
      { id: "52", endedAt: now, isTranscribed: false },
      { id: "53", endedAt: now - 30 * minute },
    ];
    await calls.see(["52", "53"], "poll");
    for (let times = 0; times < 14; times++) {
      await one.sweep();
      now += hour;
    }
    expect(await stateOf("52")).toEqual({ state: "skipped", reason: "not_transcribed" });
    expect(await stateOf("53")).toEqual({ state: "skipped", reason: "before_start" });
    for (const call of gong.calls) call.isTranscribed = true;
    await calls.see(["52", "52"], "poll");
    await one.sweep();
    expect(told()).toEqual([]);
    for (const id of ["52", "53"]) await tell(id);
    await one.sweep();
    await calls.see(["52", "53"], "webhook");
    now += 2 * minute;
    await one.sweep();
    expect(told()).toEqual(["call:52:C1"]);
    expect(await stateOf("52")).toEqual({ state: "summarised", reason: null });
    expect(await stateOf("53")).toEqual({ state: "skipped", reason: "before_start" });
  });

  test("go by routes that people make, mute and remove", async () => {
    const records = createRoutes(db, clock);
    const made = { id: "route_1", what: "calls" as const, channel: "C1", where: { stages: ["Won"] }, createdBy: "U1" };
    const number = await records.add(made);
    expect(await records.list()).toEqual([{ ...made, number, createdAt: new Date(now), isStopTold: false }]);
    expect(await records.markStopTold("route_1", true)).toBe(true);
    expect(await records.markStopTold("route_1", true)).toBe(false);
    expect(await records.list()).toMatchObject([{ isStopTold: true }]);
    const until = new Date(now + hour);
    await records.mute("route_1", new Date(now + minute));
    await records.mute("route_1", until);
    expect(await records.mutes()).toEqual(new Map([["route_1", until]]));
    now += 2 * hour;
    expect(await records.mutes()).toEqual(new Map());
    await records.add({ ...made, id: "route_2", where: { owners: ["U1"] }, createdBy: "U2" });
    await createForgetting({ database: db, clock, policyRevision: "0123456789ab" }).forget("U1");
    expect((await records.list()).map(({ id, createdBy }) => [id, createdBy])).toEqual([["route_1", null]]);
    expect([await records.remove("route_1"), await records.remove("route_1")]).toEqual([true, false]);
    expect(await records.list()).toEqual([]);
  });
});
