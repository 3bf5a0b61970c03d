import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Logger } from "../observability/log.ts";

type RouteHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface HttpFrontOptions {
  port: number;
  /** Address to listen on: all of them unless told. */
  host?: string | undefined;
  logger: Logger;
  /** POST routes by path, such as `/slack/events`; one that ends in `/` serves what is right below it. */
  routes: Readonly<Record<string, RouteHandler>>;
  /** GET pages by path, for browsers. */
  pages?: Readonly<Record<string, RouteHandler>> | undefined;
  /** What of the process is ready; all true means that it can take work. */
  readiness: () => Record<string, boolean>;
}

export interface HttpFront {
  /** Starts to listen; returns the bound port (of interest where 0 was asked for). */
  start(): Promise<number>;
  stop(): Promise<void>;
}

/** The process's own HTTP port: health, and the POST routes that it is given. */
export function createHttpFront(options: HttpFrontOptions): HttpFront {
  const server = createServer({ requestTimeout: 15_000, headersTimeout: 10_000 }, (request, response) => {
    serve(request, response, options).catch((error: unknown) => {
      options.logger.error({ err: error }, "HTTP request failed");
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  return { start: () => listen(server, options), stop: () => close(server) };
}

async function serve(request: IncomingMessage, response: ServerResponse, options: HttpFrontOptions): Promise<void> {
  const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
  if (path === "/healthz") return sendJson(response, 200, { status: "ok" });
  if (path === "/readyz") {
    const checks = options.readiness();
    const ready = Object.values(checks).every(Boolean);
    return sendJson(response, ready ? 200 : 503, { status: ready ? "ready" : "not ready", checks });
  }
  const page = options.pages && Object.hasOwn(options.pages, path) ? options.pages[path] : undefined;
  if (page && request.method === "GET") return page(request, response);
  if (page) return sendJson(response, 405, { error: "method_not_allowed" });
  const route = routeOf(path, options.routes);
  if (!route) return sendJson(response, 404, { error: "not_found" });
  if (request.method !== "POST") return sendJson(response, 405, { error: "method_not_allowed" });
  await route(request, response);
}

function routeOf(path: string, routes: HttpFrontOptions["routes"]): RouteHandler | undefined {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const key = [path, folder].find((known) => Object.hasOwn(routes, known) && path !== folder);
  return key === undefined ? undefined : routes[key];
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function listen(server: Server, options: HttpFrontOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
