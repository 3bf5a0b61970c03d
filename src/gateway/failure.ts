import { FAILURE_META, type McpToolResult, type ToolFailure } from "../mcp/types.ts";

/** Why a tool failed, as a server of ours says in its result. Results of others have been stripped of it. */
export function failureMeta(result: McpToolResult): ToolFailure | undefined {
  return result.isError ? (result._meta?.[FAILURE_META] as ToolFailure | undefined) : undefined;
}

export function failedResult(text: string, failure: ToolFailure): McpToolResult {
  return { content: [{ type: "text", text }], isError: true, _meta: { [FAILURE_META]: failure } };
}
