import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { Client } from "pg";
import { createLogger } from "../../src/observability/log.ts";
import { type Database, openDatabase } from "../../src/storage/database.ts";
import { openQueue, type TurnQueue } from "../../src/storage/queue.ts";
import { openRelay, type Relay } from "../../src/storage/relay.ts";
import { copyNewPglite } from "../../src/commands/new-pglite.ts";
import { answers, startPostgres, startRedis } from "./servers.ts";

/** One of the ways in which Sophia keeps its records and its queue, on a real engine. */
export interface Engine {
  name: "PGlite" | "Postgres" | "Redis with Postgres";
  /** A new, empty home for one test file. */
  create(): Promise<EngineHome>;
}

/** What settings point at: several processes may use one home, but only one at a time where it is PGlite's. */
export interface EngineHome {
  databaseUrl?: string;
  redisUrl?: string;
  dataDir: string;
  prefix: string;
  createStorage(): Promise<Storage>;
  /** Closes what `createStorage` opened. */
  close(): Promise<void>;
  /** Closes, and leaves nothing behind. */
  drop(): Promise<void>;
}

export interface Storage {
  database: Database;
  queue: TurnQueue;
  relay: Relay;
  close(): Promise<void>;
}

export type Place = Pick<EngineHome, "databaseUrl" | "redisUrl" | "dataDir" | "prefix">;

const logger = createLogger({ level: "silent" });

/** Opens records, queue and relay as `app.ts` does. */
export async function openStorage(place: Place): Promise<Storage> {
  const { databaseUrl, redisUrl, dataDir, prefix } = place;
  const database = await openDatabase({ databaseUrl, dataDir, logger });
  const options = { redisUrl, database, logger, prefix };
  const [queue, relay] = await Promise.all([openQueue(options), openRelay(options)]);
  const closeAll = async () => {
    await Promise.all([queue.close(1_000), relay.close()]);
    await database.close();
  };
  let closing: Promise<void> | undefined;
  return {
    database,
    queue,
    relay,
    close: () => {
      closing ??= closeAll();
      return closing;
    },
  };
}

/**
 * The engines that can be had here: at DATABASE_URL and REDIS_URL, else at the local defaults, else on a server of the
 * test's own. An engine that cannot be had is said plainly, and its tests do not run.
 */
export async function availableEngines(): Promise<Engine[]> {
  const [postgres, redis] = await Promise.all([postgresUrl(), redisUrl()]);
  const engines: Engine[] = [{ name: "PGlite", create: () => createHome(undefined, undefined) }];
  if (postgres) engines.push({ name: "Postgres", create: () => createHome(postgres, undefined) });
  else notRun("Postgres", "DATABASE_URL");
  if (postgres && redis) engines.push({ name: "Redis with Postgres", create: () => createHome(postgres, redis) });
  else if (!redis) notRun("Redis", "REDIS_URL");
  return engines;
}

/** For tests that are not about the engine: Postgres, which costs the test a fraction of PGlite's CPU, where it answers. */
export async function createLightHome(): Promise<EngineHome> {
  return createHome(await postgresUrl(), undefined);
}

function notRun(engine: string, variable: string): void {
  process.stderr.write(`NOT RUN on ${engine}: no server answers. Set ${variable}, or put the server on PATH.\n`);
}

async function postgresUrl(): Promise<string | undefined> {
  const url = process.env["DATABASE_URL"] ?? "postgres://postgres@127.0.0.1:5432/test";
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    await client.end();
    return url;
  } catch {
    return (await startPostgres())?.url;
  }
}

async function redisUrl(): Promise<string | undefined> {
  const url = process.env["REDIS_URL"] ?? "redis://127.0.0.1:6379";
  const { hostname, port } = new URL(url);
  return (await answers(hostname, Number(port || 6379))) ? url : (await startRedis())?.url;
}

/** A new, empty home on PGlite, on Postgres or on both servers. */
export async function createHome(serverUrl: string | undefined, redis: string | undefined): Promise<EngineHome> {
  const name = `sophia_test_${randomUUID().replaceAll("-", "")}`;
  const dataDir = mkdtempSync(join(tmpdir(), "sophia-data-"));
  const databaseUrl = serverUrl && new URL(serverUrl);
  if (databaseUrl) {
    await administer(serverUrl, `CREATE DATABASE ${name}`);
    databaseUrl.pathname = `/${name}`;
  } else {
    await copyNewPglite(dataDir);
  }
  const place: Place = {
    dataDir,
    prefix: name,
    ...(databaseUrl && { databaseUrl: databaseUrl.href }),
    ...(redis && { redisUrl: redis }),
  };
  const opened: Storage[] = [];
  const close = async () => {
    await Promise.all(opened.splice(0).map((storage) => storage.close()));
  };
  return {
    ...place,
    createStorage: async () => {
      const storage = await openStorage(place);
      opened.push(storage);
      return storage;
    },
    close,
    drop: async () => {
      await close();
      if (serverUrl) await administer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      if (redis) await removeKeys(redis, `${name}:*`);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function administer(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function removeKeys(url: string, pattern: string): Promise<void> {
  const redis = new Redis(url);
  try {
    for await (const keys of redis.scanStream({ match: pattern, count: 1_000 }) as AsyncIterable<string[]>) {
      if (keys.length > 0) await redis.unlink(...keys);
    }
  } finally {
    redis.disconnect();
  }
}
