import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AuditRow } from "../../src/observability/audit.ts";
import { createLogger } from "../../src/observability/log.ts";
import { createAuditLog } from "../../src/storage/audit-log.ts";
import { type Database, openDatabase } from "../../src/storage/database.ts";
import { createReplies, type Replies } from "../../src/storage/replies.ts";
import { createTurns } from "../../src/storage/turns.ts";
import { availableEngines, type EngineHome } from "../support/engines.ts";
import { until } from "../support/servers.ts";
import { newTurn } from "../support/turns.ts";

const clock = { now: () => Date.parse("2026-03-02T10:00:00Z") };
const logger = createLogger({ level: "silent" });

describe.each(await availableEngines())("replies and audit on $name", (engine) => {
  let home: EngineHome;
  let db: Database;
  let replies: Replies;

  beforeAll(async () => {
    home = await engine.create();
    db = (await home.createStorage()).database;
    replies = createReplies(db, clock);
    await createTurns(db, clock).add(newTurn({ id: "t" }));
  });
  afterAll(() => home.drop());

  test("follows the parts of an answer from their plan to their end", async () => {
    const place = { turnId: "t", channel: "C1", threadTs: "1.0" };
    await replies.planned({ ...place, part: 1 });
    await replies.sent({ ...place, part: 0, ts: "7.000001" });
    // A repeated plan must not forget what was sent.
    await replies.planned({ ...place, part: 0 });
    const part = { ...place, createdAt: new Date(clock.now()) };
    expect(await replies.parts("t")).toEqual([
      { ...part, part: 0, ts: "7.000001" },
      { ...part, part: 1, ts: undefined },
    ]);
    await replies.sent({ ...place, part: 1, ts: "8.000001" });
    await replies.sent({ ...place, part: 1, ts: "8.000002" });
    expect((await replies.parts("t"))[1]).toEqual({ ...part, part: 1, ts: "8.000002" });
    await replies.removed("t", 1);
    expect(await replies.parts("t")).toEqual([{ ...part, part: 0, ts: "7.000001" }]);
    expect(await replies.known("C1", ["7.000001", "8.0"])).toEqual(new Set(["7.000001"]));
    expect(await replies.known("C2", ["7.000001"])).toEqual(new Set());
    expect(await replies.known("C1", [])).toEqual(new Set());
    expect(await replies.turnOf("C1", "7.000001")).toBe("t");
    expect(await replies.turnOf("C1", "8.0")).toBeUndefined();
  });

  test("keeps a person's last word on an answer, and none on a turn that is not there", async () => {
    for (const value of ["good", "bad"] as const) await replies.addFeedback({ turnId: "t", userId: "U1", value });
    await replies.addFeedback({ turnId: "gone", userId: "U1", value: "good" });
    expect(await db.query("SELECT turn_id, user_id, value FROM sophia.feedback")).toEqual([
      { turn_id: "t", user_id: "U1", value: "bad" },
    ]);
  });

  test("stores every audit row, in order, whatever is in it", async () => {
    const log = createAuditLog(db, logger);
    const row: AuditRow = {
      at: new Date(clock.now()),
      client: "sophia",
      agent: "sales-analyst",
      userId: "U1",
      turnId: "t",
      tool: "gong__get_calls",
      arguments: { from: "a\0b", half: "\ud800", list: [1, { x: null }] },
      outcome: "ok",
      durationMs: 12.5,
    };
    for (let index = 0; index < 450; index += 1) log.append({ ...row, durationMs: index });
    log.append({ ...row, arguments: undefined, outcome: "refused", reason: "unauthorised", agent: undefined });
    await log.close();
    const rows = await db.query<Record<string, unknown>>("SELECT * FROM sophia.audit ORDER BY id");
    expect(rows.map((stored) => stored["duration_ms"])).toEqual([...Array.from({ length: 450 }, (_, n) => n), 12.5]);
    expect(rows[0]).toMatchObject({
      at: row.at,
      user_id: "U1",
      arguments: { from: "ab", half: "�", list: [1, { x: null }] },
    });
    expect(rows.at(-1)).toMatchObject({ arguments: null, outcome: "refused", reason: "unauthorised", agent: null });
  });

  test("writes audit rows without being closed, and drops no others for a batch that cannot be stored", async () => {
    await db.script("TRUNCATE sophia.audit");
    const log = createAuditLog(db, logger);
    const row: AuditRow = { at: new Date(0), client: "c", tool: "t", arguments: {}, outcome: "ok", durationMs: 1 };
    log.append(row);
    await until(async () => (await db.query("SELECT 1 FROM sophia.audit")).length === 1, "the row");
    log.append({ ...row, outcome: "impossible" as "ok" });
    await log.close();
    expect(await db.query("SELECT outcome FROM sophia.audit")).toEqual([{ outcome: "ok" }]);
  });
});

describe.each((await availableEngines()).filter(({ name }) => name === "Postgres"))("replicas on $name", (engine) => {
  test("several that start at once on an empty database find it ready", async () => {
    const home = await engine.create();
    try {
      const { databaseUrl, dataDir } = home;
      const opened = await Promise.all(Array.from({ length: 4 }, () => openDatabase({ databaseUrl, dataDir, logger })));
      for (const db of opened) expect(await db.query("SELECT id FROM sophia.turns")).toEqual([]);
      expect(await opened[0]?.query("SELECT version FROM sophia.migrations")).toEqual([
        { version: 1 },
        { version: 2 },
        { version: 3 },
      ]);
      await Promise.all(opened.map((db) => db.close()));
    } finally {
      await home.drop();
    }
  });

  test("an older Sophia does not touch the records of a newer one", async () => {
    const home = await engine.create();
    try {
      const { database } = await home.createStorage();
      await database.query("INSERT INTO sophia.migrations (version, name) VALUES ($1, $2)", [99, "from the future"]);
      await expect(openDatabase({ ...home, logger })).rejects.toThrow(/start the newer Sophia/);
    } finally {
      await home.drop();
    }
  });

  test("a database that cannot be reached is told without its password", async () => {
    const databaseUrl = "postgres://postgres:hunter2@127.0.0.1:1/none";
    const refused = openDatabase({ databaseUrl, dataDir: undefined, logger });
    await expect(refused).rejects.toThrow(/^DATABASE_URL: Postgres cannot be used \(ECONNREFUSED\)/);
    await expect(refused).rejects.not.toThrow(/hunter2/);
  });
});
