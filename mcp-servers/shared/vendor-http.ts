import { exchange, type HttpResponse } from "../../src/core/http.ts";
import type { Scope } from "./timer.ts";
import { VendorCalls, type VendorCallsOptions } from "./vendor-calls.ts";

export interface VendorRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With its query; begins with a slash. */
  path: string;
  body?: unknown;
  /** Whether repeating it does no harm: only then is it sent again after a failure. */
  idempotent: boolean;
}

export interface VendorHttpOptions extends VendorCallsOptions {
  /** Origin, without a trailing slash. */
  baseUrl: string;
  headers: Record<string, string>;
  fetch: typeof fetch;
}

/** A vendor that has no SDK: `VendorCalls` over plain HTTP with JSON. */
export class VendorHttp {
  readonly #options: VendorHttpOptions;
  readonly #calls: VendorCalls;

  constructor(options: VendorHttpOptions) {
    this.#options = options;
    this.#calls = new VendorCalls(options);
  }

  /** As `VendorCalls.send`. */
  send({ method, path, body, idempotent }: VendorRequest, scope: Scope): Promise<HttpResponse> {
    const { advice, baseUrl, headers, fetch } = this.#options;
    const sent = body === undefined ? { headers } : { headers: withJson(headers), body: JSON.stringify(body) };
    const request = { method, url: baseUrl + path, ...sent };
    const attempt = (limits: { timeoutMs: number; signal: AbortSignal }) =>
      exchange(advice.service, { ...request, ...limits }, fetch);
    return this.#calls.send({ idempotent, attempt }, scope);
  }
}

function withJson(headers: Record<string, string>): Record<string, string> {
  return { ...headers, "content-type": "application/json" };
}
