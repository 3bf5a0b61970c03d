import type { PropertyDefinition } from "./definitions.ts";
import { invalid } from "./errors.ts";
import { kindOf, type ObjectKind } from "./object-types.ts";
import type { CrmRecord } from "./records.ts";
import { type Fields, isFields, readStrings, readText } from "./requests.ts";
import type { HubSpotStore } from "./store.ts";
import { readInstant } from "./values.ts";

/** Of HubSpot's search guide (2026): groups, filters in each, filters in all, characters of `query`. */
const MOST_GROUPS = 5;
const MOST_IN_GROUP = 6;
const MOST_FILTERS = 18;
const MOST_CHARACTERS = 3000;

type Test = (record: CrmRecord) => boolean;

/** Whether a record fits a search: one of its groups (all filters of it), and the words of its query. */
export function readTest(store: HubSpotStore, kind: ObjectKind, body: Fields): Test {
  const groups = readGroups(body).map((filters) => filters.map((filter) => readFilter(store, kind, filter)));
  const words = readQuery(body.query);
  return (record) =>
    (groups.length === 0 || groups.some((tests) => tests.every((test) => test(record)))) &&
    words.every((word) => kind.searchable.some((name) => record.properties[name]?.toLowerCase().includes(word)));
}

/** The order that was asked for; oldest first otherwise. */
export function readOrder(store: HubSpotStore, kind: ObjectKind, body: Fields): (a: CrmRecord, b: CrmRecord) => number {
  const byAge = (a: CrmRecord, b: CrmRecord): number => a.createdAt - b.createdAt || Number(a.id) - Number(b.id);
  const sorts: unknown[] = Array.isArray(body.sorts) ? body.sorts : [];
  if (sorts.length > 1) throw invalid("Only one sort is supported per search request");
  const [sort] = sorts;
  if (sort === undefined) return byAge;
  const { name, isDescending } = readSort(sort);
  const definition = searchable(store, kind, name);
  return (a, b) => {
    const [left, right] = [a.properties[name], b.properties[name]];
    // Without the value is last in either direction, as in the index that HubSpot searches.
    const isTurned = isDescending && left !== undefined && right !== undefined;
    const order = compare(definition, left, right);
    return (isTurned ? -order : order) || byAge(a, b);
  };
}

function readSort(sort: unknown): { name: string; isDescending: boolean } {
  if (typeof sort === "string") return { name: sort.replace(/^-/, ""), isDescending: sort.startsWith("-") };
  if (!isFields(sort)) throw invalid("Invalid input JSON: sorts");
  return { name: String(sort.propertyName), isDescending: sort.direction === "DESCENDING" };
}

function readGroups(body: Fields): Fields[][] {
  const given: unknown[] = Array.isArray(body.filterGroups) ? body.filterGroups : [];
  const all = Array.isArray(body.filters) ? [...given, { filters: body.filters as unknown }] : given;
  const groups = all.map((group) => {
    const filters: unknown = isFields(group) ? group.filters : undefined;
    if (!Array.isArray(filters) || !filters.every(isFields)) throw invalid("Invalid input JSON: filterGroups");
    return filters;
  });
  if (groups.length > MOST_GROUPS) throw tooMany("filter groups", MOST_GROUPS, groups.length);
  for (const { length } of groups)
    if (length > MOST_IN_GROUP) throw tooMany("filters in a group", MOST_IN_GROUP, length);
  const total = groups.flat().length;
  if (total > MOST_FILTERS) throw tooMany("filters", MOST_FILTERS, total);
  return groups;
}

function tooMany(what: string, most: number, given: number): Error {
  return invalid(`The request has too many ${what}: at most ${most} are allowed, ${given} were given`);
}

function readQuery(query: unknown): string[] {
  if (query === undefined || query === null) return [];
  const text = readText(query, "query");
  if (text.length > MOST_CHARACTERS) throw tooMany("characters in query", MOST_CHARACTERS, text.length);
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
}

/** An unknown property is refused in these words alone. */
function searchable(store: HubSpotStore, kind: ObjectKind, name: string): PropertyDefinition {
  const definition = store.properties.find(kind.type, name);
  if (!definition) throw invalid("There was a problem with the request.");
  return definition;
}

function readFilter(store: HubSpotStore, kind: ObjectKind, filter: Fields): Test {
  const name = String(filter.propertyName);
  const operator = String(filter.operator);
  if (name.startsWith("associations.")) return associated(store, kind, name.slice(13), operator, filter);
  const definition = searchable(store, kind, name);
  const make = OPERATORS[operator];
  if (!make)
    throw invalid(`Invalid input JSON: operator ${operator} is not one of ${Object.keys(OPERATORS).join(", ")}`);
  const test = make(definition, filter);
  return (record) => test(record.properties[name]);
}

