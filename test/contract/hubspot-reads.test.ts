/** What our HubSpot server's reads ask of HubSpot, and what they make of its answers. */

import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { connectHubSpot, path, textOf } from "../support/hubspot.ts";

const page = (type: string, id: string) => `https://app.hubspot.com/contacts/24817306/record/${type}/${id}`;

describe("the tools", () => {
  it("are named as their files, with closed schemas and all hints", async () => {
    const { client, board } = await connectHubSpot();
    const files = readdirSync(new URL("../../mcp-servers/hubspot/tools/", import.meta.url));
    const tools = await client.listTools();
    expect(tools.map(({ name }) => `${name}.ts`)).toEqual(files.sort());
    for (const tool of tools) {
      expect(tool.inputSchema.additionalProperties).toBe(false);
      expect(tool.outputSchema?.additionalProperties).toBe(false);
      expect(tool.annotations?.readOnlyHint).toBe(/^(get|search|list)_/.test(tool.name));
      expect(tool.annotations?.openWorldHint).toBe(true);
    }
    expect(tools).toMatchSnapshot();
    expect(board.requests("hubspot")).toEqual([]);
  });

  it("that write are not offered where only reading is allowed", async () => {
    const { client, call } = await connectHubSpot({ readOnly: true });
    const names = (await client.listTools()).map(({ name }) => name);
    expect(names).toHaveLength(10);
    expect(names.filter((name) => /^(add|create|update)_/.test(name))).toEqual([]);
    expect(textOf(await call("create_deal", { name: "x" }))).toContain("read only");
  });

  it("refuse an argument that they do not have", async () => {
    const { call, board } = await connectHubSpot();
    const result = await call("search_deals", { owner_email: "me" });
    expect(textOf(result)).toContain("owner");
    expect(result.isError).toBe(true);
    expect(board.requests("hubspot")).toEqual([]);
  });
});

