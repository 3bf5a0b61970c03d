import { z } from "zod";
import { changesHubSpot, hubspotTool, idArgument } from "../arguments.ts";
import { changeOutput } from "../changes.ts";
import { dealArguments, type DealChange, planDealChange } from "../deal-plan.ts";
import { dealName, dealOutput, dealPresenter, dealProperties } from "../deals.ts";
import { pageUrl } from "../directory.ts";
import { lookUpDiff } from "../look-up.ts";
import { largerAmount } from "../money.ts";
import type { HubSpotSession } from "../session.ts";

export const updateDeal = hubspotTool({
  name: "update_deal",
  title: "Change a deal",
  description:
    "Changes fields of one deal in HubSpot: stage, amount, close date, owner, name, description. Only the fields that are given change; answers with what changed. " +
    "Fields without an argument of their own go into `properties`, by HubSpot's internal names (hs_next_step, closed_lost_reason ...).",
  input: z.strictObject({ deal_id: idArgument("deal"), ...dealArguments }),
  output: z.strictObject({ deal: dealOutput, changed: z.array(changeOutput) }),
  annotations: changesHubSpot,
  progress: { one: "Changing a deal in HubSpot", many: "Changing {count} deals in HubSpot" },

  async preview(input, context) {
    const session = context.client.session(context);
    const { deal, changes, properties } = await planDealChange(session, input);
    const name = dealName(deal);
    const record = { name, url: pageUrl(await session.account(), "deals", deal.id) };
    const amount = largerAmount(deal.properties.amount, properties.amount);
    return { summary: `Change the deal ${name}`, record, changes, amount };
  },

  async run(input, context) {
    const session = context.client.session(context);
    const change = await planDealChange(session, input);
    const { deal, changes, properties } = change;
    if (changes.length === 0) return present(session, change);
    await session.update("deals", deal.id, properties);
    return session.afterSaving("deals", deal.id, () => present(session, change));
  },

  async lookUp(input, _, context) {
    const session = context.client.session(context);
    const change = await planDealChange(session, input);
    return lookUpDiff(change, () => present(session, change));
  },
});

async function present(session: HubSpotSession, { deal, changes }: DealChange) {
  const record = await session.record("deals", deal.id, dealProperties);
  const shown = await dealPresenter(session, [record]);
  return { deal: shown(record), changed: changes };
}
