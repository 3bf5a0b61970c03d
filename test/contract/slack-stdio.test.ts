/** The Slack server as its own process, spoken to by the MCP SDK's client over stdio. */

import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { connectMcp } from "../../src/mcp/client.ts";
import { CALLER_META } from "../../src/mcp/types.ts";
import { maya } from "../support/slack-house.ts";
import { BOT_TOKEN, startTestSlack } from "../support/slack-stand-in.ts";

const folder = resolve(import.meta.dirname, "../../mcp-servers/slack");
const main = resolve(folder, "main.ts");
const client = { name: "test", version: "1" };

describe("the Slack server on stdio", () => {
  it("lists its tools without a request, and keeps the protocol's stdout to itself at a 429", async () => {
    const slack = await startTestSlack();
    const env = { SLACK_BOT_TOKEN: BOT_TOKEN, SLACK_API_URL: slack.apiUrl };
    const target = { type: "process", command: process.execPath, args: [main], env } as const;
    const server = await connectMcp(target, { ...client, timeoutMs: 20_000 });
    try {
      expect((await server.listTools()).length).toBe(8);
      expect(slack.board.requests("slack")).toEqual([]);
      slack.board.addFault({ service: "slack", path: "chat.postMessage", status: 429, retryAfter: 1 });
      const meta = { [CALLER_META]: { email: maya, audience: "private", hasReadOthers: false } };
      const sent = await server.callTool("send_message", { channel: "sales", text: "Hi" }, { timeoutMs: 10_000, meta });
      expect(sent.structuredContent).toMatchObject({ message: { text: "Hi" } });
      const nobody = await server.callTool("send_message", { channel: "sales", text: "Hi" }, { timeoutMs: 10_000 });
      expect(nobody.isError).toBe(true);
      expect(slack.store.messages("sales")).toHaveLength(1);
    } finally {
      await server.close();
      await slack.close();
    }
  });

  it("loads no SDK before the first call of a tool", () => {
    const script = `
      const { createSlackServer } = await import(${JSON.stringify(resolve(folder, "index.ts"))});
      createSlackServer({ botToken: "x", apiUrl: "http://127.0.0.1:9/api/", readOnly: false }, { clock: { now: Date.now } });
      const { createRequire } = await import("node:module");
      const loaded = Object.keys(createRequire(${JSON.stringify(main)}).cache);
      process.stdout.write(String(loaded.filter((file) => /node_modules.@slack/.test(file)).length));
    `;
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    expect(stdout).toBe("0");
  });

  it("does not start without its settings, and says which on stderr", async () => {
    let stderr = "";
    const target = { type: "process", command: process.execPath, args: [main], env: { SLACK_READ_ONLY: "1" } } as const;
    await expect(connectMcp(target, { ...client, onStderr: (text) => (stderr += text) })).rejects.toThrow();
    await expect.poll(() => stderr).toContain("SLACK_BOT_TOKEN is not set");
    expect(stderr).toContain("SLACK_READ_ONLY must be true or false");
  });
});
