// oxlint-disable unicorn/require-post-message-target-origin -- Slack's chat.postMessage, not a window's
/** Scheduled messages, group DMs, guests, channels that are archived or shared: what the sandbox's Slack does with them. */

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  DEAL_DESK,
  MAYA,
  OLIVER,
  RANDOM,
  refusal,
  SALES,
  startTestSlack,
  type StartedSlack,
} from "../support/slack-stand-in.ts";

let slack: StartedSlack;

beforeEach(async () => {
  slack = await startTestSlack();
});
afterEach(() => slack.close());

const seconds = () => Math.floor(slack.clock.now() / 1000);
const texts = (channel: string) => slack.store.messages(channel).map(({ text }) => text);

describe("a scheduled message", () => {
  const metadata = { event_type: "told_later", event_payload: { id: "7" } };

  it("is posted, metadata and all, when the sandbox's clock is set past its time, and not before", async () => {
    const { chat } = slack.client();
    const post_at = seconds() + 3600;
    const answer = await chat.scheduleMessage({ channel: SALES, text: "Stand-up", post_at, metadata });
    expect(answer).toMatchObject({ channel: SALES, post_at, message: { type: "delayed_message", text: "Stand-up" } });
    expect(slack.store.scheduled()).toMatchObject([{ channel: SALES, postAt: post_at }]);
    slack.clock.set(post_at * 1000 - 60_000);
    expect(texts("sales")).toEqual([]);
    slack.clock.set(post_at * 1000);
    expect(slack.store.messages("sales")).toMatchObject([{ text: "Stand-up", author: { name: "Sophia" }, metadata }]);
    expect(slack.store.scheduled()).toEqual([]);
  });

  it("is posted when the clock comes to its time by itself", async () => {
    const channel = SALES;
    slack.clock.set(Math.ceil(slack.clock.now() / 1000) * 1000 - 80);
    await slack.client().chat.scheduleMessage({ channel, markdown_text: "**Now**", post_at: seconds() + 1 });
    const posted = await slack.store.waitFor(() => slack.store.messages("sales")[0], 5_000);
    expect(posted).toMatchObject({ text: "**Now**", blocks: [{ type: "markdown", text: "**Now**" }] });
  });

  it("is listed by channel and time, and can be taken back until it is posted", async () => {
    const { chat } = slack.client();
    slack.store.join({ user: "sophia", channel: RANDOM });
    for (const [channel, wait] of [[SALES, 300] as const, [RANDOM, 200] as const, [SALES, 100] as const]) {
      await chat.scheduleMessage({ channel, text: `in ${wait} s`, post_at: seconds() + wait });
    }
    const { scheduled_messages: all = [] } = await chat.scheduledMessages.list({});
    expect(all.map(({ text }) => text)).toEqual(["in 100 s", "in 200 s", "in 300 s"]);
    const page = await chat.scheduledMessages.list({ channel: SALES, limit: 1 });
    expect(page.scheduled_messages?.map(({ text }) => text)).toEqual(["in 100 s"]);
    const next = await chat.scheduledMessages.list({ channel: SALES, cursor: page.response_metadata?.next_cursor });
    expect(next.scheduled_messages?.map(({ text }) => text)).toEqual(["in 300 s"]);
    const oldest = String(seconds() + 150);
    const late = await chat.scheduledMessages.list({ oldest, latest: String(seconds() + 250) });
    expect(late.scheduled_messages?.map(({ text }) => text)).toEqual(["in 200 s"]);
    const scheduled_message_id = String(all[0]?.id);
    await chat.deleteScheduledMessage({ channel: SALES, scheduled_message_id });
    expect(await refusal(chat.deleteScheduledMessage({ channel: SALES, scheduled_message_id }))).toBe(
      "invalid_scheduled_message_id",
    );
    slack.clock.set(slack.clock.now() + 3_600_000);
    expect(texts("sales")).toEqual(["in 300 s"]);
  });

  it("is refused where or when it cannot be posted", async () => {
    const { chat } = slack.client();
    const schedule = (more: object) =>
      refusal(chat.scheduleMessage({ channel: SALES, text: "x", post_at: seconds() + 60, ...more }));
    expect(await schedule({ post_at: seconds() - 1 })).toBe("time_in_past");
    expect(await schedule({ post_at: seconds() + 121 * 24 * 3600 })).toBe("time_too_far");
    expect(await schedule({ post_at: 1.5 })).toBe("invalid_time");
    expect(await schedule({ channel: RANDOM })).toBe("not_in_channel");
    expect(await schedule({ channel: DEAL_DESK })).toBe("channel_not_found");
    expect(await schedule({ thread_ts: "1.000001" })).toBe("thread_not_found");
    expect(await refusal(chat.scheduledMessages.list({ channel: "C0NOWHERE" }))).toBe("invalid_channel");
    for (let n = 0; n < 30; n++) expect(await schedule({ post_at: seconds() + 100 + n })).toBe("ok");
    expect(await schedule({ post_at: seconds() + 131 })).toBe("restricted_too_many");
    expect(await schedule({ post_at: seconds() + 900 })).toBe("ok");
  });

  it("is dropped by a reset, and where its thread is gone when its time comes", async () => {
    const { chat } = slack.client();
    const { ts } = slack.store.send({ user: "maya", channel: "sales", text: "root" });
    await chat.scheduleMessage({ channel: SALES, text: "reply", thread_ts: ts, post_at: seconds() + 60 });
    slack.store.remove({ user: "maya", channel: "sales", ts });
    slack.clock.set(slack.clock.now() + 61_000);
    expect(texts("sales")).toEqual([]);
    await chat.scheduleMessage({ channel: SALES, text: "never", post_at: seconds() + 60 });
    slack.reset();
    slack.clock.set(slack.clock.now() + 61_000);
    expect(texts("sales")).toEqual([]);
  });
});

