/** What a channel is told in the end where a service, or Slack, is away while a notice is written. */
import { beforeEach, describe, expect, it } from "vitest";
import type { Claim } from "../../src/storage/turns.ts";
import { NoticeWorld, useNoticeWorld } from "../support/notice-world.ts";

const on = useNoticeWorld();

describe("a service that is away while a notice is written", () => {
  beforeEach(() => on.world.look(0));

  it("is asked again, and the notice comes once it is back", async () => {
    await on.world.change("7", { stage: "Negotiation" });
    await on.world.look(20);
    on.world.away.add("hubspot__get_deal");
    on.world.onWait = () => on.world.away.clear();
    await on.world.run();
    expect(on.texts()).toEqual([expect.stringContaining("moved from Proposal to **Negotiation**")]);
    expect(on.world.waits).toEqual([1_000]);
  });

  it.each(["hubspot__get_deal", "Slack"])(
    "and stays so has all of it told later, once, with what came meanwhile (%s)",
    async (which) => {
      const { channel } = on.world;
      await on.world.change("7", { stage: "Negotiation" });
      await on.world.look(20);
      if (which === "Slack") on.world.channel = "away";
      else on.world.away.add(which);
      expect(await on.world.run()).toMatchObject([{ status: "failed", reason: "put_off" }]);
      // Slack is asked again where it is shown, not here.
      expect(on.world.waits).toEqual(which === "Slack" ? [] : [1_000, 5_000, 20_000, 60_000]);
      await on.world.change("8", { amount: 1 });
      await on.minutes(2);
      on.world.away.clear();
      on.world.channel = channel;
      // Another process has begun since.
      const before = on.world;
      on.world = Object.assign(new NoticeWorld(on.db), { now: before.now, routes: before.routes });
      for (const [id, deal] of before.deals) on.world.deals.set(id, deal);
      await on.minutes(30);
      expect(on.texts()).toHaveLength(1);
      expect(on.texts()[0]).toContain("[Deal 7](https://app.hubspot.com/7) moved from Proposal to **Negotiation**");
      expect(on.texts()[0]).toContain("[Deal 8](https://app.hubspot.com/8) amount from $8,000 to $1");
    },
  );

  it("is Slack, that may have posted it, has nothing newer told before", async () => {
    await on.world.change("7", { stage: "Negotiation" });
    await on.world.look(20);
    const [row] = await on.db.query<{ id: string }>("SELECT id FROM sophia.turns");
    const claimed = async () => (await on.world.turns.claim(String(row?.id), "w", 60_000)) as Claim;
    expect(await on.world.turns.leave(await claimed(), 60_000)).toBe(true);
    await on.world.change("8", { amount: 1 });
    await on.minutes(5);
    expect(on.texts()).toEqual([]);
    await on.world.turns.releaseAll();
    await on.world.turns.finish(await claimed(), { status: "done" });
    await on.minutes(2);
    expect(on.texts()).toEqual([expect.stringContaining("[Deal 8]")]);
  });

  it("for more than a day has it let go", async () => {
    await on.world.change("7", { stage: "Negotiation" });
    await on.world.look(20);
    on.world.away.add("hubspot__get_deal");
    await on.world.run();
    on.world.now += 25 * 3_600_000;
    on.world.away.clear();
    await on.minutes(20);
    expect(on.texts()).toEqual([]);
  });
});
