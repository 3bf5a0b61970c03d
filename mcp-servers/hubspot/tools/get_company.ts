import { z } from "zod";
import { companyArgument, hubspotTool, moneyOutput, readsHubSpot } from "../arguments.ts";
import { companyOutput, companyPresenter, companyRef, findCompany } from "../companies.ts";
import { dealOutput, dealPresenter, dealProperties } from "../deals.ts";
import { totals } from "../money.ts";

const mostDeals = 50;

export const getCompany = hubspotTool({
  name: "get_company",
  title: "Read a company",
  description:
    "One company of HubSpot, by id, name or domain, with its open deals and what they are worth together, a sum for each currency. " +
    "Its contacts are in get_contacts (company), its won and lost deals in search_deals (company, status).",
  input: z.strictObject({ company: companyArgument }),
  output: z.strictObject({
    company: companyOutput,
    open_deals: z.array(dealOutput).describe(`By close date, at most ${mostDeals}`),
    open_deal_count: z.int(),
    open_total: z.array(moneyOutput).describe("Of all open deals, shown or not"),
    truncated: z
      .boolean()
      .describe("Whether some open deals are not shown: search_deals (company, status open) has them"),
    is_complete: z.boolean().describe("false: HubSpot has more deals of this company than were counted here"),
  }),
  annotations: readsHubSpot,
  progress: { one: "Reading a company in HubSpot", many: "Reading {count} companies in HubSpot" },

  async run({ company: wanted }, context) {
    const session = context.client.session(context);
    const record = await findCompany(session, wanted);
    const links = (await session.associated("companies", [record.id], "deals")).get(record.id);
    const ids = (links?.to ?? []).map(({ toObjectId }) => toObjectId);
    const dealRecords = [...(await session.records("deals", ids, dealProperties)).values()];
    const ref = companyRef(record, await session.account());
    const [presentCompany, presentDeal] = await Promise.all([
      companyPresenter(session, [record]),
      dealPresenter(session, dealRecords, new Map(dealRecords.map(({ id }) => [id, ref]))),
    ]);
    const open = dealRecords
      .map(presentDeal)
      .filter(({ status }) => status === "open")
      .sort((left, right) => (left.close_date ?? "9999").localeCompare(right.close_date ?? "9999"));
    return {
      company: presentCompany(record),
      open_deals: open.slice(0, mostDeals),
      open_deal_count: open.length,
      open_total: totals(open),
      truncated: open.length > mostDeals,
      is_complete: !links?.hasMore,
    };
  },
});
