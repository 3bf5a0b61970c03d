import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { salesScript } from "../../sandbox/claude/script/index.ts";
import type { SlackStore } from "../../sandbox/slack/store.ts";
import { markdownOf } from "../support/answers.ts";
import { type Asked, type House, openHouse } from "../support/house.ts";

let house: House;
let store: SlackStore;

beforeAll(async () => {
  house = await openHouse();
  store = house.sandbox.slack.store;
  house.sandbox.claude.store.script(salesScript);
});
afterAll(() => house.close());

const idOf = (channel: string): string => store.channels("maya").find(({ name }) => name === channel)?.id ?? "";
const askBeside = (channel: string | undefined, text: string, threadTs?: string): Asked => {
  store.look({ user: "maya", channel, threadTs });
  return house.ask(text, { user: "maya", channel: "dm" });
};
const answerTo = async (asked: Asked): Promise<string> => {
  expect((await house.ended(asked)).status).toBe("done");
  return house.answers(asked).map(markdownOf).join("\n");
};
const openWith = async (asked: Asked): Promise<unknown> => {
  const [question] = await house.stepsOf(asked);
  if (question?.kind !== "question") throw new Error("no question");
  return JSON.parse(question.context.split("\n")[1] ?? "{}").viewing;
};

describe("what is open beside a direct message", () => {
  it("is what 'this channel' means, for each person and each question", async () => {
    store.send({
      user: "priya",
      channel: "sales",
      text: "Globex signs on thursday. I'll send the redlines by friday.",
    });
    const asked = askBeside("sales", "summarize this channel");
    expect(await answerTo(asked)).toContain("Globex signs on thursday");
    const read = house.sandbox.board.requests("slack").find(({ url }) => url.includes("conversations.history"));
    expect(`${read?.url} ${read?.body}`).toContain(idOf("sales"));
    expect(await openWith(asked)).toEqual({ channel: idOf("sales") });
    // Another person has nothing open.
    const other = house.ask("summarize this channel", { user: "zoe", channel: "dm" });
    expect(await answerTo(other)).not.toContain("Globex signs");
    expect(await openWith(other)).toBeUndefined();
    const closed = askBeside(undefined, "summarize this channel");
    expect(await openWith(closed)).toBeUndefined();
  });

  it("is the thread where one is open", async () => {
    const { ts } = store.send({ user: "priya", channel: "sales", text: "Who calls Globex?" });
    expect(await openWith(askBeside("sales", "my tasks", ts))).toEqual({ channel: idOf("sales"), thread_ts: ts });
  });

  it("is none of a direct message, and not told of what is asked in a channel", async () => {
    expect(await openWith(askBeside("dm", "my tasks"))).toBeUndefined();
    store.look({ user: "maya", channel: "sales" });
    expect(await openWith(house.ask("my tasks", { user: "maya" }))).toBeUndefined();
  });

  it("is read only where Sophia is a member", async () => {
    const foreign = store.channels("maya").find(({ kind, sophiaIsMember }) => kind === "private" && !sophiaIsMember);
    if (!foreign) throw new Error("Sophia is everywhere");
    const asked = askBeside(foreign.name, "summarize this channel");
    expect(await answerTo(asked)).toContain("I could not read the channel");
  });
});
