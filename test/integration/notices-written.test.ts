/** What a channel is told in the end: the watch and the writer together, on services that lag and hide. */
import { beforeEach, describe, expect, it } from "vitest";
import { NoticeWorld, useNoticeWorld } from "../support/notice-world.ts";

const on = useNoticeWorld();

describe("a summary", () => {
  beforeEach(() => on.world.look(0));
  const moveAll = async () => {
    for (let n = 0; n < 30; n++) await on.world.change(`${n}`, { stage: "Negotiation" });
  };

  it("goes on past what the channel may not see, to the next five", async () => {
    await moveAll();
    await on.world.look(20);
    for (let n = 25; n < 30; n++) on.world.hidden.add(`${n}`);
    await on.world.run();
    expect(on.texts()[0]).toContain("**25 changes of 25 deals**: 25 of stage.");
    expect(on.texts()[0]?.match(/^- \[Deal \d+\]/gm)).toEqual([24, 23, 22, 21, 20].map((n) => `- [Deal ${n}]`));
    expect(on.texts()[0]).toContain("- and 20 more");
  });

  it("tells of the others where the largest were moved back", async () => {
    await moveAll();
    await on.world.look(20);
    for (let n = 25; n < 30; n++) await on.world.change(`${n}`, { stage: "Proposal" });
    await on.world.run();
    expect(on.texts()[0]).toContain("**30 changes of 30 deals**");
    await on.minutes(2);
    expect(on.texts()[1]).toContain("[Deal 29](https://app.hubspot.com/29) moved from Negotiation to **Proposal**");
  });

  it("counts nothing that was undone before it was told", async () => {
    await on.world.change("1", { amount: 5 });
    await on.world.later(20);
    await moveAll();
    await on.world.look(20);
    for (let n = 12; n < 30; n++) await on.world.change(`${n}`, { stage: "Proposal" });
    await on.minutes(2);
    expect(on.texts()[1]).toContain("**12 changes of 12 deals**: 12 of stage.");
  });

  it("holds the counts alone where none of the first can be shown", async () => {
    for (let n = 0; n < 40; n++) await on.world.change(`${n}`, { stage: "Negotiation" });
    await on.world.look(20);
    for (let n = 5; n < 40; n++) on.world.hidden.add(`${n}`);
    await on.world.run();
    expect(on.texts()).toEqual(["**10 changes of 10 deals**: 10 of stage."]);
    expect(on.world.posted[0]?.buttons.map(({ label }) => label)).toEqual(["Mute"]);
  });
});

