// oxlint-disable unicorn/require-post-message-target-origin -- Slack's chat.postMessage, not a window's
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { METHODS } from "../../sandbox/slack/method-contracts.ts";
import {
  APP_TOKEN,
  BOT_TOKEN,
  contract,
  contractsPresent,
  DEAL_DESK,
  MAYA,
  OLIVER,
  RANDOM,
  refusal,
  SALES,
  startTestSlack,
  type StartedSlack,
} from "../support/slack-stand-in.ts";

let slack: StartedSlack;

beforeAll(async () => {
  slack = await startTestSlack();
});

afterAll(() => slack.close());

async function call(method: string, init: RequestInit = {}): Promise<Record<string, unknown>> {
  const response = await fetch(slack.apiUrl + method, { method: "POST", ...init });
  return (await response.json()) as Record<string, unknown>;
}

interface Description {
  args?: { required?: string[]; properties?: Record<string, { type?: string }> };
  scope?: { bot?: string[] };
  rate_limits?: string;
  json_input_supported?: boolean;
  output?: { required?: string[]; properties?: Record<string, unknown> };
}

if (!contractsPresent) process.stderr.write("NOT RUN: ../shared/contracts/slack is not on this machine\n");

describe.skipIf(!contractsPresent)("our description of each method, beside the published one", () => {
  /** Slack's own SDK sends these, or its documents name them, where the published description does not. */
  const further = new Set(["client_msg_id", "session_status", "error", "foo"]);
  /** The published description errs, or Slack is stricter: see the contracts' known gaps. */
  const knownDifferences = new Set(["chat.appendStream"]);

  it.each([...METHODS.keys()].filter((name) => name !== "emoji.list"))("%s", (name) => {
    const published = contract(`methods/${name}.json`) as Description;
    const ours = METHODS.get(name);
    if (!ours) throw new Error(name);
    const properties = Object.keys(published.args?.properties ?? {}).filter((p) => p !== "token" && p !== "team_id");
    expect([...ours.arguments.keys()].filter((argument) => !further.has(argument)).toSorted()).toEqual(
      properties.filter((argument) => !further.has(argument)).toSorted(),
    );
    if (!knownDifferences.has(name)) {
      const required = published.args?.required?.filter((argument) => argument !== "token") ?? [];
      expect(ours.required.toSorted()).toEqual(required.toSorted());
    }
    for (const scope of published.scope?.bot ?? []) expect(ours.scopes).toContain(scope);
    expect(`t${ours.tier}`).toBe(published.rate_limits);
    if (ours.token !== "app") expect(ours.json).toBe(published.json_input_supported === true);
  });
});

