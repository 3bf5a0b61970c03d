/**
 * `npm run bench [-- --json] [--engine NAME] [--profile FOLDER] [--only webhooks]`: what a turn costs, and what a webhook does. Sophia runs as a process on one core; the stand-ins, which answer at
 * once, and the driver on the other; Postgres and Redis wherever they are.
 */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Client } from "pg";
import { type Sandbox, startSandbox } from "../sandbox/start.ts";
import { canPin, cpuMs, residentMiB, type SophiaProcess, startSophia } from "./sophia-process.ts";
import { initializeTimes } from "./servers.ts";
import { percentile, TurnDriver } from "./turn-driver.ts";
import { webhookFigures } from "./webhooks.ts";

/** Two tool calls (a day's calls, the summary of one) and an answer of 600 characters. */
const question = "bench:two-tools yesterday";
/** The main job: a day's calls, five or more transcripts, a long answer. */
const mainJob = "summarize yesterday's calls";
const sophiaCore = 0;
const driverCore = 1;
const warmUpTurns = 150;
const latencyTurns = 300;
const mainJobTurns = 40;
const throughputTurns = 1_500;
const throughputLanes = 24;
const openTurns = 500;

interface Engine {
  name: string;
  env: Record<string, string>;
  drop(): Promise<void>;
}

const { values } = parseArgs({
  options: {
    json: { type: "boolean" },
    engine: { type: "string" },
    profile: { type: "string" },
    only: { type: "string" },
  },
});
if (canPin) execFileSync("taskset", ["-cp", String(driverCore), String(process.pid)], { stdio: "ignore" });
else console.error("There is no taskset here: Sophia has all cores, and the figures cannot be compared.");

const results: Record<string, Record<string, number>> = {};
for (const open of values.only === "webhooks" ? [] : [postgresWithRedis, postgres, pglite]) {
  const engine = await open();
  if (values.engine === undefined || engine.name === values.engine) results[engine.name] = await measure(engine);
  await engine.drop();
}
const servers = values.engine === undefined && values.only === undefined ? await serverFigures() : undefined;
const webhooks = values.engine === undefined ? await webhookFigures() : undefined;
if (values.json) {
  console.log(JSON.stringify({ ...results, ...(servers && { initializeMs: servers }), ...(webhooks && { webhooks }) }));
} else {
  if (values.only === undefined) console.table(results);
  if (servers) console.table({ "initialize, ms": servers });
  if (webhooks) console.table(webhooks);
}

async function serverFigures(): Promise<Record<string, number>> {
  const sandbox = await startSandbox();
  try {
    return await initializeTimes(sandbox.env);
  } finally {
    await sandbox.close();
  }
}

async function measure(engine: Engine): Promise<Record<string, number>> {
  const sandbox = await startSandbox({ gong: { rateLimitPerSecond: 0, dailyQuota: 0 } });
  const { SLACK_APP_TOKEN: _, ...all } = sandbox.env;
  // Gong alone: the other services' tools are not called, and would only make each request to Claude longer.
  const env = Object.fromEntries(Object.entries(all).filter(([name]) => /^(SLACK|ANTHROPIC|GONG)_/.test(name)));
  const profiling: Record<string, string> = {};
  if (values.profile) profiling["NODE_OPTIONS"] = `--cpu-prof --cpu-prof-dir=${values.profile}`;
  const sophiaEnv = { ...env, ...engine.env, ...profiling, GONG_REQUESTS_PER_SECOND: "1000" };
  const sophia = await startSophia(sophiaEnv, sophiaCore);
  sandbox.slack.store.setRequestUrl(sophia.eventsUrl);
  const driver = new TurnDriver(sandbox);
  try {
    await driver.run(question, warmUpTurns, 4);
    const idleMiB = residentMiB(sophia.pid);
    const figures = { readyMs: sophia.readyMs, ...(await latency(driver)), ...(await throughput(driver, sophia)) };
    return rounded({ ...figures, idleMiB, ...(await memory(driver, sandbox, sophia)) });
  } finally {
    driver.close();
    await sophia.stop();
    await sandbox.close();
  }
}

/** One turn after the other. */
async function latency(driver: TurnDriver): Promise<Record<string, number>> {
  const timings = await driver.run(question, latencyTurns, 1);
  const acks = timings.flatMap(({ ackMs }) => ackMs);
  const answers = timings.map(({ answerMs }) => answerMs);
  return {
    ackP50Ms: percentile(acks, 0.5),
    ackP99Ms: percentile(acks, 0.99),
    firstSignP50Ms: percentile(
      timings.map(({ firstSignMs }) => firstSignMs),
      0.5,
    ),
    answerP50Ms: percentile(answers, 0.5),
    answerP99Ms: percentile(answers, 0.99),
    mainJobP50Ms: percentile(
      (await driver.run(mainJob, mainJobTurns, 1)).map(({ answerMs }) => answerMs),
      0.5,
    ),
  };
}

async function throughput(driver: TurnDriver, sophia: SophiaProcess): Promise<Record<string, number>> {
  const cpuBefore = cpuMs(sophia.pid);
  const startedAt = performance.now();
  await driver.run(question, throughputTurns, throughputLanes);
  const seconds = (performance.now() - startedAt) / 1_000;
  return { turnsPerSecond: throughputTurns / seconds, cpuPerTurnMs: (cpuMs(sophia.pid) - cpuBefore) / throughputTurns };
}

/** Memory while the model keeps `openTurns` waiting for its first word. */
async function memory(driver: TurnDriver, sandbox: Sandbox, sophia: SophiaProcess): Promise<Record<string, number>> {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: allOpen, resolve: opened } = Promise.withResolvers<void>();
  let waiting = 0;
  sandbox.claude.store.script(async () => {
    waiting += 1;
    if (waiting === openTurns) opened();
    await released;
    return [{ type: "text", text: "Thank you for waiting." }];
  });
  const turns = driver.run(question, openTurns, openTurns);
  await Promise.race([allOpen, turns]);
  const openMiB = residentMiB(sophia.pid);
  release();
  await turns;
  return { [`open${openTurns}MiB`]: openMiB };
}

function rounded(figures: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Math.round(value * 10) / 10]));
}

async function freshDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const base = process.env["DATABASE_URL"] ?? "postgres://postgres@127.0.0.1:5432/test";
  const name = `sophia_bench_${randomBytes(4).toString("hex")}`;
  const run = async (sql: string): Promise<void> => {
    const client = new Client(base);
    await client.connect();
    await client.query(sql);
    await client.end();
  };
  await run(`CREATE DATABASE ${name}`);
  const url = new URL(base);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(`DROP DATABASE ${name} WITH (FORCE)`) };
}

async function postgresWithRedis(): Promise<Engine> {
  const database = await freshDatabase();
  const redis = new URL(process.env["REDIS_URL"] ?? "redis://127.0.0.1:6379");
  redis.pathname = "/15";
  return {
    name: "Postgres+Redis",
    env: { DATABASE_URL: database.url, REDIS_URL: redis.href },
    drop: () => database.drop(),
  };
}

async function postgres(): Promise<Engine> {
  const database = await freshDatabase();
  return { name: "Postgres", env: { DATABASE_URL: database.url }, drop: () => database.drop() };
}

async function pglite(): Promise<Engine> {
  const dataDir = await mkdtemp(join(tmpdir(), "sophia-bench-"));
  const drop = (): Promise<void> => rm(dataDir, { recursive: true, force: true });
  return { name: "PGlite", env: { SOPHIA_DATA_DIR: dataDir }, drop };
}
