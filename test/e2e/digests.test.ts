import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MessageView } from "../../sandbox/slack/store.ts";
import type { EnteredValues } from "../../sandbox/slack/view-state.ts";
import type { Database } from "../../src/storage/database.ts";
import { createLightHome, type EngineHome } from "../support/engines.ts";
import { type House, openHouse } from "../support/house.ts";

/** Wednesday, ten o'clock in New York, where Maya is; each test goes on from where the one before ended. */
const start = Date.parse("2026-11-18T15:00:00Z");

const MAYA = "U07MAYAOKAF";
const DANIEL = "U07DANIELWH";
const GRACE = "U07GRACELIN";
const RUTH = "U07RUTHABAR";

let house: House;
let home: EngineHome;
let database: Database;
const slack = () => house.sandbox.slack.store;

beforeAll(async () => {
  home = await createLightHome();
  house = await openHouse({ sandbox: { now: start }, home });
  database = (await home.createStorage()).database;
}, 30_000);
afterAll(async () => {
  await house.close();
  await home.drop();
});

const command = (user: string, text: string, channel = "sales") =>
  slack().command({ user, channel, command: "/sophia", text });
const modalOf = (viewer: string) => slack().views({ viewer }).modals.at(-1) as any;
const submit = (user: string, values: EnteredValues = {}) => slack().submitView({ user, values });
const value = (entered: string | string[]) => ({ value: entered });
const wordsOf = (view: unknown): string => JSON.stringify(view);
/** What only this person sees in a channel, the latest last. */
const toldTo = (viewer: string, channel = "sales"): MessageView[] =>
  slack()
    .messages(channel, { viewer })
    .filter(({ ephemeralFor }) => ephemeralFor !== null);
const listOf = async (user: string, channel = "sales"): Promise<MessageView> => {
  await command(user, "digest list", channel);
  return toldTo(user, channel).at(-1)!;
};
/** Presses a button of a list: that of the digest of `owner`. */
const press = async (user: string, { channel, ts, blocks }: MessageView, action: string, owner = DANIEL) => {
  const [row] = await rows(owner);
  const buttons = blocks.flatMap(({ elements = [] }: any) => elements);
  const button = buttons.find(
    ({ action_id, value: id }: any) => action_id.startsWith(`sophia_digest_${action}_`) && id === row?.["id"],
  );
  return slack().press({ user, channel, ts, actionId: button.action_id });
};
/** Messages of the channel's own that Sophia has posted. */
const posts = (channel: string, viewer?: string): MessageView[] =>
  slack()
    .messages(channel, viewer === undefined ? {} : { viewer })
    .filter(({ author, ephemeralFor }) => author.id === slack().identity.userId && ephemeralFor === null);
const digestTurns = async () => (await house.turns()).filter(({ source }) => source === "digest");
/** The digest that is posted next in a channel: it comes whole. */
const nextPost = (channel: string, count: number) => slack().waitFor(() => posts(channel)[count], 15_000);
const rows = (ownerId: string) =>
  database.query<Record<string, unknown>>("SELECT * FROM sophia.schedules WHERE owner_id = $1", [ownerId]);
const refusals = (userId: string) =>
  database.query("SELECT tool, reason FROM sophia.audit WHERE kind = 'refusal' AND user_id = $1", [userId]);
const make = async (user: string, text: string, values: EnteredValues = {}) => {
  await command(user, `digest ${text}`);
  expect((await submit(user, values)).errors).toBeUndefined();
  expect(await submit(user)).toMatchObject({ ok: true });
};

