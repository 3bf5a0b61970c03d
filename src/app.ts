/** Composition root: constructs and wires everything; nothing else does. */
import { createConsents } from "./approvals/consents.ts";
import { createClaudeModel } from "./agent/claude-model.ts";
import { createGatewayTools, type GatewayTools } from "./agent/gateway-tools.ts";
import { createAgent } from "./agent/loop.ts";
import { createPlannedModel } from "./agent/planned-model.ts";
import { withoutSecrets } from "./agent/secret-free-model.ts";
import type { Approvals as AgentApprovals, Spending } from "./agent/ports.ts";
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
import { createLedger, type Ledger } from "./wiring/ledger.ts";
import { openFiles } from "./wiring/files.ts";
import { readSurroundings } from "./wiring/home.ts";
import { readRoles } from "./wiring/roles.ts";
import type { AuditSink } from "./observability/audit.ts";
import type { Logger } from "./observability/log.ts";
import { createMetrics, type Metrics } from "./observability/metrics.ts";
import { createSlackApp, type SlackApp } from "./slack/app.ts";
import { createSlackClient, type SlackClient } from "./slack/client.ts";
import type { DirectMessages } from "./slack/direct-messages.ts";
import { createHttpFront, type HttpFront } from "./slack/http-front.ts";
import type { People } from "./slack/people.ts";
import { refusing } from "./slack/refusal.ts";
import { createReplyOpener } from "./slack/reply/open-reply.ts";
import type { SlackTurns } from "./slack/turns-port.ts";
import { identifyWorkspace, type Workspace } from "./slack/workspace.ts";
import { type Approvals, createApprovals } from "./storage/approvals.ts";
import { type Database, openDatabase } from "./storage/database.ts";
import { createIdentities, type Identities } from "./storage/identities.ts";
import { openQueue, type TurnQueue } from "./storage/queue.ts";
import { openRelay, type Relay } from "./storage/relay.ts";
import { createReplies, type Replies } from "./storage/replies.ts";
import { createSpend } from "./storage/spend.ts";
import { createTurns, type Turns } from "./storage/turns.ts";
import { askedAt } from "./turns/asked-at.ts";
import { createSpending } from "./turns/spending.ts";
import { createPrivateAnswers } from "./turns/private-answers.ts";
import { createTurnWorker, type TurnWorker } from "./turns/worker.ts";
import { byTask } from "./workflows/task-runners.ts";

export interface AppOptions {
  settings: Settings;
  config: Config;
  env: Environment;
  clock: Clock;
  logger: Logger;
  /** Those of the process, for `logger` as well: they leave it only to prove who we are to their own services. */
  secrets: Secrets;
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
  identities: Identities;
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
  const { people } = who;
  const { gateway, absent, metrics } = openGateway(options, audit, closers, { consents, credentials: who.credentials });
  const tools = openTools(gateway, logger, closers);
  const spend = createSpend(storage.database);
  const limits = options.config.spend;
  const spending = createSpending({ spend, limits, clock, newId, metrics: metrics.spend, logger });
  const resume = (turnId: string) => worker.resume(turnId);
  const ledger = createLedger({ ...options, ...storage, tools, people, client, newId, audit, resume });
  const approvals = ledger.cards;
  const channelOf = (userId: string) => who.directMessages.channelOf(userId);
  const parts = { storage, client, workspace, people, tools, spending, approvals, audit, channelOf };
  const worker = createWorker(options, parts);
  const slack = createSlackApp({
    settings: { ...settings.slack, port: settings.port },
    client: interactive,
    workspace,
    turns: slackTurns(worker, storage),
    ...readSurroundings({ ...options, ...storage, absent, gateway, workspace }),
    ...ledger,
    people,
    guests: options.config.guests,
    admins: options.config.admins,
    accounts: who.accounts(gateway),
    directMessages: who.directMessages,
    pages: who.pages,
    spending,
    audit,
    secrets: options.secrets,
    logger,
    clock,
    newId,
  });
  void gateway.start();
  await worker.start();
  closers.push(() => worker.stop(shutdownGraceMs));
  startRounds(options, storage, ledger, closers);
  const gatewayUrl = settings.gateway.authToken ? await serveGateway(gateway, settings) : undefined;
  const port = await startFronts(options, slack, who, closers);
  return { turns: storage.turns, approvals: storage.approvals, port, gatewayUrl, absent };
}

