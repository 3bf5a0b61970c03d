import { z } from "zod";
import {
  cursorArgument,
  hubspotTool,
  limitArgument,
  ownerArgument,
  readsHubSpot,
  searchFrame,
  textArgument,
} from "../arguments.ts";
import { companyOutput, companyPresenter, companyProperties } from "../companies.ts";
import { equal, searchPage } from "../search.ts";

export const searchCompanies = hubspotTool({
  name: "search_companies",
  title: "Search companies",
  description:
    "Finds companies (accounts, customers) in HubSpot by words of their name, web domain or phone number, by exact domain and by owner; all that are given must fit. Without any, all, by name. " +
    "One company with its open deals is in get_company.",
  input: z.strictObject({
    query: textArgument("Words of the name, domain, web site or phone number").optional(),
    domain: z
      .string()
      .regex(/^[a-z0-9.-]{3,253}$/i, "must be a domain such as acme.com")
      .optional()
      .describe("The exact domain, such as acme.com"),
    owner: ownerArgument("Only companies of this person of ours").optional(),
    limit: limitArgument(100, 25),
    cursor: cursorArgument,
  }),
  output: z.strictObject({ companies: z.array(companyOutput), ...searchFrame }),
  annotations: readsHubSpot,
  progress: { one: "Looking up companies in HubSpot", many: "Looking up companies in HubSpot ({count} times)" },

  async run({ limit, cursor, ...wanted }, context) {
    const session = context.client.session(context);
    const owner = wanted.owner === undefined ? undefined : await session.owner(wanted.owner);
    const { records, total, truncated, ...next } = await searchPage(session, {
      type: "companies",
      query: wanted.query,
      filters: [...equal("domain", wanted.domain?.toLowerCase()), ...equal("hubspot_owner_id", owner?.id)],
      sort: { propertyName: "name", direction: "ASCENDING" },
      properties: companyProperties,
      limit,
      cursor,
      question: ["search_companies", wanted, owner?.id],
    });
    const companies = records.map(await companyPresenter(session, records));
    return { companies, total, truncated, ...(next.cursor === undefined ? {} : { cursor: next.cursor }) };
  },
});
