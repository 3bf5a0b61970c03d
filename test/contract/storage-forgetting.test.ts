import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { AuditEvent } from "../../src/observability/audit.ts";
import { createLogger } from "../../src/observability/log.ts";
import { createAuditLog } from "../../src/storage/audit-log.ts";
import { createAuditRecords } from "../../src/storage/audit-records.ts";
import type { Database } from "../../src/storage/database.ts";
import { createForgetting } from "../../src/storage/forgetting.ts";
import { applyRetention } from "../../src/storage/retention.ts";
import { createTurns } from "../../src/storage/turns.ts";
import { availableEngines, type EngineHome } from "../support/engines.ts";
import { newTurn, question } from "../support/turns.ts";

const dayMs = 24 * 60 * 60_000;
const logger = createLogger({ level: "silent" });
const policyRevision = "0123456789ab";

/** Stands in every text of the person who is forgotten. */
const MARK = "marmalade";
const MAYA = "U0MAYA";
const OLIVER = "U0OLIVER";

describe.each((await availableEngines()).filter(({ name }) => name !== "Redis with Postgres"))(
  "forgetting and retention on $name",
  (engine) => {
    let home: EngineHome;
    let db: Database;
    let now: number;
    const clock = { now: () => now };

    const call = (fields: Partial<Extract<AuditEvent, { kind: "call" }>> = {}): AuditEvent => ({
      kind: "call",
      at: new Date(now),
      client: "sophia",
      userId: MAYA,
      tool: "asana__create_task",
      arguments: { name: `Buy ${MARK}` },
      result: `${MARK} is a task now`,
      outcome: "ok",
      ...fields,
    });
    const append = async (...events: AuditEvent[]): Promise<void> => {
      const log = createAuditLog({ database: db, clock, logger, policyRevision });
      for (const event of events) log.append(event);
      await log.close();
    };
    const records = () => createAuditRecords(db);
    const forget = (userId: string, by?: string) =>
      createForgetting({ database: db, clock, policyRevision }).forget(userId, by);
    const retain = (auditDays: number, conversationDays: number) =>
      applyRetention({ database: db, clock, policyRevision, auditDays, conversationDays });
    /** Every value of every table, as text. */
    const everything = async (): Promise<string> => {
      const tables = await db.query<{ name: string }>(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'sophia' ORDER BY 1",
      );
      const texts: string[] = [];
      for (const { name } of tables) {
        const rows = await db.query<{ text: string }>(`SELECT t::text AS text FROM sophia.${name} t`);
        texts.push(...rows.map(({ text }) => `${name}: ${text}`));
      }
      return texts.join("\n");
    };

    beforeAll(async () => {
      home = await engine.create();
      db = (await home.createStorage()).database;
    });
    afterAll(() => home.drop());
    beforeEach(async () => {
      now = Date.parse("2026-03-02T10:00:00.000Z");
      await db.script(`
        TRUNCATE sophia.audit, sophia.turns, sophia.threads, sophia.identities, sophia.connections, sophia.spend,
          sophia.connection_requests, sophia.spend_warnings, sophia.record_values, sophia.notice_changes, sophia.notice_mutes, sophia.routes CASCADE;
        UPDATE sophia.audit_head SET
          count = 0, hash = repeat('0', 64), first = 1, first_previous = repeat('0', 64), kept_at = NULL`);
    });

    /** Both have asked; each has decided about the other's write, and has something everywhere. */
    const liveALittle = async (): Promise<void> => {
      const turns = createTurns(db, clock);
      for (const [id, userId, word] of [
        ["turn_m", MAYA, MARK],
        ["turn_o", OLIVER, "honey"],
      ] as const) {
        const calls = [{ tool: "asana__create_task", arguments: { name: `Buy ${word}` } }];
        await turns.add(newTurn({ id, userId, text: `Buy ${word}`, threadTs: id, task: { kind: "calls", calls } }));
        const claim = await turns.claim(id, "worker", 10_000);
        if (!claim) throw new Error("the turn was not claimed");
        await turns.addSteps(claim, 0, [question(`Buy ${word}`)]);
        await turns.finish(claim, { status: "done" });
        const other = userId === MAYA ? OLIVER : MAYA;
        await db.script(`
          INSERT INTO sophia.approvals
            (id, turn_id, tool, digest, arguments, preview, status, decided_by, reason, edited, expires_at, created_at)
          VALUES ('a_${id}', '${id}', 't', 'd', '{"name":"${word}"}', '{"summary":"${word}"}', 'denied', '${other}',
            '${word === MARK ? "no honey" : `no ${MARK}`}', '{"name":"${word === MARK ? "x" : MARK}"}', now(), now());
          INSERT INTO sophia.record_values VALUES ('C1', 'task:${id}', '{"assignee":"${word}"}', now());
          INSERT INTO sophia.feedback VALUES ('${id}', '${other}', 'good', now());
          INSERT INTO sophia.replies VALUES ('${id}', 0, 'C1', '${id}', '${id}.1', now());
          INSERT INTO sophia.identities VALUES ('T1', '${userId}', 'gong', '${word}@acme.example', '${other}', now());
          INSERT INTO sophia.connections (team_id, user_id, service, key_id, sealed, expires_at, connected_at)
          VALUES ('T1', '${userId}', 'asana', 'k', 's', now(), now());
          INSERT INTO sophia.connection_requests
          SELECT 'state_${id}', 'T1', '${userId}', 'asana', 'k', 's', now();
          INSERT INTO sophia.spend (id, day, turn_id, user_id, model, tokens, micro_usd)
          VALUES ('s_${id}', '2026-03-02', '${id}', '${userId}', 'm', 5, 7);
          INSERT INTO sophia.spend_warnings VALUES ('2026-03-02', 'person', '${userId}', 'usd', '${id}', 4)`);
      }
    };

    test("a person's texts and ids are gone from every table, and the chain holds", async () => {
      await liveALittle();
      await append(
        call(),
        call({ userId: OLIVER, approverId: MAYA, arguments: { name: "honey" }, result: "honey is a task now" }),
        { kind: "decision", at: new Date(now), outcome: "denied", userId: OLIVER, approverId: MAYA, result: MARK },
        call({ userId: OLIVER, arguments: { to: `<@${MAYA}>` }, result: "sent" }),
        call(),
      );
      expect(await everything()).toContain(MARK);
      expect(await forget(MAYA, OLIVER)).toEqual({ questions: 1, auditRows: 5 });
      const left = await everything();
      expect(left).not.toContain(MARK);
      expect(left).not.toContain(MAYA);
      expect(left).toContain("Buy honey");
      expect(await records().verify()).toMatchObject({ valid: true, rows: 6, count: 6 });
      const rows = await records().find({ limit: 10 });
      expect(rows.map(({ userId, approverId, arguments: args, result }) => [userId, approverId, args, result])).toEqual(
        [
          [null, null, null, null],
          [OLIVER, null, { name: "honey" }, "honey is a task now"],
          [OLIVER, null, null, null],
          [OLIVER, null, null, "sent"],
          [null, null, null, null],
          [OLIVER, null, null, null],
        ],
      );
      expect(rows.at(-1)).toMatchObject({
        kind: "forgetting",
        facts: { questions: 1, removed: { arguments: "1,4-5", result: "1,3,5", userId: "1,5", approverId: "2-3" } },
      });
    });

    test("what belongs to the others, and what keeps Slack's messages known, stays", async () => {
      await liveALittle();
      await forget(MAYA);
      expect(await db.query("SELECT id, user_id, text, status FROM sophia.turns ORDER BY id")).toEqual([
        { id: "turn_m", user_id: "forgotten", text: "", status: "done" },
        { id: "turn_o", user_id: OLIVER, text: "Buy honey", status: "done" },
      ]);
      expect(await db.query("SELECT turn_id FROM sophia.replies ORDER BY turn_id")).toHaveLength(2);
      expect(await db.query("SELECT arguments, decided_by, reason FROM sophia.approvals")).toEqual([
        { arguments: { name: "honey" }, decided_by: "forgotten", reason: null },
      ]);
      expect(await db.query("SELECT user_id, email FROM sophia.identities")).toEqual([
        { user_id: OLIVER, email: "honey@acme.example" },
      ]);
      expect(await db.query("SELECT sum(tokens)::int AS tokens FROM sophia.spend")).toEqual([{ tokens: 10 }]);
    });

    test("what is under way ends, and its worker can write nothing more", async () => {
      const turns = createTurns(db, clock);
      await turns.add(newTurn({ id: "running", userId: MAYA }));
      await turns.add(newTurn({ id: "queued", userId: MAYA }));
      const claim = await turns.claim("running", "worker", 10_000);
      if (!claim) throw new Error("the turn was not claimed");
      await forget(MAYA);
      await expect(turns.addSteps(claim, 0, [question(MARK)])).rejects.toThrow(/no longer/);
      expect((await turns.get("running"))?.status).toBe("stopped");
      expect((await turns.get("queued"))?.status).toBe("stopped");
    });

    test("a person is forgotten who is not there, or asks for it themself; what is no id is refused", async () => {
      expect(await forget("U0NOBODY")).toEqual({ questions: 0, auditRows: 0 });
      await append(call());
      expect(await forget(MAYA, MAYA)).toEqual({ questions: 0, auditRows: 1 });
      expect(await everything()).not.toContain(MAYA);
      expect(() => forget("maya'; --")).toThrow(/is no Slack id/);
      expect(await records().verify()).toMatchObject({ valid: true, rows: 3 });
    });

    /** A change of the task and one of the deal, told by this route at that time or not yet. */
    const noticed = async (routeId: string, at?: number): Promise<void> => {
      const told = at === undefined ? null : new Date(at);
      for (const record of ["task:1", "deal:2"]) {
        await db.query(
          `INSERT INTO sophia.notice_changes (route_id, event_key, record, before, after, told_at)
          VALUES ($1, $2, $2, $3, $3, $4)`,
          [routeId, record, JSON.stringify({ is: record === "task:1" ? MARK : "Proposal" }), told],
        );
      }
    };

    test("whose a task was is in no notice any more, told or not", async () => {
      await noticed("config:1");
      await noticed("config:2", now);
      const records = [
        { record: "task:1", before: { assignee: MARK }, after: { assignee: MARK } },
        { record: "deal:2", before: { stage: "Proposal" }, after: { stage: "Closed Won" } },
      ];
      const task = { kind: "notice" as const, routeId: "config:2", eventKeys: ["task:1", "deal:2"], records };
      await createTurns(db, clock).add(newTurn({ id: "notice", source: "notice", userId: "UBOT", task }));
      await forget(MAYA);
      expect(await everything()).not.toContain(MARK);
      expect(
        await db.query("SELECT record, before, after FROM sophia.notice_changes ORDER BY route_id, record"),
      ).toEqual(
        [0, 1].flatMap(() => [
          { record: "deal:2", before: { is: "Proposal" }, after: { is: "Proposal" } },
          { record: "task:1", before: {}, after: {} },
        ]),
      );
      expect((await createTurns(db, clock).get("notice"))?.task).toEqual({
        ...task,
        records: [{ record: "task:1", before: {}, after: {} }, records[1]],
      });
    });

    test("retention deletes what notices have told or cannot tell, mutes that ended, and values that nobody read", async () => {
      await db.script(`
        INSERT INTO sophia.routes (id, what, channel, conditions, created_by, created_at)
        VALUES ('there', 'tasks', 'C1', '{}', '${OLIVER}', now())`);
      await noticed("there");
      await noticed("config:old", now - 31 * dayMs);
      await noticed("config:new", now - 29 * dayMs);
      await noticed("gone");
      for (const [record, days] of [
        ["ended", 0],
        ["lasting", 1],
      ] as const) {
        const until = new Date(now + days * dayMs);
        await db.query("INSERT INTO sophia.notice_mutes VALUES ('there', $1, $2)", [record, until]);
      }
      for (const days of [89, 91]) {
        const at = new Date(now - days * dayMs);
        await db.query("INSERT INTO sophia.record_values VALUES ('C1', $1, '{}', $2)", [`deal:${days}`, at]);
      }
      await retain(10, 10);
      const kept = await db.query("SELECT DISTINCT route_id AS id FROM sophia.notice_changes ORDER BY 1");
      expect(kept).toEqual([{ id: "config:new" }, { id: "there" }]);
      expect(await db.query("SELECT record FROM sophia.notice_mutes")).toEqual([{ record: "lasting" }]);
      expect(await db.query("SELECT record FROM sophia.record_values")).toEqual([{ record: "deal:89" }]);
    });

    test("retention deletes what is too old, and the chain holds from where it begins now", async () => {
      await liveALittle();
      await append(call(), call());
      await forget(MAYA);
      const spent = (id: string, day: string) =>
        db.query(
          "INSERT INTO sophia.spend (id, day, turn_id, user_id, model, tokens, micro_usd) VALUES ($1, $2, 't', 'U', 'm', 1, 1)",
          [id, day],
        );
      await spent("old", new Date(now).toISOString().slice(0, 10));
      now += 10 * dayMs;
      await spent("new", new Date(now).toISOString().slice(0, 10));
      await createTurns(db, clock).add(newTurn({ id: "late", threadTs: "late" }));
      await append(call({ arguments: { name: "late" } }), call());
      now += 5 * dayMs;
      await retain(10, 10);
      const rows = await records().find({ limit: 10 });
      expect(rows.map(({ sequence, kind }) => [sequence, kind])).toEqual([
        [4, "call"],
        [5, "call"],
        [6, "retention"],
      ]);
      expect(rows.at(-1)?.facts).toEqual({ first: 4, previous: rows[0]?.previousHash, rows: 3, conversations: 2 });
      expect(await records().verify()).toMatchObject({ valid: true, rows: 3, first: { sequence: 4 }, count: 6 });
      expect(await db.query("SELECT id FROM sophia.turns")).toEqual([{ id: "late" }]);
      expect(await db.query("SELECT thread_ts FROM sophia.threads")).toEqual([{ thread_ts: "late" }]);
      expect(await db.query("SELECT id FROM sophia.spend ORDER BY id")).toEqual([{ id: "new" }]);
      expect(await everything()).not.toContain("Buy honey");
      await append(call());
      expect(await records().verify()).toMatchObject({ valid: true, rows: 4 });
    });

    test("retention can delete all of the chain there was, and later the row that says so", async () => {
      await append(call(), call());
      now += 20 * dayMs;
      await retain(10, 10);
      expect(await records().verify()).toMatchObject({ valid: true, rows: 1, first: { sequence: 3 }, count: 3 });
      now += 20 * dayMs;
      await retain(10, 10);
      expect(await records().verify()).toMatchObject({ valid: true, rows: 1, first: { sequence: 4 }, count: 4 });
    });

    test("retention runs once a day, whoever looks, and leaves no row where there is nothing to delete", async () => {
      await append(call());
      await retain(10, 10);
      now += 10 * dayMs + 1;
      await Promise.all([retain(10, 10), retain(10, 10), retain(10, 10)]);
      expect((await records().find({ limit: 10 })).map(({ kind }) => kind)).toEqual(["retention"]);
      // Behind a row that is not old: only the chain's beginning is cut.
      await append(call({ at: new Date(0) }));
      now += dayMs;
      await retain(10, 10);
      expect((await records().find({ limit: 10 })).map(({ sequence }) => sequence)).toEqual([2, 3]);
    });
  },
);
