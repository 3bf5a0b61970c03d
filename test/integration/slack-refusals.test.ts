import { afterEach, beforeEach, expect, it } from "vitest";
import type { Guests } from "../../src/slack/admission.ts";
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
async function work(
  standing?: Person["standing"],
  guests: Guests = "refuse",
  roles: Parameters<typeof refusing>[0]["roles"] = {},
): Promise<void> {
  const { people } = sophia;
  const findAsker = async (userId: string, signal: AbortSignal) => {
    const person = await people.findAsker(userId, signal);
    return standing ? { ...person, standing } : person;
  };
  const signal = new AbortController().signal;
  const identities = { of: async () => ({}) };
  const run = refusing(
    {
      people: { findAsker, channelName: async () => undefined, knowsGroups: () => people.knowsGroups() },
      guests,
      roles,
      identities,
      audit: sophia.audit,
      clock: sophia.time.clock,
    },
    async ({ turn, reply }) => {
      answered.push(turn.text);
      reply.write("12 deals.");
      await reply.finish();
      return { status: "done" };
    },
  );
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

const answer = ["12 deals."];

it.for([
  ["guest", "refuse", [expect.stringContaining("you are a guest here")]],
  ["unknown", "refuse", [expect.stringContaining("Slack does not tell me")]],
  ["nobody", "refuse", []],
  ["member", "refuse", answer],
  ["guest", "answer", answer],
  ["unknown", "answer", answer],
  ["nobody", "answer", []],
  ["member", "answer", answer],
] as const)("gives a %s what is theirs where guests are to %s", async ([standing, guests, expected]) => {
  const { ts } = slack.store.send({ user: OLIVER, channel: SALES, text: "@sophia list all deals" });
  await slack.store.settled();
  await work(standing, guests);
  expect(inThread(ts)).toEqual(expected);
  expect(answered).toHaveLength(expected === answer ? 1 : 0);
});

it("answers nobody of whom Slack does not say whether it is a guest, and says why, each time until Slack does", async () => {
  slack.board.addFault({ service: "slack", path: "users.info", status: 403, times: 1 });
  const first = slack.store.send({ user: OLIVER, channel: SALES, text: "@sophia list all deals" });
  await slack.store.settled();
  await work();
  expect(inThread(first.ts)).toEqual([
    "I answer full members of this workspace only, and Slack does not tell me just now whether you are one. " +
      "Please ask again in a minute. If I say the same then, tell whoever runs me.",
  ]);
  expect(answered).toEqual([]);
  sophia.turns.stored.clear();
  const second = slack.store.send({ user: OLIVER, channel: SALES, text: "@sophia list all deals" });
  await slack.store.settled();
  await work();
  expect(inThread(second.ts)).toEqual(answer);
});

it.for([
  [["@sales"], answer],
  [["oliver@PayReady.example"], answer],
  [["@engineering", "U07NOBODY01"], [expect.stringContaining("you are not among them")]],
  [[], [expect.stringContaining("you are not among them")]],
  [undefined, answer],
] as const)("lets those ask in a role whom it names: %j", async ([people, expected]) => {
  const { ts } = slack.store.send({ user: OLIVER, channel: SALES, text: "@sophia list all deals" });
  await slack.store.settled();
  await work(undefined, "refuse", { sophia: { people } });
  expect(inThread(ts)).toEqual(expected);
  expect(answered).toHaveLength(expected === answer ? 1 : 0);
});

it("says of a group that Slack tells nothing of that it is Slack who does not tell", async () => {
  slack.board.addFault({ service: "slack", path: "usergroups.list", status: 503 });
  const { ts } = slack.store.send({ user: OLIVER, channel: SALES, text: "@sophia list all deals" });
  await slack.store.settled();
  await work(undefined, "refuse", { sophia: { people: ["@sales"] } });
  expect(inThread(ts)).toEqual([expect.stringContaining("Slack does not tell me just now whether you are in one")]);
  expect(answered).toEqual([]);
});

it("records each question and command that it does not take, and why", async () => {
  const { store } = slack;
  const command = (user: string, text: string) => store.command({ user, channel: SALES, command: "/sophia", text });
  store.setStanding(OLIVER, "guest");
  store.send({ user: OLIVER, channel: SALES, text: "@sophia list all deals" });
  await store.settled();
  await work();
  await command(OLIVER, "ask what did Acme say?");
  await command(MAYA, "audit forget everybody");
  const { events } = store.send({ user: MAYA, channel: SALES, text: "@sophia list all deals", hold: true });
  for (const { event } of events) Object.assign(event, { user_team: "T0THER" });
  await store.deliver(events);
  expect(sophia.audit.events.map(({ tool, reason, userId }) => [tool, reason, userId])).toEqual([
    ["question", "guest", OLIVER],
    ["/sophia ask", "guest", OLIVER],
    ["/sophia audit", "admins_only", MAYA],
    ["question", "other_workspace", MAYA],
  ]);
  expect(sophia.audit.events.every(({ kind, outcome }) => kind === "refusal" && outcome === "refused")).toBe(true);
});
