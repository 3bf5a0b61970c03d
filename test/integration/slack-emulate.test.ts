import { createHmac } from "node:crypto";
import { createServer } from "node:net";
import { createEmulator, type Emulator } from "emulate";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startSophia, type Sophia } from "../support/slack-sophia.ts";
import { SIGNING_SECRET } from "../support/slack-stand-in.ts";

/** A Slack stand-in by others: it knows no streams, no sessions and no `app_mention`. */
let emulator: Emulator;
let sophia: Sophia;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

beforeAll(async () => {
  const users = [
    { name: "sophia", real_name: "Sophia" },
    { name: "maya", real_name: "Maya Lindqvist" },
  ];
  const tokens = users.map(({ name }) => ({ token: `xoxb-${name}`, user: name }));
  const seed = { slack: { users, channels: [{ name: "sales" }], tokens } };
  emulator = await createEmulator({ service: "slack", port: await freePort(), seed });
  sophia = await startSophia({ apiUrl: `${emulator.url}/api/` }, "http", { botToken: "xoxb-sophia" });
});

afterAll(async () => {
  await sophia.close();
  await emulator.close();
});

async function call(token: string, method: string, args: Record<string, string>): Promise<any> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/x-www-form-urlencoded" };
  const body = new URLSearchParams(args).toString();
  return (await fetch(`${emulator.url}/api/${method}`, { method: "POST", headers, body })).json();
}

async function deliver(event: Record<string, unknown>): Promise<number> {
  const { teamId } = sophia.workspace;
  const body = JSON.stringify({ type: "event_callback", team_id: teamId, event_id: "Ev1", event_time: 1, event });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = `v0=${createHmac("sha256", SIGNING_SECRET).update(`v0:${timestamp}:${body}`).digest("hex")}`;
  const headers = { "x-slack-request-timestamp": timestamp, "x-slack-signature": signature };
  return (await fetch(sophia.url, { method: "POST", body, headers })).status;
}

it("answers a mention whole, once, by posting and editing", async () => {
  const { channels } = await call("xoxb-maya", "conversations.list", {});
  const channel: string = channels.find((entry: { name: string }) => entry.name === "sales").id;
  const text = `<@${sophia.workspace.botUserId}> summarize yesterday's calls`;
  const posted = await call("xoxb-maya", "chat.postMessage", { channel, text });
  expect(posted.ok).toBe(true);
  const event = { ...posted.message, type: "message", channel };
  expect(await deliver(event)).toBe(200);
  expect(await deliver(event)).toBe(200);

  const [turn, ...more] = sophia.turns.all();
  expect(more).toEqual([]);
  if (!turn) throw new Error("no turn");
  const reply = await sophia.open(turn, 1, new AbortController().signal);
  reply.status("is thinking");
  reply.task({ id: "t", title: "Reading 2 calls in Gong", status: "in_progress" });
  await new Promise((resolve) => setTimeout(resolve, 50));
  reply.task({ id: "t", title: "Reading 2 calls in Gong", status: "complete", output: "2 done" });
  reply.write("Two calls **yesterday**:\n\n- [Acme](https://gong.example/1)\n- Globex\n");
  await reply.finish();

  const { messages } = await call("xoxb-maya", "conversations.replies", { channel, ts: posted.ts });
  expect(messages).toHaveLength(2);
  expect(messages[1].text).toBe("Two calls *yesterday*:\n\n• <https://gong.example/1|Acme>\n• Globex");
  expect(messages[1].blocks.map((block: { type: string }) => block.type)).toEqual([
    "task_card",
    "markdown",
    "context_actions",
  ]);
});
