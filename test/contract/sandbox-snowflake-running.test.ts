import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type SnowflakeStore, startSnowflake } from "../../sandbox/snowflake/start-snowflake.ts";
import { createSandboxClock, type ServiceStandIn, Switchboard } from "../../sandbox/stand-in.ts";
import { createWorld } from "../../sandbox/world/create-world.ts";
import { connect, type Driver } from "../support/snowflake-driver.ts";

const now = Date.parse("2026-11-18T16:00:00Z");
const world = createWorld({ now });
const board = new Switchboard(createSandboxClock(now));
/** Would take DuckDB minutes. */
const ENDLESS =
  "select sum(hash(a.seq)) from (select seq8() as seq from table(generator(rowcount => 1000000))) a, (select seq8() as seq from table(generator(rowcount => 1000000))) b";
let snowflake: ServiceStandIn<SnowflakeStore>;
let driver: Driver;

beforeAll(async () => {
  snowflake = await startSnowflake({ world, board, patienceMs: 60, inlineRows: 10, chunkRows: 40 });
  driver = await connect(snowflake.env);
  await driver.rows("select count(*) from deals");
});
afterAll(async () => {
  await driver.close();
  await snowflake.close();
});
beforeEach(() => board.reset());
afterEach(() => {
  for (const query of snowflake.store.queries.list()) expect(query.endedAt).toBeDefined();
});

const running = () => snowflake.store.queries.list().filter((query) => query.status === "RUNNING");
const paths = () => board.requests("snowflake").map(({ method, url }) => `${method} ${new URL(url).pathname}`);

/** A request as the driver sends it, with its session's token. */
async function post(path: string, body: object, headers: Record<string, string> = {}): Promise<any> {
  const { token } = snowflake.store.sessions.list().at(-1) ?? {};
  const packed = headers["content-encoding"] === "gzip" ? gzipSync(JSON.stringify(body)) : JSON.stringify(body);
  const response = await fetch(`${snowflake.url}${path}`, {
    method: "POST",
    headers: { authorization: `Snowflake Token="${token}"`, "content-type": "application/json", ...headers },
    body: packed,
  });
  return response.json();
}

/** What a statement gives that is sent so, asked after for as long as it takes. */
async function answerTo(requestId: string, body: object, headers?: Record<string, string>): Promise<any> {
  let answer = await post(`/queries/v1/query-request?requestId=${requestId}`, body, headers);
  while (answer.code === "333333") {
    const { token } = snowflake.store.sessions.list().at(-1) ?? {};
    const authorization = `Snowflake Token="${token}"`;
    answer = await (await fetch(`${snowflake.url}${answer.data.getResultUrl}`, { headers: { authorization } })).json();
  }
  return answer.data;
}

