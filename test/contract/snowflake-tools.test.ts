/** Each tool of our Snowflake server against the sandbox's Snowflake: what left the house, and what came back. */

import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { connectSnowflake, endless, textOf } from "../unit/mcp-servers/snowflake/support.ts";

const dana = { email: "dana@ours.example", audience: "private" };

describe("execute_query", () => {
  it("sends the one statement with all limits and gives its rows, exact", async () => {
    const snowflake = await connectSnowflake({ caller: dana, env: { SNOWFLAKE_ACCOUNT: "sandbox" } });
    const answer = await snowflake.ask("execute_query", {
      sql: "SELECT deal_name, amount, units, is_open, close_date, copied_at FROM deals -- all\n ORDER BY deal_id LIMIT 1;",
      timeout_seconds: 30,
    });
    const [sent] = snowflake.statements().filter(({ sqlText }) => sqlText.startsWith("SELECT"));
    const user = createHash("sha256").update("dana@ours.example").digest("hex").slice(0, 12);
    expect(sent).toMatchObject({
      sqlText:
        "SELECT deal_name, amount, units, is_open, close_date, copied_at FROM deals  \n ORDER BY deal_id LIMIT 1",
      asyncExec: true,
      parameters: {
        MULTI_STATEMENT_COUNT: 1,
        STATEMENT_TIMEOUT_IN_SECONDS: 30,
        STATEMENT_QUEUED_TIMEOUT_IN_SECONDS: 30,
        ROWS_PER_RESULTSET: 10_000,
        QUERY_TAG: JSON.stringify({ application: "sophia", user }),
      },
    });
    const deal = snowflake.world.deals.toSorted((a, b) => (a.id < b.id ? -1 : 1))[0]!;
    expect(answer.rows).toEqual([
      {
        DEAL_NAME: deal.name,
        AMOUNT: deal.amount.toFixed(2),
        UNITS: deal.units,
        IS_OPEN: !deal.stage.startsWith("closed"),
        CLOSE_DATE: deal.closeDate,
        COPIED_AT: "2026-11-18T04:00:00",
      },
    ]);
    expect(answer).toMatchObject({
      status: "succeeded",
      database: "SALES",
      schema: "CRM",
      total_rows: 1,
      truncated: false,
    });
    expect(answer.columns[1]).toEqual({ name: "AMOUNT", type: "NUMBER(18,2)" });
  });

  it("logs in once, with a signed key, as the one role and without the user's others", async () => {
    const snowflake = await connectSnowflake();
    await Promise.all([1, 2, 3].map((n) => snowflake.ask("execute_query", { sql: `SELECT ${n}` })));
    const [login, ...others] = snowflake.requests().filter(({ path }) => path === "/session/v1/login-request");
    expect(others).toEqual([]);
    expect(Object.fromEntries(login?.query ?? [])).toMatchObject({
      roleName: "SOPHIA_READER",
      warehouse: "SOPHIA_WH",
      databaseName: "SALES",
      schemaName: "CRM",
    });
    expect(JSON.parse(login?.body ?? "").data).toMatchObject({ AUTHENTICATOR: "SNOWFLAKE_JWT", LOGIN_NAME: "SOPHIA" });
    expect(snowflake.sql().slice(0, 2)).toEqual(["USE SECONDARY ROLES NONE", "SHOW GRANTS TO ROLE SOPHIA_READER"]);
    expect(snowflake.requests().filter(({ path }) => path.includes("telemetry"))).toEqual([]);
  });

  it("keeps each digit, tells nothing from NULL, and shows variants, times and zones", async () => {
    const { ask } = await connectSnowflake();
    const sql =
      "SELECT 12345678901234567890 AS big, 9007199254740991 AS safe, 0.10::NUMBER(10,2) AS dime, NULL::NUMBER AS nothing, NULL AS none, 1.5::FLOAT AS real, 'NULL' AS word, FALSE AS no, TIME '10:20:30' AS at, DATE '1969-12-31' AS day";
    const { rows } = await ask("execute_query", { sql });
    expect(rows[0]).toEqual({
      BIG: "12345678901234567890",
      SAFE: 9007199254740991,
      DIME: "0.10",
      NOTHING: null,
      NONE: null,
      REAL: 1.5,
      WORD: "NULL",
      NO: false,
      AT: "10:20:30",
      DAY: "1969-12-31",
    });
    const usage = await ask("execute_query", {
      sql: "SELECT features, features:plan.name::string AS plan FROM product.usage_by_month LIMIT 1",
    });
    expect(JSON.parse(usage.rows[0].FEATURES).plan.name).toBe(usage.rows[0].PLAN);
    const zoned = await ask("execute_query", { sql: "SELECT created_at FROM accounts LIMIT 1" });
    expect(zoned.rows[0].CREATED_AT).toMatch(/^2024-01-15T\d\d:30:00[+-]\d\d:\d\d$/);
    expect(Date.parse(zoned.rows[0].CREATED_AT)).toBe(Date.parse("2024-01-15T09:30:00Z"));
    const local = await ask("execute_query", { sql: "SELECT loaded_at FROM finance.revenue_by_month LIMIT 1" });
    expect(local.rows[0].LOADED_AT).toBe("2026-11-18T17:00:00Z");
  });

  it("works in another database and schema when told, in a session of its own", async () => {
    const { ask, requests } = await connectSnowflake();
    const answer = await ask("execute_query", { sql: "SELECT COUNT(*) AS n FROM revenue_by_month", schema: "finance" });
    expect(answer).toMatchObject({ schema: "FINANCE", rows: [{ N: expect.any(Number) }] });
    expect(
      requests()
        .filter(({ path }) => path === "/session/v1/login-request")
        .map(({ query }) => query.get("schemaName")),
    ).toEqual(["FINANCE"]);
  });

  it("gives columns of one name two keys, or rows as lists", async () => {
    const { ask } = await connectSnowflake();
    const sql = "SELECT 1 AS a, 2 AS a";
    expect((await ask("execute_query", { sql })).rows).toEqual([{ A: 1, A_2: 2 }]);
    expect((await ask("execute_query", { sql, rows_as: "arrays" })).rows).toEqual([[1, 2]]);
  });
});