describe("search_deals", () => {
  it("finds the asker's open deals over an amount, by it, with names joined in three requests", async () => {
    const { world, ask, sent } = await connectHubSpot();
    const owner = world.people.find(({ email }) => email === "daniel@payready.example")!;
    await ask("list_owners", {});
    await ask("list_pipelines", {});
    const before = sent().length;
    const args = {
      owner: "me",
      status: "open",
      min_amount: 50_000,
      sort_by: "amount",
      order: "descending",
      limit: 100,
    };
    const { deals, total, truncated } = await ask("search_deals", args);
    const expected = world.deals
      .filter((deal) => deal.ownerId === owner.id && !deal.stage.startsWith("closed") && deal.amount >= 50_000)
      .sort((a, b) => b.amount - a.amount);
    expect(expected.length).toBeGreaterThan(2);
    expect(deals.map(({ id }: any) => id)).toEqual(expected.map(({ id }) => id));
    expect({ total, truncated }).toEqual({ total: expected.length, truncated: false });
    const [first] = expected;
    const account = world.accounts.find(({ id }) => id === first?.accountId)!;
    expect(deals[0]).toMatchObject({
      name: first?.name,
      url: page("0-3", first?.id ?? ""),
      status: "open",
      pipeline: "Sales Pipeline",
      amount: { amount: first?.amount, currency: first?.currency },
      close_date: first?.closeDate,
      owner: { name: owner.name, email: owner.email },
      company: { id: account.id, name: account.name, url: page("0-2", account.id) },
    });

    const asked = sent().slice(before);
    expect(asked.map(({ call }) => call)).toEqual([
      "GET /account-info/2026-09/details",
      `POST ${path("deals/search")}`,
      "POST /crm/associations/2026-09/deals/companies/batch/read",
      `POST ${path("companies/batch/read")}`,
    ]);
    expect(asked[1]?.headers.authorization).toBe("Bearer sandbox-hubspot-key");
    expect(asked[1]?.body).toMatchObject({
      filterGroups: [
        {
          filters: [
            { propertyName: "hubspot_owner_id", operator: "EQ", value: world.crm.owners[owner.id]?.ownerId },
            {
              propertyName: "dealstage",
              operator: "IN",
              values: ["appointmentscheduled", "qualifiedtobuy", "presentationscheduled", "contractsent"],
            },
            { propertyName: "amount", operator: "GTE", value: "50000" },
          ],
        },
      ],
      sorts: [{ propertyName: "amount", direction: "DESCENDING" }],
      limit: 100,
    });
  });

  it("finds the deals that close within days of the company, both ends included", async () => {
    const { world, ask } = await connectHubSpot();
    const days = world.deals.map(({ closeDate }) => closeDate).sort();
    const from = days[10]!;
    const to = days[30]!;
    const expected = world.deals.filter(({ closeDate }) => closeDate >= from && closeDate <= to).map(({ id }) => id);
    const { deals, total } = await ask("search_deals", { close_from: from, close_to: to, limit: 100 });
    expect(deals.map(({ id }: any) => id).sort()).toEqual(expected.sort());
    expect(total).toBe(expected.length);
  });

  it("takes a deal for the day that was meant, however its instant was written", async () => {
    const { world, hubspot, ask } = await connectHubSpot({ searchLagMs: 0 });
    const [byProgram, byPerson] = world.deals;
    // Midnight UTC is the second to the program that wrote it; the other is the first, late in Chicago.
    hubspot.store.change("deals", byProgram?.id ?? "", { closedate: "2031-05-02T00:00:00Z" });
    hubspot.store.change("deals", byPerson?.id ?? "", { closedate: "2031-05-02T03:00:00Z" });
    for (const [day, deal] of [
      ["2031-05-01", byPerson],
      ["2031-05-02", byProgram],
    ] as const) {
      const { deals, total } = await ask("search_deals", { close_from: day, close_to: day });
      expect(deals.map(({ id, close_date }: any) => [id, close_date])).toEqual([[deal?.id, day]]);
      expect(total).toBe(1);
    }
  });

  it("finds by stage name, company, words and currency, and refuses what HubSpot does not have", async () => {
    const { world, ask, call, sent } = await connectHubSpot();
    const inProposal = world.deals.filter(({ stage }) => stage === "proposal");
    expect((await ask("search_deals", { stage: "proposal", limit: 100 })).total).toBe(inProposal.length);
    const acme = world.accounts.find(({ name }) => name === "Acme")!;
    const { deals } = await ask("search_deals", { company: "acme", status: "open" });
    expect(deals.map(({ company }: any) => company.name)).toEqual(["Acme"]);
    const byId = await ask("search_deals", { company: acme.id });
    expect(byId.deals[0].id).toBe(deals[0].id);
    expect((await ask("search_deals", { query: "acme" })).deals[0].id).toBe(deals[0].id);
    const euros = world.deals.filter(({ currency }) => currency === "EUR");
    expect((await ask("search_deals", { currency: "EUR" })).total).toBe(euros.length);
    await ask("search_deals", { currency: "USD", min_amount: 1, max_amount: 2 });
    expect(sent().at(-1)?.body.filterGroups).toEqual(
      [
        { propertyName: "deal_currency_code", operator: "EQ", value: "USD" },
        { propertyName: "deal_currency_code", operator: "NOT_HAS_PROPERTY" },
      ].map((one) => ({ filters: [{ propertyName: "amount", operator: "BETWEEN", value: "1", highValue: "2" }, one] })),
    );

    const before = sent().length;
    for (const [args, words] of [
      [{ stage: "proposl" }, 'did you mean "Proposal"?'],
      [{ pipeline: "Renewals" }, "no deal pipeline"],
      [{ stage: "Proposal", status: "won" }, "No stage of these is won"],
      [{ currency: "JPY" }, "USD, EUR, GBP, not JPY"],
      [{ min_amount: 5, max_amount: 4 }, "must not be more than"],
      [{ owner: "nobody@payready.example" }, "no user"],
      [{ close_from: "2026-12-02", close_to: "2026-12-01" }, "must not lie after"],
    ] as const) {
      const result = await call("search_deals", args);
      expect(textOf(result)).toContain(words);
    }
    expect(
      sent()
        .slice(before)
        .filter(({ call: line }) => line.endsWith("/search")),
    ).toEqual([]);
  });

  it("goes on page by page, each deal once, and takes a cursor for its own question alone", async () => {
    const { world, ask, call } = await connectHubSpot();
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const found = await ask("search_deals", { sort_by: "name", limit: 25, ...(cursor ? { cursor } : {}) });
      seen.push(...found.deals.map(({ id }: any) => id));
      expect(found.total).toBe(world.deals.length);
      cursor = found.cursor;
      expect(found.truncated).toBe(cursor !== undefined);
    } while (cursor);
    expect(new Set(seen).size).toBe(world.deals.length);
    const first = await ask("search_deals", { sort_by: "name", limit: 5 });
    const other = await call("search_deals", { sort_by: "amount", limit: 5, cursor: first.cursor });
    expect(textOf(other)).toContain("belongs to another question");
  });
});

