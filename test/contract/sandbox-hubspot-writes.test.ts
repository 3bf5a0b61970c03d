import { Client } from "@hubspot/api-client";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { OBJECT_KINDS } from "../../sandbox/hubspot/object-types.ts";
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
const deal = (values: object = {}) => ({ dealname: "Larkspur Homes: pilot", dealstage: "qualifiedtobuy", ...values });

describe("writing records", () => {
  test("a record says when HubSpot made it and by what, whatever anybody writes", async () => {
    const wanted = "properties=hs_createdate,hs_object_source_label";
    const made = await request("POST", `${objects}/deals`, { properties: deal() });
    const read = async (id: string) => (await request("GET", `${objects}/deals/${id}?${wanted}`)).body;
    const { properties, createdAt } = await read(made.body.id);
    expect(properties).toMatchObject({ hs_createdate: createdAt, hs_object_source_label: "INTEGRATION" });
    const kind = OBJECT_KINDS.deals;
    const { id } = hubspot.store.create(kind, deal(), [], { by: world.people[0]?.email ?? "", isStrict: true });
    expect((await read(id)).properties.hs_object_source_label).toBe("CRM_UI");
    const refused = await request("PATCH", `${objects}/deals/${id}`, {
      properties: { hs_object_source_label: "INTEGRATION" },
    });
    expect(refused.status).toBe(400);
  });

  test("a deal is made with its links, and the store tells of all of it", async () => {
    const told: string[] = [];
    const end = hubspot.store.subscribe(({ kind, field }) => told.push(`${kind} ${field}`));
    const link = (id: string, associationTypeId: number) => ({
      to: { id },
      types: [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId }],
    });
    const body = {
      properties: deal({ amount: "120000", deal_currency_code: "EUR", closedate: "2027-01-15" }),
      associations: [link(acme.id, 341), link(acme.contacts[0]?.id ?? "", 3)],
    };
    const made = await request("POST", `${objects}/deals`, body);
    end();
    expect([made.status, made.headers.get("location")]).toEqual([
      201,
      `${hubspot.url}${objects}/deals/${made.body.id}`,
    ]);
    expect(hubspot.store.find("deals", made.body.id)?.properties).toMatchObject({
      amount: "120000",
      amount_in_home_currency: "129600",
      closedate: "2027-01-15T00:00:00Z",
      pipeline: "default",
      hs_is_closed: "false",
    });
    const associations = await request("GET", `${objects}/deals/${made.body.id}?associations=companies,contacts`);
    expect(associations.body.associations).toEqual({
      companies: {
        results: [
          { id: acme.id, type: "deal_to_company" },
          { id: acme.id, type: "deal_to_company_unlabeled" },
        ],
      },
      contacts: { results: [{ id: acme.contacts[0]?.id, type: "deal_to_contact" }] },
    });
    expect(told).toContain("creation ");
    expect(told).toContain("propertyChange amount");
    expect(told).toContain(`associationChange companies/${acme.id}`);
  });

  test("an update changes what it names, clears what it empties, and moves the stage's day", async () => {
    const path = `${objects}/deals/${acmeDeal.id}`;
    board.clock.set(now + 60_000);
    const answer = await request("PATCH", path, { properties: { dealstage: "contractsent", amount: "" } });
    expect(Object.keys(answer.body.properties)).toEqual([
      "amount",
      "createdate",
      "dealstage",
      "hs_lastmodifieddate",
      "hs_object_id",
    ]);
    const names = "amount,amount_in_home_currency,hs_v2_date_entered_current_stage,hs_deal_stage_probability";
    const { properties } = (await request("GET", `${path}?properties=${names}`)).body;
    expect(properties).toMatchObject({ amount: null, amount_in_home_currency: null, hs_deal_stage_probability: "0.8" });
    expect(Date.parse(properties.hs_v2_date_entered_current_stage) - now - 60_000).toBeLessThan(10_000);
    expect(hubspot.store.changes.find((c) => c.field === "amount")).toMatchObject({
      type: "deals",
      id: acmeDeal.id,
      before: String(acmeDeal.amount),
      after: undefined,
      by: "api",
    });
    board.clock.set(now);
  });

  test.each([
    ["an unknown property", { colour: "red" }, "PROPERTY_DOESNT_EXIST", "colour"],
    ["a computed one", { hs_is_closed: "true" }, "READ_ONLY_VALUE", "hs_is_closed"],
    ["an unknown stage", { dealstage: "Proposal" }, "INVALID_OPTION", "dealstage"],
    ["a number with words", { amount: "50k" }, "INVALID_LONG", "amount"],
    ["a date of a clock", { go_live_date: "2027-01-15T09:30:00Z" }, "INVALID_DATE", "go_live_date"],
    ["a user's id as an owner's", { hubspot_owner_id: "1" }, "INVALID_OWNER_ID", "hubspot_owner_id"],
    ["a currency that the portal does not have", { deal_currency_code: "INR" }, "INVALID_OPTION", "deal_currency_code"],
  ])("%s is refused", async (_, values, code, name) => {
    const { status, body } = await request("POST", `${objects}/deals`, { properties: deal(values) });
    expect([status, body.status, body.category]).toEqual([400, "error", "VALIDATION_ERROR"]);
    expect(body.errors).toEqual([{ message: expect.any(String), code, context: { propertyName: [name] } }]);
    const told = JSON.parse(body.message.replace("Property values were not valid: ", ""));
    expect(told[0]).toMatchObject({ isValid: false, error: code, name });
  });

  test("all that is wrong is told at once, and nothing is written", async () => {
    const properties = { email: "nobody", phone: "1", shoe_size: "43" };
    const { body } = await request("PATCH", `${objects}/contacts/${acme.contacts[0]?.id}`, { properties });
    expect(body.errors.map((e: any) => e.code)).toEqual(["INVALID_EMAIL", "PROPERTY_DOESNT_EXIST"]);
    expect(hubspot.store.changes).toEqual([]);
  });

  test("what a record needs is asked for", async () => {
    const note = await request("POST", `${objects}/notes`, { properties: { hs_note_body: "Called" } });
    expect([note.status, note.body.message, note.body.context]).toEqual([
      400,
      "Error creating NOTE. Some required properties were not set.",
      { properties: ["hs_timestamp"] },
    ]);
    expect((await request("POST", `${objects}/deals`, { properties: { amount: "1" } })).body.context).toEqual({
      properties: ["dealname", "dealstage"],
    });
    expect((await request("PATCH", `${objects}/deals/${acmeDeal.id}`, { amount: "1" })).body.message).toMatch(
      /\[properties\]/,
    );
  });

  test("the administrator's rules count from 2026-09 on, and not before", async () => {
    const lost = { properties: { dealstage: "closedlost" } };
    const refused = await request("PATCH", `${objects}/deals/${acmeDeal.id}`, lost);
    expect([refused.status, refused.body.errors[0].context]).toEqual([400, { propertyName: ["closed_lost_reason"] }]);
    const told = { properties: { dealstage: "closedlost", closed_lost_reason: "Price" } };
    expect((await request("PATCH", `${objects}/deals/${acmeDeal.id}`, told)).status).toBe(200);
    const { id } = await client.crm.deals.basicApi.create({ properties: deal(), associations: [] });
    expect((await client.crm.deals.basicApi.update(id, lost)).id).toBe(id);
  });

  test("an email belongs to one contact", async () => {
    const [contact, other] = acme.contacts;
    const properties = { email: contact?.email.toUpperCase() ?? "" };
    const { status, body } = await request("POST", `${objects}/contacts`, { properties });
    expect([status, body.category, body.message]).toEqual([
      409,
      "CONFLICT",
      `Contact already exists. Existing ID: ${contact?.id}`,
    ]);
    expect((await request("PATCH", `${objects}/contacts/${other?.id}`, { properties })).status).toBe(409);
    expect((await request("PATCH", `${objects}/contacts/${contact?.id}`, { properties })).status).toBe(200);
  });

  test("an upsert by email makes one and changes the other", async () => {
    const inputs = [
      { id: acme.contacts[0]?.email, idProperty: "email", properties: { jobtitle: "COO" } },
      { id: "new@acme-living.example", idProperty: "email", properties: { firstname: "New" } },
    ];
    const { status, body } = await request("POST", `${objects}/contacts/batch/upsert`, { inputs });
    expect([status, body.results.map((r: any) => r.new)]).toEqual([200, [false, true]]);
    expect(body.results[0].id).toBe(acme.contacts[0]?.id);
    const byName = { inputs: [{ id: "Acme", idProperty: "name", properties: {} }] };
    hubspot.store.scopes.add("crm.objects.companies.write");
    expect((await request("POST", `${objects}/companies/batch/upsert`, byName)).status).toBe(400);
  });

  test("a batch is made whole or not at all", async () => {
    const before = hubspot.store.all("deals").length;
    const inputs = [{ properties: deal() }, { properties: deal({ amount: "x" }) }];
    expect((await request("POST", `${objects}/deals/batch/create`, { inputs })).status).toBe(400);
    expect(hubspot.store.all("deals")).toHaveLength(before);
    const made = await request("POST", `${objects}/deals/batch/create`, { inputs: inputs.slice(0, 1) });
    expect([made.status, made.body.status, hubspot.store.all("deals").length]).toEqual([201, "COMPLETE", before + 1]);
  });

  test("what is archived is gone from reads, and may be archived again", async () => {
    const path = `${objects}/deals/${acmeDeal.id}`;
    expect((await request("DELETE", path)).status).toBe(204);
    expect((await request("DELETE", path)).status).toBe(204);
    expect((await request("GET", path)).status).toBe(404);
    expect((await request("GET", `${path}?archived=true`)).body.archived).toBe(true);
    expect((await request("GET", `${objects}/companies/${acme.id}/associations/deals`)).body.results).toEqual([]);
  });

  test("somebody else's change is kept with who made it, and a reset forgets it", async () => {
    hubspot.store.change("deals", acmeDeal.id, { amount: 1 }, "maya@payready.example");
    const history = `${objects}/deals/${acmeDeal.id}?properties=amount&propertiesWithHistory=amount`;
    const { body } = await request("GET", history);
    expect(body.properties.amount).toBe("1");
    expect(body.propertiesWithHistory.amount.map((p: any) => [p.value, p.sourceType])).toEqual([
      ["1", "CRM_UI"],
      [String(acmeDeal.amount), "IMPORT"],
    ]);
    expect(() => hubspot.store.change("deals", "1", {})).toThrow("HubSpot has no deal 1");
    hubspot.reset();
    expect(hubspot.store.find("deals", acmeDeal.id)?.properties.amount).toBe(String(acmeDeal.amount));
  });
});

