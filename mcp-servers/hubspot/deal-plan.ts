import { z } from "zod";
import { UserError } from "../../src/core/errors.ts";
import type { HubSpotRecord } from "./answers.ts";
import { currencyArgument, dayArgument, ownerArgument, propertiesArgument } from "./arguments.ts";
import { type Diff, diff, type Wish, wishes, withProperties } from "./changes.ts";
import { noonOf } from "./dates.ts";
import { dealProperties } from "./deals.ts";
import { checkCurrency } from "./money.ts";
import { findPipeline, findStage, type Pipeline, type Stage } from "./pipelines.ts";
import type { HubSpotSession } from "./session.ts";

/** What can be said of a deal, whether it exists or not. */
export const dealArguments = {
  name: z.string().min(1).max(500).optional().describe("The deal's name"),
  amount: z.number().min(0).max(1e13).optional().describe("What it is worth, in `currency`"),
  currency: currencyArgument
    .optional()
    .describe("ISO 4217, such as USD; the account's own where neither the deal nor this says one"),
  close_date: dayArgument("When it is expected to close, or did").optional(),
  pipeline: z.string().min(1).max(200).optional().describe("Name or id, as list_pipelines shows them"),
  stage: z.string().min(1).max(200).optional().describe("Name or id of a stage of the pipeline"),
  owner: ownerArgument("Who owns it").optional(),
  description: z.string().max(65_536).optional(),
  properties: propertiesArgument.optional(),
};

const dealArgumentsSchema = z.strictObject(dealArguments);
type DealArguments = z.output<typeof dealArgumentsSchema>;

/** The properties that these arguments wish for. Throws UserError for what the account does not have. */
export async function dealWishes(
  session: HubSpotSession,
  input: DealArguments,
  place: { pipeline: Pipeline; stage: Stage } | undefined,
  ownerId: string | undefined,
): Promise<Wish[]> {
  const { name, amount, close_date, description } = input;
  const account = await session.account();
  const named = wishes({
    dealname: name,
    amount: amount === undefined ? undefined : String(amount),
    deal_currency_code: checkCurrency(input.currency, account),
    closedate: close_date === undefined ? undefined : noonOf("close_date", close_date, account.timeZone),
    pipeline: place?.pipeline.id,
    dealstage: place?.stage.id,
    hubspot_owner_id: ownerId,
    description,
  });
  return withProperties(session, "deals", named, input.properties);
}

/** Where a new deal is put: the account's first pipeline and its first stage unless told. */
export async function newPlace(session: HubSpotSession, { pipeline, stage }: DealArguments) {
  const pipelines = await session.pipelines();
  const [first] = pipelines;
  if (!first) throw new UserError("This HubSpot account has no deal pipeline.");
  const chosen = pipeline === undefined ? first : findPipeline(pipeline, pipelines);
  const start = chosen.stages[0];
  if (!start) throw new UserError(`The pipeline ${chosen.name} has no stages.`);
  return { pipeline: chosen, stage: stage === undefined ? start : findStage(stage, chosen) };
}

export interface DealChange extends Diff {
  deal: HubSpotRecord;
}

/** What an update would change of the deal as it stands. Throws UserError. */
export async function planDealChange(
  session: HubSpotSession,
  { deal_id, ...input }: DealArguments & { deal_id: string },
): Promise<DealChange> {
  if (Object.keys(input).length === 0) throw new UserError("Give at least one field to change besides deal_id.");
  const own = Object.keys(input.properties ?? {});
  const deal = await session.record("deals", deal_id, [...dealProperties, "description", ...own]);
  const place = await movedPlace(session, deal, input);
  const owner = input.owner === undefined ? undefined : await session.owner(input.owner);
  const wanted = await dealWishes(session, input, place, owner?.id);
  return { deal, ...(await diff(session, deal.properties, wanted)) };
}

/** A stage belongs to a pipeline, so that a deal that moves to another pipeline needs a stage of it. */
async function movedPlace(session: HubSpotSession, deal: HubSpotRecord, { pipeline, stage }: DealArguments) {
  if (pipeline === undefined && stage === undefined) return undefined;
  const pipelines = await session.pipelines();
  const present = deal.properties.pipeline ?? "";
  const chosen = findPipeline(pipeline ?? present, pipelines);
  if (stage !== undefined) return { pipeline: chosen, stage: findStage(stage, chosen) };
  const stays = chosen.stages.find(({ id }) => id === deal.properties.dealstage);
  if (chosen.id === present && stays) return { pipeline: chosen, stage: stays };
  const names = chosen.stages.map(({ name }) => name).join(", ");
  throw new UserError(`A deal that moves to ${chosen.name} needs a stage of it: give stage (${names}).`);
}
