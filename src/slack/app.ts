import { setTimeout as sleep } from "node:timers/promises";
import { App } from "@slack/bolt";
import type { Decisions } from "../approvals/decisions.ts";
import type { Outcomes } from "../approvals/outcomes.ts";
import type { Clock } from "../core/clock.ts";
import { UserError } from "../core/errors.ts";
import { noSecrets, type Secrets } from "../core/secrets.ts";
import type { NewId } from "../core/ids.ts";
import type { Logger } from "../observability/log.ts";
import { createHttpFront, type HttpFront, type HttpFrontOptions } from "./http-front.ts";
import type { Guests } from "./admission.ts";
import type { InputSchema } from "./approvals/edit-modal.ts";
import type { Cards } from "./approvals/show-cards.ts";
import type { SlackClient } from "./client.ts";
import type { Digests } from "./digests/digests.ts";
import type { DirectMessages } from "./direct-messages.ts";
import { listenToMentions } from "./listeners/app-mention.ts";
import { listenToApprovalForms } from "./listeners/approval-forms.ts";
import { listenToApprovals } from "./listeners/approval.ts";
import { listenToCallButtons } from "./listeners/call-buttons.ts";
import { listenToCommand } from "./listeners/command.ts";
import type { Accounts, Audit, ListenerContext, Service } from "./listeners/context.ts";
import { listenToDigests } from "./listeners/digests.ts";
import { listenToHome } from "./listeners/home.ts";
import { listenToFeedback } from "./listeners/feedback.ts";
import { listenToLeavers } from "./listeners/user-change.ts";
import { listenToEdits } from "./listeners/message-changed.ts";
import { listenToDeletions } from "./listeners/message-deleted.ts";
import { MessageOrder } from "./listeners/message-order.ts";
import { listenToMessages } from "./listeners/message.ts";
import { createTakeQuestion } from "./listeners/questions.ts";
import { listenToShortcuts } from "./listeners/shortcuts.ts";
import { listenToShowQuery } from "./listeners/show-query.ts";
import { listenToNoticeButtons } from "./listeners/notice-buttons.ts";
import { listenToStop } from "./listeners/session-stopped.ts";
import type { People } from "./people.ts";
import { HttpReceiver } from "./receivers/http.ts";
import { SocketReceiver } from "./receivers/socket.ts";
import { sdkLogger } from "./sdk-logger.ts";
import type { SpendReports } from "../turns/spending.ts";
import type { SlackTurns } from "./turns-port.ts";
import { systemWait, type Wait } from "./wait.ts";
import type { Workspace } from "./workspace.ts";

interface SlackAppSettings {
  /** Socket Mode where it is given; else `signingSecret` is needed. */
  appToken?: string | undefined;
  signingSecret?: string | undefined;
  apiUrl?: string | undefined;
  /** For HTTP: 0 takes a free one. */
  port: number;
}

export interface SlackAppOptions {
  settings: SlackAppSettings;
  /** For interactive calls. */
  client: SlackClient;
  workspace: Workspace;
  turns: SlackTurns;
  decisions: Decisions;
  outcomes: Pick<Outcomes, "checkAgain">;
  cards: Pick<Cards, "update">;
  /** What a tool takes, for a form. */
  inputSchema: (agent: string, tool: string) => Promise<InputSchema>;
  people: People;
  guests: Guests;
  admins: readonly string[];
  roles: ListenerContext["roles"];
  accounts: Accounts;
  directMessages: DirectMessages;
  digests: Digests;
  routes: ListenerContext["routes"];
  channels: ListenerContext["channels"];
  callActions: ListenerContext["callActions"];
  recordMutes: ListenerContext["recordMutes"];
  presses: ListenerContext["presses"];
  /** GET pages for browsers, by path, beside Slack over HTTP. */
  pages?: HttpFrontOptions["pages"];
  /** POST routes of the services, by path, beside Slack over HTTP. */
  webhooks?: HttpFrontOptions["routes"];
  queriesOf: ListenerContext["queriesOf"];
  spending: SpendReports;
  audit: Audit;
  services: () => readonly Service[];
  offers: ListenerContext["offers"];
  digestsOf: ListenerContext["digestsOf"];
  tasks: ListenerContext["tasks"];
  calendar: ListenerContext["calendar"];
  logger: Logger;
  clock: Clock;
  newId: NewId;
  wait?: Wait;
  /** Those of the process: they are taken out of all that comes from Slack, and of all that is answered. */
  secrets?: Secrets;
  /** What else must be ready for `/readyz`, such as the database. */
  readiness?: (() => Record<string, boolean>) | undefined;
}

