import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { configSchema } from "../../src/config/config-file.ts";
import { variables } from "../../src/config/settings.ts";
import { systemClock } from "../../src/core/clock.ts";
import type { McpConnection, McpToolResult } from "../../src/mcp/types.ts";
import { createLogger } from "../../src/observability/log.ts";
import { readUpstreams } from "../../src/wiring/gateway-settings.ts";
import {
  closeAll,
  connectOverHttp,
  connectTo,
  flakyUpstream,
  greeterUpstream,
  startGateway,
  textOf,
} from "../support/gateway.ts";

afterEach(closeAll);

const call = (client: McpConnection, name: string, args = {}): Promise<McpToolResult> =>
  client.callTool(name, args, { timeoutMs: 20_000 });

describe("an upstream whose process is killed", () => {
  it("is started again under the client's session, which never notices but for the time", async () => {
    const flaky = flakyUpstream();
    const { gateway, audit } = startGateway({ upstreams: [flaky.upstream], token: "t" });
    const front = await gateway.listen({ port: 0 });
    const client = await connectOverHttp(`${front.url}/mcp`, "t");
    const first = Number(textOf(await call(client, "flaky__pid")));
    process.kill(first, "SIGKILL");
    const second = Number(textOf(await call(client, "flaky__pid")));
    expect(second).not.toBe(first);
    expect(gateway.report()[0]).toMatchObject({ state: "ready" });
    expect(audit.map(({ outcome }) => outcome)).toEqual(["ok", "ok"]);
  });

  it("carries on an idempotent call that was under way, and its tools stay listed meanwhile", async () => {
    const flaky = flakyUpstream();
    const { gateway } = startGateway({ upstreams: [flaky.upstream] });
    const client = await connectTo(gateway);
    const pid = Number(textOf(await call(client, "flaky__pid")));
    const answers = Promise.all([call(client, "flaky__slow"), call(client, "flaky__slow")]);
    await expect.poll(() => flaky.received().filter(({ name }) => name === "slow").length).toBe(2);
    process.kill(pid, "SIGKILL");
    expect((await client.listTools()).map(({ name }) => name)).toContain("flaky__slow");
    for (const answer of await answers) {
      expect(answer.isError).toBeFalsy();
      expect(Number(textOf(answer))).not.toBe(pid);
    }
  });

  it("does not send a write twice, and says that its outcome is not known", async () => {
    const flaky = flakyUpstream();
    const { gateway, audit } = startGateway({
      upstreams: [flaky.upstream],
      policies: [{ tools: "flaky__write", policy: "allow" }],
    });
    const client = await connectTo(gateway);
    const pid = Number(textOf(await call(client, "flaky__pid")));
    const answer = call(client, "flaky__write");
    await expect.poll(() => flaky.received().some(({ name }) => name === "write")).toBe(true);
    process.kill(pid, "SIGKILL");
    const result = await answer;
    expect(result.isError).toBe(true);
    expect(textOf(result)).toBe(
      "flaky broke off the connection. It is not known whether the change was made: look before you call again.",
    );
    await call(client, "flaky__pid");
    expect(flaky.received().filter(({ name }) => name === "write")).toHaveLength(1);
    expect(audit.at(1)).toMatchObject({ outcome: "failed", reason: "closed" });
  });

  it("is reported truthfully while it cannot start, answers calls with the reason, and comes back by itself", async () => {
    const flaky = flakyUpstream();
    const good = greeterUpstream();
    const { gateway } = startGateway({ upstreams: [flaky.upstream, good.upstream], token: "t" });
    const front = await gateway.listen({ port: 0 });
    const client = await connectTo(gateway);
    const pid = Number(textOf(await call(client, "flaky__pid")));
    writeFileSync(flaky.downFile, "");
    process.kill(pid, "SIGKILL");
    await expect.poll(() => gateway.report()[0]?.state, { timeout: 5_000 }).toBe("waiting");
    const readiness = await (await fetch(`${front.url}/readyz`)).json();
    expect(readiness).toEqual({ status: "ready", ready: 1, servers: 2 });
    const refused = await call(client, "flaky__pid");
    expect(refused.isError).toBe(true);
    expect(textOf(refused)).toContain("flaky broke off the connection. The request is not at fault");
    expect((await call(client, "greeter__greet", { name: "Ada" })).isError).toBeFalsy();
    rmSync(flaky.downFile);
    expect(Number(textOf(await call(client, "flaky__pid")))).not.toBe(pid);
    expect(gateway.report()[0]).toMatchObject({ state: "ready", reason: undefined });
  });
});

