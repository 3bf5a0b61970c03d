/** The one place that knows the MCP SDK's server. `SessionHandler` is what the gateway's front and our own servers implement. */
// oxlint-disable unicorn/prefer-add-event-listener -- the SDK has no other way than these properties

import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { McpError } from "@modelcontextprotocol/sdk/types.js";
import { Writable } from "node:stream";
import { z } from "zod";
import { safeMessage, SophiaError } from "../core/errors.ts";
import {
  type InProcessLink,
  INTERNAL_ERROR,
  INVALID_PARAMS,
  type JsonObject,
  type McpTransport,
  ProtocolError,
} from "./types.ts";

export interface ServerInfo {
  name: string;
  title?: string;
  version: string;
  instructions?: string | undefined;
  /** As `initialize` states them: `{ tools: { listChanged: true } }`. */
  capabilities: JsonObject;
}

export interface RequestContext {
  /** Aborted when the client cancels the request or goes away. */
  signal: AbortSignal;
  meta: JsonObject;
  /** A notification that belongs to this request: it travels on the request's own stream. */
  notify(method: string, params: JsonObject): void;
  /** Asks the client something on behalf of this request. Rejects with ProtocolError. */
  request(method: string, params: JsonObject, options: { signal: AbortSignal; timeoutMs: number }): Promise<JsonObject>;
}

/** The client's side of a session, as the server's side sees it. */
export interface Peer {
  notify(method: string, params: JsonObject): void;
  request(method: string, params: JsonObject, options: { signal: AbortSignal; timeoutMs: number }): Promise<JsonObject>;
  /** Known once the session is initialized. */
  capabilities(): JsonObject;
}

export interface SessionHandler {
  /** Everything but `initialize` and `ping`. What is thrown becomes a JSON-RPC error; only our own errors show their message. */
  handle(method: string, params: JsonObject, context: RequestContext): Promise<JsonObject>;
  notified?(method: string, params: JsonObject): void;
  closed?(): void;
}

/** A server: what it says of itself, and how a session of it begins. */
export interface ServerApp {
  info: ServerInfo;
  open(peer: Peer): SessionHandler;
  /** Errors that are not ours, and messages that could not be read or sent. */
  readonly onError: (error: unknown) => void;
}

const anything = z.unknown();

/** A validator for elicitation that nobody uses here: one for all sessions, because each costs an Ajv otherwise. */
const noValidator = {
  getValidator: () => {
    throw new TypeError("what clients answer is checked by whoever asked");
  },
};

/** Serves one session on one connection; resolves once it listens. `onClosed` is called when the session is over. */
export async function serveSession(app: ServerApp, transport: McpTransport, onClosed?: () => void): Promise<void> {
  const { name, title, version, instructions, capabilities } = app.info;
  const server = new Server(
    { name, version, ...(title ? { title } : {}) },
    { capabilities, jsonSchemaValidator: noValidator, ...(instructions ? { instructions } : {}) },
  );
  // Registered by the SDK where logging is offered; the handler below wants it as well.
  server.removeRequestHandler("logging/setLevel");
  const handler = app.open(createPeer(server, app));
  server.fallbackRequestHandler = async ({ method, params = {} }, extra) => {
    const { _meta: meta = {}, ...rest } = params;
    const context: RequestContext = {
      signal: extra.signal,
      meta: meta,
      notify: (method, params) => {
        extra.sendNotification({ method, params }).catch(app.onError);
      },
      request: async (method, params, { signal, timeoutMs }) =>
        answered(extra.sendRequest({ method, params }, anything, { signal, timeout: timeoutMs })),
    };
    try {
      return await handler.handle(method, rest, context);
    } catch (error) {
      throw extra.signal.aborted ? error : presentable(error, app);
    }
  };
  server.fallbackNotificationHandler = async ({ method, params }) => handler.notified?.(method, params ?? {});
  server.onerror = (error) => app.onError(error);
  server.onclose = () => {
    handler.closed?.();
    onClosed?.();
  };
  await server.connect(transport);
}

function createPeer(server: Server, app: ServerApp): Peer {
  return {
    notify: (method, params) => {
      // Nothing is told to a client that has not introduced itself.
      if (server.transport && server.getClientVersion()) server.notification({ method, params }).catch(app.onError);
    },
    request: async (method, params, { signal, timeoutMs }) =>
      answered(server.request({ method, params }, anything, { signal, timeout: timeoutMs })),
    capabilities: () => server.getClientCapabilities() ?? {},
  };
}

async function answered(answer: Promise<unknown>): Promise<JsonObject> {
  try {
    return (await answer) as JsonObject;
  } catch (error) {
    if (!(error instanceof McpError)) throw error;
    throw new ProtocolError(error.code, error.message.replace(/^(MCP error -?\d+: )+/, ""), error.data);
  }
}

/** The error as the client may see it: ours with its sentence, any other without its details. */
function presentable(error: unknown, app: ServerApp): Error {
  if (error instanceof ProtocolError) return error;
  if (error instanceof SophiaError) return new ProtocolError(INVALID_PARAMS, error.message);
  app.onError(error);
  return new ProtocolError(INTERNAL_ERROR, safeMessage(error));
}

/** A server in this process: each connect is a session of its own. */
export function createInProcessLink(app: ServerApp): InProcessLink {
  return {
    connect() {
      const [client, server] = InMemoryTransport.createLinkedPair();
      serveSession(app, server as McpTransport).catch(app.onError);
      return client as McpTransport;
    },
  };
}

/**
 * Serves one session on stdin and stdout; resolves once the client is gone. stdout is the protocol from here on: whatever
 * else writes to it (an SDK's greeting, a console.log) goes to stderr instead.
 */
export async function serveStdio(app: ServerApp): Promise<void> {
  const { stdin, stdout, stderr } = process;
  const writeFrame = stdout.write.bind(stdout);
  stdout.write = stderr.write.bind(stderr);
  const frames = new Writable({
    write: (chunk: Buffer, _encoding, done) => void writeFrame(chunk, (error) => done(error)),
  });
  const transport = new StdioServerTransport(stdin, frames);
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  await serveSession(app, transport as McpTransport, resolve);
  // The SDK does not look for the end of its streams: without this a server outlives its client.
  const end = () => void transport.close();
  stdin.once("end", end).once("close", end);
  stdout.once("error", end);
  frames.once("error", end);
  await closed;
}