describe("a long statement", () => {
  test("is asked after until it is done", async () => {
    board.addFault({ service: "snowflake", path: "/result", latencyMs: 1 });
    const parameters = { STATEMENT_TIMEOUT_IN_SECONDS: 1 };
    const error = await driver.refusal(ENDLESS, { parameters });
    expect(error).toMatchObject({ code: "000630", sqlState: "57014", message: expect.stringContaining("1 second(s)") });
    expect(board.requests("snowflake")[0]?.response).toContain('"333333"');
    expect(paths().filter((path) => path.endsWith("/result")).length).toBeGreaterThan(0);
  });

  test("is stopped by whoever started it", async () => {
    const stopped = new Promise<any>((resolve) => {
      const statement = driver.connection.execute({ sqlText: ENDLESS, complete: (error) => resolve(error) });
      void expect
        .poll(() => running().length)
        .toBe(1)
        .then(() => statement.cancel((error) => error && resolve(error)));
    });
    expect(await stopped).toMatchObject({ code: "000604", message: "SQL execution canceled", sqlState: "57014" });
    expect(paths().filter((path) => path.endsWith("/abort-request"))).toHaveLength(1);
    expect(await driver.rows("select 1 as one")).toEqual([{ ONE: 1 }]);
  });

  test("is stopped by the id of its request as well, and only while it runs", async () => {
    const sent = post("/queries/v1/query-request?requestId=r-1", { sqlText: ENDLESS });
    await expect.poll(() => running().length).toBe(1);
    expect(await post("/queries/v1/abort-request", { requestId: "r-1" })).toMatchObject({ success: true });
    await sent;
    await expect.poll(() => running().length).toBe(0);
    const late = await post("/queries/v1/abort-request", { requestId: "r-1" });
    expect(late).toMatchObject({ success: false, code: "000605" });
    expect(await post("/queries/01b00000-0000-0000-0000-000000000000/abort-request", {})).toMatchObject({
      code: "000709",
    });
  });

  test("waits its turn, and can be taken back while it waits", async () => {
    const ids = ["a", "b", "c"];
    const sent = ids.map((id) => post(`/queries/v1/query-request?requestId=turn-${id}`, { sqlText: ENDLESS }));
    const waiting = () => snowflake.store.queries.list().filter((query) => query.status === "QUEUED");
    await expect.poll(() => [running().length, waiting().length]).toEqual([2, 1]);
    const [last] = waiting();
    expect(await post("/queries/v1/abort-request", { requestId: last?.requestId })).toMatchObject({ success: true });
    await expect.poll(() => last?.status).toBe("ABORTED");
    for (const query of running()) await post(`/queries/${query.id}/abort-request`, {});
    await Promise.all(sent);
    await expect.poll(() => running().length).toBe(0);
  });

  test("ends with the stand-in's reset", async () => {
    const sent = driver.refusal(ENDLESS);
    await expect.poll(() => running().length).toBe(1);
    const [query] = running();
    snowflake.reset();
    await query?.done;
    expect(query?.error?.code).toBe("000604");
    await sent;
    expect(await driver.rows("select count(*) as n from deals")).toEqual([{ N: world.deals.length }]);
  });
});

describe("a statement that is handed over", () => {
  const submit = (sqlText: string) =>
    new Promise<string>((resolve) => {
      driver.connection.execute({
        sqlText,
        asyncExec: true,
        complete: (_e, statement) => resolve(statement.getQueryId()),
      });
    });
  const fetched = (queryId: string) =>
    new Promise<any[]>((resolve, reject) => {
      const complete = (error: unknown, _s: unknown, rows: any[] | undefined) =>
        error ? reject(error) : resolve(rows ?? []);
      driver.connection.fetchResult({ queryId, complete });
    });

  test("can be asked after, and its result be fetched by another session", async () => {
    const id = await submit("select count(*) as n from deals");
    await expect.poll(() => driver.connection.getQueryStatus(id)).toBe("SUCCESS");
    expect(await fetched(id)).toEqual([{ N: world.deals.length }]);
    const other = await connect(snowflake.env);
    expect(await other.connection.getQueryStatus(id)).toBe("SUCCESS");
    await other.close();
    expect(await driver.connection.getQueryStatus("01b00000-0000-0000-0000-000000000000")).toBe("NO_QUERY_DATA");
  });

  test("tells its error to whoever asks", async () => {
    const id = await submit("select * from nowhere");
    await expect.poll(() => driver.connection.getQueryStatus(id)).toBe("FAILED_WITH_ERROR");
    await expect(driver.connection.getQueryStatusThrowIfError(id)).rejects.toThrow("Object 'NOWHERE' does not exist");
    await expect(fetched(id)).rejects.toMatchObject({ code: "002003" });
  });

  test("runs until it is stopped", async () => {
    const id = await submit(ENDLESS);
    await expect.poll(() => driver.connection.getQueryStatus(id)).toBe("RUNNING");
    expect(await post(`/queries/${id}/abort-request`, {})).toMatchObject({ success: true });
    await expect.poll(() => driver.connection.getQueryStatus(id)).toBe("ABORTED");
    await expect(fetched(id)).rejects.toMatchObject({ code: "000604" });
  });
});