describe("/sophia digest", () => {
  it("fills the form from the words, shows the next runs before it keeps anything, and posts at the tick", async () => {
    await command("maya", "digest weekdays at 8:30 yesterday's calls");
    const form = modalOf("maya");
    const initial = form.blocks.map(({ block_id, element }: any) => [
      block_id,
      element.initial_value ?? element.initial_option?.value ?? element.initial_options,
    ]);
    expect(Object.fromEntries(initial)).toEqual({
      what: "calls",
      words: undefined,
      place: "here",
      channel: undefined,
      said: "weekdays at 8:30",
      zone: "America/New_York",
      writes: undefined,
    });
    await submit("maya");
    expect(wordsOf(modalOf("maya"))).toContain("weekdays at 8:30 (America/New_York)");
    for (const run of ["Thu 19 Nov 2026, 8:30", "Fri 20 Nov 2026, 8:30", "Mon 23 Nov 2026, 8:30"])
      expect(wordsOf(modalOf("maya"))).toContain(run);
    expect((await listOf("maya")).text).toContain("There are no digests");
    await submit("maya");
    expect(modalOf("maya")).toBeUndefined();
    await expect.poll(() => toldTo("maya").at(-1)?.text).toContain("Saved: *Yesterday's calls*");

    const posted = posts("sales").length;
    house.sandbox.clock.set(Date.parse("2026-11-19T13:30:01Z"));
    const post = await nextPost("sales", posted);
    expect(post.threadTs).toBeNull();
    expect(post.text).toMatch(/18 Nov/);
    const [turn] = await digestTurns();
    expect(turn).toMatchObject({
      sourceKey: expect.stringMatching(/^digest:digest_\w+:2026-11-19T13:30:00\.000Z$/),
      userId: expect.stringMatching(/^U07MAYA/),
      audience: "channel",
      isReadOnly: true,
      createdAt: new Date("2026-11-19T13:30:00Z"),
    });
    const asked = house.ask("and the next steps?", { user: "daniel", threadTs: post.ts });
    expect((await house.ended(asked)).source).toBe("follow_up");
    expect(posts("sales")).toHaveLength(posted + 1);
    expect(wordsOf((await listOf("maya")).blocks)).toContain("next run Fri 20 Nov 2026, 8:30");
  }, 30_000);

  it("saved twice is one digest", async () => {
    await command("maya", "digest fridays at 17:00 my day");
    await submit("maya");
    const count = (await rows(MAYA)).length;
    expect(await Promise.all([submit("maya"), submit("maya")])).toMatchObject([{ ok: true }, { ok: true }]);
    expect(await rows(MAYA)).toHaveLength(count + 1);
    await database.query("DELETE FROM sophia.schedules WHERE owner_id = $1 AND said = 'fridays at 17:00'", [MAYA]);
  });

  it.for([
    ["when it is not understood", { said: value("quarterly at 9") }, "said", "I do not understand “quarterly at 9”"],
    ["an hour that is missing", { said: value("every morning") }, "said", "At which hour of the morning?"],
    ["a zone that there is not", { zone: value("Mars/Olympus") }, "zone", "“Mars/Olympus” is no time zone"],
    ["words that are missing", { what: value("own_words") }, "words", "Say in your own words"],
    ["a channel that is missing", { place: value("other") }, "channel", "Choose the channel"],
  ] as const)("says at its field %s", async ([, values, field, sentence]) => {
    await command("maya", "digest weekdays at 8:30 my day");
    const { errors = {} } = await submit("maya", values);
    expect(Object.keys(errors)).toEqual([field]);
    expect(errors[field]).toContain(sentence);
    await slack().closeView({ user: "maya", clear: true });
  });

  it.for([
    ["that Sophia is not in", "C07RANDOM00", "not_in_channel", "Invite me there first"],
    ["that is private and none of hers", "G07DEALDESK", "not_in_channel", "Invite me there first"],
    ["that the person is not in", "C07SALESEME", "owner_not_in_channel", "You are not in that channel"],
    ["that another company reads", "C07EXTACME0", "external_channel", "shared with another company"],
  ] as const)("takes no channel %s", async ([, channel, reason, sentence]) => {
    await command("maya", "digest weekdays at 8:30 my day");
    const { errors = {} } = await submit("maya", { place: value("other"), channel: value(channel) });
    expect(errors).toEqual({ channel: expect.stringContaining(sentence) });
    await expect.poll(() => refusals(MAYA)).toContainEqual({ tool: "/sophia digest", reason });
    await slack().closeView({ user: "maya", clear: true });
  });

  it("posts what one person asks in their own words in their direct message, by their clocks", async () => {
    await make("oliver", "my open deals: every Thursday at 16:00", { place: value("own") });
    const [row] = await rows("U07OLIVERAS");
    expect(row).toMatchObject({ words: "my open deals", zone: "Europe/London", is_private: true });
    const posted = posts("dm", "oliver").length;
    house.sandbox.clock.set(Date.parse("2026-11-19T16:00:01Z"));
    await slack().waitFor(() => posts("dm", "oliver").length > posted, 15_000);
    const turn = (await digestTurns()).at(-1);
    expect(turn).toMatchObject({ userId: "U07OLIVERAS", audience: "private", text: "my open deals" });
    expect((await listOf("maya")).blocks).not.toContainEqual(expect.objectContaining({ text: "my open deals" }));
    expect(wordsOf((await listOf("maya")).blocks)).not.toContain("my open deals");
  }, 20_000);
});

