import type { McpToolResult } from "../../mcp/types.ts";
import { canonicalJson } from "../../core/canonical-json.ts";
import { type AuthorisedCall, authorised, type Interceptor, readersOf } from "../tool-call.ts";

interface Kept {
  result: McpToolResult;
  until: number;
}

const MAX_KEPT = 500;

/**
 * Answers of reads that are marked cacheable are given again for a while. The key holds all that an answer may depend on:
 * arguments, client, role, person, who else reads along, and the thread, to which the cursor of a long answer belongs.
 */
export function createCache(monotonicNow: () => number): Interceptor {
  const kept = new Map<string, Kept>();
  return async (call, next) => {
    const { tool } = authorised(call);
    const lifetime = tool.isRead ? tool.upstream.settings.cacheMs?.[tool.upstreamName] : undefined;
    if (!lifetime) return next(call);
    const key = keyOf(authorised(call));
    const found = kept.get(key);
    if (found && found.until > monotonicNow()) return found.result;
    const result = await next(call);
    if (result.isError) return result;
    kept.delete(key);
    kept.set(key, { result, until: monotonicNow() + lifetime });
    const oldest = kept.keys().next().value;
    if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
    return result;
  };
}

function keyOf(call: AuthorisedCall): string {
  return canonicalJson([call.tool.name, call.tool.fingerprint, readersOf(call), call.arguments]);
}
