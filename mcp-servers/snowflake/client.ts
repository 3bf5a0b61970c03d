import { createHash } from "node:crypto";
import type { Clock } from "../../src/core/clock.ts";
import { UserError } from "../../src/core/errors.ts";
import type { ToolContext } from "../shared/define-tool.ts";
import { type Scope, systemTimer, type Timer } from "../shared/timer.ts";
import { TtlCache } from "../shared/ttl-cache.ts";
import { withUnknownOutcome } from "../shared/vendor-error.ts";
import type { SnowflakeConfig } from "./config.ts";
import { DriverSession, type StatementParameters, within } from "./driver.ts";
import { guardSelect } from "./guard.ts";
import { SnowsightLinks } from "./links.ts";
import { type OwnQuery, OwnQueries } from "./own-queries.ts";
import { loadReports, type Report } from "./reports.ts";
import { checkRoleReadsOnly } from "./role-check.ts";
import { AllowedSchemas, type SessionSchema } from "./table-names.ts";
import { cellReader, type Cell } from "./values.ts";
import { isSessionLost, toHouseError } from "./vendor-errors.ts";

export interface SnowflakeDependencies {
  clock: Clock;
  timer?: Timer | undefined;
  /** Milliseconds that one tool call may take. */
  deadlineMs?: number | undefined;
  /** Milliseconds for which a query's result is waited for before its id is given out instead. */
  waitMs?: number | undefined;
}

/** Rows that one query's result may have: more is nothing that is read in a conversation. */
export const MAX_RESULT_ROWS = 10_000;

/** A session is kept for each database and schema that is worked in, but not for ever more of them. */
const maxSessions = 6;

/** What a listing of Snowflake's own (SHOW, DESCRIBE) says, each row by its columns' names. */
export type ShownRow = Readonly<Record<string, Cell>>;

interface Statement {
  sql: string;
  place: SessionSchema;
  /** Seconds after which Snowflake stops it. */
  timeoutSeconds: number;
}

/** Everything that one account's tools share: sessions, the queries that they have started, listings of a minute. */
export class SnowflakeClient {
  readonly links: SnowsightLinks;
  readonly allowed: AllowedSchemas | undefined;
  readonly place: SessionSchema;
  readonly queries: OwnQueries;
  readonly timer: Timer;
  readonly waitMs: number;
  readonly #config: SnowflakeConfig;
  readonly #clock: Clock;
  readonly #deadlineMs: number;
  readonly #sessions = new Map<string, Promise<DriverSession>>();
  readonly #listings: TtlCache<ShownRow[]>;
  #reports: Promise<Report[]> | undefined;
  #roleChecked: Promise<void> | undefined;

  constructor(config: SnowflakeConfig, dependencies: SnowflakeDependencies) {
    const { clock, timer = systemTimer, deadlineMs = 20_000, waitMs = 14_000 } = dependencies;
    this.#config = config;
    this.#clock = clock;
    this.timer = timer;
    this.#deadlineMs = deadlineMs;
    this.waitMs = waitMs;
    this.links = new SnowsightLinks(config.account);
    this.allowed = config.allowedSchemas && new AllowedSchemas(config.allowedSchemas);
    this.place = { database: config.database, schema: config.schema };
    this.queries = new OwnQueries({ clock });
    this.#listings = new TtlCache({ ttlMs: 60_000, maxEntries: 50, timer });
  }

  scope(context: Pick<ToolContext<SnowflakeClient>, "signal">): Scope {
    return { signal: context.signal, until: this.timer.now() + this.#deadlineMs };
  }

  /**
   * Checks a statement and hands it over. Aborting the scope takes it back, then and as long as `finished` waits for it.
   * Throws UserError for what the guard refuses, and nothing has left the house then.
   */
  async start(statement: Statement, email: string | undefined, scope: Scope): Promise<OwnQuery> {
    const { sql, place, timeoutSeconds } = statement;
    this.checkPlace(place);
    const text = await guardSelect(sql, { session: place, allowed: this.allowed });
    const parameters = statementParameters(timeoutSeconds, email);
    const started = await this.#withSession(place, scope, (session) => session.start(text, parameters, scope));
    return this.queries.add(started, { sql: text, place });
  }

  /** True once the query's result, or its failure, is there; false where it takes longer than `waitMs`. Aborting the scope cancels it. */
  async isFinished(query: OwnQuery, scope: Scope): Promise<boolean> {
    const over = new AbortController();
    const until = Math.max(1, Math.min(this.waitMs, scope.until - this.timer.now()));
    const late = this.timer.sleep(until, AbortSignal.any([scope.signal, over.signal])).then(() => false);
    try {
      return await Promise.race([query.settled.then(() => true), late]);
    } catch (error) {
      // Nobody waits for it any more: it would go on at the company's cost.
      if (scope.signal.aborted && query.outcome === undefined) await query.cancel();
      throw error;
    } finally {
      over.abort();
    }
  }

  /** Has it stopped. Where it is not known whether Snowflake has taken that on, the ServiceError says so. */
  async cancel(query: OwnQuery, scope: Scope): Promise<void> {
    try {
      await within(scope, this.timer, query.cancel());
    } catch (error) {
      throw withUnknownOutcome(this.houseError(error), "See with get_query_status whether it still runs.");
    }
  }

  /** The house's shape of what a query failed with, for its author. */
  houseError(error: unknown): unknown {
    return toHouseError(error, this.#clock.now());
  }

  async status(queryId: string, scope: Scope): Promise<string> {
    return this.#withSession(this.place, scope, (session) => session.status(queryId, scope));
  }

  /** Asks Snowflake for a listing of its own, or takes the one of the last minute. `sql` is this server's, with quoted names. */
  async show(sql: string, email: string | undefined, scope: Scope): Promise<ShownRow[]> {
    const known = this.#listings.get(sql);
    if (known) return known;
    const parameters = statementParameters(60, email);
    const rows = await this.#withSession(this.place, scope, (session) => listing(session, sql, parameters, scope));
    this.#listings.set(sql, rows);
    return rows;
  }

  /** Read from SNOWFLAKE_REPORTS at the first use; a failed reading is tried again. */
  reports(): Promise<Report[]> {
    this.#reports ??= loadReports(this.#config.reportsPath).catch((error: unknown) => {
      this.#reports = undefined;
      throw error;
    });
    return this.#reports;
  }

