/** What our HubSpot server's writes change in HubSpot, and what they say beforehand. */

import { describe, expect, it } from "vitest";
import { connectHubSpot, path, textOf } from "../support/hubspot.ts";

async function withAcme(setup: Parameters<typeof connectHubSpot>[0] = {}) {
  const connected = await connectHubSpot(setup);
  const { world, hubspot } = connected;
  const account = world.accounts.find(({ name }) => name === "Acme")!;
  const deal = world.deals.find(({ accountId }) => accountId === account.id)!;
  const stored = (type: string, id: string) => hubspot.store.find(type, id)?.properties ?? {};
  return { ...connected, account, deal, contact: account.contacts[0]!, stored };
}

describe("update_deal", () => {
  it("says before what would change, changes it, and reads it back by its id", async () => {
    const { world, deal, ask, preview, writes, sent, stored, hubspot } = await withAcme();
    const maya = world.people.find(({ name }) => name === "Maya Okafor")!;
    const args = {
      deal_id: deal.id,
      stage: "negotiation",
      amount: 120_000.5,
      close_date: "2026-12-31",
      owner: maya.email,
      properties: { hs_next_step: "Send the offer", closed_lost_reason: null },
    };
    const before = { ...stored("deals", deal.id) };
    const changes = [
      { field: "Amount", before: `${deal.amount.toLocaleString("en-US")} USD`, after: "120,000.5 USD" },
      { field: "Close date", before: deal.closeDate, after: "2026-12-31" },
      { field: "Stage", before: "Proposal", after: "Negotiation" },
      { field: "Owner", before: "Daniel Whitfield <daniel@payready.example>", after: `Maya Okafor <${maya.email}>` },
      { field: "Next step", before: null, after: "Send the offer" },
    ];
    const url = `https://app.hubspot.com/contacts/24817306/record/0-3/${deal.id}`;
    expect(await preview("update_deal", args)).toEqual({
      summary: `Change the deal ${deal.name}`,
      record: { name: deal.name, url },
      changes,
      amount: deal.amount,
    });
    expect(stored("deals", deal.id)).toEqual(before);
    expect(writes()).toEqual([]);
    expect(hubspot.store.changes).toEqual([]);

    const { deal: saved, changed } = await ask("update_deal", args);
    expect(changed).toEqual(changes);
    expect(saved).toMatchObject({
      stage: "Negotiation",
      amount: { amount: 120_000.5, currency: "USD" },
      close_date: "2026-12-31",
      owner: { email: maya.email },
    });
    expect(writes().map(({ call, body }) => [call, body])).toEqual([
      [
        `PATCH ${path(`deals/${deal.id}`)}`,
        {
          properties: {
            amount: "120000.5",
            closedate: "2026-12-31T18:00:00.000Z",
            dealstage: "contractsent",
            hubspot_owner_id: world.crm.owners[maya.id]?.ownerId,
            hs_next_step: "Send the offer",
          },
        },
      ],
    ]);
    expect(stored("deals", deal.id)).toMatchObject({ dealstage: "contractsent", amount: "120000.5" });
    const afterWrite = sent().slice(sent().findIndex(({ call }) => call.startsWith("PATCH")) + 1);
    expect(afterWrite[0]?.call).toBe(`GET ${path(`deals/${deal.id}`)}`);
    expect(afterWrite.filter(({ call }) => call.endsWith("/search"))).toEqual([]);
  });

  it("says beforehand the most that the deal was or will be worth, whatever of it changes", async () => {
    const { deal, preview } = await withAcme();
    const amountOf = async (args: object) => (await preview("update_deal", { deal_id: deal.id, ...args })).amount;
    expect(await amountOf({ description: "Seats and support" })).toBe(deal.amount);
    expect(await amountOf({ amount: deal.amount + 1 })).toBe(deal.amount + 1);
    expect(await amountOf({ properties: { amount: deal.amount + 2 } })).toBe(deal.amount + 2);
    expect(await preview("create_deal", { name: "Unpriced" })).not.toHaveProperty("amount", expect.anything());
  });

  it("sends nothing where all is as wished", async () => {
    const { deal, ask, writes } = await withAcme();
    const args = {
      deal_id: deal.id,
      stage: "Proposal",
      amount: deal.amount,
      close_date: deal.closeDate,
      name: deal.name,
    };
    expect(await ask("update_deal", args)).toMatchObject({ deal: { id: deal.id }, changed: [] });
    expect(writes()).toEqual([]);
  });

  it("empties a property, and shows options by their names", async () => {
    const { deal, ask, stored } = await withAcme();
    const type = stored("deals", deal.id).dealtype;
    expect(type).toBeDefined();
    const { changed } = await ask("update_deal", { deal_id: deal.id, properties: { dealtype: null } });
    expect(changed).toEqual([{ field: "Deal Type", before: expect.stringMatching(/Business/), after: null }]);
    expect(stored("deals", deal.id).dealtype).toBeUndefined();
  });

  it.each<[string, object, string]>([
    ["an unknown property", { properties: { hs_nxt_step: "x" } }, 'did you mean "hs_next_step"?'],
    ["what HubSpot computes", { properties: { hs_is_closed: true } }, "cannot be changed"],
    ["what an argument is for", { properties: { dealstage: "closedwon" } }, "use the argument stage instead"],
    ["what is said twice", { amount: 5, properties: { amount: 6 } }, "given by an argument as well"],
    ["a stage that is not there", { stage: "Negotiations" }, 'did you mean "Negotiation"?'],
    ["a currency that is not used", { currency: "JPY" }, "not JPY"],
    ["a day that is not there", { close_date: "2026-02-30" }, "close_date"],
    ["nothing", {}, "at least one field"],
  ])("refuses %s before a person is asked, and before it is sent", async (_, args, words) => {
    const { deal, call, preview, writes } = await withAcme();
    await expect(preview("update_deal", { deal_id: deal.id, ...args })).rejects.toThrow(words);
    expect(textOf(await call("update_deal", { deal_id: deal.id, ...args }))).toContain(words);
    expect(writes()).toEqual([]);
  });

  it("says which field an administrator's rule demands, and passes with it", async () => {
    const { deal, call, ask, stored } = await withAcme();
    const refused = await call("update_deal", { deal_id: deal.id, stage: "Closed Lost" });
    expect(textOf(refused)).toContain("closed_lost_reason (required by a rule of this account");
    expect(stored("deals", deal.id).dealstage).toBe("presentationscheduled");
    const properties = { closed_lost_reason: "Price" };
    const { deal: lost } = await ask("update_deal", { deal_id: deal.id, stage: "Closed Lost", properties });
    expect(lost).toMatchObject({ status: "lost", stage: "Closed Lost" });
  });

  it("needs a stage where the deal moves to another pipeline", async () => {
    const { deal, call } = await withAcme();
    const result = await call("update_deal", { deal_id: deal.id, pipeline: "Renewals" });
    expect(textOf(result)).toContain('no deal pipeline "Renewals"');
  });
});

