import { afterEach, describe, expect, test } from "vitest";
import type { AsanaOptions } from "../../sandbox/asana/start-asana.ts";
import { type StartedAsana, startTestAsana } from "../support/asana-stand-in.ts";

const open: StartedAsana[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((stand) => stand.close()));
});

async function start(options: Partial<AsanaOptions> = {}): Promise<StartedAsana> {
  const stand = await startTestAsana(options);
  open.push(stand);
  return stand;
}

const statuses = async (stand: StartedAsana, count: number, path = "/workspaces"): Promise<number[]> => {
  const found: number[] = [];
  for (let i = 0; i < count; i++) found.push((await stand.request("GET", path)).status);
  return found;
};

describe("requests in a minute", () => {
  test("150 on the free plan, and more on a paid one", async () => {
    for (const [plan, last] of [
      ["free", 429],
      ["premium", 200],
    ] as const) {
      const stand = await start({ plan, rateLimitPerMinute: undefined, realNow: () => 5000 });
      const all = await statuses(stand, 151);
      expect([all.filter((status) => status === 200).length >= 150, all.at(-1)]).toEqual([true, last]);
    }
  });

  test("a refused one counts as well, so whoever goes on is kept out", async () => {
    let real = 1_000_000;
    const stand = await start({ rateLimitPerMinute: 3, realNow: () => real });
    expect(await statuses(stand, 3)).toEqual([200, 200, 200]);
    real += 20_000;
    const refused = await stand.request("GET", "/workspaces");
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("40");
    expect(refused.body.errors[0].message).toMatch(/rate limit/);
    // The world's clock is not the vendor's.
    stand.board.clock.set(stand.now + 3_600_000);
    real += 39_999;
    expect(await statuses(stand, 1)).toEqual([429]);
    real += 20_001;
    expect(await statuses(stand, 1)).toEqual([200]);
  });

  test("who waits as long as is told gets in", async () => {
    let real = 1_000_000;
    const stand = await start({ rateLimitPerMinute: 3, realNow: () => real });
    for (let i = 0; i < 3; i++) {
      await statuses(stand, 1);
      real += 1000;
    }
    const refused = await stand.request("GET", "/workspaces");
    real += Number(refused.headers.get("retry-after")) * 1000;
    expect(await statuses(stand, 1)).toEqual([200]);
  });

  test("searches have a limit of their own", async () => {
    const stand = await start({ rateLimitPerMinute: undefined, realNow: () => 5000 });
    const all = await statuses(stand, 61, `/workspaces/${stand.gid.workspace}/tasks/search?text=acme`);
    expect([all.filter((status) => status === 200).length, all.at(-1)]).toEqual([60, 429]);
    expect(await statuses(stand, 1)).toEqual([200]);
  });

  test("who is not let in uses up nothing", async () => {
    const stand = await start({ rateLimitPerMinute: 2, realNow: () => 5000 });
    for (let i = 0; i < 4; i++) expect((await fetch(`${stand.env.ASANA_BASE_URL}/workspaces`)).status).toBe(401);
    expect(await statuses(stand, 2)).toEqual([200, 200]);
  });
});

describe("requests at once", () => {
  test.each([
    ["GET", 50],
    ["POST", 15],
  ])("%s: no more than %d", async (method, limit) => {
    const stand = await start({ rateLimitPerMinute: undefined });
    // Slow, so that they meet.
    stand.board.addFault({ service: "asana", latencyMs: 300, times: limit + 2 });
    const body = method === "POST" ? { name: "x", workspace: stand.gid.workspace } : undefined;
    const path = method === "POST" ? "/tasks" : "/users/me";
    const all = await Promise.all(Array.from({ length: limit + 2 }, () => stand.request(method, path, body)));
    const refused = all.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(2);
    expect(Number(refused[0]?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(stand.store.changes.filter((c) => c.type === "task" && c.action === "added")).toHaveLength(
      method === "POST" ? limit : 0,
    );
    expect((await stand.request(method, path, body)).status).toBeLessThan(300);
  });
});

describe("faults", () => {
  test("are worded as Asana words them", async () => {
    const stand = await start();
    stand.board.addFault({ service: "asana", status: 500, path: "/users" });
    expect((await stand.request("GET", "/workspaces")).status).toBe(200);
    const failed = await stand.request("GET", "/users/me");
    expect(failed.status).toBe(500);
    expect(failed.body.errors).toEqual([
      { message: "Server Error", phrase: expect.stringMatching(/^\d+ \w+ \w+ \w+ \w+/), help: expect.any(String) },
    ]);
    stand.board.addFault({ service: "asana", status: 429, retryAfter: 7 });
    const busy = await stand.request("GET", "/workspaces");
    expect([busy.status, busy.headers.get("retry-after")]).toEqual([429, "7"]);
    stand.board.addFault({ service: "asana", status: 402 });
    expect((await stand.request("GET", "/workspaces")).body.errors[0].message).toBe("Payment Required");
  });

  test("a line that is cut after the deed leaves the task there", async () => {
    const stand = await start();
    stand.board.addFault({ service: "asana", drop: "after" });
    const data = { name: "kept", workspace: stand.gid.workspace };
    await expect(stand.request("POST", "/tasks", data)).rejects.toThrow();
    expect(stand.store.tasks.map((task) => task.name)).toContain("kept");
  });
});
