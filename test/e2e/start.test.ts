import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Sandbox } from "../../sandbox/start.ts";
import { type Command, runCommand, spawnCommand } from "../support/command.ts";
import { createHome, type EngineHome } from "../support/engines.ts";
import { configFile, houseEnvironment, houseSandbox } from "../support/house.ts";
import { startSophiaProcess } from "../support/sophia-process.ts";

let sandbox: Sandbox;
let home: EngineHome;
let env: Record<string, string>;

beforeAll(async () => {
  [sandbox, home] = await Promise.all([houseSandbox(), createHome(undefined, undefined)]);
  env = houseEnvironment(sandbox, home, "socket");
});
afterAll(async () => {
  await sandbox.close();
  await home.drop();
});

/** Runs a command that is to be refused; what it wrote to stderr, by lines. */
async function refused(args: string[], given: Record<string, string> = {}, code = 1): Promise<string[]> {
  const ended = await runCommand(args, { env: given });
  expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code, stdout: "" });
  expect(ended.stderr).not.toMatch(/\n\s+at |Error:/);
  return ended.stderr.trim().split("\n");
}

describe("start", () => {
  it("names all settings that are missing at once, each with where to get it", async () => {
    expect(await refused(["start"])).toEqual([
      expect.stringMatching(/^SLACK_BOT_TOKEN is not set: .*api\.slack\.com\/apps/),
      expect.stringMatching(/^SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is not set: .*api\.slack\.com\/apps/),
      expect.stringMatching(/^ANTHROPIC_API_KEY is not set: .*console\.anthropic\.com/),
    ]);
  });

  it("names those that cannot be right as well, without showing them", async () => {
    const wrong = {
      SLACK_BOT_TOKEN: "xapp-swapped",
      DATABASE_URL: "mysql://root:hunter2@db",
      PORT: "http",
      MCP_AUTH_TOKEN: "short",
    };
    const lines = await refused(["start"], { ...env, ...wrong });
    expect(lines).toHaveLength(4);
    for (const name of Object.keys(wrong))
      expect(lines.filter((line) => line.startsWith(`${name} is not`))).toHaveLength(1);
    expect(lines.join("\n")).not.toMatch(/swapped|hunter2|short/);
  });

  it("says in a sentence what Slack has against the token", async () => {
    const [line, ...more] = await refused(["start"], { ...env, SLACK_BOT_TOKEN: "xoxb-of-another-app" });
    expect(more).toEqual([]);
    expect(line).toMatch(/^Slack refused auth\.test \(invalid_auth\)\. Check SLACK_BOT_TOKEN/);
  });

  it("says which configuration file it cannot read", async () => {
    const lines = await refused(["start"], { ...env, SOPHIA_CONFIG: "/nowhere/sophia.config.json" });
    expect(lines).toEqual([expect.stringMatching(/^\/nowhere\/sophia\.config\.json cannot be read \(SOPHIA_CONFIG/)]);
  });

  it("does not start twice on one folder, and starts again at once where it was killed", async () => {
    const first = await startSophiaProcess(env);
    const { code, stderr } = await runCommand(["start"], { env: { ...env, SOPHIA_LOG_LEVEL: "silent" } });
    expect(code).toBe(1);
    expect(stderr).toContain(home.dataDir);
    await first.kill();
    // And who asks for the end the moment that it is ready gets an orderly one.
    const second = await startSophiaProcess(env);
    expect(await second.stop()).toBe(0);
  });

  it("starts without the Redis that it was given, and ends when it is asked to", async () => {
    const alone = await startSophiaProcess({ ...env, REDIS_URL: "redis://127.0.0.1:1" });
    expect(await alone.stop()).toBe(0);
  });

  it("is refused for a command that there is not, with those that there are", async () => {
    const lines = await refused(["begin"], {}, 2);
    expect(lines[0]).toBe('There is no command "begin".');
    for (const name of ["start", "demo", "sandbox", "doctor", "mcp", "gateway"])
      expect(lines.join("\n")).toContain(`  ${name}`);
  });
});

describe("doctor", () => {
  it("finds the sandbox in order", async () => {
    const place = await createHome(undefined, undefined);
    const given = { ...env, SOPHIA_DATA_DIR: place.dataDir, MCP_AUTH_TOKEN: "0123456789abcdef" };
    const { code, stdout, stderr } = await runCommand(["doctor"], { env: given });
    await place.drop();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^ok {3}Slack: @sophia in .*all scopes granted$/m);
    expect(stdout).toMatch(/^ok {3}Socket Mode: /m);
    expect(stdout).toMatch(/^ok {3}Claude: /m);
    expect(stdout).toMatch(/^ok {3}gong: answers; 8 tools$/m);
    expect(stdout).toMatch(/^ok {3}records: PGlite/m);
    expect(stdout).toMatch(/^ok {3}Gong webhooks: enter http:.*\/webhooks\/gong at Gong/m);
    expect(stdout).toMatch(/^ok {3}HubSpot webhooks: enter http:.*\/webhooks\/hubspot at HubSpot/m);
    expect(stdout).toMatch(/Sophia can start: npm start$/m);
    expect(stdout).not.toMatch(/FAIL|note/);
  });

  it("says of each thing that is wrong what to do", async () => {
    const wrong = { SLACK_APP_TOKEN: "xapp-wrong", ANTHROPIC_API_KEY: "sk-ant-wrong", GONG_API_SECRET: "wrong" };
    const { code, stdout } = await runCommand(["doctor"], { env: { ...env, ...wrong } });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^FAIL Socket Mode: .*SLACK_APP_TOKEN/m);
    expect(stdout).toMatch(/^FAIL Claude: .*ANTHROPIC_API_KEY/m);
    expect(stdout).toMatch(/^FAIL gong: .*GONG_API_KEY, GONG_API_SECRET/m);
    expect(stdout).toMatch(/^3 to mend before npm start can work\.$/m);
    expect(stdout).not.toMatch(/xapp-wrong|sk-ant-wrong/);
  });

  it("lists what is missing where nothing is set", async () => {
    const { code, stdout } = await runCommand(["doctor"], {
      env: { SOPHIA_CONFIG: configFile, SOPHIA_DATA_DIR: home.dataDir },
    });
    expect(code).toBe(1);
    expect(stdout.match(/^FAIL settings: \w+/gm)).toHaveLength(3);
    expect(stdout).toMatch(/^note HubSpot webhooks: .*: HUBSPOT_WEBHOOK_SECRET, SOPHIA_PUBLIC_URL not set$/m);
    expect(stdout).toMatch(/^note gong: not offered: GONG_API_KEY, GONG_API_SECRET, GONG_BASE_URL not set$/m);
  });
});

