import { randomUUID } from "node:crypto";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** One entry of `errors`. */
export interface ErrorDetail {
  message: string;
  code?: string;
  context?: Record<string, string[]>;
}

/** What the body of a refusal holds besides status, message and correlation id. */
export interface RefusalDetails {
  category?: string;
  errors?: ErrorDetail[];
  context?: Record<string, string[]>;
  links?: Record<string, string>;
  /** Which limit was reached; with it comes `errorType`. */
  policyName?: string;
  /** Seconds. */
  retryAfter?: number | undefined;
}

/** A refusal in HubSpot's own words. */
export class HubSpotRefusal extends Error {
  override name = "HubSpotRefusal";
  readonly status: ContentfulStatusCode;
  readonly details: RefusalDetails;

  constructor(status: ContentfulStatusCode, message: string, details: RefusalDetails = {}) {
    super(message);
    this.status = status;
    this.details = details;
  }
}

/** What a caller got wrong. */
export function invalid(message: string, details: RefusalDetails = {}): HubSpotRefusal {
  return new HubSpotRefusal(400, message, { category: "VALIDATION_ERROR", ...details });
}

/** An id that is no record's. The one category-less error of the CRM, as captures of the real one show. */
export function notFound(): HubSpotRefusal {
  return new HubSpotRefusal(404, "resource not found");
}

/** The key has not been given any of these scopes. */
export function missingScopes(scopes: readonly string[]): HubSpotRefusal {
  const page = "https://developers.hubspot.com/scopes";
  return new HubSpotRefusal(
    403,
    `This app hasn't been granted all required scopes to make this call. Read more about required scopes here: ${page}.`,
    {
      category: "MISSING_SCOPES",
      errors: [
        {
          message: "One or more of the following scopes are required.",
          context: { requiredGranularScopes: [...scopes] },
        },
      ],
      links: { scopes: page },
    },
  );
}

/**
 * Keys in the order of captured answers. `correlationId` is in a header as well, which is what HubSpot's support asks for.
 */
export function refuse(c: Context, { status, message, details }: HubSpotRefusal): Response {
  const { retryAfter, policyName, errors, context, links, category } = details;
  const correlationId = randomUUID();
  c.header("X-HubSpot-Correlation-Id", correlationId);
  if (retryAfter !== undefined) c.header("Retry-After", String(retryAfter));
  const limit = policyName && { errorType: "RATE_LIMIT", policyName };
  return c.json({ status: "error", message, correlationId, errors, context, links, category, ...limit }, status);
}

/** A path that HubSpot does not have is answered by what stands before the API, and not in JSON. */
export function noSuchPage(c: Context): Response {
  return c.html("<!DOCTYPE html>\n<html lang=en><meta charset=utf-8><title>Error</title><h2>HTTP ERROR 404</h2>", 404);
}

const FAULTS: Record<number, [message: string, details: RefusalDetails]> = {
  401: [
    "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
    { category: "INVALID_AUTHENTICATION" },
  ],
  404: ["resource not found", {}],
  423: ["The object is locked by another operation", {}],
  429: [
    "You have reached your ten_secondly_rolling limit.",
    { category: "RATE_LIMITS", policyName: "TEN_SECONDLY_ROLLING" },
  ],
};

/** How HubSpot words a failure that the control server asked for. */
export function answerFault(c: Context, status: number, retryAfter: number | undefined): Response {
  if (status === 403) return refuse(c, missingScopes(["crm.objects.deals.read"]));
  const [message, details] = FAULTS[status] ?? ["internal error", {}];
  return refuse(c, new HubSpotRefusal(status as ContentfulStatusCode, message, { ...details, retryAfter }));
}

export function unauthorized(): HubSpotRefusal {
  const [message, details] = FAULTS[401] ?? ["Unauthorized", {}];
  return new HubSpotRefusal(401, message, details);
}

/** `since` and `now` are epoch ms of the sandbox's clock. */
export function expired(since: number, now: number): HubSpotRefusal {
  const seconds = Math.max(0, Math.round((now - since) / 1000));
  return new HubSpotRefusal(401, `The OAuth token used to make this call expired ${seconds} second(s) ago.`, {
    category: "EXPIRED_AUTHENTICATION",
    context: { expireTime: [new Date(since).toISOString()] },
  });
}
