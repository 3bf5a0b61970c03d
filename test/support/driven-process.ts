/**
 * Sophia whole, as `npm start` runs her, but by a clock that her parent moves. Her first argument says as JSON what her settings are
 * and what time it is; each message of the parent is another time, given back once it is that.
 */
import { createSandboxClock } from "../../sandbox/stand-in.ts";
import { startApp } from "../../src/app.ts";
import { readConfigFile } from "../../src/config/config-file.ts";
import { secretValues } from "../../src/config/secrets.ts";
import { readSettings, valueOf } from "../../src/config/settings.ts";
import { randomId } from "../../src/core/ids.ts";
import { createSecrets } from "../../src/core/secrets.ts";
import { createLogger } from "../../src/observability/log.ts";

/** Also what it is started with. */
export interface Driven {
  env: Record<string, string>;
  /** Epoch milliseconds. */
  now: number;
}

const { env, now } = JSON.parse(process.argv[2] ?? "{}") as Driven;
const clock = createSandboxClock(now);
const config = await readConfigFile(valueOf(env, "SOPHIA_CONFIG") ?? "");
const settings = readSettings(env);
const secrets = createSecrets(secretValues(env, config));
const logger = createLogger({ level: settings.logLevel, secrets });
let workerId: string | undefined;
const newId = (prefix: string): string => {
  const id = randomId(prefix);
  if (prefix === "worker") workerId = id;
  return id;
};
// Calls and notices of half a year would come in between.
const { port } = await startApp({ settings, config: { ...config, routes: [] }, env, clock, logger, secrets, newId });
process.on("message", (instant: number) => {
  clock.set(instant);
  process.send?.(instant);
});
process.on("disconnect", () => process.exit());
logger.info({ port, workerId }, "Sophia is ready");