  /** Throws UserError where a statement may not run, going by SNOWFLAKE_ALLOWED_SCHEMAS. */
  checkPlace({ database, schema }: SessionSchema): void {
    if (schema !== undefined && database === undefined) throw new UserError("Give database as well as schema.");
    if (this.allowed) this.allowed.check({ database: database ?? "", schema: schema ?? "" });
  }

  async #withSession<Value>(
    place: SessionSchema,
    scope: Scope,
    use: (session: DriverSession) => Promise<Value>,
  ): Promise<Value> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await use(await this.#session(place, scope));
      } catch (error) {
        scope.signal.throwIfAborted();
        // A session ends at Snowflake after some hours; what is done here may be done again in a new one.
        if (attempt > 1 || !isSessionLost(error)) throw this.houseError(error);
        this.#sessions.delete(JSON.stringify(place));
      }
    }
  }

  async #session(place: SessionSchema, scope: Scope): Promise<DriverSession> {
    const key = JSON.stringify(place);
    const open = this.#sessions.get(key) ?? this.#open(key, place);
    const session = await unlessAborted(open, scope.signal);
    if (session.isUp()) return session;
    this.#sessions.delete(key);
    return unlessAborted(this.#sessions.get(key) ?? this.#open(key, place), scope.signal);
  }

  /** With a deadline of its own: others may wait for the same session, and the call that asked first may be cancelled. */
  #open(key: string, place: SessionSchema): Promise<DriverSession> {
    const scope = { signal: new AbortController().signal, until: this.timer.now() + this.#deadlineMs };
    const opened = this.#logIn(place, scope).catch((error: unknown) => {
      this.#sessions.delete(key);
      throw error;
    });
    this.#sessions.set(key, opened);
    this.#closeOldest();
    return opened;
  }

  async #logIn(place: SessionSchema, scope: Scope): Promise<DriverSession> {
    const session = await DriverSession.open(this.#config, place, this.timer, scope);
    // A user's other roles would count as well, and the check is of one.
    await session.run("USE SECONDARY ROLES NONE", statementParameters(60, undefined), scope);
    this.#roleChecked ??= this.#checkRole(session, scope);
    await this.#roleChecked;
    return session;
  }

  async #checkRole(session: DriverSession, scope: Scope): Promise<void> {
    try {
      await checkRoleReadsOnly(this.#config.role, async (sql) => {
        const rows = await listing(session, sql, statementParameters(60, undefined), scope);
        return rows.map((row) => ({
          privilege: String(row.privilege),
          grantedOn: String(row.granted_on),
          name: String(row.name),
        }));
      });
    } catch (error) {
      // Whoever mends the role need not start this server again.
      this.#roleChecked = undefined;
      throw error;
    }
  }

  #closeOldest(): void {
    const [oldest] = this.#sessions;
    if (!oldest || this.#sessions.size <= maxSessions) return;
    this.#sessions.delete(oldest[0]);
    oldest[1].then(
      (session) => session.close(),
      // A login that failed has no session to close, and whoever waited for it was told.
      () => undefined,
    );
  }
}

/** What is under way for several goes on when one of them stops waiting. */
async function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted();
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (onAbort) signal.removeEventListener("abort", onAbort);
  }
}

async function listing(
  session: DriverSession,
  sql: string,
  parameters: StatementParameters,
  scope: Scope,
): Promise<ShownRow[]> {
  const result = await session.run(sql, parameters, scope);
  const readers = result.columns.map((column) => ({ name: column.name, read: cellReader(column) }));
  const rows: ShownRow[] = [];
  for await (const row of result.rows(0, result.rowCount)) {
    rows.push(Object.fromEntries(readers.map(({ name, read }, index) => [name, read(row[index] ?? null)])));
  }
  return rows;
}

/** The third guard, and the forms in which values come: sent with each statement, since a session could be set otherwise. */
function statementParameters(timeoutSeconds: number, email: string | undefined): StatementParameters {
  return {
    MULTI_STATEMENT_COUNT: 1,
    STATEMENT_TIMEOUT_IN_SECONDS: timeoutSeconds,
    STATEMENT_QUEUED_TIMEOUT_IN_SECONDS: timeoutSeconds,
    ROWS_PER_RESULTSET: MAX_RESULT_ROWS,
    QUERY_TAG: queryTag(email),
    STRICT_JSON_OUTPUT: true,
    JSON_INDENT: 0,
    BINARY_OUTPUT_FORMAT: "HEX",
    TIME_OUTPUT_FORMAT: "HH24:MI:SS",
  };
}

/** So that Snowflake's history tells who asked, without anybody's address in it. */
function queryTag(email: string | undefined): string {
  const user = email && createHash("sha256").update(email.toLowerCase()).digest("hex").slice(0, 12);
  return JSON.stringify({ application: "sophia", ...(user ? { user } : {}) });
}
