import { addMonths, createContracts } from "./contracts.ts";
import { createRandom } from "./random.ts";
import type { Contract, Finance, RevenueMonth, UsageMonth } from "./finance-types.ts";
import type { Account, Deal } from "./types.ts";

interface Known {
  seed: number;
  accounts: readonly Account[];
  deals: readonly Deal[];
  /** YYYY-MM-DD. */
  today: string;
}

/** The books of last year, this one and the next two quarters, and what customers did with the product: all of it follows from the contracts. */
export function createFinance(known: Known): Finance {
  const contracts = createContracts(known);
  return {
    contracts,
    revenue: known.accounts.flatMap((account) => revenueOf(account, contracts, known)),
    usage: contracts.flatMap((contract) => usageOf(contract, known)),
  };
}

/** January of last year to the end of this one, or of the two quarters after today's where that is later, each by its first day. */
function monthsAround(today: string): string[] {
  const first = `${Number(today.slice(0, 4)) - 1}-01-01`;
  const quarter = Math.ceil(Number(today.slice(5, 7)) / 3);
  return Array.from({ length: Math.max(24, 12 + 3 * (quarter + 2)) }, (_, index) => addMonths(first, index));
}

/** Closed: before the month that `today` is in. */
function isClosed(month: string, today: string): boolean {
  return month < `${today.slice(0, 7)}-01`;
}

function revenueOf(account: Account, all: readonly Contract[], { seed, today }: Known): RevenueMonth[] {
  const contracts = all.filter((contract) => contract.accountId === account.id);
  const currencies = [...new Set(contracts.map((contract) => contract.currency))];
  return currencies.flatMap((currency) => {
    const own = contracts.filter((contract) => contract.currency === currency);
    return monthsAround(today).flatMap((month) => {
      const contracted = sum(own.map((contract) => shareOf(contract, month, contract.endDate)));
      const forecast = sum(own.map((contract) => shareOf(contract, month, expectedEnd(contract, today))));
      if (forecast === 0) return [];
      const random = createRandom(seed, "revenue", account.id, currency, month);
      // Homes come and go within a month, and each is billed: what was billed is never quite what was signed.
      const billed = Math.round((forecast * random.int(970, 1035)) / 1000);
      const actual = isClosed(month, today) ? billed : undefined;
      return [{ accountId: account.id, month, currency, contracted, forecast, actual }];
    });
  });
}

/** A contract whose renewal is expected goes on in the forecast as it is. */
function expectedEnd(contract: Contract, today: string): string {
  return contract.isExpectedToRenew ? addMonths(today, 60) : contract.endDate;
}

/** What falls on `month`, in hundredths: by the day where the contract does not run through all of it. */
function shareOf(contract: Contract, month: string, endDate: string): number {
  const days = daysBetween(month, addMonths(month, 1));
  const from = Math.max(0, daysBetween(month, contract.startDate));
  const to = Math.min(days, daysBetween(month, endDate) + 1);
  return Math.round((contract.units * contract.unitPrice * Math.max(0, to - from)) / days);
}

function usageOf(contract: Contract, { seed, today }: Known): UsageMonth[] {
  const months = monthsAround(today).filter(
    (month) =>
      isClosed(month, today) && month >= contract.startDate.slice(0, 8).concat("01") && month <= contract.endDate,
  );
  return months.map((month) => {
    const random = createRandom(seed, "usage", contract.id, month);
    const activeResidents = Math.round((contract.units * random.int(55, 88)) / 100);
    const payments = Math.round((activeResidents * random.int(101, 127)) / 100);
    return {
      accountId: contract.accountId,
      month,
      product: contract.product,
      currency: contract.currency,
      activeResidents,
      payments,
      paymentVolume: payments * random.int(88_000, 212_000),
      autopayShare: random.int(3400, 8100),
      features: {
        channels: random.shuffle(["app", "text", "web", "kiosk"]).slice(0, random.int(1, 4)),
        plan: { name: random.pick(["Standard", "Plus", "Enterprise"]), seats: random.int(5, 60) },
      },
      lastEventId: random.digits(19),
    };
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}
