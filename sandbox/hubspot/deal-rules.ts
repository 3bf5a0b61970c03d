import { EXCHANGE_RATES, HOME_CURRENCY } from "../world/currencies.ts";
import { invalid } from "./errors.ts";
import { STAGES } from "./portal.ts";
import { writeInstant } from "./values.ts";

type Values = Record<string, string>;

/** Fills in what HubSpot computes of a deal. `before` is its stage until now; it came into the present one at `at`. */
export function deriveDeal(values: Values, before: string | undefined, at: number): void {
  const stage = STAGES.find(({ id }) => id === values.dealstage);
  if (stage) {
    values.hs_is_closed = String(stage.isClosed);
    values.hs_is_closed_won = String(stage.isClosed && stage.probability === 1);
    values.hs_deal_stage_probability = String(stage.probability);
  }
  if (values.dealstage !== before) values.hs_v2_date_entered_current_stage = writeInstant(at);
  values.deal_currency_code ??= HOME_CURRENCY;
  const rate = EXCHANGE_RATES[values.deal_currency_code] ?? 1;
  values.hs_exchange_rate = String(rate);
  if (values.amount === undefined) delete values.amount_in_home_currency;
  else values.amount_in_home_currency = String(Math.round(Number(values.amount) * rate * 100) / 100);
}

/**
 * What the portal's administrator demands of a deal: a lost one says why. Until 2026-03 HubSpot enforced such rules in its app
 * alone; from the API of 2026-09 on every write meets them (its changelog of 2026-08-11, "CRM API Write Validation
 * Enforcement").
 */
export function checkPortalRules(values: Values): void {
  if (values.dealstage !== "closedlost" || values.closed_lost_reason) return;
  const message = 'Property "closed_lost_reason" is required when "dealstage" is "closedlost"';
  throw invalid(message, {
    errors: [{ message, code: "CONDITIONAL_REQUIRED_PROPERTY", context: { propertyName: ["closed_lost_reason"] } }],
  });
}
