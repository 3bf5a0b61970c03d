import { describe, expect, test } from "vitest";
import { availableEngines } from "../support/engines.ts";
import { takeStorm } from "../support/storm-watches.ts";
import { runStorm } from "../support/webhook-storm.ts";

describe.each((await availableEngines()).slice(0, 2))("a storm of webhooks on $name", (engine) => {
  test("stores every true event once, refuses every forged webhook, and is taken to its end", async () => {
    const home = await engine.create();
    try {
      const { database } = await home.createStorage();
      const { expected, stored, answers } = await runStorm(database, 1_500, 16);
      expect(answers).toEqual({ true: { 200: 1_350 }, forged: { 401: 150 } });
      expect(stored).toEqual(expected);
      expect(stored.length).toBeGreaterThan(1_000);
      const { left, summaries, records } = await takeStorm(database);
      const toldBy = (source: string) =>
        expected.filter((told) => told.startsWith(source)).map((told) => told.split(" ")[1]);
      expect(left).toBe(0);
      expect(summaries).toEqual(toldBy("gong"));
      const known = [...toldBy("asana").map((id) => `task:${id}`), ...toldBy("hubspot").map((id) => `deal:${id}`)];
      expect(records).toEqual(known.toSorted());
    } finally {
      await home.drop();
    }
  });
});
