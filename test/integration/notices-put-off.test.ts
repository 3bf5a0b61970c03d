/** What a channel is told in the end where a service, or Slack, is away while a notice is written. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../../src/storage/database.ts";
import type { Claim } from "../../src/storage/turns.ts";
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

describe("a service that is away while a notice is written", () => {
  beforeEach(() => world.look(0));

  it("is asked again, and the notice comes once it is back", async () => {
    await world.change("7", { stage: "Negotiation" });
    await world.look(20);
    world.away.add("hubspot__get_deal");
    world.onWait = () => world.away.clear();
    await world.run();
    expect(texts()).toEqual([expect.stringContaining("moved from Proposal to **Negotiation**")]);
    expect(world.waits).toEqual([1_000]);
  });

  it.each(["hubspot__get_deal", "Slack"])(
    "and stays so has all of it told later, once, with what came meanwhile (%s)",
    async (which) => {
      const { channel } = world;
      await world.change("7", { stage: "Negotiation" });
      await world.look(20);
      if (which === "Slack") world.channel = "away";
      else world.away.add(which);
      expect(await world.run()).toMatchObject([{ status: "failed", reason: "put_off" }]);
      // Slack is asked again where it is shown, not here.
      expect(world.waits).toEqual(which === "Slack" ? [] : [1_000, 5_000, 20_000, 60_000]);
      await world.change("8", { amount: 1 });
      await minutes(2);
      world.away.clear();
      world.channel = channel;
      // Another process has begun since.
      const before = world;
      world = Object.assign(new NoticeWorld(db), { now: before.now, routes: before.routes });
      for (const [id, deal] of before.deals) world.deals.set(id, deal);
      await minutes(30);
      expect(texts()).toHaveLength(1);
      expect(texts()[0]).toContain("[Deal 7](https://app.hubspot.com/7) moved from Proposal to **Negotiation**");
      expect(texts()[0]).toContain("[Deal 8](https://app.hubspot.com/8) amount from $8,000 to $1");
    },
  );

  it("is Slack, that may have posted it, has nothing newer told before", async () => {
    await world.change("7", { stage: "Negotiation" });
    await world.look(20);
    const [row] = await db.query<{ id: string }>("SELECT id FROM sophia.turns");
    const claimed = async () => (await world.turns.claim(String(row?.id), "w", 60_000)) as Claim;
    expect(await world.turns.leave(await claimed(), 60_000)).toBe(true);
    await world.change("8", { amount: 1 });
    await minutes(5);
    expect(texts()).toEqual([]);
    await world.turns.releaseAll();
    await world.turns.finish(await claimed(), { status: "done" });
    await minutes(2);
    expect(texts()).toEqual([expect.stringContaining("[Deal 8]")]);
  });

  it("for more than a day has it let go", async () => {
    await world.change("7", { stage: "Negotiation" });
    await world.look(20);
    world.away.add("hubspot__get_deal");
    await world.run();
    world.now += 25 * 3_600_000;
    world.away.clear();
    await minutes(20);
    expect(texts()).toEqual([]);
  });
});
