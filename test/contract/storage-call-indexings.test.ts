import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type CallIndexings, createCallIndexings } from "../../src/storage/call-indexings.ts";
import type { Database } from "../../src/storage/database.ts";
import { createTurns } from "../../src/storage/turns.ts";
import { availableEngines, type EngineHome } from "../support/engines.ts";
import { newTurn } from "../support/turns.ts";

const minute = 60_000;
const start = Date.parse("2026-11-18T10:00:00Z");

describe.each((await availableEngines()).slice(0, 2))("calls that the search index lacks, on $name", (engine) => {
  let home: EngineHome;
  let db: Database;
  let indexings: CallIndexings;
  let now = start;
  const clock = { now: () => now };

  beforeAll(async () => {
    home = await engine.create();
    db = (await home.createStorage()).database;
  });
  beforeEach(async () => {
    now = start;
    indexings = createCallIndexings(db, clock);
    await db.script("TRUNCATE sophia.turns CASCADE");
    for (const id of ["s1", "s2"]) await createTurns(db, clock).add(newTurn({ id }));
  });
  afterAll(() => home.drop());

  test("are tried after five minutes, then ever more rarely, each time by one replica", async () => {
    await indexings.later("s1");
    expect(await indexings.take(9)).toEqual([]);
    const pauses: number[] = [];
    for (let tries = 1; tries <= 8; tries++) {
      const before = now;
      let taken: unknown[] = [];
      while (taken.length === 0) {
        now += minute;
        taken = (await Promise.all([indexings.take(9), createCallIndexings(db, clock).take(9)])).flat();
      }
      expect(taken).toEqual([{ summaryTurnId: "s1", tries }]);
      pauses.push((now - before) / minute);
    }
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 180, 180]);
  });

  test("fail once however often that is told, and not again once they are written", async () => {
    await indexings.later("s1");
    now += 3 * minute;
    await indexings.later("s1");
    now += 2 * minute;
    expect(await indexings.take(9)).toHaveLength(1);
    await indexings.done("s1");
    now += 60 * minute;
    expect(await indexings.take(9)).toEqual([]);
  });

  test("are let go after a day, and with their summary", async () => {
    await indexings.later("s1");
    now += 24 * 60 * minute - 1;
    await indexings.later("s2");
    expect(await indexings.giveUp()).toEqual([]);
    now += 1;
    expect(await indexings.giveUp()).toEqual(["s1"]);
    await db.script("DELETE FROM sophia.turns");
    now += 60 * minute;
    expect(await indexings.take(9)).toEqual([]);
  });
});
