import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MessageView } from "../../sandbox/slack/store.ts";
import type { Turn } from "../../src/storage/turns.ts";
import { startSophia, turnFor, type Sophia } from "../support/slack-sophia.ts";
import { MAYA, OLIVER, SALES, startTestSlack, type StartedSlack } from "../support/slack-stand-in.ts";

let slack: StartedSlack;
let sophia: Sophia;

beforeAll(async () => {
  slack = await startTestSlack();
  const query = { sql: "SELECT 1 FROM T -- <!channel> <@U07MAYA0001>", rows: 1 };
  sophia = await startSophia(slack, "socket", {
    queried: { userId: MAYA, channel: "D0ELSEWHERE", audience: "private", queries: [query] },
  });
});
afterAll(async () => {
  await sophia.close();
  await slack.close();
});

const nothing = new AbortController().signal;
const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const image = { png, title: "Q4", alt: "Bar chart: Q4. Before: October 410,000 USD." };

function question(): Turn {
  return turnFor(slack.store.send({ user: MAYA, channel: SALES, text: "a question", hold: true }).ts);
}

const partsOf = (turn: Turn): MessageView[] =>
  slack.store.messages(SALES, { threadTs: turn.threadTs }).filter(({ author }) => author.isBot);

async function answerIn(turn: Turn, attempt: number, of: Sophia = sophia): Promise<void> {
  const reply = await of.open({ ...turn, attempt }, attempt, nothing);
  reply.write("Here it is.");
  reply.image(image);
  reply.buttons([{ action: "sophia_show_query", label: "Show the query", value: turn.id }]);
  await reply.finish();
}

describe("an image below an answer", () => {
  it("is uploaded once and shown once, however many attempts the answer takes", async () => {
    const turn = question();
    await answerIn(turn, 1);
    await answerIn(turn, 2);
    const [answer, ...others] = partsOf(turn);
    expect(others).toEqual([]);
    expect(slack.store.files.all()).toHaveLength(1);
    const kinds = answer?.blocks.map(({ type }) => type);
    expect(kinds).toEqual(["markdown", "image", "actions", "context_actions"]);
    expect(answer?.blocks[1]).toMatchObject({
      slack_file: { id: slack.store.files.all()[0]?.id },
      alt_text: image.alt,
      title: { type: "plain_text", text: "Q4" },
    });
  });

  it("waits until Slack has looked at the file", async () => {
    slack.store.files.processing = 3;
    const turn = question();
    await answerIn(turn, 1);
    slack.store.files.processing = 0;
    expect(partsOf(turn)[0]?.blocks.map(({ type }) => type)).toContain("image");
  });

  it("survives an upload that breaks off", async () => {
    slack.board.addFault({ service: "slack", path: "/upload/v1/", status: 503 });
    slack.board.addFault({ service: "slack", path: "files.completeUploadExternal", drop: "after" });
    const turn = question();
    await answerIn(turn, 1);
    expect(partsOf(turn)[0]?.blocks.filter(({ type }) => type === "image")).toHaveLength(1);
  });

  it("is told in words where the app may upload nothing", async () => {
    const narrow = await startTestSlack({
      scopes: ["chat:write", "users:read", "channels:history", "assistant:write"],
    });
    const without = await startSophia(narrow, "socket");
    const { ts } = narrow.store.send({ user: MAYA, channel: SALES, text: "a question", hold: true });
    const turn = turnFor(ts);
    await answerIn(turn, 1, without);
    const [answer] = narrow.store.messages(SALES, { threadTs: ts }).filter(({ author }) => author.isBot);
    expect(JSON.stringify(answer?.blocks)).toContain(
      `I cannot show a picture here (Slack refused files.getUploadURLExternal: missing_scope.) What it shows: ${image.alt}`,
    );
    await without.close();
    await narrow.close();
  });
});

describe("the query of a private answer", () => {
  const press = (user: string, turn: Turn) =>
    slack.store.press({ user, channel: SALES, ts: partsOf(turn)[0]!.ts, actionId: "sophia_show_query" });
  const whispers = (user: string, turn: Turn) =>
    slack.store
      .messages(SALES, { threadTs: turn.threadTs, viewer: user })
      .filter(({ ephemeralFor }) => ephemeralFor !== null);

  it("is refused to others, and that is recorded; its asker reads it as plain text", async () => {
    const turn = question();
    await answerIn(turn, 1);
    await press(OLIVER, turn);
    await slack.store.waitFor(() => whispers(OLIVER, turn).length > 0, 5_000);
    expect(whispers(OLIVER, turn)[0]?.text).toBe("Only who reads this answer can see its query.");
    expect(JSON.stringify(sophia.audit)).toContain("not_a_reader");
    await press(MAYA, turn);
    await slack.store.waitFor(() => whispers(MAYA, turn).length > 0, 5_000);
    expect(JSON.stringify(whispers(MAYA, turn)[0]?.blocks)).toContain(
      '{"type":"text","text":"SELECT 1 FROM T -- <!channel> <@U07MAYA0001>"}',
    );
  });
});
