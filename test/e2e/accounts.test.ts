import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { MessageView, SlackStore } from "../../sandbox/slack/store.ts";
import type { Person } from "../../sandbox/world/types.ts";
import type { Database } from "../../src/storage/database.ts";
import { isCard, taskScript } from "../support/consent.ts";
import { createLightHome, type EngineHome } from "../support/engines.ts";
import { type Asked, type House, openHouse } from "../support/house.ts";
import { until } from "../support/servers.ts";

let home: EngineHome;
let database: Database;
let house: House;
let store: SlackStore;
let maya: Person;
let zoe: Person;

beforeAll(async () => {
  home = await createLightHome();
  house = await openHouse({ home });
  database = (await home.createStorage()).database;
  store = house.sandbox.slack.store;
  house.sandbox.claude.store.script(taskScript);
  [maya, zoe] = ["maya", "zoe"].map((handle) => person(handle)) as [Person, Person];
});
afterAll(async () => {
  await house.close();
  await home.drop();
});
afterEach(async () => {
  house.sandbox.claude.store.script(taskScript);
  for (const service of ["asana", "hubspot"]) await say("maya", `disconnect ${service}`);
});

function person(handle: string): Person {
  const found = house.sandbox.world.people.find((one) => one.handle === handle);
  if (!found) throw new Error(`there is no ${handle}`);
  return found;
}

const seenBy = (user: string, channel: string): MessageView[] =>
  store.messages(channel, { viewer: user }).filter(({ ephemeralFor }) => ephemeralFor !== null);

const channelOf = (user: string, where: string): string => {
  const channels = store.channels(user);
  return channels.find(({ kind, name }) => (where === "dm" ? kind === "im" : name === where))?.id ?? where;
};

/** What a command tells the person. */
async function say(user: string, text: string, where = "dm"): Promise<string> {
  const channel = channelOf(user, where);
  const before = seenBy(user, channel).length;
  expect((await store.command({ user, channel, command: "/sophia", text })).ok).toBe(true);
  return (await store.waitFor(() => seenBy(user, channel)[before], 10_000)).text;
}

/** The link that `/sophia connect` shows. */
async function linkFor(user: string, service: string): Promise<URL> {
  const told = await say(user, `connect ${service}`);
  const url = /<(http[^|]+)\|/.exec(told)?.[1]?.replaceAll("&amp;", "&");
  if (url === undefined) throw new Error(`no link in: ${told}`);
  return new URL(url);
}

/** Allows it on the service's page as somebody, and gives the address to which that sends the browser. */
async function allowed(link: URL, by: string | undefined): Promise<string> {
  const page = await fetch(link);
  expect(await page.text()).toContain("Allow as");
  const body = new URLSearchParams(by === undefined ? { decline: "1" } : { user: by });
  const answer = await fetch(link, { method: "POST", body, redirect: "manual" });
  expect(answer.status).toBe(302);
  return answer.headers.get("location") ?? "";
}

interface Visited {
  status: number;
  text: string;
  headers: Headers;
}

async function visit(address: string): Promise<Visited> {
  const page = await fetch(address);
  return { status: page.status, text: await page.text(), headers: page.headers };
}

async function connect(user: Person, service: string): Promise<Visited> {
  return visit(await allowed(await linkFor(user.handle, service), user.email));
}

/** Creates a task by asking, in the person's direct message, and approving it. */
async function createTask(user: string, name: string): Promise<void> {
  const asked = house.ask(`create a task ${name}`, { user, channel: "dm" });
  expect((await house.ended(asked)).status).toBe("suspended");
  const card = house.answers(asked).find(isCard);
  await store.press({ user, channel: asked.channel, ts: card?.ts ?? "", actionId: "sophia_approve" });
  const turn = async (): Promise<string | undefined> =>
    (await house.turns()).find(({ messageTs }) => messageTs === asked.ts)?.status;
  await until(async () => (await turn()) === "done", "the task's turn to end");
}

function creatorOf(name: string): string | undefined {
  const { store: asana } = house.sandbox.asana;
  const task = asana.tasks.find((one) => one.name === name);
  return task && asana.user(task.createdByGid)?.email;
}

const rows = (table: string) => database.query<Record<string, unknown>>(`SELECT * FROM sophia.${table}`);

/** Waits until the audit, which stores in batches, tells so often of such a change to who somebody is. */
async function recorded(outcome: string, times: number): Promise<void> {
  const told = async () =>
    (await rows("audit")).filter((row) => row["kind"] === "identity" && row["outcome"] === outcome);
  await until(async () => (await told()).length >= times, `the audit of ${times} times ${outcome}`);
}

