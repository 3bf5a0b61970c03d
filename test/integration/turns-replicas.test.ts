import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { interruptionOf } from "../../src/turns/interruption.ts";
import type { RunAgent } from "../../src/turns/run-turn.ts";
import { createTurnWorker, type TurnWorker, type TurnWorkerOptions } from "../../src/turns/worker.ts";
import { availableEngines, type EngineHome, openStorage, type Storage } from "../support/engines.ts";
import { until } from "../support/servers.ts";
import { echo, RecordedReplies, untilInterrupted, workerOptions } from "../support/turn-doubles.ts";
import { newTurn } from "../support/turns.ts";

describe.each((await availableEngines()).filter(({ name }) => name !== "PGlite"))("two replicas on $name", (engine) => {
  let home: EngineHome;
  const open: Storage[] = [];
  const workers: TurnWorker[] = [];
  const replies = new RecordedReplies();

  beforeAll(async () => {
    home = await engine.create();
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.stop(0)));
    await Promise.all(open.splice(0).map((storage) => storage.close()));
  });
  afterAll(() => home.drop());

  const replica = async (runAgent: RunAgent, options: Partial<TurnWorkerOptions> = {}) => {
    const storage = await openStorage(home);
    open.push(storage);
    const base = workerOptions(storage);
    const worker = createTurnWorker({ ...base, runAgent, openReply: replies.open, ...options });
    await worker.start();
    workers.push(worker);
    return { worker, turns: base.turns };
  };

  test("run every turn of forty threads once", async () => {
    const answered: string[] = [];
    const agent: RunAgent = async (run) => {
      const outcome = await echo(run);
      answered.push(run.turn.id);
      return outcome;
    };
    const [one, two] = [await replica(agent), await replica(agent)];
    const sent = Array.from({ length: 120 }, (_, n) => newTurn({ id: `t${n}`, threadTs: `thread${n % 40}` }));
    await Promise.all(
      sent.flatMap((turn, n) => [
        (n % 2 ? one : two).worker.submit(turn),
        // The same event, delivered to the other replica as well.
        (n % 2 ? two : one).worker.submit({ ...turn, id: `${turn.id}x` }),
      ]),
    );
    await until(() => answered.length >= 120, "all answers", 20_000);
    expect(new Set(answered).size).toBe(120);
    expect(answered).toHaveLength(120);
  });

  test("a stop that one hears ends the turn that the other runs", async () => {
    const started = Promise.withResolvers<void>();
    const agent: RunAgent = async (run) => {
      started.resolve();
      return untilInterrupted(run);
    };
    const one = await replica(agent, { renewEveryMs: 60_000, leaseMs: 120_000 });
    const turn = newTurn();
    await one.worker.submit(turn);
    await started.promise;
    const two = await replica(agent);
    await two.worker.stopThread(turn);
    await until(async () => (await two.turns.get(turn.id))?.status === "stopped", "the stop");
  });

  test("a worker that was taken for dead writes nothing more", async () => {
    const interruptions: unknown[] = [];
    const started = Promise.withResolvers<void>();
    const one = await replica(async (run) => {
      started.resolve();
      return untilInterrupted(run).finally(() => interruptions.push(interruptionOf(run.signal)));
    });
    const turn = newTurn();
    await one.worker.submit(turn);
    await started.promise;
    // What another worker does once the lease has ended.
    await one.turns.releaseAll();
    const taken = await one.turns.claim(turn.id, "another", 60_000);
    if (!taken) throw new Error("not taken over");
    await until(() => interruptions.length > 0, "the interruption");
    expect(interruptions).toEqual(["lost"]);
    expect(replies.of(turn.id)).toEqual([{ text: "", finished: 0 }]);
    await one.turns.finish(taken, { status: "done" });
  });
});
