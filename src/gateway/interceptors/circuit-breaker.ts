import { type Clock, isoNow } from "../../core/clock.ts";
import { ConnectionError, type McpToolResult } from "../../mcp/types.ts";
import { failureMeta } from "../failure.ts";
import { authorised, type Interceptor, Refusal } from "../tool-call.ts";

export interface Circuit {
  /** In a row. */
  failures: number;
  /** ISO 8601: when the first of them was. */
  since: string;
  /** When the last one was counted, and how many were so far; by the monotonic clock, in milliseconds. */
  countedAt: number;
  counted: number;
  /** By the monotonic clock, in milliseconds. */
  openUntil: number;
  /** One call is let through to see whether the service is back. */
  isProbing: boolean;
}

const FAILURES_TO_OPEN = 5;
/** Calls that run side by side and fail within so long have failed by the same thing: a server may ask for all of them at once. */
const AT_ONCE_MS = 250;
const OPEN_MS = 10_000;
const LONGEST_OPEN_MS = 60_000;

/** A service that fails again and again is left alone for a while: calls are refused at once instead of each waiting long. */
export function createCircuitBreaker(
  monotonicNow: () => number,
  clock: Clock,
  circuits: Map<string, Circuit> = new Map(),
): Interceptor {
  return async (call, next) => {
    const { tool, signal } = authorised(call);
    const circuit = circuits.get(tool.upstream.name) ?? newCircuit();
    circuits.set(tool.upstream.name, circuit);
    const isProbe = admit(circuit, tool.upstream.name, monotonicNow());
    const countedBefore = circuit.counted;
    try {
      const result = await next(call);
      settle(circuit, isServiceFailure(result), countedBefore, monotonicNow(), clock);
      return result;
    } catch (error) {
      // A refusal on the way says nothing of the service, and neither does a person who stopped waiting.
      if (!signal.aborted && !(error instanceof Refusal))
        settle(circuit, error instanceof ConnectionError, countedBefore, monotonicNow(), clock);
      throw error;
    } finally {
      if (isProbe) circuit.isProbing = false;
    }
  };
}

/** Whether the call is a probe; throws if it may not pass. */
function admit(circuit: Circuit, name: string, now: number): boolean {
  if (circuit.failures < FAILURES_TO_OPEN) return false;
  if (now < circuit.openUntil || circuit.isProbing) {
    const seconds = Math.max(1, Math.ceil((circuit.openUntil - now) / 1000));
    const message = `${name} has failed ${circuit.failures} times in a row and is left alone for now. Call again after ${seconds} s.`;
    throw new Refusal("circuit_open", message, seconds);
  }
  circuit.isProbing = true;
  return true;
}

function newCircuit(): Circuit {
  return { failures: 0, since: "", countedAt: 0, counted: 0, openUntil: 0, isProbing: false };
}

/** `countedBefore`: failures when the call began. */
function settle(circuit: Circuit, hasFailed: boolean, countedBefore: number, now: number, clock: Clock): void {
  if (!hasFailed) {
    circuit.failures = 0;
    return;
  }
  if (circuit.counted > countedBefore && now - circuit.countedAt < AT_ONCE_MS) return;
  if (circuit.failures === 0) circuit.since = isoNow(clock);
  circuit.failures++;
  circuit.counted++;
  circuit.countedAt = now;
  const times = circuit.failures - FAILURES_TO_OPEN;
  if (times >= 0) circuit.openUntil = now + Math.min(LONGEST_OPEN_MS, OPEN_MS * 2 ** times);
}

/** The service failed, as a server of ours says; being asked to come back later is no failure. */
function isServiceFailure(result: McpToolResult): boolean {
  const failure = failureMeta(result);
  return failure?.kind === "service" && failure.retryable && failure.retryAfterSeconds === undefined;
}
