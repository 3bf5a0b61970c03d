import { ConfigReader } from "../shared/read-config.ts";
import { parseName, type SchemaName } from "./table-names.ts";

/** How this server shows Snowflake who it is. */
export type Authentication =
  | { kind: "SNOWFLAKE_JWT"; privateKeyPath: string; passphrase: string | undefined }
  | { kind: "PROGRAMMATIC_ACCESS_TOKEN" | "OAUTH"; token: string }
  | {
      kind: "OAUTH_CLIENT_CREDENTIALS";
      clientId: string;
      clientSecret: string;
      tokenUrl: string | undefined;
      scope: string | undefined;
    }
  | { kind: "WORKLOAD_IDENTITY"; provider: WorkloadProvider; token: string | undefined };

const workloadProviders = ["AWS", "AZURE", "GCP", "OIDC"] as const;
export type WorkloadProvider = (typeof workloadProviders)[number];

export interface SnowflakeConfig {
  /** `ORGANISATION-ACCOUNT`, or the older `locator.region`. */
  account: string;
  user: string;
  authentication: Authentication;
  /** May read, and nothing else: checked at the first use. */
  role: string;
  warehouse: string | undefined;
  /** What a name without database means; as Snowflake keeps it. */
  database: string | undefined;
  schema: string | undefined;
  /** Origin, where it is not the account's own host. */
  accessUrl: string | undefined;
  /** Undefined: the role alone decides what may be read. */
  allowedSchemas: SchemaName[] | undefined;
  /** A JSON file of saved reports. */
  reportsPath: string | undefined;
  readOnly: boolean;
}

/** Throws ConfigError with everything that is missing or wrong. */
export function readSnowflakeConfig(env: Readonly<Record<string, string | undefined>>): SnowflakeConfig {
  const reader = new ConfigReader(
    env,
    "Snowflake: Snowsight > the account's menu > Account details; mcp-servers/snowflake/README.md has the SQL",
  );
  const url = reader.optional("SNOWFLAKE_ACCESS_URL");
  const config: SnowflakeConfig = {
    account: reader.required("SNOWFLAKE_ACCOUNT", "the account identifier, such as MYORG-ACCOUNT1"),
    user: reader.required("SNOWFLAKE_USER", "the service user that this server logs in as"),
    authentication: readAuthentication(reader),
    role: reader.required("SNOWFLAKE_ROLE", "a role that may only read"),
    warehouse: reader.optional("SNOWFLAKE_WAREHOUSE"),
    database: readName(reader, "SNOWFLAKE_DATABASE"),
    schema: readName(reader, "SNOWFLAKE_SCHEMA"),
    accessUrl:
      url && reader.address("SNOWFLAKE_ACCESS_URL", url, { example: "https://myorg-account1.snowflakecomputing.com" }),
    allowedSchemas: readAllowedSchemas(reader),
    reportsPath: reader.optional("SNOWFLAKE_REPORTS"),
    readOnly: reader.flag("SNOWFLAKE_READ_ONLY"),
  };
  checkAccount(reader, config.account);
  checkSessionSchema(reader, config);
  reader.finish();
  return config;
}

function readAuthentication(reader: ConfigReader): Authentication {
  const kind = (reader.optional("SNOWFLAKE_AUTHENTICATOR") ?? "SNOWFLAKE_JWT").toUpperCase();
  switch (kind) {
    case "SNOWFLAKE_JWT": {
      const privateKeyPath = reader.required(
        "SNOWFLAKE_PRIVATE_KEY_PATH",
        "the file with the user's private key (PEM)",
      );
      return { kind, privateKeyPath, passphrase: reader.optional("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE") };
    }
    case "PROGRAMMATIC_ACCESS_TOKEN":
    case "OAUTH":
      return { kind, token: reader.required("SNOWFLAKE_TOKEN", `the token for SNOWFLAKE_AUTHENTICATOR=${kind}`) };
    case "OAUTH_CLIENT_CREDENTIALS":
      return readClientCredentials(reader);
    case "WORKLOAD_IDENTITY":
      return readWorkload(reader);
    default: {
      const kinds = "SNOWFLAKE_JWT, PROGRAMMATIC_ACCESS_TOKEN, OAUTH, OAUTH_CLIENT_CREDENTIALS or WORKLOAD_IDENTITY";
      reader.problem(
        `SNOWFLAKE_AUTHENTICATOR must be ${kinds}: a server has nobody who could type a password or open a browser.`,
      );
      return { kind: "OAUTH", token: "" };
    }
  }
}

