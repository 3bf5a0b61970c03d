/** Composition root: constructs and wires everything; nothing else does. */
import { createConsents } from "./approvals/consents.ts";
import { createDecisions } from "./approvals/decisions.ts";
import { createClaudeModel } from "./agent/claude-model.ts";
import { createGatewayTools, type GatewayTools } from "./agent/gateway-tools.ts";
import { createAgent } from "./agent/loop.ts";
import type { Config } from "./config/config-file.ts";
import type { Environment, Settings } from "./config/settings.ts";
import type { Clock } from "./core/clock.ts";
import { type NewId, randomId } from "./core/ids.ts";
import type { Consents } from "./gateway/consents.ts";
import { createGateway, type Gateway } from "./gateway/gateway.ts";
import { readAgentTools, readClients, readUpstreams } from "./wiring/gateway-settings.ts";
import { readServices } from "./wiring/services.ts";
import { connectMcp } from "./mcp/client.ts";
import type { Logger } from "./observability/log.ts";
import { createMetrics } from "./observability/metrics.ts";
import { createSlackApp, type SlackApp } from "./slack/app.ts";
import { createSlackClient, type SlackClient } from "./slack/client.ts";
import { createHttpFront, type HttpFront } from "./slack/http-front.ts";
import { createPeople, type People } from "./slack/people.ts";
import { refusing } from "./slack/refusal.ts";
import { createCards } from "./slack/approvals/show-cards.ts";
import { createReplyOpener } from "./slack/reply/open-reply.ts";
import type { SlackTurns } from "./slack/turns-port.ts";
import { systemWait } from "./slack/wait.ts";
import { identifyWorkspace, type Workspace } from "./slack/workspace.ts";
import { type Approvals, createApprovals } from "./storage/approvals.ts";
import { createAuditLog } from "./storage/audit-log.ts";
import { type Database, openDatabase } from "./storage/database.ts";
import { openQueue, type TurnQueue } from "./storage/queue.ts";
import { openRelay, type Relay } from "./storage/relay.ts";
import { createReplies, type Replies } from "./storage/replies.ts";
import { createTurns, type Turns } from "./storage/turns.ts";
import { askedAt } from "./turns/asked-at.ts";
import { createTurnWorker, type TurnWorker } from "./turns/worker.ts";

