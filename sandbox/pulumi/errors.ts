import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** A refusal in Pulumi Cloud's own words: `{code, message}`, with the status as code. */
export class PulumiRefusal extends Error {
  override name = "PulumiRefusal";
  readonly status: ContentfulStatusCode;
  /** Seconds. */
  readonly retryAfter: number | undefined;

  constructor(status: ContentfulStatusCode, message: string, retryAfter?: number) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

export const badRequest = (message: string): PulumiRefusal => new PulumiRefusal(400, `Bad Request: ${message}`);
export const notFound = (what: string): PulumiRefusal => new PulumiRefusal(404, `Not Found: ${what} not found`);

export function refuse(c: Context, { status, message, retryAfter }: PulumiRefusal): Response {
  if (retryAfter !== undefined) c.header("Retry-After", String(retryAfter));
  return c.json({ code: status, message }, status);
}

const FAULT_WORDS: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized: No credentials provided or are invalid.",
  403: "Forbidden: You do not have permission to do this.",
  404: "Not Found",
  409: "Conflict: Another update is currently in progress.",
  429: "Too Many Requests",
  503: "Service Unavailable",
};

/** How Pulumi Cloud words a failure that the control server asked for. */
export function answerFault(c: Context, status: number, retryAfter: number | undefined): Response {
  const seconds = retryAfter ?? (status === 429 ? 1 : undefined);
  const words = FAULT_WORDS[status] ?? "Internal Server Error";
  return refuse(c, new PulumiRefusal(status as ContentfulStatusCode, words, seconds));
}
