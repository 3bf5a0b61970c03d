import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { declaredEnvironment, readConfigFile } from "../../../src/config/config-file.ts";
import { secretValues } from "../../../src/config/secrets.ts";
import { variables } from "../../../src/config/settings.ts";
import { ConfigError } from "../../../src/core/errors.ts";
import { readVariable, withFiles } from "../../../src/core/variables.ts";
import { readGongConfig } from "../../../mcp-servers/gong/config.ts";

const configFile = new URL("../../../sophia.config.json", import.meta.url).pathname;

const folder = mkdtempSync(join(tmpdir(), "sophia-secrets-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("a variable from a file", () => {
  const path = file("token", "xoxb-of-a-file\n");

  it("is read, without the line break at its end", () => {
    expect(readVariable({ TOKEN_FILE: path }, "TOKEN")).toBe("xoxb-of-a-file");
    expect(withFiles({ PORT_FILE: file("port", "80\r\n"), HOME: "/h" }, ["PORT", "HOME"])).toEqual({
      PORT: "80",
      HOME: "/h",
    });
  });

  it("is unset where its file is blank, or no file is named", () => {
    expect(readVariable({ TOKEN_FILE: file("blank", " \n\n") }, "TOKEN")).toBeUndefined();
    expect(readVariable({ TOKEN_FILE: " ", TOKEN: " " }, "TOKEN")).toBeUndefined();
    expect(readVariable({ TOKEN_FILE: path, TOKEN: " " }, "TOKEN")).toBe("xoxb-of-a-file");
  });

  it("is refused where both are set, and where the file cannot be read, all at once and without a value", () => {
    const env = { A: "value-of-a", A_FILE: path, B_FILE: join(folder, "nowhere"), C_FILE: folder };
    const read = () => withFiles(env, ["A", "B", "C"]);
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(
      [
        "A and A_FILE are both set: keep one of them, or it is not clear which holds",
        `B_FILE names ${join(folder, "nowhere")}, which cannot be read (ENOENT)`,
        `C_FILE names ${folder}, which cannot be read (EISDIR)`,
      ].join("\n"),
    );
    expect(read).not.toThrow(/value-of-a|xoxb/);
  });

  it("leaves alone what is no setting of ours", () => {
    expect(withFiles({ SSL_CERT_FILE: "/nowhere" }, ["TOKEN"])).toEqual({ SSL_CERT_FILE: "/nowhere" });
  });

  it("reaches a server that runs alone, and one that the configuration declares", () => {
    const env = { GONG_API_KEY_FILE: path, GONG_API_SECRET: "s", GONG_BASE_URL: "https://api.gong.io" };
    expect(readGongConfig(env).apiKey).toBe("xoxb-of-a-file");
    expect(() => readGongConfig({ ...env, GONG_API_KEY: "k" })).toThrow(
      /^GONG_API_KEY and GONG_API_KEY_FILE are both set[^\n]*$/,
    );
    expect(declaredEnvironment({ OWN: "Bearer ${OWN_TOKEN}" }, { OWN_TOKEN_FILE: path })).toEqual({
      values: { OWN: "Bearer xoxb-of-a-file" },
      absent: [],
    });
  });
});

describe("the secrets of a process", () => {
  it("are these of our variables", () => {
    const env = Object.fromEntries(Object.keys(variables).map((name) => [name, `value-of-${name}`]));
    const secret = secretValues(env).map((value) => value.replace("value-of-", ""));
    expect(secret.toSorted()).toEqual([
      "ANTHROPIC_API_KEY",
      "ASANA_ACCESS_TOKEN",
      "ASANA_CLIENT_SECRET",
      "GONG_API_KEY",
      "GONG_API_SECRET",
      "HUBSPOT_API_KEY",
      "HUBSPOT_CLIENT_SECRET",
      "HUBSPOT_WEBHOOK_SECRET",
      "MCP_AUTH_TOKEN",
      "PINECONE_API_KEY",
      "PULUMI_ACCESS_TOKEN",
      "SLACK_APP_TOKEN",
      "SLACK_BOT_TOKEN",
      "SLACK_SIGNING_SECRET",
      "SNOWFLAKE_OAUTH_CLIENT_SECRET",
      "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE",
      "SNOWFLAKE_TOKEN",
      "SOPHIA_SECRET_KEY",
    ]);
  });

  it("are passwords in addresses too, as they stand there and as they are", () => {
    const env = {
      DATABASE_URL: "postgres://sophia:p%40ss%2Fword@db:5432/sophia?sslpassword=of-the-key",
      REDIS_URL: "redis://:by@hand@cache:6379",
      MODEL_URL: "https://example.com/a:b@c?d=e",
    };
    expect(secretValues(env)).toEqual(["of-the-key", "p%40ss%2Fword", "p@ss/word", "by@hand"]);
  });

  it("are the private key's text, each of several keys, and what the configuration puts where a secret belongs", async () => {
    const config = await readConfigFile(configFile);
    const pem = file("key.pem", "-----BEGIN PRIVATE KEY-----\nMIIEline1\nMIIEline2==\n-----END PRIVATE KEY-----\n");
    const env = {
      SNOWFLAKE_PRIVATE_KEY_PATH: pem,
      SOPHIA_SECRET_KEY: "new-key-0,old-key-0",
      LOGIN: "by-another-name",
      DEPLOY: "in-a-declared-variable",
    };
    const own = { env: { DEPLOY_TOKEN: "t-${DEPLOY}", PLAIN: "no secret" }, name: "own", type: "process" as const };
    const client = { name: "editor", token: "${LOGIN}", tools: [] };
    const servers = [...config.servers, { ...own, args: [] }];
    expect(secretValues(env, { servers, clients: [client] }).filter((value) => value !== "")).toEqual([
      "MIIEline1",
      "MIIEline2==",
      "new-key-0,old-key-0",
      "new-key-0",
      "old-key-0",
      "t-in-a-declared-variable",
      "in-a-declared-variable",
      "by-another-name",
    ]);
  });

  it("are in no word about a configuration file that is no JSON", async () => {
    for (const text of [
      '{"clients": [{"token": "of-the-client" "name"}]}',
      '{"token": "of-the-client", x}',
      "of-the-client",
    ])
      await expect(readConfigFile(file("broken.json", text))).rejects.toThrow(
        expect.objectContaining({ message: expect.stringMatching(/is not JSON: (?!.*client)/) }),
      );
  });

  it("are none where the key's file cannot be read", () => {
    expect(secretValues({ SNOWFLAKE_PRIVATE_KEY_PATH: "/nowhere/key.pem" })).toEqual([]);
  });
});
