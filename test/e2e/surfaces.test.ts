import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MessageView, SlackStore } from "../../sandbox/slack/store.ts";
import type { Database } from "../../src/storage/database.ts";
import { markdownOf } from "../support/answers.ts";
import { hasButtons, isCard, reported, tasksNamed, taskScript } from "../support/consent.ts";
import { createLightHome, type EngineHome } from "../support/engines.ts";
import { type Asked, type House, openHouse } from "../support/house.ts";
import { until } from "../support/servers.ts";

let home: EngineHome;
let database: Database;
let house: House;
let store: SlackStore;

beforeAll(async () => {
  home = await createLightHome();
  house = await openHouse({ home });
  database = (await home.createStorage()).database;
  store = house.sandbox.slack.store;
  house.sandbox.claude.store.script(taskScript);
});
afterAll(async () => {
  await house.close();
  await home.drop();
});

const idOf = (user: string): string => house.sandbox.world.people.find(({ handle }) => handle === user)?.id ?? "";
const hintsTo = (viewer: string, { channel, threadTs }: Asked): string[] =>
  store.messages(channel, { viewer, threadTs }).flatMap(({ ephemeralFor, text }) => (ephemeralFor ? text : []));
const cardOf = (asked: Asked): MessageView => {
  const card = house.answers(asked).findLast(isCard);
  if (!card) throw new Error("there is no card");
  return card;
};
const words = (asked: Asked): string => JSON.stringify(cardOf(asked).blocks);
const press = ({ channel, ts }: MessageView, actionId: string, value?: string) =>
  store.press({ user: "maya", channel, ts, actionId, ...(value === undefined ? {} : { value }) });
const turnEnds = (asked: Asked, status: string): Promise<void> =>
  until(
    async () => (await house.turns()).find(({ messageTs }) => messageTs === asked.ts)?.status === status,
    `the turn to be ${status}`,
    20_000,
  );

/** Asks for a task, and resolves once its card stands. */
async function waiting(name: string): Promise<Asked> {
  const asked = house.ask(`create a task ${name}`);
  expect((await house.ended(asked)).status).toBe("suspended");
  return asked;
}

describe("the thumbs below an answer", () => {
  it("are kept with whose they are, the last of a person's, and each is thanked for", async () => {
    const asked = house.ask("hello");
    const turn = await house.ended(asked);
    const [answer] = house.answers(asked);
    if (!answer) throw new Error("there is no answer");
    const kept = () =>
      database.query("SELECT user_id, value FROM sophia.feedback WHERE turn_id = $1 ORDER BY user_id", [turn.id]);
    await press(answer, "sophia_feedback", "positive");
    await until(() => hintsTo("maya", asked).length === 1, "thanks");
    expect(await kept()).toEqual([{ user_id: idOf("maya"), value: "good" }]);
    await press(answer, "sophia_feedback", "negative");
    await until(() => hintsTo("maya", asked).length === 2, "thanks again");
    expect(hintsTo("maya", asked)).toEqual(["Thank you: noted as helpful.", "Thank you: noted as not helpful."]);
    expect(await kept()).toEqual([{ user_id: idOf("maya"), value: "bad" }]);
    expect(hintsTo("zoe", asked)).toEqual([]);
  });
});

describe("Edit on a card", () => {
  it("opens the write as a form; what is approved and written is what the form says", async () => {
    const asked = await waiting("Drafted");
    await press(cardOf(asked), "sophia_edit_1");
    await store.waitFor(() => store.views({ viewer: "maya" }).modals[0], 5_000);
    const values = { field_name: { value: "Agreed" } };
    expect(await store.submitView({ user: "maya", values })).toMatchObject({ ok: true });
    await until(() => words(asked).includes("Agreed"), "the card to show it");
    expect(hasButtons(cardOf(asked))).toBe(true);
    expect(["Drafted", "Agreed"].map((name) => tasksNamed(house.sandbox, name))).toEqual([0, 0]);
    await press(cardOf(asked), "sophia_approve");
    await turnEnds(asked, "done");
    expect(["Drafted", "Agreed"].map((name) => tasksNamed(house.sandbox, name))).toEqual([0, 1]);
    expect(house.sandbox.asana.store.tasks.find(({ name }) => name === "Agreed")?.dueOn).toBe("2026-11-27");
  });
});

describe("Check again on a card", () => {
  it("finds what came of a write whose answer was lost, and writes nothing again", async () => {
    const { board, clock } = house.sandbox;
    const asked = await waiting("Lost");
    // It is carried out, its answer is cut off, and Asana is away for longer than anybody waits.
    board.addFault({ service: "asana", path: "/tasks", drop: "after" });
    board.addFault({ service: "asana", status: 503, times: Number.MAX_SAFE_INTEGER });
    await press(cardOf(asked), "sophia_approve");
    await until(() => tasksNamed(house.sandbox, "Lost") === 1, "the write to be carried out");
    await until(() => board.requests("asana").some(({ status }) => status === 503), "a look in vain", 20_000);
    clock.set(clock.now() + 180_000);
    await turnEnds(asked, "done");
    await until(() => words(asked).includes("sophia_check"), "the button", 20_000);
    expect(words(asked)).toContain("it is not known whether it was carried out");
    expect(markdownOf(house.answers(asked).at(-1) as MessageView)).toContain(reported);

    await press(cardOf(asked), "sophia_check_1");
    await until(() => hintsTo("maya", asked).length === 1, "word that nobody knows");
    expect(hintsTo("maya", asked)[0]).toContain("It is still not known what came of it.");
    board.reset();
    clock.set(clock.now() + 180_000);
    await press(cardOf(asked), "sophia_check_1");
    await until(() => words(asked).includes("Done."), "what came of it");
    expect(hasButtons(cardOf(asked))).toBe(false);
    expect(tasksNamed(house.sandbox, "Lost")).toBe(1);
    expect(board.requests("asana").filter(({ method }) => method === "POST")).toEqual([]);
  });
});
