import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

export interface Details {
  sqlState?: string | undefined;
  /** Where in the statement, both as Snowflake counts them: lines from 1, positions from 0. */
  line?: number | undefined;
  position?: number | undefined;
}

/** A refusal in Snowflake's own words: of a request, or of a statement. */
export class SnowflakeError extends Error {
  override name = "SnowflakeError";
  /** Six digits, as the driver shows them. */
  readonly code: string;
  readonly details: Details;

  constructor(code: string, message: string, details: Details = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

const COMPILATION = "SQL compilation error:";

export function syntaxError(unexpected: string, line: number, position: number): SnowflakeError {
  const message = `${COMPILATION}\nsyntax error line ${line} at position ${position} unexpected '${unexpected}'.`;
  return new SnowflakeError("001003", message, { sqlState: "42000", line, position });
}

/** Of a database, schema, table or stage, which Snowflake does not tell from one that the role may not see. */
export function missing(kind: "Object" | "Database" | "Schema" | "Stage" | "Table", name: string): SnowflakeError {
  const sqlState = kind === "Object" || kind === "Table" ? "42S02" : "02000";
  return new SnowflakeError("002003", `${COMPILATION}\n${kind} '${name}' does not exist or not authorized.`, {
    sqlState,
  });
}

export function invalidIdentifier(name: string, line: number, position: number): SnowflakeError {
  const where = `error line ${line} at position ${position}`;
  const message = `SQL compilation error: ${where}\ninvalid identifier '${name}'`;
  return new SnowflakeError("000904", message, { sqlState: "42000", line, position });
}

export function unknownFunction(name: string): SnowflakeError {
  return new SnowflakeError("002140", `${COMPILATION}\nUnknown function ${name}`, { sqlState: "42601" });
}

export function unknownTableFunction(name: string): SnowflakeError {
  const message = `${COMPILATION}\nUnknown user-defined table function ${name}`;
  return new SnowflakeError("002141", message, { sqlState: "42601" });
}

export function insufficientPrivileges(kind: string, name: string): SnowflakeError {
  const message = `SQL access control error:\nInsufficient privileges to operate on ${kind} '${name}'`;
  return new SnowflakeError("003001", message, { sqlState: "42501" });
}

export function unsupported(feature: string): SnowflakeError {
  return new SnowflakeError("000002", `Unsupported feature '${feature}'.`, { sqlState: "0A000" });
}

export function compilationError(words: string): SnowflakeError {
  return new SnowflakeError("002031", `${COMPILATION}\n${words}`, { sqlState: "42601" });
}

export function cancelled(): SnowflakeError {
  return new SnowflakeError("000604", "SQL execution canceled", { sqlState: "57014" });
}

export function timedOut(seconds: number): SnowflakeError {
  const message = `Statement reached its statement or warehouse timeout of ${seconds} second(s) and was canceled.`;
  return new SnowflakeError("000630", message, { sqlState: "57014" });
}

/** The body of a refusal; `queryId` where a statement was refused. Snowflake answers with status 200 all the same. */
export function refusal(error: SnowflakeError, queryId?: string): Record<string, unknown> {
  const { sqlState, line, position } = error.details;
  const data = queryId && {
    internalError: false,
    unredactedFromSecureObject: false,
    errorCode: error.code,
    age: 0,
    sqlState,
    queryId,
    line: line ?? -1,
    pos: position ?? -1,
    type: line === undefined ? "EXECUTION" : "COMPILATION",
  };
  return { data: data || null, code: error.code, message: error.message, success: false, headers: null };
}

const FAULT_WORDS: Record<number, [code: string | null, words: string]> = {
  401: ["390104", "Authentication token is invalid."],
  403: ["390103", "Session token not found in the request data."],
  429: [null, "Too many requests"],
  503: [null, "Service temporarily unavailable"],
};

/** How Snowflake words a failure that the control server asked for. */
export function answerFault(c: Context, status: number, retryAfter: number | undefined): Response {
  const [code, message] = FAULT_WORDS[status] ?? [null, "Internal server error"];
  if (retryAfter !== undefined) c.header("Retry-After", String(retryAfter));
  return c.json({ data: null, code, message, success: false, headers: null }, status as ContentfulStatusCode);
}
