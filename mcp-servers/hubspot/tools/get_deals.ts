import { z } from "zod";
import { hubspotTool, idArgument, readsHubSpot } from "../arguments.ts";
import { dealOutput, dealPresenter, dealProperties } from "../deals.ts";

export const getDeals = hubspotTool({
  name: "get_deals",
  title: "Read several deals",
  description:
    "Up to 100 deals of HubSpot by their ids, as they are now: a search shows a change only after up to a minute. For words, owner, stage or amount use search_deals; one with its contacts is in get_deal.",
  input: z.strictObject({ deal_ids: z.array(idArgument("deal")).min(1).max(100) }),
  output: z.strictObject({
    deals: z.array(
      dealOutput.extend({
        stage_id: z.string().nullable().describe("HubSpot's own id of the stage"),
        lost_reason: z.string().nullable().describe("Why it was lost, where somebody said so"),
      }),
    ),
    missing: z.array(z.string()).describe("Ids that HubSpot has no deal of; they may be deleted"),
  }),
  annotations: readsHubSpot,
  progress: { one: "Reading deals in HubSpot", many: "Reading deals in HubSpot ({count} times)" },

  async run({ deal_ids }, context) {
    const session = context.client.session(context);
    const found = await session.records("deals", deal_ids, [...dealProperties, "closed_lost_reason"]);
    const records = [...found.values()];
    const present = await dealPresenter(session, records);
    return {
      deals: records.map((record) => ({
        ...present(record),
        stage_id: record.properties.dealstage || null,
        lost_reason: record.properties.closed_lost_reason || null,
      })),
      missing: deal_ids.filter((id) => !found.has(id)),
    };
  },
});
