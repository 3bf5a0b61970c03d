import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { chromiumNotice, hasChromium, launchChromium, namelessControls, openPage } from "../support/chromium.ts";
import { type House, openHouse } from "../support/house.ts";

describe.skipIf(!hasChromium)(`what comes unasked, in Chromium${chromiumNotice}`, () => {
  let house: House;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    const config = { routes: [{ what: "calls" as const, channel: "#call-summaries", where: {} }] };
    const env = { SOPHIA_PUBLIC_URL: "http://127.0.0.1:0" };
    [house, browser] = await Promise.all([openHouse({ config, env }), launchChromium()]);
    house.sandbox.webhooks.target({ gong: `http://127.0.0.1:${house.app.port}/webhooks/gong` });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });
  beforeEach(async () => {
    problems.length = 0;
    page = await openPage(browser, house.sandbox.pageUrl, problems);
  });
  afterEach(async () => {
    await page.close();
    expect(problems).toEqual([]);
  });

  const sidebar = () => page.locator("#sidebar");
  const thread = () => page.locator("#thread");

  it("shows the summary of a call that has just ended, whose tasks are made once somebody approves", async () => {
    await sidebar().getByRole("button", { name: "call-summaries" }).click();
    await sidebar().getByRole("button", { name: "Sandbox controls" }).click();
    await page.getByLabel("Account", { exact: true }).first().fill("Acme");
    const { calls } = house.sandbox.world;
    const known = calls.length;
    await page.getByRole("button", { name: "End a call", exact: true }).click();
    await expect.poll(() => calls.length).toBe(known + 1);
    const call = calls[known]!;
    const deal = house.sandbox.world.deals.find(({ name }) => name.startsWith("Acme"))!;
    const summary = page.locator("#channel article").filter({ hasText: call.title });
    await summary.getByRole("button", { name: "Create tasks in Asana" }).waitFor();
    const amount = `$${deal.amount.toLocaleString("en-US", { maximumFractionDigits: 0 })}`;
    expect(await summary.innerText()).toContain(amount);
    expect(await page.evaluate(namelessControls)).toEqual([]);

    const before = house.sandbox.asana.store.changes.length;
    await summary.getByRole("button", { name: "Create tasks in Asana" }).click();
    await summary
      .getByRole("button", { name: /repl(?:y|ies)/ })
      .first()
      .click();
    await thread()
      .getByRole("button", { name: /^Approve/ })
      .waitFor();
    expect(house.sandbox.asana.store.changes.length).toBe(before);
    await thread()
      .getByRole("button", { name: /^Approve/ })
      .click();
    await thread().getByText("Created", { exact: false }).first().waitFor();
    await expect.poll(() => house.sandbox.asana.store.changes.length).toBeGreaterThan(before);
  });
});
