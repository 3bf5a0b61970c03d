import { afterEach, beforeEach, expect, it } from "vitest";
import type { Turn } from "../../src/storage/turns.ts";
import { startSophia, type Sophia } from "../support/slack-sophia.ts";
import { MAYA, OLIVER, SALES, startTestSlack, type StartedSlack } from "../support/slack-stand-in.ts";

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

async function answer(turn: Turn, text = "Two calls yesterday."): Promise<void> {
  const reply = await sophia.open(turn, 1, nothing);
  reply.status("is thinking");
  reply.task({ id: "t1", title: "Reading 6 calls in Gong", status: "in_progress" });
  reply.task({ id: "t1", title: "Reading 6 calls in Gong", status: "complete", output: "6 done" });
  reply.write(text);
  await reply.finish();
}

it("streams the answer to a mention into its thread", async () => {
  const answered = Promise.withResolvers<void>();
  sophia.turns.onNew = (turn) => void answer(turn).then(answered.resolve, answered.reject);
  const { ts } = slack.store.send({ user: MAYA, channel: SALES, text: "@sophia summarize yesterday's calls" });
  await answered.promise;
  await slack.store.settled();

  const [turn, ...more] = sophia.turns.all();
  expect(more).toEqual([]);
  expect(turn).toMatchObject({ text: "summarize yesterday's calls", source: "mention", threadTs: ts, userId: MAYA });
  const [, message, ...others] = slack.store.messages(SALES, { threadTs: ts });
  expect(others).toEqual([]);
  expect(message).toMatchObject({ text: "Two calls yesterday.", streaming: false });
  expect(message?.tasks).toMatchObject([{ title: "Reading 6 calls in Gong", status: "complete", output: "6 done" }]);
  expect(message?.metadata).toMatchObject({
    event_type: "sophia_reply",
    event_payload: { turn_id: turn?.id, part: 0 },
  });
  expect(message?.blocks.at(-1)).toMatchObject({ type: "context_actions" });
  expect(slack.store.statuses()).toMatchObject([{ session: "active" }]);
  expect(sophia.turns.replies.rows).toMatchObject([{ part: 0, ts: message?.ts }]);
});

it("acknowledges only what it has stored, and takes a redelivery once", async () => {
  await sophia.close();
  await slack.close();
  slack = await startTestSlack({ ackTimeoutMs: 150, retryDelaysMs: [0, 10] });
  sophia = await startSophia(slack, "socket");
  sophia.turns.failures = 2;
  slack.store.send({ user: MAYA, channel: SALES, text: "@sophia hello there" });
  await slack.store.settled();
  expect(sophia.turns.submissions).toBeGreaterThan(2);
  expect(sophia.turns.all()).toHaveLength(1);
});

it("makes one turn of a message however often and in whatever order it is delivered", async () => {
  const held = Array.from({ length: 20 }, (_, index) =>
    slack.store.send({ user: OLIVER, channel: SALES, text: `@sophia question ${index}`, hold: true }),
  );
  await slack.store.deliver(
    held.flatMap((sent) => sent.events),
    { times: 5, shuffle: 7 },
  );
  expect(sophia.turns.all()).toHaveLength(20);
});

it("is back at once when Slack refreshes the connection", async () => {
  slack.store.refreshSockets();
  const started = Date.now();
  slack.store.send({ user: MAYA, channel: SALES, text: "@sophia still there?" });
  await slack.store.settled();
  expect(sophia.turns.all()).toHaveLength(1);
  expect(Date.now() - started).toBeLessThan(2_000);
});

it("says what is wrong where Slack refuses the connection", async () => {
  const { app } = sophia;
  await app.stop();
  await slack.close();
  await expect(app.start()).rejects.toThrow(/does not open a Socket Mode connection/);
  slack = await startTestSlack();
});
