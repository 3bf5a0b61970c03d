import { afterEach, describe, expect, test } from "vitest";
import { type GongOptions, type GongStore, startGong } from "../../sandbox/gong/start-gong.ts";
import { createSandboxClock, type StandIn, Switchboard } from "../../sandbox/stand-in.ts";
import { createWorld } from "../../sandbox/world/create-world.ts";
import { dayBounds } from "../../sandbox/world/zones.ts";

const now = Date.parse("2026-11-18T16:00:00Z");
const authorization = `Basic ${Buffer.from("key:secret").toString("base64")}`;
const open: StandIn<GongStore>[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function start(options: Partial<GongOptions> = {}) {
  const world = createWorld({ now });
  const board = new Switchboard(createSandboxClock(now));
  const gong = await startGong({ world, board, credentials: { key: "key", secret: "secret" }, ...options });
  open.push(gong);
  const request = async (path: string, body?: unknown) => {
    const init = body
      ? { method: "POST", body: JSON.stringify(body), headers: { authorization, "content-type": "application/json" } }
      : { headers: { authorization } };
    const response = await fetch(`${gong.url}${path}`, init);
    return { status: response.status, headers: response.headers, body: (await response.json()) as any };
  };
  return { gong, board, world, request };
}

describe("limits", () => {
  test("three calls in any second, whatever the world's clock does", async () => {
    let real = 1_000_000;
    const { request, board } = await start({ realNow: () => real });
    const statuses = async (count: number) =>
      Promise.all(Array.from({ length: count }, async () => (await request("/v2/users")).status));
    expect((await statuses(5)).toSorted((a, b) => a - b)).toEqual([200, 200, 200, 429, 429]);
    board.clock.set(now + 3_600_000);
    const refused = await request("/v2/users");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
    expect(refused.body).toEqual({ requestId: expect.any(String), errors: ["API request limit exceeded"] });
    real += 999;
    expect(await statuses(1)).toEqual([429]);
    real += 1;
    expect((await statuses(4)).toSorted((a, b) => a - b)).toEqual([200, 200, 200, 429]);
  });

  test("a day's quota waits for the next day", async () => {
    let real = Date.parse("2026-11-18T23:00:00Z");
    const { request } = await start({ realNow: () => real, dailyQuota: 2, rateLimitPerSecond: 100 });
    expect([(await request("/v2/users")).status, (await request("/v2/users")).status]).toEqual([200, 200]);
    const refused = await request("/v2/users");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "3600"]);
    real += 3_600_000;
    expect((await request("/v2/users")).status).toBe(200);
  });

  test("who is not let in uses up nothing", async () => {
    const { request, gong } = await start({ realNow: () => 5 });
    for (let i = 0; i < 5; i++) expect((await fetch(`${gong.url}/v2/users`)).status).toBe(401);
    expect((await request("/v2/users")).status).toBe(200);
  });
});

describe("faults", () => {
  test("are worded as Gong words them, as often as was asked, where it was asked", async () => {
    const { request, board } = await start({ rateLimitPerSecond: 0 });
    board.addFault({ service: "gong", status: 503, times: 2, path: "/v2/users" });
    expect((await request("/v2/settings/trackers")).status).toBe(200);
    const failed = await request("/v2/users");
    expect(failed.status).toBe(503);
    expect(failed.body).toEqual({
      requestId: expect.any(String),
      errors: [expect.stringContaining("unexpected error")],
    });
    expect((await request("/v2/users")).status).toBe(503);
    expect((await request("/v2/users")).status).toBe(200);
  });

  test("a 429 says when to come back, and a cut line answers nothing", async () => {
    const { request, board } = await start({ rateLimitPerSecond: 0 });
    board.addFault({ service: "gong", status: 429, retryAfter: 7 });
    const refused = await request("/v2/users");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "7"]);
    board.addFault({ service: "gong", drop: true });
    await expect(request("/v2/users")).rejects.toThrow();
    expect(board.requests("gong").map((r) => r.status)).toEqual([429]);
  });
});

describe("a call that ends", () => {
  test("is there for the next request, and gone after a reset", async () => {
    const { request, gong, board } = await start({ rateLimitPerSecond: 0 });
    board.clock.set(now + 7_200_000);
    const { id, title } = gong.store.endCall({ account: "acme" });
    const fresh = { filter: { fromDateTime: new Date(now).toISOString() } };
    const { body } = await request("/v2/calls/extensive", fresh);
    expect(body.calls.map((c: any) => [c.metaData.id, c.metaData.title])).toEqual([[id, title]]);
    expect((await request("/v2/calls/transcript", { filter: { callIds: [id] } })).status).toBe(200);
    expect(() => gong.store.endCall({ account: "Nobody Ltd" })).toThrow("no account is called Nobody Ltd");
    gong.reset();
    expect((await request("/v2/calls/extensive", fresh)).status).toBe(404);
  });
});

describe("statistics", () => {
  test("count days of the company's zone, the last one excluded", async () => {
    const { request, world } = await start({ rateLimitPerSecond: 0, companyTimeZone: "America/Los_Angeles" });
    const filter = { fromDate: "2026-11-02", toDate: "2026-11-18" };
    const { body } = await request("/v2/stats/activity/aggregate", { filter });
    expect(body.timeZone).toBe("America/Los_Angeles");
    expect([body.fromDateTime, body.toDateTime]).toEqual(["2026-11-02T00:00:00-08:00", "2026-11-18T00:00:00-08:00"]);
    const from = dayBounds("2026-11-02", "America/Los_Angeles").start;
    const to = dayBounds("2026-11-18", "America/Los_Angeles").start;
    const calls = world.calls.filter((c) => Date.parse(c.startedAt) >= from && Date.parse(c.startedAt) < to);
    const hosted = body.usersAggregateActivityStats.map((u: any) => u.userAggregateActivityStats.callsAsHost);
    expect(hosted.reduce((a: number, b: number) => a + b, 0)).toBe(calls.length);
  });

  test("interaction is given for hosts in the period, 404 where there were none", async () => {
    const { request, world } = await start({ rateLimitPerSecond: 0 });
    const daniel = world.people.find((p) => p.handle === "daniel");
    const filter = { fromDate: "2026-11-02", toDate: "2026-11-18", userIds: [daniel?.gongUserId] };
    const { body } = await request("/v2/stats/interaction", { filter });
    expect(body.peopleInteractionStats).toHaveLength(1);
    const stats = Object.fromEntries(
      body.peopleInteractionStats[0].personInteractionStats.map((s: any) => [s.name, s.value]),
    );
    expect(stats["Talk Ratio"]).toBeGreaterThan(0.1);
    expect(stats["Talk Ratio"]).toBeLessThan(0.9);
    expect(stats["Longest Monologue"]).toBeGreaterThan(5);
    const none = { fromDate: "2020-01-01", toDate: "2020-01-02" };
    expect((await request("/v2/stats/interaction", { filter: none })).status).toBe(404);
    expect((await request("/v2/stats/activity/aggregate", { filter: none })).body.usersAggregateActivityStats).toEqual(
      [],
    );
  });

  test.each([
    [{ fromDate: "2026-11-02" }],
    [{ fromDate: "2026-11-02T00:00:00Z", toDate: "2026-11-03" }],
    [{ fromDate: "2026-11-02", toDate: "2026-11-19" }],
    [{ fromDate: "2026-11-31", toDate: "2026-12-01" }],
  ])("%j is refused", async (filter) => {
    const { request } = await start({ rateLimitPerSecond: 0 });
    expect((await request("/v2/stats/activity/aggregate", { filter })).status).toBe(400);
  });
});
