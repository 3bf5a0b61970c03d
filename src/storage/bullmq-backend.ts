import type { BackendFactory, RelayBackendFactory } from "bullmq";
import type { Redis } from "ioredis";
import type { Logger } from "../observability/log.ts";
import type { Database, QueuePool } from "./database.ts";

export interface BackendOptions {
  /** With it BullMQ runs on Redis, else in the database. */
  redisUrl?: string | undefined;
  database: Database;
  logger: Logger;
  /** Before every key in Redis, so that several installations can share one. */
  prefix?: string | undefined;
}

/** What BullMQ's classes are given: the same for Redis, Postgres and PGlite. */
export interface Backend {
  /** Typed by BullMQ for Redis only; its Postgres backend takes a pool in its place. */
  connection: Redis;
  factory: BackendFactory;
  relayFactory: RelayBackendFactory;
  prefix: string;
  /** False while nothing can be reached, so that callers can fail at once instead of piling up. */
  isReady(): boolean;
  close(): void;
}

export async function openBackend(options: BackendOptions): Promise<Backend> {
  const prefix = options.prefix ?? "sophia";
  return options.redisUrl
    ? openRedis(options.redisUrl, prefix, options.logger)
    : openSql(options.database, prefix, options.logger);
}

/** Milliseconds that a start waits for Redis before it goes on without. */
const redisStartMs = 2_000;

async function openRedis(url: string, prefix: string, logger: Logger): Promise<Backend> {
  const [{ Redis }, { createRedisBackend, createRedisRelayBackend }] = await Promise.all([
    import("ioredis"),
    import("bullmq"),
  ]);
  const redis = new Redis(url, {
    // BullMQ's workers wait in blocking commands, which must outlive a reconnection.
    maxRetriesPerRequest: null,
    connectTimeout: 5_000,
    keepAlive: 10_000,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 2_000),
  });
  redis.on("error", onlyFirst(logger, "Redis cannot be used; turns start with a delay", redis));
  await ready(redis, redisStartMs);
  return {
    connection: redis,
    factory: createRedisBackend,
    relayFactory: createRedisRelayBackend,
    prefix,
    isReady: () => redis.status === "ready",
    close: () => redis.disconnect(),
  };
}

/** A lost Redis raises an error for every attempt to reach it: one line a loss is enough. */
function onlyFirst(logger: Logger, message: string, redis: Redis): (error: Error) => void {
  let lost = false;
  redis.on("ready", () => {
    if (lost) logger.info("Redis is back");
    lost = false;
  });
  return (error) => {
    if (!lost) logger.error({ err: error }, message);
    lost = true;
  };
}

function ready(redis: Redis, withinMs: number): Promise<void> {
  if (redis.status === "ready") return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      redis.off("ready", done);
      resolve();
    };
    const timer = setTimeout(done, withinMs);
    redis.once("ready", done);
  });
}

async function openSql(database: Database, prefix: string, logger: Logger): Promise<Backend> {
  const { createPostgresBackend, createPostgresRelayBackend, runMigrations } = await import("bullmq");
  await database.transaction((tx) =>
    runMigrations({
      // BullMQ brings its own transaction, and ours is the one that holds the connection (the only one of PGlite).
      query: async (text, params = []) => {
        if (/^(BEGIN|COMMIT|ROLLBACK)$/.test(text)) return { rows: [] };
        if (params.length > 0 || /^\s*(SELECT|SHOW)\b/.test(text)) {
          return { rows: await tx.query(text, params as string[]) };
        }
        await tx.script(text);
        return { rows: [] };
      },
    }),
  );
  const pool: QueuePool = await database.queuePool();
  pool.on("error", (error) => logger.warn({ err: error }, "the queue's database connection was lost"));
  return {
    connection: pool as unknown as Redis,
    factory: createPostgresBackend as unknown as BackendFactory,
    relayFactory: createPostgresRelayBackend as unknown as RelayBackendFactory,
    prefix,
    isReady: () => true,
    close: () => {},
  };
}
