import { afterEach, beforeEach, expect, it } from "vitest";
import { ReplyRefusedError } from "../../src/agent/ports.ts";
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
const isRefused = (code: string) => (error: unknown) => error instanceof ReplyRefusedError && error.code === code;

it.for([
  ["a thread that is gone", "thread_not_found", {}],
  ["a channel that is gone", "channel_not_found", { channel: "C0GONE00001" }],
] as const)("says that an answer is refused for good: %s", async ([, code, fields]) => {
  const reply = await sophia.open(turnFor("1700000000.000100", fields), 1, nothing);
  reply.write("Nobody will read this.");
  await expect(reply.finish()).rejects.toSatisfy(isRefused(code));
  const seen = slack.board.requests("slack").length;
  await expect(reply.finish()).rejects.toSatisfy(isRefused(code));
  expect(slack.board.requests("slack")).toHaveLength(seen);
});

it("says so of a command's question that nobody can be sent", async () => {
  const sourceKey = "command:1.2.3";
  const turn = turnFor("1", { channel: "C0GONE00001", threadTs: sourceKey, sourceKey, userId: "U0NOBODY001" });
  await expect(sophia.open(turn, 1, nothing)).rejects.toBeInstanceOf(ReplyRefusedError);
});

it("says so at once, while the answer is being written", async () => {
  const refused: unknown[] = [];
  const turn = turnFor("1", { channel: "C0GONE00001" });
  const reply = await sophia.open(turn, 1, nothing, { refused: (error) => refused.push(error) });
  reply.write("Nobody will read this.");
  await expect.poll(() => refused).toEqual([expect.objectContaining({ code: "channel_not_found" })]);
  reply.write("Nor this.");
  await expect(reply.finish()).rejects.toBe(refused[0]);
  expect(refused).toHaveLength(1);
});

it("does not take a proxy's refusal for Slack's", async () => {
  const { ts } = slack.store.send({ user: MAYA, channel: SALES, text: "a question", hold: true });
  slack.board.addFault({ service: "slack", path: "chat.", status: 403, times: 10 });
  const reply = await sophia.open(turnFor(ts), 1, nothing);
  reply.write("Later.");
  await expect(reply.finish()).rejects.not.toBeInstanceOf(ReplyRefusedError);
});