describe("associations", () => {
  const types = (...ids: number[]) =>
    ids.map((associationTypeId) => ({ associationCategory: "HUBSPOT_DEFINED", associationTypeId }));

  test("a record's are told with their labels: by number in v4, by string in the dated versions", async () => {
    const dated = await request("GET", `${objects}/deals/${acmeDeal.id}/associations/companies`);
    expect(dated.body.results).toEqual([
      {
        toObjectId: acme.id,
        associationTypes: [
          { category: "HUBSPOT_DEFINED", typeId: 5, label: "Primary" },
          { category: "HUBSPOT_DEFINED", typeId: 341, label: null },
        ],
      },
    ]);
    const v4 = await request("GET", `/crm/v4/objects/deals/${acmeDeal.id}/associations/companies`);
    expect(v4.body.results[0].toObjectId).toBe(Number(acme.id));
    const typed = await client.crm.associations.v4.basicApi.getPage("deals", acmeDeal.id, "contacts");
    const { contactIds } = world.crm.deals.find((d) => d.dealId === acmeDeal.id) as (typeof world.crm.deals)[number];
    expect(typed.results.map((r) => Number(r.toObjectId))).toEqual(contactIds.map(Number));
  });

  test("a batch says with 207 which records have none", async () => {
    const { id } = (await request("POST", `${objects}/deals`, { properties: deal() })).body;
    const inputs = [{ id }, { id: acmeDeal.id }];
    const { status, body } = await request("POST", "/crm/associations/2026-09/deals/companies/batch/read", { inputs });
    expect([status, body.results.map((r: any) => r.from.id)]).toEqual([207, [acmeDeal.id]]);
    expect(body.errors[0]).toMatchObject({
      subCategory: "crm.associations.NO_ASSOCIATIONS_FOUND",
      message: `No company is associated with deal ${id}.`,
    });
  });

  test("the default one makes both directions and the first company the primary one", async () => {
    const { id } = (await request("POST", `${objects}/deals`, { properties: deal() })).body;
    const [first, second] = world.accounts as [(typeof world.accounts)[number], (typeof world.accounts)[number]];
    const path = (to: string) => `${objects}/deals/${id}/associations/default/companies/${to}`;
    const answer = await request("PUT", path(first.id));
    expect(answer.body.results.map((r: any) => r.associationSpec.associationTypeId)).toEqual([341, 342]);
    await request("PUT", path(second.id));
    const primaries = async () =>
      (await request("GET", `${objects}/deals/${id}/associations/companies`)).body.results
        .filter((r: any) => r.associationTypes.some((t: any) => t.label === "Primary"))
        .map((r: any) => r.toObjectId);
    expect(await primaries()).toEqual([first.id]);
    const labelled = await request("PUT", `${objects}/deals/${id}/associations/companies/${second.id}`, types(5));
    expect([labelled.status, labelled.body.labels, await primaries()]).toEqual([201, ["Primary"], [second.id]]);
    await request("DELETE", `${objects}/deals/${id}/associations/companies/${second.id}`);
    expect((await request("GET", `${objects}/deals/${id}/associations/companies`)).body.results).toHaveLength(1);
  });

  test("what is computed of links follows them: a contact's company, and when something was last done", async () => {
    const contact = acme.contacts[0]?.id ?? "";
    const names = "associatedcompanyid,notes_last_updated";
    const computed = async () =>
      (await request("GET", `${objects}/contacts/${contact}?properties=${names}`)).body.properties;
    expect((await computed()).associatedcompanyid).toBe(acme.id);
    const associations = [{ to: { id: contact }, types: types(202) }];
    const note = { properties: { hs_note_body: "Met", hs_timestamp: "2026-11-18T15:45:00Z" }, associations };
    const { id } = (await request("POST", `${objects}/notes`, note)).body;
    expect((await computed()).notes_last_updated).toBe("2026-11-18T15:45:00Z");
    await request("DELETE", `${objects}/notes/${id}`);
    expect((await computed()).notes_last_updated).not.toBe("2026-11-18T15:45:00Z");
    await request("DELETE", `${objects}/contacts/${contact}/associations/companies/${acme.id}`);
    expect((await computed()).associatedcompanyid).toBeNull();
  });

  test("the types between two kinds are listed, the company's own labels among them", async () => {
    const { body } = await request("GET", "/crm/associations/2026-09/deals/contacts/labels");
    expect(body.results).toEqual([
      { category: "HUBSPOT_DEFINED", typeId: 3, label: null },
      { category: "USER_DEFINED", typeId: 1, label: "Decision maker" },
    ]);
    const typed = await client.crm.associations.v4.schema.definitionsApi.getAll("notes", "deals");
    expect(typed.results.map((r) => r.typeId)).toEqual([214]);
  });

  test("a type that leads elsewhere and a record that is not there are refused", async () => {
    const wrong = await request("PUT", `${objects}/deals/${acmeDeal.id}/associations/companies/${acme.id}`, types(342));
    expect([wrong.status, wrong.body.message]).toEqual([
      400,
      "invalid from object type 0-3 for associations to be created. expected: 0-2",
    ]);
    const nobody = await request("PUT", `${objects}/deals/${acmeDeal.id}/associations/companies/1`, types(341));
    expect([nobody.status, nobody.body.context.INVALID_OBJECT_IDS]).toEqual([400, ["objectId=1, objectType=0-2"]]);
  });
});
