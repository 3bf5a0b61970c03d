import { z } from "zod";
import {
  companyArgument,
  cursorArgument,
  emailArgument,
  hubspotTool,
  limitArgument,
  ownerArgument,
  readsHubSpot,
  searchFrame,
  textArgument,
} from "../arguments.ts";
import { findCompany } from "../companies.ts";
import { contactOutput, contactPresenter, contactProperties } from "../contacts.ts";
import { equal, searchPage } from "../search.ts";

export const getContacts = hubspotTool({
  name: "get_contacts",
  title: "Find contacts",
  description:
    "Finds contacts in HubSpot by name or other words, e-mail address, company and owner; all that are given must fit. Without any, the ones changed last. " +
    "One contact with deals and companies is in get_contact.",
  input: z.strictObject({
    query: textArgument("Words of the name, e-mail address, phone number or company").optional(),
    email: emailArgument("The exact e-mail address").optional(),
    company: companyArgument.optional(),
    owner: ownerArgument("Only contacts of this person of ours").optional(),
    limit: limitArgument(100, 25),
    cursor: cursorArgument,
  }),
  output: z.strictObject({ contacts: z.array(contactOutput), ...searchFrame }),
  annotations: readsHubSpot,
  progress: { one: "Looking up contacts in HubSpot", many: "Looking up contacts in HubSpot ({count} times)" },

  async run({ limit, cursor, ...wanted }, context) {
    const session = context.client.session(context);
    const [company, owner] = await Promise.all([
      wanted.company === undefined ? undefined : findCompany(session, wanted.company),
      wanted.owner === undefined ? undefined : session.owner(wanted.owner),
    ]);
    const { records, total, truncated, ...next } = await searchPage(session, {
      type: "contacts",
      query: wanted.query,
      filters: [
        ...equal("email", wanted.email?.toLowerCase()),
        ...equal("associations.company", company?.id),
        ...equal("hubspot_owner_id", owner?.id),
      ],
      sort: { propertyName: "lastmodifieddate", direction: "DESCENDING" },
      properties: contactProperties,
      limit,
      cursor,
      question: ["get_contacts", wanted, owner?.id],
    });
    const contacts = records.map(await contactPresenter(session, records));
    return { contacts, total, truncated, ...(next.cursor === undefined ? {} : { cursor: next.cursor }) };
  },
});
