import { Pool, type PoolClient, type PoolConfig } from "pg";
import { ConfigError } from "../core/errors.ts";
import type { Logger } from "../observability/log.ts";
import type { Database, Queryable } from "./database.ts";

/** Connections for records. Turns hold none while the model works, so that few serve many turns. */
const recordConnections = 10;
/** Two stay with LISTEN (jobs, relay); the others serve the queue's short statements. */
const queueConnections = 6;
/** Milliseconds: a statement of ours takes a few; one that takes this long met a dead network or a lock. */
const statementTimeoutMs = 15_000;
/** Also for a place in the pool, which hundreds of turns that end at once wait for. */
const connectTimeoutMs = 10_000;

/** The address's own parameters win over `options`, so that a deployment can change each of them. */
function createPool(databaseUrl: string, options: PoolConfig, logger: Logger): Pool {
  const pool = new Pool({
    connectionString: databaseUrl,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    ...options,
  });
  // An idle connection that the server ends is reported here; the pool opens another when it needs one.
  pool.on("error", (error) => logger.warn({ err: error }, "an idle database connection was lost"));
  return pool;
}

export async function openPostgres(databaseUrl: string, logger: Logger): Promise<Database> {
  const timeouts = { statement_timeout: statementTimeoutMs, query_timeout: statementTimeoutMs + 1_000 };
  const pool = createPool(databaseUrl, { max: recordConnections, application_name: "sophia", ...timeouts }, logger);
  const urgent = createPool(databaseUrl, { max: 1, application_name: "sophia-urgent", ...timeouts }, logger);
  let queue: Pool | undefined;
  try {
    await pool.query("SELECT 1");
  } catch (cause) {
    await Promise.all([pool.end(), urgent.end()]);
    throw unreachable(cause);
  }
  return {
    engine: "postgres",
    urgent: queryable(urgent),
    ...queryable(pool),
    transaction: (work) => transaction(pool, work),
    queuePool: async () => {
      queue ??= createPool(
        databaseUrl,
        { max: queueConnections, application_name: "sophia-queue", options: "-c search_path=bullmq" },
        logger,
      );
      return queue;
    },
    close: async () => {
      await Promise.all([pool.end(), urgent.end(), queue?.end()]);
    },
  };
}

function queryable(connection: Pick<Pool | PoolClient, "query">): Queryable {
  return {
    query: async (sql, params = []) =>
      (await connection.query({ name: statementName(sql), text: sql, values: [...params] })).rows,
    script: async (sql) => {
      await connection.query(sql);
    },
  };
}

const statementNames = new Map<string, string>();

/** A prepared statement's name: the server parses and plans each of our constant texts once a connection. */
function statementName(sql: string): string {
  let name = statementNames.get(sql);
  if (name === undefined) {
    name = `sophia_${statementNames.size + 1}`;
    statementNames.set(sql, name);
  }
  return name;
}

async function transaction<T>(pool: Pool, work: (tx: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query("BEGIN");
    const result = await work(queryable(client));
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch((rollbackError: unknown) => {
      // A connection that cannot roll back is not given to anybody else.
      broken = rollbackError instanceof Error ? rollbackError : new Error("ROLLBACK failed");
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** What `pg` says may hold the address with its password, so that only the code is shown. */
function unreachable(cause: unknown): ConfigError {
  const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
  const error = new ConfigError([
    `DATABASE_URL: Postgres cannot be used${code}. Check that the server runs and that host, port, user, password ` +
      "and database in the address are right, or remove DATABASE_URL to keep the records in SOPHIA_DATA_DIR.",
  ]);
  error.cause = cause;
  return error;
}
