import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLogger } from "../../src/observability/log.ts";
import { type Database, openDatabase } from "../../src/storage/database.ts";
import { createReplies, type Replies } from "../../src/storage/replies.ts";
import { createTurns } from "../../src/storage/turns.ts";
import { availableEngines, type EngineHome } from "../support/engines.ts";
import { newTurn } from "../support/turns.ts";

const clock = { now: () => Date.parse("2026-03-02T10:00:00Z") };
const logger = createLogger({ level: "silent" });

describe.each(await availableEngines())("replies on $name", (engine) => {
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
});

describe.each((await availableEngines()).filter(({ name }) => name === "Postgres"))("replicas on $name", (engine) => {
  test("several that start at once on an empty database find it ready", async () => {
    const home = await engine.create();
    try {
      const { databaseUrl, dataDir } = home;
      const opened = await Promise.all(Array.from({ length: 4 }, () => openDatabase({ databaseUrl, dataDir, logger })));
      for (const db of opened) expect(await db.query("SELECT id FROM sophia.turns")).toEqual([]);
      const applied = (await opened[0]?.query<{ version: number }>("SELECT version FROM sophia.migrations")) ?? [];
      expect(applied.length).toBeGreaterThan(6);
      expect(applied.map(({ version }) => version)).toEqual(applied.map((_, index) => index + 1));
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
