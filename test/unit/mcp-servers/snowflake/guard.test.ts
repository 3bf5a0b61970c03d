import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { scalarFunctions, tableFunctions } from "../../../../mcp-servers/snowflake/function-names.ts";
import { guardSelect } from "../../../../mcp-servers/snowflake/guard.ts";
import { nodeFields, nodeKinds } from "../../../../mcp-servers/snowflake/node-kinds.ts";
import { AllowedSchemas } from "../../../../mcp-servers/snowflake/table-names.ts";
import { UserError } from "../../../../src/core/errors.ts";
import { honest, hostile } from "./corpora.ts";

const session = { database: "SALES", schema: "CRM" };
const guard = (sql: string) => guardSelect(sql, { session, allowed: undefined });
const allowed = new AllowedSchemas([session, { database: "SALES", schema: "FINANCE" }]);
const guardSchemas = (sql: string) => guardSelect(sql, { session, allowed });

async function refusal(sql: string): Promise<string> {
  const error = await guard(sql).catch((thrown: unknown) => thrown);
  if (error instanceof UserError) return error.message;
  throw new Error(`not refused: ${JSON.stringify(sql)} (${String(error)})`);
}

describe("the guard", () => {
  it("knows at least 300 hostile statements and 100 honest ones", () => {
    expect(new Set(Object.values(hostile).flat()).size).toBeGreaterThanOrEqual(300);
    expect(new Set(honest).size).toBeGreaterThanOrEqual(100);
  });

  it.each(Object.keys(hostile))("refuses %s", async (group) => {
    for (const sql of hostile[group] ?? []) expect(await refusal(sql)).not.toBe("");
  });

  it("refuses each hostile write inside an honest query's place for one", async () => {
    // One word alone, or what VALUES gives, may stand there.
    for (const write of (hostile["plain statements"] ?? []).filter((sql) => !/^\w+$|^VALUES/.test(sql))) {
      await refusal(`SELECT * FROM (${write}) x`);
      await refusal(`WITH x AS (${write}) SELECT * FROM x`);
      await refusal(`SELECT 1; ${write}`);
      await refusal(`SELECT 1 UNION ALL ${write}`);
    }
  });

  it.each(honest)("lets %s pass", async (sql) => {
    const outsideOfQuotes = (await guard(sql)).replaceAll(/'(?:[^'\\]|''|\\.)*'/g, "");
    expect(outsideOfQuotes).not.toMatch(/--|\/\*|\/\/|;|\$\$/);
  });

  it("lets each function of the list pass", async () => {
    for (const name of [...scalarFunctions].filter((f) => !/[ ]|^(?:rollup|cube)$/.test(f))) {
      const calls = await Promise.allSettled(
        ["", "a", "a, b", "a, b, c", "a, b, c, d"].map((args) => guard(`SELECT ${name}(${args})`)),
      );
      expect(
        calls.filter(({ status }) => status === "fulfilled"),
        name,
      ).not.toEqual([]);
    }
  });
});

describe("what is sent", () => {
  it.each([
    ["SELECT 1 ; ", "SELECT 1"],
    ["-- first\nSELECT a /* x\ny */ FROM t -- last", "SELECT a  \n FROM t"],
    ["SELECT 'it\\'s', 'a\\\\', $$b's \\ c$$", "SELECT 'it''s', 'a\\\\', 'b''s \\\\ c'"],
    ["SELECT DATE'2026-01-01'", "SELECT DATE '2026-01-01'"],
    ["SELECT 1 // 2", "SELECT 1"],
    ["SELECT /* a /* b */ 1", "SELECT   1"],
  ])("of %j is %j", async (sql, sent) => {
    expect(await guard(sql)).toBe(sent);
  });

  it.each([
    ["SELECT 1;\n SELECT 2", "(line 2, column 2)"],
    ["SELECT 1,\n  ‘a’", "The character ‘ cannot stand outside of quotes (line 2, column 3)"],
    ["SELECT\u200b 1", "U+200B"],
    ["SELECT * FROM @s", "Stages (@) cannot be read"],
    ["SELECT 1 ->> SELECT 2", "chain"],
    ["SELECT $x", "Session variables"],
    ["SELECT f(1)", "The function f is not run here"],
    ["SELECT SYSTEM$WAIT(1)", "The function SYSTEM$WAIT is not run here"],
    [`SELECT 1${"+1".repeat(3_000)}`, "4000 words and signs; this one has 6002"],
    ["DROP TABLE t", "Nothing in Snowflake can be changed"],
    ["SELECT * FROM a WHERE b = ", "This is not one SELECT"],
  ])("is nothing for %j, and the reason is told", async (sql, words) => {
    expect(await refusal(sql)).toContain(words);
  });
});

