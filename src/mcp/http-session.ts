/**
 * The server's end of one Streamable HTTP session, on node:http itself. An answer goes out as plain JSON if nothing else
 * belongs to its request; the first progress or question of the request, or a long wait, turns the answer into an event
 * stream. The SDK's own transport must be told beforehand which of the two it is, and leaves cancelled requests open.
 */

import type { ServerResponse } from "node:http";
import { EventLog } from "./event-log.ts";
import { INVALID_REQUEST, type JsonRpcMessage, type McpTransport, type SendOptions } from "./types.ts";

type RequestId = string | number;

/** One POST that holds requests, until each of them is answered. */
interface Exchange {
  streamId: string;
  pending: Set<RequestId>;
  answers: JsonRpcMessage[];
  isBatch: boolean;
  /** Runs out when the answer takes so long that a stream is wanted. */
  patience: NodeJS.Timeout;
  response: ServerResponse;
  acceptsStream: boolean;
  isStream: boolean;
}

export interface PostedMessages {
  messages: JsonRpcMessage[];
  isBatch: boolean;
  acceptsStream: boolean;
  /** The client named event streams before JSON: it gets one at once. */
  prefersStream: boolean;
}

/** The stream of messages that belong to no request. */
const STANDALONE = "0";
/** Bytes that a slow reader may leave unread before its stream is cut. */
const MAX_UNREAD_BYTES = 8 * 1024 * 1024;
const RETRY_MS = 1_000;
/** An answer that takes longer becomes a stream, which can be taken up again when the connection is lost. */
const PATIENCE_MS = 100;

export class HttpSession implements McpTransport {
  readonly sessionId: string;
  onmessage?: (message: JsonRpcMessage) => void;
  onclose?: () => void;
  onerror?: (error: Error) => void;

  readonly #exchanges = new Map<RequestId, Exchange>();
  /** Open event streams by their id. */
  readonly #streams = new Map<string, ServerResponse>();
  readonly #events = new EventLog();
  readonly #now: () => number;
  #lastStream = 0;
  #isClosed = false;
  /** When the client last did something, in milliseconds by the clock that it was given. */
  lastUsedAt: number;

  constructor(sessionId: string, now: () => number) {
    this.sessionId = sessionId;
    this.#now = now;
    this.lastUsedAt = now();
  }

  /** Whether a request is being answered or a stream is open. */
  get isBusy(): boolean {
    return this.#exchanges.size > 0 || this.#streams.size > 0;
  }

  async start(): Promise<void> {}

