// oxlint-disable unicorn/require-post-message-target-origin -- Slack's chat.postMessage, not a window's
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  contract,
  contractsPresent,
  MAYA,
  OLIVER,
  refusal,
  SALES,
  startTestSlack,
  type StartedSlack,
} from "../../support/slack-stand-in.ts";

let slack: StartedSlack;
let now: number;
let closeApp: (() => Promise<unknown>) | undefined;

beforeEach(async () => {
  now = Date.parse("2026-01-01T00:00:00Z");
  slack = await startTestSlack({ now: () => now, ackTimeoutMs: 300, retryDelaysMs: [] });
});

afterEach(async () => {
  await slack.close();
  await closeApp?.();
  closeApp = undefined;
});

type Payload = Record<string, unknown> & { trigger_id: string; response_url: string };

/** An app that keeps its interactive payloads and commands, and acknowledges them with what `answer` gives. */
async function app(answer: (payload: Payload) => unknown = () => undefined): Promise<Payload[]> {
  const payloads: Payload[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      const fields = Object.fromEntries(new URLSearchParams(body)) as unknown as Payload & { payload?: string };
      const payload = fields.payload ? (JSON.parse(fields.payload) as Payload) : fields;
      if (request.headers["content-type"]?.startsWith("application/x-www-form")) payloads.push(payload);
      const given = answer(payload);
      response.setHeader("content-type", "application/json").end(given === undefined ? "" : JSON.stringify(given));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closeApp = () => new Promise((resolve) => server.close(resolve).closeAllConnections());
  slack.store.setRequestUrl(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return payloads;
}

const modal = (more: object = {}) => ({
  type: "modal" as const,
  title: { type: "plain_text" as const, text: "Approve" },
  blocks: [],
  ...more,
});

describe("messages", () => {
  it("turns what a person types into Slack's tokens, and escapes the rest", () => {
    const { ts } = slack.store.send({
      user: "Maya Lindqvist",
      channel: "#sales",
      text: "@sophia ask @oliver in #general about <b> & https://acme.example/x?a=1",
    });
    const message = slack.store.message("sales", ts);
    expect(message?.text).toBe(
      `<@${slack.store.identity.userId}> ask <@${OLIVER}> in <#C07GENERAL1|> about &lt;b&gt; &amp; <https://acme.example/x?a=1>`,
    );
    expect(message?.readable).toContain("@sophia ask @oliver in #general");
    const [richText] = (message?.blocks ?? []) as unknown as { elements: { elements: { type: string }[] }[] }[];
    expect(richText?.elements[0]?.elements.map((element) => element.type)).toEqual([
      "user",
      "text",
      "user",
      "text",
      "channel",
      "text",
      "link",
    ]);
  });

  it("gives each message of a channel a later ts, even where the clock is set back, and across a reset", async () => {
    const first = slack.store.send({ user: "maya", channel: "sales", text: "1" }).ts;
    slack.clock.set(Date.parse("2020-01-01T00:00:00Z"));
    const second = slack.store.send({ user: "maya", channel: "sales", text: "2" }).ts;
    slack.reset();
    const third = slack.store.send({ user: "maya", channel: "sales", text: "3" }).ts;
    expect([first, second, third]).toEqual([first, second, third].toSorted());
    expect(new Set([first, second, third]).size).toBe(3);
    expect(slack.store.messages("sales").map((message) => message.text)).toEqual(["3"]);
  });

  it("shows a private channel to its members and an ephemeral message to one person", async () => {
    await slack.client().chat.postEphemeral({ channel: SALES, user: MAYA, text: "for you" });
    expect(slack.store.messages("sales", { viewer: "maya" }).map((message) => message.text)).toEqual(["for you"]);
    expect(slack.store.messages("sales", { viewer: "oliver" })).toEqual([]);
    expect(() => slack.store.messages("deal-desk", { viewer: "oliver" })).toThrow("not a member");
    expect(() => slack.store.send({ user: "oliver", channel: "deal-desk", text: "hi" })).toThrow("not a member");
    const { messages } = await slack.client().conversations.history({ channel: SALES });
    expect(messages).toEqual([]);
  });

  it("keeps DMs apart, one for each person", () => {
    const [maya, oliver] = ["maya", "oliver"].map((user) => slack.store.send({ user, channel: "@sophia", text: user }));
    expect(maya?.channel).not.toBe(oliver?.channel);
    expect(slack.store.messages("dm", { viewer: "maya" }).map((message) => message.text)).toEqual(["maya"]);
    expect(() => slack.store.messages(maya?.channel ?? "", { viewer: "oliver" })).toThrow("not a member");
  });

  it("tells its listeners of each change", async () => {
    const changes: string[] = [];
    const unsubscribe = slack.store.subscribe((change) => changes.push(change.type));
    const { ts } = slack.store.send({ user: "maya", channel: "sales", text: "x" });
    slack.store.edit({ user: "maya", channel: "sales", ts, text: "y" });
    await slack.client().assistant.threads.setStatus({ channel_id: SALES, thread_ts: ts, status: "is reading" });
    expect(slack.store.statuses()).toMatchObject([{ threadTs: ts, status: "is reading" }]);
    await slack.client().chat.postMessage({ channel: SALES, thread_ts: ts, text: "done" });
    expect(slack.store.statuses()).toMatchObject([{ status: "" }]);
    slack.store.remove({ user: "maya", channel: "sales", ts });
    unsubscribe();
    expect(changes).toEqual([
      "message_added",
      "message_changed",
      "status",
      "message_added",
      "status",
      "message_deleted",
    ]);
  });

  it("lets a status go after two minutes", async () => {
    const { ts } = slack.store.send({ user: "maya", channel: "sales", text: "x" });
    await slack.client().assistant.threads.setStatus({ channel_id: SALES, thread_ts: ts, status: "is reading" });
    now += 120_001;
    expect(slack.store.statuses()).toMatchObject([{ status: "" }]);
  });
});

describe("what people press", () => {
  async function post(text: string, blocks: unknown): Promise<string> {
    const answer = await slack.client().apiCall("chat.postMessage", { channel: SALES, text, blocks });
    return String((answer as { ts?: string }).ts);
  }

  const feedback = {
    type: "feedback_buttons",
    action_id: "feedback",
    positive_button: { text: { type: "plain_text", text: "Good" }, value: "good" },
    negative_button: { text: { type: "plain_text", text: "Bad" }, value: "bad" },
  };

  it("sends the feedback button that was chosen, with the message that it stands in", async () => {
    const payloads = await app();
    const blocks = [{ type: "context_actions", elements: [feedback] }];
    const ts = await post("answer", blocks);
    const where = { user: "maya", channel: "sales", ts, actionId: "feedback" };
    expect(await slack.store.press({ ...where, value: "negative" })).toMatchObject({ ok: true });
    expect(payloads[0]).toMatchObject({
      type: "block_actions",
      user: { id: MAYA },
      container: { type: "message", message_ts: ts, channel_id: SALES },
      message: { ts, text: "answer" },
      actions: [{ type: "feedback_buttons", action_id: "feedback", value: "bad" }],
    });
    await expect(slack.store.press({ ...where, actionId: "nonsense" })).rejects.toThrow("nonsense");
  });

  it("opens one modal for a trigger, within three seconds", async () => {
    const payloads = await app();
    const views = slack.client().views;
    await slack.store.shortcut({ user: "maya", callbackId: "ask" });
    const [{ trigger_id } = { trigger_id: "" }] = payloads;
    await views.open({ trigger_id, view: modal() });
    expect(await refusal(views.open({ trigger_id, view: modal() }))).toBe("exchanged_trigger_id");
    expect(await refusal(views.open({ trigger_id: "1.2.3", view: modal() }))).toBe("invalid_trigger_id");
    await slack.store.shortcut({ user: "maya", callbackId: "ask" });
    now += 3_001;
    expect(await refusal(views.open({ trigger_id: payloads[1]?.trigger_id ?? "", view: modal() }))).toBe(
      "expired_trigger_id",
    );
  });

  it("submits a modal with what was entered, and keeps it open while the app finds something wrong", async () => {
    const label = { type: "plain_text", text: "Why" };
    const element = { type: "plain_text_input", action_id: "why" };
    const view = modal({
      submit: { type: "plain_text", text: "Send" },
      callback_id: "c",
      private_metadata: "m",
      blocks: [{ type: "input", block_id: "b", label, element }],
    });
    const payloads = await app((payload) => {
      const entered = (payload["view"] as { state?: { values: { b?: { why?: { value: string } } } } } | undefined)
        ?.state?.values.b;
      if (payload["type"] !== "view_submission") return undefined;
      return entered?.why?.value === "Because" ? undefined : { response_action: "errors", errors: { b: "Say why" } };
    });
    await slack.store.shortcut({ user: "maya", callbackId: "ask" });
    const opened = await slack.client().views.open({ trigger_id: payloads[0]?.trigger_id ?? "", view });
    const { hash = "", id: view_id = "" } = opened.view ?? {};
    const changed = await slack.client().views.update({ view_id, hash, view });
    expect(changed.view).toMatchObject({ id: view_id, root_view_id: view_id });
    const refused = await slack.store.submitView({ user: "maya", values: { b: { why: "Oh" } } });
    expect(refused).toMatchObject({ ok: true, errors: { b: "Say why" } });
    expect(slack.store.views({ viewer: "maya" }).modals).toHaveLength(1);
    expect(await slack.store.submitView({ user: "maya", values: { b: { why: "Because" } } })).toMatchObject({
      ok: true,
    });
    expect(slack.store.views({ viewer: "maya" }).modals).toHaveLength(0);
    expect(payloads.at(-1)).toMatchObject({ view: { callback_id: "c", private_metadata: "m" } });
  });

  it("pushes at most three modals, and tells an app that asks when one is closed", async () => {
    const payloads = await app();
    const { views } = slack.client();
    const trigger = async (): Promise<string> => {
      await slack.store.shortcut({ user: "maya", callbackId: "ask" });
      return payloads.at(-1)?.trigger_id ?? "";
    };
    await views.open({ trigger_id: await trigger(), view: modal() });
    await views.push({ trigger_id: await trigger(), view: modal() });
    await views.push({ trigger_id: await trigger(), view: modal({ notify_on_close: true }) });
    expect(await refusal(views.push({ trigger_id: await trigger(), view: modal() }))).toBe("push_limit_reached");
    await slack.store.closeView({ user: "maya" });
    expect(payloads.at(-1)).toMatchObject({ type: "view_closed", is_cleared: false });
    expect(slack.store.views({ viewer: "maya" }).modals).toHaveLength(2);
  });

  it("shows a person an error where the app does not answer", async () => {
    slack.store.setRequestUrl("http://127.0.0.1:1/");
    const outcome = await slack.store.command({ user: "maya", channel: "sales", command: "/sophia", text: "" });
    expect(outcome).toMatchObject({ ok: false, error: "operation_timeout" });
  });

  it("takes five answers at a response URL, within half an hour", async () => {
    const payloads = await app();
    await slack.store.command({ user: "maya", channel: "sales", command: "/sophia", text: "help" });
    const [{ response_url } = { response_url: "" }] = payloads;
    const respond = (url: string): Promise<Response> =>
      fetch(url, { method: "POST", body: JSON.stringify({ text: "x" }) });
    for (let n = 0; n < 5; n += 1) expect((await respond(response_url)).status).toBe(200);
    const sixth = await respond(response_url);
    expect([sixth.status, await sixth.json()]).toEqual([404, { ok: false, error: "used_url" }]);
    await slack.store.command({ user: "maya", channel: "sales", command: "/sophia", text: "help" });
    now += 30 * 60_000 + 1;
    expect(await (await respond(payloads[1]?.response_url ?? "")).json()).toEqual({ ok: false, error: "expired_url" });
    expect(slack.store.messages("sales", { viewer: "maya" })).toHaveLength(5);
  });

  it.skipIf(!contractsPresent)("sends payloads in the shape of Slack's samples", async () => {
    const payloads = await app();
    const title = { type: "plain_text" as const, text: "Go" };
    const blocks = [{ type: "actions", elements: [{ type: "button", action_id: "go", text: title }] }];
    const ts = await post("x", blocks);
    await slack.store.press({ user: "maya", channel: "sales", ts, actionId: "go" });
    await slack.store.command({ user: "maya", channel: "sales", command: "/sophia", text: "x" });
    await slack.store.shortcut({ user: "maya", callbackId: "c", channel: "sales", ts });
    await slack.client().views.open({
      trigger_id: payloads.at(-1)?.trigger_id ?? "",
      view: modal({ submit: title, notify_on_close: true }),
    });
    await slack.store.submitView({ user: "maya" });
    const names = ["BlockAction", "SlashCommand", "MessageShortcut", "ViewSubmission"];
    expect(payloads).toHaveLength(names.length);
    for (const [index, name] of names.entries()) {
      const sample = contract(`samples/interactive/${name}Payload.json`) as Record<string, unknown>;
      const unknown = Object.keys(payloads[index] ?? {}).filter(
        (field) => !(field in sample) && field !== "response_urls",
      );
      expect([name, unknown]).toEqual([name, []]);
    }
  });
});
