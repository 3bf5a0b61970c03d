import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Script } from "../../sandbox/claude/store.ts";
import type { MessageView, SlackStore } from "../../sandbox/slack/store.ts";
import { isLastOfAnswer, markdownOf, paragraphs, questionOf, squeeze, wholeText } from "../support/answers.ts";
import { type HangingService, startHangingService } from "../support/hanging-service.ts";
import { type Asked, type House, openHouse } from "../support/house.ts";
import { until } from "../support/servers.ts";

/** An answer takes some 0.6 s, in which people write on. */
const pace = { chunkCharacters: 60, delayMs: 15 };
const textOf = (question: string): string => paragraphs(question, 25);
const script: Script = (request) => [{ type: "text", text: textOf(questionOf(request)) }];

let house: House;
let store: SlackStore;
/** Gong, which takes its time: for ever. */
let gong: HangingService;

beforeAll(async () => {
  gong = await startHangingService();
  house = await openHouse({ sandbox: { pace }, env: { GONG_BASE_URL: gong.url } });
  store = house.sandbox.slack.store;
});
afterAll(async () => {
  await house.close();
  await gong.close();
});
beforeEach(() => {
  house.sandbox.claude.store.reset();
  house.sandbox.claude.store.script(script);
});

/** Resolves when a person has read the beginning of an answer. */
const begun = (asked: Asked, answers = 1): Promise<MessageView> =>
  store.waitFor(() => {
    const messages = house.answers(asked);
    const last = messages.at(-1);
    return messages.length >= answers && last && markdownOf(last).length > 200 ? last : undefined;
  }, 10_000);

const textsIn = (asked: Asked): string[] => house.answers(asked).map((message) => wholeText([message]));
const sessionOf = (asked: Asked): unknown =>
  store.statuses().find(({ threadTs }) => threadTs === asked.threadTs)?.session;

describe("messages in a thread while an answer is being written", () => {
  it("are answered in order, each after the one before", async () => {
    const first = house.ask("first");
    await begun(first);
    const second = house.ask("second", { threadTs: first.ts, user: "zoe" });
    const third = house.ask("third", { threadTs: first.ts });
    let early = 0;
    const unsubscribe = store.subscribe(() => {
      const messages = house.answers(first);
      if (messages.slice(0, -1).some(({ streaming }) => streaming)) early += 1;
    });
    for (const asked of [first, second, third]) expect((await house.ended(asked)).status).toBe("done");
    unsubscribe();
    expect(textsIn(first)).toEqual(["first", "second", "third"].map((name) => squeeze(textOf(name))));
    expect(early).toBe(0);
    expect(sessionOf(first)).toBe("active");
  });

  it("have in mind what was said before", async () => {
    const first = house.ask("remember this");
    await house.ended(first);
    await house.ended(house.ask("and now", { threadTs: first.ts }));
    const request = JSON.parse(house.sandbox.board.requests("claude").at(-1)?.body ?? "{}");
    const said = JSON.stringify(request.messages);
    expect(said).toContain("remember this");
    expect(said).toContain(JSON.stringify(textOf("remember this")).slice(1, -1));
  });
});

describe("an edit", () => {
  it("of the question that is being answered changes the answer in its place", async () => {
    const asked = house.ask("alpha");
    const { ts } = await begun(asked);
    store.edit({ user: "maya", channel: asked.channel, ts: asked.ts, text: "@sophia beta" });
    expect(await house.ended(asked)).toMatchObject({ status: "done", revision: 1 });
    expect(textsIn(asked)).toEqual([squeeze(textOf("beta"))]);
    expect(house.answers(asked)[0]?.ts).toBe(ts);
    expect(house.sandbox.claude.store.answers.map(({ aborted }) => aborted)).toEqual([true, false]);
  });

  it("of a question that waits is what is answered", async () => {
    const first = house.ask("first");
    await begun(first);
    const second = house.ask("second", { threadTs: first.ts });
    await store.settled();
    store.edit({ user: "maya", channel: second.channel, ts: second.ts, text: "second, in other words" });
    await house.ended(second);
    expect(textsIn(first)).toEqual(["first", "second, in other words"].map((name) => squeeze(textOf(name))));
  });

  it("of a question that is answered changes nothing", async () => {
    const asked = house.ask("alpha");
    await house.ended(asked);
    store.edit({ user: "maya", channel: asked.channel, ts: asked.ts, text: "@sophia beta" });
    await store.settled();
    expect(await house.ended(asked)).toMatchObject({ revision: 0 });
    expect(textsIn(asked)).toEqual([squeeze(textOf("alpha"))]);
  });
});

