/** Both corpora through execute_query: nothing hostile reaches Snowflake, and nothing honest is refused. */

import { describe, expect, it } from "vitest";
import { honest, hostile } from "../unit/mcp-servers/snowflake/corpora.ts";
import { connectSnowflake, textOf } from "../unit/mcp-servers/snowflake/support.ts";

describe("execute_query", () => {
  it("lets none of the hostile statements leave the house", async () => {
    const snowflake = await connectSnowflake();
    const all = Object.values(hostile).flat();
    expect(all.length).toBeGreaterThanOrEqual(300);
    for (const sql of all) {
      const result = await snowflake.call("execute_query", { sql });
      expect(result.isError, sql).toBe(true);
      expect(textOf(result), sql).not.toContain("SQL error");
    }
    expect(snowflake.requests()).toEqual([]);
    expect(snowflake.snowflake.store.changes).toEqual([]);
    expect(snowflake.errors).toEqual([]);
  });

  it("gives rows for each honest statement, or the engine's own SQL error, never a refusal", async () => {
    const snowflake = await connectSnowflake();
    expect(honest.length).toBeGreaterThanOrEqual(100);
    let withRows = 0;
    for (const sql of honest) {
      const result = await snowflake.call("execute_query", { sql });
      if (result.isError) expect(textOf(result), sql).toContain("SQL error");
      else withRows++;
    }
    expect(withRows).toBeGreaterThan(25);
    expect(snowflake.sql().filter((sql) => !/^(?:USE SECONDARY|SHOW GRANTS)/.test(sql)).length).toBe(honest.length);
    expect(snowflake.snowflake.store.changes).toEqual([]);
    expect(snowflake.errors).toEqual([]);
  });
});
