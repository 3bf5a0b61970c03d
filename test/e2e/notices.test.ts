import { Temporal } from "temporal-polyfill";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CrmRecord } from "../../sandbox/hubspot/records.ts";
import type { MessageView, SlackStore } from "../../sandbox/slack/store.ts";
import { hubspotPath } from "../../src/webhooks/paths.ts";
import type { Database } from "../../src/storage/database.ts";
import { markdownOf } from "../support/answers.ts";
import { createLightHome, type EngineHome } from "../support/engines.ts";
import { type House, openHouse } from "../support/house.ts";
import { until } from "../support/servers.ts";

const minute = 60_000;
const EMEA = "sales-emea";
const PRODUCT = "product-feedback";

let home: EngineHome;
let database: Database;
let house: House;
let store: SlackStore;
let deals: CrmRecord[];
/** Changes that HubSpot is to tell of. */
let changed = 0;

beforeAll(async () => {
  const routes = [
    { what: "deals" as const, channel: `#${EMEA}`, where: {} },
    { what: "tasks" as const, channel: `#${PRODUCT}`, where: {} },
  ];
  const confidential = [{ tools: "hubspot__*", field: "amount", above: 9_000_000, channels: [] }];
  home = await createLightHome();
  house = await openHouse({ home, config: { routes, confidential } });
  database = (await home.createStorage()).database;
  store = house.sandbox.slack.store;
  house.sandbox.webhooks.target({ hubspot: `http://127.0.0.1:${house.app.port}${hubspotPath}` });
  house.sandbox.hubspot.store.subscribe(({ field }) => {
    if (field === "amount" || field === "dealstage") changed++;
  });
  deals = structuredClone(house.sandbox.hubspot.store.all("deals")).filter(
    ({ properties }) => properties["dealstage"] === "presentationscheduled",
  );
  await until(() => house.sandbox.asana.store.webhooks.all.length > 0, "Asana's webhooks");
  await until(
    () => house.sandbox.board.requests("asana").some(({ url }) => url.includes("/tasks?")),
    "a look at tasks",
  );
});
afterAll(async () => {
  await house.close();
  await home.drop();
});

async function post(path: string, body: object): Promise<void> {
  const url = `${house.sandbox.env.SANDBOX_CONTROL_URL}${path}`;
  const headers = { "content-type": "application/json" };
  const answered = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  expect(await answered.json()).toMatchObject({ ok: true });
}

/** A person changes a deal, by the page's own way. */
async function change(deal: CrmRecord | undefined, properties: Record<string, unknown>): Promise<void> {
  await post(`/hubspot/objects/deals/${deal?.id}`, { properties });
}

/** HubSpot has told of all changes, and then so much time goes by. */
async function pass(ms: number): Promise<void> {
  const isTold = () => {
    const taken = house.sandbox.webhooks.deliveries.filter(
      ({ service, status }) => service === "hubspot" && status === 200,
    );
    return taken.flatMap(({ body }) => JSON.parse(body) as unknown[]).length >= changed;
  };
  await until(isTold, "HubSpot to have told of all changes");
  const { clock } = house.sandbox;
  clock.set(clock.now() + ms);
}

const noticesIn = (channel: string): MessageView[] =>
  store
    .messages(channel)
    .filter(
      ({ author, blocks }) => author.id === store.identity.userId && JSON.stringify(blocks).includes("sophia_mute"),
    );

async function notice(channel: string, count: number): Promise<MessageView> {
  await until(() => noticesIn(channel).length >= count, `notice ${count} in ${channel}`);
  expect(noticesIn(channel)).toHaveLength(count);
  return noticesIn(channel)[count - 1] as MessageView;
}

const hintsTo = (viewer: string, { channel, ts }: MessageView): string[] =>
  store.messages(channel, { viewer, threadTs: ts }).flatMap(({ ephemeralFor, text }) => (ephemeralFor ? text : []));
const threadOf = ({ channel, ts }: MessageView): string[] =>
  house.answers({ channel, threadTs: ts }).map((message) => markdownOf(message) || message.text);
const press = (user: string, actionId: string, { channel, ts }: MessageView) =>
  store.press({ user, channel, ts, actionId });

