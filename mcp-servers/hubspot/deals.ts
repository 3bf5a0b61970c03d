import { z } from "zod";
import type { HubSpotRecord } from "./answers.ts";
import { companyRefOutput, moneyOutput } from "./arguments.ts";
import { companiesOf, type CompanyRef } from "./companies.ts";
import { dayOf, isoOf } from "./dates.ts";
import { type Account, pageUrl } from "./directory.ts";
import { numberOf } from "./money.ts";
import { ownerOutput, presentOwner } from "./owners.ts";
import { pipelineName, stageOf } from "./pipelines.ts";
import type { HubSpotSession } from "./session.ts";

export const dealProperties = [
  "dealname",
  "amount",
  "deal_currency_code",
  "closedate",
  "dealstage",
  "pipeline",
  "hubspot_owner_id",
  "notes_last_updated",
  "createdate",
] as const;

export const dealOutput = z.strictObject({
  id: z.string(),
  name: z.string(),
  url: z.string().describe("The deal's page in HubSpot"),
  status: z.enum(["open", "won", "lost"]),
  stage: z.string(),
  pipeline: z.string(),
  amount: moneyOutput.nullable(),
  close_date: z.string().nullable().describe("YYYY-MM-DD; expected while the deal is open"),
  owner: ownerOutput,
  company: companyRefOutput.nullable(),
  last_activity_at: z
    .string()
    .nullable()
    .describe("The last note, call, mail or meeting that HubSpot knows of; ISO 8601"),
  created_at: z.string().nullable().describe("ISO 8601"),
});

export type DealOutput = z.output<typeof dealOutput>;

export function dealName({ id, properties: { dealname } }: HubSpotRecord): string {
  return dealname || `Deal ${id}`;
}

/**
 * How each of these deals is shown, everything that it takes read before. `companies`: by deal id, where they are known already.
 */
export async function dealPresenter(
  session: HubSpotSession,
  records: readonly HubSpotRecord[],
  companies?: ReadonlyMap<string, CompanyRef>,
): Promise<(record: HubSpotRecord) => DealOutput> {
  const ids = records.map(({ id }) => id);
  const [known, owners, pipelines, account] = await Promise.all([
    companies ?? companiesOf(session, "deals", ids),
    session.ownersById(records.map(({ properties }) => properties.hubspot_owner_id)),
    session.pipelines(),
    session.account(),
  ]);
  return (record) => {
    const { id, properties } = record;
    const stage = stageOf(properties.dealstage, pipelines);
    return {
      id,
      name: dealName(record),
      url: pageUrl(account, "deals", id),
      status: stage.status,
      stage: stage.name,
      pipeline: pipelineName(properties.pipeline, pipelines),
      amount: amountOf(record, account),
      close_date: dayOf(properties.closedate, account.timeZone),
      owner: presentOwner(owners.get(properties.hubspot_owner_id ?? "")),
      company: known.get(id) ?? null,
      last_activity_at: isoOf(properties.notes_last_updated),
      created_at: isoOf(properties.createdate),
    };
  };
}

function amountOf({ properties }: HubSpotRecord, account: Account): DealOutput["amount"] {
  const amount = numberOf(properties.amount);
  return amount === null ? null : { amount, currency: properties.deal_currency_code || account.currency };
}
