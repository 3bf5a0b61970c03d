import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { MessageView } from "../../sandbox/slack/store.ts";
import type { Turn } from "../../src/storage/turns.ts";
import { startSophia, turnFor, type Sophia } from "../support/slack-sophia.ts";
import { MAYA, SALES, startTestSlack, type StartedSlack } from "../support/slack-stand-in.ts";

let slack: StartedSlack;
let sophia: Sophia;

beforeEach(async () => {
  slack = await startTestSlack();
  sophia = await startSophia(slack, "socket");
});

afterEach(async () => {
  await sophia.close();
  await slack.close();
});

const nothing = new AbortController().signal;
const sourceKey = "digest:s1:2026-09-14T07:00:00Z";

/** Nobody has written anything: the turn has no message, and no thread before its answer stands. */
function digest(fields: Partial<Turn> = {}): Turn {
  return turnFor("0", {
    source: "digest",
    sourceKey,
    threadTs: sourceKey,
    messageTs: undefined,
    isRoot: true,
    ...fields,
  });
}

const posts = (): MessageView[] =>
  slack.store.messages(SALES).filter(({ author }) => author.id === sophia.workspace.botUserId);
const requests = (): string[] =>
  slack.board
    .requests("slack")
    .map(({ url }) => url.split("/").at(-1)!)
    .filter((method) => /^(?:chat|agents|assistant)\./.test(method));

describe("an answer at the root", () => {
  it("is not posted where there is nothing to say", async () => {
    const reply = await sophia.open(digest(), 1, nothing);
    await reply.finish();
    expect(posts()).toEqual([]);
    expect(requests().filter((method) => method.startsWith("chat."))).toEqual([]);
  });

  it("is posted once it is whole, in one call, with its buttons, and then has a thread", async () => {
    const placed: Pick<Turn, "channel" | "threadTs">[] = [];
    const reply = await sophia.open(digest(), 1, nothing, { placed: (place) => placed.push(place) });
    reply.status("is reading Gong");
    reply.write("**Yesterday.** ");
    await sophia.time.pass(5_000);
    expect(posts()).toEqual([]);
    reply.write("Three calls.");
    reply.buttons([{ action: "sophia_tell_more", label: "Tell me more", value: "turn_0" }]);
    await reply.finish();
    const [post] = posts();
    expect(post?.blocks.map(({ type }) => type)).toEqual(["markdown", "actions"]);
    expect(JSON.stringify(post?.blocks)).toContain("Three calls.");
    expect(placed).toMatchObject([{ channel: SALES, threadTs: post?.ts }]);
    expect(requests()).toEqual(["chat.postMessage"]);
  });

  it("goes on in its thread where it is longer than a message, and below a card", async () => {
    const reply = await sophia.open(digest(), 1, nothing);
    reply.write("Before the card.");
    reply.breakPage();
    await reply.suspend();
    const [post] = posts();
    const again = await sophia.open(digest({ threadTs: post!.ts, attempt: 2 }), 2, nothing);
    again.write("Before the card.");
    again.breakPage();
    again.write("After it.");
    await again.finish();
    expect(posts()).toHaveLength(1);
    const thread = slack.store.messages(SALES, { threadTs: post!.ts });
    expect(thread.map((message) => JSON.stringify(message.blocks))).toEqual([
      expect.stringContaining("Before the card."),
      expect.stringContaining("After it."),
    ]);
  });

  it.each([
    ["its answer was lost", { drop: "after" }],
    ["Slack is busy for a moment", { status: 503 }],
  ])("stands once where %s", async (_, fault) => {
    slack.board.addFault({ service: "slack", path: "chat.postMessage", ...(fault as object) });
    const reply = await sophia.open(digest({ createdAt: new Date(slack.board.clock.now()) }), 1, nothing);
    reply.write("Three calls.");
    await reply.finish();
    expect(posts()).toHaveLength(1);
  });

  it("is found below hundreds of messages that came since", async () => {
    const createdAt = new Date(slack.board.clock.now());
    const lost = await sophia.open(digest({ createdAt }), 1, nothing);
    lost.write("Three calls.");
    await lost.finish();
    sophia.turns.replies.rows.length = 0;
    for (let n = 0; n < 230; n++) slack.store.send({ user: MAYA, channel: SALES, text: `message ${n}`, hold: true });
    const next = await sophia.open(digest({ createdAt, attempt: 2 }), 2, nothing);
    next.write("Three calls.");
    await next.finish();
    expect(posts()).toHaveLength(1);
  });

  it("is on record before it is sent", async () => {
    slack.board.addFault({ service: "slack", path: "chat.postMessage", status: 500, times: 100 });
    const reply = await sophia.open(digest(), 1, nothing);
    reply.write("Three calls.");
    const failing = reply.finish().catch(() => undefined);
    await vi.waitFor(() => expect(sophia.turns.replies.rows).toMatchObject([{ turnId: "turn_0", part: 0 }]));
    await sophia.time.pass(120_000);
    await failing;
    expect(posts()).toEqual([]);
    expect(sophia.turns.replies.rows[0]).not.toHaveProperty("ts");
  });

  it("is found by the attempt that follows a crash before its place was known", async () => {
    const lost = await sophia.open(digest({ createdAt: new Date(slack.board.clock.now()) }), 1, nothing);
    lost.write("Three calls.");
    await lost.finish();
    sophia.turns.replies.rows.length = 0;
    const next = await sophia.open(digest({ createdAt: new Date(slack.board.clock.now()), attempt: 2 }), 2, nothing);
    next.write("Three calls, again.");
    await next.finish();
    expect(posts()).toHaveLength(1);
    expect(JSON.stringify(posts()[0]?.blocks)).toContain("Three calls, again.");
  });
});
