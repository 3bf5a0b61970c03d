/** The one place that knows the MCP SDK's client. */
// oxlint-disable unicorn/prefer-add-event-listener -- the SDK has no other way than these properties

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport, StreamableHTTPError } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { McpError } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import {
  type CallOptions,
  ConnectionError,
  type InProcessLink,
  INTERNAL_ERROR,
  type JsonObject,
  type McpConnection,
  type McpTool,
  type McpToolResult,
  type Progress,
  ProtocolError,
} from "./types.ts";

export type McpTarget =
  /** The child gets `env` and the SDK's short list (HOME, PATH and their like), nothing else of ours. */
  | { type: "process"; command: string; args?: readonly string[]; env?: Readonly<Record<string, string>>; cwd?: string }
  | { type: "http"; url: string; token?: string | undefined; fetch?: typeof fetch | undefined }
  | { type: "in-process"; link: InProcessLink };

export interface ConnectOptions {
  /** Who we say we are. */
  name: string;
  version: string;
  /** Milliseconds until the server must have answered `initialize`; 10 s unless told. */
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
  /** What we offer the server: `{ sampling: {}, elicitation: {} }`. Nothing unless told. */
  capabilities?: JsonObject;
  /** Answers the server's own requests (sampling, elicitation, roots). */
  onRequest?: (method: string, params: JsonObject, signal: AbortSignal) => Promise<JsonObject>;
  /** Every notification, progress of our own calls aside. */
  onNotification?: (method: string, params: JsonObject) => void;
  /** What a stdio server writes to stderr. */
  onStderr?: (text: string) => void;
  /** What goes wrong beside a request: a line that is no JSON, a stream that broke. */
  onError?: (error: Error) => void;
}

/** Results are checked by their readers; the SDK's own schemas cost more than the call and strip what they do not know. */
const anything = z.unknown();

/** Longest delay that a timer takes. The SDK's timer is set to it: ours counts from the last progress as well. */
const NEVER_MS = 2 ** 31 - 1;
const LIST_TIMEOUT_MS = 10_000;
const MAX_PAGES = 100;

/** Connects and initializes. Rejects with ConnectionError or ProtocolError when that does not succeed in time. */
export async function connectMcp(target: McpTarget, options: ConnectOptions): Promise<McpConnection> {
  const transport = createTransport(target, options);
  const connection = new Connection(transport, options);
  await connection.open(options.timeoutMs ?? 10_000, options.signal);
  return connection;
}

function createTransport(target: McpTarget, options: ConnectOptions): Transport {
  switch (target.type) {
    case "process":
      return spawnServer(target, options);
    case "in-process":
      return target.link.connect();
    default:
      return new StreamableHTTPClientTransport(new URL(target.url), {
        ...(target.fetch ? { fetch: target.fetch } : {}),
        requestInit: target.token ? { headers: { authorization: `Bearer ${target.token}` } } : {},
      });
  }
}

function spawnServer(target: Extract<McpTarget, { type: "process" }>, options: ConnectOptions): Transport {
  const { command, args = [], env = {}, cwd } = target;
  const transport = new StdioClientTransport({
    command,
    args: [...args],
    env: { ...env },
    ...(cwd ? { cwd } : {}),
    stderr: "pipe",
  });
  // Read even if nobody listens: a full pipe would stop the child.
  transport.stderr?.on("data", (chunk: Buffer) => options.onStderr?.(chunk.toString("utf8")));
  return transport;
}

class Connection implements McpConnection {
  readonly #client: Client;
  readonly #transport: Transport;
  readonly #options: ConnectOptions;
  readonly #progress = new Map<string, (progress: Progress) => void>();
  readonly #toolsChanged = new Set<() => void>();
  readonly #closed = new Set<() => void>();
  #lastToken = 0;
  #isClosed = false;

  constructor(transport: Transport, options: ConnectOptions) {
    this.#transport = transport;
    this.#options = options;
    const info = { name: options.name, version: options.version };
    this.#client = new Client(info, { capabilities: options.capabilities ?? {}, jsonSchemaValidator: noValidator });
    // The SDK forgets a call's progress listener as soon as it reads the answer, before it has handed over progress
    // that came in the same chunk. Ours are kept until the caller has the answer.
    this.#client.removeNotificationHandler("notifications/progress");
    this.#client.fallbackNotificationHandler = async ({ method, params }) => this.#notified(method, params ?? {});
    const { onRequest, onError } = options;
    if (onRequest) {
      this.#client.fallbackRequestHandler = async ({ method, params }, { signal }) =>
        await onRequest(method, params ?? {}, signal);
    }
    this.#client.onerror = (error) => onError?.(error);
    this.#client.onclose = () => {
      this.#isClosed = true;
      for (const listener of this.#closed) listener();
    };
  }

  async open(timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    const deadline = AbortSignal.timeout(timeoutMs);
    const either = signal ? AbortSignal.any([signal, deadline]) : deadline;
    let pid: number | undefined;
    try {
      const connecting = this.#client.connect(this.#transport, { signal: either, timeout: NEVER_MS });
      // Spawned by now. The SDK forgets the child as soon as connecting fails.
      pid = this.pid;
      // Raced, because a transport may hang before the SDK's own timeout begins to count.
      await race(connecting, either);
    } catch (error) {
      this.#kill(pid);
      await this.close();
      if (signal?.aborted) throw signal.reason;
      if (deadline.aborted) throw timedOut(timeoutMs, error);
      throw this.#asOurs(error);
    }
  }

  get capabilities(): JsonObject {
    return this.#client.getServerCapabilities() ?? {};
  }

  get instructions(): string | undefined {
    return this.#client.getInstructions();
  }

