import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { AuditEvent } from "../../src/observability/audit.ts";
import { createLogger } from "../../src/observability/log.ts";
import { createAuditLog } from "../../src/storage/audit-log.ts";
import { type AuditRecord, createAuditRecords } from "../../src/storage/audit-records.ts";
import type { Database } from "../../src/storage/database.ts";
import { firstTables } from "../../src/storage/migrations/0001-first-tables.ts";
import { auditChain } from "../../src/storage/migrations/0005-audit-chain.ts";
import { availableEngines, type EngineHome } from "../support/engines.ts";
import { until } from "../support/servers.ts";

const clock = { now: () => Date.parse("2026-03-02T10:00:00.123Z") };
const logger = createLogger({ level: "silent" });

const event: AuditEvent = {
  kind: "call",
  at: new Date(clock.now()),
  client: "sophia",
  agent: "sales-analyst",
  userId: "U1MAYA",
  approverId: "U2OLIVER",
  turnId: "turn_1",
  tool: "hubspot__update_deal",
  arguments: { from: "a\0b", half: "\ud800", list: [1, { x: null }], password: "hunter2", "na\0me": 0.1 },
  outcome: "ok",
  reason: "none",
  result: "80,000 is written; ask bob@acme.example",
  facts: { ids: ["9"] },
  costUsd: 0.000_123,
  tokens: 12_345,
  durationMs: 12.5,
};

/** Every column, each with a value that is not far from what stands there. */
const flips: readonly [column: string, to: string][] = [
  ["sequence", "5000"],
  ["at", "at + interval '1 microsecond'"],
  ["kind", "'decision'"],
  ["client", "'Sophia'"],
  ["agent", "NULL"],
  ["user_id", "'U1MAYB'"],
  ["user_id", "NULL"],
  ["approver_id", "'U2OLIVES'"],
  ["approver_id", "NULL"],
  ["turn_id", "'turn_2'"],
  ["tool", "'hubspot__update_deaL'"],
  ["arguments", `'{"list":[2]}'`],
  ["arguments", "NULL"],
  ["outcome", "'failed'"],
  ["reason", "''"],
  ["result", "result || '.'"],
  ["result", "NULL"],
  ["facts", `'{"ids":["8"]}'`],
  ["cost_usd", "cost_usd + 0.000001"],
  ["tokens", "tokens + 1"],
  ["duration_ms", "duration_ms + 0.1"],
  ["policy_revision", "'0123456789ac'"],
  ["seals", "'{}'"],
  ["seals", "'null'"],
  ["seals", "seals #- '{result,salt}'"],
  ["seals", `jsonb_set(seals, '{userId,salt}', '"AAAAAAAAAAAAAAAAAAAAAA"')`],
  ["seals", `jsonb_set(seals, '{arguments,digest}', '"AAAA"')`],
  ["previous_hash", "repeat('0', 64)"],
  ["hash", "repeat('0', 64)"],
];

