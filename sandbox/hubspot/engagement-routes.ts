/** The engagements API, v1: notes and tasks as they were written before they became objects. HubSpot's own MCP server uses it. */
import type { Context, Hono } from "hono";
import { defaultType } from "./associations.ts";
import { invalid, notFound } from "./errors.ts";
import { OBJECT_KINDS, type ObjectType } from "./object-types.ts";
import { PORTAL_ID } from "./portal.ts";
import type { CrmRecord } from "./records.ts";
import { type Fields, isFields, readBody } from "./requests.ts";
import type { HubSpotEnv, HubSpotStore, Link } from "./store.ts";

const PATH = "/engagements/v1/engagements";
const LINKED: readonly [field: string, type: ObjectType][] = [
  ["contactIds", "contacts"],
  ["companyIds", "companies"],
  ["dealIds", "deals"],
];
/** What `metadata` calls the properties of a type. */
const FIELDS: Readonly<Record<"notes" | "tasks", Readonly<Record<string, string>>>> = {
  notes: { body: "hs_note_body" },
  tasks: { body: "hs_task_body", subject: "hs_task_subject", status: "hs_task_status" },
};

export function engagementRoutes(app: Hono<HubSpotEnv>, store: HubSpotStore): void {
  app.post(PATH, async (c) => {
    store.needScope("crm.objects.contacts.write");
    const body = await readBody(c, "engagement");
    const engagement = isFields(body.engagement) ? body.engagement : {};
    const type = typeOf(engagement.type);
    const links = linksOf(type, isFields(body.associations) ? body.associations : {});
    const given = propertiesOf(type, engagement, isFields(body.metadata) ? body.metadata : {});
    given.hs_timestamp ??= String(store.now());
    const record = store.create(OBJECT_KINDS[type], given, links, { by: "api", isStrict: false });
    return c.json(view(store, record));
  });

  app.get(`${PATH}/:id`, (c) => {
    store.needScope("crm.objects.contacts.read");
    return c.json(view(store, wanted(c, store)));
  });

  app.patch(`${PATH}/:id`, async (c) => {
    store.needScope("crm.objects.contacts.write");
    const record = wanted(c, store);
    const body = await readBody(c);
    const type = kindOfRecord(record);
    const engagement = isFields(body.engagement) ? body.engagement : {};
    const given = propertiesOf(type, engagement, isFields(body.metadata) ? body.metadata : {});
    store.update(record, given, { by: "api", isStrict: false });
    for (const link of linksOf(type, isFields(body.associations) ? body.associations : {})) {
      store.associate(link.type, record.id, link.toId, "api");
    }
    return c.json(view(store, record));
  });
}

function typeOf(name: unknown): "notes" | "tasks" {
  if (name === "NOTE") return "notes";
  if (name === "TASK") return "tasks";
  throw invalid(`Engagements of type ${String(name)} are not supported`);
}

function wanted(c: Context, store: HubSpotStore): CrmRecord {
  const id = c.req.param("id") ?? "";
  const record = store.find("notes", id) ?? store.find("tasks", id);
  if (!record) throw notFound();
  return record;
}

const kindOfRecord = ({ type }: CrmRecord): "notes" | "tasks" => (type === "tasks" ? "tasks" : "notes");

function propertiesOf(type: "notes" | "tasks", engagement: Fields, metadata: Fields): Record<string, unknown> {
  const named = Object.entries(FIELDS[type]).map(([field, property]) => [property, metadata[field]]);
  const given = [...named, ["hubspot_owner_id", engagement.ownerId], ["hs_timestamp", engagement.timestamp]];
  return Object.fromEntries(given.filter(([, value]) => value !== undefined)) as Record<string, unknown>;
}

function linksOf(type: ObjectType, associations: Fields): Link[] {
  return LINKED.flatMap(([field, to]) => {
    const ids: unknown[] = Array.isArray(associations[field]) ? associations[field] : [];
    return ids.map((id) => ({ type: defaultType(type, to), toId: String(id) }));
  });
}

function view(store: HubSpotStore, record: CrmRecord) {
  const type = kindOfRecord(record);
  const { properties, id, createdAt, updatedAt } = record;
  const ids = (to: ObjectType): number[] => store.associated(type, id, to).map((target) => Number(target.id));
  return {
    engagement: {
      id: Number(id),
      portalId: PORTAL_ID,
      active: true,
      createdAt,
      lastUpdated: updatedAt,
      ...(properties.hubspot_owner_id ? { ownerId: Number(properties.hubspot_owner_id) } : {}),
      type: OBJECT_KINDS[type].singular.toUpperCase(),
      timestamp: Date.parse(properties.hs_timestamp ?? ""),
    },
    associations: { ...Object.fromEntries(LINKED.map(([field, to]) => [field, ids(to)])), ownerIds: [], ticketIds: [] },
    metadata: Object.fromEntries(
      Object.entries(FIELDS[type]).map(([field, property]) => [field, properties[property]]),
    ),
  };
}
