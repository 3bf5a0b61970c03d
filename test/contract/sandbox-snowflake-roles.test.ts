import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type SnowflakeStore, startSnowflake } from "../../sandbox/snowflake/start-snowflake.ts";
import { createSandboxClock, type ServiceStandIn, Switchboard } from "../../sandbox/stand-in.ts";
import { createWorld } from "../../sandbox/world/create-world.ts";
import { connect, type Driver } from "../support/snowflake-driver.ts";

const now = Date.parse("2026-11-18T16:00:00Z");
const world = createWorld({ now });
const acme = world.accounts.find((account) => account.name === "Acme")!;
const board = new Switchboard(createSandboxClock(now));
let snowflake: ServiceStandIn<SnowflakeStore>;
let reader: Driver;
let admin: Driver;

beforeAll(async () => {
  snowflake = await startSnowflake({ world, board });
  [reader, admin] = await Promise.all([connect(snowflake.env), connect(snowflake.env, { role: "SALES_ADMIN" })]);
});
afterAll(() => snowflake.close());
afterEach(() => {
  board.clock.set(now);
  if (snowflake.store.changes.length > 0) snowflake.reset();
});

describe("roles", () => {
  test.each([
    ["insert into accounts select * from accounts", "table 'ACCOUNTS'"],
    ["update deals set amount = 0", "table 'DEALS'"],
    ["delete from finance.contracts", "table 'CONTRACTS'"],
    ["merge into deals using accounts a on deals.account_id = a.account_id when matched then delete", "table 'DEALS'"],
    ["truncate table deals", "table 'DEALS'"],
    ["drop table if exists deals", "table 'DEALS'"],
    ["alter table deals add column x int", "table 'DEALS'"],
    ["create or replace table deals as select 1 as x", "schema 'CRM'"],
    ["create view finance.v as select 1 as x", "schema 'FINANCE'"],
    ["create schema x", "account 'SANDBOX'"],
    ["create user mallory", "account 'SANDBOX'"],
    ["grant select on table deals to role public", "account 'SANDBOX'"],
  ])("a reader may not: %s", async (sql, what) => {
    expect(await reader.refusal(sql)).toMatchObject({
      code: "003001",
      sqlState: "42501",
      message: `SQL access control error:\nInsufficient privileges to operate on ${what}`,
    });
    expect(snowflake.store.changes).toEqual([]);
    expect(await reader.rows("select count(*) as n from deals")).toEqual([{ N: world.deals.length }]);
  });

  test("who may, changes what everybody reads, until a reset", async () => {
    const seen: number[] = [];
    const stop = snowflake.store.subscribe(() => seen.push(snowflake.store.changes.length));
    const { statement } = await admin.run("update deals set amount = amount + 0.5 where account_id = ?", {
      binds: [acme.id],
    });
    expect(statement.getNumUpdatedRows()).toBe(1);
    await admin.rows("create table crm.notes (id number, body varchar, written timestamp_ltz, more variant)");
    await admin.rows("insert into crm.notes select 1, 'x', current_timestamp(), parse_json('{}')");
    expect(await reader.rows("select id, body, more from notes")).toEqual([{ ID: 1, BODY: "x", MORE: {} }]);
    await snowflake.store.run("delete from crm.notes");
    expect(await reader.rows("select count(*) as n from notes")).toEqual([{ N: 0 }]);
    const noted = snowflake.store.changes.map(({ id, field, after, by }) => [id, field, after, by]);
    expect(noted).toEqual([
      ["SALES.CRM.DEALS", "update", 1, "SOPHIA as SALES_ADMIN"],
      ["SALES.CRM.NOTES", "create_table", 0, "SOPHIA as SALES_ADMIN"],
      ["SALES.CRM.NOTES", "insert", 1, "SOPHIA as SALES_ADMIN"],
      ["SALES.CRM.NOTES", "delete", 1, "LOADER as SALES_ADMIN"],
    ]);
    expect(seen).toEqual([1, 2, 3, 4]);
    stop();
    snowflake.reset();
    expect(await reader.refusal("select * from notes")).toMatchObject({ code: "002003" });
    expect(await reader.rows("select sum(amount) as s from deals")).toEqual([
      { S: world.deals.reduce((sum, deal) => sum + deal.amount, 0) },
    ]);
  });

  test("several statements run one after another where that was asked for", async () => {
    const parameters = { MULTI_STATEMENT_COUNT: 0 };
    const { error } = await admin.run("create table t (a int); insert into t values (1); select a from t", {
      parameters,
    });
    expect(error).toBeUndefined();
    expect(await admin.rows("select a from t")).toEqual([{ A: 1 }]);
  });

  test("what a role was granted is shown", async () => {
    const rows = await reader.rows("show grants to role sophia_reader");
    expect([...new Set(rows.map((row) => row.privilege))]).toEqual(["USAGE", "SELECT"]);
    expect(rows.filter((row) => row.privilege === "SELECT").map((row) => row.name)).toContain("SALES.CRM.DEALS");
    const all = await reader.rows("show grants to role sales_admin");
    expect(all.map((row) => row.privilege)).toEqual(expect.arrayContaining(["INSERT", "DELETE", "CREATE TABLE"]));
    expect((await reader.rows("show grants")).map((row) => row.role)).toEqual([
      "SOPHIA_READER",
      "SALES_ADMIN",
      "PUBLIC",
    ]);
  });
});

