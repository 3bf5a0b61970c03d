import { DATABASE, TABLES } from "./tables.ts";

export interface CatalogColumn {
  name: string;
  /** As `DESCRIBE TABLE` says it: "NUMBER(18,2)". */
  type: string;
  nullable: boolean;
  comment: string;
}

export interface CatalogTable {
  schema: string;
  name: string;
  kind: "TABLE" | "VIEW";
  comment: string;
  columns: CatalogColumn[];
  rows: number;
}

/** What the database holds at the moment. */
export interface Catalog {
  schemas: readonly string[];
  tables: readonly CatalogTable[];
}

/** Views of the catalogue itself, which the engine keeps in a schema of this name, since the standard's is its own. */
export const INFORMATION = "_INFORMATION_SCHEMA";
export const INFORMATION_SCHEMA = "INFORMATION_SCHEMA";

export function findTable(catalog: Catalog, schema: string, name: string): CatalogTable | undefined {
  return catalog.tables.find((table) => table.schema === schema && table.name === name);
}

export function fullName(table: { schema: string; name: string }): string {
  return `${DATABASE}.${table.schema}.${table.name}`;
}

/** What the engine says of a column: names, DuckDB's type, whether it may be null, the comment. */
export type ColumnRow = [
  schema: string,
  table: string,
  column: string,
  type: string,
  nullable: boolean,
  comment: string,
];

/** Asks the engine for what is there. */
export const CATALOG_QUERIES = {
  schemas: `SELECT schema_name FROM duckdb_schemas() WHERE database_name = '${DATABASE}' AND NOT internal AND schema_name <> '${INFORMATION}' AND schema_name <> 'main' ORDER BY 1`,
  tables: `SELECT schema_name, table_name, 'TABLE', coalesce(comment, ''), estimated_size FROM duckdb_tables() WHERE database_name = '${DATABASE}' UNION ALL SELECT schema_name, view_name, 'VIEW', coalesce(comment, ''), 0 FROM duckdb_views() WHERE database_name = '${DATABASE}' AND NOT internal AND schema_name <> '${INFORMATION}' ORDER BY 1, 2`,
  columns: `SELECT schema_name, table_name, column_name, data_type, is_nullable, coalesce(comment, '') FROM duckdb_columns() WHERE database_name = '${DATABASE}' AND NOT internal ORDER BY schema_name, table_name, column_index`,
} as const;

/** Snowflake's name for a type of the engine's; a zone of its own is known of the tables that the sandbox made, only. */
export function snowflakeType([schema, table, column, type]: ColumnRow): string {
  const defined = TABLES.find((t) => t.schema === schema && t.name === table)?.columns.find((c) => c.name === column);
  if (defined) return defined.type;
  const decimal = /^DECIMAL(\(\d+,\d+\))$/.exec(type);
  if (decimal) return `NUMBER${decimal[1]}`;
  if (/^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?)$/.test(type)) return "NUMBER(38,0)";
  return OTHER_TYPES[type] ?? "VARIANT";
}

const OTHER_TYPES: Readonly<Record<string, string>> = {
  VARCHAR: "VARCHAR(16777216)",
  BOOLEAN: "BOOLEAN",
  DATE: "DATE",
  TIME: "TIME(9)",
  TIMESTAMP: "TIMESTAMP_NTZ(9)",
  "TIMESTAMP WITH TIME ZONE": "TIMESTAMP_LTZ(9)",
  DOUBLE: "FLOAT",
  FLOAT: "FLOAT",
  BLOB: "BINARY(8388608)",
};
