import { resolve } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { connectMcp } from "../../src/mcp/client.ts";
import type { McpConnection } from "../../src/mcp/types.ts";
import { atEnd, closeAll, textOf } from "../support/gateway.ts";

afterEach(closeAll);

const script = (name: string) => resolve(import.meta.dirname, "../support", name);

async function spawn(name: string): Promise<{ client: McpConnection; stderr: () => string }> {
  let written = "";
  const onStderr = (text: string) => (written += text);
  const target = { type: "process", command: process.execPath, args: [script(name)] } as const;
  const client = await connectMcp(target, { name: "test", version: "1", onStderr });
  atEnd(() => client.close());
  return { client, stderr: () => written };
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("a server of ours on stdio", () => {
  it("keeps stdout for the protocol, whatever its libraries print", async () => {
    const { client, stderr } = await spawn("noisy-greeter.ts");
    const result = await client.callTool("greet", { name: "Ada" }, { timeoutMs: 5_000 });
    expect(textOf(result)).toContain("Hello Ada");
    await expect.poll(stderr).toContain("a library says hello");
  });

  it("ends when its client goes", async () => {
    const { client } = await spawn("noisy-greeter.ts");
    const pid = Number(client.pid);
    const began = performance.now();
    await client.close();
    await expect.poll(() => isRunning(pid)).toBe(false);
    expect(performance.now() - began).toBeLessThan(1_500);
  });
});

describe("the client", () => {
  it("kills a server that will not end", { timeout: 15_000 }, async () => {
    const { client } = await spawn("stubborn-server.ts");
    const pid = Number(client.pid);
    await client.close();
    await expect.poll(() => isRunning(pid)).toBe(false);
  });

  it("gives up on a server that does not answer initialize, and leaves no process behind", async () => {
    let pid = 0;
    const onStderr = (text: string) => (pid = Number(text));
    const silent = "process.stderr.write(String(process.pid)); setInterval(() => {}, 1000)";
    const target = { type: "process", command: process.execPath, args: ["-e", silent] } as const;
    const connecting = connectMcp(target, { name: "test", version: "1", timeoutMs: 500, onStderr });
    await expect(connecting).rejects.toMatchObject({ kind: "timed_out", message: "did not answer within 0.5 s" });
    expect(pid).toBeGreaterThan(0);
    await expect.poll(() => isRunning(pid)).toBe(false);
  });

  it("says that a command cannot be started", async () => {
    const target = { type: "process", command: "/nonexistent/server" } as const;
    const connecting = connectMcp(target, { name: "test", version: "1" });
    await expect(connecting).rejects.toMatchObject({ kind: "unreachable", message: "cannot be reached (ENOENT)" });
  });
});
