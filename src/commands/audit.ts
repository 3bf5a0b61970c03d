import { parseArgs } from "node:util";
import { readConfigFile } from "../config/config-file.ts";
import { environment } from "../config/environment.ts";
import { readStorageSettings, valueOf } from "../config/settings.ts";
import { type Clock, systemClock } from "../core/clock.ts";
import { UserError } from "../core/errors.ts";
import { sinceWhen } from "../core/since.ts";
import { createLogger } from "../observability/log.ts";
import { type AuditFilter, type AuditRecord, type AuditRecords, createAuditRecords } from "../storage/audit-records.ts";
import type { Verdict } from "../storage/audit-verification.ts";
import { DataDirInUseError } from "../storage/data-lock.ts";
import { type Database, openDatabase } from "../storage/database.ts";
import { createForgetting } from "../storage/forgetting.ts";
import { policyRevision } from "../wiring/policy-revision.ts";

const options = {
  since: { type: "string" },
  user: { type: "string" },
  turn: { type: "string" },
  tool: { type: "string" },
  limit: { type: "string" },
  verify: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  forget: { type: "string" },
} as const;

const rowsUnlessTold = 100;

/** `npm run audit`: shows what was done and refused, checks that nothing of it is missing, and forgets people. */
export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options });
  const { verify, json, forget, ...filter } = values;
  const isOneThing = Object.keys(filter).length === 0;
  if ((verify || forget !== undefined) && !isOneThing)
    throw new UserError("--verify and --forget stand alone, or with --json: they are about the whole audit.");
  if (verify && forget !== undefined) throw new UserError("Give --verify or --forget, not both.");
  const wanted = readFilter(filter, systemClock);
  const database = await open();
  try {
    if (forget !== undefined) return await forgetPerson(database, forget, json);
    const records = createAuditRecords(database);
    return verify ? await check(records, json) : await show(records, wanted, json);
  } finally {
    await database.close();
  }
}

interface GivenFilter {
  since?: string | undefined;
  user?: string | undefined;
  turn?: string | undefined;
  tool?: string | undefined;
  limit?: string | undefined;
}

function readFilter({ since: given, user, turn, tool, limit: most }: GivenFilter, clock: Clock): AuditFilter {
  const limit = most === undefined ? rowsUnlessTold : Number(most);
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > 1_000_000)
    throw new UserError(`--limit takes a number of rows up to 1,000,000, not "${most}".`);
  const since = given === undefined ? undefined : sinceWhen(given, clock.now(), "UTC");
  if (given !== undefined && !since)
    throw new UserError(
      `--since takes today, 7d, 12h or an ISO 8601 date or time (in UTC unless told), not "${given}".`,
    );
  return { since, userId: user, turnId: turn, tool, limit };
}

async function open(): Promise<Database> {
  const { databaseUrl, dataDir } = readStorageSettings(environment());
  const logger = createLogger({ level: "silent", destination: 2 });
  try {
    return await openDatabase({ databaseUrl, dataDir, logger });
  } catch (error) {
    if (!(error instanceof DataDirInUseError)) throw error;
    throw new UserError(
      `${error.message}\nWhile Sophia runs on that folder ask her: /sophia audit in Slack, as an admin. With DATABASE_URL this ` +
        "command works beside her.",
    );
  }
}

async function check(records: AuditRecords, json: boolean): Promise<number> {
  const verdict = await records.verify();
  console.log(json ? JSON.stringify(verdict) : verdictInWords(verdict));
  return verdict.valid ? 0 : 1;
}

function verdictInWords(verdict: Verdict): string {
  if (!verdict.valid) return `The audit is NOT valid: row ${verdict.sequence} ${verdict.problem}.`;
  const { rows, first, last, count, hash, rowsBefore } = verdict;
  const place = (at: typeof first): string => (at ? `row ${at.sequence} of ${at.at}` : "nothing yet");
  return [
    `The audit is valid: ${rows} rows, from ${place(first)} to ${place(last)}.`,
    ...(rowsBefore > 0 ? [`${rowsBefore} rows are older than the chain, and nothing vouches for them.`] : []),
    `Its head: row ${count}, ${hash}`,
    "Note these two elsewhere: if the whole audit were replaced, they would show it.",
  ].join("\n");
}

async function show(records: AuditRecords, filter: AuditFilter, json: boolean): Promise<number> {
  const rows = await records.find(filter);
  if (json) {
    for (const row of rows) console.log(JSON.stringify(row));
    return 0;
  }
  if (rows.length === 0) console.log("There are no such rows.");
  else for (const line of table(rows)) console.log(line);
  if (rows.length === filter.limit) console.log(`(the last ${filter.limit}; --limit N shows more)`);
  return 0;
}

const titles = ["row", "at (UTC)", "kind", "who asked", "who decided", "agent", "what", "outcome", "ms", "more"];

function table(rows: readonly AuditRecord[]): string[] {
  const cells = [titles, ...rows.map((row) => cellsOf(row).map(printable))];
  const widths = titles.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function cellsOf(row: AuditRecord): string[] {
  const { sequence, at, kind, client, agent, userId, approverId, tool, outcome, reason, durationMs } = row;
  const isOwn = client === null || client === "sophia";
  return [
    String(sequence),
    at.slice(0, 19).replace("T", " "),
    kind,
    userId ?? (isOwn ? "-" : client),
    approverId ?? "-",
    agent ?? "-",
    tool ?? row.turnId ?? "-",
    reason === null ? outcome : `${outcome} (${reason})`,
    durationMs === null ? "-" : String(Math.round(durationMs)),
    details(row),
  ];
}

/** Names come from outside, and a terminal obeys control characters. */
function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}

function details({ arguments: args, result, tokens, costUsd, facts }: AuditRecord): string {
  const parts = [
    args === null ? undefined : JSON.stringify(args),
    result ? `-> ${result}` : undefined,
    tokens === null ? undefined : `${tokens} tokens`,
    costUsd === null ? undefined : `${costUsd} USD`,
    facts === null ? undefined : JSON.stringify(facts),
  ];
  const text = parts.filter((part) => part !== undefined).join(" ");
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

async function forgetPerson(database: Database, userId: string, json: boolean): Promise<number> {
  const config = await readConfigFile(valueOf(environment(), "SOPHIA_CONFIG") ?? "");
  const forgetting = createForgetting({ database, clock: systemClock, policyRevision: policyRevision(config) });
  const forgotten = await forgetting.forget(userId);
  const { questions, auditRows } = forgotten;
  console.log(
    json
      ? JSON.stringify(forgotten)
      : `Forgotten: ${questions} questions with all that belonged to them, and what ${auditRows} rows of the audit held of ` +
          "that person. What stays, and what to do in Slack and in the services, is in docs/privacy.md.",
  );
  return 0;
}