describe("a change", () => {
  it("between look and writing is told by itself, and not twice", async () => {
    await on.world.look(0);
    await on.world.change("7", { stage: "Negotiation" });
    await on.world.look(20);
    await on.world.change("7", { stage: "Contract" });
    await on.world.run();
    await on.minutes(3);
    expect(on.texts()).toEqual([
      expect.stringContaining("moved from Proposal to **Negotiation**"),
      expect.stringContaining("moved from Negotiation to **Contract**"),
    ]);
  });

  it("that HubSpot does not show yet is looked at again until it does, and for two minutes at most", async () => {
    await on.world.look(0);
    for (let n = 0; n < 25; n++) await on.world.tellOf(`${n}`, { stage: "Negotiation" });
    await on.world.tellOf("30", { amount: 1 });
    await on.world.later(20);
    await on.world.later(20);
    expect(on.texts()).toEqual([]);
    for (let n = 0; n < 25; n++) on.world.deals.set(`${n}`, { stage: "Negotiation", amount: n * 1_000 });
    await on.world.later(20);
    expect(on.texts()).toEqual([expect.stringContaining("**25 changes of 25 deals**: 25 of stage.")]);
    await on.minutes(5);
    expect(on.texts()).toHaveLength(1);
    expect(await on.world.events.take({ limit: 10, leaseMs: 1 })).toEqual([]);
  });

  it("of many deals is read by their ids, never from the search", async () => {
    await on.world.look(0);
    on.world.reads.length = 0;
    for (let n = 0; n < 40; n++) await on.world.change(`${n}`, { amount: 7 });
    await on.world.look(20);
    expect(new Set(on.world.reads)).toEqual(new Set(["hubspot__get_deals"]));
  });

  it("that takes a deal out of a route's condition is told there", async () => {
    on.world.routes = [
      on.world.route("1", { where: { minAmount: 20_000 } }),
      on.world.route("2", { channel: "C2", where: { stages: ["proposal"] } }),
    ];
    await on.world.look(0);
    await on.world.change("30", { amount: 5_000 });
    await on.world.change("3", { stage: "Won" });
    await on.world.change("4", { amount: 5 });
    await on.world.later(20);
    const told = on.world.posted.map(({ channel, text }) => [channel, text.match(/Deal \d+/g)]);
    expect(told).toEqual([
      ["C1", ["Deal 30"]],
      ["C2", ["Deal 30", "Deal 3", "Deal 4"]],
    ]);
    expect(on.texts()[1]).toContain("was **won** (from Proposal)");
  });

  it("waits where a channel of the configuration is not found while Slack is away", async () => {
    on.world.routes = [on.world.route("1", { channel: "#deals", problem: "away" })];
    await on.world.change("7", { stage: "Negotiation" });
    await on.world.later(20);
    on.world.routes = [on.world.route("1")];
    await on.minutes(2);
    expect(on.texts()).toEqual([expect.stringContaining("is now in **Negotiation**")]);
    expect(await on.db.query("SELECT DISTINCT channel FROM sophia.record_values")).toEqual([{ channel: "C1" }]);
  });
});

describe("muting", () => {
  beforeEach(() => on.world.look(0));

  it("a record holds for every route of its channel, and no other channel", async () => {
    on.world.routes = [
      on.world.route("1"),
      on.world.route("2", { where: { minAmount: 1 } }),
      on.world.route("3", { channel: "C2" }),
    ];
    await on.world.notices.muteRecord("C1", "deal:7", new Date(on.world.now + 3_600_000));
    await on.world.look(0);
    await on.world.change("7", { amount: 1 });
    await on.world.later(20);
    expect(on.world.posted.map(({ channel }) => channel)).toEqual(["C2"]);
  });

  it("a route keeps its records from the channel's other routes", async () => {
    on.world.routes = [
      on.world.route("1", { where: { minAmount: 10_000 }, mutedUntil: new Date(on.world.now + 3_600_000) }),
      on.world.route("2"),
    ];
    await on.world.change("17", { stage: "Negotiation" });
    await on.world.change("7", { stage: "Negotiation" });
    await on.world.later(20);
    expect(on.texts()).toEqual([expect.stringContaining("Deal 7")]);
  });
});

describe("a new contact", () => {
  beforeEach(() => {
    on.world.routes = [on.world.route("1", { what: "contacts", where: { minAmount: 20_000 } })];
  });

  it("is told where any open deal of its account fits", async () => {
    on.world.contacts.set("c", { hasCompany: true, openDeals: ["3", "30"] });
    await on.world.tell("c", "contact.created");
    await on.world.later(20);
    expect(on.texts()).toEqual([expect.stringContaining("New contact [Contact c](https://app.hubspot.com/c)")]);
  });

  it("is told once its account, and that account's open deal, are known", async () => {
    on.world.contacts.set("c", { hasCompany: false, openDeals: [] });
    await on.world.tell("c", "contact.created");
    await on.minutes(5);
    on.world.contacts.set("c", { hasCompany: true, openDeals: [] });
    await on.minutes(10);
    expect(on.texts()).toEqual([]);
    on.world.contacts.set("c", { hasCompany: true, openDeals: ["30"] });
    await on.minutes(60);
    expect(on.texts()).toHaveLength(1);
    expect(on.world.reads.filter((tool) => tool === "hubspot__get_contact").length).toBeLessThan(8);
  });

  it("of an account that many others came to as well costs one look at that account", async () => {
    for (let n = 0; n < 20; n++) on.world.contacts.set(`c${n}`, { hasCompany: true, openDeals: ["30"] });
    for (let n = 0; n < 20; n++) await on.world.tell(`c${n}`, "contact.created");
    await on.world.look(20);
    expect(on.world.reads.filter((tool) => tool === "hubspot__get_company")).toHaveLength(1);
    expect(on.world.reads.filter((tool) => tool === "hubspot__get_contact")).toHaveLength(20);
  });

  it("without an account is let go after a day", async () => {
    on.world.contacts.set("c", { hasCompany: false, openDeals: [] });
    await on.world.tell("c", "contact.created");
    for (let hours = 0; hours < 27; hours++) await on.world.later(3_600);
    expect(on.texts()).toEqual([]);
    expect(await on.world.events.take({ limit: 10, leaseMs: 1 })).toEqual([]);
  });
});

