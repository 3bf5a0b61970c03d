import { createRequire } from "node:module";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type HubSpotStore, startHubSpot } from "../../sandbox/hubspot/start-hubspot.ts";
import { createSandboxClock, type ServiceStandIn, Switchboard } from "../../sandbox/stand-in.ts";
import { createWorld } from "../../sandbox/world/create-world.ts";

const now = Date.parse("2026-11-18T16:00:00Z");
const world = createWorld({ seed: 1, now });
const board = new Switchboard(createSandboxClock(now));
const require = createRequire(import.meta.url);
const client = new Client({ name: "test", version: "1" });
let hubspot: ServiceStandIn<HubSpotStore>;

beforeAll(async () => {
  const limits = { requestsPerTenSeconds: 0, searchesPerSecond: 0, searchLagMs: 0 };
  hubspot = await startHubSpot({ world, board, ...limits });
  for (const scope of ["crm.objects.companies.write", "crm.schemas.deals.write"]) hubspot.store.scopes.add(scope);
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [require.resolve("@hubspot/mcp-server")],
    env: { PRIVATE_APP_ACCESS_TOKEN: "sandbox-hubspot-key", BASE_URL_OVERRIDE: hubspot.url },
    stderr: "ignore",
  });
  await client.connect(transport);
});
afterAll(async () => {
  await client.close();
  await hubspot.close();
});

async function call(name: string, args: Record<string, unknown>): Promise<{ isError: boolean; text: string }> {
  const { isError, content } = (await client.callTool({ name: `hubspot-${name}`, arguments: args })) as any;
  return { isError: isError === true, text: content.map((part: any) => part.text).join("\n") };
}

async function told(name: string, args: Record<string, unknown> = {}): Promise<any> {
  const { isError, text } = await call(name, args);
  expect(isError, text).toBe(false);
  return JSON.parse(text.slice(text.indexOf("{")));
}

const acme = world.accounts.find((a) => a.name === "Acme") as (typeof world.accounts)[number];
const deal = world.deals.find((d) => d.accountId === acme.id) as (typeof world.deals)[number];

describe("the public @hubspot/mcp-server, on /crm/v3 and /crm/v4", () => {
  test("says who it is, and that the portal has no objects of its own making", async () => {
    const { text } = await call("get-user-details", {});
    expect(text).toContain('"hubId": 24817306');
    expect(text).toContain("ruth@payready.example");
    expect(text).toContain('"companyCurrency": "USD"');
    expect((await told("get-schemas")).results).toEqual([]);
  });

  test("lists, reads and searches", async () => {
    const listed = await told("list-objects", { objectType: "companies", limit: 100, properties: ["name"] });
    expect(listed.results).toHaveLength(40);
    const read = { objectType: "companies", inputs: [{ id: acme.id }], properties: ["name"] };
    expect((await told("batch-read-objects", read)).results[0].properties.name).toBe("Acme");
    const filters = [{ propertyName: "dealname", operator: "CONTAINS_TOKEN", value: "acme" }];
    const found = await told("search-objects", { objectType: "deals", filterGroups: [{ filters }] });
    expect(found.results.map((r: any) => r.id)).toEqual([deal.id]);
  });

  test("writes records, and links them", async () => {
    const properties = { dealname: "Made from outside", dealstage: "qualifiedtobuy" };
    const made = await told("batch-create-objects", { objectType: "deals", inputs: [{ properties }] });
    const [{ id }] = made.results;
    await told("batch-update-objects", { objectType: "deals", inputs: [{ id, properties: { amount: "9" } }] });
    expect(hubspot.store.find("deals", id)?.properties.amount).toBe("9");
    const pair = { fromObjectType: "deals", toObjectType: "companies" };
    const { results } = await told("get-association-definitions", pair);
    expect(results.map((r: any) => r.typeId)).toEqual([341, 5]);
    const types = [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 341 }];
    await told("batch-create-associations", { ...pair, types, inputs: [{ from: { id }, to: { id: acme.id } }] });
    const linked = await told("list-associations", { objectType: "deals", objectId: id, toObjectType: "companies" });
    expect(linked.results.map((r: any) => String(r.toObjectId))).toEqual([acme.id]);
  });

  test("reads, makes and changes properties", async () => {
    const { results } = await told("list-properties", { objectType: "deals" });
    expect(results.map((p: any) => p.name)).toContain("dealstage");
    const made = {
      objectType: "deals",
      name: "risk",
      label: "Risk",
      type: "string",
      fieldType: "text",
      groupName: "dealinformation",
    };
    expect((await told("create-property", made)).name).toBe("risk");
    const changed = { objectType: "deals", propertyName: "risk", label: "Risk of loss" };
    expect((await told("update-property", changed)).label).toBe("Risk of loss");
    expect((await told("get-property", { objectType: "deals", propertyName: "risk" })).label).toBe("Risk of loss");
  });

  test("writes notes and tasks by the API of old", async () => {
    const ownerId = Number(hubspot.store.owners[0]?.id);
    const associations = { dealIds: [Number(deal.id)], companyIds: [Number(acme.id)] };
    const metadata = { body: "Asked for a reference" };
    const { engagement } = await told("create-engagement", { type: "NOTE", ownerId, associations, metadata });
    const id = String(engagement.engagement.id);
    expect(hubspot.store.find("notes", id)?.properties.hs_note_body).toBe("Asked for a reference");
    const update = { engagementId: Number(id), metadata: { body: "Given" }, associations: {} };
    await told("update-engagement", update);
    expect((await told("get-engagement", { engagementId: Number(id) })).metadata.body).toBe("Given");
    const task = { subject: "Send it", body: "By mail", status: "NOT_STARTED", forObjectType: "CONTACT" };
    await told("create-engagement", { type: "TASK", ownerId, associations, metadata: task });
    expect(hubspot.store.all("tasks").at(-1)?.properties.hs_task_subject).toBe("Send it");
  });

  test("hears what the key may not do", async () => {
    expect(await call("list-workflows", {})).toEqual({
      isError: true,
      text: expect.stringContaining("MISSING_SCOPES"),
    });
    expect((await call("list-objects", { objectType: "tickets" })).text).toContain("MISSING_SCOPES");
  });
});