describe("a group DM", () => {
  it("is there once for the same people, is read by them alone, and has events of its own", async () => {
    const client = slack.client();
    const { channel, already_open } = await client.conversations.open({ users: `${MAYA},${OLIVER}` });
    expect([channel, already_open]).toMatchObject([{ is_mpim: true, is_private: true }, undefined]);
    const again = await client.conversations.open({ users: `${OLIVER},${MAYA}` });
    expect(again).toMatchObject({ already_open: true, channel: { id: channel?.id } });
    const id = String(channel?.id);
    slack.store.send({ user: "maya", channel: id, text: "psst" });
    expect(slack.store.events().map(({ event }) => event["channel_type"])).toEqual(["mpim"]);
    const { messages = [] } = await client.conversations.history({ channel: id });
    expect(messages.map(({ text }) => text)).toEqual(["psst"]);
    const { members } = await client.conversations.members({ channel: id });
    expect(members).toEqual([MAYA, OLIVER, slack.store.identity.userId]);
    const { channels = [] } = await client.users.conversations({ user: MAYA, types: "mpim" });
    expect(channels.map((one) => one.id)).toEqual([id]);
    const { channels: open = [] } = await client.conversations.list();
    expect(open.map((one) => one.id)).not.toContain(id);
  });

  it("needs scopes of its own", async () => {
    const narrow = await startTestSlack({ scopes: ["im:write", "channels:read"] });
    try {
      const client = narrow.client();
      const opening = client.conversations.open({ users: `${MAYA},${OLIVER}` });
      await expect(opening).rejects.toMatchObject({ data: { error: "missing_scope", needed: "mpim:write" } });
      const listing = client.conversations.list({ types: "public_channel,private_channel" });
      await expect(listing).rejects.toMatchObject({ data: { error: "missing_scope", needed: "groups:read" } });
    } finally {
      await narrow.close();
    }
  });
});

describe("people and channels that are not as usual", () => {
  it("shows who is a guest and who has left", async () => {
    const { users } = slack.client();
    slack.store.setStanding("oliver", "guest");
    expect((await users.info({ user: OLIVER })).user).toMatchObject({ is_restricted: true, deleted: false });
    slack.store.setStanding("oliver", "deleted");
    expect((await users.info({ user: OLIVER })).user).toMatchObject({ is_restricted: false, deleted: true });
    const lookup = users.lookupByEmail({ email: "oliver@payready.example" });
    expect(await refusal(lookup)).toBe("users_not_found");
    expect(await refusal(slack.client().conversations.open({ users: OLIVER }))).toBe("user_disabled");
    slack.reset();
    expect((await users.info({ user: OLIVER })).user).toMatchObject({ is_restricted: false, deleted: false });
  });

  it("takes nothing in an archived channel, and shows which are archived or read by another company", async () => {
    const client = slack.client();
    const { ts } = slack.store.send({ user: "maya", channel: "sales", text: "done" });
    slack.store.changeChannel("sales", { isArchived: true, isExternallyShared: true });
    expect(await refusal(client.chat.postMessage({ channel: SALES, text: "hi" }))).toBe("is_archived");
    expect(await refusal(client.reactions.add({ channel: SALES, timestamp: ts, name: "eyes" }))).toBe("is_archived");
    const { channel } = await client.conversations.info({ channel: SALES });
    expect(channel).toMatchObject({ is_archived: true, is_ext_shared: true, is_shared: true });
    const { channels = [] } = await client.conversations.list({ exclude_archived: true });
    expect(channels.map(({ name }) => name)).toEqual(["general", "random"]);
    await expect(client.conversations.history({ channel: SALES })).resolves.toMatchObject({ ok: true });
  });
});
