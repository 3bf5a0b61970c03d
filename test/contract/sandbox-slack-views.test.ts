// oxlint-disable unicorn/require-post-message-target-origin -- Slack's chat.postMessage, not a window's
/** Modals: what the sandbox's Slack takes, what it shows and sends, checked with the official client and with Bolt. */
import { App, LogLevel, SocketModeReceiver, type ViewResponseAction, type ViewSubmitAction } from "@slack/bolt";
import type { InputBlock, ModalView } from "@slack/types";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  APP_TOKEN,
  BOT_TOKEN,
  contract,
  contractsPresent,
  MAYA,
  refusal,
  SALES,
  startTestSlack,
  type StartedSlack,
} from "../support/slack-stand-in.ts";

const plain = (text: string) => ({ type: "plain_text" as const, text });
const option = (value: string) => ({ text: plain(value.slice(0, 75)), value });
const input = (block_id: string, element: object, more: object = {}): InputBlock => ({
  type: "input",
  block_id,
  label: plain(block_id),
  element: { action_id: "v", ...element } as InputBlock["element"],
  ...more,
});
const modal = (more: object = {}): ModalView => ({
  type: "modal",
  callback_id: "form",
  title: plain("Edit"),
  submit: plain("Save"),
  blocks: [input("why", { type: "plain_text_input" })],
  ...more,
});

let slack: StartedSlack;
let now: number;
let app: App;
let triggers: string[];
let payloads: any[];
/** How the app acknowledges the next submissions; undefined: not at all. */
let answer: (() => object | undefined) | undefined;

beforeEach(async () => {
  now = Date.parse("2026-09-14T15:00:00Z");
  triggers = [];
  payloads = [];
  answer = () => undefined;
  slack = await startTestSlack({ now: () => now, ackTimeoutMs: 400, retryDelaysMs: [] });
  const clientOptions = { slackApiUrl: slack.apiUrl };
  const receiver = new SocketModeReceiver({
    appToken: APP_TOKEN,
    logLevel: LogLevel.ERROR,
    installerOptions: { clientOptions },
  });
  app = new App({ token: BOT_TOKEN, clientOptions, logLevel: LogLevel.ERROR, receiver });
  app.action(/.*/, async ({ ack, body }) => {
    payloads.push(body);
    if ("trigger_id" in body) triggers.push(body.trigger_id);
    await ack();
  });
  app.view<ViewSubmitAction>({ type: "view_submission", callback_id: /.*/ }, async ({ ack, body }) => {
    payloads.push(body);
    if (answer) await ack(answer() as ViewResponseAction | undefined);
  });
  app.view({ type: "view_closed", callback_id: /.*/ }, async ({ ack, body }) => {
    payloads.push(body);
    await ack();
  });
  await app.start();
  await slack.store.waitFor(() => slack.store.connected, 5_000);
});
afterEach(async () => {
  await app.stop();
  await slack.store.waitFor(() => slack.store.connections === 0, 5_000);
  await slack.close();
});

/** A trigger of a press by Maya. */
async function trigger(): Promise<string> {
  const elements = [{ type: "button" as const, action_id: "go", text: plain("Go") }];
  const { ts = "" } = await slack.client().chat.postMessage({
    channel: SALES,
    text: "May I?",
    blocks: [{ type: "actions", elements }],
  });
  await slack.store.press({ user: "maya", channel: "sales", ts, actionId: "go" });
  return triggers.at(-1) ?? "";
}

async function open(view: ModalView = modal()): Promise<string> {
  const opened = await slack.client().views.open({ trigger_id: await trigger(), view });
  return opened.view?.id ?? "";
}

const modals = (): any[] => slack.store.views({ viewer: "maya" }).modals;
const titles = () => modals().map(({ title }) => title.text);
const submit = (values: Record<string, Record<string, string | number | string[] | null>> = { why: { v: "So" } }) =>
  slack.store.submitView({ user: "maya", values });

