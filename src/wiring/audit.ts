import type { Config } from "../config/config-file.ts";
import type { Clock } from "../core/clock.ts";
import type { Secrets } from "../core/secrets.ts";
import type { AuditSink } from "../observability/audit.ts";
import type { Logger } from "../observability/log.ts";
import { createAuditLog } from "../storage/audit-log.ts";
import { type AuditRecords, createAuditRecords } from "../storage/audit-records.ts";
import type { Database } from "../storage/database.ts";
import { createForgetting, type Forgetting } from "../storage/forgetting.ts";
import { applyRetention } from "../storage/retention.ts";
import { type Repetition, repeatedly } from "../turns/repeatedly.ts";
import { policyRevision } from "./policy-revision.ts";

export interface AuditOptions {
  config: Config;
  database: Database;
  clock: Clock;
  logger: Logger;
  secrets: Secrets;
}

/** The audit of this process, which says first by which rules it works. */
export function openAudit({
  config,
  database,
  clock,
  logger,
  secrets,
}: AuditOptions): AuditSink & AuditRecords & Forgetting {
  const revision = policyRevision(config);
  const log = createAuditLog({ database, clock, logger, secrets, policyRevision: revision });
  log.append({ kind: "setting", at: new Date(clock.now()), outcome: "loaded", tool: "sophia.config.json" });
  return {
    append: (event) => log.append(event),
    close: () => log.close(),
    ...createAuditRecords(database),
    ...createForgetting({ database, clock, policyRevision: revision }),
  };
}

/** The round is made once a day, but by whichever replica is there then: each looks every hour. */
const lookEveryMs = 60 * 60_000;

export function createRetention({ config, database, clock, logger }: Omit<AuditOptions, "secrets">): Repetition {
  const kept = { ...config.retention, policyRevision: policyRevision(config) };
  return repeatedly(lookEveryMs, () => applyRetention({ database, clock, ...kept }), logger);
}
