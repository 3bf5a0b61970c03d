import { request } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Gateway } from "../../src/gateway/gateway.ts";
import type { Front } from "../../src/gateway/front.ts";
import { CALLER_META, type McpConnection } from "../../src/mcp/types.ts";
import type { AuditEvent } from "../../src/observability/audit.ts";
import { createMetrics } from "../../src/observability/metrics.ts";
import { closeAll, connectOverHttp, connectTo, greeterUpstream, startGateway, textOf } from "../support/gateway.ts";
import type { GreeterLog } from "../support/greeter.ts";

const TOKEN = "sophia-token";
const GUEST = "guest-token";

let gateway: Gateway;
let front: Front;
let audit: AuditEvent[];
let log: GreeterLog;

beforeEach(async () => {
  const greeter = greeterUpstream();
  log = greeter.log;
  const started = startGateway({
    upstreams: [greeter.upstream],
    token: TOKEN,
    clients: [{ name: "guest", token: GUEST, tools: ["greeter__greet"] }],
    agents: { reader: ["greeter__greet", "greeter__recite"], nobody: [] },
    metrics: createMetrics(),
  });
  ({ gateway, audit } = started);
  await gateway.start();
  front = await gateway.listen({ port: 0, maxBodyBytes: 10_000, maxSessionsEach: 3, maxSessions: 5 });
});
afterEach(closeAll);

interface Sent {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string;
  port?: number;
}

/** Raw, because fetch sets Host and Origin itself. */
function send({ method = "POST", path = "/mcp", headers = {}, body, port = front.port }: Sent) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const defaults = {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      authorization: `Bearer ${TOKEN}`,
    };
    const sending = request(
      { host: "127.0.0.1", port, method, path, headers: { ...defaults, ...headers } },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
      },
    );
    sending.on("error", reject);
    sending.end(body);
  });
}

const initialize = JSON.stringify({
  jsonrpc: "2.0",
  id: 0,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "raw", version: "1" } },
});
const list = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });

async function openSession(headers: Record<string, string> = {}, path = "/mcp"): Promise<string> {
  const answer = await send({ body: initialize, headers, path });
  expect(answer.status).toBe(200);
  return String(answer.headers["mcp-session-id"]);
}

const greet = (client: McpConnection, meta?: object) =>
  client.callTool("greeter__greet", { name: "Ada" }, { timeoutMs: 5_000, meta: { ...meta } });

describe("the door", () => {
  it.each([
    ["no token", { authorization: "" }, 'Bearer realm="mcp"'],
    ["a forged token", { authorization: `Bearer ${TOKEN}x` }, 'Bearer realm="mcp", error="invalid_token"'],
    ["a token of another kind", { authorization: `Basic ${TOKEN}` }, 'Bearer realm="mcp", error="invalid_token"'],
  ])("refuses %s with 401", async (_what, headers, challenge) => {
    const answer = await send({ body: initialize, headers });
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe(challenge);
    expect(answer.headers["mcp-session-id"]).toBeUndefined();
  });

  it.each([
    ["Host", { host: "evil.example" }],
    ["Origin", { origin: "http://evil.example" }],
  ])("refuses a foreign %s with 403", async (_what, headers) => {
    expect((await send({ body: initialize, headers })).status).toBe(403);
  });

  it("serves other machines under the names that it was told, and starts for them only if it was told any", async () => {
    await expect(gateway.listen({ port: 0, host: "0.0.0.0" })).rejects.toThrow("MCP_GATEWAY_ALLOWED_HOSTS");
    const open = await gateway.listen({ port: 0, host: "0.0.0.0", allowedHosts: ["sophia.internal", "10.0.0.5"] });
    const statusFor = async (host: string) =>
      (await send({ body: initialize, port: open.port, headers: { host } })).status;
    expect(await statusFor(`Sophia.internal:${open.port}`)).toBe(200);
    expect(await statusFor("10.0.0.5")).toBe(200);
    expect(await statusFor("127.0.0.1")).toBe(200);
    expect(await statusFor("0.0.0.0")).toBe(403);
    expect(await statusFor("evil.example")).toBe(403);
  });

  it("lets pages of this machine in", async () => {
    expect((await send({ body: initialize, headers: { origin: "http://localhost:3000" } })).status).toBe(200);
  });

  it.each([
    ["malformed JSON", '{"jsonrpc": "2.0",', 400, -32700],
    ["JSON that is no message", '{"hello": 1}', 400, -32600],
    ["an empty batch", "[]", 400, -32600],
    ["a message before initialize", list, 400, -32600],
    ["a body that is too large", initialize.padEnd(10_001), 413, -32600],
  ])("answers %s with a JSON-RPC error", async (_what, body, status, code) => {
    const answer = await send({ body });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({ jsonrpc: "2.0", id: null, error: { code } });
  });

  it("takes a megabyte at most unless told", async () => {
    const { port } = await gateway.listen({ port: 0 });
    expect((await send({ body: initialize.padEnd(1024 * 1024), port })).status).toBe(200);
    expect((await send({ body: initialize.padEnd(1024 * 1024 + 1), port })).status).toBe(413);
  });

  it("stops reading a body that is too large and did not say so", async () => {
    const headers = { "transfer-encoding": "chunked" };
    expect((await send({ body: initialize.padEnd(10_001), headers })).status).toBe(413);
  });

  it.each([
    ["a media type that is not JSON", { "content-type": "text/plain" }, 415],
    ["an answer that nobody can give", { accept: "text/html" }, 406],
  ])("refuses %s", async (_what, headers, status) => {
    expect((await send({ body: initialize, headers })).status).toBe(status);
  });

  it("knows no other method and no other place", async () => {
    expect((await send({ method: "PUT" })).status).toBe(405);
    expect((await send({ path: "/elsewhere" })).status).toBe(404);
    expect((await send({ path: "/mcp/no-such-role", body: initialize })).status).toBe(404);
  });
});

