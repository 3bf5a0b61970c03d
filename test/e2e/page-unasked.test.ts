import { describe, expect, it } from "vitest";
import { chromiumNotice, hasChromium, namelessControls } from "../support/chromium.ts";
import { openHouse } from "../support/house.ts";
import { usePages } from "../support/pages.ts";

describe.skipIf(!hasChromium)(`what comes unasked, in Chromium${chromiumNotice}`, () => {
  const on = usePages(async () => {
    const config = { routes: [{ what: "calls" as const, channel: "#call-summaries", where: {} }] };
    const house = await openHouse({ config, env: { SOPHIA_PUBLIC_URL: "http://127.0.0.1:0" } });
    house.sandbox.webhooks.target({ gong: `http://127.0.0.1:${house.app.port}/webhooks/gong` });
    return house;
  });

  const sidebar = () => on.page.locator("#sidebar");
  const thread = () => on.page.locator("#thread");
  const approve = () => thread().getByRole("button", { name: /^Approve/ });

  /** A call with this account ends by the panel; its summary, once it is there. */
  async function endCall(account: string) {
    await sidebar().getByRole("button", { name: "call-summaries" }).click();
    await sidebar().getByRole("button", { name: "Sandbox controls" }).click();
    await on.page.getByLabel("Account", { exact: true }).first().fill(account);
    const { calls } = on.house.sandbox.world;
    const known = calls.length;
    await on.page.getByRole("button", { name: "End a call", exact: true }).click();
    await expect.poll(() => calls.length).toBe(known + 1);
    const call = calls[known]!;
    const summary = on.page.locator("#channel article").filter({ hasText: call.title });
    await summary.getByRole("button", { name: "Ask about this call" }).waitFor();
    const openThread = () =>
      summary
        .getByRole("button", { name: /repl(?:y|ies)/ })
        .first()
        .click();
    return { call, summary, openThread };
  }

  it("shows the summary of a call that has just ended, whose tasks are made once somebody approves", async () => {
    const { summary, openThread } = await endCall("Acme");
    const deal = on.house.sandbox.world.deals.find(({ name }) => name.startsWith("Acme"))!;
    const amount = `$${deal.amount.toLocaleString("en-US", { maximumFractionDigits: 0 })}`;
    expect(await summary.innerText()).toContain(amount);
    expect(await on.page.evaluate(namelessControls)).toEqual([]);

    const before = on.house.sandbox.asana.store.changes.length;
    await summary.getByRole("button", { name: "Create tasks in Asana" }).click();
    await openThread();
    await approve().waitFor();
    expect(on.house.sandbox.asana.store.changes.length).toBe(before);
    await approve().click();
    await thread().getByText("Created", { exact: false }).first().waitFor();
    await expect.poll(() => on.house.sandbox.asana.store.changes.length).toBeGreaterThan(before);
  });

  it("logs a call to HubSpot once somebody approves, and invites questions about it", async () => {
    const { call, summary, openThread } = await endCall("Kestrel Living");
    const noted = () => JSON.stringify(on.house.sandbox.hubspot.store.changes).includes(call.id);
    await summary.getByRole("button", { name: "Log to HubSpot" }).click();
    await openThread();
    await approve().waitFor();
    expect(noted()).toBe(false);
    await approve().click();
    await expect.poll(noted).toBe(true);
    await thread().getByRole("button", { name: "Ask about this call" }).click();
    await thread().getByText("Ask me about this call here", { exact: false }).waitFor();
  });
});