describe("a view that an app opens", () => {
  it("takes a trigger once, within three seconds", async () => {
    const { views } = slack.client();
    const trigger_id = await trigger();
    now += 3_001;
    expect(await refusal(views.open({ trigger_id, view: modal() }))).toBe("expired_trigger_id");
    const fresh = await trigger();
    await views.open({ trigger_id: fresh, view: modal() });
    expect(await refusal(views.push({ trigger_id: fresh, view: modal() }))).toBe("exchanged_trigger_id");
    expect(await refusal(views.open({ trigger_id: "1.2.x", view: modal() }))).toBe("invalid_trigger_id");
    expect(titles()).toEqual(["Edit"]);
  });

  it("is refused with every reason, and then not shown", async () => {
    const view = modal({ title: plain("x".repeat(25)), blocks: [input("b", { type: "slider" })] });
    const opening = slack.client().views.open({ trigger_id: await trigger(), view });
    const messages = [
      "[ERROR] unsupported type: slider [json-pointer:/view/blocks/0/element/type]",
      "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]",
    ];
    await expect(opening).rejects.toMatchObject({
      data: { error: "invalid_arguments", response_metadata: { messages } },
    });
    expect(modals()).toEqual([]);
  });

  it("is refused where it is too large, or its external_id is another's", async () => {
    const { views } = slack.client();
    const long = (index: number) => ({ type: "section", text: plain(`${index}${"x".repeat(2_900)}`) });
    const large = modal({ blocks: Array.from({ length: 90 }, (_, index) => long(index)) });
    expect(await refusal(views.open({ trigger_id: await trigger(), view: large }))).toBe("view_too_large");
    await open(modal({ external_id: "mine" }));
    const again = views.push({ trigger_id: await trigger(), view: modal({ external_id: "mine" }) });
    expect(await refusal(again)).toBe("duplicate_external_id");
    await views.update({ external_id: "mine", view: modal({ external_id: "mine", title: plain("Still mine") }) });
    expect(titles()).toEqual(["Still mine"]);
  });

  it.skipIf(!contractsPresent)("is answered with in the published shape", async () => {
    const {
      ok: _,
      response_metadata: __,
      ...answered
    } = await slack.client().views.open({ trigger_id: await trigger(), view: modal() });
    const published = contract("methods/views.open.json") as any;
    const { view } = published.examples.success.example;
    expect(Object.keys(answered)).toEqual(["view"]);
    expect(Object.keys(view).filter((field) => !(field in (answered.view ?? {})))).toEqual([]);
  });
});

describe("what is entered", () => {
  const everything = modal({
    blocks: [
      input("text", { type: "plain_text_input", initial_value: "as it was" }),
      input("amount", { type: "number_input", is_decimal_allowed: false, min_value: "1", max_value: "100" }),
      input("stage", { type: "static_select", options: [option("a"), option("b")], initial_option: option("a") }),
      input("boxes", { type: "checkboxes", options: [option("x"), option("y")] }, { optional: true }),
      input("radio", { type: "radio_buttons", options: [option("r")] }, { optional: true }),
      input("day", { type: "datepicker" }, { optional: true }),
      input("who", { type: "users_select", initial_user: MAYA }),
      input("where", { type: "conversations_select" }, { optional: true }),
    ],
  });

  it("goes to the app as Slack's state, with what was put there where nothing else was entered", async () => {
    const viewId = await open(everything);
    const values = { amount: { v: 42 }, stage: { v: "b" }, boxes: { v: ["y"] }, day: { v: "2026-10-01" } };
    expect(await slack.store.submitView({ user: "maya", viewId, values })).toMatchObject({ ok: true });
    expect(payloads.at(-1)).toMatchObject({ type: "view_submission", user: { id: MAYA }, view: { id: viewId } });
    expect(payloads.at(-1).view.state.values).toEqual({
      text: { v: { type: "plain_text_input", value: "as it was" } },
      amount: { v: { type: "number_input", value: "42" } },
      stage: { v: { type: "static_select", selected_option: option("b") } },
      boxes: { v: { type: "checkboxes", selected_options: [option("y")] } },
      radio: { v: { type: "radio_buttons", selected_option: null } },
      day: { v: { type: "datepicker", selected_date: "2026-10-01" } },
      who: { v: { type: "users_select", selected_user: MAYA } },
      where: { v: { type: "conversations_select", selected_conversation: null } },
    });
    expect(modals()).toEqual([]);
  });

  it.each<[Record<string, string | null>, Record<string, string>]>([
    [{ amount: null }, { amount: "Please complete this required field." }],
    [{ amount: "80k" }, { amount: "Please enter a valid number." }],
    [{ amount: "1.5" }, { amount: "Please enter a whole number." }],
    [{ amount: "0" }, { amount: "Please enter a number from 1 on." }],
    [{ amount: "101" }, { amount: "Please enter a number up to 100." }],
    [
      { amount: "5", day: "soon", text: null },
      { text: "Please complete this required field.", day: "Please enter a valid date." },
    ],
  ])("is held back by Slack itself where it cannot be: %j", async (entered, errors) => {
    await open(everything);
    const values = Object.fromEntries(Object.entries(entered).map(([block, value]) => [block, { v: value }]));
    const before = payloads.length;
    expect(await submit(values)).toEqual({ ok: true, errors });
    expect([payloads.length, modals().length]).toEqual([before, 1]);
  });

  it("is a mistake of the test's own where there is no such input or option", async () => {
    await open(everything);
    await expect(submit({ nothing: { v: "x" } })).rejects.toThrow('no input "v" in block "nothing"');
    await expect(submit({ stage: { v: "c" } })).rejects.toThrow('"c" is not among the options');
    await expect(slack.store.submitView({ user: "oliver" })).rejects.toThrow("has no such view open");
  });

  it("stays when the app changes the view, and comes with a press in it", async () => {
    const element = { type: "button" as const, action_id: "more", text: plain("More") };
    const blocks = [...modal().blocks, { type: "actions" as const, block_id: "row", elements: [element] }];
    const viewId = await open(modal({ blocks }));
    await slack.store.press({ user: "maya", viewId, actionId: "more", values: { why: { v: "Because" } } });
    expect(payloads.at(-1)).toMatchObject({
      type: "block_actions",
      container: { type: "view", view_id: viewId },
      view: { state: { values: { why: { v: { value: "Because" } } } } },
      actions: [{ action_id: "more", block_id: "row" }],
    });
    const { hash } = modals()[0];
    const { views } = slack.client();
    await views.update({ view_id: viewId, hash, view: modal({ title: plain("Edit more") }) });
    expect(await refusal(views.update({ view_id: viewId, hash, view: modal() }))).toBe("hash_conflict");
    await slack.store.submitView({ user: "maya", viewId });
    expect(payloads.at(-1).view.state.values.why.v.value).toBe("Because");
  });
});

