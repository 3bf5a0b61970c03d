import type { Clock } from "../../src/core/clock.ts";
import { UserError } from "../../src/core/errors.ts";
import type { DriverResult, StartedQuery } from "./driver.ts";
import type { SessionSchema } from "./table-names.ts";

/** How a query came out. */
export type Outcome = { result: DriverResult } | { error: unknown };

/** A query that this server has started. */
export interface OwnQuery {
  id: string;
  /** As it was sent. */
  sql: string;
  place: SessionSchema;
  /** Epoch milliseconds. */
  startedAt: number;
  /** Epoch milliseconds; undefined while it runs. */
  endedAt: number | undefined;
  outcome: Outcome | undefined;
  /** Resolves, and never fails, once `outcome` is there. */
  settled: Promise<void>;
  cancel(): Promise<void>;
}

const maxQueries = 300;

/**
 * The queries of this process: others, of other people and programs under the same user, are not to be read, asked about or
 * stopped by somebody who knows, or guesses, an id.
 */
export class OwnQueries {
  readonly #clock: Clock;
  readonly #queries = new Map<string, OwnQuery>();

  constructor({ clock }: { clock: Clock }) {
    this.#clock = clock;
  }

  add(started: StartedQuery, { sql, place }: Pick<OwnQuery, "sql" | "place">): OwnQuery {
    const end = (outcome: Outcome) => {
      query.outcome = outcome;
      query.endedAt = this.#clock.now();
    };
    const query: OwnQuery = {
      id: started.queryId,
      sql,
      place,
      startedAt: this.#clock.now(),
      endedAt: undefined,
      outcome: undefined,
      settled: started.result.then(
        (result) => end({ result }),
        (error: unknown) => end({ error }),
      ),
      cancel: () => started.cancel(),
    };
    this.#queries.set(query.id, query);
    const [oldest] = this.#queries.keys();
    if (this.#queries.size > maxQueries && oldest !== undefined) this.#queries.delete(oldest);
    return query;
  }

  /** Undefined for an id that is not one of ours. */
  find(id: string): OwnQuery | undefined {
    return this.#queries.get(id.toLowerCase()) ?? this.#queries.get(id);
  }

  /** Throws UserError for an id that is not one of ours. */
  get(id: string): OwnQuery {
    const query = this.find(id);
    if (query) return query;
    throw new UserError("This is no query that was started here lately. Run the statement again with execute_query.");
  }
}
