import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSchedules } from "../../src/storage/schedules.ts";
import { availableEngines, type EngineHome, type Storage } from "../support/engines.ts";
import { until } from "../support/servers.ts";

const script = fileURLToPath(new URL("../support/digest-process.ts", import.meta.url));
const start = Date.parse("2026-03-02T09:00:00Z");
const hour = 3_600_000;
const digests = 30;
const ticks = [0, 1, 2, 3, 4, 5];
/** When the first two of the replicas die: at which tick, and how many ms after all were told to sweep. */
const deaths = [
  { tick: 1, afterMs: 9 },
  { tick: 3, afterMs: 21 },
];

const engines = (await availableEngines()).filter(({ name }) => name === "Redis with Postgres");

describe.each(engines)("three replicas on $name, two of which are killed", (engine) => {
  let home: EngineHome;
  let storage: Storage;
  const replicas: ChildProcess[] = [];
  const ended: string[] = [];

  beforeAll(async () => {
    home = await engine.create();
    storage = await home.createStorage();
  });
  afterAll(async () => {
    for (const replica of replicas) replica.kill("SIGKILL");
    await home.drop();
  });

  const startReplica = async (): Promise<ChildProcess> => {
    const { databaseUrl, redisUrl, dataDir, prefix } = home;
    const place = JSON.stringify({ databaseUrl, redisUrl, dataDir, prefix });
    const replica = spawn(process.execPath, [script, place], { stdio: ["ignore", "pipe", "inherit", "ipc"] });
    replicas.push(replica);
    createInterface(replica.stdout!).on("line", (line) => {
      if (line.includes('"a turn ended"')) ended.push((JSON.parse(line) as { turnId: string }).turnId);
    });
    await once(replica, "message");
    return replica;
  };
  const sweep = async (replica: ChildProcess, at: number): Promise<void> => {
    const swept = once(replica, "message");
    replica.send(at);
    await Promise.race([swept, once(replica, "exit")]);
  };

  test("make one turn of each tick, and end each once", async () => {
    const schedules = createSchedules(storage.database, { now: () => start - hour });
    const hours = Array.from({ length: 24 }, (_, n) => ({ hour: n, minute: 0 }));
    const rule = { days: { every: "week", on: [1, 2, 3, 4, 5, 6, 7] }, times: hours };
    for (let n = 0; n < digests; n += 1) {
      const place = { teamId: "T1", ownerId: "U1", channel: `C${n % 4}`, isPrivate: false };
      const kind = { title: "t", what: { words: "w" }, said: "every hour", allowsWrites: false };
      await schedules.add({ id: `s${n}`, ...place, ...kind, rule, zone: "UTC", nextAt: new Date(start) });
    }
    let alive: ChildProcess[] = await Promise.all([startReplica(), startReplica(), startReplica()]);
    for (const tick of ticks) {
      const sweeps = alive.map((replica) => sweep(replica, start + tick * hour));
      const death = deaths.find((one) => one.tick === tick);
      if (death) {
        await new Promise((resolve) => setTimeout(resolve, death.afterMs));
        alive[0]?.kill("SIGKILL");
        alive = alive.slice(1);
      }
      await Promise.all(sweeps);
    }
    const unfinished = "SELECT id FROM sophia.turns WHERE status IN ('queued', 'running')";
    await until(async () => (await storage.database.query(unfinished)).length === 0, "the last turn", 20_000);

    const turns = await storage.database.query<{ id: string; key: string; status: string }>(
      "SELECT id, source_key AS key, status FROM sophia.turns",
    );
    const wanted = ticks.flatMap((tick) => {
      const at = new Date(start + tick * hour).toISOString();
      return Array.from({ length: digests }, (_, n) => `digest:s${n}:${at}`);
    });
    expect(turns.map(({ key }) => key).toSorted()).toEqual(wanted.toSorted());
    expect(turns.filter(({ status }) => status !== "done")).toEqual([]);
    expect(new Set(ended).size).toBe(ended.length);
  }, 40_000);
});
