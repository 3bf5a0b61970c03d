import { z } from "zod";
import { UserError } from "../../../src/core/errors.ts";
import type { Filter } from "../api.ts";
import {
  companyArgument,
  currencyArgument,
  cursorArgument,
  dayArgument,
  hubspotTool,
  limitArgument,
  ownerArgument,
  readsHubSpot,
  searchFrame,
  textArgument,
} from "../arguments.ts";
import { findCompany } from "../companies.ts";
import { closeDateSpan } from "../dates.ts";
import { dealOutput, dealPresenter, dealProperties } from "../deals.ts";
import { checkCurrency } from "../money.ts";
import { findPipeline, findStages } from "../pipelines.ts";
import { between, equal, searchPage } from "../search.ts";
import type { HubSpotSession } from "../session.ts";

const sortProperties = {
  close_date: "closedate",
  amount: "amount",
  last_activity: "notes_last_updated",
  created: "createdate",
  name: "dealname",
} as const;

const input = z.strictObject({
  query: textArgument("Words of the deal's name or description").optional(),
  owner: ownerArgument("Only deals of this person of ours").optional(),
  status: z.enum(["open", "won", "lost"]).optional(),
  pipeline: z.string().min(1).max(200).optional().describe("Name or id, as list_pipelines shows them"),
  stage: z.string().min(1).max(200).optional().describe("Name or id of a stage"),
  company: companyArgument.optional(),
  min_amount: z.number().min(0).optional().describe("In each deal's own currency; add `currency` to look at one alone"),
  max_amount: z.number().min(0).optional(),
  currency: currencyArgument.optional().describe("Only deals in this currency, such as USD"),
  close_from: dayArgument("First close date, included").optional(),
  close_to: dayArgument("Last close date, included").optional(),
  sort_by: z.enum(["close_date", "amount", "last_activity", "created", "name"]).default("close_date"),
  order: z.enum(["ascending", "descending"]).default("ascending"),
  limit: limitArgument(100, 25),
  cursor: cursorArgument,
});

type Wanted = z.output<typeof input>;

export const searchDeals = hubspotTool({
  name: "search_deals",
  title: "Search deals",
  description:
    "Finds deals in HubSpot by words, owner, status, stage, pipeline, company, amount and close date; all that are given must fit. " +
    "Each comes with amount and currency, stage, close date, owner, company and the date of its last activity. Amounts of different currencies are not to be added up.",
  input,
  output: z.strictObject({ deals: z.array(dealOutput), ...searchFrame }),
  annotations: readsHubSpot,
  progress: { one: "Looking up deals in HubSpot", many: "Looking up deals in HubSpot ({count} times)" },

  async run(input, context) {
    const session = context.client.session(context);
    const { limit, cursor, ...question } = input;
    const { filters, either, ownerId } = await filtersOf(session, input);
    const { records, total, truncated, isWhole, ...next } = await searchPage(session, {
      type: "deals",
      query: input.query,
      filters,
      either,
      sort: {
        propertyName: sortProperties[input.sort_by],
        direction: input.order === "ascending" ? "ASCENDING" : "DESCENDING",
      },
      properties: dealProperties,
      limit,
      cursor,
      question: ["search_deals", question, ownerId],
    });
    const found = records.map(await dealPresenter(session, records));
    const deals = found.filter(({ close_date }) => closesBetween(close_date, input.close_from, input.close_to));
    const isExact = input.close_from === undefined && input.close_to === undefined;
    return {
      deals,
      // HubSpot counts by the instant; how many of the days are meant is known where all of them are at hand.
      total: isExact ? total : isWhole ? deals.length : null,
      truncated,
      ...(next.cursor === undefined ? {} : { cursor: next.cursor }),
    };
  },
});

async function filtersOf(session: HubSpotSession, input: Wanted) {
  const { min_amount, max_amount } = input;
  if (min_amount !== undefined && max_amount !== undefined && min_amount > max_amount) {
    throw new UserError(`min_amount (${min_amount}) must not be more than max_amount (${max_amount}).`);
  }
  const [account, stageIds, owner, company] = await Promise.all([
    session.account(),
    stageIdsOf(session, input),
    input.owner === undefined ? undefined : session.owner(input.owner),
    input.company === undefined ? undefined : findCompany(session, input.company),
  ]);
  const span = closeDateSpan(input.close_from, input.close_to, account.timeZone);
  const currency = checkCurrency(input.currency, account);
  const filters: Filter[] = [
    ...equal("hubspot_owner_id", owner?.id),
    ...(stageIds ? [{ propertyName: "dealstage", operator: "IN", values: stageIds } as const] : []),
    ...equal("associations.company", company?.id),
    ...between("amount", min_amount, max_amount),
    ...between("closedate", span.from, span.to),
  ];
  return { filters, either: currencyFilters(currency, account.currency), ownerId: owner?.id };
}

/** A deal that names no currency is in the account's own. */
function currencyFilters(currency: string | undefined, own: string): Filter[] | undefined {
  if (currency === undefined) return undefined;
  const named = equal("deal_currency_code", currency);
  return currency === own ? [...named, { propertyName: "deal_currency_code", operator: "NOT_HAS_PROPERTY" }] : named;
}

/** Status, pipeline and stage come down to stages: each belongs to one pipeline and is open, won or lost. */
async function stageIdsOf(
  session: HubSpotSession,
  { pipeline, stage, status }: Wanted,
): Promise<readonly string[] | undefined> {
  if (pipeline === undefined && stage === undefined && status === undefined) return undefined;
  const all = await session.pipelines();
  const pipelines = pipeline === undefined ? all : [findPipeline(pipeline, all)];
  const stages = stage === undefined ? pipelines.flatMap((one) => one.stages) : findStages(stage, pipelines);
  const fitting = status === undefined ? stages : stages.filter((one) => one.status === status);
  if (fitting.length > 0) return fitting.map(({ id }) => id);
  throw new UserError(`No stage of these is ${status}. Leave out status or stage; list_pipelines shows which are.`);
}

function closesBetween(day: string | null, from: string | undefined, to: string | undefined): boolean {
  if (from === undefined && to === undefined) return true;
  return day !== null && (from === undefined || day >= from) && (to === undefined || day <= to);
}
