/** What our HubSpot server says of a write whose answer was lost: all of it read from HubSpot. */

import { describe, expect, it } from "vitest";
import { defaultType } from "../../sandbox/hubspot/associations.ts";
import { OBJECT_KINDS } from "../../sandbox/hubspot/object-types.ts";
import { FAILURE_META } from "../../src/mcp/types.ts";
import { connectHubSpot, path } from "../support/hubspot.ts";

async function withAcme(setup: Parameters<typeof connectHubSpot>[0] = {}) {
  const connected = await connectHubSpot(setup);
  const { world, hubspot, board } = connected;
  const account = world.accounts.find(({ name }) => name === "Acme")!;
  const deal = world.deals.find(({ accountId }) => accountId === account.id)!;
  const sentAt = board.clock.now();
  /** As our server would have made it, or a person in HubSpot's own pages. */
  const make = (type: "deals" | "notes", properties: object, by = "api", dealId?: string) => {
    const links = dealId === undefined ? [] : [{ type: defaultType(type, "deals"), toId: dealId }];
    return hubspot.store.create(OBJECT_KINDS[type], { ...properties }, links, { by, isStrict: false });
  };
  const later = (ms: number) => board.clock.set(board.clock.now() + ms);
  return { ...connected, account, deal, contact: account.contacts[0]!, sentAt, make, later };
}

type Acme = Awaited<ReturnType<typeof withAcme>>;

/** Each way of making something: the tool, what it is told, and where the id is in what it answers. */
const creates = [
  {
    what: "a deal of a company",
    tool: "create_deal",
    type: "deals",
    args: ({ account, contact }: Acme) => ({
      name: "Acme: Collections pilot",
      amount: 50_000,
      close_date: "2027-01-31",
      description: "Two  sites\nfirst",
      company_id: account.id,
      contact_ids: [contact.id],
    }),
    idOf: (output: any) => output.deal.id,
    isOn: "companies",
  },
  {
    what: "a deal by itself",
    tool: "create_deal",
    type: "deals",
    args: () => ({ name: "Somebody: first talk", properties: { dealtype: "newbusiness" } }),
    idOf: (output: any) => output.deal.id,
    isOn: undefined,
  },
  {
    what: "a note",
    tool: "add_note",
    type: "notes",
    args: ({ deal, contact }: Acme) => ({
      text: "Called <them> & agreed.\n\nNext: offer",
      deal_id: deal.id,
      contact_id: contact.id,
    }),
    idOf: (output: any) => output.note_id,
    isOn: "contacts",
  },
  {
    what: "a task",
    tool: "create_followup_task",
    type: "tasks",
    args: ({ account, contact }: Acme) => ({
      title: "Send the offer",
      due: "2026-11-20",
      notes: "a\nb",
      priority: "high",
      company_id: account.id,
      contact_id: contact.id,
    }),
    idOf: (output: any) => output.task_id,
    isOn: "companies",
  },
] as const;

