/** What a channel is told in the end: the watch and the writer together, on services that lag and hide. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../../src/storage/database.ts";
import { createLightHome, type EngineHome } from "../support/engines.ts";
import { NoticeWorld } from "../support/notice-world.ts";

let home: EngineHome;
let db: Database;
let world: NoticeWorld;

beforeAll(async () => {
  home = await createLightHome();
  db = (await home.createStorage()).database;
});
afterAll(() => home.drop());
beforeEach(async () => {
  await db.script(
    "TRUNCATE sophia.events, sophia.turns, sophia.record_values, sophia.notice_changes, sophia.notice_paces, sophia.notice_mutes, sophia.notice_looks CASCADE",
  );
  world = new NoticeWorld(db);
  world.routes = [world.route("1")];
  for (let n = 0; n < 40; n++) world.deals.set(`${n}`, { stage: "Proposal", amount: n * 1_000 });
});

const texts = () => world.posted.map(({ text }) => text);
const minutes = async (count: number) => {
  for (let minute = 0; minute < count; minute++) await world.later(60);
};

describe("a summary", () => {
  beforeEach(() => world.look(0));
  const moveAll = async () => {
    for (let n = 0; n < 30; n++) await world.change(`${n}`, { stage: "Negotiation" });
  };

  it("goes on past what the channel may not see, to the next five", async () => {
    await moveAll();
    await world.look(20);
    for (let n = 25; n < 30; n++) world.hidden.add(`${n}`);
    await world.run();
    expect(texts()[0]).toContain("**25 changes of 25 deals**: 25 of stage.");
    expect(texts()[0]?.match(/^- \[Deal \d+\]/gm)).toEqual([24, 23, 22, 21, 20].map((n) => `- [Deal ${n}]`));
    expect(texts()[0]).toContain("- and 20 more");
  });

  it("tells of the others where the largest were moved back", async () => {
    await moveAll();
    await world.look(20);
    for (let n = 25; n < 30; n++) await world.change(`${n}`, { stage: "Proposal" });
    await world.run();
    expect(texts()[0]).toContain("**30 changes of 30 deals**");
    await minutes(2);
    expect(texts()[1]).toContain("[Deal 29](https://app.hubspot.com/29) moved from Negotiation to **Proposal**");
  });

  it("counts nothing that was undone before it was told", async () => {
    await world.change("1", { amount: 5 });
    await world.later(20);
    await moveAll();
    await world.look(20);
    for (let n = 12; n < 30; n++) await world.change(`${n}`, { stage: "Proposal" });
    await minutes(2);
    expect(texts()[1]).toContain("**12 changes of 12 deals**: 12 of stage.");
  });

  it("holds the counts alone where none of the first can be shown", async () => {
    for (let n = 0; n < 40; n++) await world.change(`${n}`, { stage: "Negotiation" });
    await world.look(20);
    for (let n = 5; n < 40; n++) world.hidden.add(`${n}`);
    await world.run();
    expect(texts()).toEqual(["**10 changes of 10 deals**: 10 of stage."]);
    expect(world.posted[0]?.buttons.map(({ label }) => label)).toEqual(["Mute"]);
  });
});

describe("a change", () => {
  it("between look and writing is told by itself, and not twice", async () => {
    await world.look(0);
    await world.change("7", { stage: "Negotiation" });
    await world.look(20);
    await world.change("7", { stage: "Contract" });
    await world.run();
    await minutes(3);
    expect(texts()).toEqual([
      expect.stringContaining("moved from Proposal to **Negotiation**"),
      expect.stringContaining("moved from Negotiation to **Contract**"),
    ]);
  });

  it("that HubSpot does not show yet is looked at again until it does, and for two minutes at most", async () => {
    await world.look(0);
    for (let n = 0; n < 25; n++) await world.tellOf(`${n}`, { stage: "Negotiation" });
    await world.tellOf("30", { amount: 1 });
    await world.later(20);
    await world.later(20);
    expect(texts()).toEqual([]);
    for (let n = 0; n < 25; n++) world.deals.set(`${n}`, { stage: "Negotiation", amount: n * 1_000 });
    await world.later(20);
    expect(texts()).toEqual([expect.stringContaining("**25 changes of 25 deals**: 25 of stage.")]);
    await minutes(5);
    expect(texts()).toHaveLength(1);
    expect(await world.events.take({ limit: 10, leaseMs: 1 })).toEqual([]);
  });

  it("of many deals is read by their ids, never from the search", async () => {
    await world.look(0);
    world.reads.length = 0;
    for (let n = 0; n < 40; n++) await world.change(`${n}`, { amount: 7 });
    await world.look(20);
    expect(new Set(world.reads)).toEqual(new Set(["hubspot__get_deals"]));
  });

  it("that takes a deal out of a route's condition is told there", async () => {
    world.routes = [
      world.route("1", { where: { minAmount: 20_000 } }),
      world.route("2", { channel: "C2", where: { stages: ["proposal"] } }),
    ];
    await world.look(0);
    await world.change("30", { amount: 5_000 });
    await world.change("3", { stage: "Won" });
    await world.change("4", { amount: 5 });
    await world.later(20);
    const told = world.posted.map(({ channel, text }) => [channel, text.match(/Deal \d+/g)]);
    expect(told).toEqual([
      ["C1", ["Deal 30"]],
      ["C2", ["Deal 30", "Deal 3", "Deal 4"]],
    ]);
    expect(texts()[1]).toContain("was **won** (from Proposal)");
  });

  it("waits where a channel of the configuration is not found while Slack is away", async () => {
    world.routes = [world.route("1", { channel: "#deals", problem: "away" })];
    await world.change("7", { stage: "Negotiation" });
    await world.later(20);
    world.routes = [world.route("1")];
    await minutes(2);
    expect(texts()).toEqual([expect.stringContaining("is now in **Negotiation**")]);
    expect(await db.query("SELECT DISTINCT channel FROM sophia.record_values")).toEqual([{ channel: "C1" }]);
  });
});

describe("muting", () => {
  beforeEach(() => world.look(0));

  it("a record holds for every route of its channel, and no other channel", async () => {
    world.routes = [
      world.route("1"),
      world.route("2", { where: { minAmount: 1 } }),
      world.route("3", { channel: "C2" }),
    ];
    await world.notices.muteRecord("C1", "deal:7", new Date(world.now + 3_600_000));
    await world.look(0);
    await world.change("7", { amount: 1 });
    await world.later(20);
    expect(world.posted.map(({ channel }) => channel)).toEqual(["C2"]);
  });

  it("a route keeps its records from the channel's other routes", async () => {
    world.routes = [
      world.route("1", { where: { minAmount: 10_000 }, mutedUntil: new Date(world.now + 3_600_000) }),
      world.route("2"),
    ];
    await world.change("17", { stage: "Negotiation" });
    await world.change("7", { stage: "Negotiation" });
    await world.later(20);
    expect(texts()).toEqual([expect.stringContaining("Deal 7")]);
  });
});

describe("a new contact", () => {
  beforeEach(() => {
    world.routes = [world.route("1", { what: "contacts", where: { minAmount: 20_000 } })];
  });

  it("is told where any open deal of its account fits", async () => {
    world.contacts.set("c", { hasCompany: true, openDeals: ["3", "30"] });
    await world.tell("c", "contact.created");
    await world.later(20);
    expect(texts()).toEqual([expect.stringContaining("New contact [Contact c](https://app.hubspot.com/c)")]);
  });

  it("is told once its account, and that account's open deal, are known", async () => {
    world.contacts.set("c", { hasCompany: false, openDeals: [] });
    await world.tell("c", "contact.created");
    await minutes(5);
    world.contacts.set("c", { hasCompany: true, openDeals: [] });
    await minutes(10);
    expect(texts()).toEqual([]);
    world.contacts.set("c", { hasCompany: true, openDeals: ["30"] });
    await minutes(60);
    expect(texts()).toHaveLength(1);
    expect(world.reads.filter((tool) => tool === "hubspot__get_contact").length).toBeLessThan(8);
  });

  it("of an account that many others came to as well costs one look at that account", async () => {
    for (let n = 0; n < 20; n++) world.contacts.set(`c${n}`, { hasCompany: true, openDeals: ["30"] });
    for (let n = 0; n < 20; n++) await world.tell(`c${n}`, "contact.created");
    await world.look(20);
    expect(world.reads.filter((tool) => tool === "hubspot__get_company")).toHaveLength(1);
    expect(world.reads.filter((tool) => tool === "hubspot__get_contact")).toHaveLength(20);
  });

  it("without an account is let go after a day", async () => {
    world.contacts.set("c", { hasCompany: false, openDeals: [] });
    await world.tell("c", "contact.created");
    for (let hours = 0; hours < 27; hours++) await world.later(3_600);
    expect(texts()).toEqual([]);
    expect(await world.events.take({ limit: 10, leaseMs: 1 })).toEqual([]);
  });
});

describe("tasks", () => {
  const launch = { id: "1", name: "Launch" };
  const task = { due_on: null, projects: [launch], parent_id: null, comments: [] };

  it("of the projects that can be read are told when they are overdue, by every project of a name", async () => {
    const others = Array.from({ length: 60 }, (_, n) => ({ id: `p${n}`, name: `Project ${n}` }));
    world.projects = [launch, { id: "2", name: "Launch " }, { id: "3", name: "Broken" }, ...others];
    world.refused.add("3");
    world.routes = [world.route("1", { what: "tasks", where: { projects: ["launch", "Gone", "Broken", "p7"] } })];
    world.tasks.set("a", { ...task, due_on: "2026-11-22" });
    world.tasks.set("b", { ...task, due_on: "2026-11-22", projects: [{ id: "2", name: "Launch " }] });
    world.tasks.set("c", { ...task, due_on: "2026-11-22", projects: [{ id: "p7", name: "Project 7" }] });
    await world.look(0);
    expect(world.reads.filter((tool) => tool === "asana__get_project_tasks")).toHaveLength(4);
    await world.later(20);
    expect(
      texts()[0]
        ?.match(/Task \w/g)
        ?.toSorted(),
    ).toEqual(["Task a", "Task b", "Task c"]);
  });

  it("below another task are told where that one's project leads, with buttons about themselves alone", async () => {
    world.routes = [world.route("1", { what: "tasks", where: { projects: ["Launch"] } })];
    world.projects = [launch];
    world.tasks.set("top", task);
    world.tasks.set("middle", { ...task, projects: [], parent_id: "top" });
    world.tasks.set("below", { ...task, projects: [], parent_id: "middle" });
    await world.tell("below", "task.due_changed");
    await world.later(20);
    expect(texts()).toEqual([expect.stringContaining("**Task below** is due on no day (nobody's, Launch)")]);
    expect(JSON.parse(world.posted[0]?.buttons[1]?.value ?? "")).toMatchObject({
      records: [["task:below", "Task below"]],
    });
  });

  it("given to somebody else are told where those of whoever had them are", async () => {
    const [zoe, sam] = ["zoe", "sam"].map((name) => ({ name, email: `${name}@payready.example` }));
    world.projects = [launch];
    world.routes = [world.route("1", { what: "tasks", where: { owners: ["zoe@payready.example"] } })];
    world.tasks.set("a", { ...task, assignee: zoe });
    await world.look(0);
    world.tasks.set("a", { ...task, assignee: sam });
    await world.tell("a", "task.reassigned");
    await world.later(20);
    world.tasks.set("a", { ...task, assignee: sam, due_on: "2026-12-01" });
    await world.tell("a", "task.due_changed");
    await minutes(2);
    expect(texts()).toEqual([expect.stringContaining("was reassigned from zoe to sam")]);
  });

  it("that the version before had stored to be told, without what they became, are told", async () => {
    world.routes = [world.route("1", { what: "tasks" })];
    world.tasks.set("a", task);
    await world.tell("a", "task.due_changed");
    await world.look(20);
    const records = JSON.stringify([{ record: "task:a", before: {} }]);
    await db.query(
      "UPDATE sophia.turns SET task = jsonb_set(task::jsonb, '{records}', $1::jsonb)::json WHERE source = 'notice'",
      [records],
    );
    expect(await world.run()).toMatchObject([{ status: "done" }]);
    expect(texts()).toEqual([expect.stringContaining("**Task a** is due on no day")]);
  });

  it("that two comment on in the same second are told with the comment that the event names", async () => {
    world.routes = [world.route("1", { what: "tasks" })];
    const comments = ["s2", "s1"].map((id) => ({ id, by: "Zoe", text: `This is ${id}` }));
    world.tasks.set("a", { ...task, comments });
    await world.tell("a", "task.commented", { storyGid: "s1" });
    await world.later(20);
    expect(texts()).toEqual([expect.stringContaining("“This is s1”")]);
  });
});

describe("who did it", () => {
  const line = async () => {
    await world.later(20);
    return texts()[0];
  };

  it.each<[string, string[], RegExp]>([
    ["one person, who is named", ["9"], /\(Acme, owner Maya, by Priya \\\*R\\\*\)$/],
    ["an app as well, which is not", ["9", ""], /\(Acme, owner Maya\)$/],
    ["somebody whom HubSpot does not know", ["8"], /\(Acme, owner Maya\)$/],
  ])("of a deal is %s", async (_, users, words) => {
    await world.look(0);
    for (const [n, user] of users.entries()) await world.change("7", { amount: n }, user || undefined);
    expect(await line()).toMatch(words);
  });

  it("of a task are two people by name, and nobody where Asana does not say", async () => {
    world.routes = [world.route("1", { what: "tasks" })];
    world.tasks.set("a", { due_on: null, projects: [], parent_id: null, comments: [] });
    for (const user of ["11", "12", "11"]) await world.tell("a", "task.due_changed", { user });
    expect(await line()).toMatch(/is due on no day \(nobody's, by User 11 and User 12\)$/);
    world.away.add("asana__find_user");
    await world.tell("a", "task.due_changed", { user: "13" });
    await world.notices.look("C1", [], () => [
      {
        routeId: "1",
        eventKey: "k3",
        record: "task:a",
        before: {},
        after: {},
        amount: undefined,
        foundAt: new Date(world.now),
      },
    ]);
    await minutes(2);
    expect(texts()[1]).toMatch(/is due on no day \(nobody's\)$/);
  });
});

describe("tasks that become overdue", () => {
  it("in the night are one message in the morning, whichever replica looks, and those of long ago none", async () => {
    const launch = { id: "1", name: "Launch" };
    const replicas = [world, new NoticeWorld(db)];
    const due = { old: "2026-10-01", a: "2026-11-23", b: "2026-11-23", later: "2026-11-24" };
    for (const one of replicas) {
      one.routes = [world.route("1", { what: "tasks", where: { projects: ["Launch"] } })];
      one.projects = [launch];
      for (const [id, due_on] of Object.entries(due))
        one.tasks.set(id, { due_on, projects: [launch], parent_id: null, comments: [] });
    }
    for (let hours = 0; hours < 24; hours++) {
      await Promise.all(replicas.map((one) => one.look(hours === 0 ? 0 : 3_600)));
      await world.run();
    }
    expect(texts()).toEqual([expect.stringMatching(/Task a.*Task b|Task b.*Task a/s)]);
    const turns = await db.query("SELECT created_at AS at FROM sophia.turns");
    expect(turns).toEqual([{ at: new Date("2026-11-24T09:00:00Z") }]);
  });
});
