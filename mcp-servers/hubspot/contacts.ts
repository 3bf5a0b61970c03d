import { z } from "zod";
import { UserError } from "../../src/core/errors.ts";
import type { HubSpotRecord } from "./answers.ts";
import { companiesOf, type CompanyRef } from "./companies.ts";
import { companyRefOutput } from "./arguments.ts";
import { isoOf } from "./dates.ts";
import { pageUrl } from "./directory.ts";
import { ownerOutput, presentOwner } from "./owners.ts";
import type { HubSpotSession } from "./session.ts";

export const contactProperties = [
  "firstname",
  "lastname",
  "email",
  "phone",
  "jobtitle",
  "company",
  "lifecyclestage",
  "hubspot_owner_id",
  "notes_last_updated",
] as const;

export const contactOutput = z.strictObject({
  id: z.string(),
  name: z.string(),
  url: z.string().describe("The contact's page in HubSpot"),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  job_title: z.string().nullable(),
  company: companyRefOutput.nullable().describe("The company that the contact is associated with"),
  company_text: z.string().nullable().describe("What the contact's own field says, where no company is associated"),
  lifecycle_stage: z.string().nullable(),
  owner: ownerOutput,
  last_activity_at: z.string().nullable().describe("ISO 8601"),
});

export const contactRefOutput = z.strictObject({
  id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  job_title: z.string().nullable(),
  url: z.string(),
});

export function contactName({ id, properties: { firstname, lastname, email } }: HubSpotRecord): string {
  return [firstname, lastname].filter(Boolean).join(" ") || email || `Contact ${id}`;
}

/** How each of these contacts is shown. `companies`: by contact id, where they are known already. */
export async function contactPresenter(
  session: HubSpotSession,
  records: readonly HubSpotRecord[],
  companies?: ReadonlyMap<string, CompanyRef>,
): Promise<(record: HubSpotRecord) => z.output<typeof contactOutput>> {
  const ids = records.map(({ id }) => id);
  const [known, owners, account] = await Promise.all([
    companies ?? companiesOf(session, "contacts", ids),
    session.ownersById(records.map(({ properties }) => properties.hubspot_owner_id)),
    session.account(),
  ]);
  return (record) => {
    const { id, properties } = record;
    const company = known.get(id) ?? null;
    return {
      id,
      name: contactName(record),
      url: pageUrl(account, "contacts", id),
      email: properties.email || null,
      phone: properties.phone || null,
      job_title: properties.jobtitle || null,
      company,
      company_text: company ? null : properties.company || null,
      lifecycle_stage: properties.lifecyclestage || null,
      owner: presentOwner(owners.get(properties.hubspot_owner_id ?? "")),
      last_activity_at: isoOf(properties.notes_last_updated),
    };
  };
}

/** In the order of `ids`; those that do not exist are left out. */
export async function contactRefs(
  session: HubSpotSession,
  ids: readonly string[],
): Promise<z.output<typeof contactRefOutput>[]> {
  const [records, account] = await Promise.all([
    session.records("contacts", ids, ["firstname", "lastname", "email", "jobtitle"]),
    session.account(),
  ]);
  return ids.flatMap((id) => {
    const record = records.get(id);
    if (!record) return [];
    const { email, jobtitle } = record.properties;
    const url = pageUrl(account, "contacts", id);
    return [{ id, name: contactName(record), email: email || null, job_title: jobtitle || null, url }];
  });
}

/** By id or e-mail address, of which one has to be given. Throws UserError. */
export async function findContact(
  session: HubSpotSession,
  { contact_id, email }: { contact_id?: string | undefined; email?: string | undefined },
  properties: readonly string[],
): Promise<HubSpotRecord> {
  if (contact_id !== undefined && email !== undefined) throw new UserError("Give contact_id or email, not both.");
  if (contact_id !== undefined) return session.record("contacts", contact_id, properties);
  if (email === undefined) throw new UserError("Give contact_id or email; get_contacts finds contacts by name.");
  return session.record("contacts", email, properties, "email");
}
