import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startSophia, type Sophia } from "../support/slack-sophia.ts";
import {
  MAYA,
  OLIVER,
  RANDOM,
  SALES,
  smallWorld,
  startTestSlack,
  type StartedSlack,
} from "../support/slack-stand-in.ts";

let slack: StartedSlack;
let sophia: Sophia;

beforeEach(async () => {
  slack = await startTestSlack();
  sophia = await startSophia(slack, "socket");
});

afterEach(async () => {
  await sophia.close();
  await slack.close();
});

const nothing = new AbortController().signal;

async function say(user: string, text: string, threadTs?: string, channel = SALES): Promise<string> {
  const { ts } = slack.store.send({ user, channel, text, threadTs });
  await slack.store.settled();
  return ts;
}

const texts = (): string[] => sophia.turns.all().map((turn) => turn.text);

function whispers(viewer: string, threadTs?: string): string[] {
  const messages = slack.store.messages(SALES, { viewer, ...(threadTs ? { threadTs } : {}) });
  return messages.flatMap((message) => (message.ephemeralFor === viewer ? message.text : []));
}

describe("who is answered", () => {
  it("answers a direct message in private", async () => {
    await say(MAYA, "what did Acme say?", undefined, "dm");
    expect(sophia.turns.all()).toMatchObject([{ source: "direct", audience: "private", text: "what did Acme say?" }]);
  });

  it("answers a follow-up in a thread that it is part of, without a mention", async () => {
    const root = await say(MAYA, "@sophia summarize yesterday's calls");
    await say(OLIVER, "and the day before?", root);
    expect(sophia.turns.all()).toMatchObject([{ source: "mention" }, { source: "follow_up", threadTs: root }]);
  });

  it.for([
    ["talk in the channel", "lunch?", false],
    ["a thread of others", "what do you think?", true],
  ] as const)("is silent at %s", async ([, text, inThread]) => {
    const root = inThread ? await say(OLIVER, "a thread without Sophia") : undefined;
    await say(MAYA, text, root);
    expect(texts()).toEqual([]);
  });

  it("is silent in its own thread when a message speaks to somebody else", async () => {
    const root = await say(MAYA, "@sophia summarize yesterday's calls");
    await say(MAYA, "@oliver can you call them?", root);
    expect(texts()).toEqual(["summarize yesterday's calls"]);
  });

  it("does not answer other bots, nor itself", async () => {
    slack.store.sendAsBot({ name: "Zapier", channel: SALES, text: "@sophia run this" });
    await sophia.client.call("chat.postMessage", { channel: SALES, text: `<@${sophia.workspace.botUserId}> hi` });
    await slack.store.settled();
    expect(texts()).toEqual([]);
  });

  it("ignores a guest of another company in a shared channel", async () => {
    const { events } = slack.store.send({ user: MAYA, channel: SALES, text: "@sophia list all deals", hold: true });
    for (const callback of events) callback.event["team"] = "T0THERC0MP";
    await slack.store.deliver(events);
    expect(texts()).toEqual([]);
  });

  it("reads a message as a person does", async () => {
    await say(MAYA, "@sophia tell @oliver that A&B <3 > 2, please");
    expect(texts()).toEqual(["tell @Oliver Hart that A&B <3 > 2, please"]);
  });
});

it("asks Slack for few of the names in a message and shows the ids of the rest, which call nobody", async () => {
  const ids = Array.from({ length: 1_500 }, (_, n) => `U0${String(n).padStart(6, "0")}`);
  await say(MAYA, `@sophia who of ${ids.map((id) => `<@${id}>`).join(" ")} called?`);
  const asked = slack.board.requests("slack").filter(({ url }) => url.endsWith("/users.info"));
  expect(asked.length).toBeGreaterThanOrEqual(20);
  expect(asked.length).toBeLessThanOrEqual(21);
  expect(texts()).toEqual([`who of ${ids.map((id) => `@${id}`).join(" ")} called?`]);
});

