/** When HubSpot refuses, fails, or is in no hurry. */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createHubSpotServer } from "../../mcp-servers/hubspot/index.ts";
import { linkInProcess } from "../../mcp-servers/shared/serve.ts";
import { connectMcp } from "../../src/mcp/client.ts";
import { FAILURE_META } from "../../src/mcp/types.ts";
import { connectHubSpot, InstantTimer, path, textOf } from "../support/hubspot.ts";

describe("credentials", () => {
  it("that HubSpot refuses are named by their setting, never shown", async () => {
    const { call, sent } = await connectHubSpot({ apiKey: "pat-hush-hush" });
    const result = await call("list_pipelines", {});
    expect(textOf(result)).toContain("Check HUBSPOT_API_KEY");
    expect(textOf(result)).not.toContain("hush");
    expect(sent()).toHaveLength(1);
  });

  it("that have expired are told from wrong ones", async () => {
    const { call, hubspot } = await connectHubSpot();
    hubspot.store.expireKey();
    expect(textOf(await call("list_owners", {}))).toContain("has expired. Make a new one");
  });

  it("that lack a scope: which one, and where to give it", async () => {
    const { call, hubspot, sent } = await connectHubSpot();
    hubspot.store.scopes.delete("crm.objects.owners.read");
    const result = await call("list_owners", {});
    expect(textOf(result)).toContain("lacks a scope for this: crm.objects.owners.read");
    expect(textOf(result)).toContain("Calling again unchanged will not help");
    expect(sent()).toHaveLength(1);
  });
});

describe("HubSpot's failures", () => {
  it("make a read come again, and be told in our words in the end", async () => {
    const { call, ask, board, sent, timer } = await connectHubSpot();
    board.addFault({ service: "hubspot", status: 503, times: 2 });
    expect((await ask("list_pipelines", {})).pipelines).toHaveLength(1);
    expect(sent().map(({ status }) => status)).toEqual([503, 503, 200]);
    expect((timer as InstantTimer).slept).toEqual([200, 400]);
    board.addFault({ service: "hubspot", status: 500, times: 9 });
    const result = await call("list_owners", {});
    expect(textOf(result)).toContain("HubSpot is failing on its side (500)");
    expect(textOf(result)).not.toContain("internal error");
    expect(sent()).toHaveLength(6);
  });

  it("of a cut connection are repeated for reads", async () => {
    const { ask, board } = await connectHubSpot();
    board.addFault({ service: "hubspot", drop: true, times: 2 });
    expect((await ask("list_pipelines", {})).pipelines).toHaveLength(1);
  });

  it.each([
    ["a 5xx", { status: 502 }, 0],
    ["a cut connection", { drop: true }, 0],
    ["a connection that is cut after it was done", { drop: "after" }, 1],
  ] as const)("never make a create come again: %s", async (_, fault, created) => {
    const { call, ask, board, world, hubspot, sent } = await connectHubSpot();
    await ask("create_deal", { name: "first" });
    const calls = sent().length;
    board.addFault({ service: "hubspot", path: "/objects/2026-09/deals", times: 1, ...fault });
    const result = await call("create_deal", { name: "second" });
    expect(textOf(result)).toContain("it is not known whether this was carried out. Look for it first");
    expect(result._meta?.[FAILURE_META]).toMatchObject({ retryable: false, outcomeUnknown: true });
    expect(hubspot.store.all("deals")).toHaveLength(world.deals.length + 1 + created);
    expect(sent().length - calls).toBeLessThanOrEqual(1);
  });

  it("make an update come again: it sets the same values", async () => {
    const { ask, board, world, sent } = await connectHubSpot();
    const [deal] = world.deals;
    await ask("get_deal", { deal_id: deal?.id });
    const before = sent().length;
    // Hits nothing but the reading of the deal as it stands, so that the next fault hits the PATCH.
    board.addFault({ service: "hubspot", path: `deals/${deal?.id}?`, latencyMs: 1 });
    board.addFault({ service: "hubspot", path: `deals/${deal?.id}`, status: 503 });
    expect((await ask("update_deal", { deal_id: deal?.id, name: "Renamed" })).deal.name).toBe("Renamed");
    const patches = sent()
      .slice(before)
      .filter(({ call }) => call.startsWith("PATCH"));
    expect(patches.map(({ status }) => status)).toEqual([503, 200]);
  });

  it("after a write do not look as if the write had failed", async () => {
    const { call, board, world, hubspot } = await connectHubSpot();
    board.addFault({ service: "hubspot", path: "deals/100", status: 500, times: 9 });
    const result = await call("create_deal", { name: "Saved" });
    expect(textOf(result)).toMatch(
      /The deal \d+ is saved in HubSpot, but could not be read back. Do not save it again/,
    );
    expect(result._meta?.[FAILURE_META]).toMatchObject({ retryable: false, outcomeUnknown: true });
    expect(hubspot.store.all("deals")).toHaveLength(world.deals.length + 1);
  });
});

