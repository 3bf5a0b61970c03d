import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stoppedNote } from "../../src/turns/interruption.ts";
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
