import type { World } from "../world/types.ts";
import { INFORMATION } from "./catalog.ts";
import { type Cell, DATABASE, type TableDefinition, TABLES } from "./tables.ts";

/** What makes an empty engine the world's warehouse: schemas, tables with their rows, and functions that DuckDB lacks. */
export function setupStatements(world: World): string[] {
  const schemas = ["PUBLIC", ...new Set(TABLES.map((table) => table.schema))];
  return [
    `ATTACH ':memory:' AS "${DATABASE}"`,
    ...schemas.map((schema) => `CREATE SCHEMA "${DATABASE}"."${schema}"`),
    `CREATE SCHEMA "${DATABASE}"."${INFORMATION}"`,
    ...TABLES.flatMap((table) => [createTable(table), ...comments(table), ...inserts(table, world)]),
    ...Object.entries(INFORMATION_VIEWS).map(
      ([name, query]) => `CREATE VIEW "${DATABASE}"."${INFORMATION}"."${name}" AS ${query}`,
    ),
    ...MACROS,
  ];
}

function nameOf({ schema, name }: TableDefinition): string {
  return `"${DATABASE}"."${schema}"."${name}"`;
}

function createTable(table: TableDefinition): string {
  const columns = table.columns.map(
    ({ name, type, nullable }) => `"${name}" ${engineType(type)}${nullable ? "" : " NOT NULL"}`,
  );
  return `CREATE TABLE ${nameOf(table)} (${columns.join(", ")})`;
}

function engineType(type: string): string {
  if (type.startsWith("NUMBER")) return type.replace("NUMBER", "DECIMAL");
  if (type.startsWith("VARCHAR")) return "VARCHAR";
  if (type === "VARIANT") return "JSON";
  if (type.startsWith("TIMESTAMP_NTZ")) return "TIMESTAMP";
  return type.startsWith("TIMESTAMP") ? "TIMESTAMPTZ" : type;
}

function comments(table: TableDefinition): string[] {
  return [
    `COMMENT ON TABLE ${nameOf(table)} IS ${text(table.comment)}`,
    ...table.columns.map(({ name, comment }) => `COMMENT ON COLUMN ${nameOf(table)}."${name}" IS ${text(comment)}`),
  ];
}

function inserts(table: TableDefinition, world: World): string[] {
  const rows = table.rows(world).map((row) => `(${row.map(cell).join(", ")})`);
  return rows.length > 0 ? [`INSERT INTO ${nameOf(table)} VALUES ${rows.join(", ")}`] : [];
}

function cell(value: Cell): string {
  return value === undefined ? "NULL" : text(String(value));
}

/** A literal of DuckDB's, which reads no backslashes. */
function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

const HERE = `database_name = '${DATABASE}' AND schema_name <> '${INFORMATION}' AND schema_name <> 'main'`;

const INFORMATION_VIEWS: Readonly<Record<string, string>> = {
  DATABASES: `SELECT '${DATABASE}' AS "DATABASE_NAME", 'SYSADMIN' AS "DATABASE_OWNER", '' AS "COMMENT"`,
  SCHEMATA: `SELECT database_name AS "CATALOG_NAME", schema_name AS "SCHEMA_NAME", 'SYSADMIN' AS "SCHEMA_OWNER" FROM duckdb_schemas() WHERE ${HERE} AND NOT internal`,
  TABLES: `SELECT database_name AS "TABLE_CATALOG", schema_name AS "TABLE_SCHEMA", table_name AS "TABLE_NAME", 'SYSADMIN' AS "TABLE_OWNER", 'BASE TABLE' AS "TABLE_TYPE", CAST(estimated_size AS DECIMAL(38, 0)) AS "ROW_COUNT", coalesce(comment, '') AS "COMMENT" FROM duckdb_tables() WHERE ${HERE} UNION ALL SELECT database_name, schema_name, view_name, 'SYSADMIN', 'VIEW', NULL, coalesce(comment, '') FROM duckdb_views() WHERE ${HERE} AND NOT internal`,
  VIEWS: `SELECT database_name AS "TABLE_CATALOG", schema_name AS "TABLE_SCHEMA", view_name AS "TABLE_NAME", sql AS "VIEW_DEFINITION" FROM duckdb_views() WHERE ${HERE} AND NOT internal`,
  COLUMNS: `SELECT database_name AS "TABLE_CATALOG", schema_name AS "TABLE_SCHEMA", table_name AS "TABLE_NAME", column_name AS "COLUMN_NAME", CAST(column_index AS DECIMAL(38, 0)) AS "ORDINAL_POSITION", CASE WHEN is_nullable THEN 'YES' ELSE 'NO' END AS "IS_NULLABLE", CASE WHEN data_type LIKE 'DECIMAL%' OR data_type LIKE '%INT%' THEN 'NUMBER' WHEN data_type = 'VARCHAR' THEN 'TEXT' WHEN data_type = 'JSON' THEN 'VARIANT' WHEN data_type = 'DOUBLE' THEN 'FLOAT' WHEN data_type = 'TIMESTAMP' THEN 'TIMESTAMP_NTZ' WHEN data_type LIKE 'TIMESTAMP%' THEN 'TIMESTAMP_LTZ' ELSE data_type END AS "DATA_TYPE", CAST(numeric_precision AS DECIMAL(38, 0)) AS "NUMERIC_PRECISION", CAST(numeric_scale AS DECIMAL(38, 0)) AS "NUMERIC_SCALE", coalesce(comment, '') AS "COMMENT" FROM duckdb_columns() WHERE ${HERE} AND NOT internal`,
};

