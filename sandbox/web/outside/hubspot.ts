import type { PropertyDefinition } from "../../hubspot/definitions.ts";
import type { ObjectType } from "../../hubspot/object-types.ts";
import { STAGES } from "../../hubspot/portal.ts";
import type { CrmRecord } from "../../hubspot/records.ts";
import type { HubSpotChange, HubSpotStore } from "../../hubspot/store.ts";
import { BY_API, CREATED, DELETED, type Fact, type FieldChange } from "./record.ts";
import { type OutsideRecord, sinceMaking, stateOf } from "./record.ts";
import { dayWords, instantWords, moneyWords, shortened } from "./words.ts";

const KINDS: Record<ObjectType, string> = {
  deals: "Deal",
  contacts: "Contact",
  companies: "Company",
  notes: "Note",
  tasks: "CRM task",
};

/** What a person wants to know of each record first. */
const KEY_PROPERTIES: Record<ObjectType, readonly string[]> = {
  deals: ["dealstage", "amount", "closedate", "hubspot_owner_id"],
  contacts: ["email", "jobtitle", "phone", "company", "lifecyclestage", "hubspot_owner_id"],
  companies: ["domain", "lifecyclestage", "numberofemployees", "hubspot_owner_id"],
  notes: ["hs_note_body", "hs_timestamp", "hubspot_owner_id"],
  tasks: ["hs_task_status", "hs_timestamp", "hs_task_priority", "hubspot_owner_id"],
};
/** They say no more than the title does. */
const TITLE_PROPERTIES = new Set(["dealname", "name", "firstname", "lastname", "hs_task_subject"]);
/** Instants of which the day alone counts. */
const DAYS = new Set(["closedate"]);

export function hubspotRecords(store: HubSpotStore): OutsideRecord[] {
  const byRecord = Map.groupBy(store.changes, ({ type, id }) => `${type}/${id}`);
  return [...byRecord.values()].flatMap((changes) => recordOf(changes, store) ?? []);
}

function recordOf(all: readonly HubSpotChange[], store: HubSpotStore): OutsideRecord | undefined {
  const [first] = all;
  const record = first && store.records.find(first.type, first.id);
  if (!record) return undefined;
  const changes = all.flatMap((change) => fieldChange(change, record, store) ?? []);
  const last = changes.at(-1);
  // Whose computed values alone have changed was not changed by anybody.
  if (!last) return undefined;
  const state = stateOf(changes);
  return {
    kind: KINDS[record.type],
    id: `${record.type}/${record.id}`,
    title: titleOf(record, store),
    state,
    at: last.at,
    facts: factsOf(record, state === "new", store),
    changes: sinceMaking(changes),
  };
}

function fieldChange(change: HubSpotChange, record: CrmRecord, store: HubSpotStore): FieldChange | undefined {
  const { kind, field, before, after } = change;
  const told = { at: change.at, by: nameOf(change.by, store) };
  if (kind === "creation") return { ...told, label: "", before: null, after: CREATED };
  if (kind === "deletion") return { ...told, label: "", before: null, after: DELETED };
  if (kind === "associationChange") {
    const linked = linkedTitle(field, store);
    return { ...told, label: "Linked to", before: before ? linked : null, after: after ? linked : null };
  }
  const definition = store.properties.find(record.type, field);
  if (!definition || definition.isReadOnly) return undefined;
  const words = (value: string | undefined) => (value ? valueWords(definition, value, record, store) : null);
  return { ...told, label: definition.label, before: words(before), after: words(after) };
}

function factsOf(record: CrmRecord, isNew: boolean, store: HubSpotStore): Fact[] {
  const keys = KEY_PROPERTIES[record.type];
  const others = Object.keys(record.properties).filter((name) => !keys.includes(name) && !TITLE_PROPERTIES.has(name));
  return [...keys, ...(isNew ? others : [])].flatMap((name) => {
    const definition = store.properties.find(record.type, name);
    const value = record.properties[name];
    if (!definition || definition.isReadOnly || !value) return [];
    return { label: definition.label, value: valueWords(definition, value, record, store) };
  });
}

