import type { Peer, RequestContext } from "../mcp/server.ts";
import { ConnectionError, type JsonObject, type McpConnection, METHOD_NOT_FOUND, ProtocolError } from "../mcp/types.ts";
import type { Upstream } from "./upstream.ts";

/** What a server may ask a client. */
const askable: Record<string, string> = {
  "sampling/createMessage": "sampling",
  "elicitation/create": "elicitation",
  "roots/list": "roots",
};
/** A person is asked, and people take their time. */
const ANSWER_MS = 10 * 60_000;

/**
 * The connections that one client's session has for itself, to upstreams that ask back. What the server sends goes to this
 * client alone: on the stream of the call that is under way, or else on the session's own.
 */
export class OwnConnections {
  readonly #peer: Peer;
  readonly #connections = new Map<Upstream, Promise<McpConnection>>();
  /** Calls under way, the newest last. */
  readonly #underWay = new Map<Upstream, RequestContext[]>();
  #level: string | undefined;
  /** Other calls may wait for the same connection, so that it is the session's end that stops its making, not a call's. */
  readonly #stop = new AbortController();

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  /** The session's connection to this upstream; made at the first need, and again after it was lost. */
  async get(upstream: Upstream): Promise<McpConnection> {
    const existing = this.#connections.get(upstream);
    if (existing) return existing;
    const connecting = this.#connect(upstream);
    this.#connections.set(upstream, connecting);
    const forget = () => {
      if (this.#connections.get(upstream) === connecting) this.#connections.delete(upstream);
    };
    try {
      const connection = await connecting;
      connection.onClosed(forget);
      return connection;
    } catch (error) {
      forget();
      throw error;
    }
  }

  /** Runs a call, so that what the server sends meanwhile goes to the call's stream. */
  async during<T>(upstream: Upstream, context: RequestContext, run: () => Promise<T>): Promise<T> {
    const calls = this.#underWay.get(upstream) ?? [];
    this.#underWay.set(upstream, calls);
    calls.push(context);
    try {
      return await run();
    } finally {
      calls.splice(calls.indexOf(context), 1);
    }
  }

  /** The least severe log messages that the client wants. */
  async setLevel(level: string): Promise<void> {
    this.#level = level;
    await this.#each((connection) => this.#applyLevel(connection));
  }

  notifyAll(method: string, params: JsonObject): void {
    void this.#each((connection) => connection.notify(method, params));
  }

  async close(): Promise<void> {
    this.#stop.abort(new ConnectionError("is not needed any more", { kind: "unavailable" }));
    await this.#each((connection) => connection.close());
  }

  async #connect(upstream: Upstream): Promise<McpConnection> {
    const offered = this.#peer.capabilities();
    const capabilities = Object.fromEntries(
      Object.values(askable).flatMap((name) => (offered[name] ? [[name, offered[name]]] : [])),
    );
    const connection = await upstream.connectOwn({
      signal: this.#stop.signal,
      capabilities,
      onRequest: (method, params, signal) => this.#ask(upstream, method, params, signal),
      onNotification: (method, params) => this.#current(upstream).notify(method, params),
    });
    await this.#applyLevel(connection);
    return connection;
  }

  async #ask(upstream: Upstream, method: string, params: JsonObject, signal: AbortSignal): Promise<JsonObject> {
    if (!askable[method]) throw new ProtocolError(METHOD_NOT_FOUND, "Method not found");
    return this.#current(upstream).request(method, params, { signal, timeoutMs: ANSWER_MS });
  }

  #current(upstream: Upstream): Pick<Peer, "notify" | "request"> {
    return this.#underWay.get(upstream)?.at(-1) ?? this.#peer;
  }

  async #applyLevel(connection: McpConnection): Promise<void> {
    if (!this.#level || !connection.capabilities.logging) return;
    await connection.request("logging/setLevel", { level: this.#level }, { timeoutMs: 5_000 });
  }

  /** On each connection that stands; one that fails is no reason to leave out the others. */
  async #each(use: (connection: McpConnection) => Promise<void>): Promise<void> {
    await Promise.allSettled([...this.#connections.values()].map(async (connecting) => use(await connecting)));
  }
}
