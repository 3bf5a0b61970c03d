// oxlint-disable unicorn/require-post-message-target-origin -- Slack's chat.postMessage, not a window's
import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { SocketModeClient } from "@slack/socket-mode";
import { LogLevel } from "@slack/web-api";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import {
  APP_TOKEN,
  contract,
  contractsPresent,
  DEAL_DESK,
  MAYA,
  RANDOM,
  SALES,
  SIGNING_SECRET,
  startTestSlack,
  type StartedSlack,
} from "../support/slack-stand-in.ts";

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function started(options: Parameters<typeof startTestSlack>[0] = {}): Promise<StartedSlack> {
  const slack = await startTestSlack({ retryDelaysMs: [0, 1, 2], ackTimeoutMs: 300, ...options });
  closers.push(() => slack.close());
  return slack;
}

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

/** An app's request URL that answers as told and keeps what it got. */
async function requestUrl(slack: StartedSlack, answer: (response: ServerResponse, nth: number) => void) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      received.push({ headers: request.headers, body });
      answer(response, received.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  slack.store.setRequestUrl(`http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`);
  return received;
}

const ok = (response: ServerResponse): void => void response.end();

describe("events over HTTP", () => {
  it("are signed with the machine's clock, whatever the world's says", async () => {
    const slack = await started();
    const received = await requestUrl(slack, ok);
    slack.store.send({ user: "maya", channel: "sales", text: "hello" });
    await slack.store.settled();
    const [{ headers, body } = { headers: {}, body: "" }] = received;
    const timestamp = String(headers["x-slack-request-timestamp"]);
    const digest = createHmac("sha256", SIGNING_SECRET).update(`v0:${timestamp}:${body}`).digest("hex");
    expect(headers["x-slack-signature"]).toBe(`v0=${digest}`);
    expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(5);
    expect(JSON.parse(body)).toMatchObject({ event_time: Date.parse("2026-09-14T15:00:00Z") / 1000 });
  });

  it("are sent again with the number and the reason, until they are acknowledged", async () => {
    const slack = await started();
    const received = await requestUrl(slack, (response, nth) => {
      if (nth === 1) response.writeHead(500).end();
      else if (nth === 3) response.end();
      else if (nth > 3) throw new Error("sent again after it was acknowledged");
    });
    slack.store.send({ user: "maya", channel: "sales", text: "hello" });
    await slack.store.settled();
    const retries = received.map(({ headers }) => [headers["x-slack-retry-num"], headers["x-slack-retry-reason"]]);
    expect(retries).toEqual([
      [undefined, undefined],
      ["1", "http_error"],
      ["2", "http_timeout"],
    ]);
    expect(new Set(received.map(({ body }) => (JSON.parse(body) as { event_id: string }).event_id)).size).toBe(1);
  });

  it("are given up after three retries, or at once where the app asks for that", async () => {
    const slack = await started();
    const received = await requestUrl(slack, (response, nth) => {
      response.writeHead(500, nth > 4 ? { "x-slack-no-retry": "1" } : {}).end();
    });
    slack.store.send({ user: "maya", channel: "sales", text: "one" });
    await slack.store.settled();
    expect(received).toHaveLength(4);
    slack.store.send({ user: "maya", channel: "sales", text: "two" });
    await slack.store.settled();
    expect(received).toHaveLength(5);
  });

  it("begin with a handshake that an app must answer", async () => {
    const slack = await started();
    await requestUrl(slack, (response, nth) => response.end(nth === 1 ? "wrong" : "{}"));
    await expect(slack.store.verifyRequestUrl()).rejects.toThrow("challenge");
  });
});