describe.each(creates)("$tool, $what", ({ tool, type, args: argsFor, idOf, isOn }) => {
  async function lost(drop: "after" | true) {
    const acme = await withAcme();
    const args = argsFor(acme);
    const before = new Set(acme.hubspot.store.all(type).map(({ id }) => id));
    acme.board.addFault({ service: "hubspot", path: path(type), drop });
    const result = await acme.call(tool, args);
    expect(result._meta?.[FAILURE_META]).toMatchObject({ outcomeUnknown: true, retryable: false });
    const made = acme.hubspot.store.all(type).filter(({ id }) => !before.has(id));
    const soFar = acme.sent().length;
    const asked = () => acme.sent().slice(soFar);
    return { ...acme, args, made, asked };
  }

  it("was done where only the answer was lost: with its id, in what the tool itself answers", async () => {
    const { lookUp, ask, args, made, asked, sentAt, later, hubspot } = await lost("after");
    const [record] = made;
    expect(made).toHaveLength(1);
    const { state, output } = await lookUp(tool, args, sentAt);
    expect(state).toBe("done");
    expect(idOf(output)).toBe(record?.id);
    expect(asked().filter(({ call }) => call.endsWith("/search"))).toEqual([]);
    expect(hubspot.store.all(type).filter(({ id }) => id === record?.id)).toEqual(made);
    // Another one, long after, is answered in the same form.
    later(600_000);
    const again = await ask(tool, args);
    expect(Object.keys(again).toSorted()).toEqual(Object.keys(output).toSorted());
  });

  it("was not done where it never arrived", async () => {
    const { lookUp, args, made, sentAt, writes } = await lost(true);
    expect(made).toEqual([]);
    expect(await lookUp(tool, args, sentAt)).toEqual({ state: "not_done" });
    expect(writes()).toEqual([]);
  });

  it("is not taken for the same that was made long before", async () => {
    const acme = await withAcme();
    const args = argsFor(acme);
    await acme.ask(tool, args);
    acme.later(600_000);
    expect(await acme.lookUp(tool, args, acme.board.clock.now())).toEqual({ state: "not_done" });
  });

  it("is not taken for the same that a person made in HubSpot's own pages", async () => {
    const { lookUp, args, made, sentAt } = await lost("after");
    expect(made[0]?.properties.hs_object_source_label).toBe("INTEGRATION");
    made[0]!.properties.hs_object_source_label = "CRM_UI";
    expect(await lookUp(tool, args, sentAt)).toEqual({ state: "not_done" });
  });

  it("is found where HubSpot's clock is half a minute behind ours", async () => {
    const { lookUp, args, sentAt } = await lost("after");
    expect(await lookUp(tool, args, sentAt + 30_000)).toMatchObject({ state: "done" });
    expect(await lookUp(tool, args, sentAt + 120_000)).toEqual({ state: "not_done" });
  });

  it("cannot be told from another one just like it: both are named", async () => {
    const { ask, lookUp, args, made, sentAt } = await lost("after");
    const other = idOf(await ask(tool, args));
    const { state, reason } = await lookUp(tool, args, sentAt);
    expect(state).toBe("unknown");
    expect(reason).toMatch(/^HubSpot has 2 (deals|notes|tasks) like the one that was sent/);
    for (const id of [made[0]?.id, other]) expect(reason).toContain(`/${id}`);
  });

  it("is left open where it was given to somebody else since", async () => {
    const { lookUp, args, made, sentAt, world, hubspot } = await lost("after");
    const maya = world.people.find(({ name }) => name === "Maya Okafor")!;
    const ownerId = world.crm.owners[maya.id]?.ownerId;
    hubspot.store.change(type, made[0]!.id, { hubspot_owner_id: ownerId });
    const { state, reason } = await lookUp(tool, args, sentAt);
    expect(state).toBe("unknown");
    expect(reason).toContain(`${made[0]?.id} (Owner differs)`);
  });

  it.runIf(isOn)("is left open where it is there but is not on all that it is about", async () => {
    const acme = await lost("after");
    const { lookUp, args, made, sentAt, hubspot, account, contact } = acme;
    const [id, name] = isOn === "companies" ? [account.id, account.name] : [contact.id, contact.name];
    hubspot.store.dissociate(type, made[0]!.id, isOn!, id, "api");
    const { state, reason } = await lookUp(tool, args, sentAt);
    expect(state).toBe("unknown");
    expect(reason).toContain(`not on ${name}`);
  });

  it("is left open where HubSpot cannot be asked", async () => {
    const { lookUp, args, sentAt, board } = await lost("after");
    board.addFault({ service: "hubspot", path: path(""), status: 503, times: 99 });
    const { state, reason } = await lookUp(tool, args, sentAt);
    expect(state).toBe("unknown");
    expect(reason).toContain("could not be looked up whether this was carried out: HubSpot is failing on its side");
  });
});

describe("a new record among many", () => {
  it("is found behind the first page of a deal's notes", async () => {
    const { deal, make, lookUp, sentAt, sent } = await withAcme({ asker: null });
    const note = { hs_note_body: "Something else", hs_timestamp: String(sentAt) };
    for (let count = 0; count < 520; count++) make("notes", note, "api", deal.id);
    const { id } = make("notes", { ...note, hs_note_body: "<div><p>Called.</p><p>Agreed.</p></div>" }, "api", deal.id);
    const answer = await lookUp("add_note", { text: "Called.\n\nAgreed.", deal_id: deal.id }, sentAt);
    expect(answer).toMatchObject({ state: "done", output: { note_id: id } });
    expect(sent().filter(({ call }) => call === `GET ${path(`deals/${deal.id}/associations/notes`)}`)).toHaveLength(2);
  });

  it("is left open where there are too many to look through, until HubSpot's search shows it", async () => {
    const { ask, make, lookUp, sentAt, later } = await withAcme();
    for (let count = 0; count < 2_000; count++) make("deals", { dealname: `Other ${count}`, dealstage: "closedwon" });
    later(600_000);
    const args = { name: "New one", owner: "maya" };
    const { deal } = await ask("create_deal", args);
    const { state, reason } = await lookUp("create_deal", args, sentAt + 600_000);
    expect(state).toBe("unknown");
    expect(reason).toContain("too many deals for Sophia to look through");
    later(10_000);
    const found = await lookUp("create_deal", args, sentAt + 600_000);
    expect(found).toMatchObject({ state: "done", output: { deal: { id: deal.id, owner: { name: "Maya Okafor" } } } });
  });
});

