import { afterAll, beforeAll, expect, it } from "vitest";
import type { MessageView } from "../../sandbox/slack/store.ts";
import { type House, openHouse } from "../support/house.ts";
import { until } from "../support/servers.ts";

let house: House;
const slack = () => house.sandbox.slack.store;

beforeAll(async () => {
  house = await openHouse({ sandbox: { now: Date.parse("2026-11-18T15:00:00Z") } });
}, 30_000);
afterAll(() => house.close());

const posts = (channel: string, viewer?: string): MessageView[] =>
  slack()
    .messages(channel, viewer === undefined ? {} : { viewer })
    .filter(({ author, ephemeralFor }) => author.id === slack().identity.userId && ephemeralFor === null);
const lastTurn = async () => (await house.turns()).findLast(({ source }) => source === "digest");

it("a digest that Claude does not write is not posted, and its owner alone is told why", async () => {
  const text = "digest weekdays at 8:30 yesterday's calls";
  await slack().command({ user: "maya", channel: "sales", command: "/sophia", text });
  await slack().submitView({ user: "maya" });
  await slack().submitView({ user: "maya" });
  const before = posts("sales").length;
  house.sandbox.board.addFault({ service: "claude", status: 401, times: 100 });
  house.sandbox.clock.set(Date.parse("2026-11-19T13:30:01Z"));
  await until(async () => (await lastTurn())?.status === "failed", "the digest to fail", 20_000);
  await until(() => posts("dm", "maya").length > 0, "word to its owner");
  expect(posts("dm", "maya").map((post) => post.text)).toEqual([
    expect.stringMatching(
      /^The digest \*Yesterday's calls\* of yours did not come to <#C07SALES000> this time\. .*Claude.* `\/sophia digest list` runs it again\.$/,
    ),
  ]);
  expect(posts("sales")).toHaveLength(before);
});
