import { describe, expect, it } from "vitest";
import { salesScript } from "../../sandbox/claude/script/index.ts";
import type { Script } from "../../sandbox/claude/store.ts";
import type { Fault } from "../../sandbox/stand-in.ts";
import { addDays, dayOf } from "../../sandbox/world/zones.ts";
import {
  isLastOfAnswer,
  markdownOf,
  paragraphs,
  questionOf,
  resultsOf,
  squeeze,
  wholeText,
} from "../support/answers.ts";
import { type Asked, type House, openHouse } from "../support/house.ts";

const NOW = Date.parse("2026-11-20T15:30:00Z");
/** A method's name looks like a host's, which an answer breaks by a character that nobody sees. */
const textOf = (question: string): string =>
  paragraphs(question.replaceAll(".", " "), question.startsWith("longer ") ? 80 : 25);

/** A tool, and then a text that is known beforehand. */
const script: Script = (request) => {
  const question = questionOf(request);
  if (!question.startsWith("long")) return salesScript(request);
  if (resultsOf(request).length > 0) return [{ type: "text", text: textOf(question) }];
  const input = { from_date: "2026-11-19", to_date: "2026-11-20" };
  return [{ type: "tool_use", name: "gong__get_calls", input }];
};

async function openFaultyHouse(streamLifetimeMs?: number): Promise<House> {
  const slack = streamLifetimeMs === undefined ? {} : { slack: { streamLifetimeMs } };
  const house = await openHouse({ sandbox: { now: NOW, pace: { chunkCharacters: 60, delayMs: 10 }, ...slack } });
  house.sandbox.claude.store.script(script);
  return house;
}

/** The answer stands there whole, once, and is finished. */
async function expectWhole(house: House, asked: Asked, text: string): Promise<void> {
  expect((await house.ended(asked)).status).toBe("done");
  const messages = house.answers(asked);
  expect(wholeText(messages)).toBe(squeeze(text));
  expect(messages.filter(({ streaming }) => streaming)).toEqual([]);
  const cards = messages.flatMap(({ blocks }) => blocks.filter(({ type }) => type === "task_card"));
  expect(cards.length).toBeGreaterThan(0);
  expect(cards.filter(({ status }) => status !== "complete")).toEqual([]);
  const states = house.sandbox.slack.store.statuses();
  expect(states.find(({ threadTs }) => threadTs === asked.threadTs)?.session).toBe("active");
}

/** Where Slack does not say who asks, yesterday is easily another day. */
async function expectYesterdayOf(house: House, user: string): Promise<void> {
  const { calls, people } = house.sandbox.world;
  const asked = house.ask("summarize yesterday's calls", { user });
  expect((await house.ended(asked)).status).toBe("done");
  const zone = people.find(({ handle }) => handle === user)?.timeZone ?? "";
  const yesterday = addDays(dayOf(NOW, zone), -1);
  const expected = calls.filter(
    ({ startedAt, isPrivate }) => !isPrivate && dayOf(Date.parse(startedAt), zone) === yesterday,
  );
  const text = house.answers(asked).map(markdownOf).join("\n");
  const linked = new Set(Array.from(text.matchAll(/call\?id=(\d+)/g), ([, id]) => String(id)));
  expect([...linked].toSorted()).toEqual(expected.map(({ id }) => id).toSorted());
}

type Trouble = Omit<Fault, "service" | "path">;

const troubles: [string, Trouble][] = [
  ["asks for a pause (429)", { status: 429, retryAfter: 1 }],
  ["fails (500)", { status: 500 }],
  ["is away (503)", { status: 503 }],
  ["cuts the connection", { drop: true }],
  ["cuts the connection after doing it", { drop: "after" }],
];

const whileStreaming = ["chat.startStream", "chat.appendStream", "chat.stopStream", "agents.sessions.setStatus"];
const whileEditing = ["chat.postMessage", "chat.update", "conversations.replies"];

describe.concurrent("the answer is whole, once", { timeout: 60_000 }, () => {
  it.for(troubles)("where Slack %s, whichever call it is", async ([, trouble]) => {
    const house = await openFaultyHouse();
    const { board } = house.sandbox;
    const struck = async (path: string, times = 1): Promise<void> => {
      board.addFault({ service: "slack", path, times, ...trouble });
      const asked = house.ask(`long ${path}`);
      await expectWhole(house, asked, textOf(`long ${path}`));
      const messages = house.answers(asked);
      expect(messages.map(isLastOfAnswer)).toEqual([...messages.slice(1).map(() => false), true]);
      expect(board.takeFault("slack", path), `${path} has struck`).toBeUndefined();
    };
    try {
      for (const path of whileStreaming) await struck(path);
      for (const path of whileEditing) {
        // The stream's beginning goes wrong as well: with a message in Slack that is to be found, or without one.
        const start = path === "chat.postMessage" ? { status: 500 } : ({ drop: "after" } as const);
        board.addFault({ service: "slack", path: "chat.startStream", ...start });
        // A message that was posted after all is found, and nothing is posted a second time.
        await struck(path, trouble.drop === "after" ? 1 : 2);
      }
      board.addFault({ service: "claude", latencyMs: 600 });
      await struck("assistant.threads.setStatus");
      board.addFault({ service: "slack", path: "users.info", ...trouble });
      await expectYesterdayOf(house, "grace");
      expect(board.takeFault("slack", "users.info")).toBeUndefined();
    } finally {
      await house.close();
    }
  });
});

describe("a stream that ends early", () => {
  it("goes on in a new message with no text lost or repeated, when Slack ends it in the middle", async () => {
    const house = await openFaultyHouse();
    try {
      const asked = house.ask("longer way");
      const { store } = house.sandbox.slack;
      for (let messages = 1; messages <= 3; messages++) {
        await store.waitFor(() => {
          const shown = house.answers(asked);
          return shown.length === messages && markdownOf(shown[messages - 1] as never).length > 100;
        }, 10_000);
        store.expireStreams();
      }
      await expectWhole(house, asked, textOf("longer way"));
      expect(house.answers(asked)).toHaveLength(4);
    } finally {
      await house.close();
    }
  });

  it("does so however often Slack ends one", async () => {
    const house = await openFaultyHouse(180);
    try {
      const names = ["longer road", "longer river", "longer night"];
      const asked = names.map((name) => house.ask(name));
      for (const [n, one] of asked.entries()) await expectWhole(house, one, textOf(names[n] ?? ""));
      expect(house.answers(asked[0] as Asked).length).toBeGreaterThan(2);
    } finally {
      await house.close();
    }
  });
});
