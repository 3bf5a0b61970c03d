import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { linkInProcess } from "../../mcp-servers/shared/serve.ts";
import { checkClaude } from "../agent/claude-check.ts";
import { type Config, declaredEnvironment, readConfigFile } from "../config/config-file.ts";
import { environment } from "../config/environment.ts";
import { secretValues } from "../config/secrets.ts";
import {
  type Environment,
  malformed,
  missing,
  readStorageSettings,
  slackProblems,
  valueOf,
} from "../config/settings.ts";
import { systemClock } from "../core/clock.ts";
import { ConfigError, safeMessage, ServiceError } from "../core/errors.ts";
import { createSecrets } from "../core/secrets.ts";
import { connectMcp } from "../mcp/client.ts";
import { createLogger } from "../observability/log.ts";
import { checkAppToken, checkBotToken } from "../slack/check.ts";
import { DataDirInUseError } from "../storage/data-lock.ts";
import { openDatabase } from "../storage/database.ts";
import { redisVersion } from "../storage/redis-check.ts";
import { builtinServers } from "../wiring/builtin-servers.ts";
import { type Finding, webhookFindings } from "./webhook-findings.ts";

const logger = createLogger({ level: "silent", destination: 2 });
const marks = { ok: "ok  ", warning: "note", failed: "FAIL" } as const;

/** `npm run doctor`: checks every setting, connection and scope, and says what to do. Exit code 1 where something fails. */
export async function run(): Promise<number> {
  const env = environment();
  const secrets = createSecrets(secretValues(env));
  const print = (found: readonly Finding[]): void => {
    // What a service says of a key may quote it.
    for (const { level, name, detail } of found) console.log(`${marks[level]} ${name}: ${secrets.remove(detail)}`);
  };
  const findings: Finding[] = settingsFindings(env);
  print(findings);
  const checks = [configChecks(env), slackChecks(env), claudeCheck(env), storageChecks(env)];
  for (const check of checks) {
    const found = await check;
    print(found);
    findings.push(...found);
  }
  const failed = findings.filter(({ level }) => level === "failed").length;
  console.log(failed === 0 ? "\nSophia can start: npm start" : `\n${failed} to mend before npm start can work.`);
  return failed === 0 ? 0 : 1;
}

function settingsFindings(env: Environment): Finding[] {
  const problems = [...slackProblems(env), ...missing(env, ["ANTHROPIC_API_KEY"]), ...malformed(env)];
  const failed = problems.map((detail): Finding => ({ level: "failed", name: "settings", detail }));
  if (failed.length === 0) failed.push({ level: "ok", name: "settings", detail: "all there" });
  else failed.push({ level: "warning", name: "settings", detail: "NAME_FILE=/path reads NAME from a file" });
  if (!valueOf(env, "MCP_AUTH_TOKEN")) {
    const detail = "MCP_AUTH_TOKEN is not set, so no other MCP client can use the gateway";
    failed.push({ level: "warning", name: "gateway", detail });
  }
  return [...failed, accountsFinding(env), ...webhookFindings(env)];
}

/** Whether people can connect accounts of their own; the form of each setting is checked with all others. */
function accountsFinding(env: Environment): Finding {
  const name = "own accounts";
  const shared = ["SOPHIA_SECRET_KEY", "SOPHIA_PUBLIC_URL"] as const;
  const apps = {
    asana: ["ASANA_CLIENT_ID", "ASANA_CLIENT_SECRET"],
    hubspot: ["HUBSPOT_CLIENT_ID", "HUBSPOT_CLIENT_SECRET"],
  } as const;
  const absent = shared.filter((variable) => !valueOf(env, variable));
  const ready = Object.entries(apps).flatMap(([service, both]) => (missing(env, both).length === 0 ? service : []));
  if (absent.length === 0 && ready.length > 0) {
    return { level: "ok", name, detail: `people can connect theirs at ${ready.join(" and ")}` };
  }
  const wanted = [...absent, ...(ready.length > 0 ? [] : Object.values(apps).map((both) => both.join(" with ")))];
  return { level: "warning", name, detail: `nobody can connect their own: ${wanted.join(", ")} not set` };
}

/** Runs one check; what it throws is the finding. */
async function attempt(name: string, check: () => Promise<string>): Promise<Finding> {
  try {
    return { level: "ok", name, detail: await check() };
  } catch (error) {
    const detail = error instanceof ConfigError ? error.problems.join("; ") : safeMessage(error);
    return { level: "failed", name, detail };
  }
}

