import {
  expressionOf,
  type Fields,
  type Identifier,
  isFields,
  isIdentifier,
  isTableName,
  listOf,
  newIdentifier,
  type TableName,
} from "./ast.ts";
import { type Catalog, type CatalogTable, findTable, INFORMATION, INFORMATION_SCHEMA } from "./catalog.ts";
import { missing, SnowflakeError } from "./errors.ts";
import { accessOf } from "./roles.ts";
import type { Session } from "./session.ts";
import { DATABASE } from "./tables.ts";

const INFORMATION_VIEWS = ["DATABASES", "SCHEMATA", "TABLES", "VIEWS", "COLUMNS"];

/** Folds names that are not quoted to capitals, all through the tree, in place. */
export function foldNames(tree: unknown): void {
  if (Array.isArray(tree)) {
    for (const item of tree) foldNames(item);
  } else if (isFields(tree)) {
    if (isIdentifier(tree) && !tree.quoted) tree.name = tree.name.toUpperCase();
    for (const item of Object.values(tree)) foldNames(item);
  }
}

export interface Resolved {
  /** Tables and views that the statement reads or writes. */
  tables: CatalogTable[];
}

interface Scope {
  session: Pick<Session, "role" | "database" | "schema">;
  catalog: Catalog;
  /** Names that a WITH clause gave. */
  known: ReadonlySet<string>;
  /** The name that the statement makes, which need not be there yet. */
  target: unknown;
  resolved: Resolved;
}

/**
 * Gives each table of the tree its full name in the engine, in place, as the session's database and schema have it. Throws where
 * there is none or the role may not see it.
 */
export function resolveNames(tree: unknown, scope: Omit<Scope, "known" | "resolved">): Resolved {
  const resolved: Resolved = { tables: [] };
  walk(tree, { ...scope, known: new Set(), resolved });
  return resolved;
}

function walk(value: unknown, scope: Scope): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, scope);
    return;
  }
  if (!isFields(value)) return;
  if (isTableName(value)) resolveTable(value, scope);
  const inner = isFields(value.with) ? withCtes(value.with, scope) : scope;
  for (const [key, item] of Object.entries(value)) {
    if (key !== "with" || inner === scope) walk(item, inner);
  }
}

/** Each query of a WITH clause sees the ones before it, and itself where the clause is said to be recursive. */
function withCtes(clause: Fields, scope: Scope): Scope {
  const known = new Set(scope.known);
  for (const cte of listOf(clause.ctes)) {
    if (!isFields(cte) || !isIdentifier(cte.alias)) continue;
    const { name } = cte.alias;
    // The word RECURSIVE may be left out. A query called like a table, though, reads the table of its name.
    const isRecursive = clause.recursive === true || (isUnionAll(cte.this) && !isTable(name, scope));
    if (isRecursive) clause.recursive = true;
    const own = isRecursive ? new Set(known).add(name) : new Set(known);
    walk(cte.this, { ...scope, known: own });
    known.add(name);
  }
  return { ...scope, known };
}

function isUnionAll(value: unknown): boolean {
  const expression = expressionOf(value);
  return expression?.kind === "union" && expression.fields.all === true;
}

function isTable(name: string, { session, catalog }: Scope): boolean {
  return session.schema !== undefined && findTable(catalog, session.schema, name) !== undefined;
}

function resolveTable(table: TableName, scope: Scope): void {
  const { session, catalog, known, target, resolved } = scope;
  const written = [table.catalog, table.schema, table.name]
    .filter((part) => part !== null)
    .map(shown)
    .join(".");
  if (!table.schema && known.has(table.name.name)) return;
  const database = table.catalog?.name ?? session.database;
  const schema = table.schema?.name ?? session.schema;
  if (database === undefined) throw noDatabase();
  if (database !== DATABASE || accessOf(session.role) === "none") throw missing("Object", written);
  if (schema === undefined) throw missing("Object", written);
  if (schema === INFORMATION_SCHEMA) {
    if (!INFORMATION_VIEWS.includes(table.name.name)) throw missing("Object", written);
    return rename(table, INFORMATION);
  }
  if (!catalog.schemas.includes(schema)) throw missing("Schema", `${DATABASE}.${schema}`);
  const found = findTable(catalog, schema, table.name.name);
  if (!found && table !== target) throw missing("Object", written);
  if (found) resolved.tables.push(found);
  rename(table, schema);
}

function rename(table: TableName, schema: string): void {
  table.catalog = newIdentifier(DATABASE);
  table.schema = newIdentifier(schema);
  table.name = { ...table.name, quoted: true };
}

function shown({ name, quoted }: Identifier): string {
  return quoted && !/^[A-Z_][A-Z0-9_$]*$/.test(name) ? `"${name}"` : name;
}

function noDatabase(): SnowflakeError {
  const message =
    "Cannot perform SELECT. This session does not have a current database. Call 'USE DATABASE', or use a qualified name.";
  return new SnowflakeError("090105", message, { sqlState: "22000" });
}
