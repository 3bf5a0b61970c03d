import { ServiceError } from "../core/errors.ts";

/** What is known of a failed exchange with Claude, whichever class the SDK threw. */
export interface ClaudeFailure {
  /** Undefined for a broken connection and for an error event in mid-stream. */
  status?: number | undefined;
  /** The service's own word for it: `overloaded_error`. */
  type?: string | undefined;
  /** The service's explanation: for our own decisions, never for a person. */
  explanation: string;
  retryAfterSeconds?: number | undefined;
  /** The service's own word on whether to try again. */
  shouldRetry?: boolean | undefined;
  connection: boolean;
  cause: unknown;
}

const byStatus: Record<number, string> = {
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  408: "timeout_error",
  409: "conflict_error",
  413: "request_too_large",
  429: "rate_limit_error",
  529: "overloaded_error",
};

const sentences: Record<string, string> = {
  authentication_error: "Claude refused Sophia's key. Whoever runs Sophia has to check ANTHROPIC_API_KEY.",
  permission_error: "Claude refused Sophia's key for this model. Whoever runs Sophia has to check ANTHROPIC_API_KEY.",
  billing_error: "Claude refused the question over billing. Whoever runs Sophia has to check the account.",
  not_found_error:
    "Claude does not know the model that Sophia is set to. Whoever runs Sophia has to check SOPHIA_MODEL.",
  rate_limit_error: "Claude is limiting how much Sophia may ask at the moment.",
  overloaded_error: "Claude is overloaded at the moment.",
  timeout_error: "Claude did not answer in time.",
};

const transient = new Set([
  "rate_limit_error",
  "overloaded_error",
  "timeout_error",
  "conflict_error",
  "api_error",
  "connection",
]);

function kindOf(failure: ClaudeFailure): string {
  if (failure.connection) return "connection";
  if (failure.type && failure.type !== "error") return failure.type;
  const { status } = failure;
  if (status === undefined) return "api_error";
  return byStatus[status] ?? (status >= 500 ? "api_error" : "invalid_request_error");
}

/** Whether the conversation did not fit, which the service says as a plain bad request. */
export function isTooLong(failure: ClaudeFailure): boolean {
  if (failure.status === 413) return true;
  return failure.status === 400 && /prompt is too long|exceed context limit|context window/i.test(failure.explanation);
}

/** Whether the service did not take the search for tools, or what a search has left in the conversation. */
export function isSearchRefused(failure: ClaudeFailure): boolean {
  return (
    failure.status === 400 &&
    /tool[ _]reference|tool_search_tool|defer_loading|server_tool_use/i.test(failure.explanation)
  );
}

/** One honest sentence for each kind of failure; the service's own words stay in the cause. */
export function toServiceError(failure: ClaudeFailure): ServiceError {
  const kind = kindOf(failure);
  const retryable = failure.shouldRetry ?? transient.has(kind);
  const { status, retryAfterSeconds, cause } = failure;
  return new ServiceError(`${sentenceOf(kind)}${retryable ? ` ${whenToRetry(retryAfterSeconds)}` : ""}`, {
    service: "Claude",
    retryable,
    cause,
    ...(status === undefined ? {} : { status }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

function sentenceOf(kind: string): string {
  const known = sentences[kind];
  if (known) return known;
  if (kind === "connection") return "Claude cannot be reached, or the connection broke.";
  if (transient.has(kind)) return "Claude had an error of its own.";
  return "Claude did not accept the question as Sophia sent it; the log has the details.";
}

function whenToRetry(seconds: number | undefined): string {
  if (seconds === undefined || seconds <= 90) return "Ask again in a minute.";
  return `Ask again in ${Math.ceil(seconds / 60)} minutes.`;
}
