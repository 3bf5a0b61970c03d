import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** A refusal in Gong's own words. */
export class GongRefusal extends Error {
  override name = "GongRefusal";
  readonly status: ContentfulStatusCode;
  readonly errors: readonly string[];
  /** Seconds. */
  readonly retryAfter: number | undefined;

  constructor(status: ContentfulStatusCode, error: string, retryAfter?: number) {
    super(error);
    this.status = status;
    this.errors = [error];
    this.retryAfter = retryAfter;
  }
}

/** One sentence for whatever the filter was: Gong says it with 404, also where an empty list would do. */
export const NO_CALLS = "No calls found corresponding to the provided filters";

export const UNEXPECTED = "Failed to complete the operation due to an unexpected error";

let requests = 0;

/** Looks like the vendor's: about twenty of [a-z0-9]. */
export function requestId(): string {
  requests += 1;
  return `${Date.now().toString(36)}${requests.toString(36).padStart(4, "0")}${Math.random().toString(36).slice(2, 9)}`;
}

export function refuse(c: Context, refusal: GongRefusal): Response {
  if (refusal.retryAfter !== undefined) c.header("Retry-After", String(refusal.retryAfter));
  return c.json({ requestId: requestId(), errors: refusal.errors }, refusal.status);
}

const FAULT_WORDS: Record<number, string> = {
  401: "Access denied",
  403: "Access denied",
  404: NO_CALLS,
  429: "API request limit exceeded",
};

/** How Gong words a failure that the control server asked for. */
export function answerFault(c: Context, status: number, retryAfter: number | undefined): Response {
  const words = FAULT_WORDS[status] ?? UNEXPECTED;
  const seconds = retryAfter ?? (status === 429 ? 1 : undefined);
  return refuse(c, new GongRefusal(status as ContentfulStatusCode, words, seconds));
}