describe("a large result", () => {
  test("comes in pieces, each row once and in its place", async () => {
    const sql = "select month, account_id, forecast from finance.revenue_by_month order by account_id, month, currency";
    const { statement, rows } = await driver.run(sql);
    const { revenue } = world.finance;
    expect([rows.length, statement.getNumRows()]).toEqual([revenue.length, revenue.length]);
    const total = revenue.reduce((sum, row) => sum + row.forecast, 0);
    expect(Math.round(rows.reduce((sum, row) => sum + row.FORECAST * 100, 0))).toBe(total);
    expect(rows.map((row) => row.ACCOUNT_ID)).toEqual(revenue.map((row) => row.accountId).toSorted());
    const chunks = paths().filter((path) => path.startsWith("GET /results/"));
    expect(chunks).toHaveLength(Math.ceil((revenue.length - 10) / 40));
  });

  test("can be read from the middle", async () => {
    const { statement } = await driver.run("select deal_id from deals order by deal_id", { streamResult: true });
    const rows: any[] = [];
    await new Promise<void>((resolve, reject) => {
      statement
        .streamRows({ start: 15, end: 16 })
        .on("data", (row) => rows.push(row.DEAL_ID))
        .on("error", reject)
        .on("end", resolve);
    });
    expect(rows).toEqual(
      world.deals
        .map((deal) => deal.id)
        .toSorted()
        .slice(15, 17),
    );
  });

  test("says how many rows there would have been", async () => {
    const parameters = { ROWS_PER_RESULTSET: 3 };
    const data = await answerTo("r-2", {
      sqlText: "select * from deals",
      parameters,
    });
    expect([data.returned, data.total, data.rowset.length, data.chunks]).toEqual([3, world.deals.length, 3, undefined]);
  });

  test("ends where the client wants it to, in whichever piece that is", async () => {
    const parameters = { ROWS_PER_RESULTSET: 13 };
    expect(await driver.rows("select deal_id from deals", { parameters })).toHaveLength(13);
    const data = await answerTo("r-4", { sqlText: "select deal_id from deals", parameters });
    expect([data.rowset.length, data.chunks.length, data.chunks[0].rowCount]).toEqual([10, 1, 3]);
    expect(JSON.parse(`[${await (await fetch(data.chunks[0].url)).text()}]`)).toHaveLength(3);
  });

  test("is for whoever has its signed address, and no one else", async () => {
    const data = await answerTo("r-3", { sqlText: "select * from deals" });
    const [{ url }] = data.chunks;
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(url.replace(/signature=.*/, "signature=x"))).status).toBe(403);
  });
});

describe("the line", () => {
  test("carries what is compressed, and what only says so", async () => {
    const sqlText = "select 'ü' as x";
    for (const id of ["z-1", "z-2"]) {
      const headers: Record<string, string> = id === "z-1" ? { "content-encoding": "gzip" } : {};
      const data = await answerTo(id, { sqlText }, headers);
      expect(data.rowset).toEqual([["ü"]]);
    }
    const sent = board.requests("snowflake").filter((request) => request.method === "POST");
    expect(sent.map((request) => JSON.parse(request.body).sqlText)).toEqual([sqlText, sqlText]);
  });

  test("a request that is sent again, its answer lost, runs once", async () => {
    board.addFault({ service: "snowflake", drop: "after" });
    const body = { sqlText: "select count(*) as n from deals" };
    const before = snowflake.store.queries.list().length;
    await expect(post("/queries/v1/query-request?requestId=twice", body)).rejects.toThrow();
    const data = await answerTo("twice", body);
    expect(data.rowset).toEqual([[String(world.deals.length)]]);
    expect(snowflake.store.queries.list()).toHaveLength(before + 1);
  });

  test("faults are worded as the service words them", async () => {
    board.addFault({ service: "snowflake", status: 503, retryAfter: 2 });
    const response = await fetch(`${snowflake.url}/queries/v1/query-request`, { method: "POST" });
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "2"]);
    expect(await response.json()).toMatchObject({ success: false, data: null });
    expect(await post("/nowhere", {})).toMatchObject({ success: false });
    expect(await post("/queries/v1/query-request?requestId=x", ["no object"])).toMatchObject({ code: "390400" });
  });

  test("a described statement runs nothing and tells its columns", async () => {
    const admin = await connect(snowflake.env, { role: "SALES_ADMIN" });
    const { statement } = await admin.run("select amount, close_date from deals", { describeOnly: true });
    expect(statement.getColumns()?.map((column) => column.getName())).toEqual(["AMOUNT", "CLOSE_DATE"]);
    await admin.run("delete from deals", { describeOnly: true });
    expect(await admin.rows("select count(*) as n from deals")).toEqual([{ N: world.deals.length }]);
    await admin.close();
  });
});
