import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type SnowflakeStore, startSnowflake } from "../../sandbox/snowflake/start-snowflake.ts";
import { createSandboxClock, type ServiceStandIn, Switchboard } from "../../sandbox/stand-in.ts";
import { createWorld } from "../../sandbox/world/create-world.ts";
import { connect, type Driver } from "../support/snowflake-driver.ts";

const now = Date.parse("2026-11-18T16:00:00Z");
const world = createWorld({ now });
const board = new Switchboard(createSandboxClock(now));
let snowflake: ServiceStandIn<SnowflakeStore>;

beforeAll(async () => {
  snowflake = await startSnowflake({ world, board });
});
afterAll(() => snowflake.close());
beforeEach(() => {
  board.clock.set(now);
  board.reset();
});

async function loggedIn<T>(use: (driver: Driver) => Promise<T>, options = {}): Promise<T> {
  const driver = await connect(snowflake.env, options);
  try {
    return await use(driver);
  } finally {
    await driver.close();
  }
}

const paths = () => board.requests("snowflake").map(({ method, url }) => `${method} ${new URL(url).pathname}`);

describe("logging in", () => {
  test("with the key pair of the settings", async () => {
    const rows = await loggedIn((driver) =>
      driver.rows("select current_user() as u, current_role() as r, current_database() as d, current_schema() as s"),
    );
    expect(rows).toEqual([{ U: "SOPHIA", R: "SOPHIA_READER", D: "SALES", S: "CRM" }]);
    expect(paths()).toEqual(["POST /session/v1/login-request", "POST /queries/v1/query-request", "POST /session"]);
    const path = snowflake.env.SNOWFLAKE_PRIVATE_KEY_PATH ?? "";
    expect((statSync(path).mode & 0o777).toString(8)).toBe("600");
  });

  test("with a programmatic access token, an OAuth token and a client's credentials", async () => {
    const select = (driver: Driver) => driver.rows("select 1 as one");
    const pat = { authenticator: "PROGRAMMATIC_ACCESS_TOKEN", token: "sandbox-snowflake-pat" };
    const oauth = { authenticator: "OAUTH", token: "sandbox-snowflake-oauth-token" };
    const client = {
      authenticator: "OAUTH_CLIENT_CREDENTIALS",
      oauthClientId: "sandbox-snowflake-client",
      oauthClientSecret: "sandbox-snowflake-client-secret",
      oauthTokenRequestUrl: `${snowflake.url}/oauth/token-request`,
      oauthHttpAllowed: true,
    };
    for (const options of [pat, oauth, client]) expect(await loggedIn(select, options)).toEqual([{ ONE: 1 }]);
  });

  test.each([
    ["a password", { authenticator: "SNOWFLAKE", password: "secret" }, "390100"],
    ["another's access token", { authenticator: "PROGRAMMATIC_ACCESS_TOKEN", token: "nobody-s" }, "394400"],
    ["another's OAuth token", { authenticator: "OAUTH", token: "nobody-s" }, "390303"],
    ["a role that was not granted", { role: "ACCOUNTADMIN" }, "390186"],
    ["another user's name", { username: "MALLORY" }, "390144"],
  ])("is refused to %s", async (_who, options, code) => {
    await expect(connect(snowflake.env, options)).rejects.toMatchObject({ code });
  });

  test("takes no key but the registered one, and no token out of its time", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const privateKeyPem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    await expect(connect(snowflake.env, { privateKey: privateKeyPem })).rejects.toMatchObject({ code: "390144" });
    const der = publicKey.export({ type: "spki", format: "der" });
    const thumb = `SHA256:${createHash("sha256").update(der).digest("base64")}`;
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const iat = Math.floor(Date.now() / 1000);
    const claims = { iss: `SANDBOX.SOPHIA.${thumb}`, sub: "SANDBOX.SOPHIA", iat, exp: iat + 60 };
    const unsigned = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
    const forged = `${unsigned}.${sign("RSA-SHA256", Buffer.from(unsigned), privateKey).toString("base64url")}`;
    for (const TOKEN of [forged, `${part({ alg: "none" })}.${part(claims)}.`, "x.y.z", ""]) {
      const data = { ACCOUNT_NAME: "sandbox", LOGIN_NAME: "SOPHIA", AUTHENTICATOR: "SNOWFLAKE_JWT", TOKEN };
      const response = await fetch(`${snowflake.url}/session/v1/login-request`, {
        method: "POST",
        body: JSON.stringify({ data }),
      });
      expect(await response.json()).toMatchObject({ success: false, code: "390144", data: null });
    }
  });

  test("names that are not there leave the session without", async () => {
    await loggedIn(
      async (driver) => {
        expect(await driver.refusal("select * from accounts")).toMatchObject({ code: "090105" });
        expect(await driver.refusal("select * from sales.crm.accounts")).toMatchObject({ code: "000606" });
        expect(await driver.rows("select 1 as one")).toEqual([{ ONE: 1 }]);
      },
      { database: "NOPE", warehouse: "NOPE" },
    );
  });

  test("shows no token in the request log", async () => {
    await loggedIn((driver) => driver.rows("select 1"));
    const [login, query] = board.requests("snowflake");
    const { data } = JSON.parse(login?.response ?? "{}");
    const sent = JSON.parse(login?.body ?? "{}").data.TOKEN;
    expect(snowflake.secrets).toEqual(expect.arrayContaining([data.token, data.masterToken, sent]));
    expect(query?.headers.authorization).toBe(`Snowflake Token="${data.token}"`);
  });
});

