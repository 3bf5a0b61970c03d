import { HOME_CURRENCY } from "../world/currencies.ts";
import type { Crm, CrmDeal } from "../world/crm-types.ts";
import type { Account, Deal, World } from "../world/types.ts";
import { type AssociationBook, defaultType, typesBetween } from "./associations.ts";
import { deriveDeal } from "./deal-rules.ts";
import { linkedValues, WITH_ACTIVITY } from "./linked-values.ts";
import type { ObjectType } from "./object-types.ts";
import { PIPELINE_ID, STAGES } from "./portal.ts";
import type { CrmRecord, RecordBook } from "./records.ts";
import { writeInstant } from "./values.ts";

interface Books {
  records: RecordBook;
  associations: AssociationBook;
}

type Values = Record<string, string | number | undefined>;

/** Writes the world's accounts, contacts and deals, with the CRM's own data, into empty books. */
export function seedRecords(world: World, books: Books): void {
  for (const account of world.accounts) seedAccount(world, account, books);
  for (const deal of world.deals) seedDeal(world, deal, books);
  seedEngagements(world, books);
  for (const record of WITH_ACTIVITY.flatMap((type) => books.records.all(type))) {
    for (const [name, value] of Object.entries(linkedValues(books, record))) if (value) record.properties[name] = value;
    books.records.seed(record);
  }
}

function seedAccount(world: World, account: Account, { records, associations }: Books): void {
  const { crm } = world;
  const company = found(
    crm.companies.find(({ accountId }) => accountId === account.id),
    account.name,
  );
  const owner = crm.owners[account.ownerId]?.ownerId;
  const place = { city: account.city, state: company.state, country: company.country };
  records.seed(
    recordOf("companies", account.id, company.createdAt, {
      name: account.name,
      domain: account.domain,
      website: `https://${account.domain}`,
      phone: company.phone,
      industry: "REAL_ESTATE",
      ...place,
      numberofemployees: company.employees,
      lifecyclestage: company.lifecycleStage,
      hubspot_owner_id: owner,
      segment: account.industry,
      units_managed: account.units,
      property_system: account.propertySystem,
      incumbent_provider: account.incumbent,
    }),
  );
  for (const { id, name, email, title } of account.contacts) {
    const extra = found(
      crm.contacts.find(({ contactId }) => contactId === id),
      name,
    );
    const [firstname = "", ...rest] = name.split(" ");
    records.seed(
      recordOf("contacts", id, extra.createdAt, {
        email,
        firstname,
        lastname: rest.join(" "),
        jobtitle: title,
        phone: extra.phone,
        company: account.name,
        website: `https://${account.domain}`,
        ...place,
        lifecyclestage: extra.lifecycleStage,
        hubspot_owner_id: owner,
      }),
    );
    associations.add(defaultType("contacts", "companies"), id, account.id);
  }
}

function seedDeal({ crm }: World, deal: Deal, { records, associations }: Books): void {
  const extra = found(
    crm.deals.find(({ dealId }) => dealId === deal.id),
    deal.name,
  );
  const record = recordOf("deals", deal.id, extra.createdAt, valuesOfDeal(crm, deal, extra), extra.stageSince);
  deriveDeal(record.properties, undefined, Date.parse(extra.stageSince));
  records.seed(record);
  associations.add(defaultType("deals", "companies"), deal.id, deal.accountId);
  for (const contactId of extra.contactIds) associations.add(defaultType("deals", "contacts"), deal.id, contactId);
  const decider = typesBetween("deals", "contacts").find(({ label }) => label === "Decision maker");
  const [first] = extra.contactIds;
  if (decider && first) associations.add(decider, deal.id, first);
}

function valuesOfDeal(crm: Crm, deal: Deal, extra: CrmDeal): Values {
  return {
    dealname: deal.name,
    amount: deal.amount,
    deal_currency_code: deal.currency || HOME_CURRENCY,
    // As somebody at the seat of the company picks a day: at midday there, so that the day is the same in UTC.
    closedate: `${deal.closeDate}T17:00:00Z`,
    pipeline: PIPELINE_ID,
    dealstage: STAGES.find(({ worldStage }) => worldStage === deal.stage)?.id,
    dealtype: extra.isNewBusiness ? "newbusiness" : "existingbusiness",
    hubspot_owner_id: crm.owners[deal.ownerId]?.ownerId,
    units: deal.units,
    unit_price: (deal.unitPrice / 100).toFixed(2),
    go_live_date: extra.goLiveDate,
    closed_lost_reason: extra.lostReason,
  };
}

function seedEngagements({ crm, deals }: World, books: Books): void {
  for (const note of crm.notes) {
    const values = {
      hs_note_body: note.body,
      hs_timestamp: writeInstant(Date.parse(note.writtenAt)),
      hubspot_owner_id: crm.owners[note.authorId]?.ownerId,
    };
    books.records.seed(recordOf("notes", note.id, note.writtenAt, values));
    attach("notes", note);
  }
  for (const task of crm.tasks) {
    const values = {
      hs_task_subject: task.subject,
      hs_task_body: task.body,
      hs_task_type: task.type,
      hs_task_priority: task.priority,
      hs_task_status: task.isDone ? "COMPLETED" : "NOT_STARTED",
      hs_timestamp: writeInstant(Date.parse(task.dueAt)),
      hubspot_owner_id: crm.owners[task.ownerId]?.ownerId,
    };
    books.records.seed(recordOf("tasks", task.id, task.createdAt, values));
    attach("tasks", task);
  }

  function attach(
    type: ObjectType,
    { id, dealId, contactId }: { id: string; dealId: string; contactId: string },
  ): void {
    const accountId = deals.find((deal) => deal.id === dealId)?.accountId;
    books.associations.add(defaultType(type, "deals"), id, dealId);
    books.associations.add(defaultType(type, "contacts"), id, contactId);
    if (accountId) books.associations.add(defaultType(type, "companies"), id, accountId);
  }
}

function recordOf(type: ObjectType, id: string, createdAt: string, values: Values, updatedAt = createdAt): CrmRecord {
  const held = Object.entries(values).filter(([, value]) => value !== undefined && value !== "");
  return {
    type,
    id,
    properties: Object.fromEntries(held.map(([name, value]) => [name, String(value)])),
    createdAt: Date.parse(createdAt),
    updatedAt: Date.parse(updatedAt),
    history: new Map(),
  };
}

function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new RangeError(`the CRM does not know ${name}`);
  return value;
}
