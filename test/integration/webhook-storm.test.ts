import { describe, expect, test } from "vitest";
import { availableEngines } from "../support/engines.ts";
import { runStorm } from "../support/webhook-storm.ts";

describe.each((await availableEngines()).slice(0, 2))("a storm of webhooks on $name", (engine) => {
  test("stores every true event once and refuses every forged webhook", async () => {
    const home = await engine.create();
    try {
      const { database } = await home.createStorage();
      const { expected, stored, answers } = await runStorm(database, 1_500, 16);
      expect(answers).toEqual({ true: { 200: 1_350 }, forged: { 401: 150 } });
      expect(stored).toEqual(expected);
      expect(stored.length).toBeGreaterThan(1_000);
    } finally {
      await home.drop();
    }
  });
});
