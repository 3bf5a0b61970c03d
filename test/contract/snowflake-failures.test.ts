/** What our Snowflake server says and does where Snowflake, the network or the settings are at fault. */

import { writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { connectSnowflake, HandTimer, textOf } from "../unit/mcp-servers/snowflake/support.ts";

const query = { sql: "SELECT COUNT(*) AS n FROM deals" };

describe("logging in", () => {
  it.each([
    [{ SNOWFLAKE_USER: "NOBODY" }, "refused our credentials (390144)"],
    [{ SNOWFLAKE_PRIVATE_KEY_PATH: "/nonexistent/key.p8" }, "SNOWFLAKE_PRIVATE_KEY_PATH cannot be read"],
    [
      { SNOWFLAKE_AUTHENTICATOR: "PROGRAMMATIC_ACCESS_TOKEN", SNOWFLAKE_TOKEN: "hush-hush" },
      "refused our credentials (394400)",
    ],
    [{ SNOWFLAKE_AUTHENTICATOR: "OAUTH", SNOWFLAKE_TOKEN: "hush-hush" }, "refused our credentials (390303)"],
    [{ SNOWFLAKE_ROLE: "NO_SUCH_ROLE" }, "SNOWFLAKE_ROLE does not exist"],
  ])("with %j fails in words that say what to check", async (env, words) => {
    const snowflake = await connectSnowflake({ env });
    const result = await snowflake.call("execute_query", query);
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain(words);
    expect(textOf(result)).not.toContain("hush");
    expect(snowflake.sql()).toEqual([]);
  });

  it("with a key that is not the user's, or not open, is refused", async () => {
    const folder = mkdtempSync(join(tmpdir(), "keys-"));
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const path = join(folder, "other.p8");
    writeFileSync(path, privateKey.export({ type: "pkcs8", format: "pem" }));
    const locked = join(folder, "locked.p8");
    writeFileSync(
      locked,
      privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "right" }),
    );
    const ask = async (env: Record<string, string>) =>
      textOf(await (await connectSnowflake({ env })).call("execute_query", query));
    expect(await ask({ SNOWFLAKE_PRIVATE_KEY_PATH: path })).toContain("refused our credentials (390144)");
    expect(await ask({ SNOWFLAKE_PRIVATE_KEY_PATH: locked })).toContain("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE");
    // The right passphrase opens it; the key is still not the user's.
    expect(await ask({ SNOWFLAKE_PRIVATE_KEY_PATH: locked, SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: "right" })).toContain(
      "390144",
    );
    rmSync(folder, { recursive: true });
  });

  it.each([
    ["PROGRAMMATIC_ACCESS_TOKEN", { SNOWFLAKE_TOKEN: "sandbox-snowflake-pat" }],
    ["OAUTH", { SNOWFLAKE_TOKEN: "sandbox-snowflake-oauth-token" }],
    [
      "OAUTH_CLIENT_CREDENTIALS",
      {
        SNOWFLAKE_OAUTH_CLIENT_ID: "sandbox-snowflake-client",
        SNOWFLAKE_OAUTH_CLIENT_SECRET: "sandbox-snowflake-client-secret",
      },
    ],
  ])("works by %s", async (kind, env) => {
    const probe = await connectSnowflake();
    const tokenUrl = `${probe.snowflake.url}/oauth/token-request`;
    const snowflake = await connectSnowflake({
      env: { ...env, SNOWFLAKE_AUTHENTICATOR: kind, SNOWFLAKE_OAUTH_TOKEN_URL: tokenUrl },
    });
    expect((await snowflake.ask("execute_query", query)).rows).toEqual([{ N: 60 }]);
  });
});

