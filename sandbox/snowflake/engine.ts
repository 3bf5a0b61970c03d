import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import type { World } from "../world/types.ts";
import { type Catalog, CATALOG_QUERIES, type ColumnRow, snowflakeType } from "./catalog.ts";
import { compilationError } from "./errors.ts";
import { setupStatements } from "./setup.ts";

export interface EngineColumn {
  name: string;
  /** DuckDB's: "DECIMAL(18,2)". */
  type: string;
  /** What the type was declared as, such as "JSON" for a text. */
  alias: string | undefined;
}

export interface EngineResult {
  columns: EngineColumn[];
  rows: DuckDBValue[][];
}

export interface RunOptions {
  /** Ends the statement where it stands; what it was aborted with is thrown. */
  signal: AbortSignal;
  /** Whether it may change anything. */
  write: boolean;
  /** IANA zone of the session. */
  timeZone: string;
  /** What to run before it, over the same connection, such as temporary tables. */
  before?: readonly string[] | undefined;
}

/** DuckDB in memory, in this process, with nothing but the world's tables in reach. */
export interface Engine {
  /** Throws what DuckDB says of the statement. */
  run(sql: string, options: RunOptions): Promise<EngineResult>;
  catalog(): Promise<Catalog>;
  close(): void;
}

/** More rows than this are not kept. */
const MOST_ROWS = 200_000;

/** No statement may reach a file, the network or another extension, or change that. */
const CLOSED = {
  threads: "2",
  memory_limit: "512MB",
  enable_external_access: "false",
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
};

export async function createEngine(world: World): Promise<Engine> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", CLOSED);
  const setup = await instance.connect();
  for (const statement of setupStatements(world)) await setup.run(statement);
  const rowsOf = async (sql: string): Promise<DuckDBValue[][]> => (await setup.runAndReadAll(sql)).getRows();
  return {
    run: async (sql, options) => {
      options.signal.throwIfAborted();
      const connection = await instance.connect();
      try {
        return await interruptible(connection, options.signal, () => runOn(connection, sql, options));
      } finally {
        connection.closeSync();
      }
    },
    catalog: async () => {
      const [schemas, tables, columns] = [
        await rowsOf(CATALOG_QUERIES.schemas),
        await rowsOf(CATALOG_QUERIES.tables),
        await rowsOf(CATALOG_QUERIES.columns),
      ];
      return catalogOf(schemas, tables, columns as ColumnRow[]);
    },
    close: () => {
      setup.closeSync();
      instance.closeSync();
    },
  };
}

/** An interrupt that comes between two steps of DuckDB's is lost, so it is repeated until the statement has ended. */
async function interruptible<T>(connection: DuckDBConnection, signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  let repeat: NodeJS.Timeout | undefined;
  const interrupt = (): void => {
    connection.interrupt();
    repeat ??= setInterval(() => connection.interrupt(), 20);
  };
  signal.addEventListener("abort", interrupt, { once: true });
  try {
    // It may have been aborted while the connection was made.
    signal.throwIfAborted();
    return await run();
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    clearInterval(repeat);
    signal.removeEventListener("abort", interrupt);
  }
}

async function runOn(connection: DuckDBConnection, sql: string, options: RunOptions): Promise<EngineResult> {
  const { signal, write, timeZone, before = [] } = options;
  await connection.run(`SET SESSION TimeZone = '${timeZone}'`);
  for (const statement of before) await connection.run(statement);
  if (!write) await connection.run("BEGIN TRANSACTION READ ONLY");
  const stream = await connection.stream(sql);
  const names = stream.columnNames();
  const columns = stream.columnTypes().map((type, index) => ({
    name: names[index] ?? "",
    type: String(type),
    alias: type.alias,
  }));
  const rows: DuckDBValue[][] = [];
  for (;;) {
    const chunk = await stream.fetchChunk();
    signal.throwIfAborted();
    if (!chunk || chunk.rowCount === 0) return { columns, rows };
    for (const row of chunk.getRows()) rows.push(row);
    if (rows.length > MOST_ROWS)
      throw compilationError(`Result is larger than ${MOST_ROWS} rows, which the sandbox keeps`);
  }
}

function catalogOf(schemas: DuckDBValue[][], tables: DuckDBValue[][], columns: ColumnRow[]): Catalog {
  return {
    schemas: schemas.map(([name]) => String(name)),
    tables: tables.map(([schema, name, kind, comment, rows]) => ({
      schema: String(schema),
      name: String(name),
      kind: kind === "VIEW" ? "VIEW" : "TABLE",
      comment: String(comment),
      rows: Number(rows),
      columns: columns
        .filter(([ofSchema, ofTable]) => ofSchema === schema && ofTable === name)
        .map((row) => ({ name: row[2], type: snowflakeType(row), nullable: row[4], comment: row[5] })),
    })),
  };
}
