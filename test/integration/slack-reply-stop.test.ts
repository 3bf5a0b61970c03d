import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Reply } from "../../src/agent/ports.ts";
import { stoppedNote, TurnInterrupted } from "../../src/turns/interruption.ts";
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

function question(): Turn {
  return turnFor(slack.store.send({ user: MAYA, channel: SALES, text: "a question", hold: true }).ts);
}

const answers = (turn: Turn) => slack.store.messages(SALES, { threadTs: turn.threadTs }).slice(1);

function shown(turn: Turn): string[] {
  return answers(turn).map(({ blocks }) =>
    blocks.flatMap((block) => (block.type === "markdown" ? [String(block["text"])] : [])).join("\n"),
  );
}

async function isTrue(probe: () => boolean): Promise<void> {
  while (!probe()) await new Promise((resolve) => setImmediate(resolve));
}

const link = "[Southern Cross Property: renewal](https://us-12345.app.gong.io/call?id=1625)";
const torn = [
  ["a word", "Two spoke.\n\nJack Nguyen: “W", "Two spoke.\n\nJack Nguyen: \n\n_Stopped._"],
  ["a link in emphasis", "One call.\n\n- **[Southern Cross: …](https://us-12345.app", "One call.\n\n\n\n_Stopped._"],
  ["code", "Try:\n```sql\nSELECT 1;\nSELECT", "Try:\n```sql\nSELECT 1;\n```\n\n_Stopped._"],
  ["nothing", `See ${link}. `, `See ${link}. \n\n_Stopped._`],
] as const;

describe.each(torn)("an answer that is stopped within %s", (_, text, expected) => {
  it("ends where it is sound, by the button in Slack", async () => {
    const turn = question();
    const reply = await sophia.open(turn, 1, new AbortController().signal);
    reply.write(text);
    await isTrue(() => answers(turn)[0]?.streaming === true);
    slack.store.stop({ user: MAYA, channel: SALES, threadTs: turn.threadTs });
    reply.write("\nAnd much more of it.");
    await isTrue(() => sophia.stopped.length > 0);
    reply.breakOff(stoppedNote);
    await reply.finish();
    expect(shown(turn)).toEqual([expected]);
    expect(answers(turn)).toMatchObject([{ streaming: false }]);
  });

  it("ends where it is sound, where the worker hears of the button before the stream does", async () => {
    const turn = question();
    const reply = await sophia.open(turn, 1, new AbortController().signal);
    reply.write(text);
    await isTrue(() => answers(turn)[0]?.streaming === true);
    slack.store.stop({ user: MAYA, channel: SALES, threadTs: turn.threadTs });
    reply.breakOff(stoppedNote);
    await reply.finish();
    expect(shown(turn)).toEqual([expected]);
  });

  it.for(["streamed", "waiting"])("ends where it is sound, by a word, with the text %s", async (where) => {
    const turn = question();
    const reply = await sophia.open(turn, 1, new AbortController().signal);
    reply.write(text);
    if (where === "streamed") await isTrue(() => answers(turn)[0]?.streaming === true);
    reply.breakOff(stoppedNote);
    reply.write("too late");
    await reply.finish();
    expect(shown(turn)).toEqual([expected]);
    expect(answers(turn)).toMatchObject([{ streaming: false }]);
    expect(sophia.stopped).toEqual([]);
  });
});

it("says so once where a person stops the last piece of an answer", async () => {
  const turn = question();
  const reply = await sophia.open(turn, 1, new AbortController().signal);
  reply.write("It is **important");
  await isTrue(() => answers(turn)[0]?.streaming === true);
  slack.store.stop({ user: MAYA, channel: SALES, threadTs: turn.threadTs });
  reply.write("**, they said.");
  await isTrue(() => sophia.stopped.length > 0);
  await reply.finish();
  expect(shown(turn)).toEqual(["It is \n\n_Stopped._"]);
});

