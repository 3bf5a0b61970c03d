import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tasksNamed } from "../support/consent.ts";
import { availableEngines } from "../support/engines.ts";
import { expectedFate, KilledWrites } from "../support/killed-writes.ts";
import { until } from "../support/servers.ts";

/** Turns at a time, with two kills. `npm run soak` has 200. */
const turns = 8;

const engines = await availableEngines();

describe.concurrent.each(engines.filter(({ name }) => name !== "Postgres"))(
  "writes of a process that is killed, on $name",
  { timeout: 180_000 },
  (engine) => {
    let killed: KilledWrites;

    beforeAll(async () => {
      killed = await KilledWrites.open(engine, engine.name === "PGlite" ? 7 : 19);
      await killed.startAll();
    }, 60_000);
    afterAll(() => killed.close());

    const pressedAfterTheRestart = async (): Promise<void> => {
      const asked = killed.ask("Patient");
      await killed.card(asked);
      await killed.restart();
      expect(tasksNamed(killed.sandbox, "Patient")).toBe(0);
      await killed.pressUntilHeard(asked);
      expect(await killed.fate("Patient", asked)).toEqual(expectedFate);
    };

    /** It was carried out while nobody lived to hear of it. */
    const killedWhileUnderWay = async (): Promise<void> => {
      const { board } = killed.sandbox;
      const asked = killed.ask("Halfway");
      await killed.card(asked);
      await killed.press(asked);
      const sent = (): number =>
        board.requests("asana").filter(({ method, body }) => method === "POST" && body.includes("Halfway")).length;
      await until(() => sent() === 1, "the write to be on its way");
      await killed.restart();
      expect(await killed.fate("Halfway", asked)).toEqual(expectedFate);
      expect(sent()).toBe(1);
    };

    // One after the other, as they kill the same process; the engines side by side.
    it(`are done exactly once each, and told, whenever it was: ${turns + 2} of them`, async () => {
      await pressedAfterTheRestart();
      await killedWhileUnderWay();
      const names = Array.from({ length: turns }, (_, n) => `Killed-${n}`);
      expect(await killed.run(names)).toEqual(names.map(() => expectedFate));
    });
  },
);