export interface AppOptions {
  settings: Settings;
  config: Config;
  env: Environment;
  clock: Clock;
  logger: Logger;
  newId?: NewId;
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

/** Turns at a time in one process: they wait for Claude and the tools, and hardly compute. */
const concurrency = 500;
/** Milliseconds that running turns have to end at a shutdown; what is left is carried on after the next start. */
const shutdownGraceMs = 10_000;

interface Storage {
  database: Database;
  queue: TurnQueue;
  relay: Relay;
  turns: Turns;
  replies: Replies;
  approvals: Approvals;
}

export function startApp(options: AppOptions): Promise<App> {
  return startParts(options.logger, (closers) => assemble(options, closers));
}

/** The MCP gateway alone: nothing of Slack or Claude. */
export function startGateway(options: GatewayAppOptions): Promise<GatewayApp> {
  return startParts(options.logger, async (closers) => {
    const { databaseUrl, dataDir } = options.settings.storage;
    const database = await openDatabase({ databaseUrl, dataDir, logger: options.logger });
    closers.push(() => database.close());
    const { gateway, absent } = openGateway(options, database, closers);
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
  const newId = options.newId ?? randomId;
  const consents = createConsents({ approvals: storage.approvals, clock, newId });
  const { gateway, absent } = openGateway(options, storage.database, closers, consents);
  const tools = openTools(gateway, logger, closers);
  const people = createPeople({ client: interactive, clock, logger });
  const services = readServices(options.config, absent);
  const worker = createWorker(options, { storage, client, workspace, people, tools });
  const slack = createSlackApp({
    settings: { ...settings.slack, port: settings.port },
    client: interactive,
    workspace,
    turns: slackTurns(worker, storage),
    decisions: createDecisions({ approvals: storage.approvals, resume: (turnId) => worker.resume(turnId) }),
    people,
    services: () => services,
    logger,
    clock,
    newId,
  });
  void gateway.start();
  await worker.start();
  closers.push(() => worker.stop(shutdownGraceMs));
  const gatewayUrl = settings.gateway.authToken ? await serveGateway(gateway, settings) : undefined;
  const port = await startFronts(options, slack, closers);
  return { turns: storage.turns, approvals: storage.approvals, port, gatewayUrl, absent };
}

async function openStorage(options: AppOptions, closers: Closers): Promise<Storage> {
  const { settings, clock, logger } = options;
  const { databaseUrl, dataDir, redisUrl, queuePrefix: prefix } = settings.storage;
  const database = await openDatabase({ databaseUrl, dataDir, logger });
  closers.push(() => database.close());
  const backend = { redisUrl, database, logger, prefix };
  const [queue, relay] = await Promise.all([openQueue(backend), openRelay(backend)]);
  closers.push(() => relay.close());
  closers.push(() => queue.close(1_000));
  return {
    database,
    queue,
    relay,
    turns: createTurns(database, clock),
    replies: createReplies(database, clock),
    approvals: createApprovals(database, clock),
  };
}

interface OfferedGateway {
  gateway: Gateway;
  absent: App["absent"];
}

function openGateway(
  options: GatewayAppOptions,
  database: Database,
  closers: Closers,
  consents?: Consents,
): OfferedGateway {
  const { settings, config, env, clock, logger } = options;
  const { upstreams, absent } = readUpstreams(config, env, clock, logger);
  const audit = createAuditLog(database, logger);
  closers.push(() => audit.close());
  const gateway = createGateway({
    upstreams,
    token: settings.gateway.authToken,
    clients: readClients(config, env, logger),
    agents: readAgentTools(config),
    access: config.access,
    policies: config.policies,
    consents,
    audit,
    metrics: createMetrics(),
    clock,
    logger,
  });
  closers.push(() => gateway.close());
  return { gateway, absent };
}

/** The agent's own way to the gateway: the same sessions and the same chain as over HTTP, without a socket. */
function openTools(gateway: Gateway, logger: Logger, closers: Closers): GatewayTools {
  const tools = createGatewayTools({
    connect: (agent) =>
      connectMcp(
        { type: "in-process", link: gateway.connectInProcess({ client: "sophia", agent }) },
        { name: "sophia", version: "1.0.0" },
      ),
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

interface WorkerParts {
  storage: Storage;
  client: SlackClient;
  workspace: Workspace;
  people: People;
  tools: GatewayTools;
}

function createWorker(options: AppOptions, parts: WorkerParts): TurnWorker {
  const { settings, config, clock, logger } = options;
  const { storage, client, workspace, people, tools } = parts;
  const { apiKey, baseUrl, model } = settings.claude;
  const newId = options.newId ?? randomId;
  const agent = createAgent({
    model: createClaudeModel({ apiKey, baseUrl, logger, clock }),
    tools,
    approvals: createCards({ client, approvals: storage.approvals, clock, logger, wait: systemWait, newId }),
    settings: {
      model,
      steps: config.budget.steps,
      tokens: config.budget.tokens,
      wallMs: config.budget.seconds * 1_000,
      calendar: config.calendar,
    },
    roles: Object.entries(config.agents).map(([name, role]) => ({ name, ...role })),
    clock,
    logger,
  });
  const { turns, replies, queue, relay, database } = storage;
  const openReply = createReplyOpener({
    client,
    workspace,
    replies,
    turns,
    people,
    onStopped: (turn) => void worker.stopThread(turn),
    logger,
    clock,
  });
  const worker = createTurnWorker({
    turns,
    queue,
    relay,
    runAgent: refusing({ people, guests: config.guests }, ({ turn, ...run }) =>
      agent.runAgent({ ...run, turn: { ...turn, askedAt: askedAt(turn, clock.now()) } }),
    ),
    openReply,
    clock,
    newId,
    logger,
    concurrency,
    alone: database.engine === "pglite",
  });
  return worker;
}

/** What Slack's listeners ask: the worker for turns, the records for who and where. */
function slackTurns(worker: TurnWorker, { turns, replies }: Storage): SlackTurns {
  return {
    submit: (turn) => worker.submit(turn),
    stopThread: (thread) => worker.stopThread(thread),
    stopMessage: (teamId, channel, messageTs) => worker.stopMessage(teamId, channel, messageTs),
    edit: (teamId, channel, messageTs, text) => worker.edit(teamId, channel, messageTs, text),
    isPartOf: (teamId, channel, threadTs) => turns.isPartOf(teamId, channel, threadTs),
    turnOf: (channel, ts) => replies.turnOf(channel, ts),
    addFeedback: (feedback) => replies.addFeedback(feedback),
  };
}

/** Starts to take events; in Socket Mode the port serves health alone. */
async function startFronts(options: AppOptions, slack: SlackApp, closers: Closers): Promise<number> {
  const { settings, logger } = options;
  closers.push(() => slack.stop());
  const port = await slack.start();
  if (port !== undefined) return port;
  const front: HttpFront = createHttpFront({
    port: settings.port,
    logger,
    routes: {},
    readiness: () => ({ slack: slack.isReady() }),
  });
  closers.push(() => front.stop());
  return front.start();
}

function slackClient({ settings, logger }: AppOptions, timeoutMs: number): SlackClient {
  return createSlackClient({ token: settings.slack.botToken, apiUrl: settings.slack.apiUrl, logger, timeoutMs });
}
