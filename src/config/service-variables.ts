import { z } from "zod";
import { readPublicKey } from "../core/public-key.ts";

/** What a setting is and where to get it, for refusals, `doctor` and `.env.example`. */
export interface Variable {
  meaning: string;
  where: string;
  /** What a value must look like, and what to say where it does not. */
  format?: { schema: z.ZodType; hint: string };
}

export const url = { schema: z.url({ protocol: /^https?$/ }), hint: "an http(s) address" };
const publicKey = {
  schema: z.string().refine((text) => readPublicKey(text) !== undefined),
  hint: "an RSA public key",
};
const flag = { schema: z.enum(["true", "false"]), hint: "true or false" };

/** The services behind the MCP servers. Each server reads and checks its own; what is only here is what a person is told. */
export const serviceVariables = {
  GONG_API_KEY: { meaning: "Gong access key", where: "Gong > Company settings > Ecosystem > API" },
  GONG_API_SECRET: { meaning: "Gong access key secret", where: "Gong > Company settings > Ecosystem > API" },
  GONG_BASE_URL: {
    meaning: "your organisation's own Gong API address",
    where: "Gong > Company settings > Ecosystem > API, such as https://us-12345.api.gong.io",
    format: url,
  },
  GONG_TIME_ZONE: { meaning: "your company's time zone as set in Gong", where: "an IANA name; default UTC" },
  GONG_REQUESTS_PER_SECOND: { meaning: "Gong's limit for your company", where: "default 3; Gong's support raises it" },
  GONG_WEBHOOK_PUBLIC_KEY: {
    meaning: "Gong's signature on what it sends when a call has been processed; needs SOPHIA_PUBLIC_URL",
    where: "Gong > Company settings > Automation rules > your rule > Fire webhook, Signed JWT header > Public key",
    format: publicKey,
  },
  HUBSPOT_API_KEY: {
    meaning: "HubSpot service key, or the token of a project app",
    where: "HubSpot > Settings > Integrations > Service Keys; scopes in mcp-servers/hubspot/README.md",
  },
  HUBSPOT_BASE_URL: { meaning: "HubSpot's address", where: "default https://api.hubapi.com", format: url },
  HUBSPOT_WEBHOOK_SECRET: {
    meaning: "HubSpot's signature on what it sends when a record changes; needs SOPHIA_PUBLIC_URL",
    where: "HubSpot > Development > Projects > your app > Auth > Client secret",
  },
  HUBSPOT_READ_ONLY: { meaning: "true: HubSpot is only read", where: "default false", format: flag },
  ASANA_ACCESS_TOKEN: {
    meaning: "token of Sophia's own Asana account",
    where: "app.asana.com/0/my-apps > Personal access tokens, or a service account's",
  },
  ASANA_BASE_URL: {
    meaning: "Asana's API, ending in /api/1.0",
    where: "default https://app.asana.com/api/1.0",
    format: url,
  },
  ASANA_WORKSPACE: { meaning: "Asana workspace by name or gid", where: "needed only where the account is in several" },
  ASANA_TIME_ZONE: { meaning: "where Asana's days are counted", where: "an IANA name; default UTC" },
  ASANA_REQUESTS_PER_MINUTE: { meaning: "Asana's limit for your plan", where: "default 150; 1500 on a paid plan" },
  ASANA_READ_ONLY: { meaning: "true: Asana is only read", where: "default false", format: flag },
  SNOWFLAKE_ACCOUNT: {
    meaning: "Snowflake account identifier, such as MYORG-ACCOUNT1",
    where: "Snowsight > the account's menu > Account details",
  },
  SNOWFLAKE_USER: {
    meaning: "the service user that Sophia logs in as",
    where: "mcp-servers/snowflake/README.md has the SQL that makes it",
  },
  SNOWFLAKE_ROLE: {
    meaning: "a role that may only read",
    where: "mcp-servers/snowflake/README.md has the SQL that makes it",
  },
  SNOWFLAKE_PRIVATE_KEY_PATH: {
    meaning: "the file with the user's private key (PEM)",
    where: "make one: openssl genrsa 2048 | openssl pkcs8 -topk8 -inform PEM -nocrypt",
  },
  SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: { meaning: "passphrase of that key", where: "where it has one" },
  SNOWFLAKE_AUTHENTICATOR: {
    meaning: "another way to log in: PROGRAMMATIC_ACCESS_TOKEN, OAUTH, OAUTH_CLIENT_CREDENTIALS or WORKLOAD_IDENTITY",
    where: "default SNOWFLAKE_JWT, the key pair",
  },
  SNOWFLAKE_TOKEN: {
    meaning: "the token for PROGRAMMATIC_ACCESS_TOKEN, OAUTH and OIDC",
    where: "Snowsight > the user > Programmatic access tokens, or your identity provider",
  },
  SNOWFLAKE_OAUTH_CLIENT_ID: { meaning: "client for OAUTH_CLIENT_CREDENTIALS", where: "your identity provider" },
  SNOWFLAKE_OAUTH_CLIENT_SECRET: { meaning: "its secret", where: "your identity provider" },
  SNOWFLAKE_OAUTH_TOKEN_URL: { meaning: "where it gets its token", where: "your identity provider" },
  SNOWFLAKE_OAUTH_SCOPE: { meaning: "the scope that it asks for", where: "your identity provider" },
  SNOWFLAKE_WORKLOAD_PROVIDER: {
    meaning: "for WORKLOAD_IDENTITY: AWS, AZURE, GCP or OIDC",
    where: "where Sophia runs",
  },
  SNOWFLAKE_WAREHOUSE: { meaning: "the warehouse that runs the queries", where: "the user's default unless set" },
  SNOWFLAKE_DATABASE: { meaning: "what a table's name without database means", where: "such as SALES" },
  SNOWFLAKE_SCHEMA: { meaning: "what a table's name without schema means", where: "such as PUBLIC" },
  SNOWFLAKE_ALLOWED_SCHEMAS: {
    meaning: "the only schemas that may be read",
    where: "DATABASE.SCHEMA, separated by commas; what the role may read unless set",
  },
  SNOWFLAKE_REPORTS: { meaning: "a JSON file of saved reports", where: "mcp-servers/snowflake/README.md has its form" },
  SNOWFLAKE_ACCESS_URL: {
    meaning: "Snowflake's address, where it is not the account's own",
    where: "leave unset outside the sandbox and private links",
    format: url,
  },
  SNOWFLAKE_READ_ONLY: {
    meaning: "true: queries cannot be cancelled either (data is only read in any case)",
    where: "default false",
    format: flag,
  },
  PINECONE_API_KEY: {
    meaning: "key of the Pinecone project that holds the index",
    where: "app.pinecone.io > the project > API keys",
  },
  PINECONE_INDEX: {
    meaning: "the index of call summaries and documents",
    where: "app.pinecone.io > Indexes; one with an integrated model",
  },
  PINECONE_NAMESPACE: {
    meaning: "the namespace that is searched unless one is named",
    where: "all of the index's unless set",
  },
  PINECONE_CONTROLLER_HOST: {
    meaning: "Pinecone's control plane",
    where: "default https://api.pinecone.io",
    format: url,
  },
  PINECONE_READ_ONLY: { meaning: "true: Pinecone is only read", where: "default false", format: flag },
  PULUMI_ACCESS_TOKEN: {
    meaning: "Pulumi Cloud access token",
    where: "app.pulumi.com > Personal access tokens, or an organisation's",
  },
  PULUMI_ORG: { meaning: "the Pulumi organisation", where: "as in app.pulumi.com/ORGANISATION" },
  PULUMI_API_URL: { meaning: "Pulumi Cloud's address", where: "default https://api.pulumi.com", format: url },
  PULUMI_READ_ONLY: { meaning: "true: stacks are only looked at", where: "default false", format: flag },
  SLACK_READ_ONLY: {
    meaning: "true: Sophia's tools only read Slack (her answers are no tool)",
    where: "default false",
    format: flag,
  },
} as const satisfies Record<string, Variable>;
