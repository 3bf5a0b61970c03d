import type { Context, Hono } from "hono";
import { invalid } from "./errors.ts";
import { kindFor, OBJECT_BASES } from "./object-routes.ts";
import { type ObjectKind, OBJECT_KINDS } from "./object-types.ts";
import type { CrmRecord } from "./records.ts";
import { readBody, readLinks, readList, readProperties, readStrings } from "./requests.ts";
import type { HubSpotEnv, HubSpotStore } from "./store.ts";
import { writeInstant } from "./values.ts";
import { isStrict, objectView } from "./views.ts";

const MOST = 100;
/** Of reads that ask for history. */
const MOST_WITH_HISTORY = 50;

export function batchRoutes(app: Hono<HubSpotEnv>, store: HubSpotStore): void {
  for (const base of OBJECT_BASES) {
    app.post(`${base}/:type/batch/read`, (c) => read(c, store));
    app.post(`${base}/:type/batch/create`, (c) => create(c, store));
    app.post(`${base}/:type/batch/update`, (c) => update(c, store));
    app.post(`${base}/:type/batch/upsert`, (c) => upsert(c, store));
    app.post(`${base}/:type/batch/archive`, async (c) => {
      const kind = kindFor(c, store, "write");
      const inputs = readList(await readBody(c, "inputs"), "inputs", MOST, "object archives", "id");
      for (const { id } of inputs) {
        const record = store.find(kind.type, String(id));
        if (record) store.archive(record, "api");
      }
      return c.body(null, 204);
    });
  }
}

async function read(c: Context, store: HubSpotStore): Promise<Response> {
  const kind = kindFor(c, store, "read");
  const body = await readBody(c, "inputs");
  const properties = readStrings(body.properties, "properties");
  const history = readStrings(body.propertiesWithHistory, "propertiesWithHistory");
  const most = history.length > 0 ? MOST_WITH_HISTORY : MOST;
  const what = history.length > 0 ? "property histories" : "object reads";
  const ids = readList(body, "inputs", most, what, "id").map(({ id }) => String(id));
  const isArchived = c.req.query("archived") === "true";
  const find = finder(store, kind, body.idProperty, isArchived);
  const records = [...new Set(ids)].flatMap((id) => find(id) ?? []);
  const missing = ids.filter((id) => !find(id));
  return answer(
    c,
    store,
    records.map((record) => objectView(c, store, record, { properties, history })),
    missing.length > 0 ? [unknownIds(kind, missing)] : [],
  );
}

function finder(store: HubSpotStore, kind: ObjectKind, idProperty: unknown, isArchived: boolean) {
  return (id: string): CrmRecord | undefined => {
    if (typeof idProperty === "string") return store.byUnique(kind.type, idProperty, id);
    const record = store.records.find(kind.type, id);
    return record && (record.archivedAt !== undefined) === isArchived ? record : undefined;
  };
}

/** All or none: the first input that is refused refuses the batch. Those before it are looked at without being written. */
async function create(c: Context, store: HubSpotStore): Promise<Response> {
  const kind = kindFor(c, store, "write");
  const inputs = readList(await readBody(c, "inputs"), "inputs", MOST, "object creates", "properties");
  const planned = inputs.map((input) => ({
    properties: readProperties(input),
    links: readLinks(kind, input.associations),
  }));
  refuseTwins(planned.map(({ properties }) => properties.email));
  for (const { properties, links } of planned)
    store.check(kind, properties, links, { by: "api", isStrict: isStrict(c) });
  const records = planned.map(({ properties, links }) =>
    store.create(kind, properties, links, { by: "api", isStrict: isStrict(c) }),
  );
  return answer(
    c,
    store,
    records.map((record) => written(c, store, record)),
    [],
    201,
  );
}

async function update(c: Context, store: HubSpotStore): Promise<Response> {
  const kind = kindFor(c, store, "write");
  const inputs = readList(await readBody(c, "inputs"), "inputs", MOST, "object updates", "id", "properties");
  for (const input of inputs) store.properties.read(kind.type, readProperties(input));
  const missing: string[] = [];
  const results = inputs.flatMap((input) => {
    const record = finder(store, kind, input.idProperty, false)(String(input.id));
    if (!record) {
      missing.push(String(input.id));
      return [];
    }
    const properties = readProperties(input);
    store.update(record, properties, { by: "api", isStrict: isStrict(c) });
    return [objectView(c, store, record, { properties: Object.keys(properties) })];
  });
  return answer(c, store, results, missing.length > 0 ? [unknownIds(kind, missing)] : []);
}

/** Each input is found by a property whose values are unique, or made with it. */
async function upsert(c: Context, store: HubSpotStore): Promise<Response> {
  const kind = kindFor(c, store, "write");
  const inputs = readList(await readBody(c, "inputs"), "inputs", MOST, "object upserts", "id", "properties");
  const options = { by: "api", isStrict: isStrict(c) };
  for (const input of inputs) store.properties.read(kind.type, readProperties(input));
  const results = inputs.map((input) => {
    const name = input.idProperty;
    if (typeof name !== "string") throw invalid("An idProperty is needed for each input of an upsert");
    const id = String(input.id);
    const properties = { ...readProperties(input), ...(name === "hs_object_id" ? {} : { [name]: id }) };
    const known = store.byUnique(kind.type, name, id);
    const record = known ? store.update(known, properties, options) : store.create(kind, properties, [], options);
    return { ...written(c, store, record), new: known === undefined };
  });
  return answer(c, store, results, []);
}

function written(c: Context, store: HubSpotStore, record: CrmRecord) {
  return objectView(c, store, record, { properties: Object.keys(record.properties) });
}

function refuseTwins(emails: readonly unknown[]): void {
  const seen = new Set<string>();
  for (const email of emails.filter((value) => typeof value === "string")) {
    if (seen.has(email.toLowerCase())) throw invalid(`Duplicate IDs found in batch input: [${email}]`);
    seen.add(email.toLowerCase());
  }
}

interface BatchError {
  status: "error";
  category: string;
  subCategory?: string;
  message: string;
  context: Record<string, string[]>;
}

function unknownIds({ type }: ObjectKind, ids: readonly string[]): BatchError {
  const name = OBJECT_KINDS[type].singular.toUpperCase();
  return {
    status: "error",
    category: "OBJECT_NOT_FOUND",
    message: `Could not get some ${name} objects, they may be deleted or not exist. Check that ids are valid.`,
    context: { ids: [...ids] },
  };
}

/** With errors the status is 207, which is a success of those that are among the results. */
export function answer(
  c: Context,
  store: HubSpotStore,
  results: readonly object[],
  errors: readonly BatchError[],
  status: 200 | 201 = 200,
): Response {
  const at = writeInstant(store.now());
  const body = { status: "COMPLETE", results, startedAt: at, completedAt: at };
  if (errors.length === 0) return c.json(body, status);
  return c.json({ ...body, numErrors: errors.length, errors }, 207);
}
