/** The Gong server as its own process, spoken to by the MCP SDK's client over stdio. */

import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { connectMcp } from "../../src/mcp/client.ts";
import { CALLER_META } from "../../src/mcp/types.ts";
import { gongCall, startFakeGong } from "../unit/mcp-servers/gong/support.ts";

const main = resolve(import.meta.dirname, "../../mcp-servers/gong/main.ts");
const client = { name: "test", version: "1" };

const start = (env: Record<string, string>) =>
  connectMcp({ type: "process", command: process.execPath, args: [main], env }, { ...client, timeoutMs: 20_000 });

describe("the Gong server on stdio", () => {
  it("lists its tools and answers a call, with the caller that its parent names", async () => {
    const calls = [gongCall(), gongCall({ id: "2", isPrivate: true })];
    const fake = await startFakeGong(() => ({ body: { calls, records: { totalRecords: 2 } } }));
    const server = await start({
      GONG_API_KEY: "key",
      GONG_API_SECRET: "secret",
      GONG_BASE_URL: fake.url,
      GONG_TIME_ZONE: "Europe/Berlin",
    });
    try {
      expect((await server.listTools()).length).toBe(8);
      const args = { from_date: "2026-03-09", to_date: "2026-03-09" };
      const seen = await server.callTool("get_calls", args, { timeoutMs: 10_000 });
      expect(seen.structuredContent).toMatchObject({ total: 1, from: "2026-03-09T00:00:00+01:00" });
      const meta = { [CALLER_META]: { email: "dana@ours.example", audience: "private" } };
      const own = await server.callTool("get_calls", args, { timeoutMs: 10_000, meta });
      expect(own.structuredContent).toMatchObject({ total: 2 });
      expect(fake.sent[0]?.authorization).toBe(`Basic ${Buffer.from("key:secret").toString("base64")}`);
    } finally {
      await server.close();
    }
  });

  it("does not start without its settings, and says which on stderr", async () => {
    let stderr = "";
    const target = { type: "process", command: process.execPath, args: [main], env: {} } as const;
    await expect(connectMcp(target, { ...client, onStderr: (text) => (stderr += text) })).rejects.toThrow();
    await expect.poll(() => stderr).toContain("GONG_BASE_URL is not set");
    expect(stderr).toContain("GONG_API_KEY is not set");
  });
});
