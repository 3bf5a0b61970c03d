/** Composition root: constructs and wires everything; nothing else does. */
import { createConsents } from "./approvals/consents.ts";
import { createGatewayTools, type GatewayTools } from "./agent/gateway-tools.ts";
import type { Config } from "./config/config-file.ts";
import type { Environment, Settings } from "./config/settings.ts";
import type { Clock } from "./core/clock.ts";
import { type NewId, randomId } from "./core/ids.ts";
import type { Secrets } from "./core/secrets.ts";
import type { Consents } from "./gateway/consents.ts";
import type { Credentials } from "./gateway/settings.ts";
import { createGateway, type Gateway } from "./gateway/gateway.ts";
import { connectInProcess, openAccounts, type OpenedAccounts } from "./wiring/accounts.ts";
import { createRetention, openAudit } from "./wiring/audit.ts";
import { readAgentTools, readClients, readUpstreams } from "./wiring/gateway-settings.ts";
import { openDigests } from "./wiring/digests.ts";
import { createLedger } from "./wiring/ledger.ts";
import { readSurroundings } from "./wiring/home.ts";
import type { AuditSink } from "./observability/audit.ts";
import type { Logger } from "./observability/log.ts";
import { createMetrics, type Metrics } from "./observability/metrics.ts";
import { createSlackApp, type SlackApp } from "./slack/app.ts";
import { createSlackClient, type SlackClient } from "./slack/client.ts";
import { createHttpFront, type HttpFrontOptions } from "./slack/http-front.ts";
import type { Wait } from "./slack/wait.ts";
import { identifyWorkspace, type Workspace } from "./slack/workspace.ts";
import type { Approvals } from "./storage/approvals.ts";
import { openDatabase } from "./storage/database.ts";
import { createSpend } from "./storage/spend.ts";
import type { Turns } from "./storage/turns.ts";
import type { Repetition } from "./turns/repeatedly.ts";
import { createSpending } from "./turns/spending.ts";
import { openStorage, type Storage } from "./wiring/storage.ts";
import { readTasks } from "./wiring/tasks.ts";
import { openWebhooks } from "./wiring/webhooks.ts";
import { createWorker, openModel, readAgentSettings, slackTurns } from "./wiring/worker.ts";
import { openWorkflows } from "./wiring/workflows.ts";

export interface AppOptions {
  settings: Settings;
  config: Config;
  env: Environment;
  clock: Clock;
  logger: Logger;
  /** Those of the process, for `logger` as well: they leave it only to prove who we are to their own services. */
  secrets: Secrets;
  newId?: NewId;
  /** Pauses before a service that was away is asked again by work that nobody waits for. */
  wait?: Wait;
}

/** What the gateway alone needs of the options. */
export type GatewayAppOptions = Omit<AppOptions, "settings" | "newId"> & {
  settings: Pick<Settings, "storage" | "gateway">;
};

export interface GatewayApp {
  gatewayUrl: string;
  absent: App["absent"];
  close(): Promise<void>;
}

type Closers = (() => Promise<void>)[];

export interface App {
  turns: Turns;
  approvals: Approvals;
  /** Port of Slack over HTTP and of health. */
  port: number;
  /** Address of the gateway's HTTP front, where it has one. */
  gatewayUrl: string | undefined;
  /** Servers that are configured and not offered, each with the reason. */
  absent: readonly { name: string; reason: string }[];
  /** Takes nothing more, lets running turns end for a while, and closes everything. */
  close(): Promise<void>;
}

/** Milliseconds that running turns have to end at a shutdown; what is left is carried on after the next start. */
const shutdownGraceMs = 10_000;

export function startApp(options: AppOptions): Promise<App> {
  return startParts(options.logger, (closers) => assemble(options, closers));
}