describe("get_deals", () => {
  it("reads them by id in one request, as they are before a search knows of it, and names those that are not there", async () => {
    const { world, hubspot, ask, sent } = await connectHubSpot();
    const [first, second] = world.deals;
    hubspot.store.change("deals", first!.id, { amount: "4711", dealstage: "closedlost", closed_lost_reason: "Price" });
    const { deals, missing } = await ask("get_deals", { deal_ids: [first!.id, second!.id, "1"] });
    expect(deals.map(({ id }: any) => id).sort()).toEqual([first!.id, second!.id].sort());
    expect(deals.find(({ id }: any) => id === first!.id)).toMatchObject({
      stage: "Closed Lost",
      stage_id: "closedlost",
      status: "lost",
      amount: { amount: 4711 },
      lost_reason: "Price",
      url: page("0-3", first!.id),
    });
    expect(missing).toEqual(["1"]);
    const reads = sent().filter(({ call }) => call.includes("/deals/"));
    expect(reads.map(({ call }) => call)).toEqual([
      `POST ${path("deals/batch/read")}`,
      "POST /crm/associations/2026-09/deals/companies/batch/read",
    ]);
  });
});

describe("get_deal", () => {
  it("names the owner of a deal who has left, or nobody", async () => {
    const { world, hubspot, ask, sent } = await connectHubSpot();
    const { owners } = hubspot.store;
    owners.splice(0, owners.length);
    expect((await ask("get_deal", { deal_id: world.deals[0]!.id })).deal.owner).toBeNull();
    const asked = sent().filter(({ call }) => call === "GET /crm/owners/2026-09");
    expect(asked.map(({ query }) => query.archived)).toEqual(["false", "true"]);
  });

  it("reads one with company, contacts and the stage's name", async () => {
    const { world, ask, call, sent } = await connectHubSpot();
    const deal = world.deals[0]!;
    const account = world.accounts.find(({ id }) => id === deal.accountId)!;
    const contactIds = world.crm.deals.find(({ dealId }) => dealId === deal.id)?.contactIds ?? [];
    const found = await ask("get_deal", { deal_id: deal.id });
    expect(found.deal).toMatchObject({
      id: deal.id,
      name: deal.name,
      stage: "Proposal",
      company: { name: account.name },
    });
    expect(found.contacts.map(({ id }: any) => id).sort()).toEqual([...contactIds].sort());
    expect(found.contacts[0]).toMatchObject({ url: page("0-1", found.contacts[0].id) });
    expect(sent()[0]?.query.properties).toContain("dealname,amount,deal_currency_code");
    expect(textOf(await call("get_deal", { deal_id: "1" }))).toContain("HubSpot has no deal 1");
    expect(textOf(await call("get_deal", { deal_id: "../owners" }))).toContain("must be a HubSpot id");
  });
});

