import type { Settings } from "../config/settings.ts";
import type { Clock } from "../core/clock.ts";
import type { Logger } from "../observability/log.ts";
import { type Approvals, createApprovals } from "../storage/approvals.ts";
import { type Database, openDatabase } from "../storage/database.ts";
import { createEvents, type Events } from "../storage/events.ts";
import { createIdentities, type Identities } from "../storage/identities.ts";
import { openQueue, type TurnQueue } from "../storage/queue.ts";
import { openRelay, type Relay } from "../storage/relay.ts";
import { createReplies, type Replies } from "../storage/replies.ts";
import { createTurns, type Turns } from "../storage/turns.ts";

/** The records, the queue and the relay, on whatever engines the settings name. */
export interface Storage {
  database: Database;
  queue: TurnQueue;
  relay: Relay;
  turns: Turns;
  replies: Replies;
  approvals: Approvals;
  identities: Identities;
  events: Events;
}

interface StorageOptions {
  settings: Pick<Settings, "storage">;
  clock: Clock;
  logger: Logger;
}

/** `closers` gets what is to be closed at the end, in the order in which it was opened. */
export async function openStorage(
  { settings, clock, logger }: StorageOptions,
  closers: (() => Promise<void>)[],
): Promise<Storage> {
  const { databaseUrl, dataDir, redisUrl, queuePrefix: prefix } = settings.storage;
  const database = await openDatabase({ databaseUrl, dataDir, logger });
  closers.push(() => database.close());
  const backend = { redisUrl, database, logger, prefix };
  const [queue, relay] = await Promise.all([openQueue(backend), openRelay(backend)]);
  closers.push(() => relay.close());
  closers.push(() => queue.close(1_000));
  return {
    database,
    queue,
    relay,
    turns: createTurns(database, clock),
    replies: createReplies(database, clock),
    approvals: createApprovals(database, clock),
    identities: createIdentities(database, clock),
    events: createEvents(database, clock),
  };
}