/** Calls that succeed, in an order in which each has what it needs; checked against the published shapes. */
describe("every method, called with the official client", () => {
  it("answers in the published shape", async () => {
    const client = slack.client();
    const root = slack.store.send({ user: "maya", channel: "sales", text: "@sophia hello" });
    const post = await client.chat.postMessage({ channel: SALES, text: "one", thread_ts: root.ts });
    const ts = String(post.ts);
    const thread = { channel: SALES, thread_ts: root.ts };
    const stream = await client.chat.startStream({
      ...thread,
      recipient_user_id: MAYA,
      recipient_team_id: slack.store.identity.teamId,
    });
    const streaming = { channel: SALES, ts: String(stream.ts) };
    const status = { channel_id: SALES, thread_ts: root.ts };
    const post_at = Math.floor(slack.clock.now() / 1000) + 3600;
    const scheduled = await client.chat.scheduleMessage({ channel: SALES, text: "later", post_at });
    const scheduled_message_id = String(scheduled.scheduled_message_id);
    const answers: Record<string, unknown> = {
      "api.test": await client.apiCall("api.test", { foo: "bar" }),
      "auth.test": await client.auth.test(),
      "chat.postMessage": post,
      "chat.update": await client.chat.update({ channel: SALES, ts, text: "two" }),
      "chat.postEphemeral": await client.chat.postEphemeral({ channel: SALES, user: MAYA, text: "psst" }),
      "chat.scheduleMessage": scheduled,
      "chat.scheduledMessages.list": await client.chat.scheduledMessages.list({ channel: SALES }),
      "chat.deleteScheduledMessage": await client.chat.deleteScheduledMessage({ channel: SALES, scheduled_message_id }),
      "chat.getPermalink": await client.chat.getPermalink({ channel: SALES, message_ts: ts }),
      "chat.startStream": stream,
      "chat.appendStream": await client.chat.appendStream({ ...streaming, markdown_text: "Hello" }),
      "chat.stopStream": await client.chat.stopStream(streaming),
      "assistant.threads.setStatus": await client.assistant.threads.setStatus({ ...status, status: "is thinking" }),
      "assistant.threads.setTitle": await client.assistant.threads.setTitle({ ...status, title: "Calls" }),
      "assistant.threads.setSuggestedPrompts": await client.assistant.threads.setSuggestedPrompts({
        ...status,
        prompts: [{ title: "Calls", message: "Summarize yesterday's calls" }],
      }),
      "agents.sessions.setStatus": await client.agents.sessions.setStatus({ ...status, status: "processing" }),
      "agents.sessions.rename": await client.agents.sessions.rename({ ...status, title: "Renamed" }),
      "conversations.info": await client.conversations.info({ channel: SALES }),
      "conversations.list": await client.conversations.list(),
      "conversations.members": await client.conversations.members({ channel: SALES }),
      "conversations.history": await client.conversations.history({ channel: SALES }),
      "conversations.replies": await client.conversations.replies({ channel: SALES, ts: root.ts }),
      "conversations.open": await client.conversations.open({ users: OLIVER, return_im: true }),
      "conversations.join": await client.conversations.join({ channel: SALES }),
      "users.info": await client.users.info({ user: MAYA }),
      "users.list": await client.users.list({}),
      "users.lookupByEmail": await client.users.lookupByEmail({ email: "Maya@payready.example" }),
      "users.conversations": await client.users.conversations({ user: MAYA }),
      "usergroups.list": await client.usergroups.list({ include_users: true }),
      "usergroups.users.list": await client.usergroups.users.list({
        usergroup: String((await client.usergroups.list({})).usergroups?.[0]?.id),
      }),
      "reactions.add": await client.reactions.add({ channel: SALES, name: "eyes", timestamp: ts }),
      "reactions.get": await client.reactions.get({ channel: SALES, timestamp: ts }),
      "reactions.remove": await client.reactions.remove({ channel: SALES, name: "eyes", timestamp: ts }),
      "team.info": await client.team.info(),
      "bots.info": await client.bots.info({ bot: slack.store.identity.botId }),
      "emoji.list": await client.emoji.list(),
      "views.publish": await client.views.publish({ user_id: MAYA, view: { type: "home", blocks: [] } }),
      "chat.delete": await client.chat.delete({ channel: SALES, ts }),
      "apps.connections.open": await client.apps.connections.open({ token: APP_TOKEN }),
    };
    for (const [name, answer] of Object.entries(answers)) {
      expect(answer, name).toMatchObject({ ok: true });
      if (contractsPresent && name !== "emoji.list") checkShape(name, answer as Record<string, unknown>);
    }
    const untested = [...METHODS.keys()].filter((name) => !(name in answers));
    expect(untested, "these have tests of their own").toEqual([
      "files.getUploadURLExternal",
      "files.completeUploadExternal",
      "files.info",
      "views.open",
      "views.push",
      "views.update",
    ]);
  });
});