describe("create_deal", () => {
  it("creates one with company and contacts, owned by the asker, in the first stage", async () => {
    const { account, contact, ask, preview, writes, hubspot, world } = await withAcme();
    const args = {
      name: "Acme: Collections pilot",
      amount: 50_000,
      currency: "EUR",
      close_date: "2027-01-31",
      company_id: account.id,
      contact_ids: [contact.id, contact.id],
    };
    expect(await preview("create_deal", args)).toEqual({
      summary: "Create a deal for Acme",
      changes: [
        { field: "Name", before: null, after: "Acme: Collections pilot" },
        { field: "Amount", before: null, after: "50,000 EUR" },
        { field: "Currency", before: null, after: "EUR" },
        { field: "Close date", before: null, after: "2027-01-31" },
        { field: "Pipeline", before: null, after: "Sales Pipeline" },
        { field: "Stage", before: null, after: "Discovery" },
        { field: "Owner", before: null, after: "Daniel Whitfield <daniel@payready.example>" },
        { field: "Company", before: null, after: "Acme" },
        { field: "Contacts", before: null, after: contact.name },
      ],
      amount: 50_000,
    });
    expect(hubspot.store.all("deals")).toHaveLength(world.deals.length);

    const { deal } = await ask("create_deal", args);
    expect(deal).toMatchObject({
      name: args.name,
      status: "open",
      stage: "Discovery",
      amount: { amount: 50_000, currency: "EUR" },
      close_date: "2027-01-31",
      company: { id: account.id, name: "Acme" },
    });
    const [write] = writes();
    expect(write).toMatchObject({ call: `POST ${path("deals")}`, status: 201 });
    expect(write?.body.associations).toEqual([
      { to: { id: account.id }, types: [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 341 }] },
      { to: { id: contact.id }, types: [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 3 }] },
    ]);
    expect(hubspot.store.all("deals")).toHaveLength(world.deals.length + 1);
    expect(hubspot.store.associated("deals", deal.id, "contacts").map(({ id }) => id)).toEqual([contact.id]);
  });

  it("takes pipeline, stage and owner by name, and no owner where it is not known who asks", async () => {
    const { ask } = await withAcme({ asker: null });
    const { deal } = await ask("create_deal", { name: "New", pipeline: "sales pipeline", stage: "evaluation" });
    expect(deal).toMatchObject({ stage: "Evaluation", owner: null, company: null, amount: null, close_date: null });
    const owned = await ask("create_deal", { name: "Newer", owner: "maya" });
    expect(owned.deal.owner.name).toBe("Maya Okafor");
  });

  it("refuses a company or a contact that is not there, before it is sent", async () => {
    const { call, writes } = await withAcme();
    expect(textOf(await call("create_deal", { name: "x", company_id: "1" }))).toContain("HubSpot has no company 1");
    expect(textOf(await call("create_deal", { name: "x", contact_ids: ["2"] }))).toContain("HubSpot has no contact 2");
    expect(writes()).toEqual([]);
  });
});

