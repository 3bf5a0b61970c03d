/** What statements give back: tables in the protocol's texts. */
import { keptResult } from "./dialect.ts";
import { numberColumn, type RowType, type Table, textColumn } from "./encode.ts";

/** Snowflake's numbers for kinds of statements, which the driver reads. */
export const STATEMENT_TYPES: Readonly<Record<string, number>> = {
  select: 0x1000,
  insert: 0x3100,
  update: 0x3200,
  delete: 0x3300,
  merge: 0x3400,
  session: 0x4000,
  multiple: 0xa000,
  show: 0x4400,
  describe: 0x4500,
  definition: 0x6000,
};

const COUNTS: Readonly<Record<string, readonly string[]>> = {
  insert: ["number of rows inserted"],
  update: ["number of rows updated", "number of multi-joined rows updated"],
  delete: ["number of rows deleted"],
  merge: ["number of rows inserted", "number of rows updated"],
};

/** How many rows a change concerned, as Snowflake tells it. */
export function countTable(kind: string, count: bigint | number): Table | undefined {
  const names = COUNTS[kind];
  if (!names) return undefined;
  return { columns: names.map(numberColumn), rows: [names.map((_, index) => (index === 0 ? String(count) : "0"))] };
}

export function statusTable(status: string): Table {
  return { columns: [textColumn("status")], rows: [[status]] };
}

/** Statements that make a temporary table of an earlier result, for RESULT_SCAN. */
export function keepResult(queryId: string, { columns, rows }: Table): string[] {
  const name = keptResult(queryId);
  const types = columns.map((column) => `${quoted(column.name)} ${engineType(column)}`);
  const made = `CREATE TEMP TABLE ${name} (${types.join(", ")})`;
  if (rows.length === 0) return [made];
  const values = rows.map((row) => `(${row.map((value, index) => literal(value, columns[index])).join(", ")})`);
  return [made, `INSERT INTO ${name} VALUES ${values.join(", ")}`];
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function engineType({ type, precision, scale }: RowType): string {
  if (type === "fixed") return `DECIMAL(${precision ?? 38}, ${scale ?? 0})`;
  return ENGINE_TYPES[type] ?? "VARCHAR";
}

const ENGINE_TYPES: Readonly<Record<string, string>> = {
  real: "DOUBLE",
  boolean: "BOOLEAN",
  date: "DATE",
  time: "TIME",
  timestamp_ntz: "TIMESTAMP",
  timestamp_ltz: "TIMESTAMPTZ",
  timestamp_tz: "TIMESTAMPTZ",
  variant: "JSON",
  object: "JSON",
  array: "JSON",
};

function literal(value: string | null, column: RowType | undefined): string {
  if (value === null) return "NULL";
  const seconds = value.split(" ")[0] ?? "0";
  switch (column?.type) {
    case "date":
      return `DATE '1970-01-01' + ${value}`;
    case "time":
      return `TIME '00:00:00' + to_microseconds(${micros(seconds)})`;
    case "timestamp_ntz":
      return `make_timestamp(${micros(seconds)})`;
    case "timestamp_ltz":
    case "timestamp_tz":
      return `make_timestamptz(${micros(seconds)})`;
    default:
      return `'${value.replaceAll("'", "''")}'`;
  }
}

function micros(seconds: string): string {
  const [whole = "0", fraction = ""] = seconds.split(".");
  return String(BigInt(whole + fraction.padEnd(6, "0").slice(0, 6)));
}
