import { regionOf } from "./accounts.ts";
import { createRandom, type Random } from "./random.ts";
import type { Account, Deal, DealStage } from "./types.ts";
import { addDays } from "./zones.ts";

const DEAL_COUNT = 60;

// A funnel: many early, fewer late, and what was decided lately.
const STAGES: readonly DealStage[] = [
  ...Array<DealStage>(13).fill("discovery"),
  ...Array<DealStage>(13).fill("evaluation"),
  ...Array<DealStage>(11).fill("proposal"),
  ...Array<DealStage>(8).fill("negotiation"),
  ...Array<DealStage>(9).fill("closed_won"),
  ...Array<DealStage>(6).fill("closed_lost"),
];

const PRODUCTS = [
  "Resident Payments",
  "Payments and Credit Reporting",
  "Collections Automation",
  "Flexible Rent",
] as const;
const PURPOSES = ["rollout", "pilot", "expansion", "renewal"] as const;

const OPEN_STAGES: readonly DealStage[] = ["discovery", "evaluation", "proposal", "negotiation"];

export function isOpen(deal: Deal): boolean {
  return OPEN_STAGES.includes(deal.stage);
}

/** One deal for each account and a second one for some, Acme aside: it has exactly one, and that is open. */
export function createDeals(seed: number, accounts: readonly Account[], today: string): Deal[] {
  const random = createRandom(seed, "deals");
  const others = random.shuffle(accounts.filter((a) => a.name !== "Acme"));
  const acme = accounts.filter((a) => a.name === "Acme");
  const second = random.shuffle(others).slice(0, DEAL_COUNT - accounts.length);
  const stages = random.shuffle(STAGES);
  // Acme stands in proposal: enough has happened to talk about, and nothing is decided.
  stages.splice(stages.indexOf("proposal"), 1);
  stages.unshift("proposal");
  return [...acme, ...others, ...second].map((account, index) => {
    const isSecond = index >= accounts.length;
    return createDeal(account, stages[index] ?? "discovery", isSecond, today, createRandom(seed, "deal", index));
  });
}

function createDeal(account: Account, stage: DealStage, isSecond: boolean, today: string, random: Random): Deal {
  const purpose = isSecond ? random.pick(PURPOSES.slice(1)) : "rollout";
  const share = purpose === "pilot" ? 0.2 : purpose === "expansion" ? 0.5 : 1;
  const units = Math.max(150, Math.round((account.units * share) / 10) * 10);
  const unitPrice = random.int(19, 52) * 5;
  return {
    id: random.digits(11),
    name: `${account.name}: ${random.pick(PRODUCTS)} ${purpose}`,
    accountId: account.id,
    ownerId: account.ownerId,
    stage,
    units,
    unitPrice,
    amount: Math.round((units * unitPrice * 12) / 100),
    currency: currencyOf(account, random),
    closeDate: closeDate(stage, today, random),
  };
}

function currencyOf(account: Account, random: Random): string {
  if (regionOf(account) !== "emea") return "USD";
  if (["London", "Leeds", "Manchester"].includes(account.city)) return "GBP";
  return random.chance(0.85) ? "EUR" : "USD";
}

function closeDate(stage: DealStage, today: string, random: Random): string {
  if (stage === "closed_won" || stage === "closed_lost") return addDays(today, -random.int(2, 50));
  const near = { negotiation: [6, 28], proposal: [18, 60], evaluation: [35, 95], discovery: [60, 150] }[stage];
  return addDays(today, random.int(near[0] ?? 30, near[1] ?? 60));
}
