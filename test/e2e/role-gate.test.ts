import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MessageView, SlackStore } from "../../sandbox/slack/store.ts";
import type { Database } from "../../src/storage/database.ts";
import { createRoutes } from "../../src/storage/routes.ts";
import { createSchedules } from "../../src/storage/schedules.ts";
import { createLightHome, type EngineHome } from "../support/engines.ts";
import { type House, openHouse } from "../support/house.ts";

const refusal = /^I am set up to answer certain colleagues here, and you are not among them\./;

let home: EngineHome;
let database: Database;
let house: House;
let store: SlackStore;
let daniel: string;
let sales: string;

beforeAll(async () => {
  home = await createLightHome();
  const sophia = { description: "All", prompt: "", tools: ["*"], people: ["maya@payready.example"] };
  house = await openHouse({ home, config: { agents: { sophia } } });
  database = (await home.createStorage()).database;
  store = house.sandbox.slack.store;
  daniel = house.sandbox.world.people.find(({ handle }) => handle === "daniel")?.id ?? "";
  sales = house.ask("hello", { user: "maya", channel: "sales" }).channel;
}, 30_000);
afterAll(async () => {
  await house.close();
  await home.drop();
});

const seenBy = (user: string): MessageView[] =>
  store.messages("sales", { viewer: user }).filter(({ ephemeralFor }) => ephemeralFor !== null);

/** What somebody alone is told because of what they do. */
async function toldFor(user: string, act: () => Promise<unknown>): Promise<MessageView> {
  const before = seenBy(user).length;
  await act();
  return store.waitFor(() => seenBy(user)[before], 10_000);
}
const say = async (user: string, text: string): Promise<string> =>
  (await toldFor(user, () => store.command({ user, channel: "sales", command: "/sophia", text }))).text;
const refusals = () =>
  database.query("SELECT tool, reason FROM sophia.audit WHERE kind = 'refusal' AND user_id = $1 ORDER BY sequence", [
    daniel,
  ]);
const role = (tool: string) => ({ tool, reason: "role" });

describe("whoever may not ask", () => {
  it.each([
    ["route calls #sales", "/sophia route"],
    ["route add tasks #sales", "/sophia route"],
    ["digest weekdays at 8:30 yesterday's calls", "/sophia digest"],
    ["task Follow up with Acme by friday project: Deal folow-ups", "/sophia task"],
  ])("gets nothing by /sophia %s", async (text, tool) => {
    expect(await say("daniel", text)).toMatch(refusal);
    await expect.poll(async () => (await refusals()).at(-1)).toEqual(role(tool));
    expect(await createRoutes(database, house.sandbox.clock).list()).toEqual([]);
    expect(store.views({ viewer: "daniel" }).modals).toEqual([]);
    expect((await house.turns()).filter(({ userId }) => userId === daniel)).toEqual([]);
  });

  it("gets no task and no summary from a message's menu", async () => {
    const sent = house.ask("hello again", { user: "maya", channel: "sales" });
    for (const callbackId of ["sophia_create_task", "sophia_summarize"]) {
      const thread = () => store.messages("sales", { viewer: "daniel", threadTs: sent.ts });
      await store.shortcut({ user: "daniel", callbackId, channel: "sales", ts: sent.ts });
      await expect.poll(() => thread().findLast(({ ephemeralFor }) => ephemeralFor !== null)?.text).toMatch(refusal);
      await expect.poll(async () => (await refusals()).at(-1)).toEqual(role(callbackId));
    }
    expect(store.views({ viewer: "daniel" }).modals).toEqual([]);
    expect((await house.turns()).filter(({ userId }) => userId === daniel)).toEqual([]);
  });

  it("can pause what was theirs, and neither edit nor run it", async () => {
    const schedules = createSchedules(database, house.sandbox.clock);
    const what = { template: "overdue" };
    const place = { teamId: "T0SANDB0X01", ownerId: daniel, channel: sales, isPrivate: false, zone: "UTC" };
    const rule = { days: { every: "week", on: [5] }, times: [{ hour: 9, minute: 0 }] };
    const nextAt = new Date(house.sandbox.clock.now() + 86_400_000);
    const rest = { title: "Overdue", what, rule, said: "fridays at 9", allowsWrites: false, nextAt };
    await schedules.add({ id: "digest_1", ...place, ...rest });
    const list = await toldFor("daniel", () =>
      store.command({ user: "daniel", channel: "sales", command: "/sophia", text: "digest list" }),
    );
    const press = (actionId: string) => store.press({ user: "daniel", channel: list.channel, ts: list.ts, actionId });
    for (const actionId of ["sophia_digest_run_1", "sophia_digest_edit_1"]) {
      expect((await toldFor("daniel", () => press(actionId))).text).toMatch(refusal);
      await expect.poll(async () => (await refusals()).at(-1)).toEqual(role("/sophia digest"));
    }
    await press("sophia_digest_pause_1");
    await expect.poll(async () => (await schedules.get("digest_1"))?.paused).toBe(true);
    expect(store.views({ viewer: "daniel" }).modals).toEqual([]);
    expect((await house.turns()).filter(({ userId }) => userId === daniel)).toEqual([]);
  });

  it("has no route of before followed, and a colleague who may ask sees why", async () => {
    const routes = createRoutes(database, house.sandbox.clock);
    const number = await routes.add({ id: "route_1", what: "calls", channel: sales, where: {}, createdBy: daniel });
    const shown = await say("maya", "route");
    expect(shown).toContain(`\`${number}\` calls to <#${sales}> (by <@${daniel}>; nothing is posted: whoever made it`);
    const admins = house.sandbox.world.people.filter(({ isSlackAdmin }) => isSlackAdmin).map(({ id }) => id);
    const told = (): string[] =>
      admins.flatMap((viewer) =>
        store
          .channels(viewer)
          .flatMap(({ kind, id }) => (kind === "im" ? store.messages(id).map(({ text }) => text) : [])),
      );
    const words = `I post no calls in <#${sales}> by route \`${number}\` any more: <@${daniel}>`;
    await expect.poll(told).toContainEqual(expect.stringContaining(words));
    expect(await say("maya", "route deals #sales")).toContain(`Done: deals go to <#${sales}>`);
    expect(await say("maya", "route")).toMatch(/deals to <#\w+> \(by <@\w+>\)/);
    expect(told().filter((text) => text.includes(words))).toHaveLength(1);
  });
});
