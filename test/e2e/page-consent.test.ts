import { describe, expect, it } from "vitest";
import type { Script } from "../../sandbox/claude/store.ts";
import { resultsOf } from "../support/answers.ts";
import { chromiumNotice, hasChromium, overlaps } from "../support/chromium.ts";
import { openHouse } from "../support/house.ts";
import { usePages } from "../support/pages.ts";

describe.skipIf(!hasChromium)(`a card that asks for consent, in Chromium${chromiumNotice}`, () => {
  const on = usePages(
    () => openHouse({ sandbox: { now: Date.parse("2026-11-20T15:30:00Z") } }),
    ({ sandbox }) => sandbox.reset(),
  );

  const NAME = "Acme: Resident Payments rollout";
  const deal = () => on.house.sandbox.hubspot.store.all("deals").find(({ properties }) => properties.dealname === NAME);
  const script: Script = (request) => {
    const [result] = resultsOf(request);
    if (result !== undefined) return [{ type: "text", text: `The answer was: ${result.slice(0, 60)}` }];
    const input = { deal_id: deal()?.id, stage: "Negotiation", properties: { hs_next_step: "<b>Call</b> *Dana*" } };
    return [{ type: "tool_use", name: "hubspot__update_deal", input, search: "change a deal" }];
  };
  const thread = () => on.page.getByRole("complementary", { name: "Thread" });
  const button = (name: string) => thread().getByRole("button", { name, exact: true });

  async function askForCard(): Promise<void> {
    on.house.sandbox.claude.store.script(script);
    await on.page.getByLabel("Message #sales").fill("@sophia move the Acme deal on");
    await on.page.keyboard.press("Enter");
    await button("Approve").waitFor({ timeout: 15_000 });
  }

  it("shows each field before and after, who decides and until when, and that Sophia waits", async () => {
    await askForCard();
    const card = thread().locator(".message-card");
    expect(await card.innerText()).toContain("May I make this change?");
    expect(await card.getByRole("listitem").allInnerTexts()).toEqual([
      "Stage: Proposal → Negotiation",
      "Next step: <b>Call</b> *Dana*",
    ]);
    expect(await card.innerText()).toMatch(/Asked by @Maya Okafor, who decides\. Open until \S.*\d:\d\d [AP]M\./);
    await thread().getByText("Sophia waits for a decision").waitFor();
    await thread().getByText("Waits for a decision below").waitFor();
    expect(await button("Stop").count()).toBe(0);
    expect(await on.page.evaluate(overlaps)).toEqual([]);
    await on.page.setViewportSize({ width: 900, height: 800 });
    expect(await on.page.evaluate(overlaps)).toEqual([]);
  });

  it("is for the asker to press; then it shows the decision, and HubSpot the change", async () => {
    await askForCard();
    await on.page.getByLabel("You are").selectOption(on.house.sandbox.world.people[1]?.id ?? "");
    await button("Approve").click();
    await thread()
      .getByText(/Only @Maya Okafor, who asked for this, can decide/)
      .waitFor();
    expect(deal()?.properties.dealstage).toBe("presentationscheduled");

    await on.page.getByLabel("You are").selectOption(on.house.sandbox.world.people[0]?.id ?? "");
    await on.page.getByRole("button", { name: /^Outside/ }).click();
    await button("Approve").click();
    await thread().getByText("Approved by Maya Okafor.").waitFor();
    await thread()
      .getByText(/The answer was/)
      .waitFor({ timeout: 15_000 });
    expect(await button("Approve").count()).toBe(0);
    expect(await on.page.getByText("Sophia waits for a decision").count()).toBe(0);
    expect(deal()?.properties.dealstage).toBe("contractsent");
    const shown = on.page.getByRole("article", { name: `Deal ${NAME}` });
    await shown.getByText("Negotiation").first().waitFor();
    expect(await shown.innerText()).toMatch(/Sophia \(API\)[\s\S]*Proposal\s+→\s+Negotiation/);
  });

  it("changes nothing where it is denied", async () => {
    await askForCard();
    await button("Deny").click();
    await thread().getByText("Denied by Maya Okafor. Nothing was changed.").waitFor();
    await thread()
      .getByText(/The answer was/)
      .waitFor({ timeout: 15_000 });
    expect(on.house.sandbox.hubspot.store.changes).toEqual([]);
  });
});
