import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Approvals, type CardDecision, createApprovals, type NewApproval } from "../../src/storage/approvals.ts";
import type { Database } from "../../src/storage/database.ts";
import { createForgetting } from "../../src/storage/forgetting.ts";
import { createPresses } from "../../src/storage/presses.ts";
import { type Claim, createTurns, type Turns } from "../../src/storage/turns.ts";
import { availableEngines, type EngineHome } from "../support/engines.ts";
import { newTurn, question } from "../support/turns.ts";

const hour = 3_600_000;
const start = Date.parse("2026-03-02T10:00:00Z");
const call = { turnId: "t", tool: "asana__create_task", digest: "d1" };
const wanted: NewApproval = {
  ...call,
  id: "a1",
  arguments: { name: "Acme \0 \ud800", due_on: "2026-03-06" },
  preview: {
    summary: 'Create the task "Acme"',
    record: { name: "Acme", url: "https://app.asana.com/0/1" },
    changes: [{ field: "Name", before: null, after: "Acme" }],
  },
  expiresAt: new Date(start + hour),
};
const another: NewApproval = { ...wanted, id: "a2", digest: "d2" };

describe.each(await availableEngines())("approvals on $name", (engine) => {
  let home: EngineHome;
  let db: Database;
  let turns: Turns;
  let approvals: Approvals;
  const clock = { now: () => now };
  let now = start;

  beforeAll(async () => {
    home = await engine.create();
    db = (await home.createStorage()).database;
    turns = createTurns(db, clock);
    approvals = createApprovals(db, clock);
  });
  beforeEach(async () => {
    now = start;
    await db.script("TRUNCATE sophia.turns, sophia.threads CASCADE");
    await turns.add(newTurn({ id: "t", threadTs: "1.0", messageTs: "1.0" }));
  });
  afterAll(() => home.drop());

  const claimed = async (id = "t"): Promise<Claim> => {
    const claim = await turns.claim(id, "w", 60_000);
    if (!claim) throw new Error(`${id} could not be claimed`);
    return claim;
  };
  const suspended = async (...asked: NewApproval[]): Promise<void> => {
    const claim = await claimed();
    for (const one of asked) await approvals.request(one, "planned");
    await approvals.onCards("t", "card", 5);
    await turns.finish(claim, { status: "suspended" });
  };
  const approve = (userId = "U1") => decide("card-0", { status: "granted", userId });
  const decide = async (cardId: string, decision: Omit<CardDecision, "seen">) =>
    approvals.decide(cardId, { ...decision, seen: await approvals.ofCard(cardId) });
  const statusOf = async (bound = call) => (await approvals.find(bound))?.status;

  test("asks once for the same call, and gives back what was asked, with the turn's place and person", async () => {
    await claimed();
    const asked = await Promise.all(["a1", "b1", "c1"].map((id) => approvals.request({ ...wanted, id }, "planned")));
    const [first] = asked;
    expect(asked).toEqual([first, first, first]);
    expect(first).toMatchObject({
      ...call,
      arguments: { name: "Acme \0 \ud800", due_on: "2026-03-06" },
      preview: wanted.preview,
      status: "planned",
      teamId: "T1",
      channel: "C1",
      threadTs: "1.0",
      userId: "U1",
      expiresAt: wanted.expiresAt,
    });
    expect(await approvals.find(call)).toEqual(first);
    expect(await approvals.find({ ...call, digest: "d2" })).toBeUndefined();
    expect(await approvals.find({ ...call, tool: "asana__update_task" })).toBeUndefined();
    expect(await approvals.find({ ...call, turnId: "other" })).toBeUndefined();
  });

  test("leave a button to be pressed again until something may have come of it", async () => {
    const presses = createPresses(db);
    const key = () => presses.keyOf("s:log", "write");
    const pressed = async (...statuses: string[]) => {
      const sourceKey = await key();
      const id = `turn ${sourceKey}`;
      if (!(await turns.add(newTurn({ id, sourceKey, threadTs: sourceKey, messageTs: undefined })))) return false;
      const claim = await claimed(id);
      for (const [index, status] of statuses.entries()) {
        await approvals.request({ ...wanted, id: `${id} ${index}`, turnId: id, digest: `d${index}` }, "planned");
        await db.query("UPDATE sophia.approvals SET status = $2 WHERE id = $1", [`${id} ${index}`, status]);
      }
      return claim;
    };
    const ends = async (status: "done" | "failed", ...statuses: string[]) => {
      const claim = await pressed(...statuses);
      if (claim) await turns.finish(claim, { status });
    };
    await ends("done", "denied", "expired");
    expect(await key()).toBe("button:s:log:2");
    await ends("failed");
    await ends("done", "withdrawn", "failed");
    const open = await pressed("planned");
    expect([await key(), await pressed()]).toEqual(["button:s:log:4", false]);
    if (open) await turns.finish(open, { status: "suspended" });
    expect(await pressed()).toBe(false);
    await db.query("UPDATE sophia.approvals SET status = 'denied'");
    await db.query("UPDATE sophia.turns SET status = 'done'");
    await ends("done", "denied", "unknown");
    expect([await key(), await pressed()]).toEqual(["button:s:log:5", false]);
    await db.query("UPDATE sophia.approvals SET status = 'denied'");
    for (let times = 5; times < 30; times++) await ends("failed");
    expect([await key(), await pressed()]).toEqual(["button:s:log:20", false]);
  });

  test("leave a button alone whose write was made for a person who is forgotten since", async () => {
    const presses = createPresses(db);
    const sourceKey = await presses.keyOf("s:log", "write");
    await turns.add(newTurn({ id: "p", sourceKey, threadTs: "2.0", messageTs: undefined, userId: "U0MAYA" }));
    const claim = await claimed("p");
    await approvals.request({ ...wanted, turnId: "p" }, "granted");
    await db.query("UPDATE sophia.approvals SET status = 'done'");
    await turns.finish(claim, { status: "done" });
    expect(await presses.keyOf("s:log", "write")).toBe(sourceKey);
    await createForgetting({ database: db, clock, policyRevision: "r" }).forget("U0MAYA");
    expect(await presses.keyOf("s:log", "write")).toBe(sourceKey);
  });

  test("leave a button that asks a question until its answer is there, and no longer where it failed or was stopped", async () => {
    const presses = createPresses(db);
    const key = () => presses.keyOf("n:more", "answer");
    const ends = async (status: "done" | "failed" | "stopped") => {
      const sourceKey = await key();
      const id = `turn ${sourceKey}`;
      await turns.add(newTurn({ id, sourceKey, threadTs: sourceKey, messageTs: undefined }));
      await turns.finish(await claimed(id), { status });
    };
    expect(await key()).toBe("button:n:more");
    await ends("failed");
    expect(await key()).toBe("button:n:more:2");
    await ends("stopped");
    await ends("done");
    expect(await key()).toBe("button:n:more:3");
  });

  test("puts on a card what is undecided and on none, and leaves what stands on one where it is", async () => {
    await claimed();
    await approvals.request(wanted, "planned");
    expect(await approvals.onCards("t", "card", 5)).toMatchObject([{ id: "a1", cardId: "card-0" }]);
    await approvals.posted("card-0", "7.0");
    await approvals.request(another, "planned");
    expect(await approvals.onCards("t", "second", 5)).toMatchObject([
      { id: "a1", cardId: "card-0", cardTs: "7.0" },
      { id: "a2", cardId: "second-0" },
    ]);
    expect((await approvals.ofCard("second-0"))[0]).not.toHaveProperty("cardTs");
    expect((await approvals.ofCard("second-0")).map(({ id }) => id)).toEqual(["a2"]);
    expect((await approvals.ofTurn("t")).map(({ id }) => id)).toEqual(["a1", "a2"]);
    await approve();
    expect((await approvals.onCards("t", "third", 5)).map(({ id }) => id)).toEqual(["a2"]);
    now += hour;
    expect(await approvals.onCards("t", "third", 5)).toEqual([]);
  });

  test("fills one card after the other", async () => {
    await claimed();
    for (let n = 0; n < 5; n++) await approvals.request({ ...wanted, id: `a${n}`, digest: `d${n}` }, "planned");
    const cards = async () => (await approvals.onCards("t", "card", 2)).map(({ cardId }) => cardId);
    expect(await cards()).toEqual(["card-0", "card-0", "card-1", "card-1", "card-2"]);
    expect(await cards()).toEqual(["card-0", "card-0", "card-1", "card-1", "card-2"]);
  });

  test("is decided by one of two presses at once, and all of a card together", async () => {
    await suspended(wanted, another);
    const deny = () => decide("card-0", { status: "denied", userId: "U2" });
    const both = await Promise.all([approve(), deny()]);
    expect(both.map((decided) => decided.length).toSorted((a, b) => a - b)).toEqual([0, 2]);
    const winner =
      both[0].length === 2 ? { status: "granted", decidedBy: "U1" } : { status: "denied", decidedBy: "U2" };
    expect(await approvals.ofCard("card-0")).toMatchObject([winner, winner]);
    expect(await approve()).toEqual([]);
  });

  test("lets one of ten calls through, and none that was not approved", async () => {
    await suspended(wanted, another);
    expect(await approvals.send("a1")).toBeUndefined();
    await approve();
    expect(await approvals.send("a1")).toBeUndefined();
    await turns.resume("t");
    await claimed();
    const sent = await Promise.all(Array.from({ length: 10 }, () => approvals.send("a1")));
    expect(sent.filter(Boolean)).toHaveLength(1);
    expect(await statusOf()).toBe("sent");
    expect(await statusOf(another)).toBe("granted");
    await approvals.giveBack({ id: "a1", sends: 1 });
    expect(await approvals.send("a1")).toEqual({ id: "a1", sends: 2 });
    // Whoever speaks of the first send does not take the second one back, nor settle it.
    await approvals.giveBack({ id: "a1", sends: 1 });
    await approvals.leave({ id: "a1", sends: 1 });
    await approvals.settle({ id: "a1", sends: 1 }, "failed");
    expect(await approvals.find(call)).toMatchObject({ status: "sent", isUnderWay: true });
    await approvals.giveBack({ id: "gone", sends: 1 });
  });

  test("lets nothing through once its turn is to stop", async () => {
    await suspended(wanted);
    await approve();
    await turns.resume("t");
    await claimed();
    await turns.requestStop({ turnId: "t" });
    expect(await approvals.send("a1")).toBeUndefined();
  });

  test("is asked again, with its new preview and on a new card, where it was approved", async () => {
    await suspended(wanted);
    await approve();
    await turns.resume("t");
    await claimed();
    const preview = { summary: "Something else by now", changes: [] };
    expect(await approvals.request({ ...wanted, preview }, "planned")).toMatchObject({
      id: "a1",
      status: "planned",
      preview,
    });
    expect(await approvals.onCards("t", "anew", 5)).toMatchObject([{ cardId: "anew-0" }]);
    expect(await approve()).toEqual([]);
  });

  test("cannot be asked for by an attempt whose question has changed, or that is to stop", async () => {
    await claimed();
    await turns.edit("T1", "C1", "1.0", { text: "another", agent: "sophia" });
    expect(await approvals.request(wanted, "planned")).toBeUndefined();
    await claimed();
    await turns.requestStop({ turnId: "t" });
    expect(await approvals.request(wanted, "planned")).toBeUndefined();
  });

  test("gives nothing back that was never sent", async () => {
    await suspended(wanted);
    await decide("card-0", { status: "denied", userId: "U1" });
    await approvals.giveBack({ id: "a1", sends: 1 });
    expect(await statusOf()).toBe("denied");
  });

  test("cannot be decided any more once it has expired", async () => {
    await suspended(wanted);
    now = start + hour;
    expect(await approve()).toEqual([]);
    expect(await statusOf()).toBe("planned");
  });

  test.for(["stopped", "stopping", "done"] as const)("cannot be decided when its turn is %s", async (state) => {
    const claim = await claimed();
    await approvals.request(wanted, "planned");
    await approvals.onCards("t", "card", 5);
    if (state !== "stopping") await turns.finish(claim, { status: state });
    else await turns.requestStop({ turnId: "t" });
    expect(await approve()).toEqual([]);
    expect(await statusOf()).toBe("planned");
  });

  test("is decided only as it was seen, and one of several moves to a card of its own when it is edited", async () => {
    await suspended(wanted, another);
    const seen = await approvals.ofCard("card-0");
    const preview = { summary: "Otherwise", changes: [] };
    const edit = { arguments: { name: "Otherwise" }, preview, approvers: ["@desk"], userId: "U1" };
    const edited = await approvals.edit("a1", edit);
    expect(edited).toMatchObject({ cardId: "card-of-a1-1", version: 1, edited: { name: "Otherwise" }, editedBy: "U1" });
    expect(edited).not.toHaveProperty("cardTs");
    expect(await approvals.stale()).toContain("card-of-a1-1");
    const stale = { status: "granted" as const, userId: "U1", seen };
    expect(await approvals.decide("card-of-a1-1", stale)).toEqual([]);
    expect(await approvals.decide("card-0", stale)).toMatchObject([{ id: "a2", status: "granted" }]);
    expect(await approve()).toEqual([]);
    expect(await statusOf()).toBe("planned");
  });

  test("is looked up by one, for as long as a look may last", async () => {
    await suspended(wanted);
    await approve();
    await turns.resume("t");
    await claimed();
    await approvals.send("a1");
    expect(await approvals.takeLost(25_000)).toEqual([]);
    await approvals.leave({ id: "a1", sends: 1 });
    const taken = await Promise.all([approvals.takeLost(25_000), approvals.takeLost(25_000)]);
    expect(taken.flat().map(({ id }) => id)).toEqual(["a1"]);
    now += 24_999;
    expect(await approvals.takeLost(25_000)).toEqual([]);
    await approvals.lookAgain({ id: "a1", sends: 1 }, 0);
    expect(await approvals.takeLost(25_000)).toHaveLength(1);
  });

  test("goes with the question that it belonged to", async () => {
    await suspended(wanted);
    expect(await turns.edit("T1", "C1", "1.0", { text: "another", agent: "sophia" })).toMatchObject({
      status: "queued",
      revision: 1,
    });
    expect(await approve()).toEqual([]);
    expect(await approvals.ofCard("card-0")).toMatchObject([{ status: "withdrawn" }]);
  });

  describe("a suspended turn", () => {
    test("has no worker and no end, is not overdue, and does not hold up its thread", async () => {
      await turns.add(newTurn({ id: "next", threadTs: "1.0", messageTs: "2.0" }));
      const claim = await claimed();
      await approvals.request(wanted, "planned");
      expect(await turns.finish(claim, { status: "suspended" })).toBe("next");
      expect(await db.query("SELECT worker_id, lease_until, finished_at FROM sophia.turns WHERE id = 't'")).toEqual([
        { worker_id: null, lease_until: null, finished_at: null },
      ]);
      expect(await turns.overdue(0)).toEqual(["next"]);
      expect(await turns.claim("t", "w", 60_000)).toBeUndefined();
      expect((await claimed("next")).turn.id).toBe("next");
    });

    test("goes on when the last of what it waits for is decided, and no sooner", async () => {
      const claim = await claimed();
      await approvals.request(wanted, "planned");
      await approvals.onCards("t", "card", 5);
      await approvals.request(another, "planned");
      await approvals.onCards("t", "second", 5);
      await turns.finish(claim, { status: "suspended" });
      expect(await turns.resume("t")).toEqual([]);
      await approve();
      expect(await turns.resume()).toEqual([]);
      await decide("second-0", { status: "denied", userId: "U1" });
      expect(await turns.resume("other")).toEqual([]);
      const resumed = await Promise.all([turns.resume("t"), turns.resume(), turns.resume("t")]);
      expect(resumed.flat()).toEqual(["t"]);
      expect(await claimed()).toMatchObject({ attempt: 2, takeovers: 0 });
    });

    test("goes on when nobody can decide any more", async () => {
      await suspended(wanted);
      expect(await turns.resume()).toEqual([]);
      now = start + hour;
      expect(await turns.resume()).toEqual(["t"]);
    });

    test("goes on to say that it was stopped, whenever Stop came", async () => {
      await suspended(wanted);
      expect(await turns.requestStop({ teamId: "T1", channel: "C1", threadTs: "1.0" })).toEqual({
        running: [],
        ended: [],
        suspended: ["t"],
      });
      expect(await turns.resume("t")).toEqual(["t"]);
      const again = await claimed();
      expect(again.turn.stopRequested).toBe(true);
      // Stop can also come while the turn is on its way to being suspended.
      await turns.finish(again, { status: "suspended" });
      expect(await turns.resume()).toEqual(["t"]);
    });

    test("does not read what was asked after it, and is read where it stood", async () => {
      const before = await claimed();
      await turns.addSteps(before, 0, [question("before")]);
      await turns.finish(before, { status: "done" });
      await turns.add(newTurn({ id: "first", threadTs: "1.0", messageTs: "2.0" }));
      const first = await claimed("first");
      await turns.addSteps(first, 0, [question("first"), { kind: "waiting", toolUseIds: ["c"] }]);
      await approvals.request({ ...wanted, turnId: "first" }, "planned");
      await turns.finish(first, { status: "suspended" });
      await turns.add(newTurn({ id: "second", threadTs: "1.0", messageTs: "3.0" }));
      const second = await claimed("second");
      expect(textsOf(second)).toEqual(["before", "first", "waiting"]);
      await turns.addSteps(second, 0, [question("second")]);
      await turns.finish(second, { status: "done" });
      now = start + hour;
      await turns.resume();
      const again = await claimed("first");
      expect(textsOf(again)).toEqual(["before"]);
      await turns.addSteps(again, 2, [question("first, in the end")]);
      await turns.finish(again, { status: "done" });
      await turns.add(newTurn({ id: "third", threadTs: "1.0", messageTs: "4.0" }));
      expect(textsOf(await claimed("third"))).toEqual(["before", "first", "waiting", "first, in the end", "second"]);
    });
  });
});

function textsOf({ history }: Claim): string[] {
  return history.map((step) => ("text" in step ? step.text : step.kind));
}
