import { env } from "node:process";
import type { Connection, ConnectionOptions, RowStatement } from "snowflake-sdk";
import { ServiceError } from "../../src/core/errors.ts";
import type { Scope, Timer } from "../shared/timer.ts";
import type { Authentication, SnowflakeConfig } from "./config.ts";
import type { SessionSchema } from "./table-names.ts";
import type { RawColumn, RawValue } from "./values.ts";

/** Rows of a result as far as they are asked for. */
export interface DriverResult {
  queryId: string;
  columns: RawColumn[];
  /** How many there are to be read. */
  rowCount: number;
  /** Rows from `start` on, up to `count`; the reader stops by returning. */
  rows(start: number, count: number): AsyncIterable<RawValue[]>;
}

/** A statement that Snowflake has taken on. */
export interface StartedQuery {
  queryId: string;
  /** Settles when the statement has come to an end; never sooner. */
  result: Promise<DriverResult>;
  /** Tells Snowflake to stop it. Rejects where Snowflake does not. */
  cancel(): Promise<void>;
}

export type StatementParameters = Readonly<Record<string, string | number | boolean>>;

let loaded: ReturnType<typeof load> | undefined;

/** 61 MB and 0.4 s: loaded for the first session. */
function loadSdk(): ReturnType<typeof load> {
  loaded ??= load();
  return loaded;
}

async function load() {
  // It takes these from the environment alone, when it is imported: without them it asks cloud metadata hosts where it runs.
  env.SNOWFLAKE_DISABLE_PLATFORM_DETECTION = "true";
  env.SF_TELEMETRY_DISABLE_CONNECTION_SHAPE = "1";
  const { default: sdk } = await import("snowflake-sdk");
  // Its log goes to stdout, which belongs to the protocol, and to a file. Its own reading of variants runs what is no JSON.
  sdk.configure({ logLevel: "OFF", additionalLogToConsole: false, jsonColumnVariantParser: (text) => text });
  return sdk;
}

/** The one place that knows snowflake-sdk: one session, in which one database and schema stand for bare names. */
export class DriverSession {
  readonly #connection: Connection;
  readonly #timer: Timer;

  private constructor(connection: Connection, timer: Timer) {
    this.#connection = connection;
    this.#timer = timer;
  }

  /** Logs in. Throws the driver's own errors (`toServiceError` reads them), and the signal's reason when the scope is aborted. */
  static async open(config: SnowflakeConfig, place: SessionSchema, timer: Timer, scope: Scope): Promise<DriverSession> {
    const sdk = await loadSdk();
    const connection = sdk.createConnection(connectionOptions(config, place));
    // connectAsync() resolves after a refused login as well; the callback is told.
    const loggedIn = new Promise<void>((resolve, reject) => {
      connection.connect((error) => (error ? reject(error) : resolve()));
    });
    await within(scope, timer, loggedIn);
    if (!connection.isUp()) throw new ServiceError("Snowflake did not open a session.", { service: "Snowflake" });
    return new DriverSession(connection, timer);
  }

  isUp(): boolean {
    return this.#connection.isUp();
  }

  close(): void {
    // The session ends at Snowflake by itself as well; what a failed farewell says is of no use to anybody.
    this.#connection.destroy(() => {});
  }

  /** A statement of this server's own (SHOW, DESCRIBE, USE), waited for. */
  async run(sql: string, parameters: StatementParameters, scope: Scope): Promise<DriverResult> {
    const statement = await this.#execute({ sqlText: sql, parameters: { ...parameters }, streamResult: true }, scope);
    return resultOf(statement);
  }

  /** Hands a statement over; Snowflake goes on with it by itself. Aborting the scope takes it back. */
  async start(sql: string, parameters: StatementParameters, scope: Scope): Promise<StartedQuery> {
    // With asyncExec alone the driver drops the error of a statement that is refused at once; with streamResult it is told.
    const options = { sqlText: sql, parameters: { ...parameters }, asyncExec: true, streamResult: true };
    const statement = await this.#execute(options, scope);
    const queryId = statement.getQueryId();
    return {
      queryId,
      result: this.resultOf(queryId),
      cancel: () => new Promise((resolve, reject) => statement.cancel((error) => (error ? reject(error) : resolve()))),
    };
  }

