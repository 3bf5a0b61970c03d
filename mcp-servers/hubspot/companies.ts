import { z } from "zod";
import { UserError } from "../../src/core/errors.ts";
import { matchesWords } from "../shared/match-words.ts";
import type { Association, HubSpotRecord } from "./answers.ts";
import type { ObjectType } from "./api.ts";
import { type companyRefOutput, moneyOutput } from "./arguments.ts";
import { isoOf } from "./dates.ts";
import { type Account, pageUrl } from "./directory.ts";
import { numberOf } from "./money.ts";
import { ownerOutput, presentOwner } from "./owners.ts";
import type { HubSpotSession } from "./session.ts";

export const companyProperties = [
  "name",
  "domain",
  "industry",
  "city",
  "country",
  "numberofemployees",
  "annualrevenue",
  "lifecyclestage",
  "hubspot_owner_id",
  "notes_last_updated",
] as const;

export const companyOutput = z.strictObject({
  id: z.string(),
  name: z.string(),
  url: z.string().describe("The company's page in HubSpot"),
  domain: z.string().nullable(),
  industry: z.string().nullable(),
  city: z.string().nullable(),
  country: z.string().nullable(),
  employees: z.number().nullable(),
  annual_revenue: moneyOutput.nullable(),
  lifecycle_stage: z.string().nullable(),
  owner: ownerOutput,
  last_activity_at: z.string().nullable().describe("ISO 8601"),
});

export type CompanyRef = z.output<typeof companyRefOutput>;

export function companyName({ id, properties: { name, domain } }: HubSpotRecord): string {
  return name || domain || `Company ${id}`;
}

/** How each of these companies is shown. */
export async function companyPresenter(
  session: HubSpotSession,
  records: readonly HubSpotRecord[],
): Promise<(record: HubSpotRecord) => z.output<typeof companyOutput>> {
  const [owners, account] = await Promise.all([
    session.ownersById(records.map(({ properties }) => properties.hubspot_owner_id)),
    session.account(),
  ]);
  return (record) => {
    const { properties } = record;
    const revenue = numberOf(properties.annualrevenue);
    return {
      ...companyRef(record, account),
      domain: properties.domain || null,
      industry: properties.industry || null,
      city: properties.city || null,
      country: properties.country || null,
      employees: numberOf(properties.numberofemployees),
      annual_revenue: revenue === null ? null : { amount: revenue, currency: account.currency },
      lifecycle_stage: properties.lifecyclestage || null,
      owner: presentOwner(owners.get(properties.hubspot_owner_id ?? "")),
      last_activity_at: isoOf(properties.notes_last_updated),
    };
  };
}

export function companyRef(record: HubSpotRecord, account: Account): CompanyRef {
  return { id: record.id, name: companyName(record), url: pageUrl(account, "companies", record.id) };
}

/** The company of each of these records: the one that HubSpot calls primary, else the first. */
export async function companiesOf(
  session: HubSpotSession,
  type: ObjectType,
  ids: readonly string[],
): Promise<ReadonlyMap<string, CompanyRef>> {
  const associated = await session.associated(type, ids, "companies");
  const chosen = new Map<string, string>();
  for (const [id, { to }] of associated) {
    const company = to.find(isPrimary) ?? to[0];
    if (company) chosen.set(id, company.toObjectId);
  }
  const refs = await companyRefs(session, [...chosen.values()]);
  return new Map(
    [...chosen].flatMap(([id, companyId]) => {
      const ref = refs.get(companyId);
      return ref ? [[id, ref] as const] : [];
    }),
  );
}

function isPrimary({ associationTypes }: Association): boolean {
  return associationTypes.some(({ category, label }) => category === "HUBSPOT_DEFINED" && label === "Primary");
}

/** Those that exist, by id. */
export async function companyRefs(
  session: HubSpotSession,
  ids: readonly string[],
): Promise<ReadonlyMap<string, CompanyRef>> {
  const [records, account] = await Promise.all([
    session.records("companies", ids, ["name", "domain"]),
    session.account(),
  ]);
  return new Map([...records].map(([id, record]) => [id, companyRef(record, account)]));
}

/** The one company that an argument means, by id, name or domain. Throws UserError with those that it could be. */
export async function findCompany(session: HubSpotSession, wanted: string): Promise<HubSpotRecord> {
  if (/^\d+$/.test(wanted)) return session.record("companies", wanted, companyProperties);
  const { results } = await session.search("companies", {
    query: wanted,
    filterGroups: [],
    sort: { propertyName: "name", direction: "ASCENDING" },
    properties: companyProperties,
    limit: 100,
  });
  const fold = (text: string | null | undefined) => text?.trim().toLowerCase();
  const exact = results.filter(({ properties }) =>
    [properties.name, properties.domain].some((text) => fold(text) === fold(wanted)),
  );
  const near = results.filter(({ properties: { name, domain } }) =>
    matchesWords(wanted, `${name ?? ""} ${domain ?? ""}`),
  );
  const fitting = exact.length > 0 ? exact : near;
  const [only] = fitting;
  if (only && fitting.length === 1) return only;
  if (!only)
    throw new UserError(`HubSpot has no company "${wanted}". search_companies finds companies by part of a name.`);
  const some = fitting.slice(0, 5).map((record) => `${companyName(record)} (${record.id})`);
  const rest = fitting.length > some.length ? ` and ${fitting.length - some.length} more` : "";
  throw new UserError(`company "${wanted}" fits several: ${some.join(", ")}${rest}. Give the id of one.`);
}