/** The MCP gateway alone: nothing of Slack or Claude. */
export function startGateway(options: GatewayAppOptions): Promise<GatewayApp> {
  return startParts(options.logger, async (closers) => {
    const { databaseUrl, dataDir } = options.settings.storage;
    const database = await openDatabase({ databaseUrl, dataDir, logger: options.logger });
    closers.push(() => database.close());
    const audit = openAudit({ ...options, database });
    closers.push(() => audit.close());
    const { gateway, absent } = openGateway(options, audit, closers);
    await gateway.start();
    return { gatewayUrl: await serveGateway(gateway, options.settings), absent };
  });
}

/** Closes, in reverse order, whatever was opened: at the end, or when a later part does not start. */
async function startParts<Parts>(
  logger: Logger,
  start: (closers: Closers) => Promise<Parts>,
): Promise<Parts & { close(): Promise<void> }> {
  const closers: Closers = [];
  const close = async (): Promise<void> => {
    for (const step of closers.splice(0).reverse()) {
      await step().catch((error: unknown) => logger.error({ err: error }, "a part did not close cleanly"));
    }
  };
  try {
    return { ...(await start(closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function assemble(options: AppOptions, closers: Closers): Promise<Omit<App, "close">> {
  const { settings, clock, logger } = options;
  const client = slackClient(options, 10_000);
  // Before the database: PGlite's first start keeps the process too busy to answer anybody within a deadline.
  const workspace = await identifyWorkspace(client);
  const storage = await openStorage(options, closers);
  // A client of its own for what a person waits for: Slack's pauses for answers must not delay it.
  const interactive = slackClient(options, 3_000);
  const audit = openAudit({ ...options, database: storage.database });
  closers.push(() => audit.close());
  const newId = options.newId ?? randomId;
  const consents = createConsents({ approvals: storage.approvals, clock, newId });
  const who = openAccounts({ ...options, ...storage, workspace, client: interactive, audit });
  const { gateway, absent, metrics } = openGateway(options, audit, closers, { consents, credentials: who.credentials });
  const tools = openTools(gateway, logger, closers);
  const spend = createSpend(storage.database);
  const limits = options.config.spend;
  const spending = createSpending({ spend, limits, clock, newId, metrics: metrics.spend, logger });
  const house: House = { ...options, storage, client, interactive, workspace, audit, newId, who, tools, spending };
  const work = assembleWork(house, () => void webhooks.asking.now());
  const webhooks = openWebhooks({ ...options, ...storage, ...who, ...work.workflows, onEvents: work.onEvents });
  const slack = createSlackApp({
    ...house,
    ...readSurroundings({ ...options, ...storage, absent, gateway, workspace }),
    ...readTasks({ ...options, tools, workspace }),
    ...work.ledger,
    ...work.workflows,
    ...who,
    guests: options.config.guests,
    admins: options.config.admins,
    settings: { ...settings.slack, port: settings.port },
    client: interactive,
    turns: slackTurns(work.worker, storage),
    accounts: who.accounts(gateway),
    digests: work.digests,
    webhooks: webhooks.routes,
  });
  void gateway.start();
  await work.worker.start();
  closers.push(() => work.worker.stop(shutdownGraceMs));
  const retention = createRetention({ ...options, ...storage });
  startRounds([retention, ...work.rounds], closers);
  void retention.now();
  const gatewayUrl = settings.gateway.authToken ? await serveGateway(gateway, settings) : undefined;
  const port = await startFronts(options, slack, { pages: who.pages, routes: webhooks.routes }, closers);
  who.listensOn(port);
  // Asana answers to where it is told that we are, so the port has to be bound.
  startRounds([webhooks.asking], closers);
  void webhooks.asking.now();
  return { turns: storage.turns, approvals: storage.approvals, port, gatewayUrl, absent };
}

/** What the parts of the house share. */
interface House extends AppOptions {
  storage: Storage;
  /** For replies; `interactive` is for what a person waits for. */
  client: SlackClient;
  interactive: SlackClient;
  workspace: Workspace;
  audit: ReturnType<typeof openAudit>;
  newId: NewId;
  who: OpenedAccounts;
  tools: GatewayTools;
  spending: ReturnType<typeof createSpending>;
}

/** What runs turns, and what makes them without anybody asking. */
function assembleWork(house: House, onRoute: () => void) {
  const { storage, who } = house;
  const { people, directMessages } = who;
  const ledger = createLedger({ ...house, ...storage, people, resume: (turnId) => worker.resume(turnId) });
  const wake = (turnId: string) => worker.begin(turnId);
  const agentSettings = readAgentSettings(house);
  const model = openModel(house);
  const shared = { ...house, ...storage, people, directMessages, client: house.interactive, wake };
  const workflows = openWorkflows({ ...shared, model, agentSettings, onRoute, submit: (turn) => worker.submit(turn) });
  const worker = createWorker(house, {
    ...house,
    people,
    channels: workflows.channels,
    model,
    agentSettings,
    runners: workflows.runners,
    approvals: ledger.cards,
    channelOf: (userId) => directMessages.channelOf(userId),
    tellOwner: (turn, why) => digests.tellFailed(turn, why),
  });
  const { digests, sweep } = openDigests({ ...house.config, ...shared, channels: workflows.channels });
  const rounds = [ledger.sweep, sweep, workflows.sweep, workflows.noticeSweep];
  const onEvents = () => void Promise.all([workflows.sweep.now(), workflows.noticeSweep.now()]);
  return { worker, ledger, workflows, digests, rounds, onEvents };
}

/** What is done from time to time, whether or not anybody asks for anything. */
function startRounds(rounds: readonly Repetition[], closers: Closers): void {
  for (const round of rounds) round.start();
  closers.push(...rounds.map((round) => () => round.stop()));
}

interface OfferedGateway {
  gateway: Gateway;
  absent: App["absent"];
  metrics: Metrics;
}

function openGateway(
  options: GatewayAppOptions,
  audit: AuditSink,
  closers: Closers,
  asked: { consents?: Consents; credentials?: Credentials } = {},
): OfferedGateway {
  const { settings, config, env, clock, logger, secrets } = options;
  const { upstreams, absent } = readUpstreams(config, env, clock, logger);
  const metrics = createMetrics();
  const gateway = createGateway({
    upstreams,
    token: settings.gateway.authToken,
    clients: readClients(config, env, logger),
    agents: readAgentTools(config),
    access: config.access,
    policies: config.policies,
    confidential: config.confidential,
    ...asked,
    audit,
    secrets,
    metrics,
    clock,
    logger,
  });
  closers.push(() => gateway.close());
  return { gateway, absent, metrics };
}

/** The agent's own way to the gateway: the same sessions and the same chain as over HTTP, without a socket. */
function openTools(gateway: Gateway, logger: Logger, closers: Closers): GatewayTools {
  const tools = createGatewayTools({
    connect: (agent) => connectInProcess(gateway, agent),
    logger,
    timeoutMs: 30_000,
  });
  closers.push(() => tools.close());
  return tools;
}

async function serveGateway(gateway: Gateway, settings: Pick<Settings, "gateway">): Promise<string> {
  const { port, host, allowedHosts } = settings.gateway;
  return (await gateway.listen({ port, host, allowedHosts })).url;
}

/** Starts to take events; in Socket Mode the port serves health, browsers and the services' webhooks. */
async function startFronts(
  { settings, logger }: AppOptions,
  slack: SlackApp,
  paths: Pick<HttpFrontOptions, "pages" | "routes">,
  closers: Closers,
): Promise<number> {
  closers.push(() => slack.stop());
  const port = await slack.start();
  if (port !== undefined) return port;
  const readiness = () => ({ slack: slack.isReady() });
  const front = createHttpFront({ port: settings.port, logger, ...paths, readiness });
  closers.push(() => front.stop());
  return front.start();
}

function slackClient({ settings, logger, secrets }: AppOptions, timeoutMs: number): SlackClient {
  const { botToken: token, apiUrl } = settings.slack;
  return createSlackClient({ token, apiUrl, logger, timeoutMs, secrets });
}
