import type { Clock } from "../core/clock.ts";
import { noSecrets, type Secrets } from "../core/secrets.ts";
import { type AuditEvent, type AuditSink, redacted } from "../observability/audit.ts";
import type { Logger } from "../observability/log.ts";
import { type LooseRow, toRow } from "./audit-chain.ts";
import { ChainWriter, isRefusedByDatabase } from "./audit-writer.ts";
import type { Database } from "./database.ts";

export interface AuditLogOptions {
  database: Database;
  clock: Clock;
  logger: Logger;
  /** Of the rules that hold in this process; stands in each row. */
  policyRevision?: string | undefined;
  /** Those of the process, which are in no row. */
  secrets?: Secrets;
}

const batchSize = 200;
/** Milliseconds that an event may wait for others. */
const flushAfterMs = 200;
/** While the database is away this many events are kept; what comes on top is counted and logged. */
const maxWaiting = 10_000;
const retryAfterMs = 1_000;

/** Appends events to the chain in batches, off the path of what they tell of. */
export function createAuditLog(options: AuditLogOptions): AuditSink {
  return new AuditLog(options);
}

class AuditLog implements AuditSink {
  readonly #options: AuditLogOptions;
  readonly #writer: ChainWriter;
  readonly #waiting: AuditEvent[] = [];
  /** Taken from those that wait, and not changed until they are stored: a batch whose outcome is unknown is given again whole. */
  #batch: LooseRow[] = [];
  /** Of a batch that the database refuses: stored one by one, to find the row that it will not have. */
  readonly #singles: LooseRow[] = [];
  #lost = 0;
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;
  #closing = false;

  constructor(options: AuditLogOptions) {
    this.#options = options;
    this.#writer = new ChainWriter(options.database);
  }

  append(event: AuditEvent): void {
    if (this.#waiting.length >= maxWaiting) this.#lost += 1;
    else this.#waiting.push(redacted((this.#options.secrets ?? noSecrets).removeIn(event)));
    this.#schedule(flushAfterMs);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#flushing;
    this.#closing = true;
    await this.#flush();
  }

  #schedule(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#flushing ??= this.#flush().finally(() => {
        this.#flushing = undefined;
        if (this.#isBehind() && !this.#closing) this.#schedule(retryAfterMs);
      });
    }, ms);
  }

  #isBehind(): boolean {
    return this.#batch.length + this.#singles.length + this.#waiting.length + this.#lost > 0;
  }

  async #flush(): Promise<void> {
    while (this.#isBehind()) {
      if (this.#batch.length === 0) this.#batch = this.#nextBatch();
      try {
        await this.#writer.append(this.#batch);
        this.#batch = [];
      } catch (error) {
        const rows = this.#batch.length;
        this.#options.logger.error({ err: error, rows }, "audit rows could not be stored");
        if (isRefusedByDatabase(error)) this.#setAside();
        else if (this.#closing) return this.#giveUp();
        else return;
      }
    }
  }

  /** What was lost before is told by a row of its own, in its place. */
  #nextBatch(): LooseRow[] {
    const { clock, policyRevision } = this.#options;
    const lost = this.#lost;
    this.#lost = 0;
    if (lost > 0) {
      const at = new Date(clock.now());
      return [toRow({ kind: "loss", at, outcome: "lost", facts: { rows: lost } }, policyRevision)];
    }
    if (this.#singles.length > 0) return this.#singles.splice(0, 1);
    return this.#waiting.splice(0, batchSize).map((event) => toRow(event, policyRevision));
  }

  /** A row that the database refuses must not hold up the others of its batch, nor those that come after it. */
  #setAside(): void {
    if (this.#batch.length === 1) {
      this.#lost += 1;
      this.#options.logger.error({ lost: 1, kind: this.#batch[0]?.kind }, "an audit row was lost");
    } else {
      this.#singles.push(...this.#batch);
    }
    this.#batch = [];
  }

  #giveUp(): void {
    const lost = this.#batch.length + this.#singles.length + this.#waiting.length + this.#lost;
    this.#options.logger.error({ lost }, "audit rows were lost");
  }
}
