import { expressionOf, type Fields, functionName, isFields, isIdentifier, isTableName, listOf, visit } from "./ast.ts";
import { adaptTree, nameColumns } from "./adapt.ts";
import { dayColumns } from "./dates.ts";
import type { Catalog, CatalogTable } from "./catalog.ts";
import { insufficientPrivileges, invalidIdentifier, missing, unsupported } from "./errors.ts";
import { type Ambient, checkTableFunctions, settleContext, settleTableCalls } from "./functions.ts";
import { foldNames, resolveNames } from "./names.ts";
import type { Parser } from "./parser.ts";
import { accessOf } from "./roles.ts";
import { DATABASE } from "./tables.ts";

/** A statement in DuckDB's dialect. */
export interface Compiled {
  sql: string;
  /** The parser's word for what it does: "select", "insert", "create_table". */
  kind: string;
  isQuery: boolean;
  /** What it changes, by its full name: "SALES.CRM.DEALS". */
  target: string | undefined;
  /** Names of result columns that are of type TIMESTAMP_TZ, which DuckDB does not tell from TIMESTAMP_LTZ. */
  zoned: ReadonlySet<string>;
  /** Whether it needs a warehouse to run. */
  readsTables: boolean;
  /** Ids of earlier statements whose results it reads. */
  results: string[];
}

export interface CompileContext extends Ambient {
  parser: Parser;
  catalog: Catalog;
}

const QUERIES = new Set(["select", "union", "intersect", "except", "subquery", "values"]);

/** Where each kind of change has the name of what it changes. */
const TARGETS: Readonly<Record<string, (fields: Fields) => unknown>> = {
  insert: (fields) => fields.table,
  update: (fields) => fields.table,
  delete: (fields) => fields.table,
  merge: (fields) => expressionOf(fields.this)?.fields,
  truncate: (fields) => fields.table,
  create_table: (fields) => fields.name,
  create_view: (fields) => fields.name,
  alter_table: (fields) => fields.name,
  drop_table: (fields) => listOf(fields.names)[0],
  drop_view: (fields) => fields.name,
};

const CREATES = new Set(["create_table", "create_view"]);

/** The table that a reference of this name to `keptResult` reads. */
export function keptResult(queryId: string): string {
  return `"temp"."main"."RESULT_${queryId}"`;
}

/** Reads a statement of one query or change; throws Snowflake's errors for what it, or the session's role, may not do. */
export function compile(text: string, context: CompileContext): Compiled {
  const { parser, session, catalog } = context;
  const tree = parser.parse(text);
  const expression = expressionOf(tree);
  if (!expression) throw unsupported("this statement");
  const { kind, fields } = expression;
  const isQuery = QUERIES.has(kind);
  if (!isQuery && !(kind in TARGETS)) throw insufficientPrivileges("account", context.account.toUpperCase());
  foldNames(tree);
  checkTableFunctions(tree);
  checkNames(tree, text, catalog);
  const target = TARGETS[kind]?.(fields);
  const { tables } = resolveNames(tree, { session, catalog, target: CREATES.has(kind) ? target : undefined });
  if (!isQuery && accessOf(session.role) !== "write") throw refusedWrite(kind, target);
  const written = isTableName(target) ? `${DATABASE}.${target.schema?.name ?? ""}.${target.name.name}` : undefined;
  const zoned = zonedColumns(tree, tables);
  const days = dayColumns(tree, tables);
  const results: string[] = [];
  const keep = (queryId: string | undefined): string => {
    if (queryId === undefined) throw unsupported("RESULT_SCAN of what is not a literal");
    results.push(queryId);
    return keptResult(queryId);
  };
  const settled = settleTableCalls(settleContext(nameColumns(tree, parser), parser, context), parser, keep);
  const sql = parser.toDuckDb(parser.print(adaptTree(settled, parser, days)));
  return { sql, kind, isQuery, target: written, zoned, readsTables: tables.length > 0, results };
}

function refusedWrite(kind: string, target: unknown): Error {
  if (!isTableName(target)) return insufficientPrivileges("database", DATABASE);
  if (CREATES.has(kind)) return insufficientPrivileges("schema", target.schema?.name ?? "");
  return insufficientPrivileges("table", target.name.name);
}

/** The engine takes no notice of case; Snowflake does where a name is quoted. */
function checkNames(tree: unknown, text: string, catalog: Catalog): void {
  const exact = new Set(catalog.tables.flatMap((table) => table.columns.map((column) => column.name)));
  const folded = new Set([...exact].map((name) => name.toLowerCase()));
  visit(tree, (fields) => {
    const { alias } = fields;
    if (isIdentifier(alias)) exact.add(alias.name);
    // The translator drops it without a word.
    if (isFields(fields.match_recognize)) throw unsupported("MATCH_RECOGNIZE");
    if (isFields(fields.stage_reference)) throw missing("Stage", String(fields.stage_reference.name));
  });
  visit(tree, ({ column }) => {
    if (!isFields(column) || !isIdentifier(column.name)) return;
    const { name, quoted } = column.name;
    if (!quoted || exact.has(name) || !folded.has(name.toLowerCase())) return;
    throw invalidIdentifier(`"${name}"`, 1, Math.max(0, text.indexOf(`"${name}"`)));
  });
}

/** Columns of type TIMESTAMP_TZ among what a query gives: declared so, or cast to it. */
function zonedColumns(tree: unknown, tables: readonly CatalogTable[]): Set<string> {
  const declared = tables.flatMap((table) => table.columns.filter((column) => column.type.startsWith("TIMESTAMP_TZ")));
  const zoned = new Set(declared.map((column) => column.name));
  visit(tree, ({ alias }) => {
    if (isFields(alias) && isIdentifier(alias.alias) && isZoned(alias.this)) zoned.add(alias.alias.name);
  });
  return zoned;
}

function isZoned(value: unknown): boolean {
  const expression = expressionOf(value);
  if (expression?.kind === "cast" && isFields(expression.fields.to)) {
    return expression.fields.to.data_type === "timestamp" && expression.fields.to.timezone === true;
  }
  return expression !== undefined && functionName(expression) === "TO_TIMESTAMP_TZ";
}