describe("fetch_results", () => {
  it("reads every row once, page by page and over chunks, without running anything again", async () => {
    const snowflake = await connectSnowflake({ standIn: { inlineRows: 10, chunkRows: 25 } });
    const sql = "SELECT deal_id FROM deals ORDER BY deal_id";
    const first = await snowflake.ask("execute_query", { sql, max_rows: 17 });
    expect(first).toMatchObject({ rows_returned: 17, total_rows: 60, truncated: true });
    const ids = first.rows.map((row: any) => row.DEAL_ID);
    for (let { cursor } = first; cursor; ) {
      const page = await snowflake.ask("fetch_results", {
        query_id: first.query_id,
        cursor,
        max_rows: 17,
        rows_as: "arrays",
      });
      ids.push(...page.rows.flat());
      cursor = page.cursor;
    }
    expect(ids).toEqual(snowflake.world.deals.map(({ id }) => id).toSorted());
    expect(snowflake.sql().filter((text) => text === sql).length).toBe(1);
  });

  it("ends a page where it grows too long, and cuts what no page holds", async () => {
    const { ask } = await connectSnowflake();
    const wide = await ask("execute_query", { sql: "SELECT REPEAT('x', 3000) AS t FROM deals", max_rows: 60 });
    expect(wide.rows_returned).toBeGreaterThan(5);
    expect(JSON.stringify(wide.rows).length).toBeLessThan(45_000);
    expect(wide).toMatchObject({ truncated: true, total_rows: 60 });
    const long = await ask("execute_query", { sql: "SELECT REPEAT('x', 100000) AS t" });
    expect(long.cells_cut).toBe(1);
    expect(long.rows[0].T).toBe(`${"x".repeat(4000)}… (100000 characters)`);
  });

  it("knows the queries of this server only, and a cursor of its own query only", async () => {
    const snowflake = await connectSnowflake();
    const foreign = await snowflake.call("fetch_results", { query_id: "01b2c3d4-0506-1a2b-0000-000000000001" });
    expect(textOf(foreign)).toContain("no query that was started here");
    const one = await snowflake.ask("execute_query", { sql: "SELECT deal_id FROM deals", max_rows: 1 });
    const other = await snowflake.ask("execute_query", { sql: "SELECT account_id FROM accounts", max_rows: 1 });
    const mixed = await snowflake.call("fetch_results", { query_id: other.query_id, cursor: one.cursor });
    expect(textOf(mixed)).toContain("belongs to another question");
    expect(snowflake.requests().filter(({ path }) => path.includes("01b2c3d4"))).toEqual([]);
  });
});

