import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { availableEngines } from "../support/engines.ts";
import { expectedFate, type Fate, KilledWrites } from "../support/killed-writes.ts";

const turns = 200;
/** Turns at a time, with two kills each. */
const batch = 20;

const engines = await availableEngines();

describe.each(engines.filter(({ name }) => name !== "Postgres"))("killed writes on $name", (engine) => {
  let killed: KilledWrites;

  beforeAll(async () => {
    killed = await KilledWrites.open(engine, 41);
    await killed.startAll();
  });
  afterAll(() => killed.close());

  it(`${turns} granted writes are done exactly once each, and told`, async ({ annotate }) => {
    const fates: Fate[] = [];
    for (let first = 0; first < turns; first += batch) {
      const names = Array.from({ length: batch }, (_, n) => `Soaked-${first + n}`);
      fates.push(...(await killed.run(names)));
    }
    await annotate(`${fates.length} turns, ${killed.kills} kills`);
    expect(fates).toEqual(fates.map(() => expectedFate));
  });
});
