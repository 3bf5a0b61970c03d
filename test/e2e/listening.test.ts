import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { SlackStore } from "../../sandbox/slack/store.ts";
import { markdownOf, questionOf } from "../support/answers.ts";
import { type Asked, type House, openHouse } from "../support/house.ts";

let house: House;
let store: SlackStore;
/** Turns before the test. */
let before: number;

beforeAll(async () => {
  house = await openHouse();
  store = house.sandbox.slack.store;
  house.sandbox.claude.store.script((request) => [{ type: "text", text: `You said: ${questionOf(request)}` }]);
});
afterAll(() => house.close());
beforeEach(async () => {
  before = (await house.turns()).length;
});

/** Somebody writes, as it stands. */
function write(user: string, text: string, threadTs?: string, channel = "sales"): Asked {
  const sent = store.send({ user, channel, text, threadTs });
  return { channel: sent.channel, ts: sent.ts, threadTs: threadTs ?? sent.ts };
}

async function answered(asked: Asked): Promise<string> {
  expect((await house.ended(asked)).status).toBe("done");
  return markdownOf(house.answers(asked).at(-1) as never);
}

/** A thread in which Sophia has answered. */
async function herThread(): Promise<Asked> {
  const asked = write("maya", "@sophia hello");
  await answered(asked);
  before = (await house.turns()).length;
  return asked;
}

describe("Sophia is silent", () => {
  /** Whatever was to come of it would have come before the answer to a later question. */
  afterEach(async () => {
    await store.settled();
    const messages = store.messages("sales").length;
    await answered(write("ruth", "are you there?", undefined, "dm"));
    expect((await house.turns()).length).toBe(before + 1);
    expect(store.messages("sales")).toHaveLength(messages);
  });

  it("where people talk in a channel", () => {
    write("maya", "lunch?");
    write("daniel", "sophia is a nice name");
    write("grace", "what happened on calls yesterday?");
    write("ben", "<!channel> numbers please");
  });

  it("in a thread of others", () => {
    const { ts } = write("maya", "who has the Acme deck?");
    write("daniel", "I do", ts);
    write("maya", "and the pricing?", ts);
  });

  it("where somebody in her thread speaks to somebody else", async () => {
    const thread = await herThread();
    write("maya", "@daniel what do you think?", thread.ts);
    write("maya", "<!here> have a look", thread.ts);
    await store.settled();
    expect(house.answers(thread)).toHaveLength(1);
  });

  it("where another bot writes, mentions her, and writes in her thread", async () => {
    const thread = await herThread();
    store.sendAsBot({ name: "Deploys", channel: "sales", text: "deployed" });
    store.sendAsBot({ name: "Deploys", channel: "sales", text: "@sophia deployed" });
    store.sendAsBot({ name: "Deploys", channel: "sales", text: "deployed", threadTs: thread.ts });
    await store.settled();
    expect(house.answers(thread)).toHaveLength(1);
  });

  it("where people join, react, edit and delete", async () => {
    const thread = await herThread();
    store.join({ user: "hannah", channel: "sales" });
    store.react({ user: "maya", channel: "sales", ts: thread.ts, name: "eyes" });
    const { ts } = write("maya", "one");
    store.edit({ user: "maya", channel: "sales", ts, text: "two" });
    store.remove({ user: "maya", channel: "sales", ts });
    await store.settled();
    expect(house.answers(thread)).toHaveLength(1);
  });

  it("where a person of another company writes in a shared channel", async () => {
    const { events } = store.send({ user: "maya", channel: "sales", text: "@sophia hello", hold: true });
    const ofGuest = events.map((callback) => ({
      ...callback,
      event: { ...callback.event, team: "T0THER", user_team: "T0THER" },
    }));
    await store.deliver(ofGuest);
  });

  it("but for a hint where she is only named", async () => {
    const { ts } = write("maya", "@sophia");
    await store.settled();
    const hint = await store.waitFor(
      () => store.messages("sales", { viewer: "maya" }).find((one) => one.ephemeralFor),
      3_000,
    );
    expect(hint.text).toMatch(/^Ask me something in words/);
    expect(store.messages("sales", { threadTs: ts })).toHaveLength(1);
  });
});

describe("Sophia answers", () => {
  it("her own words are no question, even where she is named in them", async () => {
    const asked = write("maya", "@sophia say @sophia");
    expect(await answered(asked)).toMatch(/^You said: say/);
    await store.settled();
    expect((await house.turns()).length).toBe(before + 1);
  });

  it("whoever follows up in her thread, without being named again", async () => {
    const thread = await herThread();
    expect(await answered(write("maya", "and the next steps?", thread.ts))).toBe("You said: and the next steps?");
    expect(await answered(write("zoe", "and for Acme?", thread.ts))).toBe("You said: and for Acme?");
    expect(house.answers(thread)).toHaveLength(3);
  });

  it("in a thread of others from where she is named", async () => {
    const root = write("maya", "who has the Acme deck?");
    const asked = write("daniel", "@sophia when was the last call with Acme?", root.ts);
    expect(await answered(asked)).toBe("You said: when was the last call with Acme?");
    expect(await answered(write("maya", "and before?", root.ts))).toBe("You said: and before?");
    expect(house.answers(root)).toHaveLength(2);
  });

  it("where her name stands at the end, or beside another's", async () => {
    expect(await answered(write("maya", "what about Acme @sophia"))).toBe("You said: what about Acme");
    expect(await answered(write("maya", "@daniel please ask @sophia about Acme"))).toMatch(/Acme$/);
  });

  it("whatever is said in a direct message, thread or not", async () => {
    const asked = write("grace", "what about Acme?", undefined, "dm");
    expect(await answered(asked)).toBe("You said: what about Acme?");
    expect(await answered(write("grace", "and Globex?", asked.ts, "dm"))).toBe("You said: and Globex?");
    expect(await house.turns()).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ source: "direct", audience: "private" })]),
    );
  });

  it("a message that names her only after an edit", async () => {
    const asked = write("maya", "what about Acme?");
    store.edit({ user: "maya", channel: "sales", ts: asked.ts, text: "@sophia what about Acme?" });
    expect(await answered(asked)).toBe("You said: what about Acme?");
    expect(house.answers(asked)).toHaveLength(1);
  });
});
