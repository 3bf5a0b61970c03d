import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumNotice, hasChromium, launchChromium, openPage } from "../support/chromium.ts";
import { type House, openHouse } from "../support/house.ts";

describe.skipIf(!hasChromium)(`a message's menu, in Chromium${chromiumNotice}`, () => {
  let house: House;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    house = await openHouse();
    browser = await launchChromium();
    page = await openPage(browser, house.sandbox.pageUrl, problems);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  it("opens the form of a task, which leads to its card in the message's thread", async () => {
    house.sandbox.slack.store.send({ user: "daniel", channel: "sales", text: "Send Initech the DPA by tomorrow" });
    const message = page.locator("article.message", { hasText: "Send Initech the DPA" }).first();
    await message.hover();
    await message.getByLabel("More actions").click();
    await page.keyboard.press("Escape");
    expect(await message.locator("details").getAttribute("open")).toBeNull();
    await message.getByLabel("More actions").click();
    await message.getByRole("button", { name: "Create a task" }).click();
    const form = page.getByRole("dialog", { name: "Create a task" });
    await form.waitFor({ timeout: 10_000 });
    expect(await form.getByLabel("What is to be done").inputValue()).toBe("Send Initech the DPA");
    await form.getByRole("button", { name: "Go on" }).click();
    await message.getByText(/\d repl/).waitFor({ timeout: 15_000 });
    await message.getByText(/\d repl/).click();
    const thread = page.getByRole("complementary", { name: "Thread" });
    await thread.getByRole("button", { name: "Approve" }).waitFor({ timeout: 15_000 });
    expect(problems).toEqual([]);
  });
});