it("leaves cards of what never began out of a stopped answer", async () => {
  const turn = question();
  const reply = await sophia.open(turn, 1, new AbortController().signal);
  reply.write("Let me look at the ca");
  await isTrue(() => answers(turn)[0]?.streaming === true);
  slack.store.stop({ user: MAYA, channel: SALES, threadTs: turn.threadTs });
  reply.task({ id: "t", title: "Reading calls", status: "in_progress" });
  await isTrue(() => sophia.stopped.length > 0);
  await reply.finish();
  expect(shown(turn)).toEqual(["Let me look at the \n\n_Stopped._"]);
  expect(answers(turn)[0]?.blocks.map(({ type }) => type)).toEqual(["markdown", "context_actions"]);
});

describe("an answer whose first attempt died in the middle", () => {
  const begun = "Two calls.\n\nThe first was about pri";
  const never = new AbortController().signal;

  /** Writes as a worker does that then dies: nothing is finished. */
  async function dies(turn: Turn, write: (reply: Reply) => void, isShown: () => boolean, attempt = 1): Promise<void> {
    const death = new AbortController();
    const reply = await sophia.open({ ...turn, attempt }, attempt, death.signal);
    write(reply);
    await isTrue(isShown);
    death.abort(new TurnInterrupted("lost"));
    await reply.finish();
  }

  async function halfAnswered(text = begun): Promise<Turn> {
    const turn = question();
    await dies(
      turn,
      (reply) => reply.write(text),
      () => answers(turn).length > 0,
    );
    return turn;
  }

  const again = (turn: Turn, attempt = 2): Promise<Reply> => sophia.open({ ...turn, attempt }, attempt, never);

  it("keeps what was shown, with the note below it, when it is stopped", async () => {
    const turn = await halfAnswered();
    const reply = await again(turn);
    reply.breakOff(stoppedNote);
    await reply.finish();
    expect(shown(turn)).toEqual(["Two calls.\n\nThe first was about \n\n_Stopped._"]);
    expect(answers(turn)).toMatchObject([{ streaming: false }]);
    expect(answers(turn)[0]?.blocks.filter(({ type }) => type === "context_actions")).toHaveLength(1);
  });

  it("keeps it when a person had ended the stream, and when the message's id was lost", async () => {
    const turn = await halfAnswered();
    slack.store.stop({ user: MAYA, channel: SALES, threadTs: turn.threadTs });
    sophia.turns.replies.rows.splice(0);
    const reply = await again(turn);
    reply.breakOff(stoppedNote);
    await reply.finish();
    expect(shown(turn)).toEqual(["Two calls.\n\nThe first was about \n\n_Stopped._"]);
  });

  it("keeps it while the second attempt has said less, and shows what that has said once it is more", async () => {
    const turn = await halfAnswered();
    const reply = await again(turn);
    reply.task({ id: "t", title: "Reading calls", status: "in_progress" });
    reply.write("Two calls. ");
    await isTrue(() => slack.board.requests("slack").some(({ url }) => url.endsWith("conversations.replies")));
    await sophia.time.pass(3_000);
    expect(shown(turn)).toEqual([begun]);
    reply.write("I will begin with the one about prices, which took an hour. ");
    await isTrue(() => shown(turn)[0]?.includes("an hour") === true);
    reply.breakOff(stoppedNote);
    await reply.finish();
    expect(shown(turn)).toEqual([
      "Two calls. I will begin with the one about prices, which took an hour. \n\n_Stopped._",
    ]);
  });

  it("says why it goes no further below what was shown, where the second attempt gets less far", async () => {
    const turn = await halfAnswered();
    const reply = await again(turn);
    reply.write("Two calls.");
    reply.giveUp("\n\nClaude is overloaded, <!channel>.");
    await reply.finish();
    expect(shown(turn)).toEqual(["Two calls.\n\nThe first was about \n\nClaude is overloaded, <\u200B!channel>."]);
  });

  it("says so below what it has written itself where that is more, and cuts nothing off it", async () => {
    const turn = await halfAnswered();
    const reply = await again(turn);
    reply.write("Two calls, of which the first was about prices, in all 12");
    reply.giveUp("\n\nClaude is overloaded at the moment.");
    await reply.finish();
    expect(shown(turn)).toEqual([
      "Two calls, of which the first was about prices, in all 12\n\nClaude is overloaded at the moment.",
    ]);
  });

  it("leaves no card running, and keeps cards without a word", async () => {
    const turn = question();
    await dies(
      turn,
      (reply) => reply.task({ id: "t", title: "Reading calls", status: "in_progress" }),
      () => answers(turn).length > 0,
    );
    const reply = await again(turn);
    reply.breakOff(stoppedNote);
    await reply.finish();
    expect(shown(turn)).toEqual(["_Stopped._"]);
    expect(answers(turn)[0]?.blocks.filter(({ type }) => type === "task_card")).toMatchObject([
      { title: "Reading calls", status: "error" },
    ]);
  });

  it("keeps every message of a long one", async () => {
    const turn = question();
    const paragraph = `${"The customer asked about the price. ".repeat(40)}\n\n`;
    await dies(
      turn,
      (reply) => reply.write(paragraph.repeat(12)),
      () => answers(turn).length === 2,
    );
    const before = shown(turn);
    const reply = await again(turn);
    reply.breakOff(stoppedNote);
    await reply.finish();
    expect(shown(turn)).toEqual([before[0], expect.stringMatching(/_Stopped\._$/)]);
    expect(shown(turn)[1]?.startsWith(before[1]?.trimEnd() ?? "?")).toBe(true);
    expect(answers(turn).map(({ streaming }) => streaming)).toEqual([false, false]);
  });

  it("says it in a message of its own where Slack does not take the first one back", async () => {
    const turn = await halfAnswered();
    slack.board.addFault({ service: "slack", path: "chat.update", status: 403, times: 1 });
    const reply = await again(turn);
    reply.breakOff(stoppedNote);
    await reply.finish();
    expect(shown(turn)).toEqual([begun, "_Stopped._"]);
    expect(answers(turn).map(({ streaming }) => streaming)).toEqual([false, false]);
  });

  it("says it in a message of its own where Slack does not show what stands there", async () => {
    const turn = await halfAnswered();
    slack.board.addFault({ service: "slack", path: "conversations.replies", status: 403, times: 5 });
    const reply = await again(turn);
    reply.breakOff(stoppedNote);
    await reply.finish();
    expect(shown(turn)).toEqual([begun, "_Stopped._"]);
  });

  it("says it once, although the attempt that said it died as well", async () => {
    const turn = await halfAnswered();
    for (const attempt of [2, 3]) {
      const reply = await again(turn, attempt);
      reply.breakOff(stoppedNote);
      await reply.finish();
    }
    expect(shown(turn)).toEqual(["Two calls.\n\nThe first was about \n\n_Stopped._"]);
  });

  it("is replaced by the whole answer, however short, and at once where the question was edited", async () => {
    const turn = await halfAnswered();
    const reply = await again({ ...turn, revision: 1 });
    reply.write("One. ");
    await isTrue(() => shown(turn)[0]?.trim() === "One.");
    reply.breakOff(stoppedNote);
    await reply.finish();
    expect(shown(turn)).toEqual(["One. \n\n_Stopped._"]);
    const whole = await again(turn, 3);
    whole.write("None.");
    await whole.finish();
    expect(shown(turn)).toEqual(["None."]);
  });

  it("is not missed where it never was", async () => {
    const turn = question();
    const reply = await again(turn);
    reply.breakOff(stoppedNote);
    await reply.finish();
    expect(shown(turn)).toEqual(["_Stopped._"]);
  });
});