describe("a running question", () => {
  it("has its text changed by an edit, but not by an unfurled link", async () => {
    const ts = await say(MAYA, "@sophia calls of monday");
    slack.store.edit({ user: MAYA, channel: SALES, ts, text: "@sophia calls of tuesday" });
    await slack.store.settled();
    expect(sophia.turns.all()).toMatchObject([{ text: "calls of tuesday", agent: "sophia", revision: 1 }]);
    const edited = slack.store.events().findLast(({ event }) => event["subtype"] === "message_changed");
    const message = { ...(edited?.event["message"] as object), attachments: [{ title: "a page" }] };
    await slack.store.deliver({ ...edited?.event, type: "message", message, previous_message: message });
    expect(sophia.turns.all()).toMatchObject([{ revision: 1 }]);
  });

  it("is changed or gone as its person left it, though it still waited for a name when that came", async () => {
    const slow = (): void => slack.board.addFault({ service: "slack", path: "users.info", latencyMs: 150 });
    slow();
    const edited = slack.store.send({ user: MAYA, channel: SALES, text: "@sophia what did @oliver say on monday?" });
    slack.store.edit({ user: MAYA, channel: SALES, ts: edited.ts, text: "@sophia what did @oliver say on tuesday?" });
    await slack.store.settled();
    expect(sophia.turns.all()).toMatchObject([{ text: "what did @Oliver Hart say on tuesday?", revision: 1 }]);
    slow();
    const deleted = slack.store.send({ user: OLIVER, channel: SALES, text: "@sophia what did @maya say?" });
    slack.store.remove({ user: OLIVER, channel: SALES, ts: deleted.ts });
    await slack.store.settled();
    expect(sophia.turns.stopped).toHaveLength(1);
  });

  it("is stopped when its message is deleted, or emptied because it has replies", async () => {
    const ts = await say(MAYA, "@sophia calls of monday");
    slack.store.remove({ user: MAYA, channel: SALES, ts });
    await slack.store.settled();
    expect(sophia.turns.stopped).toHaveLength(1);
    const other = await say(MAYA, "@sophia calls of friday");
    const message = { type: "message", subtype: "tombstone", ts: other, text: "This message was deleted." };
    const fields = { subtype: "message_changed", channel: SALES, channel_type: "channel", hidden: true, ts: "1.0" };
    await slack.store.deliver({ type: "message", ...fields, message, previous_message: { text: "x", ts: other } });
    expect(sophia.turns.stopped).toHaveLength(2);
  });

  it.for(["stop", "@sophia stop", "Please stop!"])("is stopped by %s in its thread", async (text) => {
    const ts = await say(MAYA, "@sophia calls of monday");
    await say(OLIVER, text, ts);
    expect(sophia.turns.stopped).toHaveLength(1);
    expect(texts()).toEqual(["calls of monday"]);
  });

  it("is stopped by Slack's button; a session whose turn is gone is put right", async () => {
    const ts = await say(MAYA, "@sophia calls of monday");
    slack.store.stop({ user: MAYA, channel: SALES, threadTs: ts });
    await slack.store.settled();
    expect(sophia.turns.stopped).toHaveLength(1);
    await sophia.client.call("agents.sessions.setStatus", { channel_id: SALES, thread_ts: ts, status: "processing" });
    slack.store.stop({ user: MAYA, channel: SALES, threadTs: ts });
    await slack.store.settled();
    expect(slack.store.statuses()).toMatchObject([{ session: "active" }]);
  });

  it("says that nothing runs where nothing does", async () => {
    const ts = await say(MAYA, "@sophia calls of monday");
    sophia.turns.unfinished.clear();
    await say(MAYA, "@sophia stop", ts);
    expect(whispers(MAYA, ts)).toEqual(["Nothing is running in this thread."]);
  });
});