function valueWords(definition: PropertyDefinition, value: string, record: CrmRecord, store: HubSpotStore): string {
  const { name, type, options } = definition;
  if (name === "hubspot_owner_id") return ownerName(value, store);
  if (name === "amount" && record.properties.deal_currency_code) {
    return moneyWords(Number(value), record.properties.deal_currency_code);
  }
  if (type === "enumeration") return options.find((option) => option.value === value)?.label ?? value;
  if (type === "date" || DAYS.has(name)) return dayWords(value.slice(0, 10));
  if (type === "datetime") return instantWords(value, store.world.companyTimeZone);
  if (type === "number") return Number(value).toLocaleString("en-US");
  return shortened(name.endsWith("_body") ? withoutMarkup(value) : value);
}

const withoutMarkup = (html: string): string =>
  html
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();

function titleOf({ type, id, properties }: CrmRecord, store: HubSpotStore): string {
  const { dealname, name, firstname, lastname, email, hs_task_subject: subject } = properties;
  if (type === "contacts") return [firstname, lastname].filter(Boolean).join(" ") || (email ?? id);
  if (type === "notes") return `Note on ${notedTitle(id, store) ?? "nothing"}`;
  return dealname ?? name ?? subject ?? id;
}

/** What a note is about: the deal before all. */
function notedTitle(noteId: string, store: HubSpotStore): string | undefined {
  for (const type of ["deals", "companies", "contacts"] as const) {
    const [target] = store.associated("notes", noteId, type);
    const record = target && store.find(type, target.id);
    if (record) return titleOf(record, store);
  }
  return undefined;
}

/** `field` is "companies/123". */
function linkedTitle(field: string, store: HubSpotStore): string {
  const [type = "", id = ""] = field.split("/");
  const record = store.records.find(type as ObjectType, id);
  return record ? titleOf(record, store) : field;
}

function ownerName(ownerId: string, store: HubSpotStore): string {
  const owner = store.owners.find(({ id }) => id === ownerId);
  return owner ? `${owner.firstName} ${owner.lastName}`.trim() : ownerId;
}

function nameOf(by: string, store: HubSpotStore): string {
  if (by === "api") return BY_API;
  const owner = store.owners.find(({ email }) => email === by);
  return owner ? ownerName(owner.id, store) : by;
}

/** Deals whose name or owner contains the text, open ones and early dates first, and what a change may choose from. */
export function findDeals(store: HubSpotStore, search: string) {
  const wanted = search.toLowerCase();
  const deals = store
    .all("deals")
    .map((record) => dealRow(record, store))
    .filter(({ name, owner }) => `${name}\n${owner}`.toLowerCase().includes(wanted))
    .toSorted((a, b) => Number(a.isClosed) - Number(b.isClosed) || a.closeDay.localeCompare(b.closeDay));
  const reasons = store.properties.find("deals", "closed_lost_reason")?.options ?? [];
  return { total: deals.length, rows: deals, stages: STAGES.map(({ id, label }) => ({ id, label })), reasons };
}

function dealRow({ id, properties: values }: CrmRecord, store: HubSpotStore) {
  const stage = STAGES.find((one) => one.id === values.dealstage);
  const owner = store.owners.find((one) => one.id === values.hubspot_owner_id);
  const closeDay = values.closedate?.slice(0, 10) ?? "";
  const { amount, deal_currency_code: currency } = values;
  return {
    id,
    name: values.dealname ?? id,
    stageId: stage?.id ?? "",
    stage: stage?.label ?? "",
    isClosed: stage?.isClosed ?? false,
    amount: amount === undefined || currency === undefined ? "" : moneyWords(Number(amount), currency),
    owner: owner ? ownerName(owner.id, store) : "nobody",
    ownerId: owner?.personId,
    closeDay,
    closes: closeDay && dayWords(closeDay),
    lostReason: values.closed_lost_reason ?? "",
  };
}
