import { parseArgs } from "node:util";
import { serveHttp, serveStdio } from "../../mcp-servers/shared/serve.ts";
import { builtinServers } from "../wiring/builtin-servers.ts";
import { environment } from "../config/environment.ts";
import { secretValues } from "../config/secrets.ts";
import { readGatewaySettings, readLogLevel } from "../config/settings.ts";
import { systemClock } from "../core/clock.ts";
import { UserError } from "../core/errors.ts";
import { createSecrets } from "../core/secrets.ts";
import { createLogger } from "../observability/log.ts";
import { shutdownRequested } from "./shutdown.ts";

/** `npm run --silent mcp -- NAME [--http PORT]`: one server for any MCP client. */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { http: { type: "string" } },
  });
  const [name = ""] = positionals;
  const builtin = builtinServers.get(name);
  if (!builtin) throw new UserError(`mcp takes the name of a server: ${[...builtinServers.keys()].join(", ")}.`);
  const env = environment();
  const secrets = createSecrets(secretValues(env));
  // stdout is the protocol.
  const logger = createLogger({ level: readLogLevel(env), destination: 2, secrets });
  const definition = await builtin.open(env, { clock: systemClock, logger });
  if (values.http === undefined) {
    await serveStdio(definition);
    return 0;
  }
  const port = Number(values.http);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UserError(`--http takes a port, not "${values.http}".`);
  const served = await serveHttp(definition, { port, token: readGatewaySettings(env).authToken });
  const shutdown = shutdownRequested();
  logger.info({ url: served.url, server: name }, "serving MCP");
  await shutdown;
  await served.close();
  return 0;
}
