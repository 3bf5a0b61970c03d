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

describe("the world's figures", () => {
  test("what losing Acme would cost this year, to the cent", async () => {
    const ofAcme = world.finance.revenue.filter((row) => row.accountId === acme.id && row.month >= "2026-01-01");
    const cents = (pick: (row: (typeof ofAcme)[number]) => number) =>
      (ofAcme.reduce((sum, row) => sum + pick(row), 0) / 100).toFixed(2);
    const [row] = await reader.rows(
      `select currency, sum(actual) as billed, sum(contracted) as contracted,
              sum(iff(actual is null, forecast, 0)) as to_come
       from sales.finance.revenue_by_month r
       where r.account_name = 'Acme' and year(month) = year(current_date()) group by currency`,
      { fetchAsString: ["Number"] },
    );
    const billed = cents((r) => r.actual ?? 0);
    const toCome = cents((r) => (r.actual === undefined ? r.forecast : 0));
    expect(row).toEqual({ CURRENCY: "USD", BILLED: billed, CONTRACTED: cents((r) => r.contracted), TO_COME: toCome });
  });

  test("deals as the CRM has them", async () => {
    const rows = await reader.rows("select deal_id, amount, currency, stage, close_date from deals order by deal_id");
    const wanted = world.deals.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    expect(rows.map((r) => [r.DEAL_ID, r.AMOUNT, r.CURRENCY, r.STAGE, r.CLOSE_DATE.toJSON()])).toEqual(
      wanted.map((deal) => [deal.id, deal.amount, deal.currency, deal.stage, deal.closeDate]),
    );
  });

  test("every table holds what the world holds", async () => {
    const { contracts, revenue, usage } = world.finance;
    const counted = await reader.rows(
      `select (select count(*) from crm.accounts) a, (select count(*) from crm.deals) d, (select count(*) from finance.contracts) c,
              (select count(*) from finance.revenue_by_month) r, (select count(*) from product.usage_by_month) u`,
    );
    const [a, d] = [world.accounts.length, world.deals.length];
    expect(counted).toEqual([{ A: a, D: d, C: contracts.length, R: revenue.length, U: usage.length }]);
  });
});

describe("values", () => {
  test("numbers keep every digit", async () => {
    const sql = `select 12345678901234567890123456789012345678 as big, 9007199254740993 as odd, 1.50::number(10, 2) as d,
      -0.05 as small, max(last_event_id) as id, sum(payment_volume) as volume from product.usage_by_month`;
    const { statement, rows } = await reader.run(sql, { fetchAsString: ["Number"] });
    const { usage } = world.finance;
    const id = usage
      .map((row) => row.lastEventId)
      .toSorted()
      .at(-1);
    const volume = (usage.reduce((sum, row) => sum + row.paymentVolume, 0) / 100).toFixed(2);
    const [big, odd] = ["12345678901234567890123456789012345678", "9007199254740993"];
    expect(rows).toEqual([{ BIG: big, ODD: odd, D: "1.50", SMALL: "-0.05", ID: id, VOLUME: volume }]);
    const types = statement.getColumns()?.map((c) => [c.getType(), c.getPrecision(), c.getScale()].join());
    expect(types).toEqual(["fixed,38,0", "fixed,38,0", "fixed,10,2", "fixed,3,2", "fixed,38,0", "fixed,38,2"]);
  });

  test("dates and timestamps are in the protocol's forms", async () => {
    const { rows, statement } = await reader.run(
      `select to_date('2024-02-29') as d, '1969-12-31 23:59:59.5'::timestamp_ntz as ntz, to_time('10:20:30') as t,
              to_timestamp_ltz('2026-07-01 12:00:00 +0000') as ltz, '2026-01-01 10:00:00 +0100'::timestamp_tz as tz`,
    );
    const types = statement.getColumns()?.map((column) => column.getType());
    expect(types).toEqual(["date", "timestamp_ntz", "time", "timestamp_ltz", "timestamp_tz"]);
    const [row] = rows;
    expect(row.D.toJSON()).toBe("2024-02-29");
    expect(row.NTZ.toISOString()).toBe("1969-12-31T23:59:59.500Z");
    expect(row.T).toBe("10:20:30");
    expect(row.LTZ.toISOString()).toBe("2026-07-01T12:00:00.000Z");
    expect([row.TZ.toISOString(), row.TZ.getTimezone()]).toEqual(["2026-01-01T09:00:00.000Z", -360]);
    const [sent] = JSON.parse(board.requests("snowflake").at(-1)?.response ?? "{}").data.rowset;
    expect(sent).toEqual([
      "19782",
      "-0.500000000",
      "37230.000000000",
      "1782907200.000000000",
      "1767258000.000000000 1080",
    ]);
  });

  test("variants are JSON, paths into them values", async () => {
    const [used] = world.finance.usage;
    const [row] = await reader.rows(
      `select features, features:plan.name::string as plan, features:plan:seats::number as seats, features['channels'][0] as c
       from product.usage_by_month where last_event_id = ?`,
      { binds: [used?.lastEventId ?? ""] },
    );
    const { channels, plan } = used?.features ?? { channels: [], plan: { name: "", seats: 0 } };
    expect(row).toEqual({ FEATURES: used?.features, PLAN: plan.name, SEATS: plan.seats, C: channels[0] });
    const flat = await reader.rows(
      `select f.value::string as channel, count(*) as n from product.usage_by_month u, lateral flatten(input => u.features:channels) f
       where f.value = 'app' group by 1`,
    );
    const count = world.finance.usage.filter((u) => u.features.channels.includes("app")).length;
    expect(flat).toEqual([{ CHANNEL: "app", N: count }]);
  });

  test("truths, binaries, nothing, texts of any language", async () => {
    const [row] = await reader.rows("select true as t, false as f, x'CAFE' as b, null as n, 'Zoë 👋 ''x'' \\\\' as s");
    expect(row).toMatchObject({ T: true, F: false, N: null, S: "Zoë 👋 'x' \\" });
    expect(row.B.toString("hex")).toBe("cafe");
  });

  test("what is bound to places is what comes back", async () => {
    const binds = ["it's \\ -- ; ?", 5, 2.5, true, null];
    const sql = "select ? as a, ?::int as b, ? as c, ? as d, ? as e, '?' as f -- ?";
    expect(await reader.rows(sql, { binds })).toEqual([
      { A: "it's \\ -- ; ?", B: 5, C: 2.5, D: true, E: null, F: "?" },
    ]);
    expect(await reader.rows("with x as (select :2 as v) select v, :1 as w from x", { binds: ["one", "two"] })).toEqual(
      [{ V: "two", W: "one" }],
    );
    expect(await reader.refusal("select ?, ?", { binds: [1] })).toMatchObject({ code: "002049" });
  });

  test("the day is the sandbox's, in the session's zone", async () => {
    board.clock.set(Date.parse("2027-01-01T03:00:00Z"));
    const driver = await connect(snowflake.env);
    const [row] = await driver.rows("select current_date as d, current_timestamp() as t, year(getdate()) as y");
    expect([row.D.toJSON(), row.T.toISOString().slice(0, 16), row.Y]).toEqual(["2026-12-31", "2027-01-01T03:00", 2026]);
    await driver.close();
  });
});