async function configChecks(env: Environment): Promise<Finding[]> {
  const file = valueOf(env, "SOPHIA_CONFIG") ?? "";
  let config: Config | undefined;
  const read = await attempt("configuration", async () => {
    config = await readConfigFile(file);
    return `${file}, ${config.servers.length} servers`;
  });
  const servers = config?.servers ?? [];
  return [read, ...(await Promise.all(servers.map((server) => serverCheck(server, env))))];
}

async function serverCheck(server: Config["servers"][number], env: Environment): Promise<Finding> {
  const { values, absent } = declaredEnvironment(server.env, env);
  if (absent.length > 0) {
    return { level: "warning", name: server.name, detail: `not offered: ${absent.join(", ")} not set` };
  }
  const builtin = server.type === "builtin" ? builtinServers.get(server.name) : undefined;
  if (!builtin) return { level: "warning", name: server.name, detail: `${server.type} servers are tried at the start` };
  return attempt(server.name, async () => {
    const definition = await builtin.open(values, { clock: systemClock, logger });
    const link = linkInProcess(definition);
    const client = await connectMcp({ type: "in-process", link }, { name: "sophia-doctor", version: "1.0.0" });
    try {
      const result = await client.callTool(builtin.probe, {}, { timeoutMs: 20_000 });
      const text = result.content.map((block) => (typeof block["text"] === "string" ? block["text"] : "")).join(" ");
      if (result.isError) throw new ServiceError(text, { service: definition.title });
      return `answers; ${definition.tools.length} tools`;
    } finally {
      await client.close();
    }
  });
}

async function slackChecks(env: Environment): Promise<Finding[]> {
  const token = valueOf(env, "SLACK_BOT_TOKEN");
  const appToken = valueOf(env, "SLACK_APP_TOKEN");
  const apiUrl = valueOf(env, "SLACK_API_URL") ?? "";
  const findings: Finding[] = [];
  if (token) {
    findings.push(
      await attempt("Slack", async () => {
        const { team, user, scopes } = await checkBotToken(apiUrl, token);
        const absent = (await manifestScopes()).filter((scope) => !scopes.includes(scope));
        if (absent.length === 0) return `@${user} in ${team}, all scopes granted`;
        throw new ConfigError([
          `missing scopes: ${absent.join(", ")}. Paste manifest.json at api.slack.com/apps > your app > App Manifest and install the app again`,
        ]);
      }),
    );
  }
  if (appToken) {
    findings.push(
      await attempt("Socket Mode", async () => {
        await checkAppToken(apiUrl, appToken);
        return "Slack opens a socket";
      }),
    );
  }
  return findings;
}

async function manifestScopes(): Promise<string[]> {
  const text = await readFile(join(import.meta.dirname, "../../manifest.json"), "utf8");
  return (JSON.parse(text) as { oauth_config: { scopes: { bot: string[] } } }).oauth_config.scopes.bot;
}

async function claudeCheck(env: Environment): Promise<Finding[]> {
  const apiKey = valueOf(env, "ANTHROPIC_API_KEY");
  if (!apiKey) return [];
  const model = valueOf(env, "SOPHIA_MODEL") ?? "";
  const baseUrl = valueOf(env, "ANTHROPIC_BASE_URL") ?? "https://api.anthropic.com";
  const found = await attempt("Claude", async () => {
    await checkClaude(baseUrl, apiKey, model);
    return `accepts the key and ${model}`;
  });
  return [found];
}

async function storageChecks(env: Environment): Promise<Finding[]> {
  const { databaseUrl, dataDir, redisUrl } = readStorageSettings(env);
  const findings = [
    await attempt("records", async () => {
      try {
        const database = await openDatabase({ databaseUrl, dataDir, logger });
        await database.close();
      } catch (error) {
        if (error instanceof DataDirInUseError) return `PGlite in ${dataDir}, in use by a running Sophia`;
        throw error;
      }
      return databaseUrl ? "Postgres answers and its tables are up to date" : `PGlite in ${dataDir}`;
    }),
  ];
  if (redisUrl) findings.push(await attempt("queue", async () => `Redis ${await redisVersion(redisUrl)}`));
  return findings;
}