describe("the role", () => {
  it("is not used if it may write, and the words say what to revoke", async () => {
    const snowflake = await connectSnowflake({ env: { SNOWFLAKE_ROLE: "SALES_ADMIN" } });
    const result = await snowflake.call("execute_query", query);
    expect(textOf(result)).toMatch(/The role SALES_ADMIN could change something in Snowflake \(SALES_ADMIN has \w/);
    expect(snowflake.sql()).toEqual(["USE SECONDARY ROLES NONE", "SHOW GRANTS TO ROLE SALES_ADMIN"]);
  });

  it("that may see nothing gets the engine's error", async () => {
    const snowflake = await connectSnowflake({ env: { SNOWFLAKE_ROLE: "PUBLIC" } });
    expect(textOf(await snowflake.call("execute_query", query))).toContain("SQL error");
  });
});

describe("when Snowflake fails", () => {
  it("asks again after a 503 and a cut connection", async () => {
    const snowflake = await connectSnowflake();
    await snowflake.ask("execute_query", query);
    snowflake.board.addFault({ service: "snowflake", path: "/queries/v1/query-request", status: 503 });
    expect((await snowflake.ask("execute_query", query)).rows).toEqual([{ N: 60 }]);
    const sent = snowflake.requests().filter(({ body }) => body.includes("COUNT(*)"));
    expect(sent.map(({ status }) => status)).toEqual([200, 503, 200]);
    // Under the same id, by which Snowflake knows it for the same.
    expect(new Set(sent.slice(1).map(({ query: search }) => search.get("requestId"))).size).toBe(1);
  });

  it("does what was cut after it was done only once", async () => {
    const snowflake = await connectSnowflake();
    await snowflake.ask("execute_query", { sql: "SELECT 1" });
    snowflake.board.addFault({ service: "snowflake", path: "/queries/v1/query-request", drop: "after" });
    await snowflake.ask("execute_query", { sql: "SELECT 'once'" });
    const run = snowflake.snowflake.store.queries.list().filter(({ sqlText }) => sqlText === "SELECT 'once'");
    expect(run.length).toBe(1);
  });

  it("gives up at its deadline, and says so", async () => {
    const timer = new HandTimer();
    const snowflake = await connectSnowflake({ dependencies: { timer }, standIn: {} });
    await snowflake.ask("execute_query", { sql: "SELECT 1" });
    snowflake.board.addFault({ service: "snowflake", times: 100, drop: true });
    const call = snowflake.call("execute_query", query);
    await expect.poll(() => timer.expire()).toBeGreaterThan(0);
    expect(textOf(await call)).toContain("Snowflake is at fault, not the request: Snowflake did not answer in time");
  });

  it("tells a 403 in its own words, once", async () => {
    const snowflake = await connectSnowflake();
    await snowflake.ask("execute_query", { sql: "SELECT 1" });
    snowflake.board.addFault({ service: "snowflake", path: "/queries/v1/query-request", status: 403 });
    const result = await snowflake.call("execute_query", query);
    expect(textOf(result)).toContain("Snowflake does not let Sophia do this (403)");
    expect(snowflake.requests().filter(({ status }) => status === 403).length).toBe(1);
  });

  it("renews a token that has run out, and opens a new session for one that is over", async () => {
    const snowflake = await connectSnowflake();
    const first = await snowflake.ask("execute_query", query);
    snowflake.board.clock.set(snowflake.board.clock.now() + 2 * 3_600_000);
    expect((await snowflake.ask("execute_query", query)).rows).toEqual(first.rows);
    expect(snowflake.requests().filter(({ path }) => path === "/session/token-request").length).toBe(1);
    expect(await snowflake.ask("get_query_status", { query_id: first.query_id })).toMatchObject({
      status: "succeeded",
    });
    snowflake.board.clock.set(snowflake.board.clock.now() + 20 * 3_600_000);
    expect((await snowflake.ask("execute_query", query)).rows).toEqual(first.rows);
    expect(snowflake.requests().filter(({ path }) => path === "/session/v1/login-request").length).toBe(2);
  });

  it("tells which warehouse is missing", async () => {
    const snowflake = await connectSnowflake({ env: { SNOWFLAKE_WAREHOUSE: "NONE_SUCH" } });
    expect(textOf(await snowflake.call("execute_query", query))).toContain("set SNOWFLAKE_WAREHOUSE");
  });
});
