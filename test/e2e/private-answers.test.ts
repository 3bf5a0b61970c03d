import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Script } from "../../sandbox/claude/store.ts";
import type { MessageView, SlackStore } from "../../sandbox/slack/store.ts";
import type { Call, Person } from "../../sandbox/world/types.ts";
import type { Turn } from "../../src/storage/turns.ts";
import { markdownOf, questionOf, resultsOf } from "../support/answers.ts";
import { answersIn, type Asked, type House, openHouse } from "../support/house.ts";
import { until } from "../support/servers.ts";

let house: House;
let store: SlackStore;
let call: Call;
let owner: Person;
let other: Person;
/** Turns before the test. */
let before: number;

/** Reads what "read X" names, and says it. */
const reader: Script = (request) => {
  const question = questionOf(request);
  const result = resultsOf(request).at(-1);
  if (result !== undefined) return [{ type: "text", text: `It says: ${result.slice(0, 3_000)}` }];
  const words = /read (\w+) (\S+)/.exec(question);
  const [, what, id = ""] = words ?? [];
  if (what === "call")
    return [announced, { type: "tool_use", name: "gong__get_call_transcript", input: { call_id: id } }];
  if (what === "channel") return [announced, { type: "tool_use", name: "slack__read_channel", input: { channel: id } }];
  if (what === "deal") return [announced, { type: "tool_use", name: "hubspot__get_deal", input: { deal_id: id } }];
  return [{ type: "text", text: `You said: ${question}` }];
};
const announced = { type: "text", text: "I look at it." } as const;
const moved = "I look at it.\n\nPart of this is not for everybody here, so I answer you in a direct message.";

beforeAll(async () => {
  const confidential = [
    { tools: "hubspot__*", field: "amount", above: 1, channels: ["#random"] },
    { tools: "hubspot__*", field: "value", above: 1, channels: ["#random"] },
  ];
  const agents = { sophia: { description: "", prompt: "", tools: ["*"], hot: ["*"] } };
  house = await openHouse({ config: { confidential, agents } });
  store = house.sandbox.slack.store;
  house.sandbox.claude.store.script(reader);
  const { calls, people } = house.sandbox.world;
  call = calls.find(({ isPrivate }) => isPrivate) as Call;
  owner = people.find(({ id }) => id === call.ownerId) as Person;
  other = people.find(({ handle }) => handle !== owner.handle && ["maya", "daniel"].includes(handle)) as Person;
});
afterAll(() => house.close());
beforeEach(async () => {
  before = (await house.turns()).length;
});

const shown = (asked: Pick<Asked, "channel" | "threadTs">): string =>
  house
    .answers(asked)
    .map(markdownOf)
    .join("\n\n")
    .replaceAll(/\n{2,}/g, "\n\n");

/** The turn that a question was moved to, once it has ended, and the thread of its answer. */
async function movedTurn(asked: Asked): Promise<Turn> {
  const origin = await house.ended(asked);
  let found: Turn | undefined;
  const hasEnded = async () => {
    found = (await house.turns()).find(({ sourceKey }) => sourceKey === `private:${origin.id}`);
    return found?.status === "done";
  };
  await until(hasEnded, "the end of the private turn");
  return found as Turn;
}

/** A sentence that was said in the call and nowhere else. */
const saidInCall = (): string => call.transcript.flatMap(({ sentences }) => sentences)[3]?.text.slice(0, 60) ?? "?";