describe("HubSpot's limits", () => {
  it("hold everybody back for as long as it says, creates as well: a refused one was not carried out", async () => {
    const { ask, board, timer, hubspot, world } = await connectHubSpot();
    await ask("list_pipelines", {});
    board.addFault({ service: "hubspot", path: "/objects/2026-09/deals", status: 429, retryAfter: 3 });
    await ask("create_deal", { name: "once" });
    expect((timer as InstantTimer).now()).toBeGreaterThanOrEqual(3000);
    expect(hubspot.store.all("deals")).toHaveLength(world.deals.length + 1);
  });

  it("are told with the seconds to wait where the wait would be too long", async () => {
    const { call, board, sent } = await connectHubSpot();
    board.addFault({ service: "hubspot", status: 429, retryAfter: 90 });
    expect(textOf(await call("list_pipelines", {}))).toContain("Try again in 90 s");
    expect(textOf(await call("list_owners", {}))).toMatch(/Try again in (89|90) s/);
    expect(sent()).toHaveLength(1);
  });

  it("of a day are told as such", async () => {
    const { call, ask } = await connectHubSpot({ requestsPerTenSeconds: 190, dailyQuota: 1 });
    await ask("list_pipelines", {});
    expect(textOf(await call("list_owners", {}))).toContain("used up");
  });

  it("of four searches in a second are kept before HubSpot has to refuse", async () => {
    const timer = new InstantTimer();
    const { ask, sent } = await connectHubSpot({ timer, searchesPerSecond: 0 });
    const words = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
    await Promise.all(words.map((query) => ask("search_companies", { query, limit: 1 })));
    expect(sent().filter(({ call }) => call === `POST ${path("companies/search")}`)).toHaveLength(9);
    // Four at once, four after a second, the last one after another.
    expect(timer.now()).toBeGreaterThanOrEqual(2000);
  });

  it("of ten seconds are read from its headers", async () => {
    const timer = new InstantTimer();
    const { ask } = await connectHubSpot({ timer, requestsPerTenSeconds: 2 });
    await ask("list_pipelines", {});
    await ask("list_owners", {});
    expect(timer.now()).toBe(0);
    await expect(ask("get_deal", { deal_id: "1" })).rejects.toThrow();
    expect(timer.now()).toBeGreaterThanOrEqual(9_000);
  });
});

describe("answers that the stand-in never gives", () => {
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  async function against(answer: { status?: number; headers?: Record<string, string>; body?: string } | "silence") {
    let requests = 0;
    const server = createServer((_, response) => {
      requests++;
      if (answer !== "silence") response.writeHead(answer.status ?? 200, answer.headers).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const dependencies = { clock: { now: () => 0 }, timer: new InstantTimer(), random: () => 0 };
    const link = linkInProcess(createHubSpotServer({ apiKey: "k", baseUrl, readOnly: false }, dependencies));
    const client = await connectMcp({ type: "in-process", link }, { name: "test", version: "1" });
    closing.push(() => client.close());
    const call = (name: string, signal?: AbortSignal) => client.callTool(name, {}, { timeoutMs: 20_000, signal });
    return { call, count: () => requests };
  }

  it.each([
    ["a page", { body: "<html>words of jo@acme.example</html>" }, "in a form that this version"],
    ["another form", { body: '{"results":{"secret":1}}' }, "in a form that this version"],
    ["an address that it does not know", { status: 404, body: "<html>" }, "Check HUBSPOT_BASE_URL"],
    ["a redirect", { status: 302, headers: { location: "/elsewhere" } }, "HubSpot"],
  ])("are told: %s", async (_, answer, words) => {
    const { call } = await against(answer);
    const result = await call("list_pipelines");
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain(words);
    expect(textOf(result)).not.toMatch(/jo@acme|secret/);
  });

  it("give no cursor beyond the 10,000 that HubSpot lets be seen of a search", async () => {
    const body = { total: 12_000, results: [], paging: { next: { after: "10000" } }, portalId: 1 };
    const { call } = await against({ body: JSON.stringify(body) });
    const { structuredContent } = await call("search_companies");
    expect(structuredContent).toEqual({ companies: [], total: 12_000, truncated: true });
  });

  it("are not waited for when the call is cancelled", async () => {
    const { call, count } = await against("silence");
    const abort = new AbortController();
    const asked = call("list_pipelines", abort.signal);
    await expect.poll(count).toBe(1);
    abort.abort();
    await expect(asked).rejects.toThrow();
    expect(count()).toBe(1);
  });
});
