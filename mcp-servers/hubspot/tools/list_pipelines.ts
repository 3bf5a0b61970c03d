import { z } from "zod";
import { hubspotTool, readsHubSpot } from "../arguments.ts";

export const listPipelines = hubspotTool({
  name: "list_pipelines",
  title: "List deal pipelines",
  description:
    "The deal pipelines of HubSpot with their stages in order, and which stages count as open, won and lost. search_deals, create_deal and update_deal take their names as well as their ids.",
  input: z.strictObject({}),
  output: z.strictObject({
    pipelines: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        stages: z.array(
          z.strictObject({
            id: z.string(),
            name: z.string(),
            status: z.enum(["open", "won", "lost"]),
            probability: z.number().nullable().describe("Of winning, from 0 to 1, as set in HubSpot"),
          }),
        ),
      }),
    ),
  }),
  annotations: readsHubSpot,
  progress: { one: "Looking up pipelines in HubSpot", many: "Looking up pipelines in HubSpot ({count} times)" },

  async run(_input, context) {
    return { pipelines: await context.client.session(context).pipelines() };
  },
});
