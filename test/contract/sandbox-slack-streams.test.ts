// oxlint-disable unicorn/require-post-message-target-origin -- Slack's chat.postMessage, not a window's
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MAYA, refusal, SALES, startTestSlack, type StartedSlack } from "../support/slack-stand-in.ts";

let slack: StartedSlack;
let thread: { channel: string; thread_ts: string };
let recipient: { recipient_user_id: string; recipient_team_id: string };

beforeEach(async () => {
  slack = await startTestSlack();
  thread = { channel: SALES, thread_ts: slack.store.send({ user: "maya", channel: "sales", text: "@sophia go" }).ts };
  recipient = { recipient_user_id: MAYA, recipient_team_id: slack.store.identity.teamId };
});

afterEach(() => slack.close());

async function start(more: Record<string, unknown> = {}): Promise<{ channel: string; ts: string }> {
  const { ts } = await slack.client().chat.startStream({ ...thread, ...recipient, ...more });
  return { channel: SALES, ts: String(ts) };
}

const task = (id: string, status: "in_progress" | "complete", more: object = {}) =>
  ({ type: "task_update", id, title: `Task ${id}`, status, ...more }) as const;

describe("a stream", () => {
  it("is written by the SDK's ChatStreamer, and shows as it grows", async () => {
    const client = slack.client();
    const streamer = client.chatStream({ ...thread, ...recipient, buffer_size: 1 });
    await streamer.append({ chunks: [task("1", "in_progress")] });
    await streamer.append({ markdown_text: "**Three** calls" });
    const ts = String(streamer.ts);
    const { messages = [] } = await client.conversations.replies({ channel: SALES, ts: thread.thread_ts });
    const [, growing] = messages;
    expect(growing).toMatchObject({ ts, text: "**Three** calls", streaming_state: "in_progress" });
    expect(growing?.blocks?.map((block) => block.type)).toEqual(["task_card", "markdown"]);
    expect(slack.store.message("sales", ts)).toMatchObject({ streaming: true, tasks: [{ status: "in_progress" }] });
    const buttons = { type: "divider" } as const;
    await streamer.append({ chunks: [task("1", "complete", { output: "6 calls" })] });
    await streamer.stop({ markdown_text: " yesterday.", blocks: [buttons] });
    const done = slack.store.message("sales", ts);
    expect(done).toMatchObject({ streaming: false, text: "**Three** calls yesterday." });
    expect(done?.blocks.map((block) => block.type)).toEqual(["task_card", "markdown", "divider"]);
    expect(done?.tasks).toMatchObject([{ id: "1", status: "complete", output: "6 calls" }]);
  });

  it("appends a task's details and output, and replaces its title and status, as Slack does", async () => {
    const stream = await start({ chunks: [task("1", "in_progress", { details: "Gong" })] });
    await slack.client().chat.appendStream({ ...stream, chunks: [task("1", "complete", { details: ", page 2" })] });
    expect(slack.store.message("sales", stream.ts)?.tasks).toMatchObject([
      { status: "complete", details: "Gong, page 2" },
    ]);
  });

  it("shows the tasks together in plan mode", async () => {
    const chunks = [task("1", "complete"), { type: "plan_update", title: "Reading" }, task("2", "in_progress")];
    const { ts } = await start({ task_display_mode: "plan", chunks });
    expect(slack.store.message("sales", ts)?.blocks).toMatchObject([
      { type: "plan", title: "Reading", tasks: [{ task_id: "1" }, { task_id: "2" }] },
    ]);
  });

  it("takes metadata and the session's status at its end", async () => {
    const stream = await start({ markdown_text: "x" });
    const metadata = { event_type: "sophia_reply", event_payload: { turn: "1" } };
    await slack.client().chat.stopStream({ ...stream, metadata, session_status: "active" });
    expect(slack.store.message("sales", stream.ts)?.metadata).toEqual(metadata);
    expect(slack.store.statuses()).toMatchObject([{ session: "active" }]);
  });

  it("needs a thread, and in a channel a recipient", async () => {
    const { chat } = slack.client();
    expect(await refusal(chat.startStream(thread))).toBe("missing_recipient_team_id");
    expect(await refusal(chat.startStream({ ...thread, recipient_team_id: recipient.recipient_team_id }))).toBe(
      "missing_recipient_user_id",
    );
    expect(await refusal(slack.client().apiCall("chat.startStream", { channel: SALES, ...recipient }))).toBe(
      "invalid_arguments",
    );
    const dm = slack.store.send({ user: "maya", channel: "dm", text: "hi" });
    await expect(chat.startStream({ channel: dm.channel, thread_ts: dm.ts })).resolves.toMatchObject({ ok: true });
  });

  it("ends by stopStream, by its lifetime, and by the Stop button, each with its own refusal", async () => {
    const { chat } = slack.client();
    const [stopped, expired, ended] = [await start(), await start(), await start()];
    await chat.stopStream({ ...stopped, markdown_text: "done" });
    expect(await refusal(chat.appendStream({ ...stopped, markdown_text: "more" }))).toBe(
      "message_not_in_streaming_state",
    );
    expect(await refusal(chat.stopStream(stopped))).toBe("message_not_in_streaming_state");
    const streaming = slack.store.stop({ user: "maya", channel: "sales", threadTs: thread.thread_ts });
    expect(streaming).toEqual([expired.ts, ended.ts]);
    expect(await refusal(chat.appendStream({ ...ended, markdown_text: "more" }))).toBe("stopped_by_user");
    await expect(chat.stopStream(ended)).resolves.toMatchObject({ ok: true });
    expect(slack.store.events().at(-2)?.event).toMatchObject({
      type: "agent_session_stopped",
      user: MAYA,
      thread_ts: thread.thread_ts,
      streaming_message_ts: [expired.ts, ended.ts],
    });
    const last = await start({ markdown_text: "kept" });
    slack.store.expireStreams();
    expect(await refusal(chat.appendStream({ ...last, markdown_text: "lost" }))).toBe("message_not_in_streaming_state");
    expect(slack.store.message("sales", last.ts)).toMatchObject({ text: "kept", streaming: false });
  });

  it("expires by itself", async () => {
    const short = await startTestSlack({ streamLifetimeMs: 20 });
    try {
      const { ts, channel } = short.store.send({ user: "maya", channel: "dm", text: "hi" });
      const stream = await short.client().chat.startStream({ channel, thread_ts: ts, markdown_text: "x" });
      await short.store.waitFor(() => !short.store.message(channel, String(stream.ts))?.streaming, 5_000);
    } finally {
      await short.close();
    }
  });

  it("cannot be edited while it runs, and can afterwards", async () => {
    const { chat } = slack.client();
    const stream = await start({ markdown_text: "half" });
    expect(await refusal(chat.update({ ...stream, text: "whole" }))).toBe("streaming_state_conflict");
    await chat.stopStream(stream);
    await chat.update({ ...stream, text: "whole" });
    expect(slack.store.message("sales", stream.ts)).toMatchObject({ text: "whole", blocks: [], tasks: [] });
  });
});

