import { firstName } from "./people.ts";
import { createRandom } from "./random.ts";
import { RIVALS } from "./account-names.ts";
import type { Role, Slots } from "./template.ts";
import type { Account, Deal, Party } from "./types.ts";
import { addDays, addWorkingDays, spokenDate, spokenDay } from "./zones.ts";

const SIGNS: Record<string, string> = { USD: "$", EUR: "€", GBP: "£" };

const grouped = (value: number): string => value.toLocaleString("en-US");

const COMMUNITY_NAMES = [
  "The Willows",
  "Parkside Commons",
  "Lindenhof Court",
  "Riverwalk Flats",
  "The Foundry",
  "Orchard Hill",
  "Station Square",
  "Meadow Creek",
  "Canal Street Lofts",
  "Birchwood Terrace",
  "The Observatory",
  "Quarry Lake",
  "Market Row",
  "Saint Brigid Place",
] as const;

const MANAGERS = [
  "Dolores",
  "Jasmine",
  "Agnieszka",
  "Tamika",
  "Fernanda",
  "Beth",
  "Oksana",
  "Ruthie",
  "Carol",
] as const;

/** A community of the account: the same figures each time that somebody speaks of it. */
export function communityFacts(seed: number, account: Account, index: number): Slots {
  const names = createRandom(seed, "communities", account.id).shuffle(COMMUNITY_NAMES);
  const community = names[index % names.length] ?? COMMUNITY_NAMES[0];
  const random = createRandom(seed, "community", account.id, community);
  return {
    community,
    manager: random.pick(MANAGERS),
    communityUnits: String(random.int(64, 388)),
    communityLate: (random.int(12, 148) / 10).toFixed(1),
    communityChecks: String(random.int(9, 78)),
  };
}

export interface Cast {
  rep: Party;
  engineer: Party;
  contact: Party;
  second: Party;
  parties: Party[];
  /** Roles that somebody of their own has; the others fall to the rep and the main contact. */
  has: ReadonlySet<Role>;
}

/** Rivals that an account looks at besides whom it uses today: the same in all its calls. */
function rivalOf(seed: number, account: Account): string {
  const random = createRandom(seed, "rival", account.id);
  return random.pick(RIVALS.filter((name) => name !== account.incumbent));
}

/** Everything that the dialogue can refer to. Figures of the account and the deal are the same in each of its calls. */
export function factsOf(seed: number, account: Account, deal: Deal | undefined, day: string, cast: Cast): Slots {
  const random = createRandom(seed, "facts", account.id);
  const sign = SIGNS[deal?.currency ?? "USD"] ?? "$";
  const units = deal?.units ?? account.units;
  const unitPrice = deal?.unitPrice ?? 135;
  const amount = deal?.amount ?? Math.round((units * unitPrice * 12) / 100);
  const money = (hundredths: number): string => `${sign}${(hundredths / 100).toFixed(2)}`;
  const setupFee = Math.round((units * random.int(30, 60)) / 10_000) * 100 + 1500;
  const delinquency = random.int(31, 92) / 10;
  return {
    account: account.name,
    industry: account.industry,
    city: account.city,
    propertySystem: account.propertySystem,
    incumbent: account.incumbent,
    rival: rivalOf(seed, account),
    rep: firstName(cast.rep.name),
    engineer: firstName(cast.engineer.name),
    contact: firstName(cast.contact.name),
    second: firstName(cast.second.name),
    secondTitle: cast.second.title,
    units: grouped(units),
    portfolio: grouped(account.units),
    properties: String(Math.max(2, Math.round(account.units / random.int(140, 260)))),
    pilotUnits: grouped(Math.max(50, Math.round((units * 0.12) / 10) * 10)),
    unitPrice: money(unitPrice),
    incumbentPrice: money(Math.round(unitPrice * (random.int(68, 88) / 100))),
    rivalPrice: money(Math.round(unitPrice * (random.int(78, 96) / 100))),
    askedPrice: money(Math.round((unitPrice * 0.88) / 5) * 5),
    amount: `${sign}${grouped(amount)}`,
    budget: `${sign}${grouped(Math.round((amount * random.int(72, 105)) / 100 / 1000) * 1000)}`,
    setupFee: `${sign}${grouped(setupFee)}`,
    lateFees: `${sign}${grouped(random.int(9, 60) * 1000)}`,
    writeOffs: `${sign}${grouped(random.int(40, 400) * 1000)}`,
    averageRent: `${sign}${grouped(random.int(90, 260) * 10)}`,
    delinquency: delinquency.toFixed(1),
    targetDelinquency: (delinquency * 0.6).toFixed(1),
    checkShare: String(random.int(18, 57)),
    portalShare: String(random.int(24, 61)),
    autopayShare: String(random.int(9, 34)),
    adoptionGoal: String(random.int(70, 88)),
    hours: String(random.int(6, 38)),
    staff: String(random.int(2, 9)),
    reversals: String(random.int(12, 95)),
    tickets: String(random.int(60, 480)),
    discount: String(random.int(2, 4) * 5),
    term: random.pick(["two", "three"]),
    weeks: random.pick(["four", "five", "six", "eight", "ten"]),
    today: spokenDate(day),
    goLive: spokenDate(addDays(day, random.int(40, 120))),
    boardDate: spokenDay(addWorkingDays(day, random.int(8, 16))),
    renewalDate: spokenDate(addDays(day, random.int(30, 150))),
    closeDate: spokenDate(deal?.closeDate ?? addDays(day, 75)),
    ...Object.fromEntries([1, 2, 3, 5, 7].map((days) => [`in${days}`, spokenDay(addWorkingDays(day, days))])),
  };
}
