import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MessageView, SlackStore } from "../../sandbox/slack/store.ts";
import { askIn } from "../../src/commands/ask.ts";
import { markdownOf } from "../support/answers.ts";
import { announced, hasButtons, isCard, reported, tasksNamed, taskScript } from "../support/consent.ts";
import { type Asked, type Asking, type House, houseSandbox, openHouse } from "../support/house.ts";
import { until } from "../support/servers.ts";

let house: House;
let store: SlackStore;

beforeAll(async () => {
  house = await openHouse();
  store = house.sandbox.slack.store;
  house.sandbox.claude.store.script(taskScript);
});
afterAll(() => house.close());

const cardsIn = (asked: Asked): MessageView[] => house.answers(asked).filter(isCard);
const sessionOf = (asked: Asked): unknown =>
  store.statuses().find(({ threadTs }) => threadTs === asked.threadTs)?.session;
const hintsTo = (viewer: string, { channel, threadTs }: Asked): string[] =>
  store.messages(channel, { viewer, threadTs }).flatMap(({ ephemeralFor, text }) => (ephemeralFor ? text : []));

/** Asks for a task, and resolves with its card once the turn waits. */
async function waiting(name: string, asking: Asking = {}): Promise<{ asked: Asked; card: MessageView }> {
  const asked = house.ask(`create a task ${name}`, asking);
  expect((await house.ended(asked)).status).toBe("suspended");
  const [card, ...more] = cardsIn(asked).slice(-1);
  expect(more).toEqual([]);
  if (!card) throw new Error("there is no card");
  return { asked, card };
}

const press = ({ channel, ts }: MessageView, action: "approve" | "deny", user = "maya") =>
  store.press({ user, channel, ts, actionId: `sophia_${action}` });

async function toEnd(asked: Asked, status: string): Promise<void> {
  await until(async () => (await turnOf(asked))?.status === status, `the turn to be ${status}`);
}
const turnOf = async ({ ts }: Asked) => (await house.turns()).find(({ messageTs }) => messageTs === ts);