/** Functions of Snowflake's that the translator passes on as they are. */
const MACROS: readonly string[] = [
  "CREATE MACRO SF_TEXT(j) AS json_extract_string(j, '$')",
  "CREATE MACRO SF_VARIANT(v) AS to_json(v)",
  "CREATE MACRO SF_DIVISOR(d) AS CASE WHEN d = 0 THEN error('Division by zero') ELSE d END",
  "CREATE MACRO TO_NUMBER(t) AS CAST(t AS DECIMAL(38, 0)), (t, p) AS CAST(t AS DECIMAL(38, 0)), (t, p, s) AS round(CAST(t AS DECIMAL(38, 10)), s)",
  "CREATE MACRO TRY_TO_NUMBER(t) AS TRY_CAST(t AS DECIMAL(38, 0)), (t, p) AS TRY_CAST(t AS DECIMAL(38, 0)), (t, p, s) AS round(TRY_CAST(t AS DECIMAL(38, 10)), s)",
  "CREATE MACRO TRY_TO_DATE(t) AS TRY_CAST(t AS DATE)",
  "CREATE MACRO TRY_TO_TIMESTAMP(t) AS TRY_CAST(t AS TIMESTAMP)",
  "CREATE MACRO TO_TIMESTAMP_NTZ(t) AS CAST(t AS TIMESTAMP)",
  "CREATE MACRO TO_BOOLEAN(t) AS CAST(t AS BOOLEAN)",
  "CREATE MACRO TO_DOUBLE(t) AS CAST(t AS DOUBLE)",
  "CREATE MACRO SF_PART(p, d) AS date_part(p, d)",
  "CREATE MACRO SF_GET(v, k) AS json_extract(v, CASE WHEN typeof(k) = 'VARCHAR' THEN '$.' || k ELSE '$[' || k || ']' END)",
  "CREATE MACRO GET_PATH(v, p) AS json_extract(v, '$.' || p)",
  "CREATE MACRO APPROX_PERCENTILE(x, p) AS approx_quantile(x, p)",
  "CREATE MACRO INITCAP(s) AS array_to_string(list_transform(string_split(lower(s), ' '), lambda w: upper(w[1]) || w[2:]), ' ')",
  "CREATE MACRO OBJECT_KEYS(v) AS json_keys(v)",
  "CREATE MACRO OBJECT_AGG(k, v) AS json_group_object(k, v)",
  "CREATE MACRO STARTSWITH(t, s) AS starts_with(t, s)",
  "CREATE MACRO ENDSWITH(t, s) AS ends_with(t, s)",
  "CREATE MACRO SF_CONVERT_TIMEZONE(z, t) AS timezone(z, CAST(t AS TIMESTAMPTZ))",
  "CREATE MACRO SF_TYPEOF(v) AS CASE json_type(v) WHEN 'UBIGINT' THEN 'INTEGER' WHEN 'BIGINT' THEN 'INTEGER' WHEN 'DOUBLE' THEN 'DECIMAL' WHEN 'NULL' THEN 'NULL_VALUE' ELSE json_type(v) END",
  "CREATE MACRO SQUARE(x) AS x * x",
];
