import { Client } from "@hubspot/api-client";
import { afterEach, describe, expect, test } from "vitest";
import { type HubSpotOptions, startHubSpot } from "../../sandbox/hubspot/start-hubspot.ts";
import { createSandboxClock, Switchboard } from "../../sandbox/stand-in.ts";
import { createWorld } from "../../sandbox/world/create-world.ts";

const now = Date.parse("2026-11-18T16:00:00Z");
const world = createWorld({ seed: 1, now });
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function start(options: Partial<HubSpotOptions> = {}, accessToken = "sandbox-hubspot-key") {
  const board = new Switchboard(createSandboxClock(now));
  const hubspot = await startHubSpot({ world, board, ...options });
  closers.push(() => hubspot.close());
  const client = new Client({ accessToken, basePath: hubspot.url, numberOfApiCallRetries: 0 });
  const request = async (path: string, body?: unknown) => {
    const response = await client.apiRequest({ method: body ? "POST" : "GET", path, body });
    return { status: response.status, headers: response.headers, body: (await response.json()) as any };
  };
  return { hubspot, board, client, request };
}

const OWNERS = "/crm/owners/2026-09";
const SEARCH = "/crm/objects/2026-09/deals/search";

describe("who may ask", () => {
  test.each([
    ["no key", undefined],
    ["another key", "Bearer pat-na1-wrong"],
    ["the key under another scheme", "Basic sandbox-hubspot-key"],
  ])("%s is refused", async (_, authorization) => {
    const { hubspot } = await start();
    const headers = authorization ? { authorization } : {};
    const response = await fetch(`${hubspot.url}${OWNERS}`, { headers });
    expect(response.status).toBe(401);
    expect(response.headers.get("content-type")).toBe("application/json;charset=utf-8");
    const body = (await response.json()) as any;
    expect([body.status, body.category]).toEqual(["error", "INVALID_AUTHENTICATION"]);
    expect(response.headers.get("x-hubspot-correlation-id")).toBe(body.correlationId);
  });

  test("a key that has run out says since when", async () => {
    const { hubspot, board, request } = await start();
    hubspot.store.expireKey();
    board.clock.set(now + 7000);
    const { status, body } = await request(OWNERS);
    expect([status, body.category]).toEqual([401, "EXPIRED_AUTHENTICATION"]);
    expect(body.message).toBe("The OAuth token used to make this call expired 7 second(s) ago.");
    hubspot.reset();
    expect((await request(OWNERS)).status).toBe(200);
  });

  test("a scope that is missing is named", async () => {
    const { request } = await start({ scopes: ["crm.objects.contacts.read"] });
    const refused = await request("/crm/objects/2026-09/deals");
    expect([refused.status, refused.body.category]).toEqual([403, "MISSING_SCOPES"]);
    expect(refused.body.errors[0].context.requiredGranularScopes).toEqual(["crm.objects.deals.read"]);
    expect((await request("/crm/objects/2026-09/contacts")).status).toBe(200);
    expect((await request("/crm/objects/2026-09/tickets")).body.category).toBe("MISSING_SCOPES");
    const write = await request("/crm/objects/2026-09/contacts", { properties: { email: "a@b.example" } });
    expect(write.body.errors[0].context.requiredGranularScopes).toEqual(["crm.objects.contacts.write"]);
  });

  test("the settings point a client at it, and name what must stay unseen", async () => {
    const { hubspot } = await start();
    expect(hubspot.env).toEqual({
      HUBSPOT_API_KEY: "sandbox-hubspot-key",
      HUBSPOT_WEBHOOK_SECRET: "sandbox-hubspot-webhook-secret",
      HUBSPOT_BASE_URL: hubspot.url,
      HUBSPOT_CLIENT_ID: "5f0a7c1e-0000-4000-8000-5a9db0c0ffee",
      HUBSPOT_CLIENT_SECRET: "sandbox-hubspot-client-secret",
      HUBSPOT_OAUTH_URL: hubspot.url,
    });
    expect(hubspot.secrets.toSorted()).toEqual([
      "sandbox-hubspot-client-secret",
      "sandbox-hubspot-key",
      "sandbox-hubspot-webhook-secret",
    ]);
  });
});

