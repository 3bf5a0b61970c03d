/** MCP as the rest of the house sees it; only this folder's client.ts and server.ts know the SDK. */

import { SophiaError } from "../core/errors.ts";

export type JsonObject = Record<string, unknown>;

export interface ToolAnnotations {
  title?: string | undefined;
  readOnlyHint?: boolean | undefined;
  destructiveHint?: boolean | undefined;
  idempotentHint?: boolean | undefined;
  openWorldHint?: boolean | undefined;
}

export interface McpTool {
  name: string;
  title?: string | undefined;
  description?: string | undefined;
  inputSchema: Record<string, unknown>;
  outputSchema?: Record<string, unknown> | undefined;
  annotations?: ToolAnnotations | undefined;
  _meta?: Record<string, unknown> | undefined;
}

export interface McpToolResult {
  content: Record<string, unknown>[];
  structuredContent?: Record<string, unknown> | undefined;
  isError?: boolean | undefined;
  _meta?: Record<string, unknown> | undefined;
}

export interface Progress {
  progress: number;
  total?: number;
  message?: string;
}

export interface CallOptions {
  meta?: Record<string, unknown> | undefined;
  signal?: AbortSignal | undefined;
  /** Milliseconds without any answer or progress after which the call is cancelled. */
  timeoutMs: number;
  onProgress?: ((progress: Progress) => void) | undefined;
}

export interface McpClient {
  /** All pages. */
  listTools(): Promise<McpTool[]>;
  callTool(name: string, args: Record<string, unknown>, options: CallOptions): Promise<McpToolResult>;
  onToolsChanged(listener: () => void): void;
  onClosed(listener: () => void): void;
  close(): Promise<void>;
}

/** The whole protocol towards one server, for whoever passes it on: the gateway. */
export interface McpConnection extends McpClient {
  readonly capabilities: JsonObject;
  readonly instructions: string | undefined;
  /**
   * Any request. Rejects with ProtocolError (the server answered with an error), ConnectionError (it did not answer), or
   * the signal's reason; an aborted or timed out request is cancelled at the server.
   */
  request(method: string, params: JsonObject, options: CallOptions): Promise<JsonObject>;
  notify(method: string, params: JsonObject): Promise<void>;
  /** All pages of a list; `key` is the field that holds the items. */
  listAll(method: string, key: string, timeoutMs?: number): Promise<JsonObject[]>;
  /** Process id of a stdio server. */
  readonly pid: number | undefined;
}

/** What goes over a connection; deliberately loose, the SDK checks it. */
export type JsonRpcMessage = JsonObject & { jsonrpc: "2.0"; id?: string | number; method?: string };

export interface SendOptions {
  /** The request that this message belongs to, so that it travels on the same stream. */
  relatedRequestId?: string | number | undefined;
}

/** One end of a connection: the SDK's Transport in structure. */
export interface McpTransport {
  sessionId?: string | undefined;
  onmessage?: ((message: JsonRpcMessage) => void) | undefined;
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  start(): Promise<void>;
  send(message: JsonRpcMessage, options?: SendOptions): Promise<void>;
  close(): Promise<void>;
}

/** A server in the same process. Each `connect` opens a session of its own and gives the client's end of it. */
export interface InProcessLink {
  connect(): McpTransport;
}

/** A request that was answered with an error. The message may come from another server: show it, do not trust it. */
export class ProtocolError extends SophiaError {
  override name = "ProtocolError";
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

export const PARSE_ERROR = -32700;
export const INVALID_REQUEST = -32600;
export const METHOD_NOT_FOUND = -32601;
export const INVALID_PARAMS = -32602;
export const INTERNAL_ERROR = -32603;
export const RESOURCE_NOT_FOUND = -32002;

export interface ConnectionErrorOptions {
  /**
   * `unavailable`: there was no connection and none could be made. `unreachable`: the request was certainly not delivered.
   * `session_lost`: the server refused it because it forgot our session; it was not carried out. `closed`, `timed_out`,
   * `http`: whether it was carried out is not known.
   */
  kind: "unavailable" | "unreachable" | "session_lost" | "closed" | "timed_out" | "http";
  cause?: unknown;
}

/** No answer came of a server. The message follows the server's name: "gong" + "did not answer within 10 s". */
export class ConnectionError extends SophiaError {
  override name = "ConnectionError";
  readonly kind: ConnectionErrorOptions["kind"];

  constructor(message: string, options: ConnectionErrorOptions) {
    super(message, { cause: options.cause });
    this.kind = options.kind;
  }
}

/** `_meta` keys of ours (reverse DNS, as MCP asks). */
export const CALLER_META = "dev.sophia/caller";
export const PROGRESS_META = "dev.sophia/progress";
/**
 * On a call of a write of ours, `true`: change nothing, answer with what would change (`ChangePreview`, as structured
 * content). A server that can do so says it in its experimental capabilities, under the same key.
 */
export const PREVIEW_META = "dev.sophia/preview";
/** On the real call of a write of ours: `{id}`, the ledger's. A server leaves it at the vendor where it can, to find the write again. */
export const WRITE_META = "dev.sophia/write";
/**
 * On a call of a write of ours, `{id, sentAt}`: change nothing, answer whether that write, sent at this instant (ISO 8601) with
 * these arguments, was carried out (`LookUp`, as structured content). A server that can do so says it in its experimental
 * capabilities, under the same key.
 */
export const LOOK_UP_META = "dev.sophia/look-up";
/**
 * On a call from the gateway to a server of ours: `{accessToken}`, by which whoever asks has let Sophia act as them at the
 * service. It takes the place of the server's own for this call.
 */
export const CREDENTIAL_META = "dev.sophia/credential";
/** On a refused result of the gateway: `{id}` of the approval that a person has been asked for. */
export const APPROVAL_META = "dev.sophia/approval";
/** On a result of the gateway: what is to be read before it, as text. */
export const NOTE_META = "dev.sophia/note";
/** On a result of a server of ours: addresses of pages that its service itself gave for records, which nobody else can fill. */
export const LINKS_META = "dev.sophia/links";
/** On a failed result of a server of ours: `ToolFailure`. */
export const FAILURE_META = "dev.sophia/failure";

/** Why a tool of ours failed, for a program; the text says it for the model. */
export interface ToolFailure {
  /** `private`: whoever asks may see it, but others would read the answer. */
  kind: "arguments" | "forbidden" | "private" | "service" | "internal";
  /** Whether the same idempotent call may pass later. */
  retryable: boolean;
  /** Whether the server has tried again itself, as often as is sensible: nobody on the way to the model does so once more. */
  retried?: boolean | undefined;
  retryAfterSeconds?: number | undefined;
  /** A write that was sent, of which nobody said whether it was carried out. */
  outcomeUnknown?: boolean | undefined;
}