describe("a query that takes long", () => {
  it("is given out as running, is asked about, and is stopped only by who may and if it runs", async () => {
    const snowflake = await connectSnowflake({ dependencies: { waitMs: 50 }, env: { SNOWFLAKE_ACCOUNT: "sandbox" } });
    const started = await snowflake.ask("execute_query", { sql: endless });
    expect(started).toMatchObject({ status: "running", rows: [], truncated: true, total_rows: null });
    const { query_id } = started;
    const status = await snowflake.ask("get_query_status", { query_id });
    expect(status).toMatchObject({
      status: "running",
      started_at: expect.stringContaining("2026-11-18T17:00"),
      sql: endless,
    });
    expect(snowflake.requests().at(-1)?.path).toBe(`/monitoring/queries/${query_id}`);
    expect(await snowflake.ask("fetch_results", { query_id })).toMatchObject({ status: "running" });

    const preview = await snowflake.preview("cancel_query", { query_id });
    expect(preview.structuredContent).toMatchObject({
      summary: `Stop the query ${query_id} in Snowflake`,
      changes: [{ field: "status", before: "running", after: "cancelled" }],
    });
    expect(snowflake.snowflake.store.queries.find(query_id)?.status).toBe("RUNNING");

    expect(await snowflake.ask("cancel_query", { query_id })).toMatchObject({ status: "cancelled" });
    expect(
      snowflake
        .requests()
        .filter(({ path }) => path.endsWith("abort-request"))
        .map(({ path }) => path),
    ).toEqual([`/queries/${query_id}/abort-request`]);
    await expect.poll(() => snowflake.snowflake.store.queries.find(query_id)?.status).toBe("ABORTED");
    await expect
      .poll(async () => (await snowflake.ask("get_query_status", { query_id })).error)
      .toBe("The query was cancelled.");
    expect(textOf(await snowflake.call("cancel_query", { query_id }))).toContain("nothing to stop");
    expect(textOf(await snowflake.call("fetch_results", { query_id }))).toContain("was cancelled");
  });

  it("is stopped at Snowflake when the call is cancelled", async () => {
    const snowflake = await connectSnowflake();
    const abort = new AbortController();
    const call = snowflake.call("execute_query", { sql: endless }, abort.signal);
    const query = () => snowflake.snowflake.store.queries.list().findLast(({ sqlText }) => sqlText === endless);
    await expect.poll(() => query()?.status).toBe("RUNNING");
    abort.abort();
    await expect(call).rejects.toThrow();
    await expect.poll(() => query()?.status).toBe("ABORTED");
    expect(snowflake.errors).toEqual([]);
  });

  it("is stopped by Snowflake after its time, which is told", async () => {
    const snowflake = await connectSnowflake();
    const result = await snowflake.call("execute_query", { sql: endless, timeout_seconds: 1 });
    expect(textOf(result)).toContain("took longer than its limit");
    expect(snowflake.snowflake.store.queries.list().at(-1)?.error?.code).toBe("000630");
  });
});

