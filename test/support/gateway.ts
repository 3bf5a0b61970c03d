/** A gateway as tests need it: real servers, an audit that can be read, and everything closed at the end. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { linkInProcess } from "../../mcp-servers/shared/serve.ts";
import { systemClock } from "../../src/core/clock.ts";
import { createGateway, type Gateway } from "../../src/gateway/gateway.ts";
import type { GatewayOptions, Identity, UpstreamSettings } from "../../src/gateway/settings.ts";
import { type ConnectOptions, connectMcp } from "../../src/mcp/client.ts";
import type { McpConnection, McpToolResult } from "../../src/mcp/types.ts";
import { type AuditEvent, redacted } from "../../src/observability/audit.ts";
import { createLogger } from "../../src/observability/log.ts";
import { createGreeter, type GreeterLog } from "./greeter.ts";

const closing: (() => Promise<void>)[] = [];

/** Registers what is to be closed, newest first, by `closeAll`. */
export function atEnd(close: () => Promise<void>): void {
  closing.push(close);
}

export async function closeAll(): Promise<void> {
  for (const close of closing.splice(0).reverse()) await close();
}

export interface TestGateway {
  gateway: Gateway;
  audit: AuditEvent[];
}

export function startGateway(options: Partial<GatewayOptions> & Pick<GatewayOptions, "upstreams">): TestGateway {
  const audit: AuditEvent[] = [];
  const gateway = createGateway({
    agents: {},
    audit: { append: (event) => audit.push(redacted(event)), close: async () => {} },
    clock: systemClock,
    logger: createLogger({ level: "silent", destination: 2 }),
    ...options,
  });
  atEnd(() => gateway.close());
  return { gateway, audit };
}

export function greeterUpstream(settings: Partial<UpstreamSettings> = {}): {
  upstream: UpstreamSettings;
  log: GreeterLog;
} {
  const { definition, log } = createGreeter();
  const source = {
    type: "builtin",
    open: () => linkInProcess(definition, { trustCaller: true, onError: () => {} }),
  } as const;
  return { upstream: { name: "greeter", source, ...settings }, log };
}

export interface FlakyUpstream {
  upstream: UpstreamSettings;
  /** While this file is there the server will not start. */
  downFile: string;
  /** What reached it. */
  received(): { pid: number; method: string; name?: string; requestId?: number }[];
}

export function flakyUpstream(settings: Partial<UpstreamSettings> = {}): FlakyUpstream {
  const folder = mkdtempSync(join(tmpdir(), "flaky-"));
  atEnd(async () => rmSync(folder, { recursive: true }));
  const logFile = join(folder, "log");
  const downFile = join(folder, "down");
  const source = {
    type: "process",
    command: process.execPath,
    args: [resolve(import.meta.dirname, "flaky-server.ts")],
    env: { FLAKY_LOG: logFile, FLAKY_DOWN: downFile },
  } as const;
  const received = () => {
    try {
      const lines = readFileSync(logFile, "utf8").trim().split("\n");
      return lines.map((line) => JSON.parse(line));
    } catch {
      return [];
    }
  };
  return { upstream: { name: "flaky", source, believeHints: true, ...settings }, downFile, received };
}

export async function connectTo(
  gateway: Gateway,
  identity: Identity = { client: "sophia" },
  options: Partial<ConnectOptions> = {},
): Promise<McpConnection> {
  const link = gateway.connectInProcess(identity);
  const client = await connectMcp({ type: "in-process", link }, { name: "test", version: "1", ...options });
  atEnd(() => client.close());
  return client;
}

export async function connectOverHttp(url: string, token: string): Promise<McpConnection> {
  const client = await connectMcp({ type: "http", url, token }, { name: "test", version: "1" });
  atEnd(() => client.close());
  return client;
}

export const textOf = (result: McpToolResult): string => String(result.content[0]?.text);
