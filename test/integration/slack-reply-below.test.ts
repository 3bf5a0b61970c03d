import { afterEach, beforeEach, describe, expect, it } from "vitest";
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
const png = (n: number) =>
  Buffer.concat([
    Buffer.from(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
      "base64",
    ),
    Buffer.from([n]),
  ]);
const chart = (n: number) => ({
  png: png(n),
  title: `Chart ${n}`,
  alt: `Bar chart ${n}: ${"Acme 1 USD, ".repeat(150)}`,
});
/** Nearly as much as a message of an answer holds. */
const longAnswer = "Every word of it counts. ".repeat(390);

const question = (fields: Partial<Turn> = {}): Turn =>
  turnFor(slack.store.send({ user: MAYA, channel: SALES, text: "a question", hold: true }).ts, fields);

const digestKey = "digest:s1:2026-09-14T07:00:00Z";
const digest = (): Turn =>
  turnFor("0", {
    source: "digest",
    sourceKey: digestKey,
    threadTs: digestKey,
    messageTs: undefined,
    isRoot: true,
    createdAt: new Date(slack.board.clock.now()),
  });

const partsOf = (turn: Turn): MessageView[] =>
  slack.store
    .messages(SALES, { threadTs: turn.threadTs })
    .filter(({ author, ts }) => author.isBot && (turn.isRoot || ts !== turn.threadTs));
const kindsOf = (message: MessageView | undefined): string[] => message?.blocks.map(({ type }) => type) ?? [];

async function answer(turn: Turn, attempt: number, text = longAnswer, charts = 3): Promise<void> {
  const reply = await sophia.open({ ...turn, attempt }, attempt, nothing, {
    placed: ({ threadTs }) => void Object.assign(turn, { threadTs }),
  });
  reply.write(text);
  for (let n = 1; n <= charts; n++) reply.image(chart(n));
  reply.buttons([{ action: "sophia_show_query", label: "Show the query", value: turn.id }]);
  await reply.finish();
}

const all = ["image", "image", "image", "actions", "context_actions"];

describe("what stands below a long answer", () => {
  it("stands in a message of its own, which ends the stream's answer, and says in a notification what it shows", async () => {
    const turn = question();
    await answer(turn, 1);
    const [text, below, ...others] = partsOf(turn);
    expect(others).toEqual([]);
    expect(kindsOf(text)).toEqual(["markdown"]);
    expect(text?.streaming).toBe(false);
    expect(kindsOf(below)).toEqual(all);
    expect(below?.text).toBe("Chart 1\nChart 2\nChart 3");
    expect(below?.metadata?.event_payload).toEqual({ turn_id: turn.id, part: 1 });
    expect(slack.store.statuses()).toMatchObject([{ session: "active" }]);
  });

  it("stands there once, however many attempts the answer takes", async () => {
    const turn = question();
    await answer(turn, 1);
    await answer(turn, 2);
    expect(partsOf(turn).map(kindsOf)).toEqual([["markdown"], all]);
    expect(slack.store.files.all()).toHaveLength(3);
  });

  it("is found again where its outcome was lost", async () => {
    const turn = question();
    slack.board.addFault({ service: "slack", path: "chat.postMessage", drop: "after" });
    await answer(turn, 1);
    expect(partsOf(turn).map(kindsOf)).toEqual([["markdown"], all]);
  });

  it("is found by the attempt that follows a crash before its place was known", async () => {
    const turn = question();
    await answer(turn, 1);
    for (const row of sophia.turns.replies.rows.filter(({ part }) => part === 1)) row.ts = undefined;
    await answer(turn, 2);
    expect(partsOf(turn).map(kindsOf)).toEqual([["markdown"], all]);
  });

  it("stands in the thread of an answer at the root", async () => {
    const turn = digest();
    await answer(turn, 1);
    const [root, below, ...others] = partsOf(turn);
    expect(others).toEqual([]);
    expect(root?.ts).toBe(turn.threadTs);
    expect(kindsOf(root)).toEqual(["markdown"]);
    expect(kindsOf(below)).toEqual(["image", "image", "image", "actions"]);
  });

  it("stands below the text where there is room", async () => {
    const turn = question();
    await answer(turn, 1, "Here it is.");
    expect(partsOf(turn).map(kindsOf)).toEqual([["markdown", ...all]]);
    const small = question();
    await answer(small, 1, longAnswer, 0);
    expect(partsOf(small).map(kindsOf)).toEqual([["markdown", "actions", "context_actions"]]);
  });

  it("is not lost where Slack has ended the stream before", async () => {
    const turn = question();
    const reply = await sophia.open(turn, 1, nothing);
    reply.write("Here it is.");
    await slack.store.waitFor(() => partsOf(turn)[0]?.text === "Here it is.", 5_000);
    slack.store.expireStreams();
    reply.image(chart(1));
    await reply.finish();
    expect(partsOf(turn).map(kindsOf)).toEqual([["markdown"], ["image", "context_actions"]]);
  });
});

it("what comes below a message that was ended for its age stands in one of its own", async () => {
  const turn = question();
  const reply = await sophia.open(turn, 1, nothing);
  reply.write("Here it is.");
  await slack.store.waitFor(() => partsOf(turn)[0]?.text === "Here it is.", 5_000);
  await sophia.time.pass(250_000);
  await slack.store.waitFor(() => partsOf(turn)[0]?.streaming === false, 5_000);
  reply.image(chart(1));
  await reply.finish();
  expect(partsOf(turn).map(kindsOf)).toEqual([["markdown"], ["image", "context_actions"]]);
});

describe("where Slack refuses the blocks", () => {
  it("the picture is told in words and the buttons stay", async () => {
    const turn = question();
    slack.board.addFault({ service: "slack", path: "chat.stopStream", status: 503 });
    slack.store.files.isShowable = () => false;
    await answer(turn, 1, "Here it is.", 1);
    const [message] = partsOf(turn);
    expect(kindsOf(message)).toEqual(["markdown", "context", "actions", "context_actions"]);
    expect(JSON.stringify(message?.blocks)).toContain("I cannot show a picture here. What it shows: Bar chart 1");
  });
});
