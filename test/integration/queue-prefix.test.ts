import { Redis } from "ioredis";
import { expect, it } from "vitest";
import { availableEngines } from "../support/engines.ts";
import { openHouse } from "../support/house.ts";

const engine = (await availableEngines()).find(({ name }) => name === "Redis with Postgres");

/** What stands before the first colon of each key in Redis. */
async function heads(url: string): Promise<Set<string>> {
  const redis = new Redis(url);
  const found = new Set<string>();
  try {
    for await (const keys of redis.scanStream({ count: 1_000 }) as AsyncIterable<string[]>)
      for (const key of keys) found.add(key.split(":", 1)[0] ?? "");
  } finally {
    redis.disconnect();
  }
  return found;
}

it.skipIf(!engine)("keeps the queue and the relay of an installation under its own prefix in Redis", async () => {
  const home = await engine!.create();
  const before = await heads(home.redisUrl!);
  const house = await openHouse({ home });
  try {
    expect((await house.ended(house.ask("hello"))).status).toBe("done");
    const added = [...(await heads(home.redisUrl!))].filter((head) => !before.has(head));
    expect(added.filter((head) => head.includes(home.prefix))).toEqual([home.prefix]);
  } finally {
    await house.close();
    await home.drop();
  }
});