function readClientCredentials(reader: ConfigReader): Authentication {
  const url = reader.optional("SNOWFLAKE_OAUTH_TOKEN_URL");
  if (url !== undefined && !/^https:|^http:\/\/(localhost|127\.|\[::1\])/.test(url)) {
    reader.problem("SNOWFLAKE_OAUTH_TOKEN_URL must begin with https: the client's secret travels with it.");
  }
  return {
    kind: "OAUTH_CLIENT_CREDENTIALS",
    clientId: reader.required("SNOWFLAKE_OAUTH_CLIENT_ID", "the client's id at the identity provider"),
    clientSecret: reader.required("SNOWFLAKE_OAUTH_CLIENT_SECRET", "the client's secret at the identity provider"),
    tokenUrl: url,
    scope: reader.optional("SNOWFLAKE_OAUTH_SCOPE"),
  };
}

function readWorkload(reader: ConfigReader): Authentication {
  const text = reader
    .required("SNOWFLAKE_WORKLOAD_PROVIDER", "where this server runs: AWS, AZURE, GCP or OIDC")
    .toUpperCase();
  const provider = workloadProviders.find((known) => known === text);
  if (text !== "" && !provider) reader.problem("SNOWFLAKE_WORKLOAD_PROVIDER must be AWS, AZURE, GCP or OIDC.");
  const token = reader.optional("SNOWFLAKE_TOKEN");
  if (provider === "OIDC" && !token)
    reader.problem("SNOWFLAKE_TOKEN is not set: with OIDC it is the token that the platform gives out.");
  return { kind: "WORKLOAD_IDENTITY", provider: provider ?? "OIDC", token };
}

/** One name; unquoted ones are kept in upper case, as Snowflake does. */
function readName(reader: ConfigReader, variable: string): string | undefined {
  const text = reader.optional(variable);
  if (text === undefined) return undefined;
  const parts = parseName(text);
  if (parts?.length !== 1) reader.problem(`${variable} must be one name, such as SALES.`);
  return parts?.[0];
}

function readAllowedSchemas(reader: ConfigReader): SchemaName[] | undefined {
  const text = reader.optional("SNOWFLAKE_ALLOWED_SCHEMAS");
  if (text === undefined) return undefined;
  return text.split(",").flatMap((one) => {
    const [database, schema, ...more] = parseName(one) ?? [];
    if (database !== undefined && schema !== undefined && more.length === 0) return [{ database, schema }];
    reader.problem(
      `SNOWFLAKE_ALLOWED_SCHEMAS must be a list such as SALES.CRM, SALES.FINANCE ("${one.trim()}" is not DATABASE.SCHEMA).`,
    );
    return [];
  });
}

function checkAccount(reader: ConfigReader, account: string): void {
  if (account === "" || /^[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*$/.test(account)) return;
  reader.problem(
    "SNOWFLAKE_ACCOUNT must be the account identifier alone, such as MYORG-ACCOUNT1, without https:// and snowflakecomputing.com.",
  );
}

/** With a list, what a bare name means has to be said, and to be on it. */
function checkSessionSchema(reader: ConfigReader, { allowedSchemas, database, schema }: SnowflakeConfig): void {
  if (schema !== undefined && database === undefined)
    reader.problem("SNOWFLAKE_DATABASE is not set, but SNOWFLAKE_SCHEMA is.");
  if (allowedSchemas === undefined) return;
  if (allowedSchemas.some((one) => one.database === database && one.schema === schema)) return;
  reader.problem("SNOWFLAKE_DATABASE and SNOWFLAKE_SCHEMA must name one of SNOWFLAKE_ALLOWED_SCHEMAS.");
}
