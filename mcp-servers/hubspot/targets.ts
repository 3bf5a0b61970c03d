import { z } from "zod";
import { UserError } from "../../src/core/errors.ts";
import type { NewAssociation } from "./api.ts";
import { idArgument } from "./arguments.ts";
import { companyName } from "./companies.ts";
import { contactName } from "./contacts.ts";
import { dealName } from "./deals.ts";
import { pageUrl } from "./directory.ts";
import type { HubSpotSession } from "./session.ts";

/** How the kinds of records are called, and what it takes to name one. */
export const recordKinds = {
  contact: { type: "contacts", properties: ["firstname", "lastname", "email"], name: contactName },
  company: { type: "companies", properties: ["name", "domain"], name: companyName },
  deal: { type: "deals", properties: ["dealname"], name: dealName },
} as const;

/** HubSpot's own association types. Source: its associations guide, "Association type id values". */
const associationTypes = {
  deal: { contact: 3, company: 341 },
  note: { contact: 202, company: 190, deal: 214 },
  task: { contact: 204, company: 192, deal: 216 },
} as const;

/** A record that a new one is to be associated with. */
export const targetOutput = z.strictObject({
  type: z.enum(["contact", "company", "deal"]),
  id: z.string(),
  name: z.string(),
  url: z.string(),
});

export type Target = z.output<typeof targetOutput>;

/** Throws UserError where there is no such record. */
export async function findTarget(session: HubSpotSession, kind: Target["type"], id: string): Promise<Target> {
  const { type, properties, name } = recordKinds[kind];
  const [record, account] = await Promise.all([session.record(type, id, properties), session.account()]);
  return { type: kind, id: record.id, name: name(record), url: pageUrl(account, type, record.id) };
}

/** What a note or a task is about. */
export const targetArguments = {
  contact_id: idArgument("contact").optional(),
  deal_id: idArgument("deal").optional(),
  company_id: idArgument("company").optional(),
};

type TargetArguments = { [Name in keyof typeof targetArguments]?: string | undefined };

/** The records that are named, the first one by itself: there is at least one. Throws UserError. */
export async function findTargets(
  session: HubSpotSession,
  { contact_id, deal_id, company_id }: TargetArguments,
): Promise<[Target, ...Target[]]> {
  const [first, ...others] = await Promise.all([
    ...(contact_id === undefined ? [] : [findTarget(session, "contact", contact_id)]),
    ...(deal_id === undefined ? [] : [findTarget(session, "deal", deal_id)]),
    ...(company_id === undefined ? [] : [findTarget(session, "company", company_id)]),
  ]);
  if (!first) throw new UserError("Give contact_id, deal_id or company_id: what it is about.");
  return [first, ...others];
}

/** Throws TypeError for a kind that HubSpot associates with `from` by no type of its own. */
export function associate(from: keyof typeof associationTypes, targets: readonly Target[]): NewAssociation[] {
  const types: Partial<Record<Target["type"], number>> = associationTypes[from];
  return targets.map(({ type, id }) => {
    const associationTypeId = types[type];
    if (associationTypeId === undefined) throw new TypeError(`a ${from} has no association type for a ${type}`);
    return { to: { id }, types: [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId }] };
  });
}