describe("/sophia digest list", () => {
  it("shows everybody the channel's digests, with buttons for the owner and admins alone", async () => {
    await make("daniel", "overdue tasks every friday at 9:00", { writes: value(["allowed"]) });
    const words = async (user: string) => wordsOf((await listOf(user)).blocks);
    for (const user of ["daniel", "grace", "ruth"]) expect(await words(user)).toContain("Overdue tasks");
    expect(await words("grace")).not.toContain("sophia_digest_");
    expect(await words("ruth")).toContain("sophia_digest_pause_1");
    expect(await words("daniel")).toContain("sophia_digest_pause");
    expect(await rows(DANIEL)).toMatchObject([{ allows_writes: true, template: "overdue" }]);
  });

  it("its owner pauses, resumes, runs, changes and deletes one", async () => {
    const list = await listOf("daniel");
    await press("daniel", list, "pause");
    expect(await rows(DANIEL)).toMatchObject([{ paused: true, paused_reason: null }]);
    await expect.poll(() => wordsOf(slack().message("sales", list.ts, "daniel")?.blocks)).toContain("paused");
    await press("daniel", await listOf("daniel"), "resume");
    expect(await rows(DANIEL)).toMatchObject([{ paused: false, next_at: new Date("2026-11-20T14:00:00Z") }]);

    const posted = posts("sales").length;
    await press("daniel", await listOf("daniel"), "run");
    expect(toldTo("daniel").at(-1)?.text).toContain("It is on its way, in <#C07SALES000>");
    expect((await nextPost("sales", posted)).text).toContain("overdue");
    const turn = (await digestTurns()).at(-1);
    expect(turn).toMatchObject({
      sourceKey: expect.stringMatching(/^digest:\w+:now:/),
      userId: DANIEL,
      isReadOnly: false,
    });
    expect(await rows(DANIEL)).toMatchObject([{ last_turn_id: turn?.id, next_at: new Date("2026-11-20T14:00:00Z") }]);

    await press("daniel", await listOf("daniel"), "edit");
    expect(modalOf("daniel").title.text).toBe("Change a digest");
    await submit("daniel", { said: value("mondays at 7"), writes: value([]) });
    await submit("daniel");
    const changed = { said: "mondays at 7", allows_writes: false, next_at: new Date("2026-11-23T12:00:00Z") };
    expect(await rows(DANIEL)).toMatchObject([changed]);

    await press("daniel", await listOf("daniel"), "delete");
    expect(await rows(DANIEL)).toEqual([]);
  }, 20_000);

  it("an admin changes when another one's is posted, which stays that one's", async () => {
    await make("daniel", "my day every friday at 9:00");
    await press("ruth", await listOf("ruth"), "edit");
    await submit("ruth", { said: value("fridays at 10") });
    expect(wordsOf(modalOf("ruth"))).not.toContain("becomes yours");
    await submit("ruth");
    expect(await rows(DANIEL)).toMatchObject([{ said: "fridays at 10", owner_id: DANIEL, zone: "America/New_York" }]);
  });

  it.for([
    ["what it asks", { what: value("own_words"), words: value("email all deals") }],
    ["that it may propose changes", { writes: value(["allowed"]) }],
    ["where it is posted", { place: value("own") }],
  ] as const)("an admin who changes %s has it as their own, and its owner is told", async ([, values]) => {
    const told = posts("dm", "daniel").length;
    const [before] = await rows(DANIEL);
    await press("ruth", await listOf("ruth"), "edit");
    await submit("ruth", values);
    expect(wordsOf(modalOf("ruth"))).toContain(`It becomes yours: it runs with your rights`);
    expect(await rows(DANIEL)).toEqual([before]);
    await submit("ruth");
    expect(await rows(DANIEL)).toEqual([]);
    const [taken] = await rows(RUTH);
    expect(taken).toMatchObject({ id: before?.["id"], said: "fridays at 10" });
    // A direct message is the new owner's.
    expect(taken?.["channel"] === before?.["channel"]).toBe(taken?.["is_private"] === false);
    await expect.poll(() => posts("dm", "daniel").slice(told)[0]?.text).toContain("so it is theirs from now on");
    const audited = () =>
      database.query(
        "SELECT outcome, user_id AS who, reason, arguments FROM sophia.audit WHERE reason = 'owner_changed' ORDER BY sequence DESC LIMIT 1",
      );
    const change = { outcome: "changed", who: RUTH, reason: "owner_changed" };
    await expect.poll(audited).toEqual([{ ...change, arguments: { digest: before?.["id"], ownerBefore: DANIEL } }]);
    const columns = ["owner_id", "what", "template", "words", "title", "allows_writes", "channel", "is_private"];
    const back = columns.filter((column) => before && column in before);
    const set = back.map((column, index) => `${column} = $${index + 2}`).join(", ");
    await database.query(`UPDATE sophia.schedules SET ${set} WHERE id = $1`, [
      String(before?.["id"]),
      ...back.map((column) => before?.[column] as string),
    ]);
  });

  it("an admin does not have another one propose changes by a form that was checked before", async () => {
    await press("ruth", await listOf("ruth"), "edit");
    await submit("ruth", { said: value("fridays at 10") });
    await database.query("UPDATE sophia.schedules SET template = NULL, words = 'safer' WHERE owner_id = $1", [DANIEL]);
    await submit("ruth");
    await expect.poll(() => toldTo("ruth").at(-1)?.text).toContain("Somebody changed that digest meanwhile");
    expect(await rows(DANIEL)).toMatchObject([{ words: "safer" }]);
    await database.query("UPDATE sophia.schedules SET template = 'day', words = NULL WHERE owner_id = $1", [DANIEL]);
  });

  it.for(["pause", "run", "delete", "edit"] as const)(
    "%s does nothing for whoever it does not belong to",
    async (action) => {
      const list = await listOf("daniel");
      await database.query("UPDATE sophia.schedules SET owner_id = $1 WHERE owner_id = $2", [GRACE, DANIEL]);
      const stored = await rows(GRACE);
      const [posted, told] = [(await digestTurns()).length, toldTo("maya").length];
      await press("daniel", list, action, GRACE);
      expect(toldTo("daniel").at(-1)?.text).toContain(`Only <@${GRACE}>, whose digest this is`);
      expect(toldTo("maya")).toHaveLength(told);
      expect(await rows(GRACE)).toEqual(stored);
      expect(modalOf("daniel")).toBeUndefined();
      expect(await digestTurns()).toHaveLength(posted);
      await expect.poll(() => refusals(DANIEL)).toContainEqual({ tool: "/sophia digest", reason: "not_owner" });
      await database.query("UPDATE sophia.schedules SET owner_id = $1 WHERE owner_id = $2", [DANIEL, GRACE]);
    },
  );

  it("does nothing for whoever became a guest meanwhile, and tells them alone", async () => {
    const list = await listOf("daniel");
    slack().setStanding("daniel", "guest");
    await slack().settled();
    await press("daniel", list, "delete");
    expect(toldTo("daniel").at(-1)?.text).toContain("I answer full members of this workspace only");
    expect(await rows(DANIEL)).toHaveLength(1);
    await expect.poll(() => refusals(DANIEL)).toContainEqual({ tool: "/sophia digest", reason: "guest" });
    slack().setStanding("daniel", undefined);
    await slack().settled();
  });

  it("a form that was opened while it was theirs changes nothing", async () => {
    await press("daniel", await listOf("daniel"), "edit");
    await submit("daniel", { said: value("sundays at 3") });
    await database.query("UPDATE sophia.schedules SET owner_id = $1 WHERE owner_id = $2", [GRACE, DANIEL]);
    await submit("daniel");
    expect(await rows(GRACE)).toMatchObject([{ said: "fridays at 10" }]);
    await database.query("DELETE FROM sophia.schedules WHERE owner_id = $1", [GRACE]);
  });
});

