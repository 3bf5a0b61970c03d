import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MessageView } from "../../sandbox/slack/store.ts";
import { ReplyRefusedError } from "../../src/agent/ports.ts";
import { createChannels } from "../../src/slack/channels.ts";
import { guardingRoots } from "../../src/slack/root-guard.ts";
import type { Turn } from "../../src/storage/turns.ts";
import { TurnInterrupted } from "../../src/turns/interruption.ts";
import type { OpenReply } from "../../src/turns/run-turn.ts";
import { quiet, startSophia, turnFor, type Sophia } from "../support/slack-sophia.ts";
import { SALES, startTestSlack, type StartedSlack } from "../support/slack-stand-in.ts";

let slack: StartedSlack;
let sophia: Sophia;
let open: OpenReply;
let refusals: string[];

beforeEach(async () => {
  slack = await startTestSlack();
  sophia = await startSophia(slack, "socket");
  const channels = createChannels({ client: sophia.client, clock: sophia.time.clock, logger: quiet });
  // Somebody looked a moment ago, and it was fine.
  await channels.find(SALES);
  open = guardingRoots(sophia.open, { channels, wait: sophia.time.wait });
  sophia.time.rushMs = 60_000;
  refusals = [];
});
afterEach(async () => {
  await sophia.close();
  await slack.close();
});

const nothing = new AbortController().signal;
const events = { placed: () => undefined, refused: ({ code }: ReplyRefusedError) => void refusals.push(code) };
const begin = (turn: Turn, signal = nothing) => open(turn, turn.attempt, signal, events);

function unasked(fields: Partial<Turn> = {}): Turn {
  const sourceKey = "digest:s1:2026-09-14T07:00:00Z";
  const place = { sourceKey, threadTs: sourceKey, messageTs: undefined };
  return turnFor("0", { source: "digest", isRoot: true, attempt: 1, ...place, ...fields });
}

const posts = (threadTs?: string): MessageView[] =>
  slack.store
    .messages(SALES, threadTs === undefined ? {} : { threadTs })
    .filter(({ author }) => author.id === sophia.workspace.botUserId);

describe("an answer at the root", () => {
  it("is posted where nobody else reads", async () => {
    const reply = await begin(unasked());
    reply.write("Three calls.");
    await reply.finish();
    expect(posts()).toHaveLength(1);
    expect(refusals).toEqual([]);
  });

  it.each([
    ["another company reads by now", { isExternallyShared: true }, "external_channel"],
    ["the channel is archived by now", { isArchived: true }, "is_archived"],
  ])("is not posted where %s, however it ends", async (_, change, code) => {
    slack.store.changeChannel("sales", change);
    for (const end of ["finish", "suspend"] as const) {
      const reply = await begin(unasked());
      reply.write("Three calls.");
      await expect(reply[end]()).rejects.toThrow(ReplyRefusedError);
      reply.breakOff("I had to stop here.");
      await expect(reply.finish()).rejects.toMatchObject({ code });
    }
    expect(posts()).toEqual([]);
    expect(refusals).toEqual([code, code]);
  });

  it("does not go on in its thread either", async () => {
    const first = await begin(unasked());
    first.write("Before the card.");
    first.breakPage();
    await first.suspend();
    const [post] = posts();
    slack.store.changeChannel("sales", { isExternallyShared: true });
    const again = await begin(unasked({ threadTs: post!.ts, attempt: 2 }));
    again.write("Before the card.");
    again.breakPage();
    again.write("After it.");
    await expect(again.finish()).rejects.toMatchObject({ code: "external_channel" });
    expect(posts(post!.ts)).toHaveLength(1);
  });

  it("waits for a Slack that does not say who reads it, and is posted once it does", async () => {
    slack.board.addFault({ service: "slack", path: "conversations.info", status: 503, times: 3 });
    const reply = await begin(unasked());
    reply.write("Three calls.");
    await reply.finish();
    expect(posts()).toHaveLength(1);
  });

  it("is left to another attempt where Slack does not say so in time, without a word", async () => {
    slack.board.addFault({ service: "slack", path: "conversations.info", status: 503, times: 5 });
    const reply = await begin(unasked());
    reply.write("Three calls.");
    await expect(reply.finish()).rejects.toMatchObject({ name: "ServiceError", retryable: true });
    reply.breakOff("Slack did not say who reads the channel.");
    await expect(reply.finish()).rejects.toMatchObject({ name: "ServiceError" });
    expect(posts()).toEqual([]);
    const next = await begin(unasked({ attempt: 2 }));
    next.write("Three calls.");
    await next.finish();
    expect(posts()).toHaveLength(1);
    expect(refusals).toEqual([]);
  });

  it("is nobody's business where there is nothing to say, and where another worker has the turn", async () => {
    slack.store.changeChannel("sales", { isExternallyShared: true });
    await (await begin(unasked())).finish();
    const lost = new AbortController();
    const reply = await begin(unasked(), lost.signal);
    reply.write("Three calls.");
    lost.abort(new TurnInterrupted("lost"));
    await reply.finish();
    expect(posts()).toEqual([]);
    expect(refusals).toEqual([]);
  });
});

it("what only ends what stands already is not looked at", async () => {
  slack.board.addFault({ service: "slack", path: "conversations.info", status: 503, times: 9 });
  const reply = await begin(unasked({ attempt: 2 }));
  reply.breakOff("");
  await reply.finish();
  expect(posts()).toEqual([]);
});

it("an answer to somebody, or to one person alone, is not looked at", async () => {
  const asked = slack.store.send({ user: "maya", channel: "sales", text: "a question", hold: true });
  slack.board.addFault({ service: "slack", path: "conversations.info", status: 503, times: 9 });
  for (const turn of [turnFor(asked.ts), unasked({ audience: "private" })]) {
    const reply = await begin(turn);
    reply.write("Three calls.");
    await reply.finish();
  }
  expect([posts().length, posts(asked.ts).length]).toEqual([1, 1]);
});
