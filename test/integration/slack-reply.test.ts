import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Fault } from "../../sandbox/stand-in.ts";
import type { MessageView } from "../../sandbox/slack/store.ts";
import type { Turn } from "../../src/storage/turns.ts";
import { stoppedNote, TurnInterrupted } from "../../src/turns/interruption.ts";
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

function question(fields: Partial<Turn> = {}): Turn {
  const { ts } = slack.store.send({ user: MAYA, channel: SALES, text: "a question", hold: true });
  return turnFor(ts, fields);
}

function partsOf(turn: Turn): MessageView[] {
  return slack.store.messages(SALES, { threadTs: turn.threadTs }).slice(1);
}

/** What a person reads of a message's text, whether it was streamed or edited. */
function markdownOf(message: MessageView): string {
  return message.blocks.flatMap((block) => (block.type === "markdown" ? [String(block["text"])] : [])).join("\n");
}

const squeeze = (text: string): string => text.replace(/\s+/g, "");

function wholeText(turn: Turn): string {
  return squeeze(partsOf(turn).map(markdownOf).join("\n"));
}

async function isTrue(probe: () => boolean): Promise<void> {
  while (!probe()) await new Promise((resolve) => setImmediate(resolve));
}

/** Paragraphs that are all different, so that a repeated or lost one shows. */
function longText(bytes: number): string {
  let text = "";
  for (let n = 0; text.length < bytes; n++)
    text += `Paragraph ${n}: the customer of deal ${n * 7} asked about price, terms and the date of delivery.\n\n`;
  return text;
}

function pieces(text: string, size: number): string[] {
  return text.match(new RegExp(`[\\s\\S]{1,${size}}`, "g")) ?? [];
}

