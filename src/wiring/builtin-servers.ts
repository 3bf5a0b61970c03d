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
  /** As a person says it. */
  title: string;
  /** Makes the server of its own variables; throws a ConfigError that names those that are missing or wrong. */
  open(env: Environment, dependencies: ServerDependencies): Promise<ServerDefinition<unknown>>;
  /** A read without arguments that shows whether the service can be reached with these settings. */
  probe: string;
}

const gong: BuiltinServer = {
  title: "Gong",
  probe: "list_trackers",
  open: async (env, { clock, logger }) => {
    const [{ readGongConfig }, { createGongServer }] = await Promise.all([
      import("../../mcp-servers/gong/config.ts"),
      import("../../mcp-servers/gong/index.ts"),
    ]);
    return createGongServer(readGongConfig(env), { clock, fetch: createKeepAliveFetch(), logger });
  },
};

const hubspot: BuiltinServer = {
  title: "HubSpot",
  probe: "list_pipelines",
  open: async (env, { clock }) => {
    const [{ readHubSpotConfig }, { createHubSpotServer }] = await Promise.all([
      import("../../mcp-servers/hubspot/config.ts"),
      import("../../mcp-servers/hubspot/index.ts"),
    ]);
    return createHubSpotServer(readHubSpotConfig(env), { clock });
  },
};

const asana: BuiltinServer = {
  title: "Asana",
  probe: "list_projects",
  open: async (env, { clock }) => {
    const [{ readAsanaConfig }, { createAsanaServer }] = await Promise.all([
      import("../../mcp-servers/asana/config.ts"),
      import("../../mcp-servers/asana/index.ts"),
    ]);
    return createAsanaServer(readAsanaConfig(env), { clock });
  },
};

const snowflake: BuiltinServer = {
  title: "Snowflake",
  probe: "list_databases",
  open: async (env, { clock }) => {
    const [{ readSnowflakeConfig }, { createSnowflakeServer }] = await Promise.all([
      import("../../mcp-servers/snowflake/config.ts"),
      import("../../mcp-servers/snowflake/index.ts"),
    ]);
    return createSnowflakeServer(readSnowflakeConfig(env), { clock });
  },
};

const pinecone: BuiltinServer = {
  title: "Pinecone",
  probe: "list_indexes",
  open: async (env, { clock }) => {
    const [{ readPineconeConfig }, { createPineconeServer }] = await Promise.all([
      import("../../mcp-servers/pinecone/config.ts"),
      import("../../mcp-servers/pinecone/index.ts"),
    ]);
    return createPineconeServer(readPineconeConfig(env), { clock, fetch: createKeepAliveFetch() });
  },
};

const pulumi: BuiltinServer = {
  title: "Pulumi",
  probe: "list_stacks",
  open: async (env, { clock }) => {
    const [{ readPulumiConfig }, { createPulumiServer }] = await Promise.all([
      import("../../mcp-servers/pulumi/config.ts"),
      import("../../mcp-servers/pulumi/index.ts"),
    ]);
    return createPulumiServer(readPulumiConfig(env), { clock, fetch: createKeepAliveFetch() });
  },
};

const slack: BuiltinServer = {
  title: "Slack",
  probe: "find_channel",
  open: async (env, { clock }) => {
    const [{ readSlackConfig }, { createSlackServer }] = await Promise.all([
      import("../../mcp-servers/slack/config.ts"),
      import("../../mcp-servers/slack/index.ts"),
    ]);
    return createSlackServer(readSlackConfig(env), { clock });
  },
};

/** Our MCP servers by name. Each is loaded, with its vendor's SDK, only where it is used. */
export const builtinServers: ReadonlyMap<string, BuiltinServer> = new Map(
  Object.entries({ gong, hubspot, asana, snowflake, pinecone, pulumi, slack }),
);
