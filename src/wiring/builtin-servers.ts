import type { ServerDefinition } from "../../mcp-servers/shared/define-tool.ts";
import type { Environment } from "../config/settings.ts";
import type { Clock } from "../core/clock.ts";
import { createKeepAliveFetch } from "../core/keep-alive-fetch.ts";
import type { Logger } from "../observability/log.ts";

export interface ServerDependencies {
  clock: Clock;
  logger: Logger;
}

export interface BuiltinServer {
  /** Makes the server of its own variables; throws a ConfigError that names those that are missing or wrong. */
  open(env: Environment, dependencies: ServerDependencies): Promise<ServerDefinition<unknown>>;
  /** A read without arguments that shows whether the service can be reached with these settings. */
  probe: string;
}

/** Our MCP servers by name. Each is loaded, with its vendor's SDK, only where it is used. */
export const builtinServers: ReadonlyMap<string, BuiltinServer> = new Map([
  [
    "gong",
    {
      probe: "list_trackers",
      open: async (env, { clock, logger }) => {
        const [{ readGongConfig }, { createGongServer }] = await Promise.all([
          import("../../mcp-servers/gong/config.ts"),
          import("../../mcp-servers/gong/index.ts"),
        ]);
        return createGongServer(readGongConfig(env), { clock, fetch: createKeepAliveFetch(), logger });
      },
    },
  ],
]);