async function writeSlowly(reply: { write(text: string): void }, text: string, size: number): Promise<void> {
  for (const piece of pieces(text, size)) {
    reply.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const callsOf = (method: string): number =>
  slack.board.requests("slack").filter((request) => request.url.endsWith(`/api/${method}`)).length;

describe("a long answer", () => {
  it("goes on in new messages within Slack's limits, with nothing lost or repeated", async () => {
    const turn = question();
    const text = longText(60_000);
    const reply = await sophia.open(turn, 1, nothing);
    await writeSlowly(reply, text, 400);
    await reply.finish();
    expect(wholeText(turn)).toBe(squeeze(text));
    const parts = partsOf(turn);
    expect(parts.length).toBeGreaterThanOrEqual(6);
    for (const part of parts) {
      expect(part.text.length).toBeLessThanOrEqual(11_000);
      expect(part.text.startsWith("Paragraph")).toBe(true);
    }
    expect(parts.map((part) => part.blocks.at(-1)?.type === "context_actions")).toEqual([
      ...parts.slice(1).map(() => false),
      true,
    ]);
    expect(callsOf("chat.update")).toBe(0);
  });

  it("closes a code fence at the end of a message and opens it again in the next", async () => {
    const turn = question();
    const code = Array.from({ length: 900 }, (_, n) => `const value${n} = ${n};`).join("\n");
    const reply = await sophia.open(turn, 1, nothing);
    await writeSlowly(reply, `Here it is:\n\n\`\`\`ts\n${code}\n\`\`\`\nThat was it.`, 300);
    await reply.finish();
    const parts = partsOf(turn).map((part) => part.text);
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts) expect(part.match(/^```/gm)?.length).toBe(2);
    for (const part of parts.slice(1)) expect(part.startsWith("```ts\n")).toBe(true);
    const lines = parts.join("\n").match(/const value\d+ = \d+;/g);
    expect(lines).toEqual(code.split("\n"));
  });

  it("repeats the head of a table in the next message", async () => {
    const turn = question();
    const rows = Array.from({ length: 400 }, (_, n) => `| Account ${n} | ${n * 1000} | negotiation |`);
    const reply = await sophia.open(turn, 1, nothing);
    await writeSlowly(reply, ["| Account | Amount | Stage |", "|---|---:|---|", ...rows, "", "Done."].join("\n"), 200);
    await reply.finish();
    const parts = partsOf(turn).map((part) => part.text);
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts) expect(part.startsWith("| Account | Amount | Stage |\n|---|---:|---|\n")).toBe(true);
    expect(parts.join("\n").match(/\| Account \d+ .*/g)).toEqual(rows);
  });
});

describe("a stream that ends early", () => {
  it("goes on in a new message with no text lost or repeated when Slack ends it", async () => {
    const turn = question();
    const text = longText(3_000);
    const reply = await sophia.open(turn, 1, nothing);
    const [first = "", ...rest] = pieces(text, 500);
    reply.write(first);
    await isTrue(() => partsOf(turn).length === 1);
    slack.store.expireStreams();
    for (const piece of rest) reply.write(piece);
    await reply.finish();
    expect(partsOf(turn)).toHaveLength(2);
    expect(wholeText(turn)).toBe(squeeze(text));
  });

  it("leaves no card running in the message that Slack ended", async () => {
    const turn = question();
    const reply = await sophia.open(turn, 1, nothing);
    reply.write("First I look.");
    reply.task({ id: "slow", title: "Querying Snowflake", status: "in_progress" });
    await isTrue(() => partsOf(turn).length === 1);
    slack.store.expireStreams();
    reply.task({ id: "slow", title: "Querying Snowflake", status: "complete", output: "12 rows" });
    reply.write("Twelve deals.");
    await reply.finish();
    const cards = partsOf(turn).map((part) => part.blocks.filter(({ type }) => type === "task_card"));
    expect(cards).toMatchObject([[{ status: "complete" }], [{ status: "complete" }]]);
    expect(partsOf(turn).map(markdownOf)).toEqual(["First I look.", "Twelve deals."]);
  });

  it("is ended by us before Slack's lifetime, and its running card says where it goes on", async () => {
    const turn = question();
    const reply = await sophia.open(turn, 1, nothing);
    reply.write("First I look at the calls.\n\n");
    reply.task({ id: "slow", title: "Querying Snowflake", status: "in_progress" });
    await isTrue(() => partsOf(turn).length === 1);
    await sophia.time.pass(250_000, 5_000);
    await isTrue(() => partsOf(turn)[0]?.streaming === false);
    reply.task({ id: "slow", title: "Querying Snowflake", status: "complete", output: "12 rows" });
    reply.write("Twelve deals.");
    await reply.finish();
    const [one, two] = partsOf(turn);
    expect(one?.tasks).toMatchObject([{ status: "complete", output: "Goes on below" }]);
    expect(two?.tasks).toMatchObject([{ status: "complete", output: "12 rows" }]);
    expect(two?.text).toBe("Twelve deals.");
  });

  it("adds nothing but that, once, after a person pressed Stop", async () => {
    const turn = question();
    const reply = await sophia.open(turn, 1, nothing);
    reply.write("Thinking about it. ");
    await isTrue(() => partsOf(turn).length === 1);
    slack.store.stop({ user: MAYA, channel: SALES, threadTs: turn.threadTs });
    reply.write("More.");
    await isTrue(() => sophia.stopped.length > 0);
    reply.breakOff(stoppedNote);
    await reply.finish();
    expect(partsOf(turn).map(markdownOf)).toEqual(["Thinking about it. \n\n_Stopped._"]);
    expect(sophia.stopped).toHaveLength(1);
    expect(slack.store.statuses()).toMatchObject([{ session: "active" }]);
  });

  it("shows how its cards ended after a person pressed Stop, and still adds no other text", async () => {
    const turn = question();
    const reply = await sophia.open(turn, 1, nothing);
    reply.write("First I look at the calls.");
    reply.task({ id: "done", title: "Finding Acme", status: "in_progress" });
    reply.task({ id: "slow", title: "Reading calls", status: "in_progress" });
    await isTrue(() => partsOf(turn).length === 1);
    slack.store.stop({ user: MAYA, channel: SALES, threadTs: turn.threadTs });
    reply.task({ id: "done", title: "Finding Acme", status: "complete", output: "1 account" });
    reply.write("More.");
    await isTrue(() => sophia.stopped.length > 0);
    await reply.finish();
    const [part, ...others] = partsOf(turn);
    expect(others).toEqual([]);
    expect(markdownOf(part as MessageView)).toBe("First I look at the calls.\n_Stopped._");
    expect(part?.blocks.filter(({ type }) => type === "task_card")).toMatchObject([
      { title: "Finding Acme", status: "complete" },
      { title: "Reading calls", status: "error" },
    ]);
  });
});

describe("a call that fails", () => {
  const text = longText(30_000);
  const faults: Omit<Fault, "service" | "path">[] = [
    { status: 429, retryAfter: 1 },
    { status: 500 },
    { status: 503 },
    { drop: true },
    { drop: "after" },
  ];
  const methods = ["chat.startStream", "chat.appendStream", "chat.stopStream", "agents.sessions.setStatus"];
  const cases = methods.flatMap((path) => faults.map((fault) => ({ path, fault })));

  it.for(cases)("leaves the answer whole, once: $path $fault", async ({ path, fault }) => {
    const turn = question();
    slack.board.addFault({ service: "slack", path, ...fault });
    const reply = await sophia.open(turn, 1, nothing);
    reply.task({ id: "t", title: "Reading calls", status: "in_progress" });
    await writeSlowly(reply, text, 900);
    reply.task({ id: "t", title: "Reading calls", status: "complete", output: "done" });
    await reply.finish();
    expect(slack.board.takeFault("slack", path), "the fault has struck").toBeUndefined();
    expect(wholeText(turn)).toBe(squeeze(text));
    expect(partsOf(turn).every((part) => !part.streaming)).toBe(true);
    expect(sophia.turns.replies.rows.every((row) => row.ts !== undefined)).toBe(true);
  });

  it("leaves the answer whole, once, however many calls fail (60 random runs)", async () => {
    let seed = 11;
    const random = (): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
      return seed / 0x7fffffff;
    };
    const paths = [...methods, "chat.postMessage", "chat.update", "conversations.replies"];
    for (let run = 0; run < 60; run++) {
      const turn = question();
      for (let n = 0; n < 6; n++) {
        const path = paths[Math.floor(random() * paths.length)];
        slack.board.addFault({ service: "slack", path, ...faults[Math.floor(random() * faults.length)] });
      }
      const wanted = text.slice(0, 200 + Math.floor(random() * 25_000));
      const reply = await sophia.open(turn, 1, nothing);
      await writeSlowly(reply, wanted, 50 + Math.floor(random() * 3_000));
      await reply.finish();
      expect(wholeText(turn), `run ${run}`).toBe(squeeze(wanted));
      slack.board.reset();
    }
  });
});

describe("another attempt", () => {
  it("brings what the first one left to the whole answer, each message once", async () => {
    const turn = question();
    const first = new AbortController();
    const text = longText(16_000);
    const reply = await sophia.open(turn, 1, first.signal);
    await writeSlowly(reply, text.slice(0, 12_000), 500);
    await isTrue(() => partsOf(turn).length === 2);
    first.abort(new TurnInterrupted("lost"));
    await reply.finish();
    const again = await sophia.open({ ...turn, attempt: 2 }, 2, nothing);
    again.write(text);
    await again.finish();
    expect(wholeText(turn)).toBe(squeeze(text));
    expect(partsOf(turn).every((part) => !part.streaming)).toBe(true);
  });

  it("finds a message again whose id was lost, and takes away what is not needed", async () => {
    const turn = question();
    const first = new AbortController();
    const reply = await sophia.open(turn, 1, first.signal);
    await writeSlowly(reply, longText(14_000), 500);
    await isTrue(() => partsOf(turn).length === 2);
    first.abort(new TurnInterrupted("lost"));
    await reply.finish();
    // As after a kill between Slack's answer and our note of it.
    for (const row of sophia.turns.replies.rows) Object.assign(row, { ts: undefined });
    const again = await sophia.open({ ...turn, attempt: 2 }, 2, nothing);
    again.write("A short answer.");
    await again.finish();
    expect(partsOf(turn).map(markdownOf)).toEqual(["A short answer."]);
    expect(sophia.turns.replies.rows).toMatchObject([{ part: 0, ts: partsOf(turn)[0]?.ts }]);
  });
});

it("gives up with a clear error when Slack stays away for two minutes", async () => {
  const turn = question();
  slack.board.addFault({ service: "slack", path: "chat.", times: 10_000, status: 503 });
  slack.board.addFault({ service: "slack", path: "conversations.", times: 10_000, status: 503 });
  const reply = await sophia.open(turn, 1, nothing);
  reply.write("Nobody will read this.");
  sophia.time.rushMs = 0;
  const finished = expect(reply.finish()).rejects.toThrow(/Slack did not answer/);
  const over = { yet: false };
  void finished.then(() => (over.yet = true));
  while (!over.yet) {
    await sophia.time.pass(1_000);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await finished;
});

it("never calls people that the model names", async () => {
  const turn = question();
  const reply = await sophia.open(turn, 1, nothing);
  for (const piece of pieces(`Hey <!channel> and <@${MAYA}> and <@U07OLIVER01> in <#C07SALES001>!`, 3))
    reply.write(piece);
  await reply.finish();
  const text = partsOf(turn)[0]?.text ?? "";
  expect(text).not.toMatch(/<!channel|<@U07OLIVER01|<#C/);
  expect(text).toContain(`<@${MAYA}>`);
  expect(text.replaceAll("\u200B", "")).toContain("Hey <!channel> and");
});

it("keeps what it holds back of the text before the card that follows, and lets no card complete a call", async () => {
  const turn = question();
  const reply = await sophia.open(turn, 1, nothing);
  reply.write("See [the call");
  reply.task({ id: "t", title: "Reading calls", status: "in_progress" });
  reply.write("Hey <!chan");
  reply.task({ id: "t", title: "Reading calls", status: "complete" });
  reply.write("nel>");
  await reply.finish();
  const [message] = partsOf(turn);
  const kinds = message?.blocks.map(({ type }) => type);
  expect(kinds).toEqual(["markdown", "task_card", "markdown", "context_actions"]);
  expect(markdownOf(message as MessageView)).toBe("See [the call\nHey <\u200B!channel>");
});
