import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EventLog } from "../../../src/mcp/event-log.ts";
import { HttpEndpoint, LOOPBACK_HOSTS } from "../../../src/mcp/http-endpoint.ts";
import { createServer as createMcpServer } from "../../../mcp-servers/shared/create-server.ts";
import { connectMcp } from "../../../src/mcp/client.ts";
import { atEnd, closeAll } from "../../support/gateway.ts";
import { createGreeter } from "../../support/greeter.ts";

describe("the event log", () => {
  it("gives the events of one stream that followed another", () => {
    const log = new EventLog();
    const [first = ""] = /(?<=id: )\S+/.exec(log.append("1", "a")) ?? [];
    const b = log.append("1", "b");
    log.append("2", "c");
    const d = log.append("1", "d");
    expect(log.after(first)).toEqual({ streamId: "1", frames: [b, d] });
    expect(log.after("7.1")).toBeUndefined();
    expect(log.after("nonsense")).toBeUndefined();
  });

  it("keeps a bounded number of events and characters", () => {
    const log = new EventLog();
    log.prime("1", 1);
    for (let i = 0; i < 1_000; i++) log.append("1", `${i}`);
    expect(log.after("1.1")?.frames).toHaveLength(256);
    for (let i = 0; i < 10; i++) log.append("1", "x".repeat(300_000));
    expect(log.after("1.1")?.frames.length).toBeLessThanOrEqual(3);
  });
});

describe("the endpoint", () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ["setInterval"] }));
  afterEach(async () => {
    await closeAll();
    vi.useRealTimers();
  });

  it("closes sessions that nobody used for a while, and keeps those that are in use", async () => {
    const time = { now: 0 };
    const { definition, log } = createGreeter();
    const endpoint = new HttpEndpoint<string>({
      authenticate: () => "somebody",
      identityKey: (identity) => identity,
      app: () => createMcpServer(definition),
      monotonicNow: () => time.now,
      allowedHosts: LOOPBACK_HOSTS,
      idleMs: 60_000,
    });
    const server = createServer((request, response) => void endpoint.handle(request, response, "/mcp"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    atEnd(async () => {
      await endpoint.close();
      server.closeAllConnections();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
    const body = { jsonrpc: "2.0", id: 1, method: "initialize" };
    const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "raw", version: "1" } };
    const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
    await fetch(url, { method: "POST", headers, body: JSON.stringify({ ...body, params }) });
    const busy = await connectMcp({ type: "http", url }, { name: "busy", version: "1" });
    atEnd(() => busy.close());
    const waiting = busy.callTool("wait", { label: "busy" }, { timeoutMs: 20_000 }).catch(() => {});
    await expect.poll(() => log.calls.length).toBe(1);
    expect(endpoint.sessionCount).toBe(2);
    time.now = 60_001;
    vi.advanceTimersByTime(5_000);
    expect(endpoint.sessionCount).toBe(1);
    await endpoint.close();
    await waiting;
    expect(endpoint.sessionCount).toBe(0);
  });
});
