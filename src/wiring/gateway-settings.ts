import { linkInProcess } from "../../mcp-servers/shared/serve.ts";
import { builtinServers } from "./builtin-servers.ts";
import { type Config, declaredEnvironment, fillIn, type ServerConfig } from "../config/config-file.ts";
import type { Environment } from "../config/settings.ts";
import type { Clock } from "../core/clock.ts";
import { ConfigError } from "../core/errors.ts";
import type { ClientSettings, UpstreamSettings, UpstreamSource } from "../gateway/settings.ts";
import type { Logger } from "../observability/log.ts";
import { readRoles } from "./roles.ts";

export interface OfferedServers {
  upstreams: UpstreamSettings[];
  /** Configured servers that are not offered, with what to do about it. */
  absent: { name: string; reason: string }[];
}

/** The gateway's upstreams as the configuration names them; a server whose variables are not set is not offered. */
export function readUpstreams(config: Config, env: Environment, clock: Clock, logger: Logger): OfferedServers {
  const offered: OfferedServers = { upstreams: [], absent: [] };
  for (const server of config.servers) {
    const { values, absent } = declaredEnvironment(server.env, env);
    const unset = new Set(absent);
    const token = server.token === undefined ? undefined : fillIn(server.token, env, unset);
    if (unset.size > 0) {
      offered.absent.push({ name: server.name, reason: `${[...unset].join(", ")} not set` });
      continue;
    }
    const { name, prefix, trusted, sessions, budget } = server;
    const source = sourceOf(server, values, token, clock, logger);
    offered.upstreams.push({ name, source, trusted, sessions, budget, ...(prefix === undefined ? {} : { prefix }) });
  }
  return offered;
}

function sourceOf(
  server: ServerConfig,
  env: Record<string, string>,
  token: string | undefined,
  clock: Clock,
  logger: Logger,
): UpstreamSource {
  const { name, type, command, args, url } = server;
  if (type === "builtin") {
    const builtin = builtinServers.get(name);
    if (builtin) {
      return {
        type,
        open: async () => linkInProcess(await builtin.open(env, { clock, logger }), { trustCaller: true, clock }),
      };
    }
    throw new ConfigError([`servers: "${name}" is not one of ours (${[...builtinServers.keys()].join(", ")})`]);
  }
  if (type === "process" && command) return { type, command, args, env };
  if (type === "http" && url) return { type, url, token };
  throw new ConfigError([`servers: "${name}" of type ${type} needs ${type === "process" ? "command" : "url"}`]);
}

/** Other MCP clients with their tokens; one whose token is not set cannot connect. */
export function readClients(config: Config, env: Environment, logger: Logger): ClientSettings[] {
  return config.clients.flatMap(({ name, token, tools }) => {
    const absent = new Set<string>();
    const value = fillIn(token, env, absent);
    if (absent.size === 0) return [{ name, token: value, tools }];
    logger.warn({ client: name }, `an MCP client cannot connect: ${[...absent].join(", ")} is not set`);
    return [];
  });
}

/** Role -> the tools that it may use. */
export function readAgentTools(config: Config): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(readRoles(config)).map(([name, { tools }]) => [name, tools]));
}
