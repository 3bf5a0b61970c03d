import type { ApiClient } from "asana";
import { ServiceError } from "../../src/core/errors.ts";
import type { HttpResponse } from "../../src/core/http.ts";
import type { AsanaConfig } from "./config.ts";

export interface AsanaRequest {
  method: "GET" | "POST" | "PUT";
  /** Below `/api/1.0`, with `{placeholders}` that `ids` fill. */
  path: string;
  ids?: Record<string, string>;
  query?: Record<string, string | number | boolean | undefined>;
  /** Sent as `{data}`. */
  data?: Record<string, unknown>;
}

/** What the SDK works with inside and hands to `applyAuthToRequest`: a request of superagent's. */
interface RunningRequest {
  abort(): void;
  redirects(most: number): RunningRequest;
}

/** A refusal as the SDK rejects with it; without `response` nothing that could be read came back. */
interface Rejection {
  response?: Answer | undefined;
  /** Set where the body was not the JSON that its header promised. */
  statusCode?: number;
  rawResponse?: string;
  /** Milliseconds, where the time ran out. */
  timeout?: number;
}

interface Answer {
  status: number;
  headers: Record<string, string>;
  text?: string;
}

/** The only place that knows Asana's SDK. It is loaded by the first request. */
export class AsanaSdk {
  readonly #config: Pick<AsanaConfig, "accessToken" | "baseUrl">;

  constructor(config: Pick<AsanaConfig, "accessToken" | "baseUrl">) {
    this.#config = config;
  }

  /** Sends it once; any status is returned. Throws a retryable ServiceError when nothing came back. */
  async send(
    request: AsanaRequest,
    { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
  ): Promise<HttpResponse> {
    const { ApiClient } = await import("asana");
    signal.throwIfAborted();
    const client = new ApiClient();
    client.basePath = this.#config.baseUrl;
    client.authentications = { token: { type: "personalAccessToken", accessToken: this.#config.accessToken } };
    client.timeout = timeoutMs;
    try {
      return toResponse(await untilAborted(client, request, signal));
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      return responseOf(error as Rejection, error);
    }
  }
}

/** The SDK has no way to cancel a call, and the promise of one that is aborted never settles. */
async function untilAborted(client: ApiClient, request: AsanaRequest, signal: AbortSignal): Promise<Answer> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  let running: RunningRequest | undefined;
  const authorise = client.applyAuthToRequest.bind(client);
  client.applyAuthToRequest = (own: RunningRequest, names) => {
    // A redirect would take the token elsewhere.
    running = own.redirects(0);
    authorise(own, names);
  };
  const onAbort = () => {
    running?.abort();
    reject(signal.reason);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const { response } = await Promise.race([call(client, request), aborted]);
    return response as Answer;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** What the SDK's typed methods do, which would drop a query's parameters that they do not know. */
function call(client: ApiClient, { method, path, ids = {}, query = {}, data }: AsanaRequest) {
  const json = ["application/json; charset=UTF-8"];
  const body = data === undefined ? null : { data };
  return client.callApi(path, method, ids, query, {}, {}, body, ["personalAccessToken"], json, json, "Blob");
}

function responseOf({ response, statusCode, rawResponse, timeout }: Rejection, cause: unknown): HttpResponse {
  if (response) return toResponse(response);
  if (statusCode !== undefined) return { status: statusCode, headers: new Headers(), text: rawResponse ?? "" };
  const why = timeout === undefined ? "cannot be reached" : `did not answer within ${timeout / 1000} s`;
  throw new ServiceError(`Asana ${why}. Try again in a minute.`, { service: "Asana", retryable: true, cause });
}

function toResponse({ status, headers, text }: Answer): HttpResponse {
  return { status, headers: new Headers(headers), text: text ?? "" };
}
