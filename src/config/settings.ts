import type { KeyObject } from "node:crypto";
import { z } from "zod";
import { ConfigError } from "../core/errors.ts";
import { readPublicKey } from "../core/public-key.ts";
import { readSecretKeys } from "../core/secret-keys.ts";
import { accountVariables } from "./account-variables.ts";
import { serviceVariables, url, type Variable } from "./service-variables.ts";

/** The client and our own checks join a method's name to it. */
const apiUrl = {
  schema: z.url({ protocol: /^https?$/ }).regex(/^[^?#]*\/api\/$/),
  hint: "an http(s) address that ends in /api/",
};
const port = { schema: z.coerce.number().int().min(0).max(65_535), hint: "a port number" };
const hostNames = {
  // `name` or `[address]`, without a port: what stands in a Host header before it.
  schema: z.string().regex(/^\s*([\w.-]+|\[[\da-fA-F:.]+\])(\s*,\s*([\w.-]+|\[[\da-fA-F:.]+\]))*\s*$/),
  hint: "a list of host names without ports, separated by commas",
};
const prefixed = (prefix: string) => ({
  schema: z.string().startsWith(prefix),
  hint: `a token that begins with ${prefix}`,
});

export const variables = {
  SLACK_BOT_TOKEN: {
    meaning: "Sophia's identity in Slack",
    where: "api.slack.com/apps > your app > OAuth & Permissions > Bot User OAuth Token",
    format: prefixed("xoxb-"),
  },
  SLACK_APP_TOKEN: {
    meaning: "Socket Mode: no public address needed",
    where: "api.slack.com/apps > your app > Basic Information > App-Level Tokens (scope connections:write)",
    format: prefixed("xapp-"),
  },
  SLACK_SIGNING_SECRET: {
    meaning: "HTTP instead of Socket Mode: Slack posts to PORT",
    where: "api.slack.com/apps > your app > Basic Information > Signing Secret",
  },
  SLACK_API_URL: {
    meaning: "Slack's Web API, ending in /api/",
    where: "leave unset outside the sandbox",
    format: apiUrl,
  },
  ANTHROPIC_API_KEY: { meaning: "Claude", where: "console.anthropic.com > API keys" },
  ANTHROPIC_BASE_URL: { meaning: "Claude's address", where: "leave unset outside the sandbox", format: url },
  SOPHIA_MODEL: { meaning: "the model that answers", where: "default claude-sonnet-5-5" },
  ...serviceVariables,
  ...accountVariables,
  MCP_AUTH_TOKEN: {
    meaning: "bearer token of the MCP gateway; without it the gateway has no HTTP front",
    where: "make one: openssl rand -hex 32",
    format: { schema: z.string().min(16), hint: "at least 16 characters" },
  },
  DATABASE_URL: {
    meaning: "Postgres for the records; without it PGlite in SOPHIA_DATA_DIR",
    where: "postgres://user:password@host:5432/database",
    format: { schema: z.url({ protocol: /^postgres(ql)?$/ }), hint: "a postgres:// address" },
  },
  REDIS_URL: {
    meaning: "Redis for the queue; without it the queue lives beside the records",
    where: "redis://host:6379",
    format: { schema: z.url({ protocol: /^rediss?$/ }), hint: "a redis:// address" },
  },
  SOPHIA_QUEUE_PREFIX: {
    meaning: "what stands before every key of the queue, so that several installations can share one Redis",
    where: "default sophia; another one for each installation",
    format: { schema: z.string().regex(/^[\w.-]{1,64}$/), hint: "a word of letters, digits, ., _ and -, 64 at most" },
  },
  SOPHIA_DATA_DIR: { meaning: "where PGlite keeps the records", where: "default ./data" },
  SOPHIA_CONFIG: { meaning: "the configuration file", where: "default ./sophia.config.json" },
  SOPHIA_LOG_LEVEL: {
    meaning: "debug, info, warn, error or silent",
    where: "default info",
    format: {
      schema: z.enum(["debug", "info", "warn", "error", "silent"]),
      hint: "debug, info, warn, error or silent",
    },
  },
  PORT: { meaning: "Slack over HTTP, webhooks and health", where: "default 3000", format: port },
  MCP_GATEWAY_PORT: { meaning: "the MCP gateway", where: "default 8090", format: port },
  MCP_GATEWAY_HOST: {
    meaning: "the address the gateway listens on",
    where: "default 127.0.0.1; 0.0.0.0 for other machines, with MCP_GATEWAY_ALLOWED_HOSTS",
  },
  MCP_GATEWAY_ALLOWED_HOSTS: {
    meaning: "names and addresses under which other machines call the gateway; any other Host is refused",
    where: "separated by commas, such as sophia.internal,10.0.0.5; needed where MCP_GATEWAY_HOST is 0.0.0.0 or ::",
    format: hostNames,
  },
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof variables;
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Settings {
  slack: { botToken: string; appToken?: string; signingSecret?: string; apiUrl: string };
  claude: { apiKey: string; baseUrl?: string; model: string };
  storage: StorageSettings;
  gateway: GatewaySettings;
  accounts: AccountSettings;
  webhooks: WebhookSettings;
  port: number;
  logLevel: "debug" | "info" | "warn" | "error" | "silent";
}

/** By which webhooks are known to be a service's own. */
export interface WebhookSettings {
  gongPublicKey?: KeyObject;
  hubspotSecret?: string;
}

/** How people connect their own accounts at the services. */
export interface AccountSettings {
  /** The first encrypts, all decrypt; none where nothing can be kept secret. */
  secretKeys: readonly Buffer[];
  publicUrl?: string;
  /** Sophia's own apps, by server name. */
  apps: { asana?: OAuthAppSettings; hubspot?: OAuthAppSettings };
}

interface OAuthAppSettings {
  clientId: string;
  clientSecret: string;
  /** Origins: of the page on which people allow it, and of the tokens. */
  pageUrl: string;
  tokenUrl: string;
}

export interface StorageSettings {
  databaseUrl?: string;
  redisUrl?: string;
  /** Before every key in Redis; replicas of one installation share it. */
  queuePrefix: string;
  dataDir: string;
}

export interface GatewaySettings {
  authToken?: string;
  port: number;
  host: string;
  /** Names, in lower case, under which clients call the gateway, besides loopback and `host`. */
  allowedHosts: readonly string[];
}

const defaults = {
  SLACK_API_URL: "https://slack.com/api/",
  SOPHIA_MODEL: "claude-sonnet-5-5",
  SOPHIA_QUEUE_PREFIX: "sophia",
  SOPHIA_DATA_DIR: "./data",
  SOPHIA_CONFIG: "./sophia.config.json",
  PORT: "3000",
  MCP_GATEWAY_PORT: "8090",
  MCP_GATEWAY_HOST: "127.0.0.1",
} as const;

/** The value of a variable, blank counting as unset, with its default. */
export function valueOf(env: Environment, name: VariableName): string | undefined {
  const value = env[name]?.trim();
  if (value) return value;
  return name in defaults ? defaults[name as keyof typeof defaults] : undefined;
}

/** One line for each variable whose value cannot be right, by itself or beside another. */
export function malformed(env: Environment): string[] {
  const problems = Object.entries(variables).flatMap(([name, variable]: [string, Variable]) => {
    const value = valueOf(env, name as VariableName);
    if (value === undefined || !variable.format || variable.format.schema.safeParse(value).success) return [];
    return [`${name} is not ${variable.format.hint} (${variable.meaning}; ${variable.where})`];
  });
  return [...problems, ...unreachableGateway(env)];
}

/** A gateway that listens on every address knows none of the names it is called by, and would refuse all other machines. */
function unreachableGateway(env: Environment): string[] {
  const host = valueOf(env, "MCP_GATEWAY_HOST") ?? "";
  const isServed = valueOf(env, "MCP_AUTH_TOKEN") !== undefined;
  return isServed && ["0.0.0.0", "::"].includes(host) ? missing(env, ["MCP_GATEWAY_ALLOWED_HOSTS"]) : [];
}

/** One line for each missing variable of `names`, with where to get it. */
export function missing(env: Environment, names: readonly VariableName[]): string[] {
  return names
    .filter((name) => valueOf(env, name) === undefined)
    .map((name) => `${name} is not set: ${variables[name].meaning} (${variables[name].where})`);
}

/** What is missing of Slack: the bot token, and one of the two ways to get events. */
export function slackProblems(env: Environment): string[] {
  const problems = missing(env, ["SLACK_BOT_TOKEN"]);
  if (!valueOf(env, "SLACK_APP_TOKEN") && !valueOf(env, "SLACK_SIGNING_SECRET")) {
    const { SLACK_APP_TOKEN: app, SLACK_SIGNING_SECRET: secret } = variables;
    problems.push(
      `SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is not set: ${app.meaning} (${app.where}); ${secret.meaning} (${secret.where})`,
    );
  }
  return problems;
}

/** Everything that `npm start` needs. Throws a ConfigError that lists all that is missing or wrong. */
export function readSettings(env: Environment): Settings {
  const problems = [...slackProblems(env), ...missing(env, ["ANTHROPIC_API_KEY"]), ...malformed(env)];
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    slack: {
      botToken: valueOf(env, "SLACK_BOT_TOKEN") ?? "",
      appToken: valueOf(env, "SLACK_APP_TOKEN"),
      signingSecret: valueOf(env, "SLACK_SIGNING_SECRET"),
      apiUrl: valueOf(env, "SLACK_API_URL") ?? "",
    },
    claude: {
      apiKey: valueOf(env, "ANTHROPIC_API_KEY") ?? "",
      baseUrl: valueOf(env, "ANTHROPIC_BASE_URL"),
      model: valueOf(env, "SOPHIA_MODEL") ?? "",
    },
    storage: readStorageSettings(env),
    gateway: readGatewaySettings(env),
    accounts: readAccountSettings(env),
    webhooks: readWebhookSettings(env),
    port: Number(valueOf(env, "PORT")),
    logLevel: readLogLevel(env),
  };
}

export function readStorageSettings(env: Environment): StorageSettings {
  return {
    databaseUrl: valueOf(env, "DATABASE_URL"),
    redisUrl: valueOf(env, "REDIS_URL"),
    queuePrefix: valueOf(env, "SOPHIA_QUEUE_PREFIX") ?? "",
    dataDir: valueOf(env, "SOPHIA_DATA_DIR") ?? "",
  };
}

function readWebhookSettings(env: Environment): WebhookSettings {
  return {
    gongPublicKey: readPublicKey(valueOf(env, "GONG_WEBHOOK_PUBLIC_KEY") ?? ""),
    hubspotSecret: valueOf(env, "HUBSPOT_WEBHOOK_SECRET"),
  };
}

function readAccountSettings(env: Environment): AccountSettings {
  const asanaUrl = valueOf(env, "ASANA_OAUTH_URL") ?? "https://app.asana.com";
  const hubspotUrl = valueOf(env, "HUBSPOT_OAUTH_URL") ?? "https://app.hubspot.com";
  const hubspotTokenUrl = valueOf(env, "HUBSPOT_BASE_URL") ?? "https://api.hubapi.com";
  const app = (id: VariableName, secret: VariableName, pageUrl: string, tokenUrl: string) => {
    const [clientId, clientSecret] = [valueOf(env, id), valueOf(env, secret)];
    return clientId && clientSecret ? { clientId, clientSecret, pageUrl, tokenUrl } : undefined;
  };
  return {
    secretKeys: readSecretKeys(valueOf(env, "SOPHIA_SECRET_KEY") ?? "") ?? [],
    publicUrl: valueOf(env, "SOPHIA_PUBLIC_URL"),
    apps: {
      asana: app("ASANA_CLIENT_ID", "ASANA_CLIENT_SECRET", asanaUrl, asanaUrl),
      hubspot: app("HUBSPOT_CLIENT_ID", "HUBSPOT_CLIENT_SECRET", hubspotUrl, hubspotTokenUrl),
    },
  };
}

export function readGatewaySettings(env: Environment): GatewaySettings {
  return {
    authToken: valueOf(env, "MCP_AUTH_TOKEN"),
    port: Number(valueOf(env, "MCP_GATEWAY_PORT")),
    host: valueOf(env, "MCP_GATEWAY_HOST") ?? "",
    allowedHosts: (valueOf(env, "MCP_GATEWAY_ALLOWED_HOSTS") ?? "")
      .toLowerCase()
      .split(",")
      .flatMap((name) => name.trim() || []),
  };
}

export function readLogLevel(env: Environment): Settings["logLevel"] {
  return (valueOf(env, "SOPHIA_LOG_LEVEL") as Settings["logLevel"] | undefined) ?? "info";
}
