import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../../src/storage/database.ts";
import { createSpend, type NearCap, type Spend, type SpentAnswer } from "../../src/storage/spend.ts";
import { availableEngines, type EngineHome } from "../support/engines.ts";

const day = "2026-11-21";
const days = { first: "2026-11-15", last: day };
let ids = 0;

function spent(fields: Partial<SpentAnswer> = {}): SpentAnswer {
  const id = `answer_${++ids}`;
  return {
    id,
    day,
    turnId: "t",
    userId: "U1",
    channel: "C1",
    model: "claude-test",
    tokens: 100,
    usd: 0.000001,
    ...fields,
  };
}

describe.each(await availableEngines())("spend on $name", (engine) => {
  let home: EngineHome;
  let db: Database;
  let spend: Spend;
  /** Another replica's: connections of its own, where the engine lets a second process in. */
  let other: Spend;

  beforeAll(async () => {
    home = await engine.create();
    db = (await home.createStorage()).database;
    spend = createSpend(db);
    other = engine.name === "PGlite" ? spend : createSpend((await home.createStorage()).database);
  });
  beforeEach(() => db.script("TRUNCATE sophia.spend, sophia.spend_warnings"));
  afterAll(() => home.drop());

  test("loses nothing of what two replicas add at once, to a millionth of a dollar", async () => {
    const adding = Array.from({ length: 100 }, (_, n) => (n % 2 === 0 ? spend : other).add([spent()]));
    await Promise.all(adding);
    const amount = { tokens: 10_000, usd: 0.0001 };
    expect(await other.ofDay(day, "U1", "C1")).toEqual({ person: amount, channel: amount, day: amount });
  });

  test("counts an answer once, however often it is added", async () => {
    const answer = spent();
    await Promise.all([spend.add([answer]), other.add([answer])]);
    await spend.add([answer, spent()]);
    expect((await spend.ofDay(day, "U1", "C1")).day.tokens).toBe(200);
  });

  test("sums by person, by channel and for all, each day for itself", async () => {
    await spend.add([
      spent(),
      spent({ channel: "C2", tokens: 10 }),
      spent({ userId: "U2", tokens: 1_000, usd: 12.345678 }),
      spent({ channel: undefined, tokens: 1 }),
      spent({ day: "2026-11-20", tokens: 50_000 }),
    ]);
    const { person, channel, day: all } = await spend.ofDay(day, "U1", "C1");
    expect([person.tokens, channel.tokens, all.tokens]).toEqual([111, 1_100, 1_111]);
    expect([person.usd, channel.usd, all.usd]).toEqual([0.000003, 12.345679, 12.345681]);
    expect((await spend.ofDay(day, "U1", undefined)).channel).toEqual({ tokens: 0, usd: 0 });
    expect((await spend.ofDay("2026-11-22", "U1", "C1")).day).toEqual({ tokens: 0, usd: 0 });
  });

  describe("that a cap comes near", () => {
    const near: NearCap = { scope: "channel", subject: "C1", unit: "usd", spent: 4.1 };

    test("is told by one of two turns at once, once a day, subject and unit", async () => {
      const both = await Promise.all([spend.tell(day, "t1", [near]), other.tell(day, "t2", [near])]);
      expect(both.flat()).toEqual([near]);
      const others: NearCap[] = [
        { ...near, subject: "C2" },
        { ...near, unit: "tokens" },
        { ...near, scope: "day", subject: "" },
      ];
      expect(await spend.tell(day, "t3", [near, ...others])).toHaveLength(3);
      expect(await spend.tell("2026-11-22", "t3", [near])).toEqual([near]);
    });

    test("is told again by the same turn, in the same figures", async () => {
      await spend.tell(day, "t1", [near]);
      expect(await other.tell(day, "t1", [{ ...near, spent: 4.9 }])).toEqual([near]);
      expect(await other.tell(day, "t2", [near])).toEqual([]);
    });
  });

  test("reports one person, or all, for today and for a week, with the turns and the models", async () => {
    await spend.add([
      spent({ usd: 0.5 }),
      spent({ usd: 0.25 }),
      spent({ day: days.first, turnId: "early", model: "claude-old", usd: 1 }),
      spent({ day: "2026-11-14", turnId: "too early", usd: 1 }),
      spent({ userId: "U2", turnId: "theirs", model: "claude-other", usd: 2 }),
    ]);
    expect(await spend.totals(days, "U1")).toEqual({
      today: { tokens: 200, usd: 0.75, turns: 1 },
      period: { tokens: 300, usd: 1.75, turns: 2 },
      models: ["claude-old", "claude-test"],
    });
    expect((await spend.totals(days, undefined)).period).toEqual({ tokens: 400, usd: 3.75, turns: 3 });
    expect(await spend.totals(days, "U3")).toEqual({
      today: { tokens: 0, usd: 0, turns: 0 },
      period: { tokens: 0, usd: 0, turns: 0 },
      models: [],
    });
  });

  test("ranks people and channels by what they cost, then by their tokens", async () => {
    await spend.add([
      spent({ usd: 0.5, channel: undefined }),
      spent({ userId: "U2", usd: 0.5, tokens: 200, channel: "C2" }),
      spent({ userId: "U3", usd: 3, day: days.first }),
      spent({ userId: "U4", usd: 0 }),
    ]);
    expect((await spend.most("person", days, 3)).map(({ subject }) => subject)).toEqual(["U3", "U2", "U1"]);
    expect((await spend.most("channel", days, 10)).map(({ subject }) => subject)).toEqual(["C1", "C2", undefined]);
    expect(await spend.most("person", days, 1)).toEqual([
      {
        subject: "U3",
        today: { tokens: 0, usd: 0, turns: 0 },
        period: { tokens: 100, usd: 3, turns: 1 },
      },
    ]);
  });
});
