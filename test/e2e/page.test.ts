import { WebClient } from "@slack/web-api";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/start.ts";
import { chromiumNotice, hasChromium, launchChromium, namelessControls, openPage } from "../support/chromium.ts";

describe.skipIf(!hasChromium)(`the page in Chromium${chromiumNotice}`, () => {
  let sandbox: Sandbox;
  let browser: Browser;
  let page: Page;
  let bot: WebClient;
  const problems: string[] = [];

  beforeAll(async () => {
    sandbox = await startSandbox({ seed: 1, now: Date.parse("2026-11-20T15:30:00Z") });
    bot = new WebClient(sandbox.env.SLACK_BOT_TOKEN, { slackApiUrl: sandbox.env.SLACK_API_URL });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await sandbox?.close();
  });
  beforeEach(async () => {
    sandbox.reset();
    problems.length = 0;
    page = await openPage(browser, sandbox.pageUrl, problems);
  });
  afterEach(async () => {
    await page.close();
    expect(problems).toEqual([]);
  });

  const maya = () => sandbox.slack.store.channels("maya").find(({ name }) => name === "sales")?.id ?? "";

  async function write(text: string): Promise<string> {
    await page.getByLabel("Message #sales").fill(text);
    await page.keyboard.press("Enter");
    const sent = await sandbox.slack.store.waitFor(() => sandbox.slack.store.messages("sales").at(-1), 3_000);
    await page.locator(`#channel [data-ts="${sent.ts}"]`).waitFor();
    return sent.ts;
  }

  async function startAnswer(threadTs: string, chunks: unknown[]): Promise<string> {
    const recipient = {
      recipient_user_id: sandbox.world.people[0]?.id,
      recipient_team_id: sandbox.slack.store.identity.teamId,
    };
    const started: any = await bot.apiCall("chat.startStream", {
      channel: maya(),
      thread_ts: threadTs,
      ...recipient,
      chunks,
    });
    return started.ts;
  }

  const append = (ts: string, chunks: unknown[]) => bot.apiCall("chat.appendStream", { channel: maya(), ts, chunks });

  it("posts as the person, completes a mention by keyboard, and shows the answer growing in the thread", async () => {
    const box = page.getByLabel("Message #sales");
    await box.pressSequentially("@so");
    await page.getByRole("option", { name: /Sophia/ }).waitFor();
    await page.keyboard.press("Tab");
    await box.pressSequentially("summarize <b>yesterday</b>");
    await page.keyboard.press("Enter");
    const asked = await sandbox.slack.store.waitFor(() => sandbox.slack.store.messages("sales")[0], 3_000);
    expect(asked).toMatchObject({
      author: { handle: "maya" },
      readable: "@sophia summarize &lt;b&gt;yesterday&lt;/b&gt;",
    });
    await page.locator(".mention", { hasText: "@Sophia" }).waitFor();

    await bot.apiCall("assistant.threads.setStatus", {
      channel_id: maya(),
      thread_ts: asked.ts,
      status: "is reading Gong",
    });
    await page.getByText("Sophia is reading Gong…").waitFor();

    const task = { type: "task_update", id: "t1", title: "Reading 6 calls in Gong" };
    const ts = await startAnswer(asked.ts, [{ ...task, status: "in_progress" }]);
    const thread = page.getByRole("complementary", { name: "Thread" });
    await thread.getByRole("img", { name: "Running" }).waitFor();
    await append(ts, [
      { ...task, status: "complete" },
      { type: "markdown_text", text: "### 2 calls\n\n| Rep | Calls |\n|---|---|\n" },
    ]);
    await thread.getByRole("img", { name: "Done" }).waitFor();
    await append(ts, [
      {
        type: "markdown_text",
        text: "| Maya | 12 |\n\n**[Acme](https://gong.example/1)** <img src=x onerror=alert(1)> [bad](javascript:alert(1))",
      },
    ]);
    await thread.getByRole("cell", { name: "12" }).waitFor();
    expect(await thread.getByRole("link", { name: "Acme" }).getAttribute("href")).toBe("https://gong.example/1");
    expect(await thread.locator("img[src]").count()).toBe(0);
    expect(await page.getByRole("link", { name: "bad" }).count()).toBe(0);
    await thread.getByText("<img src=x onerror=alert(1)>").waitFor();
    await page.getByText("1 reply").waitFor();
  });

  it("stops an answer that runs", async () => {
    const root = await write("@sophia what happened");
    const ts = await startAnswer(root, [{ type: "markdown_text", text: "Let me see" }]);
    await page.locator("#thread").getByRole("button", { name: "Stop" }).click();
    await sandbox.slack.store.waitFor(() => sandbox.slack.store.message(maya(), ts)?.stoppedByUser, 3_000);
    await expect.poll(() => page.getByRole("button", { name: "Stop" }).count()).toBe(0);
  });

  it("presses buttons, and says so where nobody answers", async () => {
    const elements = [
      { type: "button", action_id: "approve", text: { type: "plain_text", text: "Approve" }, value: "1" },
    ];
    await bot.apiCall("chat.postMessage", {
      channel: maya(),
      text: "Approve?",
      blocks: [{ type: "actions", elements }],
    });
    await page.getByRole("button", { name: "Approve" }).click();
    await page.getByText(/operation_timeout/).waitFor();
    // The browser itself notes the 504.
    problems.length = 0;
  });

  it("edits a message of one's own", async () => {
    const ts = await write("@sophia sumarize");
    await page.locator(`#channel [data-ts="${ts}"]`).hover();
    await page.getByRole("button", { name: "Edit message" }).click();
    await page.getByRole("textbox", { name: "Edit message" }).fill("@sophia summarize");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("(edited)").waitFor();
    expect(sandbox.slack.store.message(maya(), ts)?.readable).toBe("@sophia summarize");
  });

  it("shows each person their own: channels, direct message, what is for their eyes only", async () => {
    const other = sandbox.world.people[1];
    await bot.apiCall("chat.postEphemeral", {
      channel: maya(),
      user: sandbox.world.people[0]?.id,
      text: "For Maya alone",
    });
    await page.getByText("For Maya alone").waitFor();
    await page.getByLabel("You are").selectOption(other?.id ?? "");
    await expect.poll(() => page.getByText("For Maya alone").count()).toBe(0);
    await page.getByRole("button", { name: "Sophia", exact: true }).click();
    await page.getByLabel("Message Sophia").fill("hello");
    await page.keyboard.press("Enter");
    const sent = await sandbox.slack.store.waitFor(
      () => sandbox.slack.store.messages("dm", { viewer: other?.id ?? "" })[0],
      3_000,
    );
    expect(sent.author.id).toBe(other?.id);
  });

  it("counts what comes in elsewhere", async () => {
    sandbox.slack.store.send({ user: "daniel", channel: "general", text: "news" });
    await page.getByRole("button", { name: /general.*1/ }).waitFor();
  });

  it("moves the world from its panel", async () => {
    await page.getByRole("button", { name: "Sandbox controls" }).click();
    const panel = page.getByRole("complementary", { name: "Sandbox controls" });
    await panel.getByLabel("Account").fill("Acme");
    await panel.getByRole("button", { name: "End a call" }).click();
    await page.getByText(/has ended/).waitFor();
    const before = sandbox.clock.now();
    await panel.getByRole("button", { name: "+1 day" }).click();
    await expect.poll(() => sandbox.clock.now() - before).toBeGreaterThan(23 * 3_600_000);
    await panel.getByLabel("Service", { exact: true }).first().selectOption("gong");
    await panel.getByRole("button", { name: "Add fault" }).click();
    await expect.poll(() => sandbox.board.takeFault("gong", "/v2/calls")?.status).toBe(429);
    page.once("dialog", (dialog) => void dialog.accept());
    await panel.getByRole("button", { name: "Reset the sandbox" }).click();
    await page.getByText(/as it was at its start/).waitFor();
  });

  it("fits a telephone: menu, thread and nothing wider than the screen", async () => {
    await page.setViewportSize({ width: 400, height: 800 });
    const root = await write("@sophia hello");
    await startAnswer(root, [
      { type: "markdown_text", text: `| a | b |\n|---|---|\n| ${"wide ".repeat(40)} | ${"wide ".repeat(40)} |` },
    ]);
    await page.getByText("1 reply").click();
    await page.locator("#thread table").waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(400);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Open menu" }).click();
    await page.getByRole("button", { name: "general" }).click();
    await page.getByRole("heading", { name: "general", exact: true }).waitFor();
  });

  it("names everything that can be pressed or filled in, light and dark", async () => {
    await write("@sophia hello");
    await page.getByRole("button", { name: "Sandbox controls" }).click();
    await page.getByText("Recent requests").waitFor();
    expect(await page.evaluate(namelessControls)).toEqual([]);
    const background = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    const light = await background();
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await background()).not.toBe(light);
  });
});
