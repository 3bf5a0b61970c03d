import { ServiceError, SophiaError, UserError } from "../../src/core/errors.ts";
import { type VendorAdvice, vendorError } from "../shared/vendor-error.ts";

const service = "Snowflake";

const advice: VendorAdvice = {
  service,
  credentials:
    "Check SNOWFLAKE_ACCOUNT, SNOWFLAKE_USER and the key or token (SNOWFLAKE_PRIVATE_KEY_PATH, SNOWFLAKE_TOKEN): DESCRIBE USER shows the key's fingerprint that Snowflake knows.",
  permission: "Give the role in SNOWFLAKE_ROLE what mcp-servers/snowflake/README.md lists.",
};

/** What the driver's errors have, as far as they have it. */
interface SdkError {
  name: string;
  message: string;
  code: string;
  /** HTTP status, where the answer was no JSON of Snowflake's. */
  status: number | undefined;
  retryAfter: string | undefined;
  queryId: string | undefined;
}

/** Errors by number that say what to do; without words the engine's own are told. */
const known: Readonly<
  Record<string, { kind: "login" | "role" | "setting" | "cancelled" | "late" | "gone"; words: string }>
> = {
  "390100": { kind: "login", words: "" },
  "390144": {
    kind: "login",
    words: "The key's signature was not accepted: the clock may be wrong, or the public key is not the user's.",
  },
  "390101": { kind: "login", words: "" },
  "390102": { kind: "login", words: "The user is locked for a while." },
  "390104": { kind: "login", words: "" },
  "390303": { kind: "login", words: "The OAuth token is not valid." },
  "390318": { kind: "login", words: "The OAuth token has expired." },
  "394400": { kind: "login", words: "The programmatic access token is not valid." },
  "390189": { kind: "role", words: "The role in SNOWFLAKE_ROLE does not exist, or the user may not take it on." },
  "390186": { kind: "role", words: "The role in SNOWFLAKE_ROLE does not exist, or the user may not take it on." },
  "390422": {
    kind: "setting",
    words: "A network policy keeps this address out: have it added to the policy of the user.",
  },
  "390420": {
    kind: "setting",
    words: "A network policy keeps this address out: have it added to the policy of the user.",
  },
  "000606": { kind: "setting", words: "No warehouse: set SNOWFLAKE_WAREHOUSE, and grant USAGE on it to the role." },
  "000604": { kind: "cancelled", words: "The query was cancelled." },
  "000630": {
    kind: "late",
    words: "The query took longer than its limit and was stopped. Narrow it down, or raise timeout_seconds.",
  },
  "000709": {
    kind: "gone",
    words: "Snowflake no longer has this query's result (it keeps results for a day). Run it again.",
  },
};

/** Codes of a session that is over: a new one is opened for the next attempt. */
const lostSession = new Set(["390104", "390111", "390112", "390114", "407001", "407002", "405503"]);

/** What a query fails with that was stopped. */
export function isCancelled(error: unknown): boolean {
  return known[read(error)?.code ?? ""]?.kind === "cancelled";
}

export function isSessionLost(error: unknown): boolean {
  return lostSession.has(read(error)?.code ?? "");
}

/**
 * An error of the driver in the house's shape. What the engine says of a statement goes to whoever wrote it (UserError); what
 * is wrong with our account, role or network is a ServiceError. Our own errors, and aborts, pass as they are.
 */
export function toHouseError(error: unknown, now: number): unknown {
  const found = error instanceof SophiaError ? undefined : read(error);
  if (found === undefined) return error;
  const entry = known[found.code];
  if (entry) return knownError(entry.kind, entry.words, found);
  if (found.status !== undefined) {
    const headers = new Headers(found.retryAfter === undefined ? {} : { "retry-after": found.retryAfter });
    return vendorError(advice, { status: found.status, headers, text: "" }, now);
  }
  if (found.name === "NetworkError") {
    return new ServiceError(`${service} cannot be reached. Try again in a minute.`, {
      service,
      retryable: true,
      cause: error,
    });
  }
  if (/^(?:ENOENT|EACCES|EISDIR)$/.test(found.code) || /^ERR_OSSL|decoder/i.test(found.code + found.message)) {
    return new ServiceError(
      "The private key in SNOWFLAKE_PRIVATE_KEY_PATH cannot be read: check the path, its permissions, the PEM form and SNOWFLAKE_PRIVATE_KEY_PASSPHRASE.",
      { service, cause: error },
    );
  }
  return found.name === "OperationFailedError" ? sqlError(found) : error;
}

function knownError(kind: string, words: string, found: SdkError): Error {
  const cause = { code: found.code, message: found.message };
  if (kind === "login") {
    return new ServiceError(
      `${service} refused our credentials (${found.code}). ${words} ${advice.credentials}`.replace("  ", " "),
      { service, status: 401, cause },
    );
  }
  if (kind === "late" || kind === "gone") return new UserError(words, { cause });
  return new ServiceError(words, { service, cause });
}

/** The engine's words, which quote the statement and name what is missing: whoever wrote the statement mends it by them. */
function sqlError({ code, message, queryId }: SdkError): Error {
  const words = message.replaceAll(/\s+/g, " ").slice(0, 800);
  if (code === "003001") {
    return new ServiceError(`${service} does not let Sophia do this: ${words} ${advice.permission}`, {
      service,
      status: 403,
    });
  }
  const hint = code === "002003" ? " See list_databases, list_schemas and list_tables for what is there." : "";
  const id = queryId === undefined ? "" : `, query ${queryId}`;
  return new UserError(`Snowflake could not run the statement (SQL error ${code}${id}): ${words}${hint}`);
}

function read(error: unknown): SdkError | undefined {
  if (typeof error !== "object" || error === null || !("message" in error)) return undefined;
  const { name, message, code, data, response } = error as Record<string, unknown>;
  const { queryId } = (data ?? {}) as Record<string, unknown>;
  const { statusCode, headers } = (response ?? {}) as { statusCode?: unknown; headers?: Record<string, unknown> };
  if (code === undefined && statusCode === undefined) return undefined;
  const retryAfter = headers?.["retry-after"];
  return {
    name: String(name),
    message: String(message),
    code: typeof code === "string" || typeof code === "number" ? String(code) : "",
    status: typeof statusCode === "number" ? statusCode : undefined,
    retryAfter: typeof retryAfter === "string" ? retryAfter : undefined,
    queryId: typeof queryId === "string" ? queryId : undefined,
  };
}