describe("what is there", () => {
  it("is listed from the database down to the column, asked for once", async () => {
    const snowflake = await connectSnowflake({ env: { SNOWFLAKE_ACCOUNT: "sandbox" } });
    expect(await snowflake.ask("list_databases")).toEqual({
      databases: [{ name: "SALES", comment: "Accounts, deals, revenue and usage", is_default: true }],
      total: 1,
      truncated: false,
    });
    const schemas = await snowflake.ask("list_schemas", { limit: 2 });
    expect(schemas).toMatchObject({
      truncated: true,
      schemas: [{ name: "CRM", is_default: true }, { name: "FINANCE" }],
    });
    const rest = await snowflake.ask("list_schemas", { limit: 10, cursor: schemas.cursor });
    expect(rest.schemas.length).toBe(schemas.total - 2);
    expect(await snowflake.ask("list_tables", { schema: "finance", name_contains: "reven" })).toMatchObject({
      database: "SALES",
      schema: "FINANCE",
      tables: [{ name: "REVENUE_BY_MONTH", kind: "table", rows: snowflake.world.finance.revenue.length }],
      total: 1,
    });
    const table = await snowflake.ask("describe_table", { table: "sales.crm.deals" });
    expect(table.columns[0]).toEqual({
      name: "DEAL_ID",
      type: "VARCHAR(16777216)",
      nullable: false,
      primary_key: false,
      default: null,
      comment: "The CRM's id",
    });
    await snowflake.ask("describe_table", { table: "deals" });
    expect(snowflake.sql().slice(2)).toEqual([
      "SHOW DATABASES",
      'SHOW SCHEMAS IN DATABASE "SALES"',
      'SHOW OBJECTS IN SCHEMA "SALES"."FINANCE"',
      'DESCRIBE TABLE "SALES"."CRM"."DEALS"',
    ]);
  });

  it.each([
    ["describe_table", { table: "nope" }, "SQL error 002003"],
    ["describe_table", { table: 'x"; DROP TABLE deals; --' }, "must be TABLE"],
    ["list_tables", { schema: "nope" }, "SQL error 002003"],
    ["list_tables", { schema: "a.b" }, "must be one name"],
    ["list_schemas", { database: "x; DROP TABLE deals" }, "must be one name"],
  ])("%s %j says what is wrong", async (tool, args, words) => {
    const snowflake = await connectSnowflake();
    expect(textOf(await snowflake.call(tool, args))).toContain(words);
    expect(snowflake.sql().filter((sql) => /drop/i.test(sql))).toEqual([]);
  });

  it("takes a quoted name as a name, whatever is in it", async () => {
    const snowflake = await connectSnowflake();
    await snowflake.call("describe_table", { table: '"x""; DROP TABLE deals; --"' });
    expect(snowflake.sql().at(-1)).toBe('DESCRIBE TABLE "SALES"."CRM"."x""; DROP TABLE deals; --"');
  });

  it("is only what SNOWFLAKE_ALLOWED_SCHEMAS names", async () => {
    const snowflake = await connectSnowflake({ env: { SNOWFLAKE_ALLOWED_SCHEMAS: "sales.crm" } });
    expect((await snowflake.ask("list_schemas")).schemas.map(({ name }: any) => name)).toEqual(["CRM"]);
    const before = snowflake.sql().length;
    for (const [tool, args] of [
      ["list_tables", { schema: "FINANCE" }],
      ["describe_table", { table: "finance.contracts" }],
      ["execute_query", { sql: "SELECT * FROM finance.contracts" }],
      ["execute_query", { sql: "SELECT * FROM contracts", schema: "finance" }],
      ["execute_query", { sql: "SELECT 1", database: "OTHER" }],
    ] as const) {
      expect(textOf(await snowflake.call(tool, args))).toContain("may not be read here. What may be read: SALES.CRM.");
    }
    expect(snowflake.sql().length).toBe(before);
    await snowflake.ask("execute_query", { sql: "SELECT COUNT(*) FROM deals" });
    expect(snowflake.sql().at(-1)).toBe('SELECT COUNT(*) FROM "SALES"."CRM".deals');
  });
});