describe("a private call that its owner asks for in a channel", () => {
  it("is answered in a direct message, and a note stands in the thread", async () => {
    const asked = house.ask(`read call ${call.id}`, { user: owner.handle });
    const turn = await movedTurn(asked);
    expect(turn).toMatchObject({ source: "private", audience: "private", userId: owner.id, agent: "sophia" });
    expect(turn.text).toBe((await house.ended(asked)).text);
    expect(shown(asked)).toBe(moved);
    const [answer] = answersIn(house.sandbox, turn.channel, turn.threadTs);
    expect(markdownOf(answer as MessageView)).toContain(saidInCall());
    // What it stands below leads back to the thread.
    const root = store.message(turn.channel, turn.threadTs);
    expect(root?.text).toMatch(/^From </);
    expect(root?.text).toContain(`/archives/${asked.channel}/p${asked.ts.replace(".", "")}|this thread>`);
    expect(root?.text).toContain(`read call ${call.id}`);
    // Of what was said nothing is in the channel, or on record with it.
    expect(JSON.stringify(store.messages(asked.channel))).not.toContain(saidInCall());
    const steps = await house.stepsOf(asked);
    expect(steps.map(({ kind }) => kind)).toEqual(["question", "answer", "note"]);
    expect(JSON.stringify(steps)).not.toContain(saidInCall());
  });

  it("is not asked for again by an edit, and the thread's later questions hear nothing of it", async () => {
    const asked = house.ask(`read call ${call.id}`, { user: owner.handle });
    await movedTurn(asked);
    store.edit({ user: owner.handle, channel: asked.channel, ts: asked.ts, text: `@sophia read call ${call.id} now` });
    await store.settled();
    const requests: string[] = [];
    house.sandbox.claude.store.script((request) => {
      requests.push(JSON.stringify(request.messages));
      return reader(request);
    });
    const later = house.ask("hello", { user: other.handle, threadTs: asked.threadTs });
    await house.ended(later);
    house.sandbox.claude.store.script(reader);
    expect((await house.turns()).length).toBe(before + 3);
    expect(requests.join()).toContain("I answer you in a direct message");
    expect(requests.join()).not.toContain(saidInCall());
  });

  it("is answered where it is asked for, in a direct message", async () => {
    const asked = house.ask(`read call ${call.id}`, { user: owner.handle, channel: "dm" });
    await house.ended(asked);
    expect(shown(asked)).toContain(saidInCall());
    expect((await house.turns()).length).toBe(before + 1);
  });

  it("moves from a slash command as well", async () => {
    await store.command({ user: owner.handle, channel: "sales", command: "/sophia", text: `ask read call ${call.id}` });
    let both: Turn[] = [];
    const have = async () => {
      both = (await house.turns()).slice(before);
      return both.length === 2 && both.every(({ status }) => status === "done");
    };
    await until(have, "both turns to end");
    expect(both.map(({ source }) => source)).toEqual(["command", "private"]);
    const [command, turn] = both as [Turn, Turn];
    expect(shown(command)).toBe(moved);
    const root = store.message(turn.channel, turn.threadTs);
    expect(root?.text).toContain(`/archives/${command.channel}/p${command.threadTs.replace(".", "")}|this thread>`);
    expect(shown(turn)).toContain(saidInCall());
  });
});

describe("what others ask for", () => {
  it("does not exist for them, here or there", async () => {
    for (const channel of ["sales", "dm"]) {
      const asked = house.ask(`read call ${call.id}`, { user: other.handle, channel });
      await house.ended(asked);
      expect(shown(asked)).toContain("Gong has no call with the id");
    }
    expect((await house.turns()).length).toBe(before + 2);
  });
});

describe("other things that not everybody may read", () => {
  it("are a private channel's messages, for its member", async () => {
    store.join({ user: "sophia", channel: "deal-desk" });
    store.join({ user: "maya", channel: "deal-desk" });
    store.send({ user: "maya", channel: "deal-desk", text: "the floor is 71 percent" });
    const asked = house.ask("read channel deal-desk");
    await house.ended(asked);
    expect(shown(asked)).toBe(moved);
    const turn = await movedTurn(asked);
    expect(shown(turn)).toContain("the floor is 71 percent");
  });

  it("are records that the configuration names, save in the channels that may", async () => {
    const deals = house.sandbox.hubspot.store.all("deals");
    const id = deals.find(({ properties }) => Number(properties.amount) > 10)?.id;
    const asked = house.ask(`read deal ${id}`);
    const turn = await movedTurn(asked);
    expect(shown(asked)).toBe(moved);
    expect(shown(turn)).toContain(String(id));
    store.join({ user: "sophia", channel: "random" });
    const allowed = house.ask(`read deal ${id}`, { channel: "random" });
    await house.ended(allowed);
    expect(shown(allowed)).toContain("It says:");
  });
});