const initialize = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } },
};
const listTools = { jsonrpc: "2.0", id: 2, method: "tools/list" };

/** The lines of a stream until one that `isLast`. */
async function linesUntil(stream: Command["stdout"], isLast: (line: string) => boolean): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface(stream)) {
    lines.push(line);
    if (isLast(line)) return lines;
  }
  throw new Error(`The stream ended with:\n${lines.join("\n")}`);
}

describe("mcp gong", () => {
  it("lists its eight tools on stdio, and writes nothing else there", async () => {
    const child = spawnCommand(["mcp", "gong"], { ...env, SOPHIA_LOG_LEVEL: "debug" });
    for (const message of [initialize, { jsonrpc: "2.0", method: "notifications/initialized" }, listTools])
      child.stdin.write(`${JSON.stringify(message)}\n`);
    const lines = await linesUntil(child.stdout, (line) => line.includes('"id":2'));
    child.kill();
    const messages = lines.map((line) => JSON.parse(line));
    expect(messages.map(({ jsonrpc, id }) => `${jsonrpc} ${id}`)).toEqual(["2.0 1", "2.0 2"]);
    expect(messages[1].result.tools.map(({ name }: { name: string }) => name)).toEqual([
      "find_calls",
      "find_user",
      "get_call_summary",
      "get_call_transcript",
      "get_calls",
      "get_interaction_stats",
      "get_rep_activity",
      "list_trackers",
    ]);
  });

  it("ends with its client", async () => {
    const child = spawnCommand(["mcp", "gong"], env);
    child.stdin.write(`${JSON.stringify(initialize)}\n`);
    await linesUntil(child.stdout, (line) => line.includes('"id":1'));
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.stdin.end();
    expect(await ended).toBe(0);
  });

  it("is refused without its settings, and where there is no such server", async () => {
    expect((await refused(["mcp", "gong"])).join("\n")).toMatch(
      /GONG_API_KEY[\s\S]*GONG_API_SECRET[\s\S]*GONG_BASE_URL/,
    );
    expect(await refused(["mcp", "gang"])).toEqual([
      "mcp takes the name of a server: gong, hubspot, asana, snowflake, pinecone, pulumi, slack.",
    ]);
  });
});

describe("gateway", () => {
  it("alone does not start without a token", async () => {
    const { MCP_AUTH_TOKEN: _, ...tokenless } = env;
    expect(await refused(["gateway"], tokenless)).toEqual([
      expect.stringMatching(/^MCP_AUTH_TOKEN is not set: .*openssl/),
    ]);
  });

  it("alone serves its health to everybody and its tools to whoever has the token", async () => {
    const token = "0123456789abcdef0123456789abcdef";
    const place = await createHome(undefined, undefined);
    // Nothing of Slack and Claude: it is not needed.
    const { GONG_API_KEY = "", GONG_API_SECRET = "", GONG_BASE_URL = "" } = env;
    const own = {
      GONG_API_KEY,
      GONG_API_SECRET,
      GONG_BASE_URL,
      SOPHIA_CONFIG: configFile,
      SOPHIA_DATA_DIR: place.dataDir,
    };
    const child = spawnCommand(["gateway"], { ...own, MCP_AUTH_TOKEN: token, MCP_GATEWAY_PORT: "0" });
    const lines = await linesUntil(child.stdout, (line) => line.includes('"the gateway is ready"'));
    const { url } = JSON.parse(lines.at(-1) ?? "{}") as { url: string };
    const { origin } = new URL(url);
    const health = await fetch(`${origin}/healthz`);
    expect({ status: health.status, body: await health.json() }).toMatchObject({ status: 200, body: { status: "ok" } });
    const post = (message: unknown, headers: Record<string, string>): Promise<Response> =>
      fetch(`${origin}/mcp`, {
        method: "POST",
        body: JSON.stringify(message),
        headers: { "content-type": "application/json", accept: "application/json, text/event-stream", ...headers },
      });
    expect((await post(initialize, {})).status).toBe(401);
    expect((await post(initialize, { authorization: `Bearer ${token}x` })).status).toBe(401);
    const authorization = `Bearer ${token}`;
    const opened = await post(initialize, { authorization });
    expect(opened.status).toBe(200);
    const session = { authorization, "mcp-session-id": opened.headers.get("mcp-session-id") ?? "" };
    await post({ jsonrpc: "2.0", method: "notifications/initialized" }, session);
    const listed = await (await post(listTools, session)).text();
    expect(listed.match(/"name":"gong__\w+"/g)).toHaveLength(8);
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    await place.drop();
  });
});
