import { SophiaError } from "../core/errors.ts";
import type { Database, Queryable } from "./database.ts";
import { firstTables } from "./migrations/0001-first-tables.ts";
import { refusals } from "./migrations/0002-refusals.ts";
import { approvals } from "./migrations/0003-approvals.ts";
import { ledger } from "./migrations/0004-ledger.ts";
import { auditChain } from "./migrations/0005-audit-chain.ts";
import { spend } from "./migrations/0006-spend.ts";
import { identities } from "./migrations/0007-identities.ts";
import { turnTasks } from "./migrations/0008-turn-tasks.ts";
import { events } from "./migrations/0009-events.ts";
import { routesAndCalls } from "./migrations/0010-routes-and-calls.ts";
import { schedules } from "./migrations/0011-schedules.ts";
import { notices } from "./migrations/0012-notices.ts";
import { questionFiles } from "./migrations/0013-question-files.ts";
import { replyImages } from "./migrations/0014-reply-images.ts";
import { forwardedMessages } from "./migrations/0015-forwarded-messages.ts";
import { callIndexings } from "./migrations/0016-call-indexings.ts";
import { callLooks } from "./migrations/0017-call-looks.ts";
import { noticesPutOff } from "./migrations/0019-notices-put-off.ts";
import { viewing } from "./migrations/0020-viewing.ts";
import { toldOnce } from "./migrations/0021-told-once.ts";

interface Migration {
  name: string;
  sql: string;
}

/** In the order in which they are applied. Append; never change or reorder one that was released. */
const migrations: readonly Migration[] = [
  firstTables,
  refusals,
  approvals,
  ledger,
  auditChain,
  spend,
  identities,
  turnTasks,
  events,
  routesAndCalls,
  schedules,
  notices,
  questionFiles,
  replyImages,
  forwardedMessages,
  callIndexings,
  callLooks,
  noticesPutOff,
  viewing,
  toldOnce,
];

/** Any number that no other program on the same database is likely to lock. */
const advisoryLock = 7_306_812_450;

/** Brings the schema `sophia` up to date. Several replicas may start at once: one migrates, the others wait for it. */
export async function migrate(database: Database): Promise<void> {
  if ((await appliedVersion(database)) === migrations.length) return;
  await database.transaction(async (tx) => {
    await tx.script(`SELECT pg_advisory_xact_lock(${advisoryLock})`);
    await tx.script(`
      CREATE SCHEMA IF NOT EXISTS sophia;
      CREATE TABLE IF NOT EXISTS sophia.migrations (
        version int PRIMARY KEY,
        name text NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now()
      )`);
    const applied = await appliedVersion(tx);
    for (const [index, migration] of migrations.entries()) {
      if (index < applied) continue;
      await tx.script(migration.sql);
      await tx.query("INSERT INTO sophia.migrations (version, name) VALUES ($1, $2)", [index + 1, migration.name]);
    }
  });
}

async function appliedVersion(connection: Queryable): Promise<number> {
  const [found] = await connection.query<{ exists: boolean }>(
    "SELECT to_regclass('sophia.migrations') IS NOT NULL AS exists",
  );
  if (!found?.exists) return 0;
  const [row] = await connection.query<{ version: number }>(
    "SELECT coalesce(max(version), 0)::int AS version FROM sophia.migrations",
  );
  const version = row?.version ?? 0;
  if (version > migrations.length) {
    throw new SophiaError(
      `The database is at version ${version} and this Sophia knows ${migrations.length}: start the newer Sophia again, ` +
        "or give this one another database.",
    );
  }
  return version;
}
