import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ConfigError } from "../core/errors.ts";
import { HttpEndpoint, LOOPBACK_HOSTS } from "../mcp/http-endpoint.ts";
import { sendJson } from "../mcp/http-session.ts";
import type { ServerApp } from "../mcp/server.ts";
import type { Logger } from "../observability/log.ts";
import type { Metrics } from "../observability/metrics.ts";
import type { Gateway } from "./gateway.ts";
import type { Identities } from "./identities.ts";
import type { Permissions } from "./permissions.ts";
import { type Identity, SOPHIA } from "./settings.ts";

export interface FrontOptions {
  /** MCP_GATEWAY_PORT; 0 for any free one. */
  port: number;
  /** Loopback unless told. */
  host?: string;
  /** MCP_GATEWAY_ALLOWED_HOSTS: further names, in lower case, under which clients call this machine. */
  allowedHosts?: readonly string[];
  /** Web pages that may call it. */
  allowedOrigins?: readonly string[];
  /** Of one POST; 1 MiB unless told. */
  maxBodyBytes?: number;
  /** Of one client; its own oldest idle one makes room. */
  maxSessionsEach?: number;
  /** Of all clients together; then new ones are refused. */
  maxSessions?: number;
  /** Milliseconds after which a session that nobody used is closed. */
  idleMs?: number;
}

export interface Front {
  /** `http://127.0.0.1:8090` */
  url: string;
  port: number;
  close(): Promise<void>;
}

interface FrontParts {
  gateway: Gateway;
  app: (identity: Identity) => ServerApp;
  identities: Identities;
  permissions: Permissions;
  metrics: Metrics | undefined;
  monotonicNow: () => number;
  logger: Logger;
}

/** Milliseconds in which a client must have sent its request whole. */
const REQUEST_MS = 30_000;
/** All addresses of this machine: none of them a name under which a client calls it. */
const WILDCARD_HOSTS: readonly string[] = ["0.0.0.0", "::"];
/** Clients come back for more; a new connection costs more than a kept one. */
const KEEP_ALIVE_MS = 60_000;

/**
 * HTTP: `/mcp` with all that the client may see, `/mcp/{agent}` with one role's tools; `/servers` and `/metrics` for who has
 * a token; `/healthz` and `/readyz` for everybody, which tell nothing but numbers. Throws ConfigError where it would listen
 * for other machines and refuse all of them.
 */
export async function openFront(parts: FrontParts, options: FrontOptions): Promise<Front> {
  const { host = "127.0.0.1", port, allowedHosts = [], ...limits } = options;
  assertReachable(host, allowedHosts);
  const endpoint = new HttpEndpoint<string>({
    ...limits,
    authenticate: (request) => parts.identities.of(request),
    identityKey: (client) => client,
    app: (client, agent) => parts.app({ client, ...(agent ? { agent } : {}) }),
    monotonicNow: parts.monotonicNow,
    allowedHosts: [
      ...LOOPBACK_HOSTS,
      ...(WILDCARD_HOSTS.includes(host) ? [] : [inUrl(host).toLowerCase()]),
      ...allowedHosts,
    ],
  });
  const server = createServer({ requestTimeout: REQUEST_MS, keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    route(request, response, endpoint, parts).catch((error: unknown) => {
      // A client that went away in the middle of its request is no failure of ours.
      if (!request.complete) parts.logger.debug({ err: error }, "a request was cut off");
      else parts.logger.error({ err: error }, "a request to the gateway failed");
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { error: "Something went wrong inside Sophia; the log has the details." });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, host, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${inUrl(host)}:${bound}`,
    port: bound,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await endpoint.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function assertReachable(host: string, allowedHosts: readonly string[]): void {
  if (!WILDCARD_HOSTS.includes(host) || allowedHosts.length > 0) return;
  throw new ConfigError([
    `MCP_GATEWAY_ALLOWED_HOSTS (allowedHosts) is not set: with MCP_GATEWAY_HOST=${host} it must name the hosts under which other machines call the gateway`,
  ]);
}

const inUrl = (host: string) => (host.includes(":") ? `[${host}]` : host);

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  endpoint: HttpEndpoint<string>,
  parts: FrontParts,
): Promise<void> {
  const path = (request.url ?? "").split("?")[0] ?? "";
  const agent = /^\/mcp(?:\/([A-Za-z0-9_-]{1,64}))?$/.exec(path);
  if (agent) return serveMcp(request, response, endpoint, parts, agent[1] ?? "");
  switch (path) {
    case "/healthz":
      return sendJson(response, 200, { status: "ok" });
    case "/readyz":
      return sendJson(response, parts.gateway.isReady() ? 200 : 503, readiness(parts.gateway));
    case "/servers":
      if (isSophia(request, response, endpoint)) sendJson(response, 200, { servers: parts.gateway.report() });
      return;
    case "/metrics":
      if (parts.metrics && isSophia(request, response, endpoint)) await sendMetrics(response, parts.metrics);
      else if (!parts.metrics) sendJson(response, 404, { error: "There are no metrics here." });
      return;
    default:
      return sendJson(response, 404, {
        error: "Served here: /mcp, /mcp/{agent}, /servers, /metrics, /healthz, /readyz.",
      });
  }
}

async function serveMcp(
  request: IncomingMessage,
  response: ServerResponse,
  endpoint: HttpEndpoint<string>,
  { permissions }: FrontParts,
  agent: string,
): Promise<void> {
  if (agent === "" || permissions.hasAgent(agent)) return endpoint.handle(request, response, agent);
  // Which roles there are is for those who have a token.
  if (endpoint.admit(request, response)) sendJson(response, 404, { error: `There is no role "${agent}".` });
}

/** What the servers are and how they fare is Sophia's own to see, not other clients'. */
function isSophia(request: IncomingMessage, response: ServerResponse, endpoint: HttpEndpoint<string>): boolean {
  const client = endpoint.admit(request, response);
  if (client !== undefined && client !== SOPHIA) sendJson(response, 403, { error: "This takes MCP_AUTH_TOKEN." });
  return client === SOPHIA;
}

function readiness(gateway: Gateway): { status: string; ready: number; servers: number } {
  const servers = gateway.report();
  const ready = servers.filter(({ state }) => state === "ready").length;
  return { status: gateway.isReady() ? "ready" : "not ready", ready, servers: servers.length };
}

async function sendMetrics(response: ServerResponse, metrics: Metrics): Promise<void> {
  const text = await metrics.render();
  response.writeHead(200, { "content-type": metrics.contentType }).end(text);
}