describe("update_contact", () => {
  it("changes one that is named by its e-mail address", async () => {
    const { contact, ask, preview, writes, stored } = await withAcme();
    const args = { email: contact.email, job_title: "CFO", properties: { lifecyclestage: "Customer" } };
    const changes = [
      { field: "Job title", before: contact.title, after: "CFO" },
      { field: "Lifecycle Stage", before: "Opportunity", after: "Customer" },
    ];
    expect(await preview("update_contact", args)).toMatchObject({ record: { name: contact.name }, changes });
    expect(stored("contacts", contact.id).jobtitle).toBe(contact.title);
    expect(await ask("update_contact", args)).toMatchObject({ contact: { job_title: "CFO" }, changed: changes });
    expect(writes().map(({ call, body }) => [call, body])).toEqual([
      [`PATCH ${path(`contacts/${contact.id}`)}`, { properties: { jobtitle: "CFO", lifecyclestage: "customer" } }],
    ]);
  });

  it("names the contact that has an e-mail address already, and refuses empty wishes", async () => {
    const { account, contact, call, stored } = await withAcme();
    const other = account.contacts[1]!;
    const taken = await call("update_contact", { contact_id: contact.id, new_email: other.email });
    expect(textOf(taken)).toContain(`the record ${other.id} already has`);
    expect(stored("contacts", contact.id).email).toBe(contact.email);
    expect(textOf(await call("update_contact", { contact_id: contact.id }))).toContain("at least one field");
    expect(textOf(await call("update_contact", { phone: "1" }))).toContain("Give contact_id or email");
    const both = { contact_id: contact.id, email: contact.email, phone: "1" };
    expect(textOf(await call("update_contact", both))).toContain("not both");
  });
});

