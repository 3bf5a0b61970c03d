import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import { createGateway, type Gateway } from "../../src/gateway/gateway.ts";
import { createLogger } from "../../src/observability/log.ts";
import { type EverythingServer, startEverythingServer } from "../support/everything-server.ts";
import { startTokenProxy } from "../support/token-proxy.ts";

const suite = resolve(import.meta.dirname, "../../node_modules/@modelcontextprotocol/conformance/dist/index.js");
const run = promisify(execFile);

interface Check {
  id: string;
  status: string;
  errorMessage?: string;
}

/** The checks that judge the server, by scenario; what the suite calls INFO judges nothing. */
async function runSuite(url: string): Promise<Check[]> {
  const folder = await mkdtemp(join(tmpdir(), "conformance-"));
  try {
    // It exits with 1 when a check fails; which one did is in its files.
    await run(process.execPath, [suite, "server", "--url", url, "--suite", "all", "-o", folder]).catch(() => {});
    const scenarios = (await readdir(folder)).sort();
    const files = scenarios.map(async (name) => JSON.parse(await readFile(join(folder, name, "checks.json"), "utf8")));
    const checks: Check[] = (await Promise.all(files)).flat();
    return checks.filter(({ status }) => status !== "INFO");
  } finally {
    await rm(folder, { recursive: true });
  }
}

const passed = (checks: Check[]) => checks.filter(({ status }) => status === "SUCCESS").map(({ id }) => id);

function print(where: string, checks: Check[]): void {
  process.stdout.write(`conformance ${where}: ${passed(checks).length} of ${checks.length} checks pass\n`);
  for (const { id, status, errorMessage } of checks) {
    if (status !== "SUCCESS") process.stdout.write(`  ${status} ${id}: ${errorMessage}\n`);
  }
}

describe("the conformance suite", () => {
  let everything: EverythingServer;
  let gateway: Gateway;
  let proxied: { url: string; close(): Promise<void> };

  beforeAll(async () => {
    everything = await startEverythingServer();
    gateway = createGateway({
      upstreams: [{ name: "everything", prefix: "", sessions: "own", source: { type: "http", url: everything.url } }],
      token: "conformance-token",
      agents: {},
      policies: [{ tools: "*", policy: "allow" }],
      audit: { append: () => {}, close: async () => {} },
      clock: systemClock,
      logger: createLogger({ level: "silent", destination: 2 }),
    });
    const front = await gateway.listen({ port: 0 });
    proxied = await startTokenProxy(front.port, "conformance-token");
  });

  afterAll(async () => {
    await proxied.close();
    await gateway.close();
    await everything.close();
  });

  it("passes at the gateway wherever it passes at the server behind it", { timeout: 120_000 }, async () => {
    const direct = await runSuite(everything.url);
    const through = await runSuite(`${proxied.url}/mcp`);
    print("directly", direct);
    print("through the gateway", through);
    expect(direct.filter(({ status }) => status === "FAILURE")).toEqual([]);
    expect(passed(direct).length).toBeGreaterThanOrEqual(44);
    expect(passed(through)).toEqual(expect.arrayContaining(passed(direct)));
    expect(through.filter(({ status }) => status !== "SUCCESS")).toEqual([]);
  });
});
