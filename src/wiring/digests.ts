import type { Config } from "../config/config-file.ts";
import type { Clock } from "../core/clock.ts";
import type { NewId } from "../core/ids.ts";
import type { Logger } from "../observability/log.ts";
import { createDigests, type Digests, type DigestsOptions } from "../slack/digests/digests.ts";
import type { Database } from "../storage/database.ts";
import { createSchedules } from "../storage/schedules.ts";
import { type Repetition, repeatedly } from "../turns/repeatedly.ts";
import { createDigestRunner } from "../workflows/digests/run-digests.ts";
import { readAskableRoles } from "./roles.ts";

const sweepEveryMs = 1_000;

interface OpeningOptions extends Omit<DigestsOptions, "schedules" | "roles">, Pick<Config, "agents"> {
  database: Database;
  /** Runs a turn that was stored with its tick. */
  wake: (turnId: string) => Promise<void>;
  clock: Clock;
  newId: NewId;
  logger: Logger;
}

export interface OpenedDigests {
  digests: Digests;
  sweep: Repetition;
}

export function openDigests({ database, wake, newId, ...options }: OpeningOptions): OpenedDigests {
  const { clock, logger } = options;
  const digests = createDigests({
    ...options,
    roles: readAskableRoles(options),
    schedules: createSchedules(database, clock),
  });
  const runner = createDigestRunner({ ...digests, wake, clock, newId, logger });
  return { digests, sweep: repeatedly(sweepEveryMs, () => runner.sweep(), logger) };
}
