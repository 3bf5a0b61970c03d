import type { AuditRow, AuditSink } from "../observability/audit.ts";
import type { Logger } from "../observability/log.ts";
import type { Database } from "./database.ts";

const insertRows = `
  INSERT INTO sophia.audit (at, client, agent, user_id, turn_id, tool, arguments, outcome, reason, duration_ms)
  SELECT at, client, agent, "userId", "turnId", tool, coalesce(arguments, 'null'), outcome, reason, "durationMs"
  FROM json_to_recordset($1::json) AS row (
    at timestamptz, client text, agent text, "userId" text, "turnId" text, tool text, arguments json, outcome text,
    reason text, "durationMs" double precision
  )`;

const batchSize = 200;
/** Milliseconds that a row may wait for others. */
const flushAfterMs = 200;
/** While the database is away this many rows are kept; what comes on top is counted and logged. */
const maxWaiting = 10_000;
const maxFailures = 5;
const retryAfterMs = 1_000;

/** Appends audit rows in batches, off the path of the calls that they tell of. */
export function createAuditLog(db: Database, logger: Logger): AuditSink {
  const waiting: AuditRow[] = [];
  let dropped = 0;
  let failures = 0;
  let closing = false;
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<void> | undefined;

  const flush = async () => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, batchSize);
      try {
        await db.query(insertRows, [JSON.stringify(batch, storable)]);
        failures = 0;
      } catch (error) {
        failures += 1;
        logger.error({ err: error, rows: batch.length, failures }, "audit rows could not be stored");
        if (failures < maxFailures && !closing) return;
        // Rows that the database refuses again and again must not hold up all that come after them.
        dropped += batch.length;
        failures = 0;
      }
      waiting.splice(0, batch.length);
    }
    if (dropped > 0) logger.error({ dropped }, "audit rows were lost");
    dropped = 0;
  };
  const schedule = (ms: number) => {
    timer ??= setTimeout(() => {
      timer = undefined;
      flushing ??= flush().finally(() => {
        flushing = undefined;
        if (waiting.length > 0 && !closing) schedule(retryAfterMs);
      });
    }, ms);
  };

  return {
    append: (row) => {
      if (waiting.length >= maxWaiting) dropped += 1;
      else waiting.push(row);
      schedule(flushAfterMs);
    },
    close: async () => {
      clearTimeout(timer);
      await flushing;
      closing = true;
      await flush();
    },
  };
}

/** JSON may hold what a Postgres text may not: a NUL, half a surrogate pair. */
function storable(_key: string, value: unknown): unknown {
  return typeof value === "string" ? value.replaceAll("\0", "").toWellFormed() : value;
}
