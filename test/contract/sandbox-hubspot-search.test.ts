import { Client } from "@hubspot/api-client";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type HubSpotStore, startHubSpot } from "../../sandbox/hubspot/start-hubspot.ts";
import { createSandboxClock, type ServiceStandIn, Switchboard } from "../../sandbox/stand-in.ts";
import { createWorld } from "../../sandbox/world/create-world.ts";
import { isOpen } from "../../sandbox/world/deals.ts";

const now = Date.parse("2026-11-18T16:00:00Z");
const world = createWorld({ seed: 1, now });
const board = new Switchboard(createSandboxClock(now));
let hubspot: ServiceStandIn<HubSpotStore>;
let client: Client;

beforeAll(async () => {
  const limits = { requestsPerTenSeconds: 0, searchesPerSecond: 0 };
  hubspot = await startHubSpot({ world, board, ...limits, searchLagMs: 20_000 });
  client = new Client({ accessToken: "sandbox-hubspot-key", basePath: hubspot.url, numberOfApiCallRetries: 0 });
});
afterAll(() => hubspot.close());
afterEach(() => {
  hubspot.reset();
  board.reset();
  board.clock.set(now);
});

async function search(type: string, body: object): Promise<{ status: number; body: any }> {
  const response = await client.apiRequest({ method: "POST", path: `/crm/objects/2026-09/${type}/search`, body });
  return { status: response.status, body: await response.json() };
}

/** The ids that one filter finds, in no order. */
async function found(type: string, ...filters: object[]): Promise<string[]> {
  const { status, body } = await search(type, { filterGroups: [{ filters }], limit: 200 });
  expect(status, JSON.stringify(body)).toBe(200);
  return body.results.map((r: any) => r.id).toSorted();
}

const ids = (records: readonly { id: string }[]): string[] => records.map(({ id }) => id).toSorted();
const where = (propertyName: string, operator: string, rest: object = {}) => ({ propertyName, operator, ...rest });
const deals = world.deals;
const home = (d: (typeof deals)[number]): number =>
  d.amount * ({ USD: 1, EUR: 1.08, GBP: 1.27 }[d.currency] ?? Number.NaN);

describe("filters", () => {
  test.each([
    ["EQ", where("deal_currency_code", "EQ", { value: "GBP" }), deals.filter((d) => d.currency === "GBP")],
    ["NEQ", where("deal_currency_code", "NEQ", { value: "USD" }), deals.filter((d) => d.currency !== "USD")],
    ["LT", where("amount", "LT", { value: "40000" }), deals.filter((d) => d.amount < 40_000)],
    ["GTE", where("amount_in_home_currency", "GTE", { value: 50_000 }), deals.filter((d) => home(d) >= 50_000)],
    [
      "BETWEEN days",
      where("closedate", "BETWEEN", { value: "2026-12-01", highValue: "2026-12-31T23:59:59Z" }),
      deals.filter((d) => d.closeDate.startsWith("2026-12")),
    ],
    [
      "GT milliseconds",
      where("closedate", "GT", { value: String(Date.parse("2027-01-01T00:00:00Z")) }),
      deals.filter((d) => d.closeDate >= "2027-01-01"),
    ],
    [
      "IN options",
      where("dealstage", "IN", { values: ["contractsent", "closedwon"] }),
      deals.filter((d) => ["negotiation", "closed_won"].includes(d.stage)),
    ],
    ["NOT_IN", where("dealstage", "NOT_IN", { values: ["closedwon", "closedlost"] }), deals.filter(isOpen)],
    ["a computed one", where("hs_is_closed", "EQ", { value: "false" }), deals.filter(isOpen)],
    ["HAS_PROPERTY", where("closed_lost_reason", "HAS_PROPERTY"), deals.filter((d) => d.stage === "closed_lost")],
    [
      "NOT_HAS_PROPERTY",
      where("closed_lost_reason", "NOT_HAS_PROPERTY"),
      deals.filter((d) => d.stage !== "closed_lost"),
    ],
    [
      "CONTAINS_TOKEN",
      where("dealname", "CONTAINS_TOKEN", { value: "PILOT" }),
      deals.filter((d) => /pilot/.test(d.name)),
    ],
    [
      "with an asterisk",
      where("dealname", "CONTAINS_TOKEN", { value: "collect*" }),
      deals.filter((d) => /Collect/.test(d.name)),
    ],
    [
      "NOT_CONTAINS_TOKEN",
      where("dealname", "NOT_CONTAINS_TOKEN", { value: "pilot" }),
      deals.filter((d) => !/pilot/.test(d.name)),
    ],
  ])("%s", async (_, filter, wanted) => {
    expect(wanted.length).toBeGreaterThan(0);
    expect(await found("deals", filter)).toEqual(ids(wanted));
  });

  test("by what a record belongs to", async () => {
    const acme = world.accounts.find((a) => a.name === "Acme");
    const wanted = deals.filter((d) => d.accountId === acme?.id);
    expect(await found("deals", where("associations.company", "EQ", { value: acme?.id }))).toEqual(ids(wanted));
  });

  test("text is found without regard to case, but IN wants its values in lower case", async () => {
    const [acme] = world.accounts.filter((a) => a.name === "Acme");
    expect(await found("companies", where("name", "EQ", { value: "ACME" }))).toEqual([acme?.id]);
    expect(await found("companies", where("name", "IN", { values: ["Acme"] }))).toEqual([]);
    expect(await found("companies", where("name", "IN", { values: ["acme"] }))).toEqual([acme?.id]);
  });

  test("groups are alternatives, the filters of one must all fit", async () => {
    const filterGroups = [
      {
        filters: [where("deal_currency_code", "EQ", { value: "GBP" }), where("hs_is_closed", "EQ", { value: "false" })],
      },
      { filters: [where("deal_currency_code", "EQ", { value: "EUR" })] },
    ];
    const { body } = await search("deals", { filterGroups });
    const wanted = deals.filter((d) => d.currency === "EUR" || (d.currency === "GBP" && isOpen(d)));
    expect(body.total).toBe(wanted.length);
  });
});