describe("a stream's limits", () => {
  it("refuses 12,001 characters in a call and in all, and keeps what it had", async () => {
    const { chat } = slack.client();
    const stream = await start();
    expect(await refusal(chat.appendStream({ ...stream, markdown_text: "x".repeat(12_001) }))).toBe("msg_too_long");
    await chat.appendStream({ ...stream, markdown_text: "x".repeat(11_000) });
    expect(await refusal(chat.appendStream({ ...stream, markdown_text: "y".repeat(1_001) }))).toBe("msg_too_long");
    expect(slack.store.message("sales", stream.ts)?.text).toBe("x".repeat(11_000));
  });

  it("refuses at its end what would be too long a message with the blocks below it, and keeps what it had", async () => {
    const stream = await start({ markdown_text: "x".repeat(11_500) });
    const stop = (alt: number) => {
      const image = { type: "image", image_url: "https://a.example/b.png", alt_text: "y".repeat(alt) } as const;
      return slack.client().chat.stopStream({ ...stream, markdown_text: " end", blocks: [image] });
    };
    expect(await refusal(stop(1_700))).toBe("msg_blocks_too_long");
    expect(slack.store.message("sales", stream.ts)).toMatchObject({ streaming: true, text: "x".repeat(11_500) });
    await stop(1_600);
    expect(slack.store.message("sales", stream.ts)?.blocks.map(({ type }) => type)).toEqual(["markdown", "image"]);
  });

  it("counts the tasks' JSON along with the text", async () => {
    const stream = await start({
      chunks: Array.from({ length: 40 }, (_, n) => task(`${n}`, "complete", { output: "o".repeat(200) })),
    });
    const text = [{ type: "markdown_text", text: "short" } as const];
    expect(await refusal(slack.client().chat.appendStream({ ...stream, chunks: text }))).toBe("msg_too_long");
  });

  it.each([
    ["text and chunks in one call", { markdown_text: "x", chunks: [] }, "cannot_provide_both_markdown_text_and_chunks"],
    ["text after chunks", { markdown_text: "x" }, "streaming_mode_mismatch"],
    ["nothing", {}, "no_text"],
    ["an unknown chunk", { chunks: [{ type: "song" }] }, "invalid_chunks"],
    ["a task without a title", { chunks: [{ type: "task_update", id: "1", status: "pending" }] }, "invalid_chunks"],
    [
      "a source without a text",
      { chunks: [task("1", "complete", { sources: [{ type: "url", url: "https://x" }] })] },
      "invalid_chunks",
    ],
    ["an unknown block", { chunks: [{ type: "blocks", blocks: [{ type: "song" }] }] }, "invalid_blocks"],
  ])("refuses %s", async (_what, content, error) => {
    const stream = await start({ chunks: [{ type: "markdown_text", text: "begun" }] });
    expect(await refusal(slack.client().apiCall("chat.appendStream", { ...stream, ...content }))).toBe(error);
  });
});