describe("which events there are", () => {
  it("sends what people do where Sophia is a member, and nothing from elsewhere", async () => {
    const slack = await started();
    const { store } = slack;
    const seen = (from: number): unknown[] =>
      store
        .events()
        .slice(from)
        .map(({ event }) => [event.type, event["subtype"] ?? event["channel_type"] ?? null]);
    store.send({ user: "maya", channel: RANDOM, text: "@sophia" });
    store.send({ user: "maya", channel: DEAL_DESK, text: "@sophia" });
    expect(seen(0)).toEqual([]);
    const { ts } = store.send({ user: "maya", channel: "sales", text: "no mention yet" });
    store.edit({ user: "maya", channel: "sales", ts, text: "@sophia now" });
    store.edit({ user: "maya", channel: "sales", ts, text: "@sophia again" });
    store.remove({ user: "maya", channel: "sales", ts });
    expect(seen(0)).toEqual([
      ["message", "channel"],
      ["app_mention", null],
      ["message", "message_changed"],
      ["message", "message_changed"],
      ["message", "message_deleted"],
    ]);
    const from = store.events().length;
    store.openHome({ user: "maya", tab: "messages" });
    store.join({ user: "sophia", channel: "deal-desk" });
    store.sendAsBot({ name: "CI", channel: "sales", text: "@sophia build failed" });
    expect(seen(from)).toEqual([
      ["app_home_opened", null],
      ["member_joined_channel", "G"],
      ["app_mention", "bot_message"],
      ["message", "bot_message"],
    ]);
  });

  it("tells what a person has open, with their direct messages too, where the app asks for it", async () => {
    const { store } = await started();
    const last = () => store.events().at(-1)?.event;
    const write = (user: string, channel: string) => store.send({ user, channel, text: "hi" }).events[0]?.event;
    expect(() => store.look({ user: "oliver", channel: DEAL_DESK })).toThrow("does not see");
    const { ts } = store.send({ user: "maya", channel: "sales", text: "a question" });
    store.look({ user: "maya", channel: "sales", threadTs: ts });
    const team_id = store.identity.teamId;
    const context = {
      entities: [
        { type: "slack#/types/message_context", value: { channel_id: SALES, message_ts: ts }, team_id },
        { type: "slack#/types/channel_id", value: SALES, team_id },
      ],
    };
    expect(last()).toMatchObject({ type: "app_context_changed", user: MAYA, context });
    expect(write("maya", "dm")).toMatchObject({ type: "message", app_context: context });
    expect(write("oliver", "dm")).not.toHaveProperty("app_context");
    expect(write("maya", "sales")).not.toHaveProperty("app_context");
    store.look({ user: "maya" });
    expect(last()).toMatchObject({ type: "app_context_changed", context: {} });
    expect(write("maya", "dm")).not.toHaveProperty("app_context");
    const { store: deaf } = await started({ events: ["message.im"] });
    deaf.look({ user: "maya", channel: "sales" });
    expect(deaf.events()).toEqual([]);
    expect(deaf.send({ user: "maya", channel: "dm", text: "hi" }).events[0]?.event).not.toHaveProperty("app_context");
  });

  it("sends only what the manifest subscribes to", async () => {
    const slack = await started({ events: ["app_mention", "message.im"] });
    slack.store.send({ user: "maya", channel: "sales", text: "@sophia hi" });
    slack.store.send({ user: "maya", channel: "dm", text: "hi" });
    expect(slack.store.events().map(({ event }) => event.type)).toEqual(["app_mention", "message"]);
    const thread = { channel_id: SALES, thread_ts: slack.store.messages("sales")[0]?.ts ?? "" };
    const answer = await slack.client().agents.sessions.setStatus({ ...thread, status: "processing" });
    expect(answer.warning).toBe("missing_agent_session_stopped_event_subscription");
  });

  it.skipIf(!contractsPresent)("have the shape of Slack's samples", async () => {
    const slack = await started();
    const { store } = slack;
    const { ts } = store.send({ user: "maya", channel: "sales", text: "@sophia hi" });
    store.edit({ user: "maya", channel: "sales", ts, text: "@sophia hello" });
    await slack.client().chat.postMessage({ channel: SALES, text: "reply", thread_ts: ts });
    store.react({ user: "maya", channel: "sales", ts, name: "eyes" });
    store.remove({ user: "maya", channel: "sales", ts });
    store.join({ user: MAYA, channel: "general" });
    store.openHome({ user: "maya", tab: "home" });
    const samples: Record<string, string> = {
      app_mention: "AppMention",
      message: "Message",
      message_changed: "MessageChanged",
      message_deleted: "MessageDeleted",
      reaction_added: "ReactionAdded",
      member_joined_channel: "MemberJoinedChannel",
      app_home_opened: "AppHomeOpened",
    };
    const kinds = new Set<string>();
    for (const callback of store.events()) {
      const kind = (callback.event["subtype"] as string | undefined) ?? callback.event.type;
      kinds.add(kind);
      const sample = contract(`samples/events/${samples[kind]}Payload.json`) as { event: Record<string, unknown> };
      const further = new Set([
        "reactions",
        "context_team_id",
        "context_enterprise_id",
        "app_id",
        "channel_type",
        "user_id",
      ]);
      const unknown = Object.keys(callback.event).filter((field) => !(field in sample.event) && !further.has(field));
      expect([kind, unknown]).toEqual([kind, []]);
      expect(Object.keys(callback).filter((field) => !(field in sample) && !further.has(field))).toEqual([]);
    }
    expect([...kinds].toSorted()).toEqual(Object.keys(samples).toSorted());
  });

  it("can be held, and delivered doubled and out of order with their own ids", async () => {
    const slack = await started();
    const received = await requestUrl(slack, ok);
    const held = Array.from({ length: 20 }, (_, n) => {
      return slack.store.send({ user: "maya", channel: "dm", text: `${n}`, hold: true }).events;
    }).flat();
    await slack.store.settled();
    expect(received).toHaveLength(0);
    await slack.store.deliver(held, { times: 5, shuffle: 7 });
    const ids = received.map(({ body }) => (JSON.parse(body) as { event_id: string }).event_id);
    expect(ids).toHaveLength(100);
    expect(new Set(ids).size).toBe(20);
    expect(ids).not.toEqual(ids.toSorted());
  });
});

