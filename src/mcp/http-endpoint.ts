/** An MCP endpoint over Streamable HTTP: checks each request, finds or opens its session. One for each place it is served at. */

import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { HttpSession, type PostedMessages, sendJson } from "./http-session.ts";
import { type ServerApp, serveSession } from "./server.ts";
import { INVALID_REQUEST, type JsonRpcMessage, PARSE_ERROR } from "./types.ts";

export interface EndpointOptions<Identity> {
  /** Who sends this request, from its headers; undefined for nobody we know. */
  authenticate(request: IncomingMessage): Identity | undefined;
  /** Same key, same client: a session is used only by whoever opened it, at the place where it was opened. */
  identityKey(identity: Identity): string;
  /** The server that this client gets at this place. */
  app(identity: Identity, place: string): ServerApp;
  /** Milliseconds for durations; `performance.now` unless told. */
  monotonicNow?: () => number;
  /** Names under which this server may be called (`localhost`); with DNS rebinding a browser is made to use others. */
  allowedHosts: readonly string[];
  /** Origins of web pages that may call it; none unless told. */
  allowedOrigins?: readonly string[];
  /** Of one POST; 1 MiB unless told. */
  maxBodyBytes?: number;
  /** Of one identity, whose own oldest idle session makes room for a new one; 100 unless told. */
  maxSessionsEach?: number;
  /** Of all identities together; 500 unless told. */
  maxSessions?: number;
  /** Milliseconds after which a session that nobody used is closed. */
  idleMs?: number;
}

interface OpenSession {
  transport: HttpSession;
  /** The key of the identity. */
  client: string;
  /** The client, and the place. */
  owner: string;
}

