import type { Context, Hono } from "hono";
import type { InfraResource, InfraStack } from "../world/types.ts";
import { badRequest, PulumiRefusal } from "./errors.ts";
import { readWhole } from "./requests.ts";
import type { PulumiEnv, PulumiStore } from "./store.ts";

type Row = Record<string, unknown>;

/** Fields that a query can name and a list can be sorted by. */
const FIELDS = [
  "created",
  "custom",
  "id",
  "modified",
  "module",
  "name",
  "package",
  "project",
  "protected",
  "stack",
  "type",
  "urn",
] as const;
const MAX_RESULTS = 10_000;

/** Search over the resources of all of an organization's stacks. */
export function searchRoutes(app: Hono<PulumiEnv>, store: PulumiStore): void {
  app.get("/api/orgs/:org/search/resourcesv2", (c) => {
    const org = c.req.param("org");
    if (org !== store.org) throw new PulumiRefusal(404, `Not Found: Organization '${org}' not found`);
    if (c.req.query("properties") === "true" || c.req.query("cursor") !== undefined) {
      throw new PulumiRefusal(402, "Payment Required: this is not part of your subscription");
    }
    const size = readWhole(c, "size", [1, 1000]) ?? 25;
    const page = readWhole(c, "page", [1, MAX_RESULTS]) ?? 1;
    if (page * size > MAX_RESULTS) throw badRequest(`only the first ${MAX_RESULTS} results can be paged through`);
    const rows = store
      .stacks()
      .filter((stack) => stack.org === org)
      .flatMap((stack) => stack.resources.map((resource) => rowOf(resource, stack)));
    const found = sorted(rows.filter(readQuery(c.req.query("query") ?? "")), c);
    const aggregations = Object.fromEntries((c.req.queries("facet") ?? []).map((f) => [f, countBy(found, f)]));
    const resources = found.slice((page - 1) * size, page * size);
    return c.json({
      total: found.length,
      resources,
      ...(Object.keys(aggregations).length > 0 ? { aggregations } : {}),
      pagination: {
        ...(page > 1 ? { previous: linkTo(c, page - 1) } : {}),
        ...(page * size < found.length ? { next: linkTo(c, page + 1) } : {}),
      },
    });
  });
}

function rowOf(resource: InfraResource, stack: InfraStack): Row {
  const [pkg = "", module = ""] = resource.type.split(":");
  return {
    urn: resource.urn,
    type: resource.type,
    name: resource.urn.split("::").at(-1) ?? "",
    package: pkg,
    module: `${pkg}:${module}`,
    project: stack.project,
    stack: stack.name,
    custom: resource.isCustom,
    protected: resource.isProtected === true,
    delete: false,
    external: false,
    managed: "managed",
    created: stack.updates[0]?.endedAt ?? "",
    modified: stack.updates.at(-1)?.endedAt ?? "",
    dependencies: resource.dependencies,
    ...(resource.id === undefined ? {} : { id: resource.id }),
    ...(resource.parent === undefined ? {} : { parent_urn: resource.parent }),
  };
}

/** Words and `field:value`, all of which must fit; `-` before one turns it round; quotes hold a phrase together. */
function readQuery(query: string): (row: Row) => boolean {
  const parts = [...query.matchAll(/(-?)(?:(\w+):)?(?:"([^"]*)"|(\S+))/g)].map(([, minus, field, quoted, bare]) => {
    if (field !== undefined && !FIELDS.some((known) => known === field)) throw badRequest(`unknown field '${field}'`);
    const wanted = (quoted ?? bare ?? "").toLowerCase();
    const isExact = quoted !== undefined;
    return (row: Row) => fits(row, field, wanted, isExact) !== (minus === "-");
  });
  return (row) => parts.every((part) => part(row));
}

function fits(row: Row, field: string | undefined, wanted: string, isExact: boolean): boolean {
  const texts = (field === undefined ? ["name", "type", "urn", "id"] : [field]).map((f) =>
    String(row[f]).toLowerCase(),
  );
  return texts.some((text) => (isExact && field !== undefined ? text === wanted : text.includes(wanted)));
}

function sorted(rows: Row[], c: Context): Row[] {
  const keys = c.req.queries("sort") ?? [];
  const unknown = keys.find((key) => !FIELDS.some((known) => known === key));
  if (unknown !== undefined) throw badRequest(`cannot sort by '${unknown}'`);
  const sign = c.req.query("asc") === "true" ? 1 : -1;
  if (keys.length === 0) return rows.toSorted((a, b) => compare(b.modified, a.modified));
  const order = (a: Row, b: Row): number => keys.map((k) => compare(a[k], b[k])).find((n) => n !== 0) ?? 0;
  return rows.toSorted((a, b) => sign * order(a, b));
}

const compare = (a: unknown, b: unknown): number => (String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0);

function countBy(rows: readonly Row[], field: string) {
  if (!FIELDS.some((known) => known === field)) throw badRequest(`unknown facet '${field}'`);
  const counts = Map.groupBy(rows, (row) => String(row[field]));
  const results = [...counts].map(([name, of]) => ({ name, count: of.length }));
  return { results: results.sort((a, b) => b.count - a.count || compare(a.name, b.name)), others: 0 };
}

function linkTo(c: Context, page: number): string {
  const url = new URL(c.req.url);
  url.searchParams.set("page", String(page));
  return url.href;
}