  get pid(): number | undefined {
    return this.#transport instanceof StdioClientTransport ? (this.#transport.pid ?? undefined) : undefined;
  }

  async listTools(): Promise<McpTool[]> {
    const items = await this.listAll("tools/list", "tools");
    return items.filter(isTool);
  }

  async listAll(method: string, key: string, timeoutMs = LIST_TIMEOUT_MS): Promise<JsonObject[]> {
    const items: JsonObject[] = [];
    let cursor: unknown;
    for (let page = 0; page < MAX_PAGES; page++) {
      const result = await this.request(method, cursor === undefined ? {} : { cursor }, { timeoutMs });
      const found = result[key];
      if (Array.isArray(found)) items.push(...found.filter(isObject));
      cursor = result.nextCursor;
      if (typeof cursor !== "string" || cursor === "") return items;
    }
    throw new ProtocolError(INTERNAL_ERROR, `${method} has more than ${MAX_PAGES} pages`);
  }

  async callTool(name: string, args: JsonObject, options: CallOptions): Promise<McpToolResult> {
    const result = await this.request("tools/call", { name, arguments: args }, options);
    return { ...result, content: Array.isArray(result.content) ? result.content.filter(isObject) : [] };
  }

  async request(method: string, params: JsonObject, options: CallOptions): Promise<JsonObject> {
    const { meta, signal, timeoutMs, onProgress } = options;
    signal?.throwIfAborted();
    // A controller of the call's own: the SDK never takes its listener off a signal, and would cancel finished
    // requests at the server when a signal that lives longer is aborted.
    const controller = new AbortController();
    const cancel = () => controller.abort("cancelled by the caller");
    signal?.addEventListener("abort", cancel, { once: true });
    const timer = setTimeout(() => controller.abort("timed out"), timeoutMs);
    const token = onProgress && this.#listen(onProgress, timer);
    const sent = meta || token ? { ...params, _meta: { ...meta, ...(token ? { progressToken: token } : {}) } } : params;
    try {
      const request = { method, params: sent };
      const result = await this.#client.request(request, anything, { signal: controller.signal, timeout: NEVER_MS });
      return isObject(result) ? result : {};
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (controller.signal.aborted) throw timedOut(timeoutMs, error);
      throw this.#asOurs(error);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", cancel);
      if (token) this.#progress.delete(token);
    }
  }

  async notify(method: string, params: JsonObject): Promise<void> {
    await this.#client.notification({ method, params });
  }

  onToolsChanged(listener: () => void): void {
    this.#toolsChanged.add(listener);
  }

  onClosed(listener: () => void): void {
    this.#closed.add(listener);
  }

  async close(): Promise<void> {
    if (this.#transport instanceof StreamableHTTPClientTransport) await this.#endSession(this.#transport);
    await this.#client.close();
  }

  #asOurs(error: unknown): ProtocolError | ConnectionError {
    if (error instanceof ProtocolError || error instanceof ConnectionError) return error;
    // A server may use the code that the SDK gives to a closed connection: only the connection knows whether it is.
    if (error instanceof McpError && !this.#isClosed) {
      return new ProtocolError(error.code, error.message.replace(/^(MCP error -?\d+: )+/, ""), error.data);
    }
    return connectionError(error);
  }

  /** Ends a child that never got as far as to have anything to lose; the SDK would give it four seconds. */
  #kill(pid: number | undefined): void {
    if (pid === undefined || this.#isClosed) return;
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      this.#options.onError?.(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Tells an HTTP server that its session is over; a server that does not listen must not hold us up. */
  async #endSession(transport: StreamableHTTPClientTransport): Promise<void> {
    try {
      await race(transport.terminateSession(), AbortSignal.timeout(1_000));
    } catch (error) {
      this.#options.onError?.(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #listen(onProgress: (progress: Progress) => void, timer: NodeJS.Timeout): string {
    const token = String(++this.#lastToken);
    this.#progress.set(token, (progress) => {
      timer.refresh();
      onProgress(progress);
    });
    return token;
  }

  #notified(method: string, params: JsonObject): void {
    if (method === "notifications/progress") {
      const { progressToken, _meta, ...progress } = params;
      this.#progress.get(String(progressToken))?.(progress as unknown as Progress);
      return;
    }
    if (method === "notifications/tools/list_changed") for (const listener of this.#toolsChanged) listener();
    this.#options.onNotification?.(method, params);
  }
}

/** The SDK compiles output schemas with it when its own listTools is used, which we do not. */
const noValidator = {
  getValidator: () => {
    throw new TypeError("output schemas are checked by servers, not here");
  },
};

async function race<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

const timedOut = (ms: number, cause: unknown) =>
  new ConnectionError(`did not answer within ${ms / 1000} s`, { kind: "timed_out", cause });

/** Errors of the network that say that nothing was sent. */
const undelivered = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOENT",
  "EACCES",
]);

function connectionError(cause: unknown): ConnectionError {
  if (cause instanceof StreamableHTTPError) {
    // Of an HTTP answer the status is enough: its body is another's and may hold anything.
    const status = cause.code && cause.code > 0 ? `HTTP ${cause.code}` : "something that is not MCP";
    return new ConnectionError(`answered ${status}`, { kind: cause.code === 404 ? "session_lost" : "http", cause });
  }
  const code = systemCode(cause);
  if (code && undelivered.has(code)) {
    return new ConnectionError(`cannot be reached (${code})`, { kind: "unreachable", cause });
  }
  return new ConnectionError("broke off the connection", { kind: "closed", cause });
}

function systemCode(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ("code" in at && typeof at.code === "string") return at.code;
  }
  return undefined;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isTool = (item: JsonObject): item is JsonObject & McpTool =>
  typeof item.name === "string" && isObject(item.inputSchema);
