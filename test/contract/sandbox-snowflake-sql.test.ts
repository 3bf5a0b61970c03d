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
    const ofAcme = world.finance.revenue.filter((row) => row.accountId === acme.id && row.month.startsWith("2026"));
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
    ["with r as (select 1 as n union all select n + 1 from r where n < 5) select max(n) as n from r", { N: 5 }],
    ["select sum($2) as n from values ('a', 1), ('b', 2)", { N: 3 }],
    ["select max(column1) as a from values (1), (2)", { A: 2 }],
    [
      "select convert_timezone('America/New_York', loaded_at)::string as t from finance.revenue_by_month limit 1",
      { T: "2026-11-18 11:00:00" },
    ],
    [
      "select max(dateadd(day, seq4(), '2026-01-30'::date))::string as d from table(generator(rowcount => 3))",
      { D: "2026-02-01" },
    ],
    ["select (add_months('2026-01-31'::date, 1) - interval '1 month')::string as d", { D: "2026-01-28" }],
    [
      "select max(features:plan.seats + 0.5) > 5 as x, min(typeof(features:plan)) as y from product.usage_by_month where features:plan.seats > 5",
      { X: true, Y: "OBJECT" },
    ],
    ["select round(sum(r), 6) as r from (select ratio_to_report(amount) over () as r from deals)", { R: 1 }],
    [
      "select * from deals match_recognize (order by amount measures count(*) as c pattern (a+) define a as amount > 0)",
      undefined,
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
    // What the engine lacks is an error of the statement, never another answer.
    else expect(error).toMatchObject({ code: expect.stringMatching(/^(?:000904|000002)$/) });
  });

  test("what is null makes all of it null", async () => {
    expect(await reader.rows("select concat('a', null) as c, 'a' || null as p, greatest(1, null) as g")).toEqual([
      { C: null, P: null, G: null },
    ]);
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