describe("Snowflake's dialect", () => {
  test("names are folded to capitals unless they are quoted", async () => {
    const { rows, statement } = await reader.run(
      "select Account_Name, count(*), sum(units) / 2 as half, 1 + 1 as \"lower\" from CRM.accounts where account_name = 'Acme' group by all",
    );
    expect(statement.getColumns()?.map((c) => c.getName())).toEqual(["ACCOUNT_NAME", "COUNT(*)", "HALF", "lower"]);
    expect(rows).toEqual([{ ACCOUNT_NAME: "Acme", "COUNT(*)": 1, HALF: acme.units / 2, lower: 2 }]);
    expect(await reader.refusal('select "account_name" from crm.accounts')).toMatchObject({ code: "000904" });
    expect(await reader.rows('select "UNITS" from "CRM"."ACCOUNTS" where account_name = \'Acme\'')).toEqual([
      { UNITS: acme.units },
    ]);
    expect(await reader.refusal('select * from "accounts"')).toMatchObject({ code: "002003" });
  });

  test.each<[string, object | undefined]>([
    ["select iff(1 > 2, 'a', 'b') as x, nvl(null, 3) as y, div0(1, 0) as z", { X: "b", Y: 3, Z: 0 }],
    ["select to_char(to_date('2026-03-05'), 'DD Mon YYYY') as x", { X: "05 Mar 2026" }],
    [
      "select datediff(month, '2026-01-31', '2026-03-01') as x, dateadd(day, 1, '2026-02-28'::date)::string as y",
      { X: 2, Y: "2026-03-01" },
    ],
    [
      "select listagg(column1, '|') within group (order by column1 desc) as x from (values ('a'), ('b')) as v(column1)",
      { X: "b|a" },
    ],
    ["select count(*) as n from table(generator(rowcount => 12))", { N: 12 }],
    [
      "with recursive r as (select 1 as n union all select n + 1 from r where n < 5) select max(n) as n from r",
      { N: 5 },
    ],
    [
      "with accounts as (select * from accounts where units > 0) select count(*) as n from accounts",
      { N: world.accounts.length },
    ],
    ["select try_to_number('x') as x, to_number('12') as y, '7'::int as z", { X: null, Y: 12, Z: 7 }],
    [
      "select account_name as a from accounts qualify row_number() over (order by account_name) = 2",
      { A: world.accounts.map((a) => a.name).toSorted()[1] },
    ],
    ["select a from (select 1 as a, 'x' as k) pivot (max(a) for k in ('x'))", undefined],
    [
      "select object_construct('a', 1) as o, array_construct(1, 2) as l, parse_json('{\"b\": [true]}') as p",
      { O: { a: 1 }, L: [1, 2], P: { b: [true] } },
    ],
  ])("%s", async (sql, wanted) => {
    const { rows, error } = await reader.run(sql);
    if (wanted) expect(rows).toEqual([wanted]);
    // What the engine sees otherwise than Snowflake is an error of the statement.
    else expect(error).toMatchObject({ code: "000904" });
  });

  test("the last result can be read again", async () => {
    await reader.rows("show tables in schema finance");
    expect(await reader.rows('select "name" as n from table(result_scan(last_query_id())) where "rows" > 100')).toEqual(
      [{ N: "REVENUE_BY_MONTH" }],
    );
    await reader.rows("select month, loaded_at, contracted from finance.revenue_by_month limit 3");
    const again = await reader.rows("select * from table(result_scan(last_query_id()))");
    expect(again).toHaveLength(3);
    expect(again[0].LOADED_AT.toISOString()).toBe("2026-11-18T16:00:00.000Z");
    expect(await reader.refusal("select * from table(result_scan('nope'))")).toMatchObject({ code: "000709" });
  });
});

