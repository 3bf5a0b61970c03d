import { AnswerTooLongError, ServiceError } from "./errors.ts";

export interface HttpRequest {
  method?: string;
  url: string;
  headers?: Record<string, string>;
  body?: string;
  /** Milliseconds for the whole exchange, body included. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

export interface HttpResponse {
  status: number;
  headers: Headers;
  text: string;
}

/** One HTTP exchange with a deadline. Throws a retryable ServiceError when nothing came back, another when too much does; any status is returned. */
export async function exchange(
  service: string,
  request: HttpRequest,
  fetchFn: typeof fetch = fetch,
): Promise<HttpResponse> {
  const deadline = AbortSignal.timeout(request.timeoutMs);
  const signal = request.signal ? AbortSignal.any([request.signal, deadline]) : deadline;
  try {
    const { method = "GET", headers = {}, body } = request;
    const response = await fetchFn(request.url, { method, headers, body, signal, redirect: "error" });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (cause) {
    if (request.signal?.aborted) throw request.signal.reason;
    if (cause instanceof AnswerTooLongError) {
      throw new ServiceError(`${service} answered with more than can be read. Ask for less at once.`, {
        service,
        cause,
      });
    }
    const why = deadline.aborted
      ? `did not answer within ${Number((request.timeoutMs / 1000).toPrecision(2))} s`
      : "cannot be reached";
    throw new ServiceError(`${service} ${why}. Try again in a minute.`, { service, retryable: true, cause });
  }
}

/** Seconds in a Retry-After header (a number or an HTTP date), or undefined. */
export function retryAfterSeconds(headers: Headers, now: number): number | undefined {
  const value = headers.get("retry-after");
  if (value === null) return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}