describe("an account of one's own", () => {
  it("is connected by a link in the direct message; what is approved is then done in that name, until it is ended", async () => {
    const { book } = house.sandbox.asana;
    await createTask("maya", "Before");
    expect(creatorOf("Before")).toBe("sophia@payready.example");
    const page = await connect(maya, "asana");
    expect(page).toMatchObject({
      status: 200,
      text: expect.stringContaining("Sophia is connected to your Asana account"),
    });
    const told = store.messages(channelOf("maya", "dm")).map(({ text }) => text);
    expect(told).toContainEqual(expect.stringContaining("You are connected to Asana."));
    expect(await say("maya", "whoami")).toContain("Asana: Maya Okafor (maya@payready.example); I act there as you");
    await createTask("maya", "Own");
    expect(creatorOf("Own")).toBe(maya.email);
    await createTask("zoe", "Other");
    expect(creatorOf("Other")).toBe("sophia@payready.example");
    expect(await say("maya", "disconnect asana")).toBe(
      "I no longer act as you at Asana, and have deleted what you gave me for it.",
    );
    expect(book.allowedBy()).toEqual([]);
    expect(await rows("connections")).toEqual([]);
    await createTask("maya", "After");
    expect(creatorOf("After")).toBe("sophia@payready.example");
  });

  it("is read in private alone: in a channel others read along", async () => {
    await connect(maya, "asana");
    const { asana } = house.sandbox;
    house.sandbox.claude.store.script((request) =>
      JSON.stringify(request.messages.at(-1)).includes("tool_result")
        ? [{ type: "text", text: "Done." }]
        : [{ type: "tool_use", name: "asana__get_my_tasks", input: {} }],
    );
    const whose = async (asked: Asked): Promise<(string | undefined)[]> => {
      await house.ended(asked);
      const calls = house.sandbox.board.requests("asana").filter(({ url }) => /\/tasks\?/.test(url));
      return calls.map(({ headers }) => asana.book.userOf((headers["authorization"] ?? "").replace("Bearer ", "")));
    };
    const inChannel = await whose(house.ask("what are my tasks?", { user: "maya" }));
    expect(inChannel.length).toBeGreaterThan(0);
    expect(new Set(inChannel)).toEqual(new Set([undefined]));
    const inPrivate = await whose(house.ask("what are my tasks?", { user: "maya", channel: "dm" }));
    expect(inPrivate.at(-1)).toBe(maya.email);
  });

  it("is renewed when it ends", async () => {
    await connect(maya, "hubspot");
    await connect(maya, "asana");
    const { clock } = house.sandbox;
    clock.set(clock.now() + 2 * 60 * 60_000);
    await createTask("maya", "Renewed");
    expect(creatorOf("Renewed")).toBe(maya.email);
  });

  it("ends when the person leaves, though nobody asks for it", async () => {
    await connect(zoe, "asana");
    await connect(zoe, "hubspot");
    const { asana, hubspot } = house.sandbox;
    expect([asana.book.allowedBy(), hubspot.book.allowedBy()]).toEqual([[zoe.email], [zoe.email]]);
    store.setStanding("zoe", "deleted");
    await store.settled();
    expect([asana.book.allowedBy(), hubspot.book.allowedBy()]).toEqual([[], []]);
    expect(await rows("connections")).toEqual([]);
    store.setStanding("zoe", undefined);
  });

  it("ends when the person is forgotten, at the service as well", async () => {
    await connect(maya, "asana");
    const { asana } = house.sandbox;
    expect(asana.book.allowedBy()).toEqual([maya.email]);
    expect(await say("ruth", `audit forget <@${maya.id}>`)).toContain("is forgotten");
    expect(asana.book.allowedBy()).toEqual([]);
    expect(await rows("connections")).toEqual([]);
  });
});