function checkShape(name: string, answer: Record<string, unknown>): void {
  const published = contract(`methods/${name}.json`) as Description;
  for (const field of published.output?.required ?? []) expect(answer, name).toHaveProperty(field);
  const sample = readSample(name);
  if (!sample) return;
  const { response_metadata: _, ...ours } = answer;
  for (const [field, value] of Object.entries(ours)) {
    const known = { ...sample, ...published.output?.properties };
    expect(known, `${name} has a field that Slack has not`).toHaveProperty(field);
    compare(`${name}.${field}`, value, sample[field]);
  }
}

function readSample(name: string): Record<string, unknown> | undefined {
  try {
    return contract(`samples/api/${name}.json`) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** What both have must be of one type; objects are compared within. */
function compare(at: string, ours: unknown, theirs: unknown): void {
  if (ours === null || theirs === null || theirs === undefined || ours === undefined) return;
  expect(Array.isArray(ours), at).toBe(Array.isArray(theirs));
  expect(typeof ours, at).toBe(typeof theirs);
  if (Array.isArray(ours) && Array.isArray(theirs)) return compare(`${at}[0]`, ours[0], theirs[0]);
  if (typeof ours !== "object") return;
  const sample = theirs as Record<string, unknown>;
  for (const [field, value] of Object.entries(ours as Record<string, unknown>))
    compare(`${at}.${field}`, value, sample[field]);
}

describe("what is refused", () => {
  it.each([
    ["no token", {}, "not_authed"],
    ["a wrong token", { headers: { authorization: "Bearer xoxb-wrong" } }, "invalid_auth"],
    ["an app-level token", { headers: { authorization: `Bearer ${APP_TOKEN}` } }, "not_allowed_token_type"],
  ])("%s", async (_what, init, error) => {
    expect(await call("auth.test", init)).toEqual({ ok: false, error });
  });

  const headers = { authorization: `Bearer ${BOT_TOKEN}`, "content-type": "application/json" };

  it("reads the token of a form's body, and not of JSON", async () => {
    const token = BOT_TOKEN;
    expect(await call("auth.test", { body: new URLSearchParams({ token }) })).toMatchObject({ ok: true });
    const json = { body: JSON.stringify({ token }), headers: { "content-type": "application/json" } };
    expect(await call("auth.test", json)).toEqual({ ok: false, error: "not_authed" });
  });

  it.each([
    ["chat.nonsense", "{}", { error: "unknown_method", req_method: "chat.nonsense" }],
    ["chat.postMessage", "{", { error: "invalid_json" }],
    ["chat.postMessage", "[]", { error: "json_not_object" }],
    ["chat.postMessage", JSON.stringify({ channel: SALES, blocks: "nonsense" }), { error: "invalid_blocks_format" }],
    [
      "chat.postMessage",
      JSON.stringify({ channel: 1n.toString(), text: "x", mood: "sunny" }),
      { error: "invalid_arguments", response_metadata: { messages: ["[ERROR] unknown argument: mood"] } },
    ],
    [
      "users.info",
      JSON.stringify({ user: MAYA }),
      { error: "invalid_arguments", response_metadata: { messages: ["[ERROR] missing required field: user"] } },
    ],
  ])("%s with %s", async (method, body, expected) => {
    expect(await call(method, { headers, body })).toEqual({ ok: false, ...expected });
  });

  it("tells a channel that Sophia is not in from one that she cannot know of", async () => {
    const client = slack.client();
    expect(await refusal(client.chat.postMessage({ channel: RANDOM, text: "hi" }))).toBe("not_in_channel");
    expect(await refusal(client.chat.postMessage({ channel: DEAL_DESK, text: "hi" }))).toBe("channel_not_found");
    expect(await refusal(client.conversations.history({ channel: RANDOM }))).toBe("not_in_channel");
    expect(await refusal(client.conversations.info({ channel: DEAL_DESK }))).toBe("channel_not_found");
    const { channels = [] } = await client.conversations.list({ types: "public_channel,private_channel" });
    expect(channels.map((channel) => channel.name)).toEqual(["general", "sales", "random"]);
  });

  it("a message of somebody else, a thread that does not exist, and nothing to say", async () => {
    const client = slack.client();
    const { ts } = slack.store.send({ user: "maya", channel: "sales", text: "mine" });
    expect(await refusal(client.chat.update({ channel: SALES, ts, text: "yours" }))).toBe("cant_update_message");
    expect(await refusal(client.chat.delete({ channel: SALES, ts }))).toBe("cant_delete_message");
    expect(await refusal(client.chat.delete({ channel: SALES, ts: "1.000001" }))).toBe("message_not_found");
    const lost = { channel: SALES, text: "x", thread_ts: "1.000001" };
    expect(await refusal(client.chat.postMessage(lost))).toBe("thread_not_found");
    expect(await refusal(client.chat.postMessage({ channel: SALES, text: "" }))).toBe("no_text");
    expect(
      await refusal(client.chat.postEphemeral({ channel: SALES, user: slack.store.identity.botId, text: "x" })),
    ).toBe("user_not_found");
  });

  it("metadata without its shape, and a second post with the same client_msg_id", async () => {
    const client = slack.client();
    const metadata = { event_type: "", event_payload: {} };
    expect(await refusal(client.chat.postMessage({ channel: SALES, text: "x", metadata }))).toBe(
      "invalid_metadata_format",
    );
    const once = { channel: SALES, text: "once", client_msg_id: "0d7b5f3e-0001" };
    const [first, second] = [
      await client.apiCall("chat.postMessage", once),
      await client.apiCall("chat.postMessage", once),
    ];
    expect(second).toMatchObject({ ts: (first as { ts?: string }).ts, is_duplicate: true });
  });
});

describe("scopes", () => {
  it("says which scope is missing, and reads each kind of conversation by its own", async () => {
    const scopes = ["chat:write", "channels:history", "users:read"];
    const narrow = await startTestSlack({ scopes });
    const client = narrow.client();
    try {
      const lookup = client.users.lookupByEmail({ email: "maya@payready.example" });
      await expect(lookup).rejects.toMatchObject({ data: { error: "missing_scope", needed: "users:read.email" } });
      const { ts, channel } = narrow.store.send({ user: "maya", channel: "@sophia", text: "hi" });
      await expect(client.conversations.replies({ channel, ts })).rejects.toMatchObject({
        data: { needed: "im:history" },
      });
      await expect(client.conversations.history({ channel: SALES })).resolves.toMatchObject({ ok: true });
      const { user } = await client.users.info({ user: MAYA });
      expect(user?.profile).not.toHaveProperty("email");
    } finally {
      await narrow.close();
    }
  });
});

describe("paging", () => {
  it("walks a channel newest first and a thread oldest first, each message once", async () => {
    const paged = await startTestSlack();
    try {
      const client = paged.client();
      const { ts } = paged.store.send({ user: "maya", channel: "sales", text: "root" });
      for (let n = 0; n < 25; n += 1)
        paged.store.send({ user: "oliver", channel: "sales", text: `${n}`, threadTs: ts });
      for (let n = 0; n < 25; n += 1) paged.store.send({ user: "oliver", channel: "sales", text: `${n}` });
      const history: string[] = [];
      for await (const page of client.paginate("conversations.history", { channel: SALES, limit: 7 })) {
        history.push(...(page as unknown as { messages: { ts: string }[] }).messages.map((message) => message.ts));
      }
      expect(history).toEqual(
        paged.store
          .messages("sales")
          .map((message) => message.ts)
          .toReversed(),
      );
      const thread = new Set<string>();
      for await (const page of client.paginate("conversations.replies", { channel: SALES, ts, limit: 7 })) {
        for (const message of (page as unknown as { messages: { ts: string }[] }).messages) thread.add(message.ts);
      }
      expect([...thread]).toEqual(paged.store.messages("sales", { threadTs: ts }).map((message) => message.ts));
    } finally {
      await paged.close();
    }
  });
});