describe("contacts", () => {
  it("are found by company, e-mail address, owner and words", async () => {
    const { world, ask, sent } = await connectHubSpot();
    const acme = world.accounts.find(({ name }) => name === "Acme")!;
    const [contact] = acme.contacts;
    const owner = world.people.find(({ id }) => id === acme.ownerId)!;
    const byCompany = await ask("get_contacts", { company: acme.domain });
    expect(byCompany.contacts.map(({ id }: any) => id).sort()).toEqual(acme.contacts.map(({ id }) => id).sort());
    const { contacts } = await ask("get_contacts", { email: contact?.email.toUpperCase(), owner: owner.email });
    expect(contacts).toEqual([
      expect.objectContaining({
        id: contact?.id,
        name: contact?.name,
        email: contact?.email,
        job_title: contact?.title,
        url: page("0-1", contact?.id ?? ""),
        company: { id: acme.id, name: "Acme", url: page("0-2", acme.id) },
        company_text: null,
        owner: { name: owner.name, email: owner.email },
      }),
    ]);
    await ask("get_contacts", { query: "wes" });
    const search = sent().findLast(({ call }) => call.endsWith("contacts/search"));
    expect(search?.body).toMatchObject({ query: "wes", limit: 25 });
    expect(search?.body).not.toHaveProperty("filterGroups");
  });

  it("are read by e-mail address, with companies and deals", async () => {
    const { world, ask, call, sent } = await connectHubSpot();
    const extra = world.crm.deals.find(({ contactIds }) => contactIds.length > 0)!;
    const contact = world.accounts.flatMap(({ contacts }) => contacts).find(({ id }) => id === extra.contactIds[0])!;
    const found = await ask("get_contact", { email: contact.email });
    expect(found.contact).toMatchObject({ id: contact.id, name: contact.name });
    expect(found.companies).toHaveLength(1);
    expect(found.deals.map(({ id }: any) => id)).toContain(extra.dealId);
    expect(sent()[0]).toMatchObject({
      call: `GET ${path(`contacts/${encodeURIComponent(contact.email)}`)}`,
      query: { idProperty: "email" },
    });
    expect(textOf(await call("get_contact", {}))).toContain("contact_id or email");
    expect(textOf(await call("get_contact", { email: "no@payready.example" }))).toContain("HubSpot has no contact");
  });
});

describe("companies", () => {
  it("are found by words, domain and owner", async () => {
    const { world, ask, sent } = await connectHubSpot();
    const acme = world.accounts.find(({ name }) => name === "Acme")!;
    const owner = world.people.find(({ id }) => id === acme.ownerId)!;
    const byDomain = await ask("search_companies", { domain: acme.domain, owner: owner.name });
    expect(byDomain).toMatchObject({
      companies: [{ id: acme.id, name: "Acme", domain: acme.domain, city: acme.city, owner: { email: owner.email } }],
      total: 1,
    });
    const search = sent().find(({ call }) => call.endsWith("companies/search"));
    expect(search?.body.filterGroups[0].filters).toEqual([
      { propertyName: "domain", operator: "EQ", value: acme.domain },
      { propertyName: "hubspot_owner_id", operator: "EQ", value: world.crm.owners[owner.id]?.ownerId },
    ]);
    const all = await ask("search_companies", { limit: 100 });
    expect(all.total).toBe(world.accounts.length);
  });

  it("are read with all their open deals and what they are worth", async () => {
    const { world, ask, call } = await connectHubSpot();
    const counts = new Map<string, number>();
    for (const { accountId } of world.deals) counts.set(accountId, (counts.get(accountId) ?? 0) + 1);
    const account = world.accounts.find(({ id }) => counts.get(id) === 2)!;
    const open = world.deals.filter(({ accountId, stage }) => accountId === account.id && !stage.startsWith("closed"));
    const found = await ask("get_company", { company: account.id });
    expect(found.company).toMatchObject({ name: account.name, url: page("0-2", account.id) });
    expect(found.open_deals.map(({ id }: any) => id).sort()).toEqual(open.map(({ id }) => id).sort());
    expect(found.open_deal_count).toBe(open.length);
    const sum = found.open_total.reduce((all: number, { amount }: any) => all + amount, 0);
    expect(sum).toBe(open.reduce((all, { amount }) => all + amount, 0));
    expect(found).toMatchObject({ truncated: false, is_complete: true });
    expect((await ask("get_company", { company: account.name.toUpperCase() })).company.id).toBe(account.id);
    expect(textOf(await call("get_company", { company: "Nobody Homes" }))).toContain('no company "Nobody Homes"');
    expect(textOf(await call("get_company", { company: "example" }))).toMatch(/fits several|no company/);
  });
});

