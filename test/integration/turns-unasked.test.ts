import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import { ServiceError } from "../../src/core/errors.ts";
import { refusing, type RefusingOptions } from "../../src/slack/refusal.ts";
import type { Person } from "../../src/slack/people.ts";
import { createReplies, putOff } from "../../src/storage/replies.ts";
import { createTurns, type NewTurn, type Turn, type TurnStatus, type Turns } from "../../src/storage/turns.ts";
import type { AgentRun, RunAgent } from "../../src/turns/run-turn.ts";
import { createTurnWorker, type TurnWorker, type TurnWorkerOptions } from "../../src/turns/worker.ts";
import { orPutOff } from "../../src/workflows/posting.ts";
import { availableEngines, type EngineHome, type Storage } from "../support/engines.ts";
import { until } from "../support/servers.ts";
import { echo, RecordedReplies, workerOptions } from "../support/turn-doubles.ts";
import { newTurn } from "../support/turns.ts";

const unasked = {
  source: "digest",
  isRoot: true,
  audience: "channel",
  sourceKey: "digest:1",
  threadTs: "digest:1",
} as const;

const away = () => new ServiceError("Away.", { service: "Gong", retryable: true });

describe.each((await availableEngines()).slice(0, 2))(
  "a turn that nobody in its channel asked for, on $name",
  (engine) => {
    let home: EngineHome;
    let storage: Storage;
    let turns: Turns;
    let worker: TurnWorker | undefined;
    const replies = new RecordedReplies();
    const told: [id: string, why: string][] = [];

    beforeAll(async () => {
      home = await engine.create();
    });
    beforeEach(async () => {
      storage = await home.createStorage();
      turns = createTurns(storage.database, systemClock);
      told.splice(0);
    });
    afterEach(async () => {
      await worker?.stop(0);
      await storage.database.script("TRUNCATE sophia.turns CASCADE");
      await home.close();
    });
    afterAll(() => home.drop());

    const startWorker = async (runAgent: RunAgent, options: Partial<TurnWorkerOptions> = {}): Promise<TurnWorker> => {
      const tellOwner = async ({ id }: Turn, why: string) => void told.push([id, why]);
      worker = createTurnWorker({
        ...workerOptions(storage),
        runAgent,
        openReply: replies.open,
        tellOwner,
        ...options,
      });
      await worker.start();
      return worker;
    };
    const toEnd = async (id: string, status: TurnStatus) => {
      await until(async () => (await turns.get(id))?.status === status, `${id} to be ${status}`);
    };
    const submitted = async (to: TurnWorker, fields: Partial<NewTurn> = {}): Promise<NewTurn> => {
      const turn = newTurn({ ...unasked, ...fields });
      await to.submit(turn);
      return turn;
    };

    /** Waits until it was left `times` times, and lets its pause be over each time. */
    const leftTo = async (id: string, times: number, attempted: () => number) => {
      for (let time = 1; time <= times; time++) {
        await until(async () => attempted() === time && (await isLeft(id)), `${id} to be left ${time} times`);
        await storage.database.query("UPDATE sophia.turns SET lease_until = now() WHERE id = $1", [id]);
      }
    };
    const isLeft = async (id: string): Promise<boolean> => {
      const left = "SELECT FROM sophia.turns WHERE id = $1 AND status = 'running' AND worker_id IS NULL";
      return (await storage.database.query(left, [id])).length > 0;
    };
    const age = (id: string, time: string) =>
      storage.database.query(`UPDATE sophia.turns SET queued_at = now() - interval '${time}' WHERE id = $1`, [id]);

    test("is carried on where a service or the records were away, without a word", async () => {
      const failures = [away(), new Error("connection lost")];
      const runAgent: RunAgent = async (run) => {
        run.reply.write("Yesterday, ");
        const failure = failures.shift();
        if (failure) throw failure;
        return echo(run);
      };
      const turn = await submitted(await startWorker(runAgent, { leaseMs: 300, renewEveryMs: 100, sweepEveryMs: 50 }), {
        text: "calls",
      });
      await leftTo(turn.id, 2, () => replies.of(turn.id).length);
      await toEnd(turn.id, "done");
      expect(replies.of(turn.id).map(({ text }) => text)).toEqual(["", "", "Yesterday, You said: calls"]);
      expect(told).toEqual([]);
    });

    test("outlasts more failures than crashes, those of opening its reply as well", async () => {
      let opened = 0;
      const openReply: typeof replies.open = async (turn, attempt) => {
        opened += 1;
        if (opened % 2 === 0) throw away();
        return replies.open(turn, attempt);
      };
      const failing = Array.from({ length: 5 }, away);
      const runAgent: RunAgent = async (run) => {
        const failure = failing.shift();
        if (failure) throw failure;
        return echo(run);
      };
      const turn = await submitted(await startWorker(runAgent, { openReply, sweepEveryMs: 50 }));
      await leftTo(turn.id, 10, () => opened);
      await toEnd(turn.id, "done");
      expect(told).toEqual([]);
    });

    test.each([
      ["two hours", {}, "121 minutes"],
      ["ten minutes where people's questions wait behind it", { threadTs: "1.0" }, "11 minutes"],
    ])("is given up after %s, and its owner is told the service's words", async (_, fields, time) => {
      let attempts = 0;
      const runAgent: RunAgent = async () => {
        attempts += 1;
        throw away();
      };
      const turn = await submitted(await startWorker(runAgent, { sweepEveryMs: 50 }), fields);
      await until(() => isLeft(turn.id), "the turn to be left");
      await age(turn.id, time);
      await leftTo(turn.id, 1, () => attempts);
      await toEnd(turn.id, "failed");
      await worker?.stop(1_000);
      expect(told).toEqual([[turn.id, "Away."]]);
      expect(replies.of(turn.id).map(({ text }) => text)).toEqual(["", ""]);
    });

    test("tells its owner once, after it has ended, whatever fails before", async () => {
      const failing = ["reply", "records"];
      const fails = (what: string): boolean => failing[0] === what && failing.shift() === what;
      const openReply: typeof replies.open = async (turn, attempt) => {
        const reply = await replies.open(turn, attempt);
        return { ...reply, finish: async () => (fails("reply") ? Promise.reject(away()) : reply.finish()) };
      };
      const breaking: Turns = {
        ...turns,
        finish: async (...ended) =>
          fails("records") ? Promise.reject(new Error("connection lost")) : turns.finish(...ended),
      };
      const runAgent: RunAgent = async ({ reply }) => {
        reply.giveUp("Claude is overloaded.");
        await reply.finish();
        return { status: "failed" };
      };
      const short = { leaseMs: 300, renewEveryMs: 100, sweepEveryMs: 50 };
      const turn = await submitted(await startWorker(runAgent, { turns: breaking, openReply, ...short }));
      await leftTo(turn.id, 1, () => replies.of(turn.id).length);
      await toEnd(turn.id, "failed");
      await worker?.stop(1_000);
      expect(replies.of(turn.id)).toHaveLength(3);
      expect(told).toEqual([[turn.id, "Claude is overloaded."]]);
    });

    test("ends as put off where its reply could not be shown, without being tried again or told of", async () => {
      const openReply: typeof replies.open = async (turn, attempt) => ({
        ...(await replies.open(turn, attempt)),
        finish: () => Promise.reject(away()),
      });
      const runAgent: RunAgent = async (run) => {
        const parts = createReplies(storage.database, systemClock);
        const options = { replies: parts, channels: { find: async () => undefined } };
        return orPutOff(
          run,
          options,
          () => echo(run),
          () => ({ status: "failed", reason: putOff }),
        );
      };
      const turn = await submitted(await startWorker(runAgent, { openReply }));
      await toEnd(turn.id, "failed");
      await worker?.stop(1_000);
      const reason = "SELECT reason FROM sophia.turns WHERE id = $1";
      expect(await storage.database.query(reason, [turn.id])).toEqual([{ reason: putOff }]);
      expect(told).toEqual([]);
    });

    test.each([
      ["it cannot be had", async () => Promise.reject(new ServiceError("No key.", { service: "Gong" })), "No key."],
      ["of a fault of ours", async () => Promise.reject(new TypeError("x is not a function")), "Something went wrong"],
      [
        "the agent gave up",
        async ({ reply }: AgentRun) => {
          reply.write("I look at the calls. ");
          reply.giveUp("Claude is overloaded.");
          await reply.finish();
          return { status: "failed" as const };
        },
        "Claude is overloaded.",
      ],
    ])("is not posted where %s, and its owner is told why", async (_, runAgent: RunAgent, why) => {
      const turn = await submitted(await startWorker(runAgent));
      await toEnd(turn.id, "failed");
      await worker?.stop(1_000);
      expect(replies.of(turn.id)).toEqual([{ text: "", finished: 1 }]);
      expect(told).toEqual([[turn.id, expect.stringContaining(why)]]);
    });

    /** As whoever runs a turn is looked up, one after the other. */
    const asOwner = (owners: Partial<Person>[], isGroupKnown = true): RunAgent =>
      refusing(
        {
          people: {
            findAsker: async () => ({ standing: "member", groups: ["@sales"], ...owners.shift() }) as Person,
            channelName: async () => "sales",
            knowsGroups: () => isGroupKnown,
          },
          guests: "refuse",
          roles: { sophia: { people: ["@sales"] } },
          identities: { of: async () => ({}) },
          audit: { append: () => undefined },
          clock: systemClock,
        } satisfies RefusingOptions,
        echo,
      );

    test.each([
      ["who its owner is", { standing: "unknown" }, true],
      ["in which groups they are", { groups: [] }, false],
    ] as const)("waits for Slack to say %s, without a word", async (_, first, isGroupKnown) => {
      const options = { leaseMs: 300, renewEveryMs: 100, sweepEveryMs: 50 };
      const runAgent = asOwner([first], isGroupKnown);
      const turn = await submitted(await startWorker(runAgent, options), { text: "calls" });
      await leftTo(turn.id, 1, () => replies.of(turn.id).length);
      await toEnd(turn.id, "done");
      expect(replies.of(turn.id).map(({ text }) => text)).toEqual(["", "You said: calls"]);
      expect(told).toEqual([]);
    });

    test.each([
      [{ standing: "guest" }, "you are a guest here"],
      [{ groups: [] }, "you are not among them"],
    ] as const)("is not refused before others where its owner is %j: they alone are told", async (owner, why) => {
      const turn = await submitted(await startWorker(asOwner([owner])));
      await toEnd(turn.id, "done");
      await worker?.stop(1_000);
      expect(replies.of(turn.id)).toEqual([{ text: "", finished: 1 }]);
      expect(told).toEqual([[turn.id, expect.stringContaining(why)]]);
    });

    test("is given up as quietly where it was taken from five workers that died with it", async () => {
      const turn = newTurn(unasked);
      await turns.add(turn);
      for (let crash = 0; crash < 7; crash += 1) await turns.claim(turn.id, `dead${crash}`, -1);
      await startWorker(echo);
      await toEnd(turn.id, "failed");
      await worker?.stop(1_000);
      expect(replies.of(turn.id)).toEqual([{ text: "", finished: 1 }]);
      expect(told).toEqual([[turn.id, expect.stringContaining("given up")]]);
    });
  },
);
