import { ConnectionError, FAILURE_META, type McpToolResult, type ToolFailure } from "../mcp/types.ts";
import { Refusal } from "./tool-call.ts";

/** Why a tool failed, as a server of ours says in its result. Results of others have been stripped of it. */
export function failureMeta(result: McpToolResult): ToolFailure | undefined {
  return result.isError ? (result._meta?.[FAILURE_META] as ToolFailure | undefined) : undefined;
}

export function failedResult(text: string, failure: ToolFailure): McpToolResult {
  return { content: [{ type: "text", text }], isError: true, _meta: { [FAILURE_META]: failure } };
}

/** Whether a call that ended with this error was certainly not carried out. */
export function wasNotSent(error: unknown): boolean {
  if (error instanceof Refusal) return true;
  return error instanceof ConnectionError && ["unavailable", "unreachable", "session_lost"].includes(error.kind);
}
