import { invalid, missingScopes } from "./errors.ts";

export type ObjectType = "contacts" | "companies" | "deals" | "notes" | "tasks";

export interface ObjectKind {
  type: ObjectType;
  /** HubSpot's number for it: "0-1". */
  typeId: string;
  singular: string;
  /** The middle of its scopes: notes and tasks are read and written with those of contacts. */
  scope: "contacts" | "companies" | "deals";
  /** The properties that hold when it was made and last changed. */
  created: string;
  modified: string;
  /** What an answer holds where no properties are asked for, by the table of HubSpot's search guide. */
  defaults: readonly string[];
  /** Where `query` looks, by the same guide. */
  searchable: readonly string[];
  /** Groups of properties of which each needs one, for a record to be made. */
  required: readonly (readonly string[])[];
}

export const OBJECT_KINDS: Readonly<Record<ObjectType, ObjectKind>> = {
  contacts: {
    type: "contacts",
    typeId: "0-1",
    singular: "contact",
    scope: "contacts",
    created: "createdate",
    modified: "lastmodifieddate",
    defaults: ["email", "firstname", "lastname"],
    searchable: ["firstname", "lastname", "email", "phone", "mobilephone", "company"],
    required: [["email", "firstname", "lastname"]],
  },
  companies: {
    type: "companies",
    typeId: "0-2",
    singular: "company",
    scope: "companies",
    created: "createdate",
    modified: "hs_lastmodifieddate",
    defaults: ["name", "domain"],
    searchable: ["website", "phone", "name", "domain"],
    required: [["name", "domain"]],
  },
  deals: {
    type: "deals",
    typeId: "0-3",
    singular: "deal",
    scope: "deals",
    created: "createdate",
    modified: "hs_lastmodifieddate",
    defaults: ["dealname", "amount", "closedate", "pipeline", "dealstage"],
    searchable: ["dealname", "pipeline", "dealstage", "description", "dealtype"],
    required: [["dealname"], ["dealstage"]],
  },
  notes: {
    type: "notes",
    typeId: "0-46",
    singular: "note",
    scope: "contacts",
    created: "hs_createdate",
    modified: "hs_lastmodifieddate",
    defaults: [],
    searchable: ["hs_note_body"],
    required: [["hs_timestamp"]],
  },
  tasks: {
    type: "tasks",
    typeId: "0-27",
    singular: "task",
    scope: "contacts",
    created: "hs_createdate",
    modified: "hs_lastmodifieddate",
    defaults: [],
    searchable: ["hs_task_subject", "hs_task_body"],
    required: [["hs_timestamp"]],
  },
};

const KINDS = Object.values(OBJECT_KINDS);

/** Types of HubSpot that this portal does not use: the key has no scope for them. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  tickets: "tickets",
  products: "e-commerce",
  line_items: "crm.objects.line_items.read",
  quotes: "crm.objects.quotes.read",
  leads: "crm.objects.leads.read",
  users: "crm.objects.users.read",
  orders: "crm.objects.orders.read",
  services: "crm.objects.services.read",
  courses: "crm.objects.courses.read",
  listings: "crm.objects.listings.read",
  appointments: "crm.objects.appointments.read",
  subscriptions: "crm.objects.subscriptions.read",
  marketing_events: "crm.objects.marketing_events.read",
};

/** The kind that a path names, by plural, singular or number. */
export function kindOf(name: string): ObjectKind {
  const wanted = name.toLowerCase();
  const found = KINDS.find((kind) => [kind.type, kind.singular, kind.typeId].includes(wanted));
  if (found) return found;
  const scope = ELSEWHERE[wanted] ?? ELSEWHERE[`${wanted}s`];
  if (scope) throw missingScopes([scope]);
  throw invalid(`Unable to infer object type from: ${name}`);
}
