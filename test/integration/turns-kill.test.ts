import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import { createTurns, type Turns } from "../../src/storage/turns.ts";
import { availableEngines, type EngineHome } from "../support/engines.ts";
import { newTurn, question } from "../support/turns.ts";

const script = fileURLToPath(new URL("../support/turn-process.ts", import.meta.url));
const trials = 4;

/** Moments at which a process dies, in ms after it has begun to work; the same in every run. */
function* moments(): Generator<number, never> {
  for (let state = 7; ; state = (state * 16_807) % 2_147_483_647) yield (state / 2_147_483_647) * 80;
}

describe.each(await availableEngines())("workers that are killed, on $name", (engine) => {
  let home: EngineHome;
  const processes: ChildProcess[] = [];
  const ended: string[] = [];

  beforeAll(async () => {
    home = await engine.create();
  });
  afterAll(async () => {
    for (const child of processes) child.kill("SIGKILL");
    await home.drop();
  });

  const startProcess = async (...mode: string[]): Promise<ChildProcess> => {
    const { databaseUrl, redisUrl, dataDir, prefix } = home;
    const place = JSON.stringify({ databaseUrl, redisUrl, dataDir, prefix });
    const child = spawn(process.execPath, [script, place, ...mode], { stdio: ["ignore", "pipe", "inherit"] });
    processes.push(child);
    const lines = createInterface(child.stdout);
    lines.on("line", (line) => {
      if (!line.includes('"a turn ended"')) return;
      ended.push((JSON.parse(line) as { turnId: string }).turnId);
    });
    await once(lines, "line");
    return child;
  };
  const kill = async (child: ChildProcess) => {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  };
  const withTurns = async (work: (turns: Turns) => Promise<void>) => {
    await work(createTurns((await home.createStorage()).database, systemClock));
    await home.close();
  };

  test("end every turn once, with every step once", async () => {
    const sent = Array.from({ length: 60 }, (_, n) => newTurn({ id: `t${n}`, threadTs: `thread${n % 25}` }));
    await withTurns(async (turns) => {
      await Promise.all(sent.map((turn) => turns.add(turn)));
    });

    const moment = moments();
    let survivor: ChildProcess | undefined;
    for (let trial = 0; trial < trials; trial += 1) {
      const child = await startProcess();
      await new Promise((resolve) => setTimeout(resolve, moment.next().value));
      // PGlite's folder is one process's; elsewhere the next one starts while this one still works.
      if (engine.name === "PGlite") await kill(child);
      else {
        if (survivor) await kill(survivor);
        survivor = child;
      }
    }
    if (survivor) await kill(survivor);

    const last = await startProcess("until-done");
    const [code] = await once(last, "exit");
    expect(code).toBe(0);
    expect(ended.length).toBeGreaterThan(0);
    expect(new Set(ended).size).toBe(ended.length);
    const steps = [0, 1, 2, 3].map((step) => question(`step ${step}`));
    await withTurns(async (turns) => {
      for (const { id } of sent) {
        expect(await turns.get(id)).toMatchObject({ id, status: "done" });
        expect(await turns.steps(id)).toEqual(steps);
      }
    });
  }, 60_000);
});
