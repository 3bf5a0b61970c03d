import { beforeEach, describe, expect, it } from "vitest";
import { chromiumNotice, hasChromium, overlaps } from "../support/chromium.ts";
import { openHouse } from "../support/house.ts";
import { usePages } from "../support/pages.ts";

/** What a rep does in the demo, with the script's own words and HubSpot's own records. */
describe.skipIf(!hasChromium)(
  `"move the Acme deal to negotiation and set it to 80k", in Chromium${chromiumNotice}`,
  () => {
    const on = usePages(
      () => openHouse({ sandbox: { now: Date.parse("2026-11-20T15:30:00Z") } }),
      ({ sandbox }) => sandbox.reset(),
    );
    beforeEach(async () => {
      await on.page.getByLabel("Message #sales").fill("@sophia move the Acme deal to negotiation and set it to 80k");
      await on.page.keyboard.press("Enter");
      await button("Approve").waitFor({ timeout: 15_000 });
    });

    const thread = () => on.page.getByRole("complementary", { name: "Thread" });
    const button = (name: string) => thread().getByRole("button", { name, exact: true });
    const deal = () =>
      on.house.sandbox.hubspot.store
        .all("deals")
        .find(({ properties }) => properties.dealname?.startsWith("Acme: Resident"));
    const standing = () => [deal()?.properties.dealstage, deal()?.properties.amount];
    const before = ["presentationscheduled", "251436"];

    it("shows both fields before and after, and changes nothing until it is approved", async () => {
      const rows = await thread().locator(".message-card").getByRole("listitem").allInnerTexts();
      expect(rows).toEqual(["Amount: 251,436 USD → 80,000 USD", "Stage: Proposal → Negotiation"]);
      expect(standing()).toEqual(before);
      expect(await on.page.evaluate(overlaps)).toEqual([]);
      await button("Approve").click();
      await thread().getByText("Approved by Maya Okafor. Done.").waitFor();
      expect(standing()).toEqual(["contractsent", "80000"]);
      await thread()
        .getByText(/Changed|moved|now/)
        .last()
        .waitFor();
    });

    it("writes what was put into the form, once that is approved", async () => {
      await button("Edit").click();
      const form = on.page.getByRole("dialog");
      await form.getByLabel(/^Amount/).fill("75000");
      expect(await on.page.evaluate(overlaps)).toEqual([]);
      await form.getByRole("button", { name: "Save" }).click();
      await thread().getByText("Changed by Maya Okafor.").waitFor();
      expect(standing()).toEqual(before);
      await button("Approve").click();
      await thread().getByText("Approved by Maya Okafor. Done.").waitFor();
      expect(standing()).toEqual(["contractsent", "75000"]);
      await thread()
        .getByText(/75[,.]?000/)
        .last()
        .waitFor();
    });

    it("says at its field what HubSpot would not take", async () => {
      await button("Edit").click();
      const form = on.page.getByRole("dialog");
      await form.getByLabel(/^Stage/).fill("Nowhere");
      await form.getByRole("button", { name: "Save" }).click();
      await form
        .getByText(/Nowhere/)
        .first()
        .waitFor();
      await on.page.keyboard.press("Escape");
      expect(standing()).toEqual(before);
      expect(await button("Approve").count()).toBe(1);
    });

    it.each([
      ["Deny", async () => {}],
      [
        "Deny with a reason",
        async () => {
          await on.page.getByRole("dialog").getByLabel("Why").fill("Dana wants to wait");
          await on.page.getByRole("dialog").getByRole("button", { name: "Deny" }).click();
          await thread().getByText("Dana wants to wait").first().waitFor();
        },
      ],
    ] as const)("%s writes nothing, and the answer says so", async (name, then) => {
      await button(name).click();
      await then();
      await thread()
        .getByText(/Denied by Maya Okafor\./)
        .waitFor();
      await thread()
        .getByText(/not changed|nothing (was|has been) changed|did not approve/i)
        .last()
        .waitFor();
      expect(standing()).toEqual(before);
    });
  },
);
