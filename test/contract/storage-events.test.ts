import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createAsanaHookRecords } from "../../src/storage/asana-hooks.ts";
import type { Database } from "../../src/storage/database.ts";
import { createEvents, type Events, type InboundEvent } from "../../src/storage/events.ts";
import { applyRetention } from "../../src/storage/retention.ts";
import { availableEngines, type EngineHome } from "../support/engines.ts";

const start = Date.parse("2026-11-22T10:00:00Z");
const leaseMs = 30_000;

/** The n-th happening, a second after the one before. */
function happening(n: number, fields: Partial<InboundEvent> = {}): InboundEvent {
  const occurredAt = new Date(start + n * 1_000);
  return { key: `k${n}`, source: "hubspot", kind: "deal.stage", objectId: `${n}`, occurredAt, data: { n }, ...fields };
}

const keysOf = (events: readonly InboundEvent[]) => events.map(({ key }) => key);

describe.each((await availableEngines()).slice(0, 2))("events on $name", (engine) => {
  let home: EngineHome;
  let db: Database;
  let events: Events;
  /** Another replica's: connections of its own, where the engine lets a second process in. */
  let other: Events;
  let now = start;
  const clock = { now: () => now };

  beforeAll(async () => {
    home = await engine.create();
    db = (await home.createStorage()).database;
    events = createEvents(db, clock);
    other = engine.name === "PGlite" ? events : createEvents((await home.createStorage()).database, clock);
  });
  beforeEach(async () => {
    now = start;
    await db.script("TRUNCATE sophia.events, sophia.asana_hooks");
  });
  afterAll(() => home.drop());

  test("keeps what is told once, however often, in whatever batches, by whichever replica", async () => {
    const all = Array.from({ length: 50 }, (_, n) => happening(n));
    const batches = [all, all.toReversed(), [...all.slice(10, 20), ...all.slice(10, 20)], []];
    const added = await Promise.all(batches.map((batch, n) => (n % 2 ? events : other).add(batch)));
    expect(added.reduce((sum, count) => sum + count)).toBe(50);
    expect(await events.get(["k7", "k3", "none"])).toEqual([happening(3), happening(7)]);
  });

  test("keeps what no database takes as a text without what it does not take, beside the others of its batch", async () => {
    const odd = happening(0, {
      key: "k0\0",
      objectId: "a\ud800b",
      data: { name: ["x\0y", { deep: "\udc00" }, 7, null] },
    });
    expect(await events.add([odd, happening(1)])).toBe(2);
    expect(await events.add([odd])).toBe(0);
    expect(await events.get(["k0", "k1"])).toEqual([
      happening(0, { objectId: "a\ufffdb", data: { name: ["xy", { deep: "\ufffd" }, 7, null] } }),
      happening(1),
    ]);
  });

  test("gives each to one taker, what happened first first, and again when the lease is over", async () => {
    await events.add(Array.from({ length: 40 }, (_, n) => happening(39 - n)));
    const taken = await Promise.all([events, other, events, other].map((one) => one.take({ limit: 10, leaseMs })));
    expect(keysOf(taken.flat()).toSorted()).toEqual(
      keysOf(Array.from({ length: 40 }, (_, n) => happening(n))).toSorted(),
    );
    expect(await other.take({ limit: 10, leaseMs })).toEqual([]);
    await events.done(keysOf(taken.flat()).filter((key) => !["k0", "k1", "k2"].includes(key)));
    await events.retryLater(["k1"], new Date(start + 5_000));
    now = start + 5_000;
    expect(await other.take({ limit: 10, leaseMs })).toEqual([
      { ...happening(1), receivedAt: new Date(start), attempts: 2 },
    ]);
    now = start + leaseMs;
    expect(keysOf(await other.take({ limit: 10, leaseMs }))).toEqual(["k0", "k2"]);
    await other.done(["k0", "k1", "k2"]);
    now = start + 10 * leaseMs;
    expect(await events.take({ limit: 10, leaseMs })).toEqual([]);
    // What is done stays known.
    expect(await events.add([happening(0)])).toBe(0);
    await events.retryLater(["k0"], new Date(start));
    expect(await events.take({ limit: 10, leaseMs })).toEqual([]);
  });

  test("gives a taker what it asks for alone", async () => {
    await events.add([happening(0), happening(1, { kind: "deal.amount" })]);
    await events.add([happening(2, { source: "gong", kind: "call.processed" })]);
    now = start + 10_000;
    await events.add([happening(3)]);
    const take = (options: object) => events.take({ limit: 10, leaseMs, ...options });
    expect(keysOf(await take({ source: "gong" }))).toEqual(["k2"]);
    expect(keysOf(await take({ kinds: ["deal.amount", "deal.created"] }))).toEqual(["k1"]);
    expect(keysOf(await take({ source: "hubspot", before: new Date(start + 5_000) }))).toEqual(["k0"]);
    expect(keysOf(await take({ kinds: ["deal.stage"], limit: 1 }))).toEqual(["k3"]);
  });

  test("forgets what was told after thirty days, and not that it was told", async () => {
    await events.add([happening(0)]);
    now = start + 31 * 86_400_000;
    await events.add([happening(1)]);
    const days = { policyRevision: "r", auditDays: 730, conversationDays: 365 };
    await applyRetention({ database: db, clock, ...days });
    expect(await events.get(["k0", "k1"])).toEqual([happening(1)]);
    expect(keysOf(await events.take({ limit: 10, leaseMs }))).toEqual(["k1"]);
    expect(await events.add([happening(0)])).toBe(0);
  });

  test("makes one hook for a project at a time, and takes its secret once, while it is made", async () => {
    const hooks = createAsanaHookRecords(db, clock);
    const secret = { keyId: "key", sealed: "c2VhbGVk" };
    const begun = await Promise.all(["a", "b"].map((id) => hooks.begin(id, "P1", 60_000)));
    expect(new Set(begun)).toEqual(new Set([false, true]));
    const id = begun[0] ? "a" : "b";
    expect(await hooks.secretOf(id)).toBeUndefined();
    expect(await hooks.keepSecret("c", secret)).toBe(false);
    expect(await hooks.keepSecret(id, secret)).toBe(true);
    expect(await hooks.keepSecret(id, { ...secret, sealed: "b3RoZXI=" })).toBe(false);
    expect(await hooks.secretOf(id)).toEqual(secret);
    await hooks.made(id, "4711");
    now = start + 3_600_000;
    expect(await hooks.begin("d", "P1", 60_000)).toBe(false);
    expect(await hooks.all()).toEqual([
      { id, projectGid: "P1", gid: "4711", begunAt: new Date(start), pendingUntil: null },
    ]);
    // One whose making came to nothing gives way to another, and its id is good for nothing any more.
    expect(await hooks.begin("e", "P2", 60_000)).toBe(true);
    now += 60_000;
    expect(await hooks.keepSecret("e", secret)).toBe(false);
    expect(await hooks.begin("f", "P2", 60_000)).toBe(true);
    await hooks.remove(id);
    expect((await hooks.all()).map((hook) => hook.id)).toEqual(["f"]);
  });
});
