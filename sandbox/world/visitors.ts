import type { Account, Person, UserGroup, Visitor } from "./types.ts";

export const GUEST_ID = "U07NORAFELD";
export const PARTNER_ID = "U07ACMEPEOP";

/** A guest, somebody who has left, and Acme's first contact, who writes from Acme's own workspace. */
export function createVisitors(accounts: readonly Account[]): Visitor[] {
  const partner = accounts.find(({ name }) => name === "Acme")?.contacts[0];
  if (!partner) throw new RangeError("nobody at Acme is known");
  return [
    {
      id: GUEST_ID,
      handle: "nora",
      name: "Nora Feldman",
      email: "nora@feldman-research.example",
      title: "Contractor, customer research",
      timeZone: "Europe/London",
      standing: "guest",
    },
    {
      id: "U07VICTORSA",
      handle: "victor",
      name: "Victor Salas",
      email: "victor@payready.example",
      title: "Account Executive",
      timeZone: "America/Chicago",
      standing: "deleted",
    },
    {
      id: PARTNER_ID,
      handle: partner.email.split("@")[0] ?? "partner",
      name: partner.name,
      email: partner.email,
      title: `${partner.title}, Acme`,
      timeZone: "America/New_York",
      standing: "external",
    },
  ];
}

/** Whom one asks for approval: what changes a deal's terms, and what changes a team's numbers. */
export function createUserGroups(people: readonly Person[]): UserGroup[] {
  const some = (...handles: string[]): string[] => people.filter((p) => handles.includes(p.handle)).map((p) => p.id);
  return [
    {
      id: "S07DEALDESK",
      handle: "deal-desk",
      name: "Deal desk",
      description: "Approves discounts, terms and large deals",
      memberIds: some("ruth", "ben", "maya"),
    },
    {
      id: "S07SALESMGR",
      handle: "sales-managers",
      name: "Sales managers",
      description: "Lead the teams in the Americas and EMEA",
      memberIds: some("maya", "oliver", "ben"),
    },
  ];
}
