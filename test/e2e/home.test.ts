import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SlackStore } from "../../sandbox/slack/store.ts";
import type { Database } from "../../src/storage/database.ts";
import { createSchedules } from "../../src/storage/schedules.ts";
import { isCard, taskScript } from "../support/consent.ts";
import { createLightHome, type EngineHome } from "../support/engines.ts";
import { type Asked, type House, openHouse } from "../support/house.ts";
import { until } from "../support/servers.ts";

let home: EngineHome;
let database: Database;
let house: House;
let store: SlackStore;

beforeAll(async () => {
  home = await createLightHome();
  house = await openHouse({
    home,
    config: {
      // Daniel's tasks are for Ruth to decide.
      policies: [
        {
          tools: "asana__create_task",
          askers: ["daniel@payready.example"],
          policy: "ask",
          approvers: ["ruth@payready.example"],
        },
      ],
      agents: {
        "project-manager": { description: "Tasks", prompt: "", tools: ["asana__*"], people: ["maya@payready.example"] },
      },
    },
    env: { PULUMI_ACCESS_TOKEN: "" },
  });
  database = (await home.createStorage()).database;
  store = house.sandbox.slack.store;
  house.sandbox.claude.store.script(taskScript);
});
afterAll(async () => {
  await house.close();
  await home.drop();
});

const idOf = (user: string): string => house.sandbox.world.people.find(({ handle }) => handle === user)?.id ?? "";
const published = (): number =>
  house.sandbox.board.requests("slack").filter(({ url }) => /views\.publish/.test(url)).length;
const blocksOf = (user: string) =>
  (store.views({ viewer: user }).home?.["blocks"] ?? []) as { type: string; text?: { text: string } }[];

/** The texts of somebody's Home tab, as it was published last. */
const textOf = (user: string): string =>
  blocksOf(user)
    .flatMap(({ text }) => text?.text ?? [])
    .join("\n");

/** What stands under a title. */
const partOf = (user: string, title: string): string => {
  const [, part = ""] =
    new RegExp(String.raw`\*${title}\*\n([^]*?)(?=\n\*[A-Z][A-Za-z' ]+\*\n|$)`).exec(textOf(user)) ?? [];
  return part;
};

async function openTab(user: string): Promise<void> {
  const before = published();
  store.openHome({ user, tab: "home" });
  await until(() => published() > before, `the Home tab of ${user}`);
  await store.waitFor(() => blocksOf(user).length > 0, 5_000);
}

async function propose(user: string, name: string): Promise<{ asked: Asked; cardTs: string }> {
  const asked = house.ask(`create a task ${name}`, { user });
  expect((await house.ended(asked)).status).toBe("suspended");
  return { asked, cardTs: house.answers(asked).find(isCard)?.ts ?? "" };
}

async function decide(
  user: string,
  { asked, cardTs }: Awaited<ReturnType<typeof propose>>,
  actionId: string,
): Promise<void> {
  await store.press({ user, channel: asked.channel, ts: cardTs, actionId });
  const status = async () => (await house.turns()).find(({ messageTs }) => messageTs === asked.ts)?.status;
  await until(async () => (await status()) === "done", "the turn to go on");
}