describe("tasks", () => {
  const launch = { id: "1", name: "Launch" };
  const task = { due_on: null, projects: [launch], parent_id: null, comments: [] };

  it("of the projects that can be read are told when they are overdue, by every project of a name", async () => {
    const others = Array.from({ length: 60 }, (_, n) => ({ id: `p${n}`, name: `Project ${n}` }));
    on.world.projects = [launch, { id: "2", name: "Launch " }, { id: "3", name: "Broken" }, ...others];
    on.world.refused.add("3");
    on.world.routes = [on.world.route("1", { what: "tasks", where: { projects: ["launch", "Gone", "Broken", "p7"] } })];
    on.world.tasks.set("a", { ...task, due_on: "2026-11-22" });
    on.world.tasks.set("b", { ...task, due_on: "2026-11-22", projects: [{ id: "2", name: "Launch " }] });
    on.world.tasks.set("c", { ...task, due_on: "2026-11-22", projects: [{ id: "p7", name: "Project 7" }] });
    await on.world.look(0);
    expect(on.world.reads.filter((tool) => tool === "asana__get_project_tasks")).toHaveLength(4);
    await on.world.later(20);
    expect(
      on
        .texts()[0]
        ?.match(/Task \w/g)
        ?.toSorted(),
    ).toEqual(["Task a", "Task b", "Task c"]);
  });

  it("below another task are told where that one's project leads, with buttons about themselves alone", async () => {
    on.world.routes = [on.world.route("1", { what: "tasks", where: { projects: ["Launch"] } })];
    on.world.projects = [launch];
    on.world.tasks.set("top", task);
    on.world.tasks.set("middle", { ...task, projects: [], parent_id: "top" });
    on.world.tasks.set("below", { ...task, projects: [], parent_id: "middle" });
    await on.world.tell("below", "task.due_changed");
    await on.world.later(20);
    expect(on.texts()).toEqual([expect.stringContaining("**Task below** is due on no day (nobody's, Launch)")]);
    expect(JSON.parse(on.world.posted[0]?.buttons[1]?.value ?? "")).toMatchObject({
      records: [["task:below", "Task below"]],
    });
  });

  it("given to somebody else are told where those of whoever had them are", async () => {
    const [zoe, sam] = ["zoe", "sam"].map((name) => ({ name, email: `${name}@payready.example` }));
    on.world.projects = [launch];
    on.world.routes = [on.world.route("1", { what: "tasks", where: { owners: ["zoe@payready.example"] } })];
    on.world.tasks.set("a", { ...task, assignee: zoe });
    await on.world.look(0);
    on.world.tasks.set("a", { ...task, assignee: sam });
    await on.world.tell("a", "task.reassigned");
    await on.world.later(20);
    on.world.tasks.set("a", { ...task, assignee: sam, due_on: "2026-12-01" });
    await on.world.tell("a", "task.due_changed");
    await on.minutes(2);
    expect(on.texts()).toEqual([expect.stringContaining("was reassigned from zoe to sam")]);
  });

  it("that the version before had stored to be told, without what they became, are told", async () => {
    on.world.routes = [on.world.route("1", { what: "tasks" })];
    on.world.tasks.set("a", task);
    await on.world.tell("a", "task.due_changed");
    await on.world.look(20);
    const records = JSON.stringify([{ record: "task:a", before: {} }]);
    await on.db.query(
      "UPDATE sophia.turns SET task = jsonb_set(task::jsonb, '{records}', $1::jsonb)::json WHERE source = 'notice'",
      [records],
    );
    expect(await on.world.run()).toMatchObject([{ status: "done" }]);
    expect(on.texts()).toEqual([expect.stringContaining("**Task a** is due on no day")]);
  });

  it("that two comment on in the same second are told with the comment that the event names", async () => {
    on.world.routes = [on.world.route("1", { what: "tasks" })];
    const comments = ["s2", "s1"].map((id) => ({ id, by: "Zoe", text: `This is ${id}` }));
    on.world.tasks.set("a", { ...task, comments });
    await on.world.tell("a", "task.commented", { storyGid: "s1" });
    await on.world.later(20);
    expect(on.texts()).toEqual([expect.stringContaining("“This is s1”")]);
  });
});