describe("reports", () => {
  const folders: string[] = [];
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
  });

  async function reportsFile(content: unknown): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "reports-"));
    folders.push(folder);
    await writeFile(join(folder, "reports.json"), JSON.stringify(content));
    return join(folder, "reports.json");
  }

  const report = {
    name: "revenue_of_account",
    title: "Revenue of an account",
    description: "By month, since a day",
    sql: "SELECT month, actual FROM finance.revenue_by_month WHERE account_name = :account AND month >= :since ORDER BY month LIMIT :most;",
    parameters: [
      { name: "account", type: "text", description: "Its name" },
      { name: "since", type: "date", default: "2026-01-01" },
      { name: "most", type: "number", default: 3 },
    ],
  };

  it("are listed without their SQL, and run with values as literals", async () => {
    const snowflake = await connectSnowflake({ env: { SNOWFLAKE_REPORTS: await reportsFile({ reports: [report] }) } });
    const { reports } = await snowflake.ask("list_reports");
    expect(reports).toEqual([
      {
        name: "revenue_of_account",
        title: "Revenue of an account",
        description: "By month, since a day",
        parameters: [
          { name: "account", type: "text", description: "Its name", default: null },
          { name: "since", type: "date", description: "", default: "2026-01-01" },
          { name: "most", type: "number", description: "", default: 3 },
        ],
      },
    ]);
    expect(snowflake.requests()).toEqual([]);
    const answer = await snowflake.ask("run_report", {
      name: "revenue_of_account",
      parameters: { account: "O'Neil' OR 1=1 --" },
    });
    expect(answer).toMatchObject({ report: "revenue_of_account", title: "Revenue of an account", rows: [] });
    expect(snowflake.sql().at(-1)).toBe(
      "SELECT month, actual FROM finance.revenue_by_month WHERE account_name = 'O''Neil'' OR 1=1 --' AND month >= DATE '2026-01-01' ORDER BY month LIMIT (3)",
    );
    const acme = await snowflake.ask("run_report", {
      name: "revenue_of_account",
      parameters: { account: "Acme", most: 2 },
    });
    expect(acme.rows.map(({ MONTH }: any) => MONTH)).toEqual(["2026-01-01", "2026-02-01"]);
  });

  it.each([
    [{ name: "revenue_of_acount" }, 'did you mean "revenue_of_account"'],
    [{ name: "revenue_of_account" }, "account is required"],
    [{ name: "revenue_of_account", parameters: { account: "a", sinse: "x" } }, 'did you mean "since"'],
    [{ name: "revenue_of_account", parameters: { account: "a", since: "January" } }, "must be a day"],
    [{ name: "revenue_of_account", parameters: { account: "a", most: "1; DROP" } }, "must be a number"],
  ])("refuse %j", async (args, words) => {
    const snowflake = await connectSnowflake({ env: { SNOWFLAKE_REPORTS: await reportsFile({ reports: [report] }) } });
    expect(textOf(await snowflake.call("run_report", args))).toContain(words);
    expect(snowflake.requests()).toEqual([]);
  });

  it("go through the guard like everything else, and a broken file is told", async () => {
    const evil = { ...report, sql: "DELETE FROM deals", parameters: [] };
    const snowflake = await connectSnowflake({ env: { SNOWFLAKE_REPORTS: await reportsFile({ reports: [evil] }) } });
    expect(textOf(await snowflake.call("run_report", { name: report.name }))).toContain("Only SELECT is run here");
    const broken = await connectSnowflake({
      env: { SNOWFLAKE_REPORTS: await reportsFile({ reports: [{ name: "X" }] }) },
    });
    expect(textOf(await broken.call("list_reports"))).toContain("SNOWFLAKE_REPORTS cannot be used");
    const none = await connectSnowflake({ env: { SNOWFLAKE_REPORTS: "" } });
    expect(await none.ask("list_reports")).toEqual({ reports: [] });
  });

  it("of the sandbox run as they are written", async () => {
    const snowflake = await connectSnowflake();
    const { reports } = (await snowflake.ask("list_reports")) as { reports: { name: string }[] };
    expect(reports.map(({ name }) => name)).toEqual(["revenue_this_year", "top_accounts"]);
    for (const { name } of reports) {
      const { rows } = (await snowflake.ask("run_report", { name })) as { rows: unknown[] };
      expect(rows.length).toBeGreaterThan(0);
    }
  });
});
