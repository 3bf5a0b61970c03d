import type { Context, Hono } from "hono";
import { type AssociationType, defaultType, type Target, typesBetween, v3Name } from "./associations.ts";
import { answer } from "./batch-routes.ts";
import { invalid } from "./errors.ts";
import { kindOf, type ObjectKind } from "./object-types.ts";
import { type Fields, isFields, queryLimit, readBody, readJson, readList, readText, readTypes } from "./requests.ts";
import { type HubSpotEnv, type HubSpotStore, recordAt } from "./store.ts";
import { DATED, nextPage } from "./views.ts";

/**
 * The dated paths follow HubSpot's description of 2026-03, which has them all; that of 2026-09 as published in August 2026
 * leaves out the list of one record's associations, which its guide of that version still names.
 */
const RECORD_BASES = ["/crm/v4/objects", `/crm/objects/${DATED}`] as const;
const PAIR_BASES = ["/crm/v4/associations", "/crm/associations/v4", `/crm/associations/${DATED}`] as const;
const MOST_READ = 1000;
const MOST_WRITTEN = 2000;

export function associationRoutes(app: Hono<HubSpotEnv>, store: HubSpotStore): void {
  for (const base of RECORD_BASES) recordRoutes(app, store, base);
  for (const base of PAIR_BASES) {
    app.get(`${base}/:type/:toType/labels`, (c) => {
      const [from, to] = pairOf(c, store, "read");
      return c.json({ results: typesBetween(from.type, to.type).map(specOf) });
    });
    app.post(`${base}/:type/:toType/batch/read`, (c) => batchRead(c, store));
    app.post(`${base}/:type/:toType/batch/create`, (c) => batchCreate(c, store));
    app.post(`${base}/:type/:toType/batch/archive`, (c) => batchArchive(c, store));
    app.post(`${base}/:type/:toType/batch/associate/default`, (c) => batchDefault(c, store));
  }
  app.get("/crm/v3/objects/:type/:id/associations/:toType", (c) => {
    const { targets, paging } = pageOfTargets(c, store);
    const results = targets.flatMap(({ id, types }) => types.map((type) => ({ id, type: v3Name(type) })));
    return c.json({ results, ...paging });
  });
}

function recordRoutes(app: Hono<HubSpotEnv>, store: HubSpotStore, base: string): void {
  app.get(`${base}/:type/:id/associations/:toType`, (c) => {
    const { targets, paging } = pageOfTargets(c, store);
    return c.json({ results: targets.map((target) => targetView(c, target)), ...paging });
  });

  app.put(`${base}/:type/:id/associations/default/:toType/:toId`, (c) => {
    const [from, to] = pairOf(c, store, "write");
    const type = defaultType(from.type, to.type);
    const { id, toId } = c.req.param() as Record<string, string>;
    const results = associateDefault(store, type, id ?? "", toId ?? "");
    return answer(c, store, results, []);
  });

  app.put(`${base}/:type/:id/associations/:toType/:toId`, async (c) => {
    const [from, to] = pairOf(c, store, "write");
    const types = readTypes(from, to, await readJson(c));
    const { id = "", toId = "" } = c.req.param() as Record<string, string>;
    recordAt(store, from, id);
    for (const type of types) store.associate(type, id, toId, "api");
    return c.json(linkView(from, to, id, toId, types), 201);
  });

  app.delete(`${base}/:type/:id/associations/:toType/:toId`, (c) => {
    const [from, to] = pairOf(c, store, "write");
    const { id = "", toId = "" } = c.req.param() as Record<string, string>;
    store.dissociate(from.type, id, to.type, toId, "api");
    return c.body(null, 204);
  });
}

/** The two kinds of the path; writing needs the right to write the first. */
function pairOf(c: Context, store: HubSpotStore, access: "read" | "write"): [ObjectKind, ObjectKind] {
  const from = kindOf(c.req.param("type") ?? "");
  const to = kindOf(c.req.param("toType") ?? "");
  store.needScope(`crm.objects.${from.scope}.${access}`);
  store.needScope(`crm.objects.${to.scope}.read`);
  return [from, to];
}

function pageOfTargets(c: Context, store: HubSpotStore) {
  const [from, to] = pairOf(c, store, "read");
  const { id } = recordAt(store, from, c.req.param("id") ?? "");
  const limit = queryLimit(c, 500, 500);
  const after = Number(c.req.query("after") ?? 0);
  if (!Number.isInteger(after) || after < 0) throw invalid(`Invalid after: ${after}`);
  const all = store.associated(from.type, id, to.type);
  const hasMore = all.length > after + limit;
  return {
    targets: all.slice(after, after + limit),
    paging: hasMore ? { paging: nextPage(c, String(after + limit)) } : {},
  };
}

