// oxlint-disable unicorn/require-post-message-target-origin -- Slack's chat.postMessage, not a window's
import { App, LogLevel, SocketModeReceiver } from "@slack/bolt";
import type { ModalView } from "@slack/types";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/start.ts";
import { chromiumNotice, hasChromium, launchChromium, namelessControls, openPage } from "../support/chromium.ts";

const plain = (text: string) => ({ type: "plain_text" as const, text });
const option = (value: string) => ({ value, text: plain(value) });
const button = (action_id: string, more: object = {}) => ({
  type: "button" as const,
  action_id,
  value: action_id,
  text: plain(action_id),
  ...more,
});

const edit: ModalView = {
  type: "modal",
  callback_id: "edit",
  title: plain("Edit the change"),
  submit: plain("Save"),
  close: plain("Back to the card"),
  notify_on_close: true,
  private_metadata: "card-1",
  blocks: [
    { type: "section", text: { type: "mrkdwn", text: "*Acme: Resident Payments rollout* in HubSpot" } },
    {
      type: "input",
      block_id: "amount",
      label: plain("Amount"),
      hint: plain("In US dollars, for a year"),
      element: { type: "number_input", action_id: "v", is_decimal_allowed: false, initial_value: "80000" },
    },
    {
      type: "input",
      block_id: "stage",
      label: plain("Stage"),
      element: {
        type: "static_select",
        action_id: "v",
        options: ["Proposal", "Negotiation"].map(option),
        initial_option: option("Negotiation"),
      },
    },
    {
      type: "input",
      block_id: "close",
      optional: true,
      label: plain("Close date"),
      element: { type: "datepicker", action_id: "v", initial_date: "2026-12-18" },
    },
    {
      type: "input",
      block_id: "tell",
      optional: true,
      label: plain("Tell"),
      element: { type: "checkboxes", action_id: "v", options: ["The owner", "The channel"].map(option) },
    },
    {
      type: "input",
      block_id: "why",
      optional: true,
      label: plain("Note"),
      element: { type: "plain_text_input", action_id: "v", multiline: true, placeholder: plain("For the record") },
    },
    { type: "actions", block_id: "more", elements: [button("details")] },
  ],
};

const details: ModalView = {
  type: "modal",
  title: plain("Details"),
  blocks: [{ type: "section", text: plain("Nothing else would change.") }],
};