describe("sessions", () => {
  it("are their owner's alone, at the place where they were opened", async () => {
    const session = await openSession();
    const headers = { "mcp-session-id": session };
    expect((await send({ body: list, headers })).status).toBe(200);
    expect((await send({ body: list, headers: { ...headers, authorization: `Bearer ${GUEST}` } })).status).toBe(404);
    expect((await send({ body: list, headers, path: "/mcp/reader" })).status).toBe(404);
    expect((await send({ body: list, headers: { "mcp-session-id": "made-up" } })).status).toBe(404);
  });

  it("end on DELETE", async () => {
    const headers = { "mcp-session-id": await openSession() };
    expect((await send({ method: "DELETE", headers })).status).toBe(200);
    expect((await send({ body: list, headers })).status).toBe(404);
  });

  it("are bounded for each client: its own that was idle the longest makes room", async () => {
    const guest = { authorization: `Bearer ${GUEST}` };
    const another = await openSession(guest);
    const first = await openSession();
    for (const path of ["/mcp", "/mcp/reader", "/mcp"]) await openSession({}, path);
    expect((await send({ body: list, headers: { "mcp-session-id": first } })).status).toBe(404);
    expect((await send({ body: list, headers: { ...guest, "mcp-session-id": another } })).status).toBe(200);
  });

  it("are bounded in all: a client that has none is refused, and nobody's session ends for it", async () => {
    const small = await gateway.listen({ port: 0, maxSessions: 2 });
    const open = (token: string) =>
      send({ body: initialize, port: small.port, headers: { authorization: `Bearer ${token}` } });
    const ids = [await open(TOKEN), await open(TOKEN)].map(({ headers }) => String(headers["mcp-session-id"]));
    expect(await open(GUEST)).toMatchObject({ status: 503, headers: { "retry-after": "60" } });
    for (const id of ids) {
      expect((await send({ body: list, port: small.port, headers: { "mcp-session-id": id } })).status).toBe(200);
    }
  });

  it("refuse a version of the protocol that they do not know", async () => {
    const headers = { "mcp-session-id": await openSession(), "mcp-protocol-version": "1999-01-01" };
    expect((await send({ body: list, headers })).status).toBe(400);
  });

  it("answer a cancelled request's POST", async () => {
    const headers = { "mcp-session-id": await openSession() };
    const params = { name: "greeter__wait", arguments: { label: "x" } };
    const call = send({ body: JSON.stringify({ jsonrpc: "2.0", id: 7, method: "tools/call", params }), headers });
    await expect.poll(() => log.calls.length).toBe(1);
    const cancelled = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 7 } };
    expect((await send({ body: JSON.stringify(cancelled), headers })).status).toBe(202);
    expect((await call).body).toContain("Cancelled by the client.");
    await expect.poll(() => log.cancelled).toEqual(["x"]);
  });

  it("give a client that lost its connection what it missed", async () => {
    const headers = { "mcp-session-id": await openSession() };
    const body = JSON.stringify({ jsonrpc: "2.0", id: 9, method: "tools/list", params: {} });
    const stream = await send({ body, headers: { ...headers, accept: "text/event-stream, application/json" } });
    expect(stream.headers["content-type"]).toBe("text/event-stream");
    const [primed] = /^id: \S+/m.exec(stream.body) ?? [];
    const lastEventId = String(primed).slice("id: ".length);
    const again = await send({ method: "GET", headers: { ...headers, "last-event-id": lastEventId } });
    expect(again.body).toContain('"id":9');
    expect(again.body).toContain("greeter__greet");
  });
});

