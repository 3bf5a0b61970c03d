import { randomInt } from "node:crypto";
import { ConnectionError, type McpToolResult } from "../../mcp/types.ts";
import type { Budgets } from "../budgets.ts";
import { failureMeta, wasNotSent } from "../failure.ts";
import { type AuthorisedCall, authorised, type Interceptor, isRepeatable, type Next } from "../tool-call.ts";

const MAX_RETRIES = 2;
const FIRST_DELAY_MS = 100;
/** A service that wants to be left alone for longer is not waited for: the model is told. */
const LONGEST_WAIT_MS = 10_000;

/**
 * The whole of a call has a deadline. Within it a call that failed is sent again: any call that was certainly not carried
 * out, and an idempotent one whose outcome is not known or that the service itself called worth repeating, unless the server
 * has repeated it already: retries of both would multiply.
 */
export function createDeadlineAndRetry(budgets: Budgets, callMs: number): Interceptor {
  return async (call, next) => {
    const outer = authorised(call);
    const deadline = new AbortController();
    const cancel = () => deadline.abort(call.signal.reason);
    call.signal.addEventListener("abort", cancel, { once: true });
    call.signal.throwIfAborted();
    // Made only when it is needed: an error with its stack costs more than the rest of this link.
    const overdue = () => new ConnectionError(`did not answer within ${callMs / 1000} s`, { kind: "timed_out" });
    const timer = setTimeout(() => deadline.abort(overdue()), callMs);
    try {
      return await attempt({ ...outer, signal: deadline.signal }, next, budgets, performance.now() + callMs);
    } finally {
      clearTimeout(timer);
      call.signal.removeEventListener("abort", cancel);
    }
  };
}

async function attempt(call: AuthorisedCall, next: Next, budgets: Budgets, endsAt: number): Promise<McpToolResult> {
  /** Of an earlier try: what it may have done, a later one that was certainly not sent does not undo. */
  let doubtful: unknown;
  for (let retries = 0; ; retries++) {
    const outcome = await outcomeOf(call, next);
    if ("error" in outcome && !wasNotSent(outcome.error)) doubtful = outcome.error;
    const delay = retries < MAX_RETRIES ? retryDelay(call, outcome, retries) : undefined;
    const waitSeconds = "result" in outcome ? failureMeta(outcome.result)?.retryAfterSeconds : undefined;
    if (waitSeconds !== undefined) budgets.pause(call.tool.upstream, Math.min(waitSeconds, 60));
    if (delay === undefined || performance.now() + delay >= endsAt) {
      if ("error" in outcome) throw doubtful ?? outcome.error;
      return outcome.result;
    }
    await sleep(delay, call.signal);
    await budgets.take(call.tool.upstream, call.signal);
  }
}

type Outcome = { result: McpToolResult } | { error: unknown };

async function outcomeOf(call: AuthorisedCall, next: Next): Promise<Outcome> {
  try {
    return { result: await next(call) };
  } catch (error) {
    return { error };
  }
}

/** Milliseconds to wait before sending the call again, or undefined to leave it at this outcome. */
function retryDelay(call: AuthorisedCall, outcome: Outcome, retries: number): number | undefined {
  if (call.signal.aborted) return undefined;
  const backoff = randomInt(FIRST_DELAY_MS / 2, FIRST_DELAY_MS + 1) * 2 ** retries;
  if ("error" in outcome) return isWorthRepeating(outcome.error, call) ? backoff : undefined;
  const failure = failureMeta(outcome.result);
  if (!failure?.retryable || failure.retried || !isRepeatable(call)) return undefined;
  const delay = Math.max(backoff, (failure.retryAfterSeconds ?? 0) * 1000);
  return delay <= LONGEST_WAIT_MS ? delay : undefined;
}

function isWorthRepeating(error: unknown, call: AuthorisedCall): boolean {
  if (!(error instanceof ConnectionError)) return false;
  switch (error.kind) {
    case "unreachable":
    case "session_lost":
      return true;
    case "closed":
    case "http":
      return isRepeatable(call);
    default:
      // `unavailable`: connecting has been tried again already. `timed_out`: a second time would take as long.
      return false;
  }
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stop = () => reject(signal.reason);
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", stop, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}
