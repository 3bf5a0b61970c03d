/** The Asana server as its own process, spoken to by the MCP SDK's client over stdio. */

import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { startAsana } from "../../sandbox/asana/start-asana.ts";
import { createSandboxClock, Switchboard } from "../../sandbox/stand-in.ts";
import { createWorld } from "../../sandbox/world/create-world.ts";
import { connectMcp } from "../../src/mcp/client.ts";
import { CALLER_META } from "../../src/mcp/types.ts";
import { maya, now } from "../support/asana-house.ts";

const folder = resolve(import.meta.dirname, "../../mcp-servers/asana");
const main = resolve(folder, "main.ts");
const client = { name: "test", version: "1" };

describe("the Asana server on stdio", () => {
  it("lists its tools without a request, and answers a call for the person whom its parent names", async () => {
    const board = new Switchboard(createSandboxClock(now));
    const asana = await startAsana({ world: createWorld({ now }), board });
    const target = { type: "process", command: process.execPath, args: [main], env: asana.env } as const;
    const server = await connectMcp(target, { ...client, timeoutMs: 20_000 });
    try {
      expect((await server.listTools()).length).toBe(12);
      expect(board.requests("asana")).toEqual([]);
      const meta = { [CALLER_META]: { email: maya, audience: "private" } };
      const seen = await server.callTool("get_my_tasks", { limit: 1 }, { timeoutMs: 10_000, meta });
      expect(seen.structuredContent).toMatchObject({ assignee: { email: maya } });
    } finally {
      await server.close();
      await asana.close();
    }
  });

  it("loads no SDK before the first call of a tool", () => {
    const script = `
      const { createAsanaServer } = await import(${JSON.stringify(resolve(folder, "index.ts"))});
      const config = { accessToken: "x", baseUrl: "http://127.0.0.1:9/api/1.0", timeZone: "UTC", requestsPerMinute: 150, readOnly: false };
      createAsanaServer(config, { clock: { now: Date.now } });
      const { createRequire } = await import("node:module");
      const loaded = Object.keys(createRequire(${JSON.stringify(main)}).cache);
      process.stdout.write(String(loaded.filter((file) => /node_modules.(asana|superagent)/.test(file)).length));
    `;
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    expect(stdout).toBe("0");
  });

  it("does not start without its settings, and says which on stderr", async () => {
    let stderr = "";
    const env = { ASANA_REQUESTS_PER_MINUTE: "9000" };
    const target = { type: "process", command: process.execPath, args: [main], env } as const;
    await expect(connectMcp(target, { ...client, onStderr: (text) => (stderr += text) })).rejects.toThrow();
    await expect.poll(() => stderr).toContain("ASANA_ACCESS_TOKEN is not set");
    expect(stderr).toContain("ASANA_REQUESTS_PER_MINUTE must be a whole number from 1 to 1500");
  });
});