describe("Socket Mode", () => {
  const quiet = { logLevel: LogLevel.ERROR, pingPongLoggingEnabled: false };

  type Listener = (envelope: {
    ack: () => Promise<void>;
    event: { ts: string };
    retry_num: number;
    retry_reason: string;
  }) => unknown;

  /** The official client, listening before it connects: what waits is delivered with the first breath. */
  async function connect(slack: StartedSlack, onMessage: Listener): Promise<void> {
    const client = new SocketModeClient({
      ...quiet,
      appToken: APP_TOKEN,
      clientOptions: { slackApiUrl: slack.apiUrl },
    });
    client.on("message", onMessage);
    await client.start();
    closers.push(() => client.disconnect());
  }

  it("gives an envelope to one of several connections", async () => {
    const slack = await started();
    const got = [0, 0];
    for (const index of [0, 1]) {
      await connect(slack, async ({ ack }) => {
        got[index] = (got[index] ?? 0) + 1;
        await ack();
      });
    }
    expect(slack.store.connections).toBe(2);
    for (let n = 0; n < 10; n += 1) slack.store.send({ user: "maya", channel: "dm", text: `${n}` });
    await slack.store.settled();
    expect(got).toEqual([5, 5]);
  });

  it("sends again, with number and reason, what was not acknowledged in time", async () => {
    const slack = await started();
    const attempts: unknown[] = [];
    await connect(slack, async ({ ack, retry_num, retry_reason }) => {
      attempts.push([retry_num, retry_reason]);
      if (attempts.length === 2) await ack();
    });
    slack.store.send({ user: "maya", channel: "dm", text: "hi" });
    await slack.store.settled();
    expect(attempts).toEqual([
      [0, ""],
      [1, "timeout"],
    ]);
  });

  it("opens one connection for a ticket, and none without", async () => {
    const slack = await started();
    const { url } = await slack.client().apps.connections.open({ token: APP_TOKEN });
    const open = (): Promise<WebSocket | string> =>
      new Promise((resolve) => {
        const socket = new WebSocket(String(url));
        socket.on("message", () => resolve(socket));
        socket.on("error", (error) => resolve(error.message));
      });
    expect(await open()).toBeInstanceOf(WebSocket);
    expect(await open()).toBe("Unexpected server response: 401");
  });

  it("asks to reconnect, and delivers to the next connection what a lost one did not acknowledge", async () => {
    const slack = await started({ ackTimeoutMs: 3_000 });
    await connect(slack, () => slack.store.refreshSockets());
    const { ts } = slack.store.send({ user: "maya", channel: "dm", text: "hi" });
    await slack.store.waitFor(() => slack.store.connections === 0, 5_000);
    const seen: unknown[] = [];
    await connect(slack, async ({ ack, event, retry_num }) => {
      seen.push([event.ts, retry_num]);
      await ack();
    });
    await slack.store.settled();
    expect(seen).toEqual([[ts, 1]]);
  });
});