describe("the Home tab", () => {
  it("shows what is so: services, identities, digests, what waits, what was done, and what was spent", async () => {
    await decide("maya", await propose("maya", "Approved"), "sophia_approve");
    await decide("maya", await propose("maya", "Denied"), "sophia_deny");
    const { asked, cardTs } = await propose("maya", "Waiting");
    await createSchedules(database, house.sandbox.clock).add({
      id: "schedule_1",
      teamId: store.identity.teamId,
      ownerId: idOf("maya"),
      channel: asked.channel,
      isPrivate: false,
      title: "Deals at risk",
      what: { template: "deals-at-risk" },
      rule: { days: { kind: "weekdays", weekdays: [1] }, times: [{ hour: 8, minute: 30 }] },
      zone: "Europe/Berlin",
      said: "weekdays at 8:30",
      allowsWrites: false,
      nextAt: new Date(house.sandbox.clock.now() + 86_400_000),
    });
    await openTab("maya");
    expect(partOf("maya", "Services")).toContain("*Gong*: works");
    expect(partOf("maya", "Services")).toMatch(/\*Pulumi\*: not set up$/m);
    expect(partOf("maya", "You in the services")).toContain("Asana: Maya Okafor (maya@payready.example)");
    expect(partOf("maya", "Your digests")).toBe(`• *Deals at risk* in <#${asked.channel}>: weekdays at 8:30`);
    const waiting = partOf("maya", "Waits for you");
    expect(waiting).toContain(`/archives/${asked.channel}/p${cardTs.replace(".", "")}?thread_ts=${asked.threadTs}`);
    expect(waiting.split("\n")).toHaveLength(1);
    const [second = "", first = ""] = partOf("maya", "What I changed for you").split("\n");
    expect([first, second].map((line) => line.replace(/^.*>: /, ""))).toEqual([
      expect.stringMatching(/^done, <https?:[^|]+\|open>$/),
      "denied",
    ]);
    expect(partOf("maya", "What you spent")).toMatch(/^Today: 3 questions, [\d,]+ tokens/);
    expect(textOf("maya")).not.toContain("Waits for others");
    await decide("maya", { asked, cardTs }, "sophia_deny");
  });

  it("tells who asked that others are to decide, and those others that it waits for them", async () => {
    const proposed = await propose("daniel", "Theirs");
    await openTab("daniel");
    await openTab("ruth");
    expect(partOf("daniel", "Waits for you")).toBe("Nothing waits for you.");
    expect(partOf("daniel", "Waits for others")).toContain("Theirs");
    expect(partOf("ruth", "Waits for you")).toContain(`asked by <@${idOf("daniel")}>`);
    expect(textOf("zoe")).toBe("");
    await decide("ruth", proposed, "sophia_approve");
    await openTab("daniel");
    expect(partOf("daniel", "What I changed for you")).toContain(`done by <@${idOf("ruth")}>`);
  });

  it("tells admins what is missing, and nobody else", async () => {
    await openTab("ruth");
    expect(partOf("ruth", "Services")).toContain("*Pulumi*: not set up: `PULUMI_ACCESS_TOKEN not set`");
    expect(textOf("maya")).not.toContain("PULUMI_ACCESS_TOKEN");
  });

  it("is put together anew by its button, and shows the newest where it is opened many times at once", async () => {
    await openTab("zoe");
    const proposed = propose("zoe", "Quick");
    const before = published();
    for (let n = 0; n < 10; n += 1) store.openHome({ user: "zoe", tab: "home" });
    await proposed;
    const viewId = String(store.views({ viewer: "zoe" }).home?.["id"]);
    expect((await store.press({ user: "zoe", viewId, actionId: "sophia_refresh_home" })).ok).toBe(true);
    await store.waitFor(() => partOf("zoe", "Waits for you").includes("Quick"), 5_000);
    expect(published() - before).toBeLessThan(8);
    await decide("zoe", await proposed, "sophia_deny");
  });

  it("tells guests politely that they are not answered, and shows them nothing", async () => {
    store.setStanding("oliver", "guest");
    await openTab("oliver");
    expect(blocksOf("oliver")).toHaveLength(1);
    expect(textOf("oliver")).toContain("I answer full members of this workspace only, and you are a guest here.");
    const refused = () =>
      database.query("SELECT 1 FROM sophia.audit WHERE kind = 'refusal' AND tool = 'home' AND user_id = $1", [
        idOf("oliver"),
      ]);
    await until(async () => (await refused()).length > 0, "the refusal in the audit");
    store.setStanding("oliver", undefined);
  });

  it("leaves out what cannot be read just now, and says when Slack takes none of it", async () => {
    house.sandbox.board.addFault({ service: "slack", path: "/api/views.publish", status: 500, times: 1 });
    store.openHome({ user: "maya", tab: "home" });
    await until(() => house.log.some(({ msg }) => msg === "a Home tab was not published"), "the log");
  });
});

describe("the Messages tab", () => {
  const promptsOf = (user: string) => {
    const channel = store.channels(user).find(({ kind }) => kind === "im")?.id;
    return store.statuses().find((thread) => thread.channel === channel && thread.threadTs === "")?.prompts as
      | { prompts: { title: string; message: string }[] }
      | undefined;
  };
  const suggested = (): number =>
    house.sandbox.board.requests("slack").filter(({ url }) => /setSuggestedPrompts/.test(url)).length;

  it("suggests what fits the person, once", async () => {
    store.openHome({ user: "maya", tab: "messages" });
    const own = await store.waitFor(() => promptsOf("maya"), 5_000);
    expect(own.prompts.map(({ title }) => title)).toEqual([
      "Overdue",
      "Tasks from calls",
      "Yesterday's calls",
      "Deals that went quiet",
    ]);
    store.openHome({ user: "zoe", tab: "messages" });
    const others = await store.waitFor(() => promptsOf("zoe"), 5_000);
    expect(others.prompts.map(({ message }) => message)).toContain("What are my tasks?");
    await until(() => suggested() === 2, "both to be told");
    const before = suggested();
    store.openHome({ user: "maya", tab: "messages" });
    await store.settled();
    expect(suggested()).toBe(before);
  });
});
