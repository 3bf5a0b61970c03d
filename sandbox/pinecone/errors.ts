import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** What went wrong, as both of the service's error formats name it. */
export type ErrorCode =
  | "INVALID_ARGUMENT"
  | "UNAUTHENTICATED"
  | "FORBIDDEN"
  | "NOT_FOUND"
  | "ALREADY_EXISTS"
  | "RESOURCE_EXHAUSTED"
  | "INTERNAL"
  | "SERVICE_UNAVAILABLE";

/** A refusal; which words go around it depends on the address that refuses. */
export class PineconeRefusal extends Error {
  override name = "PineconeRefusal";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export const invalid = (message: string): PineconeRefusal => new PineconeRefusal("INVALID_ARGUMENT", message);

const STATUS: Record<ErrorCode, ContentfulStatusCode> = {
  INVALID_ARGUMENT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  SERVICE_UNAVAILABLE: 503,
};

/** Numbers of gRPC, in which the vector operations still answer. */
const RPC_CODE: Record<ErrorCode, number> = {
  INVALID_ARGUMENT: 3,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  FORBIDDEN: 7,
  RESOURCE_EXHAUSTED: 8,
  INTERNAL: 13,
  SERVICE_UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
};

const RPC_PATH = /^\/(query|describe_index_stats|vectors\/|namespaces|bulk\/)/;
const RECORDS_PATH = /^\/records\//;

/** The records operations changed their error format with 2026-07. */
function isRpc(c: Context): boolean {
  const { path } = c.req;
  if (RPC_PATH.test(path)) return true;
  return RECORDS_PATH.test(path) && (c.req.header("x-pinecone-api-version") ?? "") < "2026-07";
}

export function refuse(c: Context, { code, message }: PineconeRefusal): Response {
  return answerError(c, STATUS[code], code, message);
}

function answerError(c: Context, status: ContentfulStatusCode, code: ErrorCode, message: string): Response {
  const isControl = /^\/(indexes|embed|rerank|models)/.test(c.req.path);
  // The data plane's gatekeeper answers before any of its formats is known.
  if (code === "UNAUTHENTICATED" && !isControl) return c.text(message, 401);
  if (isRpc(c)) return c.json({ code: RPC_CODE[code], message, details: [] }, status);
  return c.json({ status, error: { code, message } }, status);
}

const FAULTS: Record<number, [ErrorCode, string]> = {
  400: ["INVALID_ARGUMENT", "Bad request. The request body included invalid request parameters."],
  401: ["UNAUTHENTICATED", "Invalid API key."],
  403: ["FORBIDDEN", "Request forbidden."],
  404: ["NOT_FOUND", "Resource not found."],
  409: ["ALREADY_EXISTS", "Resource already exists."],
  429: ["RESOURCE_EXHAUSTED", "Too many requests. Please try again later."],
  503: ["SERVICE_UNAVAILABLE", "Service unavailable."],
};

/** How Pinecone words a failure that the control server asked for. */
export function answerFault(c: Context, status: number, retryAfter: number | undefined): Response {
  if (retryAfter !== undefined) c.header("Retry-After", String(retryAfter));
  const [code, message] = FAULTS[status] ?? (["INTERNAL", "Internal server error"] as const);
  return answerError(c, status as ContentfulStatusCode, code, message);
}
