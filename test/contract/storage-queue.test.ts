import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createLogger } from "../../src/observability/log.ts";
import type { RelayMessage } from "../../src/storage/relay.ts";
import { openQueue } from "../../src/storage/queue.ts";
import { availableEngines, type EngineHome, openStorage, type Storage } from "../support/engines.ts";
import { startRedis, until } from "../support/servers.ts";

const logger = createLogger({ level: "silent" });

describe.each(await availableEngines())("queue and relay on $name", (engine) => {
  let home: EngineHome;
  let storage: Storage;

  beforeAll(async () => {
    home = await engine.create();
  });
  const reopen = async () => {
    await (storage as Storage | undefined)?.close();
    storage = await home.createStorage();
  };
  beforeEach(reopen);
  afterEach(() => storage.close());
  afterAll(() => home.drop());

  test("hands every turn to the worker, no more than it asked for at once", async () => {
    const { queue } = storage;
    const taken: string[] = [];
    let now = 0;
    let most = 0;
    const ids = Array.from({ length: 30 }, (_, n) => `turn_${n}`);
    for (const id of ids) await queue.push(id);
    queue.work(async (id) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise(setImmediate);
      taken.push(id);
      now -= 1;
    }, 4);
    await until(() => taken.length === ids.length, "all jobs");
    expect([...taken].sort()).toEqual([...ids].sort());
    expect(most).toBeLessThanOrEqual(4);
  });

  test("holds one job of a turn that is put up often, and takes the turn again later", async () => {
    const { queue } = storage;
    for (let n = 0; n < 5; n += 1) await queue.push("turn_a");
    await queue.push("turn_b");
    const taken: string[] = [];
    queue.work(async (id) => void taken.push(id), 1);
    await until(() => taken.length === 2, "both jobs");
    expect(taken).toEqual(["turn_a", "turn_b"]);

    await reopen();
    await storage.queue.push("turn_a");
    storage.queue.work(async (id) => void taken.push(id), 1);
    await until(() => taken.length === 3, "the later job");
  });

  test("goes on after a handler that throws", async () => {
    const { queue } = storage;
    const taken: string[] = [];
    queue.work(async (id) => {
      taken.push(id);
      if (id === "bad") throw new Error("handler failed");
    }, 1);
    await queue.push("bad");
    await queue.push("good");
    await until(() => taken.length === 2, "both jobs");
    expect(taken).toEqual(["bad", "good"]);
  });

  test("takes nothing more when paused, still takes pushes, and waits for what runs when closed", async () => {
    const { queue } = storage;
    const done = Promise.withResolvers<void>();
    const taken: string[] = [];
    queue.work(async (id) => {
      taken.push(id);
      await done.promise;
    }, 2);
    await queue.push("turn_a");
    await until(() => taken.length === 1, "the first job");
    await queue.pause();
    await queue.push("turn_b");
    const closing = queue.close(10_000);
    const soon = new Promise((resolve) => setImmediate(resolve, "still open"));
    expect(await Promise.race([closing, soon])).toBe("still open");
    done.resolve();
    await closing;
    expect(taken).toEqual(["turn_a"]);

    await reopen();
    storage.queue.work(async (id) => void taken.push(id), 2);
    await until(() => taken.length === 2, "the job that was left");
    expect(taken).toEqual(["turn_a", "turn_b"]);
  });

  test("tells every listener of the relay, this process's own as well", async () => {
    const other = engine.name === "PGlite" ? undefined : await openStorage(home);
    try {
      const relays = [storage.relay, ...(other ? [other.relay] : [])];
      const heard = relays.map(() => [] as RelayMessage[]);
      for (const [index, relay] of relays.entries()) relay.subscribe((message) => heard[index]?.push(message));
      const message: RelayMessage = { type: "stop", turnIds: ["a", "b"] };
      // Who subscribes at this moment may miss a message: published until it is heard everywhere.
      await until(async () => {
        await storage.relay.publish(message);
        return heard.every((messages) => messages.length > 0);
      }, "the message everywhere");
      for (const messages of heard) expect(messages[0]).toEqual(message);
    } finally {
      await other?.close();
    }
  });
});

const withRedis = (await availableEngines()).filter(({ name }) => name === "Redis with Postgres");

describe.each(withRedis)("a Redis that goes away", (engine) => {
  test("refuses pushes in time, and works on when it is back", async () => {
    const first = await startRedis();
    if (!first) throw new Error("no redis-server on PATH");
    const home = await engine.create();
    const storage = await openStorage({ ...home, redisUrl: first.url });
    let server = first;
    try {
      const taken: string[] = [];
      const heard: RelayMessage[] = [];
      storage.queue.work(async (id) => void taken.push(id), 2);
      storage.relay.subscribe((message) => heard.push(message));
      await storage.queue.push("before");
      await until(() => taken.includes("before"), "the job before");

      await server.kill();
      const begun = performance.now();
      await expect(storage.queue.push("during")).rejects.toThrow(/starts with a delay/);
      await expect(storage.relay.publish({ type: "stop", turnIds: ["x"] })).rejects.toThrow(/notice within seconds/);
      expect(performance.now() - begun).toBeLessThan(2_500);

      const again = await startRedis(server.port);
      if (again) server = again;
      await until(async () => {
        await storage.queue.push("after").catch(() => {});
        return taken.includes("after");
      }, "the job after");
      await until(
        async () => {
          await storage.relay.publish({ type: "stop", turnIds: ["y"] }).catch(() => {});
          return heard.some((message) => message.type === "stop" && message.turnIds[0] === "y");
        },
        "the message after",
        20_000,
      );
    } finally {
      await storage.close();
      await server.kill();
      await home.drop();
    }
  });

  test("does not keep Sophia from starting or stopping", async () => {
    const home = await engine.create();
    try {
      const { database } = await home.createStorage();
      const begun = performance.now();
      const queue = await openQueue({ redisUrl: "redis://127.0.0.1:1", database, logger });
      queue.work(async () => {}, 1);
      await expect(queue.push("turn")).rejects.toThrow(/starts with a delay/);
      await queue.close(100);
      expect(performance.now() - begun).toBeLessThan(6_000);
    } finally {
      await home.drop();
    }
  });
});
