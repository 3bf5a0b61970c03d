import { describe, expect, it } from "vitest";
import { readSnowflakeConfig } from "../../../../mcp-servers/snowflake/config.ts";
import { ConfigError } from "../../../../src/core/errors.ts";

const right = {
  SNOWFLAKE_ACCOUNT: "MYORG-ACCT",
  SNOWFLAKE_USER: "SOPHIA",
  SNOWFLAKE_ROLE: "SOPHIA_READER",
  SNOWFLAKE_PRIVATE_KEY_PATH: "/run/secrets/key.p8",
};

function problems(env: Record<string, string | undefined>): string {
  try {
    readSnowflakeConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "";
}

describe("Snowflake's settings", () => {
  it("are a key pair unless told, names as Snowflake keeps them", () => {
    const config = readSnowflakeConfig({
      ...right,
      SNOWFLAKE_DATABASE: "sales",
      SNOWFLAKE_SCHEMA: '"Mixed case"',
      SNOWFLAKE_ALLOWED_SCHEMAS: 'sales."Mixed case", Other.Public',
      SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: "hush",
    });
    expect(config).toMatchObject({
      authentication: { kind: "SNOWFLAKE_JWT", privateKeyPath: "/run/secrets/key.p8", passphrase: "hush" },
      database: "SALES",
      schema: "Mixed case",
      allowedSchemas: [
        { database: "SALES", schema: "Mixed case" },
        { database: "OTHER", schema: "PUBLIC" },
      ],
      readOnly: false,
    });
  });

  it("name all that is missing at once", () => {
    const found = problems({});
    for (const name of Object.keys(right)) expect(found).toContain(`${name} is not set`);
  });

  it.each([
    [{ SNOWFLAKE_ACCOUNT: "https://myorg-acct.snowflakecomputing.com" }, "the account identifier alone"],
    [{ SNOWFLAKE_ACCESS_URL: "http://example.com" }, "must begin with https"],
    [{ SNOWFLAKE_AUTHENTICATOR: "EXTERNALBROWSER" }, "nobody who could type a password"],
    [{ SNOWFLAKE_AUTHENTICATOR: "SNOWFLAKE" }, "SNOWFLAKE_AUTHENTICATOR must be"],
    [{ SNOWFLAKE_AUTHENTICATOR: "oauth" }, "SNOWFLAKE_TOKEN is not set"],
    [{ SNOWFLAKE_AUTHENTICATOR: "OAUTH_CLIENT_CREDENTIALS" }, "SNOWFLAKE_OAUTH_CLIENT_SECRET is not set"],
    [{ SNOWFLAKE_AUTHENTICATOR: "WORKLOAD_IDENTITY", SNOWFLAKE_WORKLOAD_PROVIDER: "HOME" }, "AWS, AZURE, GCP or OIDC"],
    [
      { SNOWFLAKE_AUTHENTICATOR: "WORKLOAD_IDENTITY", SNOWFLAKE_WORKLOAD_PROVIDER: "OIDC" },
      "SNOWFLAKE_TOKEN is not set",
    ],
    [{ SNOWFLAKE_SCHEMA: "CRM" }, "SNOWFLAKE_DATABASE is not set, but SNOWFLAKE_SCHEMA is"],
    [{ SNOWFLAKE_DATABASE: "A.B" }, "must be one name"],
    [{ SNOWFLAKE_ALLOWED_SCHEMAS: "SALES" }, "is not DATABASE.SCHEMA"],
    [{ SNOWFLAKE_ALLOWED_SCHEMAS: "SALES.CRM" }, "must name one of SNOWFLAKE_ALLOWED_SCHEMAS"],
    [{ SNOWFLAKE_READ_ONLY: "yes" }, "SNOWFLAKE_READ_ONLY"],
  ])("with %j say what is wrong", (env, words) => {
    expect(problems({ ...right, ...env })).toContain(words);
  });
});
