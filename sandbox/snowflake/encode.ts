/** DuckDB's values as the driver's protocol has them: all of them texts. */
import type {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  DuckDBValue,
} from "@duckdb/node-api";
import type { EngineColumn, EngineResult } from "./engine.ts";

export interface RowType {
  name: string;
  database: string;
  schema: string;
  table: string;
  /** "fixed", "text", "timestamp_ltz"... */
  type: string;
  nullable: boolean;
  precision: number | null;
  scale: number | null;
  length: number | null;
  byteLength: number | null;
  collation: string | null;
}

export type Row = (string | null)[];

export interface Table {
  columns: RowType[];
  rows: Row[];
}

export function rowType(name: string, type: string, numbers: Partial<RowType> = {}): RowType {
  const none = { precision: null, scale: null, length: null, byteLength: null, collation: null };
  return { name, database: "", schema: "", table: "", type, nullable: true, ...none, ...numbers };
}

export function textColumn(name: string): RowType {
  return rowType(name, "text", { length: 16_777_216, byteLength: 16_777_216 });
}

export function numberColumn(name: string): RowType {
  return rowType(name, "fixed", { precision: 38, scale: 0 });
}

/** `zoned`: names of columns of type TIMESTAMP_TZ; `offset`: minutes that the session's zone is ahead of UTC at an instant. */
export function encode(result: EngineResult, zoned: ReadonlySet<string>, offset: (epochMs: number) => number): Table {
  const codecs = result.columns.map((column) => codecOf(column, zoned, offset));
  return {
    columns: codecs.map(({ type }) => type),
    rows: result.rows.map((row) =>
      row.map((value, index) => (value === null ? null : (codecs[index]?.write(value) ?? String(value)))),
    ),
  };
}

interface Codec {
  type: RowType;
  write: (value: DuckDBValue) => string;
}

const json = (value: DuckDBValue): string => JSON.stringify(plain(value)) ?? "null";

function codecOf(column: EngineColumn, zoned: ReadonlySet<string>, offset: (epochMs: number) => number): Codec {
  const { name, type, alias } = column;
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(type);
  if (decimal) {
    const numbers = { precision: Number(decimal[1]), scale: Number(decimal[2]) };
    return { type: rowType(name, "fixed", numbers), write: String };
  }
  if (/INT(?:EGER)?$/.test(type)) return { type: numberColumn(name), write: String };
  if (type === "TIMESTAMP WITH TIME ZONE" && zoned.has(name)) {
    return {
      type: rowType(name, "timestamp_tz", { precision: 0, scale: 9 }),
      write: (value) => withZone(value, offset),
    };
  }
  const simple = SIMPLE[type];
  if (simple) return { type: rowType(name, simple.type, simple.numbers), write: simple.write };
  if (alias === "JSON") return { type: rowType(name, "variant"), write: String };
  if (type === "VARCHAR" || !/[([]/.test(type)) return { type: textColumn(name), write: String };
  return { type: rowType(name, type.endsWith("]") ? "array" : "object"), write: json };
}

const TIME = { precision: 0, scale: 9 };

const SIMPLE: Readonly<
  Record<string, { type: string; numbers?: Partial<RowType>; write: (value: DuckDBValue) => string }>
> = {
  BOOLEAN: { type: "boolean", write: (value) => (value === true ? "1" : "0") },
  DATE: { type: "date", write: (value) => String((value as DuckDBDateValue).days) },
  TIME: { type: "time", numbers: TIME, write: (value) => fraction((value as DuckDBTimeValue).micros * 1000n) },
  TIMESTAMP: { type: "timestamp_ntz", numbers: TIME, write: timestamp },
  TIMESTAMP_NS: {
    type: "timestamp_ntz",
    numbers: TIME,
    write: (value) => fraction((value as DuckDBTimestampNanosecondsValue).nanos),
  },
  "TIMESTAMP WITH TIME ZONE": { type: "timestamp_ltz", numbers: TIME, write: timestamp },
  DOUBLE: { type: "real", write: real },
  FLOAT: { type: "real", write: real },
  BLOB: {
    type: "binary",
    numbers: { length: 8_388_608, byteLength: 8_388_608 },
    write: (value) =>
      Buffer.from((value as DuckDBBlobValue).bytes)
        .toString("hex")
        .toUpperCase(),
  },
};

/** TIMESTAMP and TIMESTAMP WITH TIME ZONE have their microseconds alike. */
function timestamp(value: DuckDBValue): string {
  return fraction((value as DuckDBTimestampValue).micros * 1000n);
}

function real(value: DuckDBValue): string {
  const number = Number(value);
  if (Number.isNaN(number)) return "NaN";
  return Number.isFinite(number) ? String(number) : number > 0 ? "inf" : "-inf";
}

/** Seconds with nine decimals. */
function fraction(nanos: bigint): string {
  const size = nanos < 0n ? -nanos : nanos;
  const digits = String(size).padStart(10, "0");
  return `${nanos < 0n ? "-" : ""}${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

/** The zone follows as minutes, counted from 24 hours behind UTC. */
function withZone(value: DuckDBValue, offset: (epochMs: number) => number): string {
  const minutes = offset(Number((value as DuckDBTimestampValue).micros / 1000n));
  return `${timestamp(value)} ${minutes + 1440}`;
}

/** A nested value of the engine's as JSON would have it; whole numbers beyond a double's keep their digits as texts. */
function plain(value: DuckDBValue): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value !== "object" || value === null) return value;
  const { items, entries } = value as Partial<Pick<DuckDBListValue, "items">> & {
    entries?: DuckDBStructValue["entries"] | DuckDBMapValue["entries"];
  };
  if (items) return items.map(plain);
  if (Array.isArray(entries))
    return Object.fromEntries(entries.map(({ key, value: item }) => [String(key), plain(item)]));
  if (entries) return Object.fromEntries(Object.entries(entries).map(([key, item]) => [key, plain(item)]));
  const text = String(value);
  return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
}
