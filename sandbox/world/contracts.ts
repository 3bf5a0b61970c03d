import type { Contract } from "./finance-types.ts";
import { createRandom, type Random } from "./random.ts";
import type { Account, Deal } from "./types.ts";
import { addDays } from "./zones.ts";

const PRODUCTS = [
  "Resident Payments",
  "Payments and Credit Reporting",
  "Collections Automation",
  "Flexible Rent",
] as const;

interface Known {
  seed: number;
  accounts: readonly Account[];
  deals: readonly Deal[];
  /** YYYY-MM-DD. */
  today: string;
}

/**
 * What customers have signed: one contract for each deal that was won, from the day on which it closed, and an older one for
 * whoever extends or renews, for Acme and for some others that now look at a second product.
 */
export function createContracts({ seed, accounts, deals, today }: Known): Contract[] {
  return accounts.flatMap((account) => {
    const own = deals.filter((deal) => deal.accountId === account.id);
    const random = createRandom(seed, "contracts", account.id);
    const won = own.filter((deal) => deal.stage === "closed_won").map((deal) => signedFor(deal, random));
    const older = olderContract(account, own, today, random);
    return older ? [older, ...won] : won;
  });
}

function signedFor(deal: Deal, random: Random): Contract {
  return {
    id: random.digits(11),
    accountId: deal.accountId,
    dealId: deal.id,
    product: productOf(deal),
    units: deal.units,
    unitPrice: deal.unitPrice,
    currency: deal.currency,
    startDate: deal.closeDate,
    endDate: addDays(addMonths(deal.closeDate, 24), -1),
    isExpectedToRenew: true,
  };
}

function olderContract(account: Account, own: readonly Deal[], today: string, random: Random): Contract | undefined {
  const [first] = own;
  if (!first) return undefined;
  const renewal = own.find((deal) => deal.name.endsWith("renewal"));
  const extends_ = own.some((deal) => deal.name.endsWith("expansion"));
  const isNew = own.some((deal) => deal.stage === "closed_won" && !/(?:expansion|renewal)$/.test(deal.name));
  const looksAtMore = random.chance(0.3) && !isNew;
  if (!renewal && !extends_ && !looksAtMore && account.name !== "Acme") return undefined;
  const startDate = `${addMonths(today, -random.int(14, 40)).slice(0, 7)}-01`;
  return {
    id: random.digits(11),
    accountId: account.id,
    product: renewal ? productOf(renewal) : otherProduct(own, random),
    units: Math.round((account.units * (renewal ? 0.9 : random.int(25, 60) / 100)) / 10) * 10,
    unitPrice: random.int(19, 52) * 5,
    currency: first.currency,
    startDate,
    endDate: renewal ? renewalDay(renewal) : endOfTerm(startDate, today),
    isExpectedToRenew: renewal ? renewal.stage !== "closed_won" && renewal.stage !== "closed_lost" : true,
  };
}

/** The last day of what is to be renewed: the day before the new contract begins, or would. */
function renewalDay(renewal: Deal): string {
  return addDays(renewal.closeDate, -1);
}

/** Terms of two years, one after another, the last beyond the end of this year: what ends sooner has a deal that renews it. */
function endOfTerm(startDate: string, today: string): string {
  let end = addMonths(startDate, 24);
  while (end <= `${today.slice(0, 4)}-12-31`) end = addMonths(end, 24);
  return addDays(end, -1);
}

function otherProduct(own: readonly Deal[], random: Random): string {
  const looked = new Set(own.map(productOf));
  return random.pick(PRODUCTS.filter((product) => !looked.has(product)));
}

function productOf(deal: Deal): string {
  const product = PRODUCTS.find((name) => deal.name.includes(`: ${name} `));
  if (!product) throw new RangeError(`no product is in ${deal.name}`);
  return product;
}

/** The same day so many months on, or the last one of a shorter month. */
export function addMonths(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
}