describe("a session", () => {
  test("whose token has run out gets a new one in passing", async () => {
    await loggedIn(async (driver) => {
      board.clock.set(now + 3_601_000);
      expect(await driver.rows("select 1 as one")).toEqual([{ ONE: 1 }]);
    });
    expect(paths()).toEqual([
      "POST /session/v1/login-request",
      "POST /queries/v1/query-request",
      "POST /session/token-request",
      "POST /queries/v1/query-request",
      "POST /session",
    ]);
    expect(board.requests("snowflake")[1]?.response).toContain('"390112"');
  });

  test("that was idle for longer is over", async () => {
    const driver = await connect(snowflake.env);
    board.clock.set(now + 14_401_000);
    await driver.refusal("select 1");
    expect(driver.connection.isUp()).toBe(false);
    expect(board.requests("snowflake").at(-1)?.response).toContain('"390114"');
  });

  test("keeps alive by heartbeats, and is gone once it is deleted", async () => {
    const driver = await connect(snowflake.env);
    expect(await driver.connection.isValidAsync()).toBe(true);
    const { token } = snowflake.store.sessions.list().at(-1) ?? {};
    await driver.close();
    const ask = async (Authorization: string) => {
      const init = { method: "POST", headers: { Authorization } };
      return (await fetch(`${snowflake.url}/session/heartbeat`, init)).json();
    };
    expect(await ask(`Snowflake Token="${token}"`)).toMatchObject({ success: false, code: "390111" });
    expect(await ask("Bearer x")).toMatchObject({ success: false, code: "390104" });
  });

  test("has parameters, its own and each statement's", async () => {
    await loggedIn(
      async (driver) => {
        const shown = async (name: string) => (await driver.rows(`show parameters like '${name}'`))[0];
        expect(await shown("timezone")).toMatchObject({ value: world.companyTimeZone, level: "" });
        expect(await shown("query_tag")).toMatchObject({ value: "sophia", level: "SESSION" });
        await driver.rows("alter session set timezone = 'Asia/Tokyo', rows_per_resultset = 2");
        expect(await shown("timezone")).toMatchObject({ value: "Asia/Tokyo", level: "SESSION" });
        const { statement, rows } = await driver.run("select current_date() as day from crm.accounts");
        expect([rows.length, statement.getNumRows()]).toEqual([2, 2]);
        expect(rows[0].DAY.toJSON()).toBe("2026-11-19");
        await driver.rows("alter session unset rows_per_resultset");
        expect(await driver.rows("select 1 from deals", { parameters: { ROWS_PER_RESULTSET: 7 } })).toHaveLength(7);
        expect(await driver.rows("select 1 from deals")).toHaveLength(world.deals.length);
        expect(await driver.refusal("alter session set nope = 1")).toMatchObject({ code: "001420" });
        expect(await driver.refusal("alter session set timezone = 'Nowhere'")).toMatchObject({ code: "001008" });
      },
      { queryTag: "sophia" },
    );
    expect(snowflake.store.queries.list().at(-1)?.tag).toBe("sophia");
  });

  test("uses what it is told to", async () => {
    await loggedIn(async (driver) => {
      const { statement } = await driver.run("use schema finance");
      expect((statement.getSessionState() as any).getCurrentSchema()).toBe("FINANCE");
      expect(await driver.rows("select count(*) as n from contracts")).toEqual([{ N: world.finance.contracts.length }]);
      await driver.rows("use role public");
      expect(await driver.refusal("select * from contracts")).toMatchObject({ code: "002003" });
      expect(await driver.rows("show databases")).toEqual([]);
      expect(await driver.refusal("use role accountadmin")).toMatchObject({ code: "003013", sqlState: "42501" });
      expect(await driver.refusal("use database nope")).toMatchObject({ code: "002043" });
    });
  });
});

test("takes its key away when it closes", async () => {
  const other = await startSnowflake({ world, board });
  const path = other.env.SNOWFLAKE_PRIVATE_KEY_PATH ?? "";
  expect(existsSync(path)).toBe(true);
  await other.close();
  expect(existsSync(path)).toBe(false);
});