describe("the link", () => {
  it("is given in the person's own direct message alone", async () => {
    expect(await say("maya", "connect asana", "sales")).toMatch(/^Write me directly: say `\/sophia connect asana`/);
    expect(await say("maya", "connect gong")).toContain("where SERVICE is asana or hubspot");
  });

  it("works once, in time, for its service, and for the person's own account", async () => {
    const first = await allowed(await linkFor("maya", "asana"), maya.email);
    expect((await visit(first)).status).toBe(200);
    expect((await visit(first)).text).toContain("This link is not good any more");
    await say("maya", "disconnect asana");

    const late = await allowed(await linkFor("maya", "asana"), maya.email);
    const { clock } = house.sandbox;
    clock.set(clock.now() + 10 * 60_000 + 1_000);
    expect((await visit(late)).status).toBe(400);

    const elsewhere = (await allowed(await linkFor("maya", "asana"), maya.email)).replace("/asana?", "/hubspot?");
    expect((await visit(elsewhere)).status).toBe(400);

    const declined = await visit(await allowed(await linkFor("maya", "asana"), undefined));
    expect(declined.text).toContain("Nothing was connected: Asana says that you did not allow it");

    const forged = new URL(await allowed(await linkFor("maya", "asana"), maya.email));
    for (const state of ["", "x".repeat(43), `${forged.searchParams.get("state")}x`, "' OR 1=1 --"]) {
      forged.searchParams.set("state", state);
      expect((await visit(forged.href)).status).toBe(400);
    }
    expect(await rows("connections")).toEqual([]);
  });

  it("connects nobody else's account with whoever sent it on", async () => {
    const page = await visit(await allowed(await linkFor("maya", "asana"), zoe.email));
    expect(page).toMatchObject({ status: 400, text: expect.stringContaining("another e-mail address") });
    expect(house.sandbox.asana.book.allowedBy()).toEqual([]);
    expect(await rows("connections")).toEqual([]);
  });

  it("takes no code that was made for another link", async () => {
    const [mine, other] = [await linkFor("maya", "asana"), await linkFor("maya", "asana")];
    const [to, from] = [new URL(await allowed(mine, maya.email)), new URL(await allowed(other, maya.email))];
    to.searchParams.set("code", from.searchParams.get("code") ?? "");
    const page = await visit(to.href);
    expect(page).toMatchObject({ status: 400, text: expect.stringContaining("Asana did not complete this") });
  });

  it("leaks nothing: neither the page, nor the log, the records or the audit", async () => {
    const address = new URL(await allowed(await linkFor("maya", "asana"), maya.email));
    const before = (await rows("audit")).filter(({ outcome }) => outcome === "connected").length;
    const page = await visit(`${address.href}&note=%3Cscript%3E`);
    await recorded("connected", before + 1);
    const all = [...address.searchParams.values(), ...house.sandbox.asana.book.secrets].filter(
      (one) => one.length > 12,
    );
    const written = [
      page.text,
      JSON.stringify([...page.headers]),
      JSON.stringify(house.log),
      ...(await Promise.all(
        ["connections", "connection_requests", "audit", "turn_steps"].map(async (table) =>
          JSON.stringify(await rows(table)),
        ),
      )),
    ].join("\n");
    for (const secret of all) expect(written.includes(secret), secret.slice(0, 20)).toBe(false);
    expect(page.text).not.toContain("script");
    expect(Object.fromEntries(page.headers)).toMatchObject({
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "content-security-policy": expect.stringContaining("default-src 'none'"),
    });
    expect((await fetch(address, { method: "POST" })).status).toBe(405);
  });
});

describe("who somebody is", () => {
  it("is what the services are asked for: my deals are those of the address that was corrected", async () => {
    house.sandbox.claude.store.script((request) =>
      JSON.stringify(request.messages.at(-1)).includes("tool_result")
        ? [{ type: "text", text: "There they are." }]
        : [
            { type: "tool_use", name: "hubspot__search_deals", input: { owner: "me", limit: 100 } },
            { type: "tool_use", name: "asana__get_my_tasks", input: {} },
          ],
    );
    const owners = async (): Promise<Set<string>> => {
      const steps = await house.stepsOf(house.ask("my deals and tasks", { user: "maya", channel: "dm" }));
      const results = steps.flatMap((step) => (step.kind === "tool_result" ? step.text : []));
      return new Set(results.join("\n").match(/[a-z]+@payready\.example/g) ?? []);
    };
    expect(await owners()).toEqual(new Set([maya.email]));
    const admin = house.sandbox.world.people.find(({ isSlackAdmin }) => isSlackAdmin)?.handle ?? "";
    for (const service of ["hubspot", "asana", "gong"]) {
      expect(await say("maya", `whoami ${service} ${zoe.email}`)).toMatch(/somebody else here|only an admin/);
      expect(await say(admin, `whoami @maya ${service} ${zoe.email}`)).toContain(`is asked for ${zoe.email}`);
    }
    expect(await say("maya", "whoami")).toContain(`HubSpot: ${zoe.name} (${zoe.email})`);
    expect(await owners()).toEqual(new Set([zoe.email]));
    for (const service of ["hubspot", "asana", "gong"]) await say(admin, `whoami @maya ${service} clear`);
    expect(await owners()).toEqual(new Set([maya.email]));
    await recorded("set", 3);
  });
});