export interface SlackApp {
  /** Starts to take events; returns the HTTP port, or undefined in Socket Mode. */
  start(): Promise<number | undefined>;
  /** Takes no more events and waits for those under way. */
  stop(): Promise<void>;
  /** Whether Slack can reach this process. */
  isReady(): boolean;
}

/** The path that Slack posts everything to: events, commands and clicks. */
export const slackPath = "/slack/events";

/** Puts the listeners together; nothing is taken before `start`. */
export function createSlackApp(options: SlackAppOptions): SlackApp {
  const { settings: _settings, readiness: _readiness, webhooks: _webhooks, ...parts } = options;
  const context: ListenerContext = { wait: systemWait, secrets: noSecrets, ...parts, order: new MessageOrder() };
  if (options.settings.appToken) return socketApp(options.settings.appToken, options, context);
  if (options.settings.signingSecret) return httpApp(options.settings.signingSecret, options, context);
  throw new UserError("Slack needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP).");
}

function socketApp(appToken: string, options: SlackAppOptions, context: ListenerContext): SlackApp {
  const { logger, settings } = options;
  const { workspace, secrets } = context;
  const receiver = new SocketReceiver({
    appToken,
    apiUrl: settings.apiUrl,
    workspace,
    logger,
    secrets,
    wait: (ms) => sleep(ms, undefined, { ref: false }),
  });
  createBolt(receiver, context);
  return {
    start: async () => {
      await receiver.start();
      return undefined;
    },
    stop: () => receiver.stop(),
    isReady: () => receiver.connected,
  };
}

function httpApp(signingSecret: string, options: SlackAppOptions, context: ListenerContext): SlackApp {
  const { logger, clock, settings, readiness, webhooks } = options;
  const { workspace, secrets } = context;
  const receiver = new HttpReceiver({ signingSecret, workspace, logger, clock, secrets });
  createBolt(receiver, context);
  let isListening = false;
  const front: HttpFront = createHttpFront({
    port: settings.port,
    logger,
    routes: { ...webhooks, [slackPath]: (request, response) => receiver.handle(request, response) },
    pages: options.pages,
    readiness: () => ({ slack: isListening, ...readiness?.() }),
  });
  return {
    start: async () => {
      const port = await front.start();
      isListening = true;
      return port;
    },
    stop: async () => {
      isListening = false;
      await front.stop();
    },
    isReady: () => isListening,
  };
}

/** Bolt dispatches; who calls, who is answered and what is acknowledged when is decided by our receivers and clients. */
function createBolt(receiver: HttpReceiver | SocketReceiver, context: ListenerContext): App {
  const { botUserId, botId } = context.workspace;
  const app = new App({
    receiver,
    authorize: () => Promise.resolve({ botUserId, ...(botId === undefined ? {} : { botId }) }),
    logger: sdkLogger(context.logger),
    convoStore: false,
    ignoreSelf: false,
  });
  const take = createTakeQuestion(context);
  listenToMentions(app, context, take);
  listenToMessages(app, context, take);
  listenToEdits(app, context);
  listenToDeletions(app, context);
  listenToStop(app, context);
  listenToCommand(app, context);
  listenToLeavers(app, context);
  listenToFeedback(app, context);
  listenToShowQuery(app, context);
  listenToHome(app, context);
  listenToCallButtons(app, context);
  listenToNoticeButtons(app, context);
  listenToApprovals(app, context);
  listenToApprovalForms(app, context);
  listenToShortcuts(app, context);
  listenToDigests(app, context);
  return app;
}