describe("a broken upstream beside a good one", () => {
  it("costs the others nothing, and says why it is missing", async () => {
    const good = greeterUpstream();
    const broken = { name: "broken", source: { type: "process", command: "/nonexistent/server" } } as const;
    const url = `http://127.0.0.1:${await freePort()}/mcp`;
    const unreachable = { name: "away", source: { type: "http", url } } as const;
    const { gateway } = startGateway({ upstreams: [broken, unreachable, good.upstream] });
    await gateway.start();
    const client = await connectTo(gateway);
    expect((await client.listTools()).map(({ name }) => name)).toContain("greeter__greet");
    expect(gateway.report().map(({ name, state, reason }) => [name, state, reason])).toEqual([
      ["broken", expect.stringMatching(/waiting|connecting/), "cannot be reached (ENOENT)"],
      ["away", expect.stringMatching(/waiting|connecting/), "cannot be reached (ECONNREFUSED)"],
      ["greeter", "ready", undefined],
    ]);
  });
});

describe("an upstream that hangs at its start", () => {
  it("holds up the first listing no longer than is allowed, and calls to others not at all", async () => {
    const good = greeterUpstream();
    const args = ["-e", "setInterval(() => {}, 1000)"];
    const hung = { name: "hung", source: { type: "process", command: process.execPath, args } } as const;
    const { gateway } = startGateway({ upstreams: [hung, good.upstream], limits: { startMs: 300 } });
    const client = await connectTo(gateway);
    expect((await client.listTools()).map(({ name }) => name)).toContain("greeter__greet");
    expect((await call(client, "greeter__greet", { name: "Ada" })).isError).toBeFalsy();
    expect(gateway.report()[0]).toMatchObject({ state: "connecting" });
    expect(gateway.isReady()).toBe(false);
  });
});

