import { webApi } from "@slack/bolt";
import { ServiceError } from "../core/errors.ts";
import { noSecrets, type Secrets } from "../core/secrets.ts";
import type { Logger } from "../observability/log.ts";
import { createKeepAliveFetch } from "../core/keep-alive-fetch.ts";
import { sdkLogger } from "./sdk-logger.ts";
import type { SlackMethod } from "./surface.ts";

/** What came of one call: whether Slack did it is known in all cases but `unknown`. */
export type SlackOutcome =
  | { kind: "ok"; data: Record<string, unknown> }
  /** Slack said no, and did nothing. `code` is Slack's error, or `http_404` and the like. */
  | { kind: "refused"; code: string }
  | { kind: "limited"; retryAfterSeconds: number }
  /** 5xx, time-out or a cut connection: it may have been done. */
  | { kind: "unknown"; cause: unknown };

export interface SlackClient {
  /** One call, never retried, never throws. */
  try(method: SlackMethod, args: Record<string, unknown>): Promise<SlackOutcome>;
  /** One call; throws ServiceError unless Slack did it. */
  call(method: SlackMethod, args: Record<string, unknown>): Promise<Record<string, unknown>>;
}

export interface SlackClientOptions {
  token: string;
  apiUrl?: string | undefined;
  logger: Logger;
  /** Milliseconds for one call. */
  timeoutMs: number;
  /** Those of the process: nothing that Slack is sent holds one. */
  secrets?: Secrets;
}

/** Slack's own words for "something broke on our side": parts of the call may have been done. */
const brokenInside = new Set(["internal_error", "fatal_error", "service_unavailable", "request_timeout"]);
const limited = new Set(["ratelimited", "rate_limited", "message_limit_exceeded"]);

/**
 * The official client with its retries and its pause of the whole queue at a 429 switched off: a repeated call may post
 * twice, and only the caller knows how to find out. Make one for replies and one for interactive calls.
 */
export function createSlackClient(options: SlackClientOptions): SlackClient {
  const web = new webApi.WebClient(options.token, {
    ...(options.apiUrl === undefined ? {} : { slackApiUrl: options.apiUrl }),
    fetch: createKeepAliveFetch({ timeoutMs: options.timeoutMs }),
    logger: sdkLogger(options.logger),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    maxRequestConcurrency: 500,
    allowAbsoluteUrls: false,
  });
  const { secrets = noSecrets } = options;
  const attempt = async (method: SlackMethod, args: Record<string, unknown>): Promise<SlackOutcome> => {
    try {
      return { kind: "ok", data: { ...(await web.apiCall(method, secrets.removeIn(args))) } };
    } catch (error) {
      return classify(error);
    }
  };
  return {
    try: attempt,
    call: async (method, args) => {
      const outcome = await attempt(method, args);
      if (outcome.kind === "ok") return outcome.data;
      throw slackError(method, outcome);
    },
  };
}

function classify(error: unknown): SlackOutcome {
  if (error instanceof webApi.WebAPIPlatformError) return classifyCode(error.data.error, error);
  if (error instanceof webApi.WebAPIRateLimitedError) return { kind: "limited", retryAfterSeconds: error.retryAfter };
  if (error instanceof webApi.WebAPIHTTPError) {
    if (error.statusCode >= 500) return { kind: "unknown", cause: error };
    return { kind: "refused", code: `http_${error.statusCode}` };
  }
  if (error instanceof webApi.WebAPIRequestError) return { kind: "unknown", cause: error };
  // A 429 without a usable Retry-After is a plain Error in this version of the client.
  if (error instanceof Error && error.message.startsWith("Retry header"))
    return { kind: "limited", retryAfterSeconds: 1 };
  return { kind: "unknown", cause: error };
}

function classifyCode(code: string, error: webApi.WebAPIPlatformError): SlackOutcome {
  if (limited.has(code)) return { kind: "limited", retryAfterSeconds: error.data.response_metadata?.retryAfter ?? 1 };
  // A proxy's page instead of JSON arrives as a "code" as well.
  if (brokenInside.has(code) || !/^[a-z0-9_]{1,80}$/i.test(code)) return { kind: "unknown", cause: error };
  return { kind: "refused", code };
}

/** What a person may read of a call that did not pass. */
export function slackError(method: SlackMethod, outcome: Exclude<SlackOutcome, { kind: "ok" }>): ServiceError {
  const service = "Slack";
  if (outcome.kind === "refused") return new ServiceError(`Slack refused ${method}: ${outcome.code}.`, { service });
  if (outcome.kind === "unknown") {
    const { cause } = outcome;
    return new ServiceError(`Slack did not answer ${method}. Try again in a minute.`, {
      service,
      retryable: true,
      cause,
    });
  }
  const { retryAfterSeconds } = outcome;
  const message = `Slack asks for a pause of ${retryAfterSeconds} s before ${method}.`;
  return new ServiceError(message, { service, status: 429, retryAfterSeconds, retryable: true });
}
