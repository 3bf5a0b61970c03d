import { afterEach, beforeEach, expect, it } from "vitest";
import { externalChannelWords, refusing } from "../../src/slack/refusal.ts";
import type { Person } from "../../src/slack/people.ts";
import { startSophia, type Sophia } from "../support/slack-sophia.ts";
import { MAYA, OLIVER, SALES, startTestSlack, type StartedSlack } from "../support/slack-stand-in.ts";

let slack: StartedSlack;
let sophia: Sophia;
let answered: string[];

beforeEach(async () => {
  slack = await startTestSlack();
  sophia = await startSophia(slack, "socket");
  answered = [];
});

afterEach(async () => {
  await sophia.close();
  await slack.close();
});

/** Runs every turn that is stored, as a worker does, with an agent that says one thing. */
async function work(standing?: Person["standing"]): Promise<void> {
  const { people } = sophia;
  const findAsker = async (userId: string) => {
    const person = await people.find(userId);
    return standing ? { ...person, standing } : person;
  };
  const signal = new AbortController().signal;
  const run = refusing({ findAsker }, async ({ turn, reply }) => {
    answered.push(turn.text);
    reply.write("12 deals.");
    await reply.finish();
    return { status: "done" };
  });
  for (const turn of sophia.turns.all()) {
    const reply = await sophia.open(turn, 1, signal);
    const checkpoint = () => Promise.reject(new Error("nothing is to be recorded"));
    await run({ turn, attempt: 1, history: [], steps: [], reply, checkpoint, signal });
  }
}

/** What Sophia says there. */
const inThread = (threadTs: string): string[] =>
  slack.store.messages(SALES, { threadTs }).flatMap(({ author, text }) => (author.isBot ? text : []));

/** Says something in #sales as if another company read it, delivered as often as told. */
async function sayBeforeOthers(text: string, times = 1, threadTs?: string): Promise<string> {
  const { ts, events } = slack.store.send({ user: MAYA, channel: SALES, text, threadTs, hold: true });
  for (const callback of events) callback.is_ext_shared_channel = true;
  for (let n = 0; n < times; n++) await slack.store.deliver(events);
  return ts;
}

it("refuses once in a channel that another company reads, and stays out of the talk in that thread", async () => {
  const ts = await sayBeforeOthers("@sophia list all deals", 3);
  await sayBeforeOthers("never mind, I will ask in #sales", 1, ts);
  await work();
  expect(inThread(ts)).toEqual([externalChannelWords]);
  expect(answered).toEqual([]);
});

it("takes no command where another company reads its question, nor where Slack does not say who reads it", async () => {
  const command = (): Promise<unknown> =>
    slack.store.command({ user: MAYA, channel: SALES, command: "/sophia", text: "ask what did Acme say?" });
  slack.board.addFault({ service: "slack", path: "conversations.info", status: 503 });
  await command();
  expect(sophia.turns.all()).toEqual([]);
  await command();
  expect(sophia.turns.all()).toHaveLength(1);
});

it.for([
  ["guest", [expect.stringContaining("you are a guest here")]],
  ["nobody", []],
  ["member", ["12 deals."]],
] as const)("gives a %s what is theirs", async ([standing, expected]) => {
  const { ts } = slack.store.send({ user: OLIVER, channel: SALES, text: "@sophia list all deals" });
  await slack.store.settled();
  await work(standing);
  expect(inThread(ts)).toEqual(expected);
  expect(answered).toHaveLength(standing === "member" ? 1 : 0);
});