describe("a message's limits", () => {
  const section = (text: string) => ({ type: "section", text: { type: "mrkdwn", text } });
  const cell = { type: "raw_text", text: "x" };
  const icon = { type: "icon_button", action_id: "a", icon: "trash", text: { type: "plain_text", text: "x" } };

  it.each([
    [
      "51 blocks",
      Array.from({ length: 51 }, () => ({ type: "divider" })),
      "no more than 50 items allowed [json-pointer:/blocks]",
    ],
    [
      "a section of 3,001 characters",
      [section("x".repeat(3001))],
      "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ],
    ["an empty section", [section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"],
    [
      "markdown over 12,000 in all",
      [1, 2].map(() => ({ type: "markdown", text: "x".repeat(6_001) })),
      "must be less than 12001 characters in all [json-pointer:/blocks]",
    ],
    [
      "a table of 101 rows",
      [{ type: "table", rows: Array.from({ length: 101 }, () => [cell]) }],
      "no more than 100 items allowed [json-pointer:/blocks/0/rows]",
    ],
    [
      "a table of 21 columns",
      [{ type: "table", rows: [Array.from({ length: 21 }, () => cell)] }],
      "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]",
    ],
    [
      "six context actions",
      [{ type: "context_actions", elements: Array.from({ length: 6 }, () => icon) }],
      "no more than 5 items allowed [json-pointer:/blocks/0/elements]",
    ],
    ["an unknown block", [{ type: "song" }], "unsupported type: song [json-pointer:/blocks/0/type]"],
  ])("refuses %s and says where", async (_what, blocks, reason) => {
    const call = slack.client().apiCall("chat.postMessage", { channel: SALES, text: "x", blocks });
    await expect(call).rejects.toMatchObject({
      data: { error: "invalid_blocks", errors: [reason], response_metadata: { messages: [`[ERROR] ${reason}`] } },
    });
  });

  it("refuses blocks of more than 13,200 characters and updates of more than 4,000, and cuts a text at 40,000", async () => {
    const client = slack.client();
    const blocks = Array.from({ length: 5 }, () => section("x".repeat(2_900)));
    expect(await refusal(client.apiCall("chat.postMessage", { channel: SALES, blocks }))).toBe("msg_blocks_too_long");
    const posted = await client.chat.postMessage({ channel: SALES, text: "x".repeat(40_001) });
    expect(posted).toMatchObject({ warning: "message_truncated" });
    expect(slack.store.message("sales", String(posted.ts))?.text).toHaveLength(40_000);
    const update = client.chat.update({ channel: SALES, ts: String(posted.ts), text: "x".repeat(4_001) });
    expect(await refusal(update)).toBe("msg_too_long");
  });
});

describe("rates and faults", () => {
  it("limits posting to about one a second in a channel, and says how long to wait", async () => {
    let now = 0;
    const limited = await startTestSlack({ rateLimits: true, now: () => now });
    try {
      const client = limited.client({ rejectRateLimitedCalls: true });
      const post = () => refusal(client.chat.postMessage({ channel: SALES, text: "x" }));
      const burst = [];
      for (let n = 0; n < 6; n += 1) burst.push(await post());
      expect(burst.filter((result) => result === "ok")).toHaveLength(5);
      await expect(client.chat.postMessage({ channel: SALES, text: "x" })).rejects.toMatchObject({ retryAfter: 1 });
      now += 1_000;
      expect(await post()).toBe("ok");
      limited.store.setRateLimits(false);
      expect(await post()).toBe("ok");
    } finally {
      await limited.close();
    }
  });

  it("answers a fault's 429 as Slack does and its 5xx as a page", async () => {
    const client = slack.client({ rejectRateLimitedCalls: true });
    slack.board.addFault({ service: "slack", path: "chat.update", status: 429, retryAfter: 7 });
    slack.board.addFault({ service: "slack", path: "chat.postMessage", status: 503 });
    const response = await fetch(`${slack.apiUrl}chat.update`, { method: "POST" });
    expect([response.status, response.headers.get("retry-after"), await response.json()]).toEqual([
      429,
      "7",
      { ok: false, error: "ratelimited" },
    ]);
    const post = client.chat.postMessage({ channel: SALES, text: "x" });
    await expect(post).rejects.toMatchObject({ statusCode: 503, body: expect.stringContaining("<!DOCTYPE html>") });
    expect(slack.store.messages("sales")).toHaveLength(1);
  });

  it("does what was asked and loses the answer", async () => {
    slack.board.addFault({ service: "slack", path: "chat.postMessage", drop: "after" });
    await expect(slack.client().chat.postMessage({ channel: SALES, text: "there" })).rejects.toThrow();
    expect(slack.store.messages("sales").map((message) => message.text)).toContain("there");
  });
});