describe("a process upstream", () => {
  it("gets the variables that it declares and none of ours", async () => {
    process.env.SOPHIA_TEST_SECRET = "do-not-tell";
    try {
      const { gateway } = startGateway({ upstreams: [flakyUpstream().upstream] });
      const seen = textOf(await call(await connectTo(gateway), "flaky__env")).split(",");
      expect(seen).toContain("FLAKY_LOG");
      expect(seen.filter((name) => !name.startsWith("FLAKY_"))).not.toContain("SOPHIA_TEST_SECRET");
      expect(seen).not.toContain("NODE_ENV");
    } finally {
      delete process.env.SOPHIA_TEST_SECRET;
    }
  });

  it("of the configuration gets no setting of ours but those that are declared for it", async () => {
    const settings = Object.fromEntries(Object.keys(variables).map((name) => [name, `value-of-${name}`]));
    const { source } = flakyUpstream().upstream;
    if (source.type !== "process") throw new Error("the flaky server is a process");
    const { command, args = [] } = source;
    const env = { GIVEN: "${HUBSPOT_API_KEY}", ASANA_WORKSPACE: "${ASANA_WORKSPACE}", GONG_API_KEY: "${UNSET:-}" };
    const config = configSchema.parse({ servers: [{ name: "flaky", type: "process", command, args, env }] });
    for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
    try {
      const { upstreams } = readUpstreams(config, settings, systemClock, createLogger({ level: "silent" }));
      const { gateway } = startGateway({ upstreams: upstreams.map((one) => ({ ...one, believeHints: true })) });
      const seen = textOf(await call(await connectTo(gateway), "flaky__env")).split(",");
      expect(seen).toContain("GIVEN");
      expect(seen.filter((name) => name in settings)).toEqual(["ASANA_WORKSPACE"]);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("is gone when the gateway is closed", async () => {
    const { gateway } = startGateway({ upstreams: [flakyUpstream().upstream] });
    const pid = Number(textOf(await call(await connectTo(gateway), "flaky__pid")));
    await gateway.close();
    await expect.poll(() => isRunning(pid)).toBe(false);
  });

  it("offers the tools whose names Claude takes, and the reason for each other", async () => {
    const { gateway } = startGateway({ upstreams: [flakyUpstream().upstream] });
    const names = (await (await connectTo(gateway)).listTools()).map(({ name }) => name);
    expect(names).toEqual([...names].sort());
    expect(names.every((name) => /^[A-Za-z0-9_-]{1,64}$/.test(name))).toBe(true);
    expect(gateway.report()[0]?.missing).toEqual([
      { tool: "bad name!", reason: "its name has other characters than A-Z, a-z, 0-9, _ and -" },
      { tool: "x".repeat(70), reason: "its name is 77 characters long with the prefix; 64 are allowed" },
    ]);
  });

  it("tells of a definition that has become another, and passes the change on", async () => {
    const { gateway } = startGateway({ upstreams: [flakyUpstream().upstream] });
    const client = await connectTo(gateway);
    await client.listTools();
    let changes = 0;
    client.onToolsChanged(() => changes++);
    await call(client, "flaky__rename");
    await expect.poll(() => gateway.report()[0]?.changed).toEqual(["flaky__pid"]);
    expect(changes).toBeGreaterThan(0);
    const listed = await client.listTools();
    expect(listed.find(({ name }) => name === "flaky__pid")?.description).toBe("Gives something else");
  });
});

describe("what passes through", () => {
  it("progress, even when it comes in one chunk with the answer", async () => {
    const { gateway } = startGateway({ upstreams: [flakyUpstream().upstream], token: "t" });
    const front = await gateway.listen({ port: 0 });
    for (const client of [await connectTo(gateway), await connectOverHttp(`${front.url}/mcp`, "t")]) {
      const seen: number[] = [];
      const onProgress = ({ progress }: { progress: number }) => void seen.push(progress);
      await client.callTool("flaky__count", {}, { timeoutMs: 5_000, onProgress });
      expect(seen).toEqual([1, 2, 3]);
    }
  });

  it("a cancellation, to the server that is at work", async () => {
    const flaky = flakyUpstream();
    const { gateway, audit } = startGateway({ upstreams: [flaky.upstream], token: "t" });
    const front = await gateway.listen({ port: 0 });
    const client = await connectOverHttp(`${front.url}/mcp`, "t");
    const stop = new AbortController();
    const answer = client.callTool("flaky__never", {}, { timeoutMs: 20_000, signal: stop.signal });
    await expect.poll(() => flaky.received().some(({ name }) => name === "never")).toBe(true);
    stop.abort(new Error("stopped"));
    await expect(answer).rejects.toThrow("stopped");
    await expect.poll(() => flaky.received().some(({ method }) => method === "notifications/cancelled")).toBe(true);
    await expect
      .poll(() => audit.at(-1))
      .toMatchObject({ tool: "flaky__never", outcome: "failed", reason: "cancelled" });
  });

  it("_meta, without what only Sophia's own parts may say, in either direction", async () => {
    const { gateway } = startGateway({ upstreams: [flakyUpstream().upstream] });
    const client = await connectTo(gateway);
    const meta = { "dev.sophia/caller": { email: "ada@acme.example", audience: "private" }, traceparent: "00-1" };
    const result = await client.callTool("flaky__meta", {}, { timeoutMs: 5_000, meta });
    expect(JSON.parse(textOf(result))).toEqual({ traceparent: "00-1" });
    expect(result._meta).toEqual({ own: 1 });
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