describe("a digest that has lost its place", () => {
  const toRuth = () => posts("dm", "ruth").map(({ text }) => text);

  it("is paused where its channel is archived, and its owner and one admin are told once", async () => {
    await make("grace", "my day every day at 9:00", { place: value("other"), channel: value("C07PRODUCT0") });
    slack().changeChannel("product-feedback", { isArchived: true });
    const told = toRuth().length;
    house.sandbox.clock.set(Date.parse("2026-11-20T17:00:01Z"));
    await slack().waitFor(() => toRuth().length > told, 15_000);
    expect(toRuth().at(-1)).toContain("is paused: its channel is archived");
    expect(posts("dm", "grace").at(-1)?.text).toContain("*My day* of yours in <#C07PRODUCT0> is paused");
    expect(await rows(GRACE)).toMatchObject([{ paused: true, paused_reason: "its channel is archived" }]);
    expect(wordsOf((await listOf("grace")).blocks)).toContain("paused: its channel is archived");
    house.sandbox.clock.set(Date.parse("2026-11-21T17:00:01Z"));
    expect(toRuth()).toHaveLength(told + 1);
  }, 20_000);

  it("is paused where its owner has left, and an admin is told", async () => {
    await make("tomas", "every day at 9:00 yesterday's calls");
    const told = toRuth().length;
    slack().setStanding("tomas", "deleted");
    await slack().waitFor(() => toRuth().length > told, 15_000);
    expect(toRuth().at(-1)).toContain("of <@U07TOMASHER> in <#C07SALES000> is paused: its owner has left");
    expect(await rows("U07TOMASHER")).toMatchObject([{ paused: true }]);
  }, 20_000);

  it("is paused where its channel is shared with another company meanwhile", async () => {
    await make("maya", "every saturday at 13:00 my day", { place: value("other"), channel: value("C07CALLSUMM") });
    const posted = posts("call-summaries").length;
    slack().changeChannel("call-summaries", { isExternallyShared: true });
    house.sandbox.clock.set(Date.parse("2026-11-21T18:00:01Z"));
    await expect
      .poll(async () => (await rows(MAYA)).map((row) => row["paused_reason"]), { timeout: 10_000 })
      .toContain("its channel is shared with another company");
    expect(posts("call-summaries")).toHaveLength(posted);
  }, 20_000);

  it("is not posted, and paused, where its channel comes to be shared while it is written", async () => {
    await make("oliver", "every sunday at 13:00 my day", { place: value("other"), channel: value("C07GENERAL0") });
    const posted = posts("general").length;
    house.sandbox.board.addFault({ service: "claude", path: "/v1/messages", latencyMs: 2_000 });
    const of = async () => (await digestTurns()).find(({ channel }) => channel === "C07GENERAL0");
    house.sandbox.clock.set(Date.parse("2026-11-22T13:00:01Z"));
    await expect.poll(of, { timeout: 15_000 }).toBeDefined();
    slack().changeChannel("general", { isExternallyShared: true });
    await expect
      .poll(async () => (await rows("U07OLIVERAS")).map((row) => row["paused_reason"]), { timeout: 15_000 })
      .toContain("its channel is shared with another company");
    expect(await of()).toMatchObject({ status: "failed" });
    expect(posts("general")).toHaveLength(posted);
  }, 30_000);
});
