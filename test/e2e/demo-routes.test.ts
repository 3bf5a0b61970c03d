import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Call, DealStage } from "../../sandbox/world/types.ts";
import { demoConfig } from "../../src/commands/demo-config.ts";
import { readConfigFile } from "../../src/config/config-file.ts";
import { markdownOf } from "../support/answers.ts";
import { configFile, type House, openHouse } from "../support/house.ts";
import { until } from "../support/servers.ts";

let house: House;
beforeAll(async () => {
  const { routes } = demoConfig(await readConfigFile(configFile), []);
  house = await openHouse({ config: { routes }, env: { SOPHIA_PUBLIC_URL: "http://127.0.0.1:0" } });
  house.sandbox.webhooks.target({ gong: `http://127.0.0.1:${house.app.port}/webhooks/gong` });
  await until(() => house.sandbox.board.requests("gong").length > 0, "the first poll");
}, 60_000);
afterAll(() => house.close());

/** A call ends with an account whose only deal is such a one; its webhook comes twice. */
function end(stage: DealStage): Call {
  const { deals, accounts } = house.sandbox.world;
  const alone = [...Map.groupBy(deals, ({ accountId }) => accountId).values()].flatMap((all) =>
    all.length === 1 ? all : [],
  );
  const deal = alone.find((one) => one.stage === stage && one.amount > 100_000 && one.currency === "USD");
  const account = accounts.find(({ id }) => id === deal?.accountId);
  if (!account) throw new Error(`no account has a single large deal in ${stage}`);
  return house.sandbox.gong.store.endCall({ account: account.name, webhooks: 2 });
}

const posted = (channel: string, call: Call) =>
  house.sandbox.slack.store
    .messages(channel)
    .filter((message) => message.author.isBot && markdownOf(message).includes(`id=${call.id}`)).length;
const summaries = async (call: Call) =>
  (await house.turns()).filter(({ task }) => task?.kind === "call_summary" && task.callId === call.id);

describe("a call in the demo", () => {
  it.each<[DealStage, string[]]>([
    ["negotiation", ["call-summaries", "sales"]],
    ["evaluation", ["call-summaries"]],
  ])("about a large deal in %s goes once to each of %s", async (stage, channels) => {
    const call = end(stage);
    for (const channel of channels) {
      await until(() => posted(channel, call) > 0, `the summary in #${channel}`, 15_000);
    }
    await until(async () => (await summaries(call)).every(({ status }) => status === "done"), "the turns to end");
    expect(await summaries(call)).toHaveLength(channels.length);
    for (const channel of ["call-summaries", "sales"]) {
      expect(posted(channel, call), channel).toBe(channels.includes(channel) ? 1 : 0);
    }
  });
});
