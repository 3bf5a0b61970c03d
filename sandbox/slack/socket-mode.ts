import { randomUUID } from "node:crypto";
import type { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";
import type { Changes } from "./changes.ts";
import type { Attempt, Envelope, Transport } from "./delivery.ts";

const MOST_CONNECTIONS = 10;
const PING_INTERVAL_MS = 10_000;
/** How long a connection that was told to reconnect is still served. */
const REFRESH_GRACE_MS = 10_000;

interface Connection {
  socket: WebSocket;
  id: number;
  /** Told to go: gets nothing new. */
  leaving: boolean;
}

interface Waiting {
  connection: Connection;
  settle(attempt: Attempt): void;
}

/** Slack's end of Socket Mode: tickets, hello, envelopes to any one connection, acknowledgements, pings, refresh. */
export class SocketMode implements Transport {
  readonly #appId: string;
  readonly #changes: Changes;
  readonly #ackTimeoutMs: number;
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #tickets = new Set<string>();
  readonly #connections: Connection[] = [];
  readonly #waiting = new Map<string, Waiting>();
  #next = 0;
  #count = 0;
  #pings: NodeJS.Timeout | undefined;

  constructor(options: { appId: string; changes: Changes; ackTimeoutMs: number }) {
    this.#appId = options.appId;
    this.#changes = options.changes;
    this.#ackTimeoutMs = options.ackTimeoutMs;
  }

  /** Takes the WebSocket upgrades of a server. */
  attach(server: Pick<EventEmitter, "on">): void {
    server.on("upgrade", (request: IncomingMessage, stream: Duplex, head: Buffer) => {
      const ticket = new URL(request.url ?? "/", "http://slack").searchParams.get("ticket") ?? "";
      // A ticket opens one connection, once.
      if (!this.#tickets.delete(ticket)) {
        stream.end("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n");
        return;
      }
      this.#sockets.handleUpgrade(request, stream, head, (socket) => this.#welcome(socket));
    });
  }

  /** The path and query of a new one-time address. */
  ticketPath(): string {
    const ticket = randomUUID();
    this.#tickets.add(ticket);
    return `/link/?ticket=${ticket}&app_id=${this.#appId}`;
  }

  get connected(): boolean {
    return this.#connections.some(isOpen);
  }

  get connections(): number {
    return this.#connections.filter(isOpen).length;
  }

  /** Sends to one of the open connections; waits for one for as long as an acknowledgement may take. */
  async deliver(envelope: Envelope): Promise<Attempt> {
    const connection = this.#pick() ?? (await this.#awaitConnection());
    if (!connection) return { ok: false, reason: "timeout" };
    const envelopeId = randomUUID();
    const { retry } = envelope;
    const frame = JSON.stringify({
      envelope_id: envelopeId,
      payload: envelope.payload,
      type: envelope.kind,
      accepts_response_payload: envelope.kind !== "events_api",
      ...(envelope.kind === "events_api" && { retry_attempt: retry?.num ?? 0, retry_reason: retry?.reason ?? "" }),
    });
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle({ ok: false, reason: "timeout" }), this.#ackTimeoutMs);
      const settle = (attempt: Attempt): void => {
        clearTimeout(timer);
        this.#waiting.delete(envelopeId);
        resolve(attempt);
      };
      this.#waiting.set(envelopeId, { connection, settle });
      connection.socket.send(frame);
    });
  }

  /** Asks every connection to reconnect, as Slack does every few hours. */
  refresh(): void {
    for (const connection of this.#connections) {
      connection.leaving = true;
      connection.socket.send(
        JSON.stringify({ type: "disconnect", reason: "refresh_requested", debug_info: DEBUG_INFO }),
      );
      setTimeout(() => connection.socket.terminate(), REFRESH_GRACE_MS).unref();
    }
  }

  close(): void {
    clearInterval(this.#pings);
    for (const { socket } of this.#connections) socket.terminate();
    this.#sockets.close();
  }

  #welcome(socket: WebSocket): void {
    const connection = { socket, id: ++this.#count, leaving: false };
    if (this.connections >= MOST_CONNECTIONS) {
      socket.send(JSON.stringify({ type: "disconnect", reason: "too_many_websockets", debug_info: DEBUG_INFO }));
      socket.close();
      return;
    }
    this.#connections.push(connection);
    socket.on("message", (data: Buffer) => this.#acknowledge(data.toString()));
    socket.on("close", () => this.#left(connection));
    // A broken connection closes right after; there is nothing more to do here.
    socket.on("error", () => socket.terminate());
    socket.send(
      JSON.stringify({
        type: "hello",
        num_connections: this.connections,
        connection_info: { app_id: this.#appId },
        debug_info: { ...DEBUG_INFO, approximate_connection_time: 18_060 },
      }),
    );
    this.#pings ??= setInterval(() => this.#ping(), PING_INTERVAL_MS).unref();
    this.#changes.publish({ type: "connection", connected: true });
  }

  #ping(): void {
    for (const { socket } of this.#connections)
      if (socket.readyState === WebSocket.OPEN) socket.ping("Ping from Slack");
  }

  #acknowledge(data: string): void {
    let message: { envelope_id?: unknown; payload?: unknown };
    try {
      message = JSON.parse(data) as typeof message;
    } catch {
      // Slack ignores what it cannot read; the envelope stays unacknowledged and is sent again.
      return;
    }
    const waiting = this.#waiting.get(String(message.envelope_id));
    waiting?.settle({ ok: true, body: message.payload });
  }

  #left(connection: Connection): void {
    this.#connections.splice(this.#connections.indexOf(connection), 1);
    for (const waiting of this.#waiting.values()) {
      if (waiting.connection === connection) waiting.settle({ ok: false, reason: "connection_failed" });
    }
    this.#changes.publish({ type: "connection", connected: this.connected });
  }

  #pick(): Connection | undefined {
    const open = this.#connections.filter((connection) => isOpen(connection));
    this.#next += 1;
    return open[this.#next % open.length];
  }

  async #awaitConnection(): Promise<Connection | undefined> {
    try {
      return await this.#changes.waitFor(() => this.#pick(), this.#ackTimeoutMs);
    } catch {
      return undefined;
    }
  }
}

const DEBUG_INFO = { host: "applink-sandbox", build_number: 1 };

function isOpen({ socket, leaving }: Connection): boolean {
  return !leaving && socket.readyState === WebSocket.OPEN;
}
