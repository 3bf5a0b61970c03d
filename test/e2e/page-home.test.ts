import { describe, expect, it } from "vitest";
import { chromiumNotice, hasChromium, namelessControls } from "../support/chromium.ts";
import { openHouse } from "../support/house.ts";
import { usePages } from "../support/pages.ts";

describe.skipIf(!hasChromium)(`Sophia's own tabs, in Chromium${chromiumNotice}`, () => {
  const on = usePages(() => openHouse());

  const direct = () => on.page.locator("#sidebar").getByRole("button", { name: "Sophia", exact: true }).click();
  const channel = () => on.page.locator("#channel");
  const home = () => on.page.getByRole("region", { name: "Home" });

  it("shows the Home tab as it was published, with a button that works, and the messages again", async () => {
    await direct();
    await channel().getByRole("tab", { name: "Home" }).click();
    await home().getByText("Nothing waits for you.").waitFor();
    expect(await home().innerText()).toMatch(/Gong: works/);
    expect(await channel().getByLabel("Message Sophia").isVisible()).toBe(false);
    expect(await on.page.evaluate(namelessControls)).toEqual([]);
    const before = on.house.sandbox.slack.store.views({ viewer: "maya" }).home?.["hash"];
    await home().getByRole("button", { name: "Refresh" }).click();
    await expect.poll(() => on.house.sandbox.slack.store.views({ viewer: "maya" }).home?.["hash"]).not.toBe(before);
    await channel().getByRole("tab", { name: "Messages" }).click();
    await channel().getByLabel("Message Sophia").waitFor();
    expect(await home().isVisible()).toBe(false);
  });

  it("offers what Sophia suggests, and sends a file with the question", async () => {
    await direct();
    await channel().getByRole("button", { name: "My tasks" }).click();
    expect(await channel().getByLabel("Message Sophia").inputValue()).toBe("What are my tasks?");
    await channel().getByLabel("Message Sophia").fill("What is in this file?");
    const buffer = Buffer.from("account,renewal\nAcme,2027-01-31\n");
    await channel().locator("input[type=file]").setInputFiles({ name: "renewals.csv", mimeType: "text/csv", buffer });
    await channel().getByRole("list", { name: "Files to send" }).getByText("renewals.csv").waitFor();
    expect(await on.page.evaluate(namelessControls)).toEqual([]);
    await channel().getByRole("button", { name: "Send" }).click();
    const sent = channel().locator("article").filter({ hasText: "What is in this file?" });
    await sent.locator(".file-list").getByText("renewals.csv").waitFor();
    await on.page.getByText("1 row with account, renewal").first().waitFor();
  });
});