describe("a deletion", () => {
  it("of a question that waits leaves it unanswered, and answers the one after it", async () => {
    const first = house.ask("first");
    await begun(first);
    const second = house.ask("second", { threadTs: first.ts });
    const third = house.ask("third", { threadTs: first.ts });
    await store.settled();
    store.remove({ user: "maya", channel: second.channel, ts: second.ts });
    expect((await house.ended(third)).status).toBe("done");
    expect((await house.ended(second)).status).toBe("stopped");
    expect(textsIn(first)).toEqual(["first", "third"].map((name) => squeeze(textOf(name))));
  });

  it("of the question that is being answered ends the answer", async () => {
    const asked = house.ask("alpha");
    await begun(asked);
    store.remove({ user: "maya", channel: asked.channel, ts: asked.ts });
    expect((await house.ended(asked)).status).toBe("stopped");
    expect(house.sandbox.claude.store.answers.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

const stops: [string, (asked: Asked) => void][] = [
  ["the button", ({ channel, threadTs }) => void store.stop({ user: "maya", channel, threadTs })],
  ["the word", ({ threadTs }) => void house.ask("stop", { threadTs })],
  [
    "the word of somebody else, with a mention",
    ({ threadTs }) => void house.ask("@sophia stop", { threadTs, user: "ben" }),
  ],
];

describe.each(stops)("Stop by %s", (how, press) => {
  it("ends the answer where it is", async () => {
    const asked = house.ask("alpha");
    await begun(asked);
    press(asked);
    expect((await house.ended(asked)).status).toBe("stopped");
    const [message, ...more] = house.answers(asked);
    expect(more).toEqual([]);
    const shown = squeeze(markdownOf(message as MessageView)).replace("_Stopped._", "");
    expect(squeeze(textOf("alpha")).startsWith(shown)).toBe(true);
    expect(shown.length).toBeLessThan(squeeze(textOf("alpha")).length);
    // Slack itself shows what its button does.
    if (how !== "the button") expect(message?.text).toMatch(/_Stopped\._$/);
    expect(message).toMatchObject({ streaming: false });
    expect(sessionOf(asked)).toBe("active");
    expect(house.sandbox.claude.store.answers.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it("ends the tool that runs, and asks no other", async () => {
    house.sandbox.claude.store.reset();
    const asked = house.ask("summarize yesterday's calls");
    await until(() => gong.open === 1, "the tool's request");
    await store.waitFor(() => house.answers(asked).some(({ tasks }) => tasks.length > 0), 10_000);
    const before = gong.seen.length;
    const startedAt = performance.now();
    press(asked);
    await until(() => gong.open === 0, "the end of the tool's request");
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect((await house.ended(asked)).status).toBe("stopped");
    // A question of another thread goes all the way meanwhile: what was to follow would have followed.
    await house.ended(house.ask("hello"));
    expect(gong.seen).toHaveLength(before);
    expect(house.sandbox.claude.store.answers.filter(({ stopReason }) => stopReason === "tool_use")).toHaveLength(1);
    const [message, ...more] = house.answers(asked);
    expect(more).toEqual([]);
    expect(message?.streaming).toBe(false);
    expect(isLastOfAnswer(message as MessageView)).toBe(true);
    // A card that still turned would turn for ever.
    const cards = message?.blocks.filter(({ type }) => type === "task_card");
    expect(cards).toMatchObject([{ title: "Looking up calls in Gong", status: "error" }]);
    expect(sessionOf(asked)).toBe("active");
  });

  it("ends what waits in the thread as well, and the thread goes on afterwards", async () => {
    const first = house.ask("first");
    await begun(first);
    const second = house.ask("second", { threadTs: first.ts });
    await store.settled();
    press(first);
    expect((await house.ended(first)).status).toBe("stopped");
    expect((await house.ended(second)).status).toBe("stopped");
    const third = house.ask("third", { threadTs: first.ts });
    expect((await house.ended(third)).status).toBe("done");
    expect(textsIn(first).at(-1)).toBe(squeeze(textOf("third")));
    expect(house.answers(first)).toHaveLength(2);
  });
});

it("says where nothing runs that nothing runs, to whoever asked alone", async () => {
  const asked = house.ask("alpha");
  await house.ended(asked);
  house.ask("stop", { threadTs: asked.ts });
  await store.settled();
  const seen = store.messages(asked.channel, { threadTs: asked.ts, viewer: "maya" }).at(-1);
  expect(seen).toMatchObject({ text: "Nothing is running in this thread." });
  expect(seen?.ephemeralFor).not.toBeNull();
  expect(textsIn(asked)).toEqual([squeeze(textOf("alpha"))]);
});