describe("/sophia", () => {
  const command = (text: string, channel = SALES): Promise<unknown> =>
    slack.store.command({ user: MAYA, channel, command: "/sophia", text });

  it.for([
    ["", /`\/sophia ask \[--as ROLE\] QUESTION`/],
    ["help", /`\/sophia ask \[--as ROLE\] QUESTION`/],
    ["help", /\nI am connected to Gong, Asana\.\nHubspot is not connected; ask whoever runs me\.$/],
    ["hlep", /Did you mean `\/sophia help`\?/],
    ["aks about Acme", /Did you mean `\/sophia ask about Acme`\?/],
    ["summarize the calls", /Did you mean `\/sophia ask summarize the calls`\?/],
    ["ask", /Say what you want to know/],
  ] as const)("answers %j with help", async ([text, expected]) => {
    await command(text);
    expect(whispers(MAYA).join("\n")).toMatch(expected);
    expect(texts()).toEqual([]);
  });

  it("ask: links nothing of the asker's name", async () => {
    await sophia.close();
    await slack.close();
    const people = smallWorld.people.map((one) => ({ ...one, name: "[Maya](https://evil.example) <!here>" }));
    slack = await startTestSlack({ world: { ...smallWorld, people } });
    sophia = await startSophia(slack, "socket");
    await command("ask what did they say?");
    const [turn] = sophia.turns.all();
    if (!turn) throw new Error("no turn");
    await (await sophia.open(turn, 1, nothing)).finish();
    const root = slack.store.messages(SALES).findLast((message) => message.text.includes("asked:"));
    expect(root?.text).toBe("*[Maya](https: //evil.\u200Bexample) &lt;!here&gt;* asked: what did they say?");
  });

  it("ask: posts the question and answers in its thread", async () => {
    await command("ask what did <Acme> say?");
    const [turn] = sophia.turns.all();
    if (!turn) throw new Error("no turn");
    const placed: unknown[] = [];
    const reply = await sophia.open(turn, 1, nothing, { placed: (thread) => placed.push(thread) });
    reply.write("They said yes.");
    await reply.finish();
    const root = slack.store.messages(SALES).findLast((message) => message.text.includes("asked:"));
    expect(root?.text).toBe("*Maya Lindqvist* asked: what did &lt;Acme&gt; say?");
    expect(slack.store.messages(SALES, { threadTs: root?.ts ?? "" })[1]?.text).toBe("They said yes.");
    expect(sophia.turns.all()).toMatchObject([{ threadTs: root?.ts, channel: SALES }]);
    expect(placed).toMatchObject([{ threadTs: root?.ts, channel: SALES }]);
  });

  it("ask: does not post the question twice when the first attempt died after it, or when Slack's answer was lost", async () => {
    await command("ask what did Acme say?");
    const [turn] = sophia.turns.all();
    if (!turn) throw new Error("no turn");
    const before = { ...turn, createdAt: new Date(slack.clock.now()) };
    slack.board.addFault({ service: "slack", path: "chat.postMessage", drop: "after" });
    const first = await sophia.open(before, 1, nothing);
    first.write("x");
    await first.finish();
    const again = await sophia.open({ ...before, attempt: 2 }, 2, nothing);
    again.write("They said yes.");
    await again.finish();
    expect(slack.store.messages(SALES).filter((message) => message.text.includes("asked:"))).toHaveLength(1);
  });

  it.for(["msg_blocks_not_allowed", "user_not_in_channel"])(
    "ask: answers in a direct message where Slack says %s",
    async (code) => {
      await command("ask what did Acme say?");
      const [turn] = sophia.turns.all();
      if (!turn) throw new Error("no turn");
      const attempt = sophia.client.try.bind(sophia.client);
      sophia.client.try = (method, args) =>
        method === "chat.postMessage" && args["channel"] === SALES
          ? Promise.resolve({ kind: "refused", code })
          : attempt(method, args);
      await (await sophia.open(turn, 1, nothing)).finish();
      const dm = slack.store.channels(MAYA).find((channel) => channel.kind === "im");
      expect(slack.store.messages(dm?.id ?? "").at(-1)?.text).toContain("asked: what did Acme say?");
    },
  );

  it("ask: says to the person alone that Slack lets it post nowhere, once", async () => {
    await command("ask what did Acme say?");
    const [turn] = sophia.turns.all();
    if (!turn) throw new Error("no turn");
    const attempt = sophia.client.try.bind(sophia.client);
    sophia.client.try = (method, args) =>
      method === "chat.postMessage"
        ? Promise.resolve({ kind: "refused", code: "restricted_action" })
        : attempt(method, args);
    await expect(sophia.open(turn, 1, nothing)).rejects.toMatchObject({ name: "ReplyRefusedError" });
    expect(whispers(MAYA)).toEqual([expect.stringContaining("I cannot answer")]);
  });

  it("ask: answers in a direct message where Sophia is not in the channel", async () => {
    await command("ask what did Acme say?", RANDOM);
    const [turn] = sophia.turns.all();
    if (!turn) throw new Error("no turn");
    const reply = await sophia.open(turn, 1, nothing);
    reply.write("They said yes.");
    await reply.finish();
    const dm = slack.store.channels(MAYA).find((channel) => channel.kind === "im");
    expect(sophia.turns.all()).toMatchObject([{ channel: dm?.id }]);
    expect(slack.store.messages(dm?.id ?? "").at(-1)?.text).toContain("asked: what did Acme say?");
  });
});

it("stores feedback and thanks the person alone", async () => {
  const ts = await say(MAYA, "@sophia calls of monday");
  const [turn] = sophia.turns.all();
  if (!turn) throw new Error("no turn");
  const reply = await sophia.open(turn, 1, nothing);
  reply.write("None.");
  await reply.finish();
  const answer = slack.store.messages(SALES, { threadTs: ts })[1];
  await slack.store.press({
    user: OLIVER,
    channel: SALES,
    ts: answer?.ts ?? "",
    actionId: "sophia_feedback",
    value: "positive",
  });
  expect(sophia.turns.replies.feedback).toEqual([{ turnId: turn.id, userId: OLIVER, value: "good" }]);
  expect(whispers(OLIVER, ts)).toEqual(["Thank you: noted as helpful."]);
});