describe("add_note and create_followup_task", () => {
  it("adds a note as HTML, on all that are named, in the asker's name", async () => {
    const { account, deal, contact, ask, preview, writes, world, hubspot } = await withAcme();
    const about = { contact_id: contact.id, deal_id: deal.id, company_id: account.id };
    const args = { text: "Called <them> & agreed.\nNext: offer", ...about };
    expect(await preview("add_note", args)).toMatchObject({
      summary: `Add a note to ${contact.name}, ${deal.name}, Acme`,
      record: { name: contact.name },
      changes: [{ field: "Note", before: null, after: args.text }],
    });
    expect(writes()).toEqual([]);
    const { note_id, added_at, on } = await ask("add_note", args);
    expect(on.map(({ type, name }: any) => [type, name])).toEqual([
      ["contact", contact.name],
      ["deal", deal.name],
      ["company", "Acme"],
    ]);
    const daniel = world.people.find(({ email }) => email === "daniel@payready.example")!;
    const type = (id: string, associationTypeId: number) => ({
      to: { id },
      types: [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId }],
    });
    expect(writes().map(({ call, body }) => [call, body])).toEqual([
      [
        `POST ${path("notes")}`,
        {
          properties: {
            hs_timestamp: added_at,
            hs_note_body: "Called &lt;them&gt; &amp; agreed.<br>Next: offer",
            hubspot_owner_id: world.crm.owners[daniel.id]?.ownerId,
          },
          associations: [type(contact.id, 202), type(deal.id, 214), type(account.id, 190)],
        },
      ],
    ]);
    expect(hubspot.store.associated("notes", note_id, "deals").map(({ id }) => id)).toEqual([deal.id]);
    const { associations } = await ask("get_associations", { from: "deal", id: deal.id, to: "note", limit: 100 });
    expect(associations.find(({ id }: any) => id === note_id).name).toBe("Called <them> & agreed. Next: offer");
  });

  it("creates a task due at 8:00 of the company's day, or at the instant", async () => {
    const { deal, account, ask, preview, writes, hubspot } = await withAcme();
    const args = { title: "Send the offer", due: "2026-11-20", owner: "maya", priority: "high", deal_id: deal.id };
    expect((await preview("create_followup_task", args)).changes).toEqual([
      { field: "Task", before: null, after: "Send the offer" },
      { field: "Due", before: null, after: "2026-11-20T14:00:00Z" },
      { field: "Owner", before: null, after: "Maya Okafor <maya@payready.example>" },
      { field: "Priority", before: null, after: "high" },
    ]);
    expect(writes()).toEqual([]);
    const task = await ask("create_followup_task", args);
    expect(task).toMatchObject({ due_at: "2026-11-20T14:00:00Z", owner: { name: "Maya Okafor" } });
    expect(hubspot.store.find("tasks", task.task_id)?.properties).toMatchObject({
      hs_task_subject: "Send the offer",
      hs_task_priority: "HIGH",
      hs_task_type: "TODO",
      hs_task_status: "NOT_STARTED",
      hs_timestamp: "2026-11-20T14:00:00Z",
    });
    const later = {
      title: "Ring",
      due: "2026-11-20T16:00:00+01:00",
      type: "call",
      notes: "a\nb",
      company_id: account.id,
    };
    const call = await ask("create_followup_task", later);
    expect(hubspot.store.find("tasks", call.task_id)?.properties).toMatchObject({
      hs_timestamp: "2026-11-20T15:00:00Z",
      hs_task_type: "CALL",
      hs_task_body: "a<br>b",
    });
    expect(writes().at(-1)?.body.associations[0].types[0].associationTypeId).toBe(192);
    expect(writes()[0]?.body.associations[0].types[0].associationTypeId).toBe(216);
  });

  it("need something that they are about, which has to exist", async () => {
    const { call, writes } = await withAcme();
    expect(textOf(await call("add_note", { text: "x" }))).toContain("contact_id, deal_id or company_id");
    expect(textOf(await call("add_note", { text: "x", deal_id: "1" }))).toContain("HubSpot has no deal 1");
    const task = { title: "x", due: "Friday", deal_id: "1" };
    expect(textOf(await call("create_followup_task", task))).toMatch(/no deal 1|due/);
    expect(writes()).toEqual([]);
  });
});

describe("after a write", () => {
  it("reading by id shows it at once, though searches do not yet", async () => {
    const { deal, ask } = await withAcme();
    await ask("update_deal", { deal_id: deal.id, amount: 7_654_321 });
    expect((await ask("search_deals", { min_amount: 7_000_000 })).total).toBe(0);
    expect((await ask("get_deal", { deal_id: deal.id })).deal.amount.amount).toBe(7_654_321);
  });

  it("what was noted is the deal's last activity", async () => {
    const { deal, ask, board } = await withAcme({ searchLagMs: 0 });
    board.clock.set(Date.parse("2026-11-19T15:00:00Z"));
    const { added_at } = await ask("add_note", { text: "Called", deal_id: deal.id });
    const { deal: noted } = await ask("get_deal", { deal_id: deal.id });
    expect(noted.last_activity_at).toBe(`${added_at.slice(0, 19)}Z`);
    const { deals } = await ask("search_deals", { sort_by: "last_activity", order: "descending", limit: 5 });
    expect(deals[0]).toMatchObject({ id: deal.id, last_activity_at: noted.last_activity_at });
  });
});