describe("errors", () => {
  test.each([
    ["selec 1", "001003", "42000", [1, 0]],
    ["select 1 +", "001003", "42000", undefined],
    ["select\n  units units2 units3\nfrom accounts", "001003", "42000", undefined],
    ["select 'open", "001003", "42000", undefined],
    ["select * from nowhere", "002003", "42S02", undefined],
    ["select * from other.crm.accounts", "002003", "42S02", undefined],
    ["select * from nope.accounts", "002003", "02000", undefined],
    ["select nope from accounts", "000904", "42000", [1, 7]],
    ["select a.nope\nfrom accounts a where\n  x = 1", "000904", "42000", undefined],
    ["select nofunction(1)", "002140", "42601", undefined],
    ["select account_id from accounts a join deals d on a.account_id = d.account_id", "002028", "42601", undefined],
    ["select account_id, count(*) from accounts", "000979", "42601", undefined],
    ["select 1 / 0", "100051", "22012", undefined],
    ["select 'x'::number", "100038", "22018", undefined],
    ["select to_date('x')", "100040", "22007", undefined],
    ["select (select units from accounts)", "090150", "22000", undefined],
    ["select 1; select 2", "000008", "0A000", undefined],
    ["-- nothing at all", "000900", "42601", undefined],
    ["select * from accounts at(offset => -60)", "000002", "0A000", undefined],
    ["begin", "000002", "0A000", undefined],
  ])("%s is %s", async (sql, code, sqlState, place) => {
    const error = await reader.refusal(sql);
    expect(error).toMatchObject({ code, sqlState });
    const data = (error as any).data;
    expect(data).toMatchObject({ errorCode: code, queryId: expect.stringMatching(/^01[0-9a-f]{6}-/) });
    if (place) expect([data.line, data.pos]).toEqual(place);
  });

  test.each([
    "select * from read_csv('/etc/passwd')",
    "select * from read_text('/etc/passwd')",
    "select * from glob('/*')",
    "select * from duckdb_settings()",
    "select * from query('select 1')",
    "select * from '/etc/passwd'",
    "select * from pg_catalog.pg_class",
    "select * from (select 1) x, lateral read_text('/etc/passwd') y",
    "select * from @stage/file",
    "select system$wait(10)",
    'select "SYSTEM$ABORT_SESSION"(1)',
    "put file:///etc/passwd @~",
    "get @~/x file:///tmp/",
    "copy into accounts from @x",
    "call nothing()",
    "execute immediate 'drop table accounts'",
    "attach ':memory:' as x",
    "install httpfs",
    "pragma version",
    "set threads = 1",
  ])("nothing but the tables is in reach: %s", async (sql) => {
    const { code } = await admin.refusal(sql);
    expect(code).toMatch(/^(?:001003|002003|002140|002141|000002)$/);
  });
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
      ["SALES.DEALS", "update", 1, "SOPHIA as SALES_ADMIN"],
      ["SALES.NOTES", "create_table", 0, "SOPHIA as SALES_ADMIN"],
      ["SALES.NOTES", "insert", 1, "SOPHIA as SALES_ADMIN"],
      ["SALES.NOTES", "delete", 1, "LOADER as SALES_ADMIN"],
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