const linkTo = (deal: CrmRecord | undefined) => expect.stringContaining(`/record/0-3/${deal?.id}) `);
const nameOf = (deal: CrmRecord | undefined) => String(deal?.properties["dealname"]);

describe("a deal", () => {
  it("that is moved and edited five times is one line, with what was before and what is", async () => {
    const [deal] = deals;
    const before = Number(deal?.properties["amount"]).toLocaleString("en-US");
    for (const amount of [1, 2, 3, 4]) await change(deal, { amount: `${amount}000` });
    await change(deal, { amount: "123456", dealstage: "contractsent" });
    await pass(20_000);
    const words = markdownOf(await notice(EMEA, 1));
    expect(words).toEqual(linkTo(deal));
    expect(words).toContain(`moved from Proposal to **Negotiation**, amount from $${before} to $123,456 (owner `);
    expect(words).not.toContain("\n");
    expect((await house.turns()).find(({ source }) => source === "notice")).toMatchObject({
      agent: "notices",
      isRoot: true,
    });
  });

  it("whose change was undone is none, nor is one that not everybody there may see", async () => {
    const [, undone, hidden, shown] = deals;
    await change(undone, { amount: "5" });
    await change(undone, { amount: String(undone?.properties["amount"]) });
    await change(hidden, { amount: "9500000" });
    await change(shown, { dealstage: "closedlost", closed_lost_reason: "Price" });
    await pass(minute);
    const words = markdownOf(await notice(EMEA, 2));
    expect(words).toEqual(linkTo(shown));
    expect(words).toContain("was **lost** (from Proposal): Price");
    expect(house.log.find(({ msg }) => msg === "changed records are left out of a channel")).toMatchObject({
      private: 1,
    });
  });
});

describe("a task", () => {
  it("is told of where its project's route leads, with what was said of it in quotes", async () => {
    const task = house.sandbox.asana.store.tasks.find(
      ({ completedAt, memberships }) => completedAt === undefined && memberships.length > 0,
    );
    await post(`/asana/tasks/${task?.gid}`, { completed: true });
    const isTold = () =>
      house.sandbox.webhooks.deliveries.some(({ service, body }) => service === "asana" && body.includes("completed"));
    await until(isTold, "Asana to have told of it");
    await pass(minute);
    expect(markdownOf(await notice(PRODUCT, 1))).toMatch(
      /^\[.+\]\(https:\/\/app\.asana\.com\/\S+\) was \*\*completed\*\*/,
    );
  });
});