/** `associations.company` and its like are filtered by the other record's id. */
function associated(store: HubSpotStore, kind: ObjectKind, name: string, operator: string, filter: Fields): Test {
  const to = kindOf(name);
  const ids = (record: CrmRecord): string[] => store.associated(kind.type, record.id, to.type).map(({ id }) => id);
  if (operator === "HAS_PROPERTY") return (record) => ids(record).length > 0;
  if (operator === "NOT_HAS_PROPERTY") return (record) => ids(record).length === 0;
  if (operator !== "EQ" && operator !== "IN") throw invalid(`operator ${operator} does not work with associations`);
  const wanted = operator === "EQ" ? [single(filter, "value")] : several(filter);
  return (record) => ids(record).some((id) => wanted.includes(id));
}

type ValueTest = (value: string | undefined) => boolean;
type MakeTest = (definition: PropertyDefinition, filter: Fields) => ValueTest;

/** A record without the value fits none of them but NOT_HAS_PROPERTY. */
const OPERATORS: Readonly<Record<string, MakeTest>> = {
  EQ: (definition, filter) => comparing(definition, filter, (order) => order === 0),
  NEQ: (definition, filter) => comparing(definition, filter, (order) => order !== 0),
  LT: (definition, filter) => comparing(definition, filter, (order) => order < 0),
  LTE: (definition, filter) => comparing(definition, filter, (order) => order <= 0),
  GT: (definition, filter) => comparing(definition, filter, (order) => order > 0),
  GTE: (definition, filter) => comparing(definition, filter, (order) => order >= 0),
  BETWEEN: (definition, filter) => {
    const low = single(filter, "value");
    const high = single(filter, "highValue");
    return (value) =>
      value !== undefined && compare(definition, value, low) >= 0 && compare(definition, value, high) <= 0;
  },
  IN: (definition, filter) => {
    const wanted = several(filter);
    return (value) => value !== undefined && isAmong(definition, value, wanted);
  },
  NOT_IN: (definition, filter) => {
    const wanted = several(filter);
    return (value) => value !== undefined && !isAmong(definition, value, wanted);
  },
  HAS_PROPERTY: () => (value) => value !== undefined,
  NOT_HAS_PROPERTY: () => (value) => value === undefined,
  CONTAINS_TOKEN: (_, filter) => {
    const token = tokenTest(single(filter, "value"));
    return (value) => value !== undefined && token(value);
  },
  NOT_CONTAINS_TOKEN: (_, filter) => {
    const token = tokenTest(single(filter, "value"));
    return (value) => value !== undefined && !token(value);
  },
};

function comparing(definition: PropertyDefinition, filter: Fields, fits: (order: number) => boolean): ValueTest {
  const wanted = single(filter, "value");
  const isTime = definition.type === "date" || definition.type === "datetime";
  if (isTime && readInstant(wanted) === undefined) throw invalid("There was a problem with the request.");
  if (definition.type === "number" && Number.isNaN(Number(wanted)))
    throw invalid("There was a problem with the request.");
  return (value) => value !== undefined && fits(compare(definition, value, wanted));
}

function single(filter: Fields, name: "value" | "highValue"): string {
  const value = filter[name];
  if (value === undefined || value === null) {
    throw invalid(`Invalid input JSON: operator ${String(filter.operator)} needs a ${name}`);
  }
  return readText(value, name);
}

function several(filter: Fields): string[] {
  const values = readStrings(filter.values, "values");
  if (values.length === 0) throw invalid(`Invalid input JSON: operator ${String(filter.operator)} needs values`);
  return values;
}

/** Strings are kept in lower case by the index, and these operators do not bring theirs into it: HubSpot says so. */
function isAmong({ type }: PropertyDefinition, value: string, wanted: readonly string[]): boolean {
  if (type === "number") return wanted.some((other) => Number(other) === Number(value));
  if (type === "date" || type === "datetime") return wanted.some((other) => readInstant(other) === readInstant(value));
  return wanted.includes(type === "string" ? value.toLowerCase() : value);
}

/** Values are last where they are none. Options are compared as they stand, other text without regard to case. */
function compare({ type }: PropertyDefinition, a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  if (type === "number") return Number(a) - Number(b);
  if (type === "date" || type === "datetime") return (readInstant(a) ?? 0) - (readInstant(b) ?? 0);
  const [left, right] = type === "enumeration" ? [a, b] : [a.toLowerCase(), b.toLowerCase()];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** All words of the value asked for are words of the text, `*` standing for any letters of one. */
function tokenTest(value: string): (text: string) => boolean {
  const wanted = tokensOf(value, /[^\p{L}\p{N}*]+/u).map((token) => new RegExp(`^${token.replaceAll("*", ".*")}$`));
  return (text) => {
    const tokens = tokensOf(text, /[^\p{L}\p{N}]+/u);
    return wanted.every((pattern) => tokens.some((token) => pattern.test(token)));
  };
}

function tokensOf(text: string, separator: RegExp): string[] {
  return text
    .toLowerCase()
    .split(separator)
    .filter((token) => token !== "");
}