  /** Takes the messages of one POST; `response` is answered once its requests are. */
  receive(posted: PostedMessages, response: ServerResponse): void {
    this.lastUsedAt = this.#now();
    const ids = posted.messages.flatMap((message) => (isRequest(message) ? [message.id] : []));
    if (ids.some((id) => this.#exchanges.has(id)) || new Set(ids).size < ids.length) {
      const error = { code: INVALID_REQUEST, message: "A request with this id is still being answered." };
      return sendJson(response, 400, { jsonrpc: "2.0", id: null, error });
    }
    if (ids.length > 0) this.#begin(ids, posted, response);
    else response.writeHead(202).end();
    for (const message of posted.messages) {
      this.onmessage?.(message);
      if (message.method === "notifications/cancelled") this.#abandon(message);
    }
  }

  #begin(ids: readonly RequestId[], posted: PostedMessages, response: ServerResponse): void {
    const { isBatch, acceptsStream, prefersStream } = posted;
    const exchange: Exchange = {
      streamId: String(++this.#lastStream),
      pending: new Set(ids),
      answers: [],
      isBatch,
      patience: setTimeout(() => this.#toStream(exchange), PATIENCE_MS),
      response,
      acceptsStream,
      isStream: false,
    };
    for (const id of ids) this.#exchanges.set(id, exchange);
    if (prefersStream) this.#toStream(exchange);
  }

  /** A cancelled request is never answered by the SDK, but its POST must end. */
  #abandon(message: JsonRpcMessage): void {
    const { requestId } = (message.params ?? {}) as { requestId?: RequestId };
    if (requestId === undefined || !this.#exchanges.has(requestId)) return;
    const error = { code: INVALID_REQUEST, message: "Cancelled by the client." };
    this.#answer(requestId, { jsonrpc: "2.0", id: requestId, error });
  }

  /** Opens the stream of messages that belong to no request, or takes up the one that `lastEventId` is of. */
  listen(response: ServerResponse, lastEventId: string | undefined): void {
    this.lastUsedAt = this.#now();
    const missed = lastEventId === undefined ? undefined : this.#events.after(lastEventId);
    const streamId = missed?.streamId ?? STANDALONE;
    // The newest reader wins: the one before it is most often a connection that died unnoticed.
    this.#streams.get(streamId)?.end();
    this.#openStream(streamId, response);
    for (const frame of missed?.frames ?? []) this.#push(response, frame);
    const isOver = streamId !== STANDALONE && !this.#isPending(streamId);
    if (isOver) response.end();
    else response.flushHeaders();
  }

  async send(message: JsonRpcMessage, options?: SendOptions): Promise<void> {
    if (this.#isClosed) return;
    if (message.method === undefined && message.id !== undefined) return this.#answer(message.id, message);
    const related = options?.relatedRequestId;
    const exchange = related === undefined ? undefined : this.#exchanges.get(related);
    if (!exchange?.acceptsStream) return this.#emit(STANDALONE, message);
    this.#toStream(exchange);
    this.#emit(exchange.streamId, message);
  }

  #answer(id: RequestId, message: JsonRpcMessage): void {
    const exchange = this.#exchanges.get(id);
    if (!exchange) return;
    this.#exchanges.delete(id);
    exchange.pending.delete(id);
    if (exchange.pending.size === 0) clearTimeout(exchange.patience);
    this.lastUsedAt = this.#now();
    if (exchange.isStream) {
      this.#emit(exchange.streamId, message);
      if (exchange.pending.size === 0) this.#streams.get(exchange.streamId)?.end();
      return;
    }
    exchange.answers.push(message);
    if (exchange.pending.size > 0) return;
    const body = exchange.isBatch ? exchange.answers : message;
    sendJson(exchange.response, 200, body, { "mcp-session-id": this.sessionId });
  }

  /** Keeps streams alive on their way through proxies. */
  tend(): void {
    for (const response of this.#streams.values()) this.#push(response, ": still here\n\n");
  }

  #toStream(exchange: Exchange): void {
    if (exchange.isStream || !exchange.acceptsStream) return;
    exchange.isStream = true;
    this.#openStream(exchange.streamId, exchange.response);
    // An empty event with an id: from here on a client that lost the connection can ask for the rest.
    this.#push(exchange.response, this.#events.prime(exchange.streamId, RETRY_MS));
    for (const answer of exchange.answers.splice(0)) this.#emit(exchange.streamId, answer);
  }

  #openStream(streamId: string, response: ServerResponse): void {
    this.#streams.set(streamId, response);
    response.once("close", () => {
      if (this.#streams.get(streamId) === response) this.#streams.delete(streamId);
    });
    response.writeHead(200, {
      "content-type": "text/event-stream",
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
      "mcp-session-id": this.sessionId,
    });
  }

  #emit(streamId: string, message: JsonRpcMessage): void {
    const frame = this.#events.append(streamId, JSON.stringify(message));
    const response = this.#streams.get(streamId);
    if (response) this.#push(response, frame);
  }

  #push(response: ServerResponse, frame: string): void {
    if (response.writableEnded || response.destroyed) return;
    response.write(frame);
    if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
  }

  #isPending(streamId: string): boolean {
    for (const exchange of this.#exchanges.values()) if (exchange.streamId === streamId) return true;
    return false;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const exchange of new Set(this.#exchanges.values())) {
      clearTimeout(exchange.patience);
      if (!exchange.isStream) sendJson(exchange.response, 404, sessionOver);
    }
    this.#exchanges.clear();
    for (const response of this.#streams.values()) response.end();
    this.#streams.clear();
    this.onclose?.();
  }
}

const sessionOver = {
  jsonrpc: "2.0",
  id: null,
  error: { code: -32001, message: "This session is over. Initialize a new one." },
} as const;

function isRequest(message: JsonRpcMessage): message is JsonRpcMessage & { id: RequestId; method: string } {
  return message.method !== undefined && message.id !== undefined;
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { "content-type": "application/json", "content-length": bytes.length, ...headers });
  response.end(bytes);
}
