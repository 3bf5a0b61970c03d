import { ServiceError } from "../core/errors.ts";

/** Asks Redis for its version. Throws ServiceError where it does not answer. */
export async function redisVersion(url: string): Promise<string> {
  const { Redis } = await import("ioredis");
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: 3_000, retryStrategy: () => null });
  // Without a listener ioredis prints the error; the rejected `connect` tells it already.
  redis.on("error", () => undefined);
  try {
    await redis.connect();
    return /redis_version:(\S+)/.exec(await redis.info("server"))?.[1] ?? "unknown version";
  } catch (cause) {
    throw new ServiceError("Redis does not answer at REDIS_URL.", { service: "Redis", cause });
  } finally {
    redis.disconnect();
  }
}
