import type { Clock } from "../../core/clock.ts";
import { ConnectionError, ProtocolError } from "../../mcp/types.ts";
import type { AuditRow, AuditSink } from "../../observability/audit.ts";
import type { GatewayMetrics } from "../../observability/metrics.ts";
import { redactArguments } from "../redact.ts";
import { type Interceptor, Refusal, type ToolCall } from "../tool-call.ts";

type Ending = Pick<AuditRow, "outcome" | "reason">;

/** One row and one metric for each call, however it ends: around all other links, so that it sees what they refuse. */
export function createAudit(sink: AuditSink, metrics: GatewayMetrics | undefined, clock: Clock): Interceptor {
  const record = (call: ToolCall, startedAt: number, began: number, ending: Ending): void => {
    const durationMs = performance.now() - began;
    sink.append({
      at: new Date(startedAt),
      client: call.identity.client,
      agent: call.agent ?? call.identity.agent,
      userId: call.caller?.userId,
      turnId: call.caller?.turnId,
      tool: call.name.slice(0, 128),
      arguments: redactArguments(call.arguments),
      ...ending,
      durationMs,
    });
    // A name that no server has came from outside and may be anything.
    const server = call.tool?.upstream.name ?? "unknown";
    const tool = call.tool?.upstreamName ?? "unknown";
    metrics?.toolCall({ server, tool, outcome: ending.outcome, seconds: durationMs / 1000 });
  };

  return async (call, next) => {
    const startedAt = clock.now();
    const began = performance.now();
    try {
      const result = await next(call);
      record(call, startedAt, began, { outcome: result.isError ? "tool_error" : "ok" });
      return result;
    } catch (error) {
      record(call, startedAt, began, endingOf(error, call.signal));
      throw error;
    }
  };
}

function endingOf(error: unknown, signal: AbortSignal): Ending {
  if (error instanceof Refusal) return { outcome: "refused", reason: error.reason };
  if (signal.aborted) return { outcome: "failed", reason: "cancelled" };
  if (error instanceof ConnectionError) {
    return { outcome: "failed", reason: error.kind === "timed_out" ? "deadline" : error.kind };
  }
  if (error instanceof ProtocolError) return { outcome: "failed", reason: `protocol_error ${error.code}` };
  return { outcome: "failed", reason: "internal" };
}