describe("who did it", () => {
  const line = async () => {
    await on.world.later(20);
    return on.texts()[0];
  };

  it.each<[string, string[], RegExp]>([
    ["one person, who is named", ["9"], /\(Acme, owner Maya, by Priya \\\*R\\\*\)$/],
    ["an app as well, which is not", ["9", ""], /\(Acme, owner Maya\)$/],
    ["somebody whom HubSpot does not know", ["8"], /\(Acme, owner Maya\)$/],
  ])("of a deal is %s", async (_, users, words) => {
    await on.world.look(0);
    for (const [n, user] of users.entries()) await on.world.change("7", { amount: n }, user || undefined);
    expect(await line()).toMatch(words);
  });

  it("of a task are two people by name, and nobody where Asana does not say", async () => {
    on.world.routes = [on.world.route("1", { what: "tasks" })];
    on.world.tasks.set("a", { due_on: null, projects: [], parent_id: null, comments: [] });
    for (const user of ["11", "12", "11"]) await on.world.tell("a", "task.due_changed", { user });
    expect(await line()).toMatch(/is due on no day \(nobody's, by User 11 and User 12\)$/);
    on.world.away.add("asana__find_user");
    await on.world.tell("a", "task.due_changed", { user: "13" });
    await on.world.notices.look("C1", [], () => [
      {
        routeId: "1",
        eventKey: "k3",
        record: "task:a",
        before: {},
        after: {},
        amount: undefined,
        foundAt: new Date(on.world.now),
      },
    ]);
    await on.minutes(2);
    expect(on.texts()[1]).toMatch(/is due on no day \(nobody's\)$/);
  });
});

describe("tasks that become overdue", () => {
  it("in the night are one message in the morning, whichever replica looks, and those of long ago none", async () => {
    const launch = { id: "1", name: "Launch" };
    const replicas = [on.world, new NoticeWorld(on.db)];
    const due = { old: "2026-10-01", a: "2026-11-23", b: "2026-11-23", later: "2026-11-24" };
    for (const one of replicas) {
      one.routes = [on.world.route("1", { what: "tasks", where: { projects: ["Launch"] } })];
      one.projects = [launch];
      for (const [id, due_on] of Object.entries(due))
        one.tasks.set(id, { due_on, projects: [launch], parent_id: null, comments: [] });
    }
    for (let hours = 0; hours < 24; hours++) {
      await Promise.all(replicas.map((one) => one.look(hours === 0 ? 0 : 3_600)));
      await on.world.run();
    }
    expect(on.texts()).toEqual([expect.stringMatching(/Task a.*Task b|Task b.*Task a/s)]);
    const turns = await on.db.query("SELECT created_at AS at FROM sophia.turns");
    expect(turns).toEqual([{ at: new Date("2026-11-24T09:00:00Z") }]);
  });
});
