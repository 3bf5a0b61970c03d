import { mkdtemp, rm } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sandbox } from "../../sandbox/start.ts";
import { type App, startApp } from "../app.ts";
import { readConfigFile } from "../config/config-file.ts";
import { secretValues } from "../config/secrets.ts";
import { type Environment, readSettings, type Settings } from "../config/settings.ts";
import type { NewId } from "../core/ids.ts";
import { createSecrets } from "../core/secrets.ts";
import type { Logger } from "../observability/log.ts";
import { gongPath, hubspotPath } from "../webhooks/paths.ts";
import { demoConfig } from "./demo-config.ts";
import { copyNewPglite } from "./new-pglite.ts";

export interface DemoHouseOptions {
  /** A running one, which stays the caller's to close. */
  sandbox: Sandbox;
  env: Environment;
  logger: Logger;
  newId?: NewId;
  /** Of the gateway; 0 takes a free one. */
  gatewayPort: number;
}

/** Sophia and the sandbox in one process, on records of their own that go when she closes. */
export interface DemoHouse {
  sandbox: Sandbox;
  app: App;
  settings: Settings;
  /** Whether Claude itself answers, not the script. */
  usesClaude: boolean;
  close(): Promise<void>;
}

/** The configuration that comes with the project, wherever the command is called from. */
const configFile = join(import.meta.dirname, "../../sophia.config.json");

export async function openDemoHouse(options: DemoHouseOptions): Promise<DemoHouse> {
  const { sandbox, env, logger, newId, gatewayPort } = options;
  const [dataDir, read] = await Promise.all([mkdtemp(join(tmpdir(), "sophia-demo-")), readConfigFile(configFile)]);
  const config = demoConfig(read, sandbox.world.documents);
  const forget = (): Promise<void> => rm(dataDir, { recursive: true, force: true });
  try {
    await copyNewPglite(dataDir);
    const demoEnv = demoEnvironment(sandbox, env, dataDir, gatewayPort);
    const settings = readSettings(demoEnv);
    const secrets = createSecrets(secretValues(demoEnv, config));
    const app = await startApp({ settings, config, env: demoEnv, clock: sandbox.clock, logger, secrets, newId });
    // As an administrator would enter it at Gong and HubSpot; Asana is told by Sophia herself.
    const origin = `http://127.0.0.1:${app.port}`;
    sandbox.webhooks.target({ gong: `${origin}${gongPath}`, hubspot: `${origin}${hubspotPath}` });
    const usesClaude = demoEnv["ANTHROPIC_BASE_URL"] !== sandbox.env.ANTHROPIC_BASE_URL;
    return { sandbox, app, settings, usesClaude, close: () => app.close().then(forget) };
  } catch (error) {
    await forget();
    throw error;
  }
}

/** The sandbox's settings and nothing of the person's own, their Claude key aside: a demo must not reach a real account. */
function demoEnvironment(sandbox: Sandbox, env: Environment, dataDir: string, gatewayPort: number): Environment {
  const { ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL, SOPHIA_MODEL } = env;
  const claude = ANTHROPIC_API_KEY?.trim() ? { ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL } : {};
  return {
    ...sandbox.env,
    ...claude,
    SOPHIA_MODEL,
    SOPHIA_DATA_DIR: dataDir,
    MCP_AUTH_TOKEN: randomBytes(24).toString("hex"),
    MCP_GATEWAY_PORT: String(gatewayPort),
    PORT: "0",
  };
}