describe("update_deal", () => {
  /** The deal's own reading goes through; the three attempts at the PATCH do not. */
  async function lost(drop: "after" | true) {
    const acme = await withAcme();
    const { deal, board, call, hubspot } = acme;
    const args = { deal_id: deal.id, stage: "negotiation", amount: 80_000, close_date: "2026-12-31" };
    board.addFault({ service: "hubspot", path: `deals/${deal.id}?`, latencyMs: 1 });
    board.addFault({ service: "hubspot", path: `deals/${deal.id}`, drop, times: 3 });
    const result = await call("update_deal", args);
    expect(result._meta?.[FAILURE_META]).toMatchObject({ outcomeUnknown: true, retried: true });
    const stage = () => hubspot.store.find("deals", deal.id)?.properties.dealstage;
    return { ...acme, args, stage };
  }

  it("was done where nothing is left to be changed", async () => {
    const { lookUp, args, stage, deal, sentAt } = await lost("after");
    expect(stage()).toBe("contractsent");
    const { state, output } = await lookUp("update_deal", args, sentAt);
    expect(state).toBe("done");
    expect(output).toMatchObject({ deal: { id: deal.id, stage: "Negotiation" }, changed: [] });
  });

  it("was not done where it never arrived, nor where it was undone since", async () => {
    const { lookUp, args, stage, sentAt, writes } = await lost(true);
    expect(stage()).toBe("presentationscheduled");
    expect(await lookUp("update_deal", args, sentAt)).toEqual({ state: "not_done" });
    expect(writes()).toEqual([]);
    const done = await lost("after");
    done.hubspot.store.change("deals", done.deal.id, { amount: "1" });
    expect(await done.lookUp("update_deal", args, done.sentAt)).toEqual({ state: "not_done" });
  });

  it("is left open where HubSpot cannot be asked, or no longer has the deal", async () => {
    const { lookUp, args, board, hubspot, deal, sentAt } = await lost("after");
    board.addFault({ service: "hubspot", path: `deals/${deal.id}`, drop: true, times: 3 });
    const down = await lookUp("update_deal", args, sentAt);
    expect(down).toMatchObject({ state: "unknown", reason: expect.stringContaining("HubSpot cannot be reached") });
    hubspot.store.archive(hubspot.store.find("deals", deal.id)!, "api");
    const gone = await lookUp("update_deal", args, sentAt);
    expect(gone).toMatchObject({ state: "unknown", reason: expect.stringContaining(`HubSpot has no deal ${deal.id}`) });
  });
});

describe("update_contact", () => {
  async function lost(drop: "after" | true) {
    const acme = await withAcme();
    const { contact, board, call } = acme;
    const args = { email: contact.email, new_email: "New.Name@acme.example", job_title: "CFO" };
    board.addFault({ service: "hubspot", path: path(`contacts/${contact.id}`), drop, times: 3 });
    const result = await call("update_contact", args);
    expect(result._meta?.[FAILURE_META]).toMatchObject({ outcomeUnknown: true });
    return { ...acme, args };
  }

  it("was done, though the contact is no longer found by the address that it was named by", async () => {
    const { lookUp, args, contact, sentAt } = await lost("after");
    const { state, output } = await lookUp("update_contact", args, sentAt);
    expect(state).toBe("done");
    expect(output).toMatchObject({
      contact: { id: contact.id, email: "new.name@acme.example", job_title: "CFO" },
      changed: [],
    });
  });

  it("was not done where it never arrived", async () => {
    const { lookUp, args, contact, sentAt, hubspot } = await lost(true);
    expect(await lookUp("update_contact", args, sentAt)).toEqual({ state: "not_done" });
    expect(hubspot.store.find("contacts", contact.id)?.properties.email).toBe(contact.email);
  });

  it("is left open where the new address is there with other values, which are named", async () => {
    const { lookUp, args, contact, sentAt, hubspot } = await lost("after");
    hubspot.store.change("contacts", contact.id, { jobtitle: "CEO" });
    const { state, reason } = await lookUp("update_contact", args, sentAt);
    expect(state).toBe("unknown");
    expect(reason).toContain(`other values in Job title: look whether it is the one that was meant: https://`);
    expect(reason).toContain(contact.id);
  });

  it("is left open where there is a contact of neither address", async () => {
    const { lookUp, sentAt } = await withAcme();
    const args = { email: "nobody@acme.example", new_email: "no.one@acme.example" };
    const { state, reason } = await lookUp("update_contact", args, sentAt);
    expect(state).toBe("unknown");
    expect(reason).toContain("could not be looked up");
  });

  it("is left open where HubSpot cannot be asked", async () => {
    const { lookUp, args, board, sentAt } = await lost("after");
    board.addFault({ service: "hubspot", path: path("contacts"), status: 500, times: 9 });
    expect(await lookUp("update_contact", args, sentAt)).toMatchObject({ state: "unknown" });
  });
});
