import { readConfigFile } from "../config/config-file.ts";
import { secretValues } from "../config/secrets.ts";
import { environment } from "../config/environment.ts";
import {
  malformed,
  missing,
  readGatewaySettings,
  readLogLevel,
  readStorageSettings,
  valueOf,
} from "../config/settings.ts";
import { systemClock } from "../core/clock.ts";
import { ConfigError } from "../core/errors.ts";
import { createSecrets } from "../core/secrets.ts";
import { startGateway } from "../app.ts";
import { createLogger } from "../observability/log.ts";
import { shutdownRequested } from "./shutdown.ts";

/** `npm run gateway`: the MCP gateway alone, for several machines or for other MCP clients. */
export async function run(): Promise<number> {
  const env = environment();
  const problems = [...missing(env, ["MCP_AUTH_TOKEN"]), ...malformed(env)];
  if (problems.length > 0) throw new ConfigError(problems);
  const config = await readConfigFile(valueOf(env, "SOPHIA_CONFIG") ?? "");
  const secrets = createSecrets(secretValues(env, config));
  const logger = createLogger({ level: readLogLevel(env), secrets });
  const gateway = await startGateway({
    settings: { storage: readStorageSettings(env), gateway: readGatewaySettings(env) },
    config,
    env,
    clock: systemClock,
    logger,
    secrets,
  });
  const shutdown = shutdownRequested();
  for (const { name, reason } of gateway.absent) logger.warn({ server: name, reason }, "a server is not offered");
  logger.info({ url: gateway.gatewayUrl }, "the gateway is ready");
  await shutdown;
  await gateway.close();
  return 0;
}
