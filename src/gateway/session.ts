import type { Peer, RequestContext, SessionHandler } from "../mcp/server.ts";
import {
  APPROVAL_META,
  ConnectionError,
  INVALID_PARAMS,
  type JsonObject,
  METHOD_NOT_FOUND,
  type McpToolResult,
  type Progress,
  ProtocolError,
} from "../mcp/types.ts";
import { type Catalogue, READ_MORE } from "./catalogue.ts";
import { failedResult, wasNotSent } from "./failure.ts";
import type { Chains } from "./interceptors/index.ts";
import { OwnConnections } from "./own-connections.ts";
import { PassThrough } from "./pass-through.ts";
import type { Permissions } from "./permissions.ts";
import { readMoreTool } from "./read-more-tool.ts";
import { type Identity, SOPHIA } from "./settings.ts";
import { authorised, ConsentPending, isRepeatable, Refusal, type ToolCall } from "./tool-call.ts";
import type { Upstream } from "./upstream.ts";

export interface SessionParts {
  catalogue: Catalogue;
  permissions: Permissions;
  chains: Chains;
  upstreams: readonly Upstream[];
  /** Resolves once every upstream has been tried, or after the time that a listing waits for that. */
  started: () => Promise<void>;
  onClosed: (session: GatewaySession) => void;
}

/** One client's session with the gateway. */
export class GatewaySession implements SessionHandler {
  readonly identity: Identity;
  readonly #parts: SessionParts;
  readonly #peer: Peer;
  readonly #own: OwnConnections;
  readonly #passThrough: PassThrough;

  constructor(identity: Identity, peer: Peer, parts: SessionParts) {
    this.identity = identity;
    this.#parts = parts;
    this.#peer = peer;
    this.#own = new OwnConnections(peer);
    this.#passThrough = new PassThrough({
      peer,
      own: this.#own,
      saysWhoAsks: identity.client === SOPHIA,
      upstreams: parts.upstreams.filter(({ name, settings }) =>
        parts.permissions.allowsAllOf(identity, settings.prefix ?? name),
      ),
    });
  }

  async handle(method: string, params: JsonObject, context: RequestContext): Promise<JsonObject> {
    if (method === "tools/list") return { tools: await this.#listTools() };
    if (method === "tools/call") return { ...(await this.#callTool(params, context)) };
    const answer = this.#passThrough.handle(method, params, context);
    if (!answer) throw new ProtocolError(METHOD_NOT_FOUND, "Method not found");
    await this.#parts.started();
    return answer();
  }

  /** What an upstream that this session shares with others has to tell. */
  upstreamNotified(upstream: Upstream, method: string, params: JsonObject): void {
    this.#passThrough.upstreamNotified(upstream, method, params);
  }

  toolsChanged(): void {
    this.#peer.notify("notifications/tools/list_changed", {});
  }

  notified(method: string, params: JsonObject): void {
    if (method === "notifications/roots/list_changed") this.#own.notifyAll(method, params);
  }

  closed(): void {
    this.#parts.onClosed(this);
    this.#passThrough.close();
    void this.#own.close();
  }

  async #listTools(): Promise<unknown[]> {
    await this.#parts.started();
    const { catalogue, permissions } = this.#parts;
    const visible = [...catalogue.all()].filter(({ name }) => permissions.allows(this.identity, name));
    const tools = visible.map((tool) => tool.listed);
    const place = tools.findIndex((tool) => tool.name > READ_MORE);
    return tools.toSpliced(place < 0 ? tools.length : place, 0, readMoreTool);
  }

  async #callTool(params: JsonObject, context: RequestContext): Promise<McpToolResult> {
    const { name, arguments: args = {} } = params;
    if (typeof name !== "string" || typeof args !== "object" || args === null) {
      throw new ProtocolError(INVALID_PARAMS, "tools/call takes a name and an object of arguments.");
    }
    const { chains, catalogue } = this.#parts;
    const call: ToolCall = {
      identity: this.identity,
      name,
      arguments: args as JsonObject,
      meta: context.meta,
      signal: context.signal,
      onProgress: progressListener(context),
      ownConnection: (upstream) => this.#own.get(upstream),
    };
    if (name !== READ_MORE && !catalogue.get(name)) await this.#parts.started();
    const run = async () => (name === READ_MORE ? chains.readMore(call) : chains.call(call));
    const upstream = catalogue.get(name)?.upstream;
    try {
      return await (upstream?.settings.sessions === "own" ? this.#own.during(upstream, context, run) : run());
    } catch (error) {
      context.signal.throwIfAborted();
      return answerOf(error, call);
    }
  }
}

function progressListener(context: RequestContext): ((progress: Progress) => void) | undefined {
  const { progressToken } = context.meta;
  if (typeof progressToken !== "string" && typeof progressToken !== "number") return undefined;
  return (progress) => context.notify("notifications/progress", { ...progress, progressToken });
}

/** What a call that failed is answered with: a result that a model can read, save where MCP has an error for it. */
function answerOf(error: unknown, call: ToolCall): McpToolResult {
  if (error instanceof Refusal) {
    if (error.reason === "unknown_tool") throw new ProtocolError(INVALID_PARAMS, error.message);
    const { retryAfterSeconds } = error;
    const kind = refusalKind(error);
    const result = failedResult(error.message, { kind, retryable: retryAfterSeconds !== undefined, retryAfterSeconds });
    if (error instanceof ConsentPending) result._meta = { ...result._meta, [APPROVAL_META]: { id: error.approvalId } };
    return result;
  }
  if (error instanceof ConnectionError) {
    const mayPass = call.tool !== undefined && isRepeatable(authorised(call));
    const text = `${call.tool?.upstream.name ?? "The server"} ${error.message}. ${adviceFor(error, mayPass)}`;
    return failedResult(text, { kind: "service", retryable: mayPass });
  }
  throw error;
}

function refusalKind({ reason }: Refusal): "arguments" | "forbidden" | "private" | "service" {
  if (reason === "private") return reason;
  if (reason === "invalid_arguments" || reason === "unknown_cursor") return "arguments";
  return reason === "rate_limit" || reason === "circuit_open" ? "service" : "forbidden";
}

function adviceFor(error: ConnectionError, mayPass: boolean): string {
  if (mayPass) return "The request is not at fault; the same call may pass in a minute.";
  if (wasNotSent(error)) return "Nothing was changed. The same call may pass in a minute.";
  return "It is not known whether the change was made: look before you call again.";
}
