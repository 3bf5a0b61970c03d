import type { Context } from "hono";
import { v3Name } from "./associations.ts";
import { kindOf, OBJECT_KINDS } from "./object-types.ts";
import { PORTAL_ID, UI_DOMAIN } from "./portal.ts";
import type { CrmRecord } from "./records.ts";
import type { HubSpotStore } from "./store.ts";
import { writeInstant } from "./values.ts";

/** What of a record is to be shown. */
export interface Selection {
  /** The type's own defaults where none are named. */
  properties: readonly string[];
  history?: readonly string[];
  /** Types whose ids are to be told; only reading one record and listing them have it. */
  associations?: readonly string[];
}

/** The versions of the API that are named after a month, as part of a path; the latest is the one to use. */
export const DATED = ":version{2025-09|2026-03|2026-09}";

/** Whether the administrator's rules count for the version that was called. */
export function isStrict(c: Context): boolean {
  return c.req.param("version") === "2026-09";
}

/**
 * A record as its API shows it. Asked-for properties that have no value are null, those that do not exist are left out. The
 * dated versions add the page's address (`url` in HubSpot's description of 2026-09).
 */
export function objectView(c: Context, store: HubSpotStore, record: CrmRecord, selection: Selection) {
  const { type, id, createdAt, updatedAt, archivedAt } = record;
  const { typeId } = OBJECT_KINDS[type];
  const links = linksOf(c, store, record, selection.associations ?? []);
  return {
    id,
    properties: propertiesOf(store, record, selection.properties),
    ...(selection.history?.length ? { propertiesWithHistory: historyOf(record, selection.history) } : {}),
    createdAt: writeInstant(createdAt),
    updatedAt: writeInstant(updatedAt),
    archived: archivedAt !== undefined,
    ...(archivedAt === undefined ? {} : { archivedAt: writeInstant(archivedAt) }),
    ...(Object.keys(links).length > 0 ? { associations: links } : {}),
    ...(c.req.param("version") ? { url: `https://${UI_DOMAIN}/contacts/${PORTAL_ID}/record/${typeId}/${id}` } : {}),
  };
}

function propertiesOf(store: HubSpotStore, record: CrmRecord, wanted: readonly string[]) {
  const { defaults, created, modified } = OBJECT_KINDS[record.type];
  const names = new Set([...(wanted.length > 0 ? wanted : defaults), created, modified, "hs_object_id"]);
  const known = [...names].filter((name) => store.properties.find(record.type, name)).toSorted();
  return Object.fromEntries(known.map((name) => [name, record.properties[name] ?? null]));
}

function historyOf(record: CrmRecord, names: readonly string[]) {
  const past = (name: string) =>
    record.history.get(name) ??
    (record.properties[name] === undefined
      ? []
      : [{ value: record.properties[name], at: record.createdAt, by: "IMPORT" }]);
  return Object.fromEntries(
    names.map((name) => [
      name,
      past(name).map(({ value, at, by }) => ({
        value,
        timestamp: writeInstant(at),
        sourceType: by === "api" ? "INTEGRATION" : by === "IMPORT" ? "IMPORT" : "CRM_UI",
      })),
    ]),
  );
}

/** Types without a link are left out. A deal's primary company stands twice, under both of its names. */
function linksOf(c: Context, store: HubSpotStore, { type, id }: CrmRecord, wanted: readonly string[]) {
  const links: Record<string, { results: { id: string; type: string }[] }> = {};
  for (const name of wanted) {
    const to = kindOf(name);
    store.needScope(`crm.objects.${to.scope}.read`);
    const results = store
      .associated(type, id, to.type)
      .flatMap((target) => target.types.map((linkType) => ({ id: target.id, type: v3Name(linkType) })));
    if (results.length > 0) links[to.type] = { results };
  }
  return links;
}

/** The address of the next page, as HubSpot gives it besides the cursor. */
export function nextPage(c: Context, after: string) {
  const url = new URL(c.req.url);
  url.searchParams.set("after", after);
  return { next: { after, link: url.toString() } };
}