  /** The result of a statement that was handed over, once there is one. */
  resultOf(queryId: string): Promise<DriverResult> {
    return new Promise((resolve, reject) => {
      this.#connection.fetchResult({
        queryId,
        streamResult: true,
        complete: (error, statement) => (error ? reject(error) : resolve(resultOf(statement))),
      });
    });
  }

  /** `RUNNING`, `SUCCESS` ...; `NO_DATA` where Snowflake does not know it. */
  async status(queryId: string, scope: Scope): Promise<string> {
    const ask = () => within(scope, this.#timer, this.#connection.getQueryStatus(queryId));
    const status = await ask();
    // This call alone does not renew a token that has run out; a heartbeat does.
    if (!status.startsWith("NO_") || !(await this.#connection.isValidAsync())) return status;
    return ask();
  }

  async #execute(options: Parameters<Connection["execute"]>[0], scope: Scope): Promise<RowStatement> {
    scope.signal.throwIfAborted();
    let sent: RowStatement | undefined;
    const ended = new Promise<RowStatement>((resolve, reject) => {
      const complete: typeof options.complete = (error, statement) => (error ? reject(error) : resolve(statement));
      sent = this.#connection.execute({ ...options, complete });
    });
    try {
      return await within(scope, this.#timer, ended);
    } catch (error) {
      // Given up on: whether it has arrived is not known, so it is taken back by its request's id.
      if (sent?.getStatus() === "fetching") sent.cancel(() => {});
      throw error;
    }
  }
}

/** The driver goes on asking for hours where Snowflake does not answer; nobody waits for it longer than the scope. */
export async function within<Value>(scope: Scope, timer: Timer, work: Promise<Value>): Promise<Value> {
  const over = new AbortController();
  const left = Math.max(1, scope.until - timer.now());
  const late = timer.sleep(left, AbortSignal.any([scope.signal, over.signal])).then(() => {
    const message = "Snowflake did not answer in time. Try again in a minute.";
    throw new ServiceError(message, { service: "Snowflake", retryable: true });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
  }
}

function resultOf(statement: RowStatement): DriverResult {
  const columns = (statement.getColumns() ?? []).map((column) => ({
    name: column.getName(),
    type: column.getType().toLowerCase(),
    precision: column.getPrecision() ?? null,
    scale: column.getScale() ?? null,
  }));
  return {
    queryId: statement.getQueryId(),
    columns,
    rowCount: statement.getNumRows() ?? 0,
    rows: async function* (start, count) {
      if (count < 1) return;
      const stream = statement.streamRows({ start, end: start + count - 1 });
      for await (const row of stream) yield (row as unknown[]).map(rawValue);
    },
  };
}

/** The driver's dates are Dates with more to them. */
interface SdkInstant {
  getEpochSeconds(): number;
  getNanoSeconds(): number;
  getTimezone(): string | number;
}

function rawValue(value: unknown): RawValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (isInstant(value)) {
    return { seconds: value.getEpochSeconds(), nanos: value.getNanoSeconds(), zone: value.getTimezone() };
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}

function isInstant(value: unknown): value is SdkInstant {
  return value instanceof Date && "getEpochSeconds" in value;
}

function connectionOptions(config: SnowflakeConfig, place: SessionSchema): ConnectionOptions {
  return {
    account: config.account,
    ...(config.accessUrl === undefined ? {} : { accessUrl: config.accessUrl }),
    username: config.user,
    ...credentials(config.authentication),
    role: config.role,
    ...(config.warehouse === undefined ? {} : { warehouse: config.warehouse }),
    ...(place.database === undefined ? {} : { database: place.database }),
    ...(place.schema === undefined ? {} : { schema: place.schema }),
    application: "Sophia",
    // Digits stay digits, and a NULL does not become the word.
    rowMode: "array",
    fetchAsString: ["Number", "JSON", "Buffer"],
    representNullAsStringNull: false,
    // Or it tells Snowflake of each long number that a double would have rounded.
    jsTreatIntegerAsBigInt: true,
    clientSessionKeepAlive: false,
    clientStoreTemporaryCredential: false,
    sfRetryMaxLoginRetries: 2,
    // More than the 45 s for which Snowflake holds a request for a result.
    timeout: 60_000,
  };
}

function credentials(authentication: Authentication): ConnectionOptions {
  const { kind } = authentication;
  switch (kind) {
    case "SNOWFLAKE_JWT": {
      const { privateKeyPath, passphrase } = authentication;
      return { authenticator: kind, privateKeyPath, ...(passphrase ? { privateKeyPass: passphrase } : {}) };
    }
    case "OAUTH_CLIENT_CREDENTIALS": {
      const { clientId, clientSecret, tokenUrl, scope } = authentication;
      return {
        authenticator: kind,
        oauthClientId: clientId,
        oauthClientSecret: clientSecret,
        ...(tokenUrl === undefined
          ? {}
          : { oauthTokenRequestUrl: tokenUrl, oauthHttpAllowed: tokenUrl.startsWith("http:") }),
        ...(scope === undefined ? {} : { oauthScope: scope }),
      };
    }
    case "WORKLOAD_IDENTITY": {
      const { provider, token } = authentication;
      return { authenticator: kind, workloadIdentityProvider: provider, ...(token === undefined ? {} : { token }) };
    }
    default:
      return { authenticator: kind, token: authentication.token };
  }
}