describe("limits, by the machine's clock", () => {
  test("ten seconds roll, and every answer but a search's says how much is left", async () => {
    let real = now;
    const { request, board } = await start({ requestsPerTenSeconds: 3, realNow: () => real });
    const left: (string | null)[] = [];
    for (let i = 0; i < 3; i++) left.push((await request(OWNERS)).headers.get("x-hubspot-ratelimit-remaining"));
    expect(left).toEqual(["2", "1", "0"]);
    board.clock.set(now + 3_600_000);
    const refused = await request(OWNERS);
    expect([refused.status, refused.body.policyName, refused.body.errorType]).toEqual([
      429,
      "TEN_SECONDLY_ROLLING",
      "RATE_LIMIT",
    ]);
    expect(refused.headers.get("x-hubspot-ratelimit-interval-milliseconds")).toBe("10000");
    expect(refused.headers.get("x-hubspot-ratelimit-max")).toBe("3");
    real += 10_000;
    const search = await request(SEARCH, {});
    expect([search.status, search.headers.get("x-hubspot-ratelimit-remaining")]).toEqual([200, null]);
  });

  test("searches have a second of their own", async () => {
    let real = now;
    const { request } = await start({ realNow: () => real });
    for (let i = 0; i < 5; i++) expect((await request(SEARCH, {})).status).toBe(200);
    const refused = await request(SEARCH, {});
    expect([refused.status, refused.body.message, refused.body.policyName]).toEqual([
      429,
      "You have reached your secondly limit.",
      "SECONDLY",
    ]);
    expect((await request(OWNERS)).status).toBe(200);
    real += 1000;
    expect((await request(SEARCH, {})).status).toBe(200);
  });

  test("a day ends at midnight UTC, and the account tells how much of it is used", async () => {
    let real = Date.parse("2026-11-18T23:59:00Z");
    const { request } = await start({ dailyQuota: 2, realNow: () => real });
    await request(OWNERS);
    const usage = await request("/account-info/2026-09/api-usage/daily/private-apps");
    expect(usage.body.results[0]).toMatchObject({ currentUsage: 2, usageLimit: 2 });
    expect((await request(OWNERS)).body.policyName).toBe("DAILY");
    real += 60_000;
    expect((await request(OWNERS)).status).toBe(200);
  });

  test("who is not let in uses up nothing, and 0 switches the limits off", async () => {
    const { hubspot, request } = await start({ requestsPerTenSeconds: 1 });
    expect((await fetch(`${hubspot.url}${OWNERS}`)).status).toBe(401);
    expect((await request(OWNERS)).status).toBe(200);
    const free = await start({ requestsPerTenSeconds: 0, searchesPerSecond: 0 });
    for (let i = 0; i < 7; i++) expect((await free.request(SEARCH, {})).status).toBe(200);
    expect((await free.request(OWNERS)).headers.get("x-hubspot-ratelimit-max")).toBeNull();
  });
});

describe("faults", () => {
  test.each([
    [401, "INVALID_AUTHENTICATION"],
    [403, "MISSING_SCOPES"],
    [429, "RATE_LIMITS"],
    [503, undefined],
  ])("%i is worded as HubSpot words it, once", async (status, category) => {
    const { board, request } = await start();
    board.addFault({ service: "hubspot", status });
    const failed = await request(OWNERS);
    expect([failed.status, failed.body.status, failed.body.category]).toEqual([status, "error", category]);
    expect((await request(OWNERS)).status).toBe(200);
  });

  test("a line that is cut after the work leaves what was made", async () => {
    const { hubspot, board, request } = await start();
    board.addFault({ service: "hubspot", drop: "after" });
    const properties = { dealname: "Unheard of", dealstage: "qualifiedtobuy" };
    await expect(request("/crm/objects/2026-09/deals", { properties })).rejects.toThrow();
    expect(hubspot.store.all("deals").filter((d) => d.properties.dealname === "Unheard of")).toHaveLength(1);
  });
});
