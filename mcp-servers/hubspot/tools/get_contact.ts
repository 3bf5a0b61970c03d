import { z } from "zod";
import { companyRefOutput, emailArgument, hubspotTool, idArgument, readsHubSpot } from "../arguments.ts";
import { companyRefs } from "../companies.ts";
import { contactOutput, contactPresenter, contactProperties, findContact } from "../contacts.ts";
import { dealOutput, dealPresenter, dealProperties } from "../deals.ts";

/** More are in get_associations and search_deals. */
const mostShown = 50;

export const getContact = hubspotTool({
  name: "get_contact",
  title: "Read a contact",
  description:
    "One contact of HubSpot, by id or e-mail address, with the companies and deals that it is associated with. Find contacts by name with get_contacts.",
  input: z.strictObject({
    contact_id: idArgument("contact").optional(),
    email: emailArgument("Instead of the id").optional(),
  }),
  output: z.strictObject({
    contact: contactOutput,
    companies: z.array(companyRefOutput),
    deals: z.array(dealOutput),
    truncated: z.boolean().describe(`Whether there are more than ${mostShown} of either: get_associations has them`),
  }),
  annotations: readsHubSpot,
  progress: { one: "Reading a contact in HubSpot", many: "Reading {count} contacts in HubSpot" },

  async run(input, context) {
    const session = context.client.session(context);
    const record = await findContact(session, input, contactProperties);
    const [companyLinks, dealLinks] = await Promise.all([
      session.associated("contacts", [record.id], "companies"),
      session.associated("contacts", [record.id], "deals"),
    ]);
    const companyIds = (companyLinks.get(record.id)?.to ?? []).map(({ toObjectId }) => toObjectId);
    const dealIds = (dealLinks.get(record.id)?.to ?? []).map(({ toObjectId }) => toObjectId);
    const [refs, dealRecords] = await Promise.all([
      companyRefs(session, companyIds.slice(0, mostShown)),
      session.records("deals", dealIds.slice(0, mostShown), dealProperties),
    ]);
    const companies = [...refs.values()];
    const [first] = companies;
    const [presentContact, presentDeal] = await Promise.all([
      contactPresenter(session, [record], new Map(first ? [[record.id, first]] : [])),
      dealPresenter(session, [...dealRecords.values()]),
    ]);
    return {
      contact: presentContact(record),
      companies,
      deals: [...dealRecords.values()].map(presentDeal),
      truncated: companyIds.length > mostShown || dealIds.length > mostShown,
    };
  },
});
