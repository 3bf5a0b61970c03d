import {
  ACCOUNT_ROWS,
  type AccountRow,
  CONTACT_TITLES,
  FIRST_NAMES,
  LAST_NAMES,
  PROPERTY_SYSTEMS,
  RIVALS,
  type Region,
} from "./account-names.ts";
import { createRandom, type Random } from "./random.ts";
import type { Account, Contact, Person } from "./types.ts";

const OWNERS: Record<Region, readonly string[]> = {
  americas: ["daniel", "tomas", "grace"],
  emea: ["zoe", "oliver"],
  india: ["priya"],
  apac: ["jack"],
};

const regions = new Map(ACCOUNT_ROWS.map(([name, , , , region]) => [name, region]));

export function regionOf(account: Account): Region {
  const region = regions.get(account.name);
  if (!region) throw new RangeError(`no such account in this world: ${account.name}`);
  return region;
}

export function createAccounts(seed: number, people: readonly Person[]): Account[] {
  const names = nameDispenser(createRandom(seed, "contacts"));
  return ACCOUNT_ROWS.map((row, index) =>
    createAccount(row, index, createRandom(seed, "account", index), people, names),
  );
}

function createAccount(
  [name, domain, industry, city, region]: AccountRow,
  index: number,
  random: Random,
  people: readonly Person[],
  nextName: () => string,
): Account {
  const handles = OWNERS[region];
  const handle = name === "Acme" ? "daniel" : handles[index % handles.length];
  const owner = people.find((p) => p.handle === handle);
  if (!owner) throw new RangeError(`nobody owns ${name}`);
  const titles = random.shuffle(CONTACT_TITLES);
  return {
    id: random.digits(11),
    name,
    domain,
    industry,
    city,
    units: random.int(8, 190) * 100 + random.pick([0, 20, 40, 50, 75]),
    propertySystem: random.pick(PROPERTY_SYSTEMS[region]),
    incumbent: random.pick(RIVALS),
    ownerId: owner.id,
    contacts: Array.from({ length: random.int(2, 4) }, (_, i) =>
      contact(nextName(), titles[i] ?? "Manager", domain, random),
    ),
  };
}

function contact(name: string, title: string, domain: string, random: Random): Contact {
  const local = name
    .normalize("NFD")
    .replace(/ø/gi, "o")
    .replace(/[^A-Za-z ]/g, "")
    .toLowerCase()
    .replace(/ +/g, ".");
  return { id: random.digits(11), name, email: `${local}@${domain}`, title };
}

/** No two contacts of the world have the same name. */
function nameDispenser(random: Random): () => string {
  const used = new Set<string>();
  return () => {
    for (;;) {
      const name = `${random.pick(FIRST_NAMES)} ${random.pick(LAST_NAMES)}`;
      if (used.has(name)) continue;
      used.add(name);
      return name;
    }
  };
}
