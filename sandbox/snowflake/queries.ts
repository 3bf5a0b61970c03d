import { randomUUID } from "node:crypto";
import type { Outcome } from "./execute.ts";
import { execute } from "./execute.ts";
import { translateError } from "./engine-errors.ts";
import type { Table } from "./encode.ts";
import { cancelled, SnowflakeError, timedOut } from "./errors.ts";
import { Parameters } from "./parameters.ts";
import { loadParser } from "./parser.ts";
import { STATEMENT_TYPES, statusTable } from "./results.ts";
import { applyParameters, type Session } from "./session.ts";
import { Slots } from "./slots.ts";
import { type Binding, splitStatements, type Statement } from "./statements.ts";
import type { Warehouse } from "./warehouse.ts";

export type QueryStatus = "QUEUED" | "RUNNING" | "SUCCESS" | "FAILED_WITH_ERROR" | "ABORTED";

/** What a client asks to be run. */
export interface QueryRequest {
  requestId: string;
  sqlText: string;
  bindings: Readonly<Record<string, Binding>>;
  parameters: Readonly<Record<string, unknown>>;
  describeOnly: boolean;
}

/** A statement that was sent, from its arrival on. */
export interface Query {
  readonly id: string;
  readonly requestId: string;
  readonly sqlText: string;
  readonly session: Session;
  readonly role: string;
  readonly parameters: Parameters;
  readonly tag: string;
  /** Epoch ms by the sandbox's clock. */
  readonly startedAt: number;
  endedAt: number | undefined;
  status: QueryStatus;
  outcome: Outcome | undefined;
  error: SnowflakeError | undefined;
  /** The statements of a request of several. */
  parts: Query[];
  /** Settles, and never fails, when it has come to an end. */
  done: Promise<void>;
  abort(reason: SnowflakeError): void;
}

interface QueriesOptions {
  warehouse: Warehouse;
  account: string;
  now: () => number;
}

/** DuckDB works in Node's threads for files, of which the rest of the process needs some. */
const AT_ONCE = 2;

/** As many statements are remembered, with their results. */
const KEPT = 500;

export class Queries {
  readonly #options: QueriesOptions;
  readonly #all = new Map<string, Query>();
  readonly #byRequest = new Map<string, Query>();
  readonly #slots = new Slots(AT_ONCE);

  constructor(options: QueriesOptions) {
    this.#options = options;
  }

  /** Oldest first. */
  list(): Query[] {
    return [...this.#all.values()];
  }

  find(id: string): Query | undefined {
    return this.#all.get(id);
  }

  /** A request that is sent again is known by its id, and only where it came from. */
  findByRequest(session: Session, requestId: string): Query | undefined {
    const query = this.#byRequest.get(requestId);
    return query?.session.id === session.id ? query : undefined;
  }

  start(session: Session, request: QueryRequest): Query {
    const { query, signal } = this.#create(session, request);
    query.done = this.#attempt(query, () => this.#runAll(query, request, signal));
    return query;
  }

  /** Forgets what was, and ends what is running; resolves when that has come to its end. */
  async clear(): Promise<void> {
    const all = this.list();
    this.#all.clear();
    this.#byRequest.clear();
    for (const query of all) query.abort(cancelled());
    await Promise.all(all.map((query) => query.done));
  }

  #create(session: Session, request: QueryRequest): { query: Query; signal: AbortSignal } {
    const controller = new AbortController();
    const parameters = new Parameters(session.parameters);
    const query: Query = {
      id: `01${randomUUID().slice(2)}`,
      requestId: request.requestId,
      sqlText: request.sqlText,
      session,
      role: session.role,
      parameters,
      tag: tagOf(request, session),
      startedAt: this.#options.now(),
      endedAt: undefined,
      status: "QUEUED",
      outcome: undefined,
      error: undefined,
      parts: [],
      done: Promise.resolve(),
      abort: (reason) => controller.abort(reason),
    };
    this.#keep(query);
    return { query, signal: controller.signal };
  }

  #keep(query: Query): void {
    this.#all.set(query.id, query);
    if (query.requestId !== "") this.#byRequest.set(query.requestId, query);
    const oldest = this.list()[0];
    if (this.#all.size <= KEPT || oldest?.endedAt === undefined) return;
    this.#all.delete(oldest.id);
    this.#byRequest.delete(oldest.requestId);
  }

  async #attempt(query: Query, run: () => Promise<Outcome>): Promise<void> {
    try {
      query.outcome = await run();
      query.status = "SUCCESS";
    } catch (error) {
      query.error = translateError(error, query.sqlText);
      query.status = query.error.code === "000604" ? "ABORTED" : "FAILED_WITH_ERROR";
    }
    query.endedAt = this.#options.now();
    query.session.queryIds.push(query.id);
  }

  async #runAll(query: Query, request: QueryRequest, signal: AbortSignal): Promise<Outcome> {
    applyParameters(query.parameters, request.parameters);
    const parser = await loadParser();
    const statements = splitStatements(parser, request.sqlText);
    if (statements.length === 0) throw emptyStatement();
    const wanted = query.parameters.number("MULTI_STATEMENT_COUNT");
    if (wanted !== 0 && statements.length !== wanted) throw wrongCount(statements.length, wanted);
    const end = endAfter(query, query.parameters.number("STATEMENT_TIMEOUT_IN_SECONDS"));
    const release = await this.#slots.take(signal).finally(() => signal.aborted && clearTimeout(end));
    try {
      query.status = "RUNNING";
      const [only, ...more] = statements;
      if (only && more.length === 0) return await this.#runOne(only, query, request, signal);
      return await this.#runEach(statements, query, request, signal);
    } finally {
      release();
      clearTimeout(end);
    }
  }

  async #runEach(statements: Statement[], query: Query, request: QueryRequest, signal: AbortSignal): Promise<Outcome> {
    for (const statement of statements) {
      const { query: part } = this.#create(query.session, { ...request, requestId: "", sqlText: statement.text });
      query.parts.push(part);
      part.done = this.#attempt(part, () => this.#runOne(statement, part, request, signal));
      await part.done;
      if (part.error) throw part.error;
    }
    return {
      table: statusTable("Multiple statements executed successfully."),
      type: STATEMENT_TYPES.multiple ?? 0,
    };
  }

  async #runOne(statement: Statement, query: Query, request: QueryRequest, signal: AbortSignal): Promise<Outcome> {
    const { warehouse, account, now } = this.#options;
    const { session, parameters } = query;
    const { bindings, describeOnly } = request;
    const resultOf = (id: string): Table | undefined => this.#all.get(id)?.outcome?.table;
    const parser = await loadParser();
    const at = now();
    return execute(statement, {
      warehouse,
      parser,
      session,
      parameters,
      bindings,
      account,
      now: at,
      signal,
      describeOnly,
      resultOf,
    });
  }
}

function endAfter(query: Query, seconds: number): NodeJS.Timeout | undefined {
  if (seconds === 0) return undefined;
  return setTimeout(() => query.abort(timedOut(seconds)), seconds * 1000).unref();
}

function wrongCount(actual: number, wanted: number): SnowflakeError {
  const message = `Actual statement count ${actual} did not match the desired statement count ${wanted}.`;
  return new SnowflakeError("000008", message, { sqlState: "0A000" });
}

function emptyStatement(): SnowflakeError {
  return new SnowflakeError("000900", "SQL compilation error:\nEmpty SQL statement.", { sqlState: "42601" });
}

function tagOf({ parameters: { QUERY_TAG: tag } }: QueryRequest, session: Session): string {
  return typeof tag === "string" ? tag : session.parameters.text("QUERY_TAG");
}
