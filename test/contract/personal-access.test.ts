import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { AccessRefusedError, type ConnectableService, type OAuthVendor } from "../../src/accounts/oauth-vendors.ts";
import { createPersonalAccess, type PersonalAccess } from "../../src/accounts/personal-access.ts";
import { createSealer } from "../../src/accounts/sealing.ts";
import { createVault, type Vault } from "../../src/accounts/vault.ts";
import { ServiceError } from "../../src/core/errors.ts";
import type { AuditEvent } from "../../src/observability/audit.ts";
import { type Connections, createConnections } from "../../src/storage/connections.ts";
import type { Database } from "../../src/storage/database.ts";
import { availableEngines, type EngineHome } from "../support/engines.ts";
import { quiet } from "../support/slack-sophia.ts";

const maya = { teamId: "T1", userId: "U1" };
const key = { ...maya, service: "asana" };
const secretKey = randomBytes(32);
const hour = 60 * 60_000;

describe.each(await availableEngines())("what people let Sophia do, on $name", (engine) => {
  let home: EngineHome;
  let db: Database;
  let connections: Connections;
  let now: number;
  let audited: AuditEvent[];
  /** What the service was asked, in order. */
  let asked: string[];
  let answer: () => Promise<void>;
  /** A pause of a process that waits for another one. */
  let wait: () => Promise<void>;
  const clock = { now: () => now };

  const vendor: OAuthVendor = {
    pageFor: () => "https://vendor.example",
    redeem: () => Promise.reject(new Error("not used")),
    renew: async (refreshToken) => {
      asked.push(`renew ${refreshToken}`);
      await answer();
      return { accessToken: `access-${asked.length}`, refreshToken: `refresh-${asked.length}`, expiresInSeconds: 3600 };
    },
    revoke: async (refreshToken) => {
      asked.push(`revoke ${refreshToken}`);
      await answer();
    },
  };

  /** One process. */
  function process(keys = [secretKey]): { access: PersonalAccess; vault: Vault } {
    const vault = createVault({ connections, sealer: createSealer(keys), clock });
    const vendors = new Map<ConnectableService, OAuthVendor>([["asana", vendor]]);
    const audit = { append: (event: AuditEvent) => void audited.push(event) };
    const access = createPersonalAccess({
      connections,
      vault,
      vendors,
      clock,
      wait: () => wait(),
      audit,
      logger: quiet,
    });
    return { vault, access };
  }
  const connect = (person = maya) =>
    process().vault.connect(
      { ...person, service: "asana" },
      { accessToken: "access-0", refreshToken: "refresh-0", expiresInSeconds: 3600 },
    );

  beforeAll(async () => {
    home = await engine.create();
    db = (await home.createStorage()).database;
  });
  beforeEach(async () => {
    now = Date.parse("2026-03-02T10:00:00Z");
    [audited, asked, answer] = [[], [], async () => {}];
    wait = () => new Promise((resolve) => setImmediate(resolve));
    connections = createConnections(db, clock);
    await db.query("DELETE FROM sophia.connections");
  });
  afterAll(() => home.drop());

  test("is used while it is good, for that person and service alone, and is nowhere to be read", async () => {
    await connect();
    const { access } = process();
    expect(await access.credentialFor(maya, "asana")).toEqual({ accessToken: "access-0" });
    expect(await access.credentialFor({ ...maya, userId: "U2" }, "asana")).toBeUndefined();
    expect(await access.credentialFor({ ...maya, teamId: "T2" }, "asana")).toBeUndefined();
    for (const server of ["hubspot", "gong", "toString"]) {
      expect(await access.credentialFor(maya, server)).toBeUndefined();
    }
    expect(await access.connected(maya)).toEqual(["asana"]);
    const rows = JSON.stringify(await db.query("SELECT * FROM sophia.connections"));
    expect(rows).not.toMatch(/access-0|refresh-0/);
    expect(Buffer.from(rows).toString("latin1")).not.toContain(Buffer.from("access-0").toString("base64").slice(0, 8));
    expect(asked).toEqual([]);
  });

  test("opens for nobody else whose row it is moved to", async () => {
    await connect();
    await db.query("UPDATE sophia.connections SET user_id = 'U2'");
    const { access } = process();
    expect(await access.credentialFor(maya, "asana")).toBeUndefined();
    await expect(access.credentialFor({ ...maya, userId: "U2" }, "asana")).rejects.toThrow(/`\/sophia connect asana`/);
  });

  test("is renewed before it ends, once, however many need it in however many processes", async () => {
    await connect();
    now += hour - 4 * 60_000;
    const gate = Promise.withResolvers<void>();
    answer = () => gate.promise;
    const all = [process(), process(), process()].flatMap(({ access }) =>
      Array.from({ length: 5 }, () => access.credentialFor(maya, "asana")),
    );
    gate.resolve();
    const tokens = (await Promise.all(all)).map((credential) => credential?.accessToken);
    // What is good for some minutes more is used by those who do not renew it.
    expect(tokens.every((token) => token === "access-0" || token === "access-1")).toBe(true);
    expect(asked).toEqual(["renew refresh-0"]);
    expect(await process().access.credentialFor(maya, "asana")).toEqual({ accessToken: "access-1" });
  });

  test("is waited for once it has ended", async () => {
    await connect();
    now += hour;
    const [gate, reached] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    answer = () => {
      reached.resolve();
      return gate.promise;
    };
    const all = [process(), process()].map(({ access }) => access.credentialFor(maya, "asana"));
    // As many pauses as it has would be over before a slow database has kept what the other one was given.
    wait = async () => void (await Promise.race(all));
    await reached.promise;
    gate.resolve();
    expect(await Promise.all(all)).toEqual([{ accessToken: "access-1" }, { accessToken: "access-1" }]);
    expect(asked).toEqual(["renew refresh-0"]);
  });

  test("outlives a service that is away for as long as it is good, and then says so", async () => {
    await connect();
    answer = () => Promise.reject(new ServiceError("Asana is away.", { service: "Asana", retryable: true }));
    now += hour - 60_000;
    expect(await process().access.credentialFor(maya, "asana")).toEqual({ accessToken: "access-0" });
    now += 60_000;
    await expect(process().access.credentialFor(maya, "asana")).rejects.toThrow(/Try again in a minute/);
    answer = async () => {};
    now += 15_000;
    expect(await process().access.credentialFor(maya, "asana")).toMatchObject({ accessToken: "access-3" });
  });

  test("is not replaced by Sophia's own when the service no longer takes it", async () => {
    await connect();
    now += hour;
    answer = () => Promise.reject(new AccessRefusedError("Asana refused (400)."));
    for (let times = 0; times < 2; times++) {
      await expect(process().access.credentialFor(maya, "asana")).rejects.toThrow(/`\/sophia disconnect asana`/);
      now += 15_000;
    }
    expect(await process().access.disconnect(maya, "asana")).toBe("disconnected");
    expect(await process().access.credentialFor(maya, "asana")).toBeUndefined();
  });

  test("is not brought back by a renewal that was under way when the person ended it", async () => {
    await connect();
    now += hour;
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    answer = () => {
      reached.resolve();
      return gate.promise;
    };
    const credential = process().access.credentialFor(maya, "asana");
    await reached.promise;
    await connections.remove(key);
    gate.resolve();
    expect(await credential).toBeUndefined();
    expect(await connections.find(key)).toBeUndefined();
  });

  test("is sealed with the new key once it is renewed, after which the old one is not needed", async () => {
    await connect();
    const next = randomBytes(32);
    const rotated = process([next, secretKey]).access;
    expect(await rotated.credentialFor(maya, "asana")).toEqual({ accessToken: "access-0" });
    now += hour;
    await rotated.credentialFor(maya, "asana");
    expect(await process([next]).access.credentialFor(maya, "asana")).toEqual({ accessToken: "access-1" });
    await expect(process([secretKey]).access.credentialFor(maya, "asana")).rejects.toThrow(/not good any more/);
  });

  test("ends at the service and here, when it is asked for and when the person has left", async () => {
    await connect();
    expect(await process().access.disconnect(maya, "asana")).toBe("disconnected");
    expect(asked).toEqual(["revoke refresh-0"]);
    expect(await process().access.disconnect(maya, "asana")).toBe("not_connected");
    await connect();
    await connect({ ...maya, userId: "U2" });
    await process().access.forget(maya);
    expect(await db.query('SELECT user_id AS "userId" FROM sophia.connections')).toEqual([{ userId: "U2" }]);
    expect(asked).toHaveLength(2);
    expect(audited).toMatchObject([
      { kind: "identity", outcome: "disconnected", userId: "U1", tool: "asana", reason: "asked" },
      { kind: "identity", outcome: "disconnected", userId: "U1", tool: "asana", reason: "left" },
    ]);
  });

  test("ends here even where the service does not confirm it", async () => {
    await connect();
    answer = () => Promise.reject(new ServiceError("Asana is away.", { service: "Asana", retryable: true }));
    expect(await process().access.disconnect(maya, "asana")).toBe("unconfirmed");
    expect(await connections.find(key)).toBeUndefined();
  });

  test("begins with a request that comes back once, in time", async () => {
    const request = { ...key, keyId: "k", sealed: "s", expiresAt: new Date(now + 600_000) };
    for (const stateDigest of ["one", "two", "three"]) await connections.begin({ ...request, stateDigest });
    const taken = await Promise.all([connections.take("one"), connections.take("one"), connections.take("none")]);
    expect(taken.filter((found) => found !== undefined)).toEqual([{ ...request, stateDigest: "one" }]);
    await process().access.forget(maya);
    expect(await connections.take("two")).toBeUndefined();
    await connections.begin({ ...request, stateDigest: "four" });
    now += 600_000;
    expect(await connections.take("four")).toBeUndefined();
    await connections.begin({ ...request, stateDigest: "five" });
    await connections.begin({ ...request, stateDigest: "six", expiresAt: new Date(now + 600_000) });
    expect(await db.query("SELECT count(*)::int FROM sophia.connection_requests")).toEqual([{ count: 1 }]);
  });
});
