// oxlint-disable unicorn/require-post-message-target-origin -- Slack's chat.postMessage, not a window's
import type { AddressInfo } from "node:net";
import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from "@slack/bolt";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  APP_TOKEN,
  BOT_TOKEN,
  MAYA,
  SALES,
  SIGNING_SECRET,
  startTestSlack,
  type StartedSlack,
} from "../support/slack-stand-in.ts";

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  // What an app still has under way ends before the servers that it talks to.
  for (const close of closers.splice(0).toReversed()) await close();
});

async function startSlackForApp(options: Parameters<typeof startTestSlack>[0] = {}): Promise<StartedSlack> {
  const slack = await startTestSlack({ retryDelaysMs: [0, 10, 10], ...options });
  closers.push(async () => {
    await slack.close();
  });
  return slack;
}

type Transport = "Socket Mode" | "HTTP";

/** A Bolt app on the given transport, listening to `slack`. */
async function startBolt(slack: StartedSlack, transport: Transport): Promise<App> {
  const shared = { token: BOT_TOKEN, clientOptions: { slackApiUrl: slack.apiUrl }, logLevel: LogLevel.ERROR };
  if (transport === "Socket Mode") {
    const receiver = new SocketModeReceiver({
      appToken: APP_TOKEN,
      logLevel: LogLevel.ERROR,
      installerOptions: { clientOptions: { slackApiUrl: slack.apiUrl } },
    });
    const app = new App({ ...shared, receiver, ignoreSelf: false });
    await app.start();
    closers.push(async () => {
      await app.stop();
      await slack.store.waitFor(() => slack.store.connections === 0, 5_000);
    });
    await slack.store.waitFor(() => slack.store.connected, 5_000);
    return app;
  }
  const receiver = new HTTPReceiver({ signingSecret: SIGNING_SECRET, logLevel: LogLevel.ERROR });
  const app = new App({ ...shared, receiver, ignoreSelf: false });
  const server = await app.start(0);
  closers.push(() => app.stop());
  const { port } = server.address() as AddressInfo;
  slack.store.setRequestUrl(`http://127.0.0.1:${port}/slack/events`);
  await slack.store.verifyRequestUrl();
  return app;
}

describe.each<Transport>(["Socket Mode", "HTTP"])("a Bolt app over %s", (transport) => {
  it("gets a mention as app_mention and as message, each with its own event_id", async () => {
    const slack = await startSlackForApp();
    const app = await startBolt(slack, transport);
    const seen: { type: string; id: string; text: unknown }[] = [];
    app.event("app_mention", async ({ event, body }) => {
      seen.push({ type: event.type, id: body.event_id, text: event.text });
    });
    app.message(async ({ message, body }) => {
      seen.push({ type: message.type, id: body.event_id, text: "text" in message ? message.text : undefined });
    });
    const { ts } = slack.store.send({ user: "maya", channel: "sales", text: "@sophia summarize yesterday's calls" });
    await slack.store.settled();
    expect(seen.map((event) => event.type).toSorted()).toEqual(["app_mention", "message"]);
    expect(new Set(seen.map((event) => event.id)).size).toBe(2);
    expect(new Set(seen.map((event) => event.text))).toEqual(new Set(["<@U0S0PH1AB0T> summarize yesterday's calls"]));
    expect(slack.store.messages("sales").map((message) => message.ts)).toEqual([ts]);
  });

  it("answers a DM, and its own answer comes back to it as an event with a bot_id", async () => {
    const slack = await startSlackForApp();
    const app = await startBolt(slack, transport);
    const own: unknown[] = [];
    app.event("message", async ({ event, say }) => {
      if ("bot_id" in event && event.bot_id) own.push(event.bot_id);
      else await say({ text: "Hello Maya", thread_ts: event.ts });
    });
    const { ts, events } = slack.store.send({ user: MAYA, channel: "@sophia", text: "hi" });
    const reply = await slack.store.waitFor(
      () => slack.store.messages("dm", { viewer: MAYA, threadTs: ts }).find((message) => message.author.isBot),
      5_000,
    );
    expect(events.map(({ event }) => [event.type, event["channel_type"]])).toEqual([["message", "im"]]);
    expect(reply.text).toBe("Hello Maya");
    await slack.store.settled();
    await vi.waitFor(() => expect(own).toEqual([slack.store.identity.botId]));
  });

  it("takes a command, shows its acknowledgement to the asker alone, and lets it open a modal and respond", async () => {
    const slack = await startSlackForApp();
    const app = await startBolt(slack, transport);
    const done = Promise.withResolvers<void>();
    app.command("/sophia", async ({ ack, command, client, respond }) => {
      await ack(`You asked: ${command.text}`);
      const title = { type: "plain_text", text: "Sophia" } as const;
      await client.views.open({ trigger_id: command.trigger_id, view: { type: "modal", title, blocks: [] } });
      await respond({ text: "For all to see", response_type: "in_channel" });
      done.resolve();
    });
    const outcome = await slack.store.command({ user: "maya", channel: "sales", command: "/sophia", text: "ask x" });
    expect(outcome.ok).toBe(true);
    await done.promise;
    expect(slack.store.messages("sales", { viewer: "oliver" }).map((m) => m.text)).toEqual(["For all to see"]);
    expect(slack.store.messages("sales", { viewer: "maya" }).map((m) => m.text)).toContain("You asked: ask x");
    expect(slack.store.views({ viewer: "maya" }).modals).toHaveLength(1);
  });

  it("gets a button's press with the message and edits it through respond", async () => {
    const slack = await startSlackForApp();
    const app = await startBolt(slack, transport);
    const done = Promise.withResolvers<void>();
    app.action("approve", async ({ ack, respond, action }) => {
      await ack();
      await respond({ replace_original: true, text: `Approved ${"value" in action ? action.value : ""}` });
      done.resolve();
    });
    const text = { type: "plain_text", text: "Approve" } as const;
    const elements = [{ type: "button", action_id: "approve", value: "42", text } as const];
    const { ts = "" } = await slack.client().chat.postMessage({
      channel: SALES,
      text: "May I?",
      blocks: [{ type: "actions", elements }],
    });
    await slack.store.press({ user: "maya", channel: "sales", ts, actionId: "approve" });
    await done.promise;
    expect(slack.store.message("sales", ts)).toMatchObject({ text: "Approved 42", edited: true, blocks: [] });
  });
});
