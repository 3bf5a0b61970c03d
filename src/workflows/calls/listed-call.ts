import type { Caller, ToolResult, Tools } from "../../agent/ports.ts";
import { type CallFacts, callListSchema } from "./call-facts.ts";

/**
 * Whether a call that was read is still there for Sophia: whoever leads it may have made it private meanwhile. A list is always asked
 * of Gong anew; a call may be known since a minute.
 */
export async function askForCall(
  { call_id, started_at }: Pick<CallFacts, "call_id" | "started_at">,
  tools: Pick<Tools, "call">,
  caller: Caller,
  signal: AbortSignal,
): Promise<ToolResult & { isListed: boolean }> {
  const start = Date.parse(started_at);
  const args = { from_date: new Date(start).toISOString(), to_date: new Date(start + 1_000).toISOString() };
  const result = await tools.call("gong__get_calls", args, caller, signal);
  if (result.isError) return { ...result, isListed: false };
  const { calls } = callListSchema.parse(JSON.parse(result.text));
  return { ...result, isListed: calls.some(({ id }) => id === call_id) };
}