describe("who may call what", () => {
  it("offers a role its tools at its place, and refuses the others at the call as well", async () => {
    const client = await connectOverHttp(`${front.url}/mcp/reader`, TOKEN);
    const names = (await client.listTools()).map(({ name }) => name);
    expect(names).toEqual(["gateway__read_more", "greeter__greet", "greeter__recite"]);
    const refused = await client.callTool("greeter__erase", { name: "x" }, { timeoutMs: 5_000 });
    expect(textOf(refused)).toBe("greeter__erase is not among the tools of the role reader.");
    expect(log.calls).toEqual([]);
    expect(audit).toMatchObject([{ client: "sophia", agent: "reader", outcome: "refused", reason: "forbidden" }]);
  });

  it("gives another client what its token allows, in whatever role it comes", async () => {
    const guest = await connectOverHttp(`${front.url}/mcp`, GUEST);
    expect((await guest.listTools()).map(({ name }) => name)).toEqual(["gateway__read_more", "greeter__greet"]);
    const asReader = await connectOverHttp(`${front.url}/mcp/reader`, GUEST);
    const refused = await asReader.callTool("greeter__recite", { characters: 5 }, { timeoutMs: 5_000 });
    expect(refused.isError).toBe(true);
    expect(log.calls).toEqual([]);
  });

  it("believes who asks from Sophia alone", async () => {
    const who = { userId: "U1", email: "ada@acme.example", audience: "private", turnId: "t1", hasReadOthers: false };
    const claim = { [CALLER_META]: who };
    const guest = await connectOverHttp(`${front.url}/mcp`, GUEST);
    await greet(guest, claim);
    const sophia = await connectOverHttp(`${front.url}/mcp`, TOKEN);
    await greet(sophia, claim);
    expect(log.calls.map(({ caller }) => caller)).toEqual([
      undefined,
      { email: "ada@acme.example", audience: "private" },
    ]);
    expect(audit.map(({ client, userId, turnId }) => [client, userId, turnId])).toEqual([
      ["guest", undefined, undefined],
      ["sophia", "U1", "t1"],
    ]);
  });

  it("refuses a role that the session is not of", async () => {
    const client = await connectTo(gateway, { client: "sophia", agent: "reader" });
    const result = await greet(client, { [CALLER_META]: { agent: "nobody", audience: "private" } });
    expect(result.isError).toBe(true);
    expect(audit.at(-1)).toMatchObject({ outcome: "refused", reason: "unauthorised" });
  });

  it("takes the role from Sophia's word where the session has none", async () => {
    const client = await connectTo(gateway);
    const result = await greet(client, { [CALLER_META]: { agent: "nobody", audience: "private" } });
    expect(textOf(result)).toBe("greeter__greet is not among the tools of the role nobody.");
  });
});

describe("what it tells of itself", () => {
  it("is alive and ready", async () => {
    expect((await send({ method: "GET", path: "/healthz", headers: { authorization: "" } })).status).toBe(200);
    const ready = await send({ method: "GET", path: "/readyz", headers: { authorization: "" } });
    expect(JSON.parse(ready.body)).toEqual({ status: "ready", ready: 1, servers: 1 });
  });

  it("shows its servers and metrics to Sophia alone", async () => {
    await greet(await connectTo(gateway));
    for (const path of ["/servers", "/metrics"]) {
      expect((await send({ method: "GET", path, headers: { authorization: "" } })).status).toBe(401);
      expect((await send({ method: "GET", path, headers: { authorization: `Bearer ${GUEST}` } })).status).toBe(403);
    }
    const servers = await send({ method: "GET", path: "/servers" });
    expect(JSON.parse(servers.body)).toMatchObject({ servers: [{ name: "greeter", state: "ready", tools: 5 }] });
    const metrics = await send({ method: "GET", path: "/metrics" });
    expect(metrics.body).toContain(
      'sophia_tool_call_duration_seconds_count{server="greeter",tool="greet",outcome="ok"} 1',
    );
    expect(metrics.body).toContain('sophia_upstream_ready{server="greeter"} 1');
  });
});