/** What is done from time to time, whether or not anybody asks for anything. */
function startRounds(options: AppOptions, { database }: Storage, { sweep }: Ledger, closers: Closers): void {
  const retention = createRetention({ ...options, database });
  retention.start();
  void retention.now();
  closers.push(() => retention.stop());
  sweep.start();
  closers.push(() => sweep.stop());
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
    identities: createIdentities(database, clock),
  };
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

interface WorkerParts {
  storage: Storage;
  client: SlackClient;
  workspace: Workspace;
  people: People;
  tools: GatewayTools;
  spending: Spending;
  approvals: AgentApprovals;
  audit: AuditSink;
  channelOf: DirectMessages["channelOf"];
}

function createWorker(options: AppOptions, parts: WorkerParts): TurnWorker {
  const { settings, config, clock, logger, secrets } = options;
  const { storage, client, workspace, people, tools, spending, approvals, audit, channelOf } = parts;
  const { apiKey, baseUrl, model } = settings.claude;
  const newId = options.newId ?? randomId;
  const agent = createAgent({
    model: withoutSecrets(createClaudeModel({ apiKey, baseUrl, logger, clock }), secrets),
    tools,
    approvals,
    spending,
    files: openFiles({ slack: settings.slack, client, audit, clock, logger }),
    privateAnswers: createPrivateAnswers({ channelOf, submit: (turn) => worker.submit(turn), newId }),
    settings: {
      model,
      steps: config.budget.steps,
      tokens: config.budget.tokens,
      usd: config.budget.usd,
      prices: config.spend.prices,
      wallMs: config.budget.seconds * 1_000,
      calendar: config.calendar,
      linkHosts: config.linkHosts,
    },
    roles: Object.entries(config.agents).map(([name, role]) => ({ name, ...role })),
    clock,
    logger,
  });
  const { turns, replies, queue, relay, database, identities } = storage;
  const openReply = createReplyOpener({
    client,
    workspace,
    replies,
    turns,
    people,
    onStopped: (turn) => void worker.stopThread(turn),
    secrets,
    logger,
    clock,
  });
  const worker = createTurnWorker({
    turns,
    queue,
    relay,
    runAgent: byTask(
      {},
      refusing(
        { people, guests: config.guests, roles: readRoles(config), identities, audit, clock },
        ({ turn, channelName, ...run }) => {
          const model = turn.task?.kind === "calls" ? createPlannedModel(turn.id, turn.task.calls) : undefined;
          return agent.runAgent({ ...run, model, turn: { ...turn, channelName, askedAt: askedAt(turn, clock.now()) } });
        },
      ),
    ),
    openReply,
    audit,
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
async function startFronts(
  options: AppOptions,
  slack: SlackApp,
  who: OpenedAccounts,
  closers: Closers,
): Promise<number> {
  closers.push(() => slack.stop());
  const port = (await slack.start()) ?? (await startOwnFront(options, slack, who, closers));
  who.listensOn(port);
  return port;
}

async function startOwnFront(
  { settings, logger }: AppOptions,
  slack: SlackApp,
  { pages }: OpenedAccounts,
  closers: Closers,
): Promise<number> {
  const front: HttpFront = createHttpFront({
    port: settings.port,
    logger,
    routes: {},
    pages,
    readiness: () => ({ slack: slack.isReady() }),
  });
  closers.push(() => front.stop());
  return front.start();
}

function slackClient({ settings, logger, secrets }: AppOptions, timeoutMs: number): SlackClient {
  const { botToken: token, apiUrl } = settings.slack;
  return createSlackClient({ token, apiUrl, logger, timeoutMs, secrets });
}
