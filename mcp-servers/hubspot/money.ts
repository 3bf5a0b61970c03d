import type { z } from "zod";
import { UserError } from "../../src/core/errors.ts";
import type { moneyOutput } from "./arguments.ts";
import type { Account } from "./directory.ts";

export type Money = z.output<typeof moneyOutput>;

/** Null where the property is empty or no number. */
export function numberOf(value: string | null | undefined): number | null {
  const number = value ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : null;
}

/** "120,000 USD". */
export function moneyText({ amount, currency }: Money): string {
  return `${amount.toLocaleString("en-US", { maximumFractionDigits: 6 })} ${currency}`;
}

/** The more of the two, of what a deal was worth and is to be worth; undefined where neither is an amount. */
export function largerAmount(before: string | null | undefined, after: string | undefined): number | undefined {
  const amounts = [before, after].map(numberOf).filter((amount) => amount !== null);
  return amounts.length === 0 ? undefined : Math.max(...amounts);
}

/** Throws UserError for a currency that the account does not use. */
export function checkCurrency(currency: string | undefined, { currencies }: Account): string | undefined {
  if (currency === undefined || currencies.includes(currency)) return currency;
  throw new UserError(`currency: this HubSpot account has ${currencies.join(", ")}, not ${currency}.`);
}

/** What deals are worth together, one sum for each currency, the largest first. */
export function totals(deals: readonly { amount: Money | null }[]): Money[] {
  const hundredths = new Map<string, number>();
  for (const { amount } of deals) {
    if (amount === null) continue;
    // Summed in hundredths: 0.1 and 0.2 are no 0.30000000000000004.
    hundredths.set(amount.currency, (hundredths.get(amount.currency) ?? 0) + Math.round(amount.amount * 100));
  }
  return [...hundredths]
    .map(([currency, sum]) => ({ amount: sum / 100, currency }))
    .sort((left, right) => right.amount - left.amount || left.currency.localeCompare(right.currency));
}
