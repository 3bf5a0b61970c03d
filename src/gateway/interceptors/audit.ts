import type { Clock } from "../../core/clock.ts";
import { ConnectionError, type McpToolResult, ProtocolError } from "../../mcp/types.ts";
import type { AuditEvent, AuditSink } from "../../observability/audit.ts";
import type { GatewayMetrics } from "../../observability/metrics.ts";
import { type Account, type Interceptor, Refusal, type ToolCall } from "../tool-call.ts";

type Ending = Pick<Extract<AuditEvent, { kind: "call" }>, "outcome" | "reason" | "result">;

/** One event and one metric for each call, however it ends: around all other links, so that it sees what they refuse. */
export function createAudit(sink: AuditSink, metrics: GatewayMetrics | undefined, clock: Clock): Interceptor {
  const record = (call: ToolCall, startedAt: number, began: number, ending: Ending): void => {
    const durationMs = performance.now() - began;
    sink.append({
      kind: "call",
      at: new Date(startedAt),
      client: call.identity.client,
      agent: call.agent ?? call.identity.agent,
      userId: call.caller?.userId,
      approverId: call.account?.approvedBy,
      turnId: call.caller?.turnId,
      tool: call.name,
      arguments: call.account?.sent ?? call.arguments,
      ...ending,
      durationMs,
    });
    // A name that no server has came from outside and may be anything.
    const server = call.tool?.upstream.name ?? "unknown";
    const tool = call.tool?.upstreamName ?? "unknown";
    metrics?.toolCall({ server, tool, outcome: counted(ending.outcome), seconds: durationMs / 1000 });
  };

  return async (call, next) => {
    const startedAt = clock.now();
    const began = performance.now();
    const account: Account = {};
    call.account = account;
    try {
      const result = await next(call);
      record(call, startedAt, began, { outcome: outcomeOf(call, result), result: told(call, result) });
      return result;
    } catch (error) {
      record(call, startedAt, began, account.ending ? { outcome: account.ending } : endingOf(error, call.signal));
      throw error;
    }
  };
}

function outcomeOf({ purpose, account }: ToolCall, { isError }: McpToolResult): Ending["outcome"] {
  if (account?.ending) return account.ending;
  if (isError) return "tool_error";
  if (purpose?.kind === "preview") return "previewed";
  return purpose?.kind === "look_up" ? "looked_up" : "ok";
}

/** Metrics tell whether a call was answered, not what it was about. */
function counted(outcome: Ending["outcome"]): "ok" | "tool_error" | "refused" | "failed" {
  if (outcome === "unknown") return "failed";
  return outcome === "previewed" || outcome === "looked_up" || outcome === "repeated" ? "ok" : outcome;
}

/** What was read is the company's data, of which the audit needs the size alone; what was written, or why not, it tells. */
function told({ tool }: ToolCall, { isError, content }: McpToolResult): string {
  const texts = content.flatMap(({ text }) => (typeof text === "string" ? text : []));
  if (tool?.isRead !== false && !isError) {
    return `${texts.reduce((sum, text) => sum + text.length, 0)} characters`;
  }
  return texts[0] ?? "";
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