describe("list_pipelines, list_owners and get_associations", () => {
  it("show stages with what they count as, from one request for many calls", async () => {
    const { ask, sent } = await connectHubSpot();
    const [{ pipelines }] = await Promise.all([ask("list_pipelines", {}), ask("list_pipelines", {})]);
    expect(pipelines[0].stages.map(({ name, status }: any) => `${name} ${status}`)).toEqual([
      "Discovery open",
      "Evaluation open",
      "Proposal open",
      "Negotiation open",
      "Closed Won won",
      "Closed Lost lost",
    ]);
    expect(sent().map(({ call }) => call)).toEqual(["GET /crm/pipelines/2026-09/deals"]);
  });

  it("show our people, by part of a name", async () => {
    const { world, ask, sent } = await connectHubSpot();
    const all = await ask("list_owners", { limit: 5 });
    expect(all).toMatchObject({ total: world.people.length, truncated: true });
    expect((await ask("list_owners", { limit: 5, cursor: all.cursor })).owners[0]).not.toEqual(all.owners[0]);
    const { owners } = await ask("list_owners", { query: "maya" });
    expect(owners).toEqual([expect.objectContaining({ name: "Maya Okafor", email: "maya@payready.example" })]);
    expect((await ask("list_owners", { query: "Maya Okafr" })).did_you_mean).toBe("Maya Okafor");
    expect(sent().map(({ call, query }) => [call, query])).toEqual([
      ["GET /crm/owners/2026-09", { limit: "500", archived: "false" }],
    ]);
  });

  it("show what a record is associated with, page by page, with labels", async () => {
    const { world, ask, call, sent } = await connectHubSpot();
    const acme = world.accounts.find(({ name }) => name === "Acme")!;
    const first = await ask("get_associations", { from: "company", id: acme.id, to: "contact", limit: 1 });
    expect(first).toMatchObject({ truncated: true, associations: [{ url: page("0-1", first.associations[0].id) }] });
    expect(sent()[0]).toMatchObject({
      call: `GET ${path(`companies/${acme.id}/associations/contacts`)}`,
      query: { limit: "1" },
    });
    const args = { from: "company", id: acme.id, to: "contact", limit: 100, cursor: first.cursor };
    const rest = await ask("get_associations", args);
    const ids = new Set([...first.associations, ...rest.associations].map(({ id }: any) => id));
    expect(ids).toEqual(new Set(acme.contacts.map(({ id }) => id)));
    const deals = await ask("get_associations", { from: "company", id: acme.id, to: "deal" });
    expect(deals.associations[0].labels).toEqual(["Primary"]);
    const notes = await ask("get_associations", { from: "company", id: acme.id, to: "note", limit: 2 });
    expect(notes.associations[0].name).toMatch(/\w/);
    expect(textOf(await call("get_associations", { from: "deal", id: "1", to: "contact" }))).toMatch(
      /no deal 1|not accept/,
    );
  });
});
