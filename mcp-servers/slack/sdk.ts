import type { Logger, WebAPICallResult } from "@slack/web-api";
import { ServiceError } from "../../src/core/errors.ts";
import type { HttpResponse } from "../../src/core/http.ts";
import { createKeepAliveFetch } from "../../src/core/keep-alive-fetch.ts";
import type { SlackConfig } from "./config.ts";
import type { SlackMethod } from "./methods.ts";

export interface SlackRequest {
  method: SlackMethod;
  /** Sent as a form; objects and arrays as JSON in it. */
  args: Record<string, unknown>;
}

/** The only place that knows Slack's SDK. It is loaded by the first request. */
export class SlackSdk {
  readonly #config: Pick<SlackConfig, "botToken" | "apiUrl">;
  readonly #fetch = createKeepAliveFetch();

  constructor(config: Pick<SlackConfig, "botToken" | "apiUrl">) {
    this.#config = config;
  }

  /**
   * Sends it once. Slack answers a refusal with 200: those that concern the token, the rate or Slack itself are given the
   * status that they would have elsewhere, the others are left as they are. Throws a retryable ServiceError when nothing
   * came back.
   */
  async send(
    { method, args }: SlackRequest,
    { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
  ): Promise<HttpResponse> {
    const sdk = await import("@slack/web-api");
    signal.throwIfAborted();
    const deadline = AbortSignal.timeout(timeoutMs);
    const both = AbortSignal.any([signal, deadline]);
    // One for each call, since the SDK has no way to cancel a call but through its `fetch`.
    const client = new sdk.WebClient(this.#config.botToken, {
      slackApiUrl: this.#config.apiUrl,
      fetch: (input, init) => this.#fetch(input, { ...init, signal: both }),
      logger: stderrLogger(sdk.LogLevel.WARN),
      // It would repeat posts, and hold all calls back at one 429.
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      allowAbsoluteUrls: false,
    });
    try {
      return answered(await client.apiCall(method, args));
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof sdk.WebAPIPlatformError) return answered(error.data);
      if (error instanceof sdk.WebAPIRateLimitedError) return limited(error.retryAfter);
      if (error instanceof sdk.WebAPIHTTPError) return failed(error.statusCode, error.headers, error.body);
      // A 429 without a usable Retry-After is a plain Error in this version of the SDK.
      if (error instanceof Error && error.message.startsWith("Retry header")) return limited(undefined);
      const why = deadline.aborted ? `did not answer within ${timeoutMs / 1000} s` : "cannot be reached";
      const message = `Slack ${why}. Try again in a minute.`;
      throw new ServiceError(message, { service: "Slack", retryable: true, cause: error });
    }
  }
}

/** Slack's words for what others say with a status. */
const meanings: readonly [status: number, codes: readonly string[]][] = [
  [401, ["invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "invalid_token"]],
  [403, ["missing_scope", "not_allowed_token_type", "no_permission", "access_denied", "team_access_not_granted"]],
  [429, ["ratelimited", "rate_limited"]],
  [500, ["internal_error", "fatal_error", "service_unavailable", "request_timeout"]],
];

function statusOf(code: string): number {
  // What is no code is a page of something in between, which the SDK gives as the error.
  if (!/^[a-z0-9_]{1,80}$/.test(code)) return 502;
  return meanings.find(([, codes]) => codes.includes(code))?.[0] ?? 200;
}

function answered({ response_metadata: metadata, ...result }: WebAPICallResult & { error?: unknown }): HttpResponse {
  const text = JSON.stringify({ ...result, response_metadata: { next_cursor: metadata?.next_cursor } });
  if (result.ok) return { status: 200, headers: new Headers(), text };
  const status = statusOf(String(result.error));
  return status === 429 ? limited(metadata?.retryAfter) : { status, headers: new Headers(), text };
}

function limited(seconds: number | undefined): HttpResponse {
  return {
    status: 429,
    headers: new Headers(seconds === undefined ? {} : { "retry-after": String(seconds) }),
    text: "",
  };
}

function failed(status: number, headers: Record<string, string>, body: unknown): HttpResponse {
  return { status, headers: new Headers(headers), text: typeof body === "string" ? body : JSON.stringify(body) };
}

const longestLine = 300;

/** The SDK's own would write to stdout, which is the protocol's. Its debug lines hold what was sent and stay out. */
function stderrLogger(level: ReturnType<Logger["getLevel"]>): Logger {
  const write =
    (name: string) =>
    (...parts: unknown[]) => {
      const msg = parts.map((part) => (part instanceof Error ? part.message : String(part))).join(" ");
      process.stderr.write(`${JSON.stringify({ level: name, msg: `Slack: ${msg.slice(0, longestLine)}` })}\n`);
    };
  const nothing = () => undefined;
  return {
    debug: nothing,
    info: nothing,
    warn: write("warn"),
    error: write("error"),
    setLevel: nothing,
    getLevel: () => level,
    setName: nothing,
  };
}
