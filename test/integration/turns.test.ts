import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ReplyRefusedError } from "../../src/agent/ports.ts";
import { systemClock } from "../../src/core/clock.ts";
import { ServiceError } from "../../src/core/errors.ts";
import { randomId } from "../../src/core/ids.ts";
import type { AuditEvent } from "../../src/observability/audit.ts";
import { createLogger } from "../../src/observability/log.ts";
import type { TurnQueue } from "../../src/storage/queue.ts";
import { createTurns, type NewTurn, type TurnStatus, type Turns } from "../../src/storage/turns.ts";
import { interruptionOf } from "../../src/turns/interruption.ts";
import type { AgentRun, OpenReply, RunAgent } from "../../src/turns/run-turn.ts";
import { createTurnWorker, type TurnWorker, type TurnWorkerOptions } from "../../src/turns/worker.ts";
import { availableEngines, type EngineHome, type Storage } from "../support/engines.ts";
import { until } from "../support/servers.ts";
import { echo, RecordedReplies, untilInterrupted, workerOptions } from "../support/turn-doubles.ts";
import { newTurn, question } from "../support/turns.ts";

describe.each(await availableEngines())("the turn worker on $name", (engine) => {
  let home: EngineHome;
  let storage: Storage;
  let turns: Turns;
  const workers: TurnWorker[] = [];
  const replies = new RecordedReplies();

  beforeAll(async () => {
    home = await engine.create();
  });
  beforeEach(async () => {
    storage = await home.createStorage();
    turns = createTurns(storage.database, systemClock);
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.stop(0)));
    await storage.database.script("TRUNCATE sophia.turns CASCADE");
    await home.close();
  });
  afterAll(() => home.drop());

  const startWorker = async (runAgent: RunAgent, options: Partial<TurnWorkerOptions> = {}): Promise<TurnWorker> => {
    // A replica has connections of its own; PGlite has one process.
    const own = engine.name === "PGlite" || workers.length === 0 ? storage : await home.createStorage();
    const worker = createTurnWorker({ ...workerOptions(own), runAgent, openReply: replies.open, ...options });
    await worker.start();
    workers.push(worker);
    return worker;
  };
  const toEnd = async (id: string, status: TurnStatus) => {
    await until(async () => (await turns.get(id))?.status === status, `${id} to be ${status}`);
  };
  const submitted = async (worker: TurnWorker, fields: Partial<NewTurn> = {}): Promise<NewTurn> => {
    const turn = newTurn(fields);
    expect(await worker.submit(turn)).toBe(true);
    return turn;
  };

  test("answers a message once, however often it is delivered", async () => {
    const worker = await startWorker(echo);
    const turn = newTurn({ text: "hello" });
    const accepted = await Promise.all(Array.from({ length: 5 }, () => worker.submit(turn)));
    expect(accepted.filter(Boolean)).toHaveLength(1);
    await toEnd(turn.id, "done");
    expect(replies.of(turn.id)).toEqual([{ text: "You said: hello", finished: 1 }]);
    expect(await turns.steps(turn.id)).toEqual([question("hello")]);
  });

  test("answers the messages of a thread one after the other, with what was said before", async () => {
    const histories = new Map<string, number>();
    const worker = await startWorker(async (run) => {
      histories.set(run.turn.text, run.history.length);
      return echo(run);
    });
    const threadTs = randomId("thread");
    const sent = [];
    for (const text of ["one", "two", "three"]) sent.push(await submitted(worker, { threadTs, text }));
    for (const { id } of sent) await toEnd(id, "done");
    expect([...histories]).toEqual([
      ["one", 0],
      ["two", 1],
      ["three", 2],
    ]);
  });

  test("stops what runs and what waits in a thread, and says so where something was written", async () => {
    const started = Promise.withResolvers<void>();
    const recorded: AuditEvent[] = [];
    const stops: RunAgent = async (run) => {
      run.reply.write("Reading 6 calls");
      started.resolve();
      return untilInterrupted(run);
    };
    const worker = await startWorker(stops, { audit: { append: (event) => recorded.push(event) } });
    const threadTs = randomId("thread");
    const running = await submitted(worker, { threadTs });
    await started.promise;
    const waiting = await submitted(worker, { threadTs });
    const stopped = await worker.stopThread(running);
    expect([...stopped].sort()).toEqual([running.id, waiting.id].sort());
    await toEnd(running.id, "stopped");
    await toEnd(waiting.id, "stopped");
    expect(replies.of(running.id)).toEqual([{ text: "Reading 6 calls\n\n_Stopped._", finished: 1 }]);
    expect(replies.of(waiting.id)).toEqual([]);
    await until(() => recorded.length === 2, "both to be recorded");
    expect(
      recorded.toSorted((a, b) => Number(a.turnId === waiting.id) - Number(b.turnId === waiting.id)),
    ).toMatchObject([
      { kind: "turn", outcome: "stopped", turnId: running.id, userId: "U1", agent: "sophia" },
      { kind: "turn", outcome: "stopped", turnId: waiting.id, userId: "U1", tokens: 0 },
    ]);
    expect(await worker.stopThread(running)).toEqual([]);
  });

  test("stops a turn whose agent does not heed it, and keeps its late words out", async () => {
    const started = Promise.withResolvers<AgentRun>();
    const never = Promise.withResolvers<never>();
    const worker = await startWorker(async (run) => {
      started.resolve(run);
      return never.promise;
    });
    const turn = await submitted(worker, { messageTs: "5.000001" });
    const run = await started.promise;
    expect(await worker.stopMessage("T1", "C1", "5.000001")).toBe(true);
    await toEnd(turn.id, "stopped");
    run.reply.write("too late");
    await expect(run.checkpoint([question("too late")])).rejects.toThrow(/no longer this attempt's/);
    expect(replies.of(turn.id)).toEqual([{ text: "\n\n_Stopped._", finished: 1 }]);
    expect(await turns.steps(turn.id)).toEqual([]);
  });

  test("lets the next message of a thread run when the one before it was taken back", async () => {
    const worker = await startWorker(echo, { concurrency: 1 });
    const threadTs = randomId("thread");
    // Stored, but put up by nobody: only the sweep that follows the stop can find the second.
    await turns.add(newTurn({ id: "head", threadTs, messageTs: "6.000001" }));
    const next = newTurn({ threadTs, messageTs: "6.000002" });
    await turns.add(next);
    await worker.stopMessage("T1", "C1", "6.000001");
    await toEnd(next.id, "done");
  });

  test("runs an edited question again, from its new words, in the same reply", async () => {
    const started = Promise.withResolvers<void>();
    const worker = await startWorker(async (run) => {
      if (run.turn.revision > 0) return echo(run);
      await run.checkpoint([question(run.turn.text)]);
      run.reply.write("old answer");
      started.resolve();
      return untilInterrupted(run);
    });
    const turn = await submitted(worker, { messageTs: "7.000001", text: "calls of Acme" });
    await started.promise;
    expect(await worker.edit("T1", "C1", "7.000001", { text: "calls of Globex", agent: "sophia" })).toBe(true);
    await toEnd(turn.id, "done");
    expect(replies.of(turn.id)).toEqual([
      { text: "old answer", finished: 1 },
      { text: "You said: calls of Globex", finished: 1 },
    ]);
    expect(await turns.steps(turn.id)).toEqual([question("calls of Globex")]);
    expect(await worker.edit("T1", "C1", "7.000001", { text: "too late", agent: "sophia" })).toBe(false);
  });

  test("runs an edited question again where the edit overtakes a step", async () => {
    const runs: string[] = [];
    const worker = await startWorker(async (run) => {
      runs.push(run.turn.text);
      // The edit is in the rows and no word of it has come: the step is what finds out.
      if (run.turn.revision === 0) await turns.edit("T1", "C1", "8.000001", { text: "new", agent: "sophia" });
      return echo(run);
    });
    const turn = await submitted(worker, { messageTs: "8.000001", text: "old" });
    await toEnd(turn.id, "done");
    expect(runs).toEqual(["old", "new"]);
    expect(replies.of(turn.id)).toEqual([
      { text: "", finished: 1 },
      { text: "You said: new", finished: 1 },
    ]);
  });

  test.each(["opened", "finished"])("ends a turn at once whose reply is refused when it is %s", async (when) => {
    const warnings: unknown[] = [];
    const logged = { warn: (fields: unknown) => warnings.push(fields), error: (...all: unknown[]) => errors.push(all) };
    const errors: unknown[] = [];
    const logger = Object.assign(createLogger({ level: "silent" }), logged);
    const refuse = async (): Promise<never> => {
      throw new ReplyRefusedError("chat.postMessage", "is_archived");
    };
    const openReply: OpenReply = async (turn, attempt) => {
      if (turn.text !== "refused") return replies.open(turn, attempt);
      return when === "opened" ? refuse() : { ...(await replies.open(turn, attempt)), finish: refuse };
    };
    const worker = await startWorker(echo, { openReply, logger });
    const threadTs = randomId("thread");
    const refused = await submitted(worker, { threadTs, text: "refused" });
    const next = await submitted(worker, { threadTs, text: "hello" });
    await toEnd(next.id, "done");
    expect(await turns.get(refused.id)).toMatchObject({ status: "failed", attempt: 1 });
    const rows = await storage.database.query("SELECT reason FROM sophia.turns WHERE id = $1", [refused.id]);
    expect(rows).toEqual([{ reason: "reply: is_archived" }]);
    expect(replies.of(next.id)).toEqual([{ text: "You said: hello", finished: 1 }]);
    expect(warnings).toEqual([{ turnId: refused.id, attempt: 1, code: "is_archived" }]);
    expect(errors).toEqual([]);
  });

  test("ends the run at once when its reply is refused while it is being written", async () => {
    const error = new ReplyRefusedError("chat.update", "is_archived");
    const openReply: OpenReply = async (turn, attempt, _signal, { refused }) => {
      const reply = await replies.open(turn, attempt);
      return { ...reply, write: () => refused(error), finish: () => Promise.reject(error) };
    };
    const reasons: unknown[] = [];
    const runAgent: RunAgent = async (run) => {
      run.reply.write("nobody reads this");
      return untilInterrupted(run).catch((reason: unknown) => {
        reasons.push(reason);
        throw new Error("a tool's own words for it");
      });
    };
    const turn = await submitted(await startWorker(runAgent, { openReply }));
    await toEnd(turn.id, "failed");
    expect(reasons).toEqual([error]);
    const rows = await storage.database.query("SELECT reason, attempt FROM sophia.turns WHERE id = $1", [turn.id]);
    expect(rows).toEqual([{ reason: "reply: is_archived", attempt: 1 }]);
  });

  test("runs a turn that had no thread with the one that its reply was given", async () => {
    const seen: unknown[] = [];
    const openReply: OpenReply = async (turn, attempt, _signal, { placed }) => {
      placed({ channel: "D1", threadTs: "1700000000.000100" });
      return replies.open(turn, attempt);
    };
    const runAgent: RunAgent = async (run) => {
      seen.push([run.turn.channel, run.turn.threadTs]);
      return echo(run);
    };
    const turn = await submitted(await startWorker(runAgent, { openReply }), { sourceKey: "command:1" });
    await toEnd(turn.id, "done");
    expect(seen).toEqual([["D1", "1700000000.000100"]]);
  });

  test("ends a turn at once whose reply a fault of ours keeps shut, and tries again where the records were away", async () => {
    const openReply: OpenReply = async (turn, attempt) => {
      if (turn.text === "fault") throw new RangeError("Maximum call stack size exceeded");
      if (turn.text === "away" && attempt === 1) throw new Error("connection lost");
      return replies.open(turn, attempt);
    };
    const worker = await startWorker(echo, { openReply, leaseMs: 300, renewEveryMs: 100, sweepEveryMs: 50 });
    const fault = await submitted(worker, { text: "fault" });
    const away = await submitted(worker, { text: "away" });
    await toEnd(away.id, "done");
    expect(await turns.get(fault.id)).toMatchObject({ status: "failed", attempt: 1 });
    expect(replies.of(away.id)).toEqual([{ text: "You said: away", finished: 1 }]);
  });

  test("says honestly that it failed, and keeps the details out of the thread", async () => {
    const worker = await startWorker(async ({ turn }) => {
      if (turn.text === "gong") throw new ServiceError("Gong cannot be reached.", { service: "Gong" });
      throw new Error("ECONNRESET secret-host");
    });
    const unknown = await submitted(worker, { text: "boom" });
    const known = await submitted(worker, { text: "gong" });
    await toEnd(unknown.id, "failed");
    await toEnd(known.id, "failed");
    expect(replies.of(unknown.id)[0]?.text).toMatch(/Something went wrong on my side/);
    expect(replies.of(unknown.id)[0]?.text).not.toMatch(/secret-host/);
    expect(replies.of(known.id)).toEqual([{ text: "\n\nGong cannot be reached.", finished: 1 }]);
  });

  test("gives up on a turn that was taken from five workers that died with it", async () => {
    const turn = newTurn();
    await turns.add(turn);
    for (let crash = 0; crash < 7; crash += 1) await turns.claim(turn.id, `dead${crash}`, -1);
    let ran = false;
    await startWorker(async (run) => {
      ran = true;
      return echo(run);
    });
    await toEnd(turn.id, "failed");
    expect(ran).toBe(false);
    expect(replies.of(turn.id)).toEqual([{ text: expect.stringMatching(/I have given up/), finished: 1 }]);
  });

  test("carries on from the last step of a worker that died", async () => {
    const turn = newTurn();
    await turns.add(turn);
    const dead = await turns.claim(turn.id, "dead", -1);
    if (dead) await turns.addSteps(dead, 0, [question("recorded")]);
    const seen: unknown[] = [];
    await startWorker(async ({ steps, checkpoint }) => {
      seen.push(...steps);
      await checkpoint([question("next")]);
      return { status: "done" };
    });
    await toEnd(turn.id, "done");
    expect(seen).toEqual([question("recorded")]);
    expect(await turns.steps(turn.id)).toEqual([question("recorded"), question("next")]);
  });

  test("leaves a turn to the next attempt when its reply cannot be opened", async () => {
    let tries = 0;
    const worker = await startWorker(echo, {
      openReply: async (turn, attempt) => {
        tries += 1;
        if (tries === 1) throw new Error("the database is away");
        return replies.open(turn, attempt);
      },
    });
    const turn = await submitted(worker);
    await toEnd(turn.id, "done");
    expect(replies.of(turn.id)).toHaveLength(1);
  });

  test("answers although the queue takes nothing", async () => {
    const dead: TurnQueue = {
      ...storage.queue,
      push: async () => Promise.reject(new Error("queue down")),
      work: () => {},
    };
    const worker = await startWorker(echo, { queue: { ...dead, pause: async () => {} } });
    const turn = await submitted(worker);
    await toEnd(turn.id, "done");
  });

  test("gives its turns back when it stops, and another carries them on at once", async () => {
    const started = Promise.withResolvers<void>();
    const interruptions: unknown[] = [];
    const leaving = await startWorker(
      async (run) => {
        await run.checkpoint([question("half")]);
        run.reply.write("half an answer");
        started.resolve();
        return untilInterrupted(run).finally(() => interruptions.push(interruptionOf(run.signal)));
      },
      { leaseMs: 60_000 },
    );
    const turn = await submitted(leaving);
    await started.promise;
    await leaving.stop(0);
    expect(interruptions).toEqual(["shutdown"]);
    expect(await turns.get(turn.id)).toMatchObject({ status: "running", attempt: 1 });
    expect(await turns.steps(turn.id)).toEqual([question("half")]);
    if (engine.name === "PGlite") return;

    const steps: unknown[] = [];
    await startWorker(
      async (run) => {
        steps.push(...run.steps);
        return { status: "done" };
      },
      { sweepEveryMs: 60_000 },
    );
    await toEnd(turn.id, "done");
    expect(steps).toEqual([question("half")]);
  });

  test("lets running turns end within the grace of a stop", async () => {
    const started = Promise.withResolvers<void>();
    const end = Promise.withResolvers<void>();
    const worker = await startWorker(async (run) => {
      started.resolve();
      await end.promise;
      return echo(run);
    });
    const turn = await submitted(worker);
    await started.promise;
    const stopping = worker.stop(10_000);
    end.resolve();
    await stopping;
    expect(await turns.get(turn.id)).toMatchObject({ status: "done" });
  });
});
