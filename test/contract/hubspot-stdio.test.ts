/** The HubSpot server as its own process, spoken to by the MCP SDK's client over stdio. */

import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { startHubSpot } from "../../sandbox/hubspot/start-hubspot.ts";
import { createSandboxClock, Switchboard } from "../../sandbox/stand-in.ts";
import { createWorld } from "../../sandbox/world/create-world.ts";
import { connectMcp } from "../../src/mcp/client.ts";
import { CALLER_META } from "../../src/mcp/types.ts";

const main = resolve(import.meta.dirname, "../../mcp-servers/hubspot/main.ts");
const client = { name: "test", version: "1" };
const now = Date.parse("2026-11-18T17:00:00Z");

const start = (env: Record<string, string>) =>
  connectMcp({ type: "process", command: process.execPath, args: [main], env }, { ...client, timeoutMs: 20_000 });

describe("the HubSpot server on stdio", () => {
  it("lists its tools without a request, and answers for the caller that its parent names", async () => {
    const board = new Switchboard(createSandboxClock(now));
    const hubspot = await startHubSpot({ world: createWorld({ now }), board });
    const server = await start({ ...hubspot.env, HUBSPOT_READ_ONLY: "true" });
    try {
      expect((await server.listTools()).length).toBe(10);
      expect(board.requests("hubspot")).toEqual([]);
      const meta = { [CALLER_META]: { email: "daniel@payready.example", audience: "channel" } };
      const args = { owner: "me", limit: 1 };
      const found = await server.callTool("search_deals", args, { timeoutMs: 10_000, meta });
      expect(found.structuredContent).toMatchObject({ deals: [{ owner: { email: "daniel@payready.example" } }] });
    } finally {
      await server.close();
      await hubspot.close();
    }
  });

  it("does not start without its key, and says so on stderr", async () => {
    let stderr = "";
    const target = { type: "process", command: process.execPath, args: [main], env: {} } as const;
    await expect(connectMcp(target, { ...client, onStderr: (text) => (stderr += text) })).rejects.toThrow();
    await expect.poll(() => stderr).toContain("HUBSPOT_API_KEY is not set");
  });
});
