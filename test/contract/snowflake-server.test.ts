/** The Snowflake server as a client sees it: its tools, its switch, its process. */

import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { connectMcp } from "../../src/mcp/client.ts";
import { connectSnowflake, textOf } from "../unit/mcp-servers/snowflake/support.ts";

const main = resolve(import.meta.dirname, "../../mcp-servers/snowflake/main.ts");
const settings = {
  SNOWFLAKE_ACCOUNT: "myorg-acct",
  SNOWFLAKE_USER: "SOPHIA",
  SNOWFLAKE_ROLE: "READER",
  SNOWFLAKE_PRIVATE_KEY_PATH: "/nonexistent",
};

describe("the tools", () => {
  it("are named as their files, with closed schemas and all hints", async () => {
    const { client } = await connectSnowflake();
    const folder = new URL("../../mcp-servers/snowflake/tools/", import.meta.url);
    const tools = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(
      readdirSync(folder)
        .map((file) => file.replace(".ts", ""))
        .sort(),
    );
    for (const tool of tools) {
      expect(tool.inputSchema.additionalProperties).toBe(false);
      expect(tool.outputSchema?.additionalProperties).toBe(false);
      expect(tool.annotations?.readOnlyHint).toBe(tool.name !== "cancel_query");
      expect(tool.annotations?.destructiveHint).toBe(false);
      expect(tool.annotations?.idempotentHint).toBe(true);
    }
    expect(tools).toMatchSnapshot();
  });

  it("name the nearest known argument for one that there is not", async () => {
    const snowflake = await connectSnowflake();
    expect(textOf(await snowflake.call("execute_query", { sql: "SELECT 1", max_row: 1 }))).toContain("max_rows");
    expect(textOf(await snowflake.call("get_query_status", { query_id: "1; DROP" }))).toContain("query id");
    expect(snowflake.requests()).toEqual([]);
  });

  it("are all but cancel_query with SNOWFLAKE_READ_ONLY", async () => {
    const snowflake = await connectSnowflake({ env: { SNOWFLAKE_READ_ONLY: "true" } });
    expect((await snowflake.client.listTools()).map(({ name }) => name)).not.toContain("cancel_query");
    const query_id = "01b2c3d4-0506-1a2b-0000-000000000001";
    expect(textOf(await snowflake.call("cancel_query", { query_id }))).toContain("read only");
    expect((await snowflake.ask("execute_query", { sql: "SELECT 1 AS one" })).rows).toEqual([{ ONE: 1 }]);
  });
});

describe("the process", () => {
  it("answers initialize without SDK and parser, and keeps stdout for the protocol while it works", async () => {
    const { snowflake } = await connectSnowflake();
    let stderr = "";
    const target = { type: "process", command: process.execPath, args: [main], env: snowflake.env } as const;
    const server = await connectMcp(target, {
      name: "test",
      version: "1",
      timeoutMs: 20_000,
      onStderr: (text) => (stderr += text),
    });
    try {
      const answer = await server.callTool(
        "execute_query",
        { sql: "SELECT 9007199254740993 AS n" },
        { timeoutMs: 20_000 },
      );
      expect(answer.structuredContent).toMatchObject({ rows: [{ N: "9007199254740993" }] });
    } finally {
      await server.close();
    }
    expect(stderr).toBe("");
  });

  it("does not start without its settings, and says all of them on stderr", async () => {
    let stderr = "";
    const target = { type: "process", command: process.execPath, args: [main], env: {} } as const;
    await expect(
      connectMcp(target, { name: "test", version: "1", onStderr: (text) => (stderr += text) }),
    ).rejects.toThrow();
    for (const name of ["ACCOUNT", "USER", "ROLE", "PRIVATE_KEY_PATH"]) {
      await expect.poll(() => stderr).toContain(`SNOWFLAKE_${name} is not set`);
    }
  });

  it("links to Snowsight where the account says where it is", async () => {
    const { definition } = await connectSnowflake({ env: { SNOWFLAKE_ACCOUNT: settings.SNOWFLAKE_ACCOUNT } });
    expect(definition.client.links.query("01b")).toBe(
      "https://app.snowflake.com/myorg/acct/#/compute/history/queries/01b",
    );
  });
});
