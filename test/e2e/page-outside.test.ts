import { WebClient } from "@slack/web-api";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/start.ts";
import {
  chromiumNotice,
  hasChromium,
  launchChromium,
  namelessControls,
  openPage,
  overlaps,
} from "../support/chromium.ts";

describe.skipIf(!hasChromium)(`what changed outside, in Chromium${chromiumNotice}`, () => {
  let sandbox: Sandbox;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    sandbox = await startSandbox({ seed: 1, now: Date.parse("2026-11-20T15:30:00Z") });
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

  const panel = () => page.getByRole("complementary", { name: "Outside" });
  const card = (name: string | RegExp) => panel().getByRole("article", { name });
  const acme = () => {
    const deal = sandbox.hubspot.store
      .all("deals")
      .find(({ properties }) => properties.dealname === "Acme: Resident Payments rollout");
    if (!deal) throw new Error("the world has no such deal");
    return deal;
  };

  async function open(tab = "HubSpot"): Promise<void> {
    await page.getByRole("button", { name: /^Outside/ }).click();
    await panel().getByRole("tab", { name: tab }).click();
  }

  /** As Sophia does it: with the key that she was given. */
  async function byApi(method: string, path: string, properties: Record<string, string>): Promise<void> {
    const { HUBSPOT_BASE_URL: url, HUBSPOT_API_KEY: key } = sandbox.env;
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const answer = await fetch(`${url}/crm/v3/objects/${path}`, {
      method,
      headers,
      body: JSON.stringify({ properties }),
    });
    expect(answer.ok).toBe(true);
  }

  it("shows a deal as it stands, with what it was before, who changed it and when, at once", async () => {
    await open();
    await panel().getByText("Nothing yet").waitFor();
    const nextStep = `<img src=x onerror="alert(1)"> <b>call</b>`;
    await byApi("PATCH", `deals/${acme().id}`, { dealstage: "contractsent", hs_next_step: nextStep });
    const deal = card("Deal Acme: Resident Payments rollout");
    await deal.getByText("Changed", { exact: true }).waitFor();
    expect(await deal.locator(".facts").innerText()).toMatch(
      /Deal Stage\s+Negotiation\s+Amount\s+\$251,436\s+Close Date\s+Jan 3, 2027\s+Deal owner\s+Daniel Whitfield/,
    );
    const history = deal.getByRole("list", { name: "Changes" });
    expect(await history.innerText()).toMatch(/Sophia \(API\)\s+10:30 AM/);
    expect(await history.innerText()).toMatch(/Deal Stage\s+Proposal\s+→\s+Negotiation/);
    await history.getByText(nextStep).waitFor();
    expect(await panel().locator("img[src], b").count()).toBe(0);
    expect(await history.innerText()).not.toMatch(/probability|Last Modified/i);
  });

  it("shows a contact that is new, and one that is gone", async () => {
    await open();
    await byApi("POST", "contacts", { email: "dana@acme.example", firstname: "Dana", lastname: "Reyes" });
    const contact = card("Contact Dana Reyes");
    await contact.getByText("New", { exact: true }).waitFor();
    await contact.getByText("dana@acme.example").waitFor();
    expect(await contact.getByRole("list", { name: "Changes" }).innerText()).toMatch(/Created this$/);
    const id = sandbox.hubspot.store.changes[0]?.id ?? "";
    const record = sandbox.hubspot.store.find("contacts", id);
    if (record) sandbox.hubspot.store.archive(record, "api");
    await contact.getByText("Deleted", { exact: true }).waitFor();
  });

  it("finds a deal and changes its stage and day as somebody else", async () => {
    await open();
    await panel().getByRole("searchbox", { name: "Search deals" }).fill("acme");
    await panel().getByText("1 found").waitFor();
    const row = panel().locator("details");
    expect(await row.innerText()).toMatch(/\$251,436[\s\S]*Proposal[\s\S]*Daniel Whitfield[\s\S]*Jan 3, 2027/);
    await row.locator("summary").click();
    await row.getByLabel("Stage").selectOption("Closed Lost");
    await row.getByLabel("Why it is lost").selectOption({ index: 1 });
    await row.getByLabel("Close date").fill("2026-12-18");
    await row.getByLabel("As").selectOption("Priya Raghunathan");
    await row.getByRole("button", { name: "Change" }).click();
    await page.getByText("Changed as Priya Raghunathan").waitFor();
    const deal = card("Deal Acme: Resident Payments rollout");
    await deal.getByRole("list", { name: "Changes" }).getByText("Priya Raghunathan").waitFor();
    expect(acme().properties).toMatchObject({ dealstage: "closedlost", closedate: "2026-12-18T17:00:00Z" });
    await expect.poll(() => row.innerText()).toMatch(/Closed Lost[\s\S]*Dec 18, 2026/);
  });

  it("keeps what is typed while the records change", async () => {
    await open();
    await panel().getByRole("searchbox").fill("acme");
    await panel().getByText("1 found").waitFor();
    await panel().locator("summary").click();
    await panel().getByLabel("Close date").fill("2026-12-24");
    await byApi("PATCH", `deals/${acme().id}`, { amount: "99000" });
    await panel().locator("summary").getByText("$99,000").waitFor();
    expect(await panel().getByLabel("Close date").inputValue()).toBe("2026-12-24");
    expect(await page.evaluate("document.activeElement.name")).toBe("closedate");
  });

  it("finds a task and changes its day as somebody else", async () => {
    await open("Asana");
    await panel().getByRole("searchbox", { name: "Search tasks" }).fill("load the unit list");
    const row = panel().locator("details").first();
    await row.getByText("load the unit list").waitFor();
    const name = await row.locator(".row-name").innerText();
    await row.locator("summary").click();
    await row.getByLabel("Due date").fill("2026-12-01");
    await row.getByLabel("State").selectOption("Completed");
    await row.getByLabel("As").selectOption("Maya Okafor");
    await row.getByRole("button", { name: "Change" }).click();
    const history = card(`Task ${name}`).getByRole("list", { name: "Changes" });
    await history.getByText("Maya Okafor").waitFor();
    expect(await history.innerText()).toMatch(/Due\s+\S.*\s+→\s+Dec 1, 2026[\s\S]*Completed\s+No\s+→\s+Yes/);
    const task = sandbox.asana.store.tasks.find((one) => one.name === name);
    expect(task).toMatchObject({ dueOn: "2026-12-01", completedAt: expect.any(String) });
  });

  it("says in which services there is something new, and shows it by keyboard", async () => {
    const index = sandbox.pinecone.store.indexes()[0]?.settings.name ?? "";
    sandbox.pinecone.store.upsert(index, {
      namespace: "calls",
      id: "x/1",
      metadata: { title: "Pricing", text: "Too high" },
    });
    const [stack] = sandbox.pulumi.store.stacks();
    if (stack) sandbox.pulumi.store.deploy(stack, "preview");
    await page.getByRole("button", { name: "Outside news of 2 services" }).click();
    await panel().getByRole("tab", { name: "HubSpot" }).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await card("Passage Pricing").getByText("Too high").waitFor();
    await page.getByRole("button", { name: "Outside news of 1 service", exact: true }).waitFor();
    await panel().getByRole("tab", { name: "Pulumi news" }).click();
    await card(/^Deployment Preview of/)
      .getByText(/^(not-started|accepted|running)$/)
      .waitFor();
    sandbox.clock.set(sandbox.clock.now() + 3_600_000);
    await card(/^Deployment Preview of/)
      .getByText("succeeded")
      .waitFor();
  });

  it("shows a message that waits for its time until it is posted", async () => {
    const bot = new WebClient(sandbox.env.SLACK_BOT_TOKEN, { slackApiUrl: sandbox.env.SLACK_API_URL });
    const channel = sandbox.slack.store.channels("maya").find(({ name }) => name === "sales")?.id ?? "";
    await open("Slack");
    await panel().getByText("No message waits").waitFor();
    const postAt = Math.floor(sandbox.clock.now() / 1000) + 3600;
    await bot.chat.scheduleMessage({ channel, post_at: postAt, text: "The weekly figures" });
    const waiting = card("Scheduled message #sales");
    await waiting.getByText("The weekly figures").waitFor();
    await waiting.getByText("Nov 20, 2026, 11:30 AM").waitFor();
    sandbox.clock.set(sandbox.clock.now() + 2 * 3_600_000);
    await panel().getByText("No message waits").waitFor();
    await page.getByRole("log", { name: "Messages" }).getByText("The weekly figures").waitFor();
  });

  it.each([
    [1500, ["channel", "thread", "outside"]],
    [1280, ["thread", "outside"]],
    [900, ["outside"]],
    [400, ["outside"]],
  ])("has room at %i pixels, beside the conversation where there is any", async (width, shown) => {
    const root = sandbox.slack.store.send({ user: "maya", channel: "sales", text: "@sophia hello" });
    sandbox.slack.store.send({ user: "daniel", channel: "sales", text: "me too", threadTs: root.ts });
    await page.getByText("1 reply").click();
    await byApi("PATCH", `deals/${acme().id}`, { hs_next_step: "wide".repeat(60), description: "words ".repeat(90) });
    await open();
    await card(/^Deal Acme/).waitFor();
    await page.setViewportSize({ width, height: 800 });
    expect(await page.evaluate(overlaps)).toEqual([]);
    for (const id of ["channel", "thread", "outside"]) {
      expect([id, await page.locator(`#${id}`).isVisible()]).toEqual([id, shown.includes(id)]);
    }
    expect(await page.evaluate(namelessControls)).toEqual([]);
    await page.keyboard.press("Escape");
    await panel().waitFor({ state: "hidden" });
  });

  it("begins anew with the sandbox", async () => {
    await open();
    await byApi("PATCH", `deals/${acme().id}`, { amount: "99000" });
    await card(/^Deal Acme/).waitFor();
    sandbox.reset();
    await panel().getByText("Nothing yet").waitFor();
  });
});
