import { callerOf } from "../agent/asked.ts";
import { createClaudeModel } from "../agent/claude-model.ts";
import type { GatewayTools } from "../agent/gateway-tools.ts";
import { createAgent } from "../agent/loop.ts";
import { createPlannedModel } from "../agent/planned-model.ts";
import type { Approvals, Model, Spending } from "../agent/ports.ts";
import { withoutSecrets } from "../agent/secret-free-model.ts";
import type { Config } from "../config/config-file.ts";
import type { Settings } from "../config/settings.ts";
import type { Clock } from "../core/clock.ts";
import type { NewId } from "../core/ids.ts";
import type { Secrets } from "../core/secrets.ts";
import type { AuditSink } from "../observability/audit.ts";
import type { Logger } from "../observability/log.ts";
import type { Channels } from "../slack/channels.ts";
import type { SlackClient } from "../slack/client.ts";
import type { DirectMessages } from "../slack/direct-messages.ts";
import type { People } from "../slack/people.ts";
import { refusing } from "../slack/refusal.ts";
import { createReplyOpener } from "../slack/reply/open-reply.ts";
import { guardingRoots } from "../slack/root-guard.ts";
import type { SlackTurns } from "../slack/turns-port.ts";
import type { Workspace } from "../slack/workspace.ts";
import { askedAt } from "../turns/asked-at.ts";
import { createPrivateAnswers } from "../turns/private-answers.ts";
import { createTurnWorker, type TurnWorker, type TurnWorkerOptions } from "../turns/worker.ts";
import { acceptedCalls } from "../workflows/tasks/accepted-call.ts";
import { byTask, type TaskRunners } from "../workflows/task-runners.ts";
import { openFiles, openQuestionFiles } from "./files.ts";
import { readRoles } from "./roles.ts";
import type { Storage } from "./storage.ts";

/** Turns at a time in one process: they wait for Claude and the tools, and hardly compute. */
const concurrency = 500;

export interface WorkerOptions {
  settings: Pick<Settings, "claude" | "slack">;
  config: Config;
  secrets: Secrets;
  clock: Clock;
  newId: NewId;
  logger: Logger;
}

/** How the agent works, as settings and configuration say it. */
export function readAgentSettings({ settings, config }: Pick<WorkerOptions, "settings" | "config">) {
  const { budget, spend, calendar, linkHosts, followUpProject } = config;
  const { steps, tokens, usd } = budget;
  const wallMs = budget.seconds * 1_000;
  const { model } = settings.claude;
  return { model, steps, tokens, usd, prices: spend.prices, wallMs, calendar, linkHosts, followUpProject };
}

/** Claude, to whom no secret is told. */
export function openModel({ settings, logger, clock, secrets }: Omit<WorkerOptions, "config" | "newId">): Model {
  const { apiKey, baseUrl } = settings.claude;
  return withoutSecrets(createClaudeModel({ apiKey, baseUrl, logger, clock }), secrets);
}

export interface WorkerParts {
  storage: Storage;
  client: SlackClient;
  workspace: Workspace;
  people: People;
  channels: Channels;
  tools: GatewayTools;
  spending: Spending;
  approvals: Approvals;
  model: Model;
  agentSettings: ReturnType<typeof readAgentSettings>;
  runners: TaskRunners;
  audit: AuditSink;
  channelOf: DirectMessages["channelOf"];
  tellOwner: TurnWorkerOptions["tellOwner"];
}

/** Who carries turns out: the agent, and what code does in its place. */
export function createWorker(options: WorkerOptions, parts: WorkerParts): TurnWorker {
  const { settings, config, clock, newId, logger, secrets } = options;
  const { storage, client, workspace, people, tools, spending, approvals, audit, channelOf, model, runners } = parts;
  const agent = createAgent({
    model,
    tools,
    approvals,
    spending,
    files: openFiles({ slack: settings.slack, client, audit, clock, logger }),
    privateAnswers: createPrivateAnswers({ channelOf, submit: (turn) => worker.submit(turn), newId }),
    settings: parts.agentSettings,
    roles: Object.entries(config.agents).map(([name, role]) => ({ name, ...role })),
    clock,
    logger,
  });
  const filesOf = openQuestionFiles({ client, logger });
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
      runners,
      refusing(
        { people, guests: config.guests, roles: readRoles(config), identities, audit, clock },
        async ({ turn, channelName, ...run }) => {
          const { task } = turn;
          const files = await filesOf(turn, run.steps, run.signal);
          const asked = { ...run, turn: { ...turn, files, channelName, askedAt: askedAt(turn, clock.now()) } };
          if (task?.kind !== "calls") return agent.runAgent(asked);
          const calls = await acceptedCalls(task.calls, { tools, caller: callerOf(asked, run.steps), logger }, run);
          return agent.runAgent({ ...asked, model: createPlannedModel(turn.id, calls, task.intro) });
        },
      ),
    ),
    tellOwner: parts.tellOwner,
    openReply: guardingRoots(openReply, parts),
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
export function slackTurns(worker: TurnWorker, { turns, replies }: Pick<Storage, "turns" | "replies">): SlackTurns {
  return {
    submit: (turn) => worker.submit(turn),
    stopThread: (thread) => worker.stopThread(thread),
    stopMessage: (teamId, channel, messageTs) => worker.stopMessage(teamId, channel, messageTs),
    edit: (teamId, channel, messageTs, question) => worker.edit(teamId, channel, messageTs, question),
    isPartOf: (teamId, channel, threadTs) => turns.isPartOf(teamId, channel, threadTs),
    turnOf: (channel, ts) => replies.turnOf(channel, ts),
    addFeedback: (feedback) => replies.addFeedback(feedback),
  };
}
