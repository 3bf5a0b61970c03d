import { createEmulator, type Emulator } from "emulate";
import { createHmac } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { dayOf, addDays } from "../../sandbox/world/zones.ts";
import { slackPath } from "../../src/slack/app.ts";
import { freePort, until } from "../support/servers.ts";
import { type House, openHouse } from "../support/house.ts";

/** A Slack stand-in by others: it knows no streams, no status, no sessions and no `app_mention`. */
let emulator: Emulator;
let house: House;

beforeAll(async () => {
  const users = [
    { name: "sophia", real_name: "Sophia" },
    { name: "maya", real_name: "Maya Okafor", email: "maya@payready.example" },
  ];
  const tokens = users.map(({ name }) => ({ token: `xoxb-${name}`, user: name }));
  const seed = { slack: { users, channels: [{ name: "sales" }], tokens } };
  emulator = await createEmulator({ service: "slack", port: await freePort(), seed });
  house = await openHouse({
    mode: "http",
    env: { SLACK_API_URL: `${emulator.url}/api/`, SLACK_BOT_TOKEN: "xoxb-sophia" },
  });
});
afterAll(async () => {
  await house.close();
  await emulator.close();
});

async function call(method: string, args: Record<string, string>): Promise<any> {
  const headers = { authorization: "Bearer xoxb-maya", "content-type": "application/x-www-form-urlencoded" };
  const body = new URLSearchParams(args).toString();
  return (await fetch(`${emulator.url}/api/${method}`, { method: "POST", headers, body })).json();
}

/** As Slack would post it to the request URL. */
async function deliver(teamId: string, event: Record<string, unknown>, eventId: string): Promise<number> {
  const body = JSON.stringify({ type: "event_callback", team_id: teamId, event_id: eventId, event_time: 1, event });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const secret = house.sandbox.env.SLACK_SIGNING_SECRET;
  const signature = `v0=${createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex")}`;
  const headers = { "x-slack-request-timestamp": timestamp, "x-slack-signature": signature };
  const url = `http://127.0.0.1:${house.app.port}${slackPath}`;
  return (await fetch(url, { method: "POST", body, headers })).status;
}

it("a mention is answered whole, once, by posting and editing", async () => {
  const { channels } = await call("conversations.list", {});
  const channel: string = channels.find((entry: { name: string }) => entry.name === "sales").id;
  const { members } = await call("users.list", {});
  const sophia = members.find((member: { name: string }) => member.name === "sophia");
  const { team_id: teamId } = await call("auth.test", {});
  const posted = await call("chat.postMessage", { channel, text: `<@${sophia.id}> summarize yesterday's calls` });
  expect(posted.ok).toBe(true);
  const event = { ...posted.message, type: "message", channel };
  expect(await deliver(teamId, event, "Ev1")).toBe(200);
  expect(await deliver(teamId, { ...event, type: "app_mention" }, "Ev2")).toBe(200);
  expect(await deliver(teamId, event, "Ev1")).toBe(200);

  await until(() => house.log.some(({ msg }) => msg === "a turn ended"), "the end of the turn", 20_000);
  expect(await house.turns()).toMatchObject([{ status: "done", text: "summarize yesterday's calls" }]);
  const { messages } = await call("conversations.replies", { channel, ts: posted.ts });
  const answers = messages.slice(1);
  expect(answers.every((message: { user: string }) => message.user === sophia.id)).toBe(true);
  const markdown = answers
    .flatMap(({ blocks }: any) => blocks.filter(({ type }: any) => type === "markdown"))
    .map(({ text }: any) => text)
    .join("\n");
  const { calls, createdAt } = house.sandbox.world;
  // The emulator tells no zone of anybody: days are counted as UTC has them, and Sophia was told to say so.
  const yesterday = addDays(dayOf(Date.parse(createdAt), "UTC"), -1);
  const expected = calls.filter(({ startedAt, isPrivate }) => !isPrivate && startedAt.startsWith(yesterday));
  const linked = new Set(Array.from(markdown.matchAll(/call\?id=(\d+)/g), (match: any) => String(match[1])));
  expect([...linked].toSorted()).toEqual(expected.map(({ id }) => id).toSorted());
  expect(markdown.match(/^### /gm)).toHaveLength(1);
  const cards = answers.flatMap(({ blocks }: any) => blocks.filter(({ type }: any) => type === "task_card"));
  expect(cards.length).toBeGreaterThan(0);
  expect(cards.every(({ status }: any) => status === "complete")).toBe(true);
  const asked = house.sandbox.board.requests("claude").at(0)?.body ?? "";
  expect(asked).toContain(String.raw`\"time_zone\":null`);
});
