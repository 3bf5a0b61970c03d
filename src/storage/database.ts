import type { Logger } from "../observability/log.ts";

/** Values that both engines bind alike. JSON is passed as text, so that it is stored exactly as it was made. */
export type SqlValue = string | number | boolean | null | Date | readonly string[];

export interface Queryable {
  /**
   * Runs one statement. `sql` must be a constant: it is prepared once on each connection, and kept. `Row` is what the
   * statement returns, by the caller's word.
   */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- no type can be read off an SQL text
  query<Row>(sql: string, params?: readonly SqlValue[]): Promise<Row[]>;
  /** Runs several statements without parameters, such as a migration. */
  script(sql: string): Promise<void>;
}

export interface Database extends Queryable {
  readonly engine: "pglite" | "postgres";
  /** For what must not wait behind a burst of other statements, such as the leases: a connection of its own. */
  readonly urgent: Queryable;
  /** Commits when `work` resolves, rolls back when it throws. */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
  /** The queue's connections, whose names resolve in schema `bullmq`; made on first use, ended by `close`. */
  queuePool(): Promise<QueuePool>;
  close(): Promise<void>;
}

interface QueueQueryable {
  query(text: string, params?: readonly unknown[]): Promise<{ rows: unknown[] }>;
}

interface QueueNotification {
  channel: string;
  payload?: string;
}

/** The part of `pg.PoolClient` that the queue's Postgres backend uses. */
export interface QueueClient extends QueueQueryable {
  on(event: "notification", listener: (message: QueueNotification) => void): this;
  on(event: "error", listener: (error: Error) => void): this;
  on(event: "end", listener: () => void): this;
  removeListener(event: "notification", listener: (message: QueueNotification) => void): this;
  removeAllListeners(event?: string): this;
  release(destroy?: boolean): void;
}

/** The part of `pg.Pool` that the queue's Postgres backend uses. */
export interface QueuePool extends QueueQueryable {
  connect(): Promise<QueueClient>;
  end(): Promise<void>;
  on(event: "error", listener: (error: Error) => void): this;
  on(event: "connect", listener: (client: QueueClient) => void): this;
  removeAllListeners(event?: string): this;
}

export interface DatabaseOptions {
  /** A `postgres://` address; without one the database is PGlite. */
  databaseUrl?: string | undefined;
  /** PGlite's folder is `pglite` in it; undefined keeps everything in memory, for tests. */
  dataDir: string | undefined;
  logger: Logger;
}

/**
 * Opens the records' database and brings its tables up to date.
 * @throws DataDirInUseError where another process has the folder, ConfigError where Postgres does not answer.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  // Each engine costs start-up time and memory: only the one that is used is loaded.
  const database = options.databaseUrl
    ? await (await import("./postgres.ts")).openPostgres(options.databaseUrl, options.logger)
    : await (await import("./pglite.ts")).openPglite(options.dataDir);
  try {
    const { migrate } = await import("./migrations.ts");
    await migrate(database);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}
