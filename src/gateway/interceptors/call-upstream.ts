import {
  CALLER_META,
  CREDENTIAL_META,
  ConnectionError,
  type JsonObject,
  LOOK_UP_META,
  type McpConnection,
  type McpToolResult,
  PREVIEW_META,
  WRITE_META,
} from "../../mcp/types.ts";
import { withoutOurs } from "../catalogue.ts";
import { type AuthorisedCall, authorised, type Interceptor, type Purpose } from "../tool-call.ts";

const TIMEOUT_MS = 30_000;
/** Where a server may ask a person back, the call waits for the person. */
const OWN_SESSION_TIMEOUT_MS = 10 * 60_000;

/** The last link: sends the call to its server, whose connection is waited for if it is being made. */
export const callUpstream: Interceptor = async (call) => {
  const { tool, signal, onProgress } = authorised(call);
  const { upstream } = tool;
  const isOwn = upstream.settings.sessions === "own";
  const connection = await (isOwn ? call.ownConnection(upstream) : upstream.acquire(signal));
  const timeoutMs = upstream.settings.timeoutMs ?? (isOwn ? OWN_SESSION_TIMEOUT_MS : TIMEOUT_MS);
  const options = { meta: metaFor(authorised(call)), signal, timeoutMs, onProgress };
  try {
    const result = await connection.callTool(tool.upstreamName, call.arguments, options);
    return upstream.isTrusted ? result : stripped(result);
  } catch (error) {
    if (endsConnection(error)) await reportLost(authorised(call), connection);
    throw error;
  }
};

/** What goes along: our own keys only to servers of ours, and from them only who asks. */
function metaFor({ meta, caller, tool, purpose, credential }: AuthorisedCall): JsonObject {
  const { progressToken: _ours, ...rest } = withoutOurs(meta);
  if (!tool.upstream.isTrusted) return rest;
  const known = {
    ...(caller && { [CALLER_META]: caller.whole }),
    ...(credential && { [CREDENTIAL_META]: credential }),
  };
  return { ...rest, ...known, ...metaOf(purpose) };
}

function metaOf(purpose: Purpose | undefined): JsonObject {
  switch (purpose?.kind) {
    case "preview":
      return { [PREVIEW_META]: true };
    case "look_up":
      return { [LOOK_UP_META]: { id: purpose.id, sentAt: purpose.sentAt } };
    case "write":
      return { [WRITE_META]: { id: purpose.id } };
    default:
      return {};
  }
}

function stripped(result: McpToolResult): McpToolResult {
  return result._meta ? { ...result, _meta: withoutOurs(result._meta) } : result;
}

function endsConnection(error: unknown): boolean {
  return error instanceof ConnectionError && error.kind !== "timed_out" && error.kind !== "http";
}

async function reportLost({ tool }: AuthorisedCall, connection: McpConnection): Promise<void> {
  if (tool.upstream.settings.sessions === "own") await connection.close();
  else tool.upstream.reportLost(connection);
}
