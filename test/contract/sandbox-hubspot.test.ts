import { Client } from "@hubspot/api-client";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type HubSpotStore, startHubSpot } from "../../sandbox/hubspot/start-hubspot.ts";
import { createSandboxClock, type ServiceStandIn, Switchboard } from "../../sandbox/stand-in.ts";
import { createWorld } from "../../sandbox/world/create-world.ts";

const now = Date.parse("2026-11-18T16:00:00Z");
const world = createWorld({ seed: 1, now });
const board = new Switchboard(createSandboxClock(now));
let hubspot: ServiceStandIn<HubSpotStore>;
let client: Client;

beforeAll(async () => {
  hubspot = await startHubSpot({ world, board, requestsPerTenSeconds: 0, searchesPerSecond: 0 });
  client = new Client({ accessToken: "sandbox-hubspot-key", basePath: hubspot.url, numberOfApiCallRetries: 0 });
});
afterAll(() => hubspot.close());
afterEach(() => {
  hubspot.reset();
  board.reset();
});

const acme = world.accounts.find((a) => a.name === "Acme") as (typeof world.accounts)[number];
const acmeDeal = world.deals.find((d) => d.accountId === acme.id) as (typeof world.deals)[number];
const ownerOf = (personId: string): string => world.crm.owners[personId]?.ownerId as string;

interface Answer {
  status: number;
  headers: Headers;
  body: any;
}

