import { setFlagsFromString } from "node:v8";
import { startApp } from "../app.ts";
import { readConfigFile } from "../config/config-file.ts";
import { secretValues } from "../config/secrets.ts";
import { environment } from "../config/environment.ts";
import { readSettings, valueOf } from "../config/settings.ts";
import { systemClock } from "../core/clock.ts";
import { createSecrets } from "../core/secrets.ts";
import { createLogger } from "../observability/log.ts";
import { shutdownRequested } from "./shutdown.ts";

/**
 * Turns leave garbage by the megabyte, and V8 would rather take memory than collect it: with 500 open turns the process
 * held 380 MiB, with this flag 310 (npm run bench).
 */
function keepMemorySmall(): void {
  setFlagsFromString("--heap-growing-percent=50");
}

/** Milliseconds after which what was not closed ends with the process. */
const endedWithinMs = 1_000;

/** `npm start`: Sophia against the real services. */
export async function run(): Promise<number> {
  keepMemorySmall();
  const env = environment();
  const settings = readSettings(env);
  const config = await readConfigFile(valueOf(env, "SOPHIA_CONFIG") ?? "");
  const secrets = createSecrets(secretValues(env, config));
  const logger = createLogger({ level: settings.logLevel, secrets });
  const app = await startApp({ settings, config, env, clock: systemClock, logger, secrets });
  const shutdown = shutdownRequested();
  for (const { name, reason } of app.absent) logger.warn({ server: name, reason }, "a server is not offered");
  logger.info({ port: app.port, gateway: app.gatewayUrl ?? "in this process only" }, "Sophia is ready");
  const signal = await shutdown;
  logger.info({ signal }, "shutting down");
  await app.close();
  // BullMQ keeps trying for ever to reach a Redis that was never there.
  setTimeout(() => process.exit(), endedWithinMs).unref();
  return 0;
}
