import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database, Queryable } from "../../src/storage/database.ts";
import { type Claim, createTurns, TurnLostError, type Turns } from "../../src/storage/turns.ts";
import { addSteps } from "../../src/storage/turn-statements.ts";
import { availableEngines, type EngineHome } from "../support/engines.ts";
import { until } from "../support/servers.ts";
import { newTurn, question } from "../support/turns.ts";

const leaseMs = 60_000;
/** A lease that has ended when it begins: what a crash looks like to the others. */
const noLease = -1;
const clock = { now: () => Date.parse("2026-03-02T10:00:00Z") };

const isWaiting = async (db: Queryable): Promise<boolean> => {
  const waiting = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
  return (await db.query(waiting)).length > 0;
};

describe.each(await availableEngines())("turns on $name", (engine) => {
  let home: EngineHome;
  let db: Database;
  let turns: Turns;

  beforeAll(async () => {
    home = await engine.create();
    db = (await home.createStorage()).database;
    turns = createTurns(db, clock);
  });
  beforeEach(() => db.script("TRUNCATE sophia.turns, sophia.threads CASCADE"));
  afterAll(() => home.drop());

  const claimed = async (id: string, workerId = "w1", ms = leaseMs): Promise<Claim> => {
    const claim = await turns.claim(id, workerId, ms);
    if (!claim) throw new Error(`${id} could not be claimed`);
    return claim;
  };

  test("stores a turn whole, and gives it back", async () => {
    const turn = newTurn({ messageTs: "1712345678.000001", text: "what's new? \0 naïve 🎉" });
    expect(await turns.isPartOf("T1", "C1", turn.threadTs)).toBe(false);
    expect(await turns.add(turn)).toBe(true);
    expect(await turns.get(turn.id)).toEqual({
      ...turn,
      text: "what's new?  naïve 🎉",
      status: "queued",
      attempt: 0,
      revision: 0,
      isReadOnly: false,
      isRoot: false,
      stopRequested: false,
      createdAt: new Date(clock.now()),
    });
    expect(await turns.isPartOf("T1", "C1", turn.threadTs)).toBe(true);
    expect(await turns.isPartOf("T2", "C1", turn.threadTs)).toBe(false);
    await turns.add(newTurn({ id: "shared", refusal: "external_channel" }));
    expect(await turns.get("shared")).toMatchObject({ refusal: "external_channel" });
    const calls = [{ tool: "asana__create_task", arguments: { name: "Call \0 Acme" } }];
    const viewing = { channel: "C2", messageTs: "1712345678.000002" };
    const unasked = { task: { kind: "calls", calls }, isRoot: true, isReadOnly: true, viewing } as const;
    await turns.add(newTurn({ id: "unasked", ...unasked }));
    expect(await turns.get("unasked")).toMatchObject(unasked);
  });

  test("stores one turn of twenty deliveries at the same moment", async () => {
    const added = await Promise.all(
      Array.from({ length: 20 }, () => turns.add(newTurn({ sourceKey: "message:T1:C1:1.0", threadTs: "1.0" }))),
    );
    expect(added.filter(Boolean)).toHaveLength(1);
    expect(await db.query("SELECT id FROM sophia.turns")).toHaveLength(1);
  });

  test("lets one of ten workers claim a turn", async () => {
    const turn = newTurn();
    await turns.add(turn);
    const claims = await Promise.all(Array.from({ length: 10 }, (_, n) => turns.claim(turn.id, `w${n}`, leaseMs)));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  test("remembers what its neighbour still wrote while the claim waited for its end", async () => {
    for (const id of ["before", "after"]) await turns.add(newTurn({ id, threadTs: "1.0" }));
    const { turn, attempt } = await claimed("before");
    let claim: Promise<Claim | undefined> | undefined;
    await db.transaction(async (tx) => {
      await tx.query("SELECT id FROM sophia.turns WHERE id = $1 FOR UPDATE", [turn.id]);
      claim = turns.claim("after", "w2", leaseMs);
      if (engine.name !== "PGlite") await until(() => isWaiting(tx), "the claim to wait");
      const step = JSON.stringify([question("hello")]);
      await tx.query(addSteps, [turn.id, attempt, turn.revision, 0, step]);
      await tx.query("UPDATE sophia.turns SET status = 'done' WHERE id = $1", [turn.id]);
    });
    expect((await claim)?.history).toEqual([question("hello")]);
  });

  test("never has two turns of a thread running, whoever claims and finishes when", async () => {
    const ids = Array.from({ length: 8 }, (_, n) => `t${n}`);
    await Promise.all(ids.map((id) => turns.add(newTurn({ id, threadTs: "1.0" }))));
    const order = (await db.query<{ id: string }>("SELECT id FROM sophia.turns ORDER BY seq")).map((row) => row.id);
    const finished: string[] = [];
    let runningNow = 0;
    const worker = async (workerId: string) => {
      while (finished.length < ids.length) {
        for (const id of ids) {
          const claim = await turns.claim(id, workerId, leaseMs);
          if (!claim) continue;
          runningNow += 1;
          expect(runningNow).toBe(1);
          await turns.addSteps(claim, 0, [question(id)]);
          runningNow -= 1;
          finished.push(id);
          await turns.finish(claim, { status: "done" });
        }
      }
    };
    await Promise.all(["a", "b", "c", "d"].map(worker));
    expect(finished).toEqual(order);
  });

  test("runs messages of a thread in Slack's order where both wait, else as they were stored", async () => {
    const thread = { threadTs: "1.0" };
    await turns.add(newTurn({ ...thread, id: "second", messageTs: "1712345678.000002" }));
    await turns.add(newTurn({ ...thread, id: "first", messageTs: "1712345678.000001" }));
    await turns.add(newTurn({ ...thread, id: "command" }));
    expect(await turns.claim("second", "w1", leaseMs)).toBeUndefined();
    expect(await turns.claim("command", "w1", leaseMs)).toBeUndefined();
    expect(await turns.finish(await claimed("first"), { status: "done" })).toBe("second");
    expect(await turns.finish(await claimed("second"), { status: "done" })).toBe("command");
    expect(await turns.finish(await claimed("command"), { status: "done" })).toBeUndefined();
  });

  test("lets an earlier message that arrives late wait for the later one that runs, and follow it", async () => {
    await turns.add(newTurn({ id: "late", threadTs: "1.0", messageTs: "1712345678.000002" }));
    const running = await claimed("late", "w1", noLease);
    await turns.add(newTurn({ id: "early", threadTs: "1.0", messageTs: "1712345678.000001" }));
    expect(await turns.claim("early", "w1", leaseMs)).toBeUndefined();
    const again = await claimed("late", "w2");
    expect(again.attempt).toBe(running.attempt + 1);
    expect(await turns.finish(again, { status: "done" })).toBe("early");
  });

  test("keeps the same thread of another channel or workspace apart", async () => {
    await turns.add(newTurn({ id: "a", threadTs: "1.0" }));
    await turns.add(newTurn({ id: "b", threadTs: "1.0", channel: "C2" }));
    await turns.add(newTurn({ id: "c", threadTs: "1.0", teamId: "T2" }));
    for (const id of ["a", "b", "c"]) expect((await claimed(id)).history).toEqual([]);
  });

  test("remembers a thread's steps in the order in which they happened, byte for byte", async () => {
    const step = { ...question("ab"), extra: { z: 1, a: "\0 \ud800", n: 1.0 } };
    await turns.add(newTurn({ id: "b", threadTs: "1.0", messageTs: "1712345678.000002" }));
    const first = await claimed("b");
    await turns.add(newTurn({ id: "a", threadTs: "1.0", messageTs: "1712345678.000001" }));
    await turns.addSteps(first, 0, [step, question("one")]);
    await turns.addSteps(first, 2, [question("two")]);
    await turns.finish(first, { status: "done" });
    const second = await claimed("a");
    expect(JSON.stringify(second.history)).toBe(JSON.stringify([step, question("one"), question("two")]));
    expect(second.steps).toEqual([]);
    await turns.addSteps(second, 0, [question("three")]);
    await turns.finish(second, { status: "stopped" });
    await turns.add(newTurn({ id: "c", threadTs: "1.0" }));
    expect((await claimed("c")).history).toEqual(
      [step, question("one"), question("two"), question("three")].map(plain),
    );
  });

  test("hands the steps of a crashed attempt on, and refuses the overtaken worker everything", async () => {
    await turns.add(newTurn({ id: "t" }));
    const dead = await claimed("t", "w1", noLease);
    await turns.addSteps(dead, 0, [question("one")]);
    expect(await turns.overdue(leaseMs)).toEqual(["t"]);
    const heir = await claimed("t", "w2");
    expect(heir).toMatchObject({ attempt: 2, takeovers: 1, steps: [question("one")] });
    await expect(turns.addSteps(dead, 1, [question("two")])).rejects.toThrow(TurnLostError);
    await expect(turns.finish(dead, { status: "done" })).rejects.toThrow(TurnLostError);
    await turns.release(dead);
    expect(await turns.claim("t", "w3", leaseMs)).toBeUndefined();
    await turns.addSteps(heir, 1, [question("two")]);
    expect(await turns.renew("w1", ["t"], leaseMs)).toEqual({ held: [], stop: [], edited: [] });
    expect(await turns.renew("w2", ["t"], leaseMs)).toEqual({ held: ["t"], stop: [], edited: [] });
    await turns.finish(heir, { status: "done", reason: "ok", usage: usage() });
    await expect(turns.addSteps(heir, 2, [question("three")])).rejects.toThrow(TurnLostError);
    await expect(turns.finish(heir, { status: "done" })).rejects.toThrow(TurnLostError);
    expect(await turns.steps("t")).toEqual([question("one"), question("two")]);
  });

  test("takes a step again whose acknowledgement was lost, once", async () => {
    await turns.add(newTurn({ id: "t" }));
    const claim = await claimed("t");
    await turns.addSteps(claim, 0, [question("one")]);
    await turns.addSteps(claim, 0, [question("one")]);
    expect(await turns.steps("t")).toEqual([question("one")]);
  });

  test("does not count a turn that was given back as taken from a dead worker", async () => {
    await turns.add(newTurn({ id: "t" }));
    await turns.release(await claimed("t"));
    expect(await turns.overdue(leaseMs)).toEqual(["t"]);
    expect(await claimed("t", "w2")).toMatchObject({ attempt: 2, takeovers: 0 });
  });

  test("leaves a turn for minutes, longer the older it is, without counting it, until it is too old", async () => {
    const [minute, hour] = [60, 3_600];
    await turns.add(newTurn({ id: "t" }));
    const leftAt = async (age: number, forMs: number) => {
      await db.script("UPDATE sophia.turns SET lease_until = now()");
      const claim = await claimed("t");
      expect(claim).toMatchObject({ takeovers: 0 });
      await db.script(`UPDATE sophia.turns SET queued_at = now() - interval '${age} seconds'`);
      const isLeft = await turns.leave(claim, forMs);
      const [row] = await db.query<{ seconds: number }>(
        "SELECT extract(epoch FROM lease_until - now())::float8 AS seconds FROM sophia.turns",
      );
      return isLeft && Math.round((row?.seconds ?? 0) / minute);
    };
    const day = 24 * hour * 1_000;
    for (const [age, minutes] of [
      [0, 1],
      [10 * minute, 5],
      [10 * hour, 30],
    ] as const)
      expect(await leftAt(age, day)).toBe(minutes);
    expect(await turns.overdue(noLease)).toEqual([]);
    expect(await turns.claim("t", "w2", leaseMs)).toBeUndefined();
    expect(await turns.renew("w1", ["t"], leaseMs)).toMatchObject({ held: [] });
    await db.script("UPDATE sophia.turns SET lease_until = now()");
    const other = await claimed("t", "w2");
    expect(await turns.leave({ ...other, attempt: other.attempt - 1 }, day)).toBe(false);
    await turns.release(other);
    expect(await leftAt(25 * hour, day)).toBe(false);
  });

  test("drops the steps of an edited question and lets its own worker claim it anew", async () => {
    await turns.add(newTurn({ id: "t", messageTs: "5.000001" }));
    const old = await claimed("t");
    await turns.addSteps(old, 0, [question("old")]);
    expect(await turns.edit("T1", "C1", "5.000001", { text: "new", agent: "other" })).toMatchObject({
      id: "t",
      text: "new",
      revision: 1,
    });
    expect(await turns.renew("w1", ["t"], leaseMs)).toEqual({ held: ["t"], stop: [], edited: ["t"] });
    await expect(turns.addSteps(old, 1, [question("old")])).rejects.toThrow(TurnLostError);
    await expect(turns.finish(old, { status: "done" })).rejects.toThrow(TurnLostError);
    expect(await turns.claim("t", "w2", leaseMs)).toBeUndefined();
    const fresh = await claimed("t");
    expect(fresh).toMatchObject({ steps: [], takeovers: 0, turn: { text: "new", agent: "other", revision: 1 } });
    expect(await turns.claim("t", "w1", leaseMs)).toBeUndefined();
    await turns.addSteps(fresh, 0, [question("new")]);
    await turns.finish(fresh, { status: "done" });
    expect(await turns.edit("T1", "C1", "5.000001", { text: "newer", agent: "sophia" })).toBeUndefined();
    expect(await turns.steps("t")).toEqual([question("new")]);
  });

  test("takes no edit that changes nothing, such as Slack's when it unfurls a link", async () => {
    const turn = newTurn({ messageTs: "5.000001" });
    await turns.add(turn);
    expect(await turns.edit("T1", "C1", "5.000001", { text: turn.text, agent: "sophia" })).toBeUndefined();
    expect(await turns.edit("T1", "C2", "5.000001", { text: "other channel", agent: "sophia" })).toBeUndefined();
  });

  test("stops what waits at once and marks what runs", async () => {
    const thread = { teamId: "T1", channel: "C1", threadTs: "1.0" };
    for (const id of ["a", "b", "c"])
      await turns.add(newTurn({ ...thread, id, messageTs: `5.00000${id.charCodeAt(0)}` }));
    await turns.add(newTurn({ id: "elsewhere" }));
    const running = await claimed("a");
    const ended = expect.toSatisfy(isSetOf("b", "c"));
    expect(await turns.requestStop(thread)).toEqual({ running: ["a"], ended, suspended: [] });
    expect(await turns.renew("w1", ["a"], leaseMs)).toEqual({ held: ["a"], stop: ["a"], edited: [] });
    expect(await turns.claim("b", "w1", leaseMs)).toBeUndefined();
    expect(await turns.finish(running, { status: "stopped" })).toBeUndefined();
    expect(await turns.requestStop(thread)).toEqual({ running: [], ended: [], suspended: [] });
    expect(await turns.requestStop({ turnId: "elsewhere" })).toMatchObject({ running: [], ended: ["elsewhere"] });
  });

  test("stops the turn of one message", async () => {
    await turns.add(newTurn({ id: "a", threadTs: "1.0", messageTs: "5.000001" }));
    await turns.add(newTurn({ id: "b", threadTs: "1.0", messageTs: "5.000002" }));
    const target = { teamId: "T1", channel: "C1", messageTs: "5.000001" };
    expect(await turns.requestStop(target)).toEqual({ running: [], ended: ["a"], suspended: [] });
    expect(await turns.overdue(noLease)).toEqual(["b"]);
  });

  test("moves a slash command's turn into the thread that was made for it", async () => {
    await turns.add(newTurn({ id: "command", threadTs: "command:1" }));
    const claim = await claimed("command");
    await turns.addSteps(claim, 0, [question("asked")]);
    await turns.setThread("command", { channel: "D1", threadTs: "9.0" });
    expect(await turns.isPartOf("T1", "D1", "9.0")).toBe(true);
    await turns.add(newTurn({ id: "follow-up", channel: "D1", threadTs: "9.0" }));
    expect(await turns.claim("follow-up", "w1", leaseMs)).toBeUndefined();
    expect(await turns.finish(claim, { status: "done" })).toBe("follow-up");
    expect((await claimed("follow-up")).history).toEqual([question("asked")]);
  });

  test("finds only what could run and is run by nobody", async () => {
    await turns.add(newTurn({ id: "head", threadTs: "1.0" }));
    await turns.add(newTurn({ id: "behind", threadTs: "1.0" }));
    await turns.add(newTurn({ id: "held" }));
    await claimed("held");
    expect(await turns.overdue(noLease)).toEqual(["head"]);
    expect(await turns.overdue(leaseMs)).toEqual([]);
    await turns.releaseAll();
    expect(await turns.overdue(noLease)).toEqual(["head", "held"]);
  });
});

const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const usage = () => ({ inputTokens: 1, cacheWriteTokens: 2, cacheReadTokens: 3, outputTokens: 4 });
const isSetOf =
  (...ids: string[]) =>
  (found: string[]) =>
    JSON.stringify([...found].sort()) === JSON.stringify(ids);