describe("an app's answer to a submission", () => {
  const other = modal({ title: plain("Other") });

  it.each<[string, object | undefined, string[]]>([
    ["closes the view by nothing", undefined, ["Edit"]],
    ["puts another in its place", { response_action: "update", view: other }, ["Edit", "Other"]],
    ["puts another on top", { response_action: "push", view: other }, ["Edit", "Edit", "Other"]],
    ["closes them all", { response_action: "clear" }, []],
  ])("%s", async (_, given, left) => {
    await open();
    await slack.client().views.push({ trigger_id: await trigger(), view: modal() });
    answer = () => given;
    expect(await submit()).toMatchObject({ ok: true });
    expect(titles()).toEqual(left);
  });

  it("shows its errors under the inputs, and leaves the view open", async () => {
    await open();
    answer = () => ({ response_action: "errors", errors: { why: "Say more" } });
    expect(await submit()).toMatchObject({ ok: true, errors: { why: "Say more" } });
    expect(titles()).toEqual(["Edit"]);
  });

  it.each<[string, (() => object | undefined) | undefined]>([
    ["never comes", undefined],
    ["names a block that is no input", () => ({ response_action: "errors", errors: { nothing: "x" } })],
    ["brings a view that is none", () => ({ response_action: "update", view: { type: "modal" } })],
    ["asks for something else", () => ({ response_action: "explode" })],
  ])("that %s is trouble to the person, who may try again", async (_, given) => {
    await open();
    answer = given;
    expect(await submit()).toMatchObject({ ok: false, error: "We had some trouble connecting. Try again?" });
    expect(titles()).toEqual(["Edit"]);
    answer = () => undefined;
    expect(await submit()).toMatchObject({ ok: true });
    expect(titles()).toEqual([]);
  });
});

describe("a modal that a person closes", () => {
  it("is told to the app that asked for it, each of a stack that is cleared", async () => {
    await open(modal({ notify_on_close: true, private_metadata: "below" }));
    const { views } = slack.client();
    await views.push({ trigger_id: await trigger(), view: modal({ notify_on_close: true, private_metadata: "top" }) });
    await views.push({ trigger_id: await trigger(), view: modal() });
    const told = () => payloads.filter(({ type }) => type === "view_closed");
    await slack.store.closeView({ user: "maya" });
    expect([told(), titles()]).toEqual([[], ["Edit", "Edit"]]);
    await slack.store.closeView({ user: "maya", clear: true });
    expect(told().map(({ view, is_cleared }) => [view.private_metadata, is_cleared])).toEqual([
      ["top", true],
      ["below", true],
    ]);
    expect(titles()).toEqual([]);
  });

  it("takes all of them along where the app wants that", async () => {
    await open();
    const view = modal({ clear_on_close: true });
    await slack.client().views.push({ trigger_id: await trigger(), view });
    await slack.store.closeView({ user: "maya" });
    expect(titles()).toEqual([]);
    await expect(slack.store.closeView({ user: "maya" })).rejects.toThrow("has no such view open");
  });

  it.skipIf(!contractsPresent)("and one that is submitted are told in the shape of Slack's samples", async () => {
    await open(modal({ notify_on_close: true }));
    await slack.store.closeView({ user: "maya" });
    await open();
    await submit();
    for (const [type, name] of [
      ["view_closed", "ViewClosed"],
      ["view_submission", "ViewSubmission"],
    ]) {
      const sample = contract(`samples/interactive/${name}Payload.json`) as any;
      const sent = payloads.find((payload) => payload.type === type);
      const foreign = (one: object, known: object) => Object.keys(one).filter((field) => !(field in known));
      expect([type, foreign(sent, sample).filter((field) => field !== "response_urls")]).toEqual([type, []]);
      expect([type, foreign(sent.view, sample.view).filter((field) => field !== "blocks")]).toEqual([type, []]);
    }
  });
});