describe.skipIf(!hasChromium)(`a modal, in Chromium${chromiumNotice}`, () => {
  let sandbox: Sandbox;
  let app: App;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];
  const submitted: Record<string, unknown>[] = [];
  const pressed: string[] = [];
  let closed = 0;

  beforeAll(async () => {
    sandbox = await startSandbox({ now: Date.parse("2026-11-20T15:30:00Z") });
    const clientOptions = { slackApiUrl: sandbox.env.SLACK_API_URL };
    const receiver = new SocketModeReceiver({
      appToken: sandbox.env.SLACK_APP_TOKEN,
      logLevel: LogLevel.ERROR,
      installerOptions: { clientOptions },
    });
    app = new App({ token: sandbox.env.SLACK_BOT_TOKEN, clientOptions, logLevel: LogLevel.ERROR, receiver });
    app.action("edit", async ({ ack, body, client }) => {
      await ack();
      if ("trigger_id" in body) await client.views.open({ trigger_id: body.trigger_id, view: edit });
    });
    app.action("details", async ({ ack, body, client }) => {
      await ack();
      if ("trigger_id" in body) await client.views.push({ trigger_id: body.trigger_id, view: details });
    });
    app.action(/^(?:sure|plain)$/, async ({ ack, action }) => {
      if ("action_id" in action) pressed.push(action.action_id);
      await ack();
    });
    app.view("edit", async ({ ack, view }) => {
      const { values } = view.state;
      if (Number(values["amount"]?.["v"]?.value) > 100_000)
        return ack({ response_action: "errors", errors: { amount: "At most 100,000 without the deal desk." } });
      submitted.push({ values, metadata: view.private_metadata });
      return ack();
    });
    app.view({ callback_id: "edit", type: "view_closed" }, async ({ ack }) => {
      closed += 1;
      await ack();
    });
    await app.start();
    await sandbox.slack.store.waitFor(() => sandbox.slack.store.connected, 5_000);
    browser = await launchChromium();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
    await sandbox?.slack.store.waitFor(() => sandbox.slack.store.connections === 0, 5_000);
    await sandbox?.close();
  });
  beforeEach(async () => {
    sandbox.reset();
    problems.length = submitted.length = pressed.length = closed = 0;
    page = await openPage(browser, sandbox.pageUrl, problems);
  });
  afterEach(async () => {
    await page.close();
    expect(problems).toEqual([]);
  });

  const dialog = () => page.getByRole("dialog");
  const inDialog = (name: string) => dialog().getByRole("button", { name, exact: true });
  const press = (name: string) => page.locator("#channel").getByRole("button", { name, exact: true }).click();

  async function post(...buttons: ReturnType<typeof button>[]): Promise<void> {
    const channel = sandbox.slack.store.channels("maya").find(({ name }) => name === "sales")?.id ?? "";
    await app.client.chat.postMessage({
      channel,
      text: "May I?",
      blocks: [
        { type: "section", text: plain("May I make this change?") },
        { type: "actions", elements: buttons },
      ],
    });
  }

  async function openEdit(): Promise<void> {
    await post(button("edit"));
    await press("edit");
    await dialog().getByRole("heading", { name: "Edit the change" }).waitFor();
  }

  it("opens at a press, shows an error under its field, and goes with what was entered", async () => {
    await openEdit();
    expect(await page.evaluate(namelessControls)).toEqual([]);
    const amount = dialog().getByLabel("Amount");
    expect(await amount.inputValue()).toBe("80000");
    expect(await dialog().locator(":focus").getAttribute("id")).toBe(await amount.getAttribute("id"));
    await amount.fill("a lot");
    await page.keyboard.press("Enter");
    await dialog().locator('[data-block="amount"]').getByText("Please enter a valid number.").waitFor();
    await amount.fill("250000");
    await inDialog("Save").click();
    const error = dialog().locator('[data-block="amount"]').getByText("At most 100,000 without the deal desk.");
    await error.waitFor();
    expect(await amount.getAttribute("aria-invalid")).toBe("true");
    expect(await amount.getAttribute("aria-describedby")).toContain(await error.getAttribute("id"));
    expect(submitted).toEqual([]);

    await amount.fill("95000");
    expect(await error.isVisible()).toBe(false);
    await dialog().getByLabel("Stage").selectOption("Proposal");
    await dialog().getByLabel("The owner").check();
    await dialog().getByLabel("Note").fill("As agreed\nwith Dana");
    await page.keyboard.press("Control+Enter");
    await dialog().waitFor({ state: "hidden" });
    expect(submitted).toMatchObject([
      {
        metadata: "card-1",
        values: {
          amount: { v: { type: "number_input", value: "95000" } },
          stage: { v: { type: "static_select", selected_option: { value: "Proposal" } } },
          close: { v: { type: "datepicker", selected_date: "2026-12-18" } },
          tell: { v: { type: "checkboxes", selected_options: [{ value: "The owner" }] } },
          why: { v: { type: "plain_text_input", value: "As agreed\nwith Dana" } },
        },
      },
    ]);
  });

  it("keeps what was entered while another one lies on top, and tells the app when it is closed", async () => {
    await openEdit();
    await dialog().getByLabel("Amount").fill("90000");
    await inDialog("details").click();
    await dialog().getByRole("heading", { name: "Details" }).waitFor();
    await page.keyboard.press("Escape");
    await dialog().getByRole("heading", { name: "Edit the change" }).waitFor();
    expect(await dialog().getByLabel("Amount").inputValue()).toBe("90000");
    expect(closed).toBe(0);
    await dialog().getByText("Acme: Resident Payments rollout").click();
    await page.keyboard.press("Escape");
    await dialog().waitFor({ state: "hidden" });
    expect([closed, sandbox.slack.store.views({ viewer: "maya" }).modals]).toEqual([1, []]);
  });

  it("is only for the person who pressed, comes back with the page, and keeps the focus inside", async () => {
    await openEdit();
    await page.reload();
    await dialog().getByRole("heading", { name: "Edit the change" }).waitFor();
    for (let tab = 0; tab < 12; tab += 1) {
      await page.keyboard.press("Tab");
      const isInside =
        "document.activeElement === document.body || document.getElementById('modal').contains(document.activeElement)";
      expect(await page.evaluate(isInside)).toBe(true);
    }
    const other = await openPage(browser, `${sandbox.pageUrl}#as=${sandbox.world.people[1]?.id}`, problems);
    expect(await other.getByRole("dialog").count()).toBe(0);
    await other.close();
  });

  it("says so where nobody takes the submission, and can be sent again", async () => {
    await openEdit();
    sandbox.slack.store.setRequestUrl("http://127.0.0.1:1/");
    problems.length = 0;
    await inDialog("Save").click();
    await dialog().getByText("We had some trouble connecting. Try again?").waitFor();
    // The browser tells each answer that is an error.
    expect(problems.splice(0).every((problem) => problem.includes("504"))).toBe(true);
    sandbox.slack.store.setRequestUrl(undefined);
    await inDialog("Save").click();
    await dialog().waitFor({ state: "hidden" });
    expect(submitted).toHaveLength(1);
  });

  it("asks before a press that wants to be confirmed", async () => {
    const confirm = {
      title: plain("Are you sure?"),
      text: plain("It cannot be taken back."),
      confirm: plain("Do it"),
      deny: plain("Leave it"),
      style: "danger" as const,
    };
    await post(button("sure", { confirm, style: "danger" }), button("plain", { style: "primary" }));
    await press("sure");
    const question = page.getByRole("alertdialog", { name: "Are you sure?" });
    await question.getByRole("button", { name: "Leave it" }).click();
    await question.waitFor({ state: "detached" });
    await press("plain");
    await press("sure");
    await question.getByRole("button", { name: "Do it" }).click();
    await expect.poll(() => pressed).toEqual(["plain", "sure"]);
  });

  it("shows whom a user group calls, and what only one person sees", async () => {
    const channel = sandbox.slack.store.channels("maya").find(({ name }) => name === "sales")?.id ?? "";
    const elements = [
      { type: "text" as const, text: "For " },
      { type: "usergroup" as const, usergroup_id: "S07DEALDESK" },
    ];
    await app.client.chat.postMessage({
      channel,
      text: "x",
      blocks: [{ type: "rich_text", elements: [{ type: "rich_text_section", elements }] }],
    });
    sandbox.slack.store.send({ user: "daniel", channel: "sales", text: "ask @sales-managers first" });
    const user = sandbox.world.people[0]?.id ?? "";
    await app.client.chat.postEphemeral({ channel, user, text: "Only <!subteam^S07DEALDESK> can decide." });
    const messages = page.locator("#channel article");
    await messages.getByText("For @deal-desk").waitFor();
    await messages.getByText("ask @sales-managers first").waitFor();
    const whisper = messages.filter({ hasText: "Only visible to you" });
    expect(await whisper.innerText()).toContain("Only @deal-desk can decide.");
  });
});