describe("query, order and pages", () => {
  test("the words of a query are looked for where HubSpot looks", async () => {
    const [contact] = world.accounts[3]?.contacts ?? [];
    const { body } = await search("contacts", { query: contact?.name.toUpperCase() });
    expect(body.results.map((r: any) => r.id)).toEqual([contact?.id]);
    expect((await search("contacts", { query: "x".repeat(3001) })).status).toBe(400);
  });

  test("one order, by object or by name, empty values last", async () => {
    const sorts = [{ propertyName: "amount", direction: "DESCENDING" }];
    const { body } = await search("deals", { sorts, limit: 200, properties: ["amount"] });
    const amounts = body.results.map((r: any) => Number(r.properties.amount));
    expect(amounts).toEqual(amounts.toSorted((a: number, b: number) => b - a));
    expect((await search("deals", { sorts: ["-amount"], limit: 1 })).body.results[0].id).toBe(body.results[0].id);
    expect((await search("deals", { sorts: ["amount", "dealname"] })).status).toBe(400);
  });

  test("pages by offset until there is no cursor, and the total stays", async () => {
    const pages: string[][] = [];
    let after: string | undefined;
    do {
      const { body } = await search("deals", { limit: 25, ...(after ? { after } : {}) });
      expect(body.total).toBe(60);
      pages.push(body.results.map((r: any) => r.id));
      after = body.paging?.next.after;
    } while (after);
    expect(pages.map((page) => page.length)).toEqual([25, 25, 10]);
    expect(new Set(pages.flat()).size).toBe(60);
  });

  test("the SDK's own search works", async () => {
    const request = { filterGroups: [], sorts: ["dealname"], properties: ["dealname"], limit: 3, after: "0" };
    const { results, total } = await client.crm.deals.searchApi.doSearch(request);
    expect([total, results.length]).toEqual([60, 3]);
  });
});

describe("limits of a search", () => {
  const filter = where("dealname", "HAS_PROPERTY");
  test.each([
    ["201 results a page", { limit: 201 }],
    ["the 10,001st result", { limit: 100, after: "9901" }],
    ["six groups", { filterGroups: Array.from({ length: 6 }, () => ({ filters: [filter] })) }],
    ["seven filters in a group", { filterGroups: [{ filters: Array.from({ length: 7 }, () => filter) }] }],
    [
      "nineteen filters",
      { filterGroups: Array.from({ length: 4 }, () => ({ filters: Array.from({ length: 5 }, () => filter) })) },
    ],
    ["an unknown property", { filterGroups: [{ filters: [where("colour", "EQ", { value: "red" })] }] }],
    ["an unknown operator", { filterGroups: [{ filters: [where("amount", "LIKE", { value: "1" })] }] }],
    ["IN without values", { filterGroups: [{ filters: [where("dealstage", "IN", { value: "closedwon" })] }] }],
    ["BETWEEN without its end", { filterGroups: [{ filters: [where("amount", "BETWEEN", { value: "1" })] }] }],
    ["a day in words", { filterGroups: [{ filters: [where("closedate", "GT", { value: "next week" })] }] }],
    ["an unknown order", { sorts: ["colour"] }],
  ])("%s: refused", async (_, body) => {
    const answer = await search("deals", body);
    expect([answer.status, answer.body.category]).toEqual([400, "VALIDATION_ERROR"]);
  });
});

describe("the index lags behind", () => {
  test("a new record, a change and an end are found when the sandbox's clock has moved on", async () => {
    const properties = { dealname: "Fresh", dealstage: "qualifiedtobuy" };
    const made = await client.apiRequest({ method: "POST", path: "/crm/objects/2026-09/deals", body: { properties } });
    const { id } = (await made.json()) as { id: string };
    const fresh = where("dealname", "EQ", { value: "fresh" });
    expect(await found("deals", fresh)).toEqual([]);
    board.clock.set(now + 21_000);
    expect(await found("deals", fresh)).toEqual([id]);
    hubspot.store.change("deals", id, { dealname: "Stale" });
    const { body } = await search("deals", { filterGroups: [{ filters: [fresh] }], properties: ["dealname"] });
    expect(body.results[0].properties.dealname).toBe("Fresh");
    expect(hubspot.store.find("deals", id)?.properties.dealname).toBe("Stale");
    board.clock.set(now + 42_000);
    expect(await found("deals", fresh)).toEqual([]);
    await client.apiRequest({ method: "DELETE", path: `/crm/objects/2026-09/deals/${id}` });
    const stale = where("dealname", "EQ", { value: "stale" });
    expect(await found("deals", stale)).toEqual([id]);
    board.clock.set(now + 63_000);
    expect(await found("deals", stale)).toEqual([]);
  });
});