const PROTOCOL_VERSIONS = new Set(["2024-10-07", "2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]);
const TEND_EVERY_MS = 5_000;
const MAX_BATCH = 50;

const defaults = {
  monotonicNow: () => performance.now(),
  allowedOrigins: [],
  maxBodyBytes: 1024 * 1024,
  maxSessionsEach: 100,
  maxSessions: 500,
  idleMs: 30 * 60_000,
};

/** Who sends a request, and where to. */
interface Sender<Identity> {
  identity: Identity;
  place: string;
  client: string;
  owner: string;
}

export class HttpEndpoint<Identity> {
  readonly #options: Required<EndpointOptions<Identity>>;
  readonly #sessions = new Map<string, OpenSession>();
  readonly #tending: NodeJS.Timeout;

  constructor(options: EndpointOptions<Identity>) {
    this.#options = { ...defaults, ...options };
    this.#tending = setInterval(() => this.#tend(), TEND_EVERY_MS).unref();
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** Answers one HTTP request; `place` tells endpoints of one server apart (`/mcp`, `/mcp/sales-analyst`). */
  async handle(request: IncomingMessage, response: ServerResponse, place: string): Promise<void> {
    const identity = this.admit(request, response);
    if (identity === undefined) return;
    const client = this.#options.identityKey(identity);
    const owner = JSON.stringify([client, place]);
    switch (request.method) {
      case "POST":
        return this.#post(request, response, { identity, place, client, owner });
      case "GET":
        return this.#listen(request, response, owner);
      case "DELETE":
        return this.#delete(request, response, owner);
      default:
        return refuse(response, 405, INVALID_REQUEST, "Use POST, GET or DELETE.", { allow: "POST, GET, DELETE" });
    }
  }

  /** The identity of whoever sends this, or undefined after having refused it: foreign Host or Origin, no valid token. */
  admit(request: IncomingMessage, response: ServerResponse): Identity | undefined {
    const { allowedHosts, allowedOrigins, authenticate } = this.#options;
    if (!allowedHosts.includes(hostName(request.headers.host ?? ""))) {
      return refuse(response, 403, INVALID_REQUEST, "This Host is not served here.");
    }
    const { origin } = request.headers;
    if (origin !== undefined && !allowedOrigins.includes(origin) && !this.#isLoopbackOrigin(origin)) {
      return refuse(response, 403, INVALID_REQUEST, "Pages of this Origin may not call this server.");
    }
    const identity = authenticate(request);
    if (identity !== undefined) return identity;
    const problem = request.headers.authorization ? ', error="invalid_token"' : "";
    const headers = { "www-authenticate": `Bearer realm="mcp"${problem}` };
    return refuse(response, 401, INVALID_REQUEST, "Send a valid token: Authorization: Bearer ...", headers);
  }

  /** Pages of this same machine may call a server that is itself served under a loopback name only. */
  #isLoopbackOrigin(origin: string): boolean {
    const host = URL.canParse(origin) ? new URL(origin).hostname : "";
    return LOOPBACK_HOSTS.includes(host) && this.#options.allowedHosts.includes(host);
  }

  async #post(request: IncomingMessage, response: ServerResponse, who: Sender<Identity>): Promise<void> {
    const posted = await this.#read(request, response);
    if (!posted) return;
    const session = posted.messages.some((message) => message.method === "initialize")
      ? await this.#open(posted, response, who)
      : this.#find(request, response, who.owner);
    session?.receive(posted, response);
  }

  async #open(
    { messages }: PostedMessages,
    response: ServerResponse,
    { identity, place, client, owner }: Sender<Identity>,
  ): Promise<HttpSession | undefined> {
    if (messages.length > 1) return refuse(response, 400, INVALID_REQUEST, "initialize must be sent by itself.");
    if (!this.#makeRoom(client)) {
      return refuse(response, 503, INVALID_REQUEST, "Too many sessions are open. Try again in a minute.", {
        "retry-after": "60",
      });
    }
    const transport = new HttpSession(randomUUID(), this.#options.monotonicNow);
    this.#sessions.set(transport.sessionId, { transport, client, owner });
    await serveSession(this.#options.app(identity, place), transport, () => this.#sessions.delete(transport.sessionId));
    return transport;
  }

  #find(request: IncomingMessage, response: ServerResponse, owner: string): HttpSession | undefined {
    const version = request.headers["mcp-protocol-version"];
    if (version !== undefined && !PROTOCOL_VERSIONS.has(String(version))) {
      const known = [...PROTOCOL_VERSIONS].join(", ");
      return refuse(response, 400, INVALID_REQUEST, `This MCP-Protocol-Version is not known. Known: ${known}.`);
    }
    const id = request.headers["mcp-session-id"];
    if (typeof id !== "string")
      return refuse(response, 400, INVALID_REQUEST, "Initialize first, then send Mcp-Session-Id.");
    const session = this.#sessions.get(id);
    // Another client's session is told apart from one that never was by nobody but its owner.
    if (session?.owner === owner) return session.transport;
    return refuse(response, 404, -32001, "No such session. Initialize a new one.");
  }

  #listen(request: IncomingMessage, response: ServerResponse, owner: string): void {
    if (!accepts(request, "text/event-stream")) {
      return refuse(response, 406, INVALID_REQUEST, "Accept must include text/event-stream.");
    }
    const lastEventId = request.headers["last-event-id"];
    this.#find(request, response, owner)?.listen(response, typeof lastEventId === "string" ? lastEventId : undefined);
  }

  async #delete(request: IncomingMessage, response: ServerResponse, owner: string): Promise<void> {
    const session = this.#find(request, response, owner);
    if (!session) return;
    await session.close();
    response.writeHead(200).end();
  }

  /** The messages of a POST, or undefined after having refused it. */
  async #read(request: IncomingMessage, response: ServerResponse): Promise<PostedMessages | undefined> {
    const mediaType = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
    if (mediaType !== "application/json") {
      return refuse(response, 415, INVALID_REQUEST, "Content-Type must be application/json.");
    }
    const acceptsStream = accepts(request, "text/event-stream");
    if (!acceptsStream && !accepts(request, "application/json")) {
      return refuse(response, 406, INVALID_REQUEST, "Accept must include application/json and text/event-stream.");
    }
    const body = await readBody(request, this.#options.maxBodyBytes);
    if (body === undefined) {
      const message = `The body is larger than ${this.#options.maxBodyBytes} bytes.`;
      return refuse(response, 413, INVALID_REQUEST, message, { connection: "close" });
    }
    const parsed = parse(body);
    if (parsed === undefined) return refuse(response, 400, PARSE_ERROR, "The body is not valid JSON.");
    const messages = Array.isArray(parsed) ? parsed : [parsed];
    if (messages.length === 0 || messages.length > MAX_BATCH || !messages.every(isMessage)) {
      return refuse(response, 400, INVALID_REQUEST, "The body is not a JSON-RPC 2.0 message.");
    }
    return { messages, isBatch: Array.isArray(parsed), acceptsStream, prefersStream: prefersStream(request) };
  }

  /**
   * Whether there is room for one more session, after closing the client's own that was left unused the longest if need be.
   * Nobody's session ends because others open theirs.
   */
  #makeRoom(client: string): boolean {
    const { maxSessions, maxSessionsEach } = this.#options;
    const own = [...this.#sessions.values()].filter((session) => session.client === client);
    if (own.length < maxSessionsEach && this.#sessions.size < maxSessions) return true;
    const idle = own.filter(({ transport }) => !transport.isBusy);
    const oldest = idle.sort((a, b) => a.transport.lastUsedAt - b.transport.lastUsedAt)[0];
    if (!oldest) return false;
    void oldest.transport.close();
    return true;
  }

  #tend(): void {
    const now = this.#options.monotonicNow();
    for (const { transport } of this.#sessions.values()) {
      if (!transport.isBusy && now - transport.lastUsedAt > this.#options.idleMs) void transport.close();
      else transport.tend();
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#tending);
    await Promise.all([...this.#sessions.values()].map(({ transport }) => transport.close()));
  }
}

export const LOOPBACK_HOSTS: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

/** The name in a Host header, without its port. */
const hostName = (host: string) => host.replace(/:\d+$/, "").toLowerCase();

function accepts(request: IncomingMessage, type: string): boolean {
  const accept = request.headers.accept ?? "*/*";
  return accept.includes(type) || accept.includes("*/*");
}

function prefersStream({ headers: { accept = "" } }: IncomingMessage): boolean {
  const stream = accept.indexOf("text/event-stream");
  const json = accept.indexOf("application/json");
  return stream >= 0 && json >= 0 && stream < json;
}

async function readBody(request: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  // Left open when we stop early, so that the refusal can still be sent.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function isMessage(value: unknown): value is JsonRpcMessage {
  if (typeof value !== "object" || value === null) return false;
  const message = value as JsonRpcMessage;
  const hasId = typeof message.id === "string" || typeof message.id === "number";
  if (message.jsonrpc !== "2.0" || (message.id !== undefined && !hasId)) return false;
  if (message.method === undefined) return hasId && ("result" in message || "error" in message);
  const { params } = message;
  const areParams = params === undefined || (typeof params === "object" && params !== null && !Array.isArray(params));
  return typeof message.method === "string" && areParams;
}

function refuse(
  response: ServerResponse,
  status: number,
  code: number,
  message: string,
  headers?: Record<string, string>,
): undefined {
  sendJson(response, status, { jsonrpc: "2.0", id: null, error: { code, message } }, headers);
  return undefined;
}