describe("the schemas that may be read", () => {
  it.each([
    ["SELECT * FROM deals d, finance.revenue r", 'SELECT * FROM "SALES"."CRM".deals d, "SALES".finance.revenue r'],
    ["SELECT '😀' AS x FROM \"Mixed\"", 'SELECT \'😀\' AS x FROM "SALES"."CRM"."Mixed"'],
    ["SELECT * FROM sales.crm.deals", "SELECT * FROM sales.crm.deals"],
    ["WITH d AS (SELECT 1) SELECT * FROM D", "WITH d AS (SELECT 1) SELECT * FROM D"],
    // Inside its own definition the name is still the table's, unless it recurs.
    ["WITH d AS (SELECT * FROM d) SELECT * FROM d", 'WITH d AS (SELECT * FROM "SALES"."CRM".d) SELECT * FROM d'],
    [
      "WITH RECURSIVE d AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM d) SELECT * FROM d",
      "WITH RECURSIVE d AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM d) SELECT * FROM d",
    ],
    // Where it recurs begins after its first part, and with UNION ALL alone.
    [
      "WITH d AS (SELECT * FROM d UNION ALL SELECT * FROM d WHERE 1=0) SELECT * FROM d",
      'WITH d AS (SELECT * FROM "SALES"."CRM".d UNION ALL SELECT * FROM d WHERE 1=0) SELECT * FROM d',
    ],
    [
      "WITH d AS (SELECT 1 UNION SELECT * FROM d) SELECT * FROM d",
      'WITH d AS (SELECT 1 UNION SELECT * FROM "SALES"."CRM".d) SELECT * FROM d',
    ],
    // A CTE's name ends with the query that it belongs to.
    [
      "SELECT * FROM (WITH s AS (SELECT 1) SELECT * FROM s), s",
      'SELECT * FROM (WITH s AS (SELECT 1) SELECT * FROM s), "SALES"."CRM".s',
    ],
  ])("make %s whole", async (sql, sent) => {
    expect(await guardSchemas(sql)).toBe(sent);
  });

  it.each([
    "SELECT * FROM hr.crm.people",
    "SELECT * FROM public.people",
    "SELECT * FROM information_schema.tables",
    'SELECT * FROM "sales".crm.deals',
    'SELECT * FROM SALES."crm".deals',
    "SELECT (SELECT MAX(salary) FROM hr.staff)",
    "SELECT * FROM deals WHERE id IN (SELECT id FROM hr.staff)",
    "SELECT * FROM deals JOIN hr.staff ON TRUE",
    "SELECT * FROM deals, LATERAL (SELECT * FROM hr.staff)",
    "WITH x AS (SELECT * FROM hr.staff) SELECT * FROM x",
    "WITH hr AS (SELECT 1) SELECT * FROM hr.staff",
    "SELECT 1 UNION SELECT salary FROM hr.staff",
    "SELECT * FROM hr.staff PIVOT (SUM(salary) FOR team IN ('a'))",
    "SELECT * FROM deals ORDER BY (SELECT 1 FROM hr.staff)",
    "SELECT COUNT(*) OVER (ORDER BY (SELECT 1 FROM hr.staff)) FROM deals",
    "SELECT * FROM (deals JOIN (hr.staff JOIN deals d ON TRUE) ON TRUE)",
  ])("are not left by %s", async (sql) => {
    await expect(guardSchemas(sql)).rejects.toThrow(
      "may not be read here. What may be read: SALES.CRM, SALES.FINANCE.",
    );
  });
});

describe("the lists", () => {
  it("hold no kind of node as a mere field that could do something", () => {
    const declared = readFileSync(
      new URL("../../../../node_modules/@polyglot-sql/sdk/dist/index.d.ts", import.meta.url),
      "utf8",
    );
    const start = declared.indexOf("declare type Expression =");
    const kinds = [...declared.slice(start, declared.indexOf("\n};", start)).matchAll(/\n {4}"(\w+)": /g)].map(
      ([, kind]) => kind ?? "",
    );
    expect(kinds.length).toBeGreaterThan(900);
    const both = kinds.filter((kind) => nodeFields.has(kind) && !nodeKinds.has(kind));
    expect(both.sort().join(" ")).toBe(
      "columns connect cube fetch format group_by grouping_sets having index left limit offset over position qualify right rollup schema table_sample when whens with",
    );
    for (const kind of [
      "insert",
      "update",
      "delete",
      "merge",
      "copy",
      "put",
      "get",
      "command",
      "raw",
      "execute",
      "stage_reference",
      "into_clause",
      "set",
      "use",
      "grant",
      "kill",
      "show",
      "method_call",
      "next_value_for",
      "lock",
    ]) {
      expect(nodeKinds.has(kind) || nodeFields.has(kind), kind).toBe(false);
    }
  });

  it("hold no function that reads others' results, files or variables, or makes SQL", () => {
    for (const name of [
      "result_scan",
      "last_query_id",
      "get_presigned_url",
      "infer_schema",
      "to_query",
      "identifier",
      "getvariable",
      "ai_complete",
      "system$wait",
      "query_history",
    ]) {
      expect(scalarFunctions.has(name) || tableFunctions.has(name), name).toBe(false);
    }
    expect([...scalarFunctions].filter((name) => name.includes("$"))).toEqual([]);
  });
});
