/** One server of ours on stdio, on Streamable HTTP or in this process. */

import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ConfigError } from "../../src/core/errors.ts";
import { bearerToken, digestsMatch, digestToken } from "../../src/mcp/bearer.ts";
import { HttpEndpoint, LOOPBACK_HOSTS } from "../../src/mcp/http-endpoint.ts";
import { createInProcessLink, serveStdio as serveAppOnStdio } from "../../src/mcp/server.ts";
import type { InProcessLink } from "../../src/mcp/types.ts";
import { type CreateServerOptions, createServer } from "./create-server.ts";
import type { ServerDefinition } from "./define-tool.ts";

/** Resolves when the client has gone. stdout belongs to the protocol from the moment of the call. */
export async function serveStdio<Client>(
  definition: ServerDefinition<Client>,
  options: CreateServerOptions = {},
): Promise<void> {
  await serveAppOnStdio(createServer(definition, options));
}

export function linkInProcess<Client>(
  definition: ServerDefinition<Client>,
  options: CreateServerOptions = {},
): InProcessLink {
  return createInProcessLink(createServer(definition, options));
}

export interface ServeHttpOptions extends CreateServerOptions {
  /** 0 for any free one. */
  port: number;
  /** Loopback unless told. */
  host?: string;
  /** The bearer token that clients must send; required wherever other machines can connect. */
  token?: string | undefined;
  /** Names under which other machines call this server. */
  allowedHosts?: readonly string[];
}

export interface ServedHttp {
  /** Where clients connect: `http://127.0.0.1:4000/mcp`. */
  url: string;
  close(): Promise<void>;
}

/** Serves `/mcp`, and `/healthz` for whoever watches over the process. */
export async function serveHttp<Client>(
  definition: ServerDefinition<Client>,
  options: ServeHttpOptions,
): Promise<ServedHttp> {
  const { port, host = "127.0.0.1", token, allowedHosts = [] } = options;
  if (!token && !LOOPBACK_HOSTS.includes(host)) {
    throw new ConfigError([`MCP_AUTH_TOKEN (serveHttp token): needed to serve ${definition.name} on ${host}`]);
  }
  const app = createServer(definition, options);
  const endpoint = new HttpEndpoint<"client">({
    authenticate: (request) =>
      !token || digestsMatch(digestToken(bearerToken(request)), digestToken(token)) ? "client" : undefined,
    identityKey: (identity) => identity,
    app: () => app,
    allowedHosts: [...LOOPBACK_HOSTS, ...allowedHosts],
  });
  const route = async (request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? "").split("?")[0];
    if (path === "/mcp") return endpoint.handle(request, response, path);
    response.writeHead(path === "/healthz" ? 200 : 404).end();
  };
  const server = createHttpServer((request, response) => {
    route(request, response).catch((error: unknown) => {
      app.onError(error);
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, host, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${host}:${bound}/mcp`,
    close: async () => {
      await endpoint.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