describe("the catalogue", () => {
  const names = async (sql: string) => (await reader.rows(sql)).map((row) => row.name);

  test("lists databases, schemas and tables", async () => {
    expect(await names("show databases")).toEqual(["SALES"]);
    expect(await names("show schemas in database sales")).toEqual([
      "CRM",
      "FINANCE",
      "INFORMATION_SCHEMA",
      "PRODUCT",
      "PUBLIC",
    ]);
    expect(await names("show tables")).toEqual(["ACCOUNTS", "DEALS"]);
    expect(await names("show terse tables in account")).toHaveLength(5);
    expect(await names("show tables in sales.finance")).toEqual(["CONTRACTS", "REVENUE_BY_MONTH"]);
    expect(await names("show tables like 'rev%' in database sales")).toEqual(["REVENUE_BY_MONTH"]);
    expect(await names("show tables in account starts with 'U' limit 1")).toEqual(["USAGE_BY_MONTH"]);
    expect(await names("show views in account")).toEqual([]);
    expect(await reader.refusal("show tables in schema nope")).toMatchObject({ code: "002003" });
    expect(await reader.refusal("show tables in database nope")).toMatchObject({ code: "002003" });
  });

  test("describes tables with their comments", async () => {
    const rows = await reader.rows("describe table finance.revenue_by_month");
    expect(rows.map((row) => [row.name, row.type, row["null?"]])).toContainEqual(["ACTUAL", "NUMBER(18,2)", "Y"]);
    expect(rows.find((row) => row.name === "FORECAST").comment).toContain("renewals");
    expect(await reader.refusal("describe table nope")).toMatchObject({ code: "002003" });
  });

  test("can be queried", async () => {
    const tables = await reader.rows(
      "select table_schema, table_name, row_count from information_schema.tables where table_schema = 'PRODUCT'",
    );
    const rows = world.finance.usage.length;
    expect(tables).toEqual([{ TABLE_SCHEMA: "PRODUCT", TABLE_NAME: "USAGE_BY_MONTH", ROW_COUNT: rows }]);
    const columns = await reader.rows(
      `select column_name, data_type from sales.information_schema.columns
       where table_name = 'USAGE_BY_MONTH' and data_type <> 'TEXT' order by ordinal_position`,
    );
    expect(columns.map((row) => `${row.COLUMN_NAME} ${row.DATA_TYPE}`)).toContain("FEATURES VARIANT");
  });
});
