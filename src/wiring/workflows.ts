import type { AgentSettings } from "../agent/settings.ts";
import type { Model, Spending } from "../agent/ports.ts";
import type { GatewayTools } from "../agent/gateway-tools.ts";
import type { Config } from "../config/config-file.ts";
import type { Clock } from "../core/clock.ts";
import type { NewId } from "../core/ids.ts";
import { usualRole } from "../core/usual-role.ts";
import type { Logger } from "../observability/log.ts";
import { type Channels, createChannels } from "../slack/channels.ts";
import type { SlackClient } from "../slack/client.ts";
import type { DirectMessages } from "../slack/direct-messages.ts";
import type { People } from "../slack/people.ts";
import { createMayKeep } from "../slack/may-ask.ts";
import { createPersonWith } from "../slack/person-with.ts";
import { createTellStopped } from "../slack/tell-stopped-route.ts";
import { systemWait, type Wait } from "../slack/wait.ts";
import type { Workspace } from "../slack/workspace.ts";
import { createCallIndexings } from "../storage/call-indexings.ts";
import { createCalls } from "../storage/calls.ts";
import type { Database } from "../storage/database.ts";
import type { Events } from "../storage/events.ts";
import { createPresses, type Presses } from "../storage/presses.ts";
import type { Replies } from "../storage/replies.ts";
import { createRoutes } from "../storage/routes.ts";
import type { NewTurn, Turns } from "../storage/turns.ts";
import { allEnded, type Repetition, repeatedly } from "../turns/repeatedly.ts";
import { type CallActions, createCallActions } from "../workflows/calls/call-actions.ts";
import { createCallWatch } from "../workflows/calls/call-watch.ts";
import { createCallIndex } from "../workflows/calls/index-call.ts";
import { createLateIndexing } from "../workflows/calls/index-later.ts";
import { createCallSummarizer } from "../workflows/calls/summarize-call.ts";
import { createRouteBook, type RouteBook } from "../workflows/routes.ts";
import type { TaskRunners } from "../workflows/task-runners.ts";
import { createToolReader, type ToolReader } from "../workflows/tool-reader.ts";
import { type OpenedNotices, openNotices } from "./notices.ts";
import { readAskableRoles } from "./roles.ts";

export interface WorkflowsOptions {
  database: Database;
  events: Events;
  turns: Turns;
  replies: Replies;
  tools: GatewayTools;
  model: Model;
  spending: Spending;
  agentSettings: Partial<AgentSettings> & Pick<AgentSettings, "calendar" | "model" | "linkHosts">;
  people: People;
  client: SlackClient;
  directMessages: DirectMessages;
  workspace: Workspace;
  config: Pick<Config, "admins" | "agents" | "guests" | "routes" | "spend">;
  submit: (turn: NewTurn) => Promise<boolean>;
  wake: (turnId: string) => Promise<void>;
  /** A route was added: somebody wants to hear of more than before. */
  onRoute: () => void;
  clock: Clock;
  newId: NewId;
  wait?: Wait | undefined;
  logger: Logger;
}

/** What Sophia does unasked, and what people do with it. */
export interface OpenedWorkflows {
  routes: RouteBook;
  channels: Channels;
  callActions: CallActions;
  recordMutes: OpenedNotices["recordMutes"];
  presses: Presses;
  runners: TaskRunners;
  sweep: Repetition;
  noticeSweep: Repetition;
}

const sweepEveryMs = 1_500;

export function openWorkflows(options: WorkflowsOptions): OpenedWorkflows {
  const { database, turns, tools, people, agentSettings, config, clock, logger } = options;
  const channels = createChannels(options);
  const routes = createRouteBook({
    configured: config.routes,
    routes: createRoutes(database, clock),
    channels,
    mayAsk: createMayKeep({ people, roles: readAskableRoles(config), guests: config.guests }),
    tellStopped: createTellStopped({ ...options, admins: config.admins }),
    onAdded: options.onRoute,
    logger,
  });
  const reader = createToolReader(tools);
  const channelName = (channel: string) => people.channelName(channel);
  const personWith = createPersonWith(people);
  const notices = openNotices({ ...options, routes, reader, personWith, channelName, channels });
  const presses = createPresses(database);
  const calls = openCalls(options, { reader, routes, channels, channelName, personWith });
  return {
    routes,
    channels,
    callActions: createCallActions({
      turns,
      presses,
      tools,
      calendar: agentSettings.calendar,
      followUpProject: agentSettings.followUpProject,
      agent: usualRole,
    }),
    recordMutes: notices.recordMutes,
    presses,
    runners: { ...calls.runners, notice: notices.runner },
    sweep: calls.sweep,
    noticeSweep: notices.sweep,
  };
}

interface CallParts extends Pick<OpenedWorkflows, "routes" | "channels"> {
  reader: ToolReader;
  channelName: (channel: string) => Promise<string | undefined>;
  personWith: ReturnType<typeof createPersonWith>;
}

/** Calls from Gong's word of them to their summary in a channel and in the search index. */
function openCalls(
  options: WorkflowsOptions,
  parts: CallParts,
): { runners: Pick<TaskRunners, "call_summary" | "call_index">; sweep: Repetition } {
  const { database, tools, workspace: who, agentSettings: settings, clock, wait = systemWait, logger } = options;
  const shared = { ...options, ...parts, who };
  const index = createCallIndex({ tools, logger });
  const indexings = createCallIndexings(database, clock);
  const late = createLateIndexing({ ...shared, index, indexings, calendar: settings.calendar });
  const calls = createCalls(database, clock);
  const summarizer = createCallSummarizer({ ...shared, settings, calls, index, indexings, wait });
  const ending = new AbortController();
  const watch = createCallWatch({ ...shared, calls, signal: ending.signal });
  const sweep = repeatedly(sweepEveryMs, () => allEnded([watch.sweep(), late.sweep()]), logger);
  const stop = (): Promise<void> => {
    ending.abort(new Error("Sophia is being stopped"));
    return sweep.stop();
  };
  return {
    runners: { call_summary: summarizer, call_index: late.runner },
    sweep: { ...sweep, stop },
  };
}