describe.each((await availableEngines()).filter(({ name }) => name !== "Redis with Postgres"))(
  "the audit's chain on $name",
  (engine) => {
    let home: EngineHome;
    let db: Database;

    const records = () => createAuditRecords(db);
    const openLog = (database = db) => createAuditLog({ database, clock, logger, policyRevision: "0123456789ab" });
    const append = async (...events: AuditEvent[]): Promise<void> => {
      const log = openLog();
      for (const one of events) log.append(one);
      await log.close();
    };
    const all = (): Promise<AuditRecord[]> => records().find({ limit: 10_000 });

    beforeAll(async () => {
      home = await engine.create();
      db = (await home.createStorage()).database;
    });
    afterAll(() => home.drop());
    beforeEach(async () => {
      await db.script(`
        DROP TABLE IF EXISTS kept, kept_head;
        TRUNCATE sophia.audit;
        UPDATE sophia.audit_head SET count = 0, hash = repeat('0', 64), first = 1, first_previous = repeat('0', 64)`);
    });

    /** What the check says after a change that is undone afterwards. */
    const afterTampering = async (script: string) => {
      await db.script(`
        CREATE TABLE kept AS TABLE sophia.audit; CREATE TABLE kept_head AS TABLE sophia.audit_head;
        ${script}`);
      const verdict = await records().verify();
      await db.script(`
        TRUNCATE sophia.audit, sophia.audit_head;
        INSERT INTO sophia.audit TABLE kept; INSERT INTO sophia.audit_head TABLE kept_head;
        DROP TABLE kept, kept_head`);
      return verdict;
    };

    test("stores every event, in order, whatever is in it, without secrets", async () => {
      await append(...Array.from({ length: 450 }, (_, index): AuditEvent => ({ ...event, durationMs: index })));
      await append({ kind: "refusal", at: event.at, outcome: "refused", tool: "question", arguments: undefined });
      const rows = await all();
      expect(rows.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 451 }, (_, n) => n + 1));
      expect(rows.map(({ durationMs }) => durationMs)).toEqual([...Array.from({ length: 450 }, (_, n) => n), null]);
      expect(rows[0]).toMatchObject({
        at: "2026-03-02T10:00:00.123000Z",
        userId: "U1MAYA",
        arguments: { from: "ab", half: "�", list: [1, { x: null }], password: "[redacted]", name: 0.1 },
        result: "80,000 is written; ask [redacted]",
        costUsd: 0.000_123,
        tokens: 12_345,
        policyRevision: "0123456789ab",
      });
      expect(rows.at(-1)).toMatchObject({ kind: "refusal", arguments: null, client: null, facts: null });
      expect(await records().verify()).toEqual({
        valid: true,
        rows: 451,
        first: { sequence: 1, at: "2026-03-02T10:00:00.123000Z" },
        last: { sequence: 451, at: "2026-03-02T10:00:00.123000Z" },
        count: 451,
        hash: rows.at(-1)?.hash,
        rowsBefore: 0,
      });
    });

    test("stays whole while two write at once", async () => {
      const other = engine.name === "PGlite" ? db : (await home.createStorage()).database;
      const logs = [openLog(), openLog(other)];
      for (let index = 0; index < 500; index += 1) {
        for (const [writer, log] of logs.entries()) log.append({ ...event, client: `writer ${writer}`, tokens: index });
        // Lets the batches of both overlap.
        if (index % 50 === 49) await new Promise((resolve) => setImmediate(resolve));
      }
      await Promise.all(logs.map((log) => log.close()));
      expect(await records().verify()).toMatchObject({ valid: true, rows: 1_000, count: 1_000 });
      for (const writer of ["writer 0", "writer 1"]) {
        const theirs = (await all()).filter(({ client }) => client === writer);
        expect(theirs.map(({ tokens }) => tokens)).toEqual(Array.from({ length: 500 }, (_, n) => n));
      }
    });

    test.each(flips)("finds a change of %s to %s", async (column, to) => {
      await append(event, event, event);
      const verdict = await afterTampering(`UPDATE sophia.audit SET ${column} = ${to} WHERE sequence = 2`);
      expect(verdict).toMatchObject({ valid: false, sequence: 2 });
      expect(await records().verify()).toMatchObject({ valid: true, rows: 3 });
    });

    test.each([
      ["a row gone in the middle", "DELETE FROM sophia.audit WHERE sequence = 2", 2, "is missing"],
      ["the first row gone", "DELETE FROM sophia.audit WHERE sequence = 1", 1, "is missing"],
      ["the last row gone", "DELETE FROM sophia.audit WHERE sequence = 4", 4, "is missing"],
      ["all rows gone", "TRUNCATE sophia.audit", 1, "is missing"],
      [
        "two rows in each other's place",
        `UPDATE sophia.audit SET sequence = 5000 - sequence WHERE sequence IN (2, 3);
         UPDATE sophia.audit SET sequence = sequence - 4995 WHERE sequence > 4`,
        2,
        "is out of place or altered: it does not follow the row before it",
      ],
      ["a row with another number", "UPDATE sophia.audit SET sequence = 9 WHERE sequence = 3", 3, "is missing"],
      [
        "the last row with another number",
        "UPDATE sophia.audit SET sequence = 9 WHERE sequence = 4; UPDATE sophia.audit_head SET count = 3",
        3,
        "is altered, or the chain's head is: it holds another hash",
      ],
      [
        "a row behind the end",
        `INSERT INTO sophia.audit (sequence, at, kind, outcome, hash, previous_hash)
         VALUES (5, now(), 'call', 'ok', '', '')`,
        5,
        "is out of place: the chain does not reach there",
      ],
      [
        "a beginning that is cut off",
        `UPDATE sophia.audit_head SET first = 2, first_previous = (SELECT hash FROM sophia.audit WHERE sequence = 1);
         DELETE FROM sophia.audit WHERE sequence = 1`,
        2,
        "is not where retention lets the chain begin: rows before it are missing",
      ],
      [
        "another hash in the head",
        "UPDATE sophia.audit_head SET hash = repeat('1', 64)",
        4,
        "is altered, or the chain's head is: it holds another hash",
      ],
    ])("finds %s", async (_, script, sequence, problem) => {
      await append(event, event, event, event);
      expect(await afterTampering(script)).toEqual({ valid: false, sequence, problem });
    });

    test("finds what somebody has removed as if a person had been forgotten", async () => {
      await append(event, event);
      const script = `UPDATE sophia.audit SET user_id = NULL, seals = seals #- '{userId,salt}' WHERE sequence = 1`;
      expect(await afterTampering(script)).toEqual({
        valid: false,
        sequence: 1,
        problem: "is altered: userId was removed, and no row says why",
      });
    });

    test("keeps the rows from before the chain, apart from it", async () => {
      const [oldTable = ""] = /CREATE TABLE sophia\.audit [^]*?\);[^]*(?=\n)/.exec(firstTables.sql) ?? [];
      await db.script(`
        DROP TABLE sophia.audit, sophia.audit_head;
        ${oldTable}
        INSERT INTO sophia.audit (at, client, user_id, tool, arguments, outcome, duration_ms) VALUES
          ('2026-01-01', 'sophia', 'U1', 'first', '{"a":1}', 'ok', 1), ('2026-01-02', 'guest', NULL, 'second', 'null', 'refused', 2);
        ${auditChain.sql}`);
      await append(event);
      const rows = await all();
      expect(rows.map(({ sequence, tool, arguments: args }) => [sequence, tool, args])).toEqual([
        [-1, "first", { a: 1 }],
        [0, "second", null],
        [1, event.tool, expect.anything()],
      ]);
      expect(await records().verify()).toMatchObject({ valid: true, rows: 1, count: 1, rowsBefore: 2 });
    });

    test("checks the last rows alone where that is wanted", async () => {
      await append(...Array.from({ length: 20 }, () => event));
      await db.script("UPDATE sophia.audit SET tokens = 1 WHERE sequence = 5");
      expect(await records().verify(10)).toMatchObject({ valid: true, rows: 10, first: { sequence: 11 }, count: 20 });
      expect(await records().verify(16)).toMatchObject({ valid: false, sequence: 5 });
    });

    test("finds rows by time, person, turn and tool", async () => {
      await append(
        { ...event, at: new Date(clock.now() - 1) },
        event,
        { ...event, userId: "U2OLIVER", approverId: undefined, turnId: "turn_2", tool: "gong__get_calls" },
        { ...event, userId: "U3", approverId: undefined, turnId: "turn_3", tool: "gong_" },
      );
      const found = async (filter: object) =>
        (await records().find({ limit: 10, ...filter })).map(({ sequence }) => sequence);
      expect(await found({})).toEqual([1, 2, 3, 4]);
      expect(await found({ limit: 2 })).toEqual([3, 4]);
      expect(await found({ since: new Date(clock.now()) })).toEqual([2, 3, 4]);
      expect(await found({ userId: "U2OLIVER" })).toEqual([1, 2, 3]);
      expect(await found({ turnId: "turn_3" })).toEqual([4]);
      expect(await found({ tool: "gong__*" })).toEqual([3]);
      expect(await found({ tool: "*_get_%" })).toEqual([]);
    });

    test("writes without being closed, and tells of a row that cannot be stored in the one that follows", async () => {
      const log = openLog();
      log.append(event);
      await until(async () => (await all()).length === 1, "the row");
      for (const kind of ["call", "impossible", "call"]) log.append({ ...event, kind: kind as "call" });
      await log.close();
      expect((await all()).map(({ kind, facts }) => [kind, facts])).toEqual([
        ["call", { ids: ["9"] }],
        ["call", { ids: ["9"] }],
        ["loss", { rows: 1 }],
        ["call", { ids: ["9"] }],
      ]);
      expect(await records().verify()).toMatchObject({ valid: true, rows: 4 });
    });

    test("appends a batch once whose first outcome was not heard of", async () => {
      let cuts = 2;
      const cut: Database = {
        ...db,
        query: async (...given) => {
          const rows = await db.query<never>(...given);
          if (given[0].includes("INSERT INTO sophia.audit") && cuts-- > 0) throw new Error("the connection was cut");
          return rows;
        },
      };
      const log = openLog(cut);
      log.append(event);
      log.append({ ...event, tokens: 1 });
      await until(async () => cuts < 2, "the first attempt");
      log.append({ ...event, tokens: 2 });
      await until(async () => (await all()).length === 3, "the rows", 10_000);
      await log.close();
      expect((await all()).map(({ tokens }) => tokens)).toEqual([12_345, 1, 2]);
      expect(await records().verify()).toMatchObject({ valid: true, rows: 3 });
    });
  },
);