/** Through the SDK, on the dated paths unless the path says otherwise. */
async function request(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await client.apiRequest({ method, path, ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text.startsWith("{") ? JSON.parse(text) : text,
  };
}

const objects = "/crm/objects/2026-09";

describe("reading records", () => {
  test("one has its type's default properties, those asked for, and null for what has no value", async () => {
    const { status, body } = await request("GET", `${objects}/deals/${acmeDeal.id}`);
    expect([status, Object.keys(body.properties)]).toEqual([
      200,
      ["amount", "closedate", "createdate", "dealname", "dealstage", "hs_lastmodifieddate", "hs_object_id", "pipeline"],
    ]);
    expect(body.url).toBe(`https://app.hubspot.com/contacts/24817306/record/0-3/${acmeDeal.id}`);
    const some = await request(
      "GET",
      `${objects}/deals/${acmeDeal.id}?properties=dealname,hs_next_step&properties=nonsense`,
    );
    expect(some.body.properties).toMatchObject({ dealname: acmeDeal.name, hs_next_step: null });
    expect(some.body.properties).not.toHaveProperty("nonsense");
    expect(some.body.properties).not.toHaveProperty("amount");
  });

  test("the deals are those of the world, with its amounts, currencies, stages, days and owners", async () => {
    const properties = ["dealname", "amount", "deal_currency_code", "dealstage", "closedate", "hubspot_owner_id"];
    const found = await client.crm.deals.getAll(100, undefined, properties);
    const stages = (await client.crm.pipelines.pipelineStagesApi.getAll("deals", "default")).results;
    const labels = new Map(stages.map(({ id, label }) => [id, label.toLowerCase().replace(" ", "_")]));
    const told = found.map(({ id, properties: p }) => ({
      id,
      name: p.dealname,
      amount: Number(p.amount),
      currency: p.deal_currency_code,
      stage: labels.get(p.dealstage ?? ""),
      closeDate: p.closedate?.slice(0, 10),
      owner: p.hubspot_owner_id,
    }));
    const known = world.deals.map((d) => ({
      id: d.id,
      name: d.name,
      amount: d.amount,
      currency: d.currency,
      stage: d.stage,
      closeDate: d.closeDate,
      owner: ownerOf(d.ownerId),
    }));
    expect(told).toEqual(known.toSorted((a, b) => Number(a.id) - Number(b.id)));
    expect(stages.some(({ id, label }) => id === label.toLowerCase())).toBe(false);
  });

  test("values are strings: instants as Java writes them, days as days, and amounts in the home currency computed", async () => {
    const pounds = world.deals.find((d) => d.currency === "GBP") as (typeof world.deals)[number];
    const names = "amount_in_home_currency,hs_exchange_rate,closedate,hs_is_closed";
    const { body } = await request("GET", `${objects}/deals/${pounds.id}?properties=${names}`);
    expect(body.properties).toMatchObject({
      amount_in_home_currency: String(Math.round(pounds.amount * 1.27 * 100) / 100),
      hs_exchange_rate: "1.27",
      closedate: `${pounds.closeDate}T17:00:00Z`,
      hs_is_closed: String(pounds.stage.startsWith("closed")),
    });
    const date = world.crm.deals.find((d) => d.goLiveDate);
    const { properties } = (await request("GET", `${objects}/deals/${date?.dealId}?properties=go_live_date`)).body;
    expect(properties.go_live_date).toBe(date?.goLiveDate);
  });

  test("lists go by cursor, ten a page unless told, a hundred at most", async () => {
    const first = await request("GET", `${objects}/companies`);
    expect([first.body.results.length, first.body.paging.next.link]).toEqual([10, expect.stringContaining("after=")]);
    const all = await client.crm.companies.getAll(7);
    expect(new Set(all.map(({ id }) => id))).toEqual(new Set(world.accounts.map(({ id }) => id)));
    expect((await request("GET", `${objects}/companies?limit=101`)).status).toBe(400);
  });

  test("a batch tells what it did not find, with status 207", async () => {
    const inputs = [{ id: acme.id }, { id: "1" }];
    const { status, body } = await request("POST", `${objects}/companies/batch/read`, { inputs, properties: ["name"] });
    expect(status).toBe(207);
    expect(body.results.map((r: any) => r.properties.name)).toEqual(["Acme"]);
    expect(body.errors).toEqual([expect.objectContaining({ category: "OBJECT_NOT_FOUND", context: { ids: ["1"] } })]);
    const many = Array.from({ length: 101 }, (_, i) => ({ id: String(i) }));
    expect((await request("POST", `${objects}/companies/batch/read`, { inputs: many })).body.message).toMatch(/101/);
  });

  test("a contact is found by its email", async () => {
    const [contact] = acme.contacts;
    const path = `/${encodeURIComponent(contact?.email.toUpperCase() ?? "")}?idProperty=email`;
    expect((await request("GET", `${objects}/contacts${path}`)).body.id).toBe(contact?.id);
  });

  test("what is not there, and what is no id, are 404s of two kinds; an unknown address is not JSON", async () => {
    const missing = await request("GET", `${objects}/deals/1`);
    expect([missing.status, missing.body]).toEqual([
      404,
      { status: "error", message: "resource not found", correlationId: expect.any(String) },
    ]);
    expect((await request("GET", `${objects}/deals/acme`)).body.category).toBe("OBJECT_NOT_FOUND");
    expect((await request("GET", `${objects}/gadgets/1`)).body.message).toBe(
      "Unable to infer object type from: gadgets",
    );
    const nowhere = await request("GET", "/crm/objects/2026-13/deals");
    expect([nowhere.status, nowhere.body]).toEqual([404, expect.stringContaining("<!DOCTYPE html>")]);
  });
});

describe("what the portal has", () => {
  test("owners are the people, found by email, a page at a time", async () => {
    const first = await request("GET", "/crm/owners/2026-09?limit=5");
    const rest = await request("GET", `/crm/owners/2026-09?after=${first.body.paging.next.after}`);
    const emails = [...first.body.results, ...rest.body.results].map((o: any) => o.email);
    expect(new Set(emails)).toEqual(new Set(world.people.map((p) => p.email)));
    const maya = await client.crm.owners.ownersApi.getPage("maya@payready.example");
    expect(maya.results.map((o) => o.id)).toEqual([ownerOf("U07MAYAOKAF")]);
    const byUser = await client.crm.owners.ownersApi.getById(maya.results[0]?.userId ?? 0, "userId");
    expect(byUser.firstName).toBe("Maya");
    expect((await request("GET", "/crm/owners/2026-09/1")).status).toBe(404);
  });

  test("the pipeline, its properties' options and the account", async () => {
    const { body } = await request("GET", "/crm/pipelines/2026-09/deals");
    expect(body.results.map((p: any) => [p.id, p.label, p.stages.length])).toEqual([["default", "Sales Pipeline", 6]]);
    expect(body.results[0].stages.at(-1).metadata).toEqual({ isClosed: "true", probability: "0.0" });
    const stage = await client.crm.properties.coreApi.getByName("deals", "dealstage");
    expect(stage.options.map((o) => o.value)).toEqual(body.results[0].stages.map((s: any) => s.id));
    expect((await request("GET", "/crm/properties/2026-09/deals/colour")).status).toBe(404);
    const account = await request("GET", "/account-info/2026-09/details");
    expect(account.body).toMatchObject({
      portalId: 24817306,
      companyCurrency: "USD",
      additionalCurrencies: ["EUR", "GBP"],
      timeZone: "America/Chicago",
      utcOffset: "-06:00",
      utcOffsetMilliseconds: -21_600_000,
    });
  });

  test("notes and tasks of the deals, in time and with their links", async () => {
    const tasks = await client.crm.objects.tasks.basicApi.getPage(
      100,
      undefined,
      ["hs_task_status", "hs_timestamp"],
      undefined,
      ["deals"],
    );
    expect(tasks.results.length).toBe(world.crm.tasks.length);
    for (const { properties, associations } of tasks.results) {
      expect(associations?.deals?.results[0]?.type).toBe("task_to_deal");
      if (Date.parse(properties.hs_timestamp ?? "") > now) expect(properties.hs_task_status).toBe("NOT_STARTED");
    }
  });
});
