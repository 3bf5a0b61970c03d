import { EventEmitter } from "node:events";
import { join } from "node:path";
import { PGlite, type Transaction } from "@electric-sql/pglite";
import { lockDataDir } from "./data-lock.ts";
import type { Database, Queryable, QueueClient, QueuePool } from "./database.ts";

/**
 * PGlite's own parameters, but with fsync on (they hold `-F`): what was acknowledged must survive a power cut. A small
 * buffer saves some 100 MB. Names without a schema are the queue's: our own statements always write `sophia.NAME`.
 */
const startParams = [
  ...PGlite.defaultStartParams
    .filter((param) => param !== "-F")
    .map((param) => (param === "search_path=public" ? "search_path=bullmq" : param)),
  "-c",
  "shared_buffers=16MB",
];

/**
 * Postgres inside this process, on files in `dataDir` or, without one, in memory.
 * @throws DataDirInUseError where another process has the folder.
 */
export async function openPglite(dataDir: string | undefined): Promise<Database> {
  const unlock = dataDir === undefined ? async () => {} : await lockDataDir(dataDir);
  try {
    const files = dataDir === undefined ? {} : { dataDir: join(dataDir, "pglite") };
    const pglite = await PGlite.create({ ...files, startParams });
    const pool = new PglitePool(pglite);
    return {
      engine: "pglite",
      ...queryable(pglite),
      // One statement at a time, whoever asks.
      urgent: queryable(pglite),
      transaction: (work) => pglite.transaction((tx) => work(queryable(tx))),
      queuePool: async () => pool,
      close: async () => {
        if (!pglite.closed) await pglite.close();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

function queryable(connection: Pick<PGlite | Transaction, "query" | "exec">): Queryable {
  return {
    query: async (sql, params = []) => (await connection.query<never>(sql, [...params])).rows,
    script: async (sql) => {
      await connection.exec(sql);
    },
  };
}

/** PGlite's one connection in the shape of `pg.Pool`, each of whose clients hears the notifications. */
class PglitePool extends EventEmitter implements QueuePool {
  readonly #pglite: PGlite;

  constructor(pglite: PGlite) {
    super();
    this.#pglite = pglite;
  }

  async query(text: string, params: readonly unknown[] = []): Promise<{ rows: unknown[] }> {
    return this.#pglite.query(text, [...params]);
  }

  async connect(): Promise<QueueClient> {
    return new PgliteClient(this.#pglite);
  }

  /** The database's own `close` ends the connection. */
  async end(): Promise<void> {}
}

class PgliteClient extends EventEmitter implements QueueClient {
  readonly #pglite: PGlite;
  readonly #unsubscribe: () => void;

  constructor(pglite: PGlite) {
    super();
    this.#pglite = pglite;
    this.#unsubscribe = pglite.onNotification((channel, payload) => this.emit("notification", { channel, payload }));
  }

  async query(text: string, params: readonly unknown[] = []): Promise<{ rows: unknown[] }> {
    return this.#pglite.query(text, [...params]);
  }

  release(): void {
    this.#unsubscribe();
  }
}