describe("a write that somebody asks for", () => {
  it("is done once, when the asker has approved it by the page's own way", async () => {
    const { asked, card } = await waiting("Granted");
    expect(tasksNamed(house.sandbox, "Granted")).toBe(0);
    expect(sessionOf(asked)).toBe("suspended");
    const url = `${house.sandbox.env.SANDBOX_CONTROL_URL}/slack/press`;
    const body = JSON.stringify({ user: "maya", channel: "sales", ts: card.ts, actionId: "sophia_approve" });
    const pressed = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
    expect(await pressed.json()).toEqual({ ok: true });
    await toEnd(asked, "done");
    expect(tasksNamed(house.sandbox, "Granted")).toBe(1);
    const [before, decided, after, ...more] = house.answers(asked);
    expect(more).toEqual([]);
    expect(markdownOf(before as MessageView)).toContain(announced);
    expect(decided).toMatchObject({ ts: card.ts });
    expect(hasButtons(decided as MessageView)).toBe(false);
    expect(JSON.stringify(decided?.blocks)).toContain("Approved by Maya Okafor. ");
    expect(markdownOf(after as MessageView)).toContain(reported);
    expect(markdownOf(after as MessageView)).not.toContain(announced);
    expect(sessionOf(asked)).toBe("active");
    expect(house.log.filter(({ level }) => level >= 50)).toEqual([]);
  });

  it("is not done when they have denied it, and the answer goes on with that", async () => {
    const { asked, card } = await waiting("Denied");
    await press(card, "deny");
    await toEnd(asked, "done");
    expect(tasksNamed(house.sandbox, "Denied")).toBe(0);
    const [decided] = cardsIn(asked);
    expect(JSON.stringify(decided?.blocks)).toContain("Denied by Maya Okafor. Nothing was changed.");
    expect(markdownOf(house.answers(asked).at(-1) as MessageView)).toContain("Not done: it was denied.");
  });

  it("is decided by the asker alone, and once", async () => {
    const { asked, card } = await waiting("Theirs");
    await press(card, "approve", "zoe");
    await store.settled();
    expect(hintsTo("zoe", asked)).toEqual([expect.stringMatching(/^Only <@\w+>, who asked for this, can decide/)]);
    expect(hintsTo("maya", asked)).toEqual([]);
    expect(cardsIn(asked).map(hasButtons)).toEqual([true]);
    const both = await Promise.allSettled([press(card, "deny"), press(card, "approve")]);
    expect(both.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
    await toEnd(asked, "done");
    const denied = JSON.stringify(cardsIn(asked)[0]?.blocks).includes("Denied by");
    expect(tasksNamed(house.sandbox, "Theirs")).toBe(denied ? 0 : 1);
    await until(() => hintsTo("maya", asked).length > 0, "word to whoever came second");
    expect(hintsTo("maya", asked)).toEqual([expect.stringContaining("decided before, or is no longer open")]);
  });
});

describe("while a turn waits for a person", () => {
  it("the thread's next question is answered at once, and each turn remembers what came before it", async () => {
    const { asked, card } = await waiting("Remembered");
    const { threadTs } = asked;
    const second = house.ask("meanwhile", { threadTs });
    expect((await house.ended(second)).status).toBe("done");
    expect(lastRequest()).toMatch(/create a task Remembered.*had not decided.*meanwhile/);
    await press(card, "approve");
    await toEnd(asked, "done");
    expect(lastRequest()).not.toContain("meanwhile");
    expect(markdownOf(house.answers(asked).at(-1) as MessageView)).toContain(reported);
    await house.ended(house.ask("afterwards", { threadTs }));
    expect(lastRequest()).toMatch(/create a task Remembered.*Asana says.*meanwhile.*You said.*afterwards/);
    expect(lastRequest()).not.toContain("had not decided");
  });

  it("Stop ends it, says so, and the card lets nothing through any more", async () => {
    const { asked, card } = await waiting("Stopped");
    house.ask("stop", { threadTs: asked.threadTs });
    await toEnd(asked, "stopped");
    expect(
      house
        .answers(asked)
        .map(({ text }) => text)
        .join(),
    ).toContain("Stopped.");
    expect(sessionOf(asked)).toBe("active");
    await press(card, "approve");
    await until(() => hintsTo("maya", asked).length > 0, "a clear answer to the press");
    expect(cardsIn(asked).map(hasButtons)).toEqual([false]);
    expect(JSON.stringify(cardsIn(asked)[0]?.blocks)).toContain(
      "No longer open: it was stopped, or the question has changed. Nothing was changed.",
    );
    expect(tasksNamed(house.sandbox, "Stopped")).toBe(0);
  });

  it("an edit of its question takes its place, and the first card with it", async () => {
    const { asked, card } = await waiting("Mistaken");
    store.edit({ user: "maya", channel: asked.channel, ts: asked.ts, text: "@sophia create a task Meant" });
    await until(async () => cardsIn(asked).length === 2 && (await turnOf(asked))?.status === "suspended", "a new card");
    // The sweep may have taken the buttons away before anybody could press them.
    const isPressed = await press(card, "approve").then(
      () => true,
      () => false,
    );
    await until(() => cardsIn(asked).filter(hasButtons).length === 1, "the first card without its buttons");
    expect(hintsTo("maya", asked)).toEqual(isPressed ? [expect.stringContaining("is no longer open")] : []);
    await press(cardsIn(asked)[1] as MessageView, "approve");
    await toEnd(asked, "done");
    expect(["Mistaken", "Meant"].map((name) => tasksNamed(house.sandbox, name))).toEqual([0, 1]);
  });

  it("its question is deleted, and the card lets nothing through any more", async () => {
    const { asked, card } = await waiting("Deleted");
    store.remove({ user: "maya", channel: asked.channel, ts: asked.ts });
    await toEnd(asked, "stopped");
    await until(async () => (await turnOf(asked))?.status === "stopped", "the turn to be stopped");
    await press(card, "approve").catch(() => undefined);
    await store.settled();
    expect(tasksNamed(house.sandbox, "Deleted")).toBe(0);
    const [approval] = await house.app.approvals.ofTurn((await turnOf(asked))?.id ?? "");
    expect(["planned", "withdrawn"]).toContain(approval?.status);
    await until(async () => (await house.app.approvals.get(approval?.id ?? ""))?.status === "withdrawn", "its end");
  });

  it("a day goes by, and it ends with nothing done", async () => {
    const { asked, card } = await waiting("Forgotten", { channel: "dm" });
    const { clock } = house.sandbox;
    clock.set(clock.now() + 24 * 3_600_000);
    await toEnd(asked, "done");
    expect(markdownOf(house.answers(asked).at(-1) as MessageView)).toContain("Not done: nobody decided in time.");
    await until(() => !cardsIn(asked).some(hasButtons), "the card without its buttons");
    expect(JSON.stringify(cardsIn(asked)[0]?.blocks)).toContain("Nobody decided in time. Nothing was changed.");
    await expect(press(card, "approve")).rejects.toThrow("to press");
    expect(tasksNamed(house.sandbox, "Forgotten")).toBe(0);
  });
});

function lastRequest(): string {
  const { messages } = JSON.parse(house.sandbox.board.requests("claude").at(-1)?.body ?? "{}");
  return JSON.stringify(messages);
}

describe("demo --ask", () => {
  it.for([
    ["approve", 1, "done"],
    [undefined, 0, "suspended"],
  ] as const)("with %s as --press leaves %i tasks and a turn that is %s", async ([decision, count, status]) => {
    const sandbox = await houseSandbox();
    try {
      const before = tasksNamed(sandbox, "Acme follow-up");
      const text = "create a task for the Acme follow-up due Friday";
      const exchanged = await askIn(sandbox, { text, user: "zoe", channel: "sales", press: decision });
      expect(tasksNamed(sandbox, "Acme follow-up") - before).toBe(count);
      expect(exchanged?.turn?.status).toBe(status);
      const { answered } = exchanged ?? {};
      const threadTs = answered?.replies[0]?.threadTs ?? "";
      const card = sandbox.slack.store.messages("sales", { threadTs }).find(isCard);
      const args = { name: "Acme follow-up", due_on: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) };
      expect(answered?.approvals).toEqual([
        {
          id: expect.stringMatching(/^approval_/),
          tool: "asana__create_task",
          arguments: expect.objectContaining(args),
          changes: expect.arrayContaining([{ field: "Name", before: null, after: "Acme follow-up" }]),
          asker: "zoe",
          approvers: ["zoe"],
          expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
          channel: card?.channel,
          ts: card?.ts,
        },
      ]);
      const writes = answered?.toolCalls.filter(({ tool }) => tool === "create_task") ?? [];
      expect(writes).toMatchObject(status === "done" ? [{ isError: false }] : []);
    } finally {
      await sandbox.close();
    }
  });
});