function specOf({ category, typeId, label }: AssociationType) {
  return { category, typeId, label };
}

/** The id is a number in v4, as its guide shows, and a string in the dated versions, as their description says. */
function targetView(c: Context, { id, types }: Target) {
  return { toObjectId: c.req.param("version") ? id : Number(id), associationTypes: types.map(specOf) };
}

function linkView(from: ObjectKind, to: ObjectKind, id: string, toId: string, types: readonly AssociationType[]) {
  return {
    fromObjectTypeId: from.typeId,
    fromObjectId: id,
    toObjectTypeId: to.typeId,
    toObjectId: toId,
    labels: types.flatMap(({ label }) => label ?? []),
  };
}

/** Both directions, as HubSpot tells them. */
function associateDefault(store: HubSpotStore, type: AssociationType, fromId: string, toId: string) {
  store.associate(type, fromId, toId, "api");
  const spec = (typeId: number) => ({ associationCategory: type.category, associationTypeId: typeId });
  return [
    { from: { id: fromId }, to: { id: toId }, associationSpec: spec(type.typeId) },
    { from: { id: toId }, to: { id: fromId }, associationSpec: spec(type.inverseId) },
  ];
}

/** A record that has none is an error among the results, with 207: so HubSpot says that there is nothing. */
async function batchRead(c: Context, store: HubSpotStore): Promise<Response> {
  const [from, to] = pairOf(c, store, "read");
  const inputs = readList(await readBody(c, "inputs"), "inputs", MOST_READ, "association reads", "id");
  const read = inputs.map(({ id }) => ({
    id: String(id),
    targets: store.find(from.type, String(id)) ? store.associated(from.type, String(id), to.type) : [],
  }));
  const results = read
    .filter(({ targets }) => targets.length > 0)
    .map(({ id, targets }) => ({ from: { id }, to: targets.map((target) => targetView(c, target)) }));
  const errors = read
    .filter(({ targets }) => targets.length === 0)
    .map(({ id }) => ({
      status: "error" as const,
      category: "OBJECT_NOT_FOUND",
      subCategory: "crm.associations.NO_ASSOCIATIONS_FOUND",
      message: `No ${to.singular} is associated with ${from.singular} ${id}.`,
      context: { fromObjectId: [id], fromObjectType: [from.singular], toObjectType: [to.singular] },
    }));
  return answer(c, store, results, errors);
}

async function batchCreate(c: Context, store: HubSpotStore): Promise<Response> {
  const [from, to] = pairOf(c, store, "write");
  const inputs = readList(
    await readBody(c, "inputs"),
    "inputs",
    MOST_WRITTEN,
    "association creates",
    "from",
    "to",
    "types",
  );
  const links = inputs.map((input) => ({ ...endsOf(input), types: readTypes(from, to, input.types) }));
  const results = links.map(({ fromId, toId, types }) => {
    for (const type of types) store.associate(type, fromId, toId, "api");
    return linkView(from, to, fromId, toId, types);
  });
  return answer(c, store, results, [], 201);
}

async function batchDefault(c: Context, store: HubSpotStore): Promise<Response> {
  const [from, to] = pairOf(c, store, "write");
  const type = defaultType(from.type, to.type);
  const inputs = readList(await readBody(c, "inputs"), "inputs", MOST_WRITTEN, "association creates", "from", "to");
  const results = inputs.map(endsOf).flatMap(({ fromId, toId }) => associateDefault(store, type, fromId, toId));
  return answer(c, store, results, []);
}

async function batchArchive(c: Context, store: HubSpotStore): Promise<Response> {
  const [from, to] = pairOf(c, store, "write");
  const inputs = readList(await readBody(c, "inputs"), "inputs", MOST_WRITTEN, "association archives", "from", "to");
  for (const input of inputs) {
    const fromId = idOf(input.from);
    const targets: unknown[] = Array.isArray(input.to) ? input.to : [input.to];
    for (const target of targets) store.dissociate(from.type, fromId, to.type, idOf(target), "api");
  }
  return c.body(null, 204);
}

function endsOf(input: Fields): { fromId: string; toId: string } {
  return { fromId: idOf(input.from), toId: idOf(input.to) };
}

function idOf(value: unknown): string {
  return readText(isFields(value) ? value.id : undefined, "id");
}