describe("below a notice", () => {
  it("'Tell me more' is answered once in its thread, whoever presses how often", async () => {
    const [told] = noticesIn(EMEA);
    if (!told) throw new Error("there is no notice");
    await press("zoe", "sophia_tell_more", told);
    await press("priya", "sophia_tell_more", told);
    const asked = async () => (await house.turns()).filter(({ source }) => source === "button");
    await until(async () => (await asked()).some(({ status }) => status === "done"), "an answer in the thread");
    expect(threadOf(told)).toEqual([expect.stringContaining(nameOf(deals[0]))]);
    expect(threadOf(told)[0]).toContain("Contacts: ");
    expect(hintsTo("priya", told)).toEqual([expect.stringContaining("asked for already")]);
    expect(await asked()).toHaveLength(1);
  });

  it("guests are refused", async () => {
    const [told] = noticesIn(PRODUCT);
    if (!told) throw new Error("there is no notice");
    const guest = house.sandbox.world.visitors.find(({ standing }) => standing === "guest")?.handle ?? "";
    for (const action of ["sophia_tell_more", "sophia_mute_route"]) await press(guest, action, told);
    await until(() => hintsTo(guest, told).length === 2, "two refusals");
    expect(hintsTo(guest, told)[0]).toContain("you are a guest here");
    expect(store.views({ viewer: guest }).modals).toEqual([]);
  });

  it("'Mute' leaves out one deal for a week, or all until it ends, and says so to the channel", async () => {
    const [told] = noticesIn(EMEA);
    if (!told) throw new Error("there is no notice");
    await mute(told, "record:0");
    await until(() => threadOf(told).some((words) => words.includes("here for a week")), "word to the channel");
    const [muted, other] = deals;
    await change(muted, { amount: "777" });
    await change(other, { amount: "6" });
    await change(deals[4], { amount: "7" });
    await pass(minute);
    expect(markdownOf(await notice(EMEA, 3))).toEqual(expect.not.stringContaining(nameOf(muted)));
    await mute(told, "hour");
    await until(
      () => threadOf(told).some((words) => words.includes("muted these notices until")),
      "word to the channel",
    );
    await change(deals[5], { amount: "8" });
    await pass(minute);
    await mute(told, "end");
    await until(
      () => threadOf(told).some((words) => words.includes("wants these notices again")),
      "word to the channel",
    );
    await change(muted, { amount: "778" });
    await pass(11 * minute);
    expect(markdownOf(await notice(EMEA, 4))).toContain(nameOf(muted));
  });

  it("'Mute' until tomorrow ends at eight by the clocks of whoever chose it", async () => {
    const { clock, world } = house.sandbox;
    const [told] = noticesIn(EMEA);
    if (!told) throw new Error("there is no notice");
    const { timeZone } = world.people.find(({ handle }) => handle === "zoe") ?? {};
    const saidUntil = () =>
      threadOf(told).flatMap((words) => /muted these notices until <!date\^(\d+)\^/.exec(words)?.[1] ?? []);
    const before = saidUntil().length;
    const tomorrow = Temporal.Instant.fromEpochMilliseconds(clock.now())
      .toZonedDateTimeISO(timeZone ?? "")
      .add({ days: 1 })
      .with({ hour: 8, minute: 0, second: 0, millisecond: 0, microsecond: 0, nanosecond: 0 });
    await mute(told, "morning");
    await until(() => saidUntil().length > before, "word to the channel");
    expect(Number(saidUntil().at(-1))).toBe(tomorrow.epochMilliseconds / 1_000);

    const [, muted, , , , , heard] = deals;
    const count = noticesIn(EMEA).length;
    await change(muted, { amount: "9" });
    await pass(11 * minute);
    await until(() => isDealtWith(muted), "the change to be passed over");
    clock.set(tomorrow.epochMilliseconds);
    expect(noticesIn(EMEA)).toHaveLength(count);
    await change(heard, { amount: "10" });
    await pass(minute);
    const words = markdownOf(await notice(EMEA, count + 1));
    expect(words).toContain(nameOf(heard));
    expect(words).not.toContain(nameOf(muted));
  });
});

/** Whether nothing is left to be told of a deal's changes. */
async function isDealtWith(deal: CrmRecord | undefined): Promise<boolean> {
  const left = await database.query(
    `SELECT FROM sophia.events WHERE object_id = $1 AND done_at IS NULL
     UNION ALL SELECT FROM sophia.notice_changes WHERE record = $2 AND told_at IS NULL`,
    [deal?.id ?? "", `deal:${deal?.id}`],
  );
  return left.length === 0;
}

async function mute(told: MessageView, choice: string): Promise<void> {
  await press("zoe", "sophia_mute_route", told);
  await until(() => store.views({ viewer: "zoe" }).modals.length > 0, "the form");
  await store.submitView({ user: "zoe", values: { mute: { value: choice } } });
}

describe("a storm", () => {
  it("of 1,000 changes is a handful of messages, which count each", async () => {
    const { clock, hubspot } = house.sandbox;
    clock.set(clock.now() + 11 * minute);
    const all = hubspot.store.all("deals").slice(0, 50);
    const before = noticesIn(EMEA).length;
    for (let round = 1; round <= 20; round++) {
      for (const [index, { id }] of all.entries())
        hubspot.store.change("deals", id, { amount: `${round}${100 + index}` });
    }
    for (let minutes = 0; minutes < 3; minutes++) await pass(minute);
    await notice(EMEA, before + 1);
    const words = noticesIn(EMEA).slice(before).map(markdownOf);
    expect(words[0]).toContain("**1,000 changes of 50 deals**: 1,000 of amount.");
    expect(words[0]?.match(/^- /gm)).toHaveLength(6);
    expect(words[0]).toContain("- and 45 more");
    expect(house.log.filter(({ level }) => level >= 50)).toEqual([]);
  });
});
