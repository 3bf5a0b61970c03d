import type { AssociationBook } from "./associations.ts";
import type { ObjectType } from "./object-types.ts";
import type { CrmRecord, RecordBook } from "./records.ts";

interface Books {
  records: RecordBook;
  associations: AssociationBook;
}

/** Types of records that say when something was last done about them. */
export const WITH_ACTIVITY: readonly ObjectType[] = ["contacts", "companies", "deals"];

/** What HubSpot computes of a record from those it is linked to; empty for none. */
export function linkedValues(books: Books, { type, id }: CrmRecord): Record<string, string> {
  if (!WITH_ACTIVITY.includes(type)) return {};
  const activity = { notes_last_updated: lastActivity(books, type, id) };
  return type === "contacts" ? { ...activity, associatedcompanyid: primaryCompany(books, id) } : activity;
}

function primaryCompany({ associations }: Books, contactId: string): string {
  const companies = associations.of("contacts", contactId, "companies");
  return companies.find(({ types }) => types.some(({ label }) => label === "Primary"))?.id ?? "";
}

/** The time of the latest note or finished task: an instant that somebody gave it, not when it was written. */
function lastActivity({ records, associations }: Books, type: ObjectType, id: string): string {
  const linked = (["notes", "tasks"] as const).flatMap((activity) =>
    associations.of(type, id, activity).flatMap((target) => records.find(activity, target.id) ?? []),
  );
  const done = linked.filter(
    (record) =>
      record.archivedAt === undefined && (record.type === "notes" || record.properties.hs_task_status === "COMPLETED"),
  );
  const latest = done
    .map(({ properties }) => properties.hs_timestamp ?? "")
    .toSorted(byInstant)
    .at(-1);
  return latest ?? "";
}

function byInstant(a: string, b: string): number {
  return Date.parse(a) - Date.parse(b);
}
