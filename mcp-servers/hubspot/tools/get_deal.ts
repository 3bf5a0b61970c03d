import { z } from "zod";
import { hubspotTool, idArgument, readsHubSpot } from "../arguments.ts";
import { contactRefOutput, contactRefs } from "../contacts.ts";
import { dealOutput, dealPresenter, dealProperties } from "../deals.ts";
import { asText } from "../html.ts";

/** More are in get_associations. */
const mostContacts = 50;

export const getDeal = hubspotTool({
  name: "get_deal",
  title: "Read a deal",
  description:
    "One deal of HubSpot by id: stage, amount, close date, owner, company, contacts, description, next step and why it was lost. Find deals with search_deals.",
  input: z.strictObject({ deal_id: idArgument("deal") }),
  output: z.strictObject({
    deal: dealOutput,
    description: z.string().nullable(),
    next_step: z.string().nullable(),
    lost_reason: z.string().nullable().describe("Why it was lost, where somebody said so"),
    contacts: z.array(contactRefOutput),
    truncated: z.boolean().describe(`Whether there are more than ${mostContacts} contacts: get_associations has them`),
  }),
  annotations: readsHubSpot,
  progress: { one: "Reading a deal in HubSpot", many: "Reading {count} deals in HubSpot" },

  async run({ deal_id }, context) {
    const session = context.client.session(context);
    const [record, links] = await Promise.all([
      session.record("deals", deal_id, [...dealProperties, "description", "hs_next_step", "closed_lost_reason"]),
      session.associated("deals", [deal_id], "contacts"),
    ]);
    const ids = (links.get(record.id)?.to ?? []).map(({ toObjectId }) => toObjectId);
    const [present, contacts] = await Promise.all([
      dealPresenter(session, [record]),
      contactRefs(session, ids.slice(0, mostContacts)),
    ]);
    return {
      deal: present(record),
      description: asText(record.properties.description) || null,
      next_step: record.properties.hs_next_step || null,
      lost_reason: record.properties.closed_lost_reason || null,
      contacts,
      truncated: ids.length > mostContacts,
    };
  },
});
