import { describe, expect, test } from "vitest";
import { createWorld } from "../../../sandbox/world/create-world.ts";

const instants = ["2026-11-18T16:00:00Z", "2026-01-05T16:00:00Z", "2028-02-29T16:00:00Z", "2026-12-31T23:30:00-06:00"];
const worlds = instants.flatMap((at) => [1, 2, 3].map((seed) => createWorld({ seed, now: Date.parse(at) })));

describe.each(worlds)("the books of seed $seed at $createdAt", ({ accounts, deals, finance, createdAt }) => {
  const today = createdAt.slice(0, 10);
  const ofAccount = (id: string) => finance.revenue.filter((row) => row.accountId === id);

  test("whoever has signed pays, since the deal closed", () => {
    for (const deal of deals.filter((d) => d.stage === "closed_won")) {
      const contract = finance.contracts.find((c) => c.dealId === deal.id);
      expect(contract).toMatchObject({ startDate: deal.closeDate, units: deal.units, currency: deal.currency });
      const month = `${deal.closeDate.slice(0, 7)}-01`;
      const row = ofAccount(deal.accountId).find((r) => r.month === month && r.currency === deal.currency);
      expect(row?.contracted).toBeGreaterThan(0);
    }
  });

  test("a year of a contract is worth what the deal says", () => {
    for (const contract of finance.contracts.filter((c) => c.dealId)) {
      const deal = deals.find((d) => d.id === contract.dealId);
      expect(Math.round((contract.units * contract.unitPrice * 12) / 100)).toBe(deal?.amount);
    }
  });

  test("Acme has an older contract that runs all this year, and an open deal", () => {
    const acme = accounts.find((account) => account.name === "Acme");
    const months = ofAccount(acme?.id ?? "").filter((row) => row.month.startsWith(today.slice(0, 4)));
    expect(months.map((row) => row.contracted > 0)).toEqual(Array(12).fill(true));
    expect(finance.contracts.filter((c) => c.accountId === acme?.id).map((c) => c.dealId)).toEqual([undefined]);
  });

  test("months that are over are billed, the others forecast", () => {
    const [year, quarter] = [Number(today.slice(0, 4)), Math.ceil(Number(today.slice(5, 7)) / 3)];
    const end = new Date(Date.UTC(year, Math.max(12, 3 * (quarter + 2)) - 1)).toISOString().slice(0, 10);
    const months = finance.revenue.map(({ month }) => month).toSorted();
    expect([months[0], months.at(-1)]).toEqual([`${year - 1}-01-01`, end]);
    for (const { month, contracted, forecast, actual } of finance.revenue) {
      expect(forecast).toBeGreaterThanOrEqual(contracted);
      expect(actual === undefined).toBe(month.slice(0, 7) >= today.slice(0, 7));
      if (actual !== undefined) expect(Math.abs(actual / forecast - 1)).toBeLessThan(0.04);
    }
    const keys = finance.revenue.map((row) => [row.accountId, row.month, row.currency].join());
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("nobody uses what has not been signed, or a month that is not over", () => {
    for (const { accountId, month, product, lastEventId } of finance.usage) {
      const runs = finance.contracts.some(
        (c) =>
          c.accountId === accountId &&
          c.product === product &&
          c.startDate.slice(0, 7) <= month.slice(0, 7) &&
          c.endDate >= month,
      );
      expect(runs).toBe(true);
      expect(month.slice(0, 7) < today.slice(0, 7)).toBe(true);
      expect(BigInt(lastEventId)).toBeGreaterThan(2n ** 53n);
    }
  });

  test("there are customers, and accounts that are none", () => {
    const customers = new Set(finance.contracts.map((contract) => contract.accountId));
    expect(customers.size).toBeGreaterThan(10);
    expect(customers.size).toBeLessThan(accounts.length);
  });
});
