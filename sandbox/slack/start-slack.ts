import type { HttpBindings } from "@hono/node-server";
import { Hono, type Context } from "hono";
import { exchangeLog, listen, type StandIn, type Switchboard } from "../stand-in.ts";
import { ActiveViews } from "./active-views.ts";
import { Changes } from "./changes.ts";
import { Delivery, HttpTransport } from "./delivery.ts";
import { EventFeed } from "./events.ts";
import { fileRoutes } from "./file-routes.ts";
import { Files } from "./files.ts";
import { Interactions } from "./interactions.ts";
import { Poster } from "./poster.ts";
import { respond } from "./presses.ts";
import { RateLimits } from "./rate-limits.ts";
import { SlackRefusal } from "./refusal.ts";
import { Schedule, type Scheduled } from "./schedule.ts";
import { Sessions } from "./sessions.ts";
import type { Slack } from "./slack.ts";
import { SocketMode } from "./socket-mode.ts";
import { SlackStore } from "./store.ts";
import { Views } from "./views.ts";
import { createWebApi, rateLimited } from "./web-api.ts";
import { IDENTITY, type SlackWorld, Workspace } from "./workspace.ts";

export interface SlackOptions {
  world: SlackWorld;
  board: Switchboard;
  signingSecret: string;
  /** `xoxb-...` */
  botToken: string;
  /** `xapp-...` */
  appToken: string;
  /** Port to listen on; any free one unless told. */
  port?: number | undefined;
  /** When an event that was not acknowledged is sent again: at once, after one minute, after five. */
  retryDelaysMs?: readonly number[] | undefined;
  /** How long a stream takes appends, on the machine's clock. */
  streamLifetimeMs?: number | undefined;
  /** Whether Slack's own rate limits hold; faults may ask for a 429 in any case. Off unless told. */
  rateLimits?: boolean | undefined;
  /** The bot scopes of the manifest; all unless told. */
  scopes?: readonly string[] | undefined;
  /** The bot events of the manifest; all unless told. */
  events?: readonly string[] | undefined;
  /** How long the app has to acknowledge. */
  ackTimeoutMs?: number | undefined;
  /** The machine's clock, for signatures, triggers, response URLs and rate limits; the world's is the board's. */
  now?: (() => number) | undefined;
}

export type SlackStandIn = StandIn<SlackStore> & {
  /** For the SDK's `slackApiUrl`; ends in `/api/`. */
  apiUrl: string;
};

/** Starts a workspace that behaves as Slack does: Web API, Events over HTTP and Socket Mode, interactivity, streams. */
export async function startSlack(options: SlackOptions): Promise<SlackStandIn> {
  const { board, now = Date.now } = options;
  const changes = new Changes();
  let origin = "";
  const slack = assemble(options, changes, now, () => origin);
  const limits = new RateLimits(now);
  let limited = options.rateLimits ?? false;
  const { botToken, appToken } = options;
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use(exchangeLog("slack", board, answerFault));
  app.all("/api/:method", createWebApi({ slack, botToken, appToken, limits: () => (limited ? limits : undefined) }));
  fileRoutes(app, slack.files, (authorization) => authorization === `Bearer ${botToken}` && mayReadFiles(slack));
  app.post("/actions/:team/:token", (c) => answerResponseUrl(c, slack));
  const running = await listen(app, options.port);
  origin = running.url;
  slack.sockets.attach(running.server);
  const store = new SlackStore(slack, changes, (on) => {
    limited = on;
  });
  return {
    url: origin,
    apiUrl: `${origin}/api/`,
    store,
    reset: () => {
      slack.delivery.cancel();
      slack.schedule.reset();
      slack.workspace.reset();
      slack.sessions.reset();
      slack.views.reset();
      slack.activeViews.reset();
      slack.files.reset();
      limits.reset();
      changes.publish({ type: "reset" });
    },
    close: async () => {
      slack.delivery.cancel();
      slack.schedule.reset();
      slack.workspace.reset();
      slack.sockets.close();
      slack.delivery.http.close();
      await running.close();
    },
  };
}

function assemble(options: SlackOptions, changes: Changes, now: () => number, origin: () => string): Slack {
  const { world, board, signingSecret, retryDelaysMs = [0, 60_000, 300_000], ackTimeoutMs = 3_000 } = options;
  const workspace = new Workspace(world, board.clock, changes);
  const sockets = new SocketMode({ appId: IDENTITY.appId, changes, ackTimeoutMs });
  const delivery = new Delivery(new HttpTransport({ signingSecret, ackTimeoutMs, now }), sockets, retryDelaysMs);
  const events = new EventFeed(workspace, delivery, options.events);
  const sessions = new Sessions(changes, now);
  const files = new Files(workspace, origin);
  const poster = new Poster(workspace, events, sessions, files);
  return {
    workspace,
    sockets,
    delivery,
    events,
    sessions,
    poster,
    schedule: new Schedule(board.clock, changes, (due) => postScheduled(due, workspace, poster)),
    views: new Views(workspace, changes),
    activeViews: new ActiveViews(),
    files,
    interactions: new Interactions(workspace, now, origin),
    scopes: options.scopes && new Set(options.scopes),
    streamLifetimeMs: options.streamLifetimeMs ?? 300_000,
    origin,
  };
}

function mayReadFiles({ scopes }: Slack): boolean {
  return !scopes || scopes.has("files:read");
}

/** What cannot be posted any more when its time has come (Sophia has left, the thread is gone) is dropped. */
function postScheduled({ channel, content, broadcast }: Scheduled, workspace: Workspace, poster: Poster): void {
  const conversation = workspace.conversations.get(channel);
  if (!conversation || conversation.isArchived || !workspace.isMember(conversation)) return;
  const { threadTs } = content;
  if (threadTs === undefined || conversation.byTs.has(threadTs)) poster.post(conversation, content, broadcast);
}

/** Slack words a fault of its own servers as a page, not as JSON. */
function answerFault(c: Context, status: number, retryAfter: number | undefined): Response {
  if (status === 429) return rateLimited(c, retryAfter ?? 1);
  if (status >= 500) {
    const page =
      "<!DOCTYPE html><html><head><title>Server Error | Slack</title></head><body>Server Error</body></html>";
    return new Response(page, { status, headers: { "content-type": "text/html; charset=utf-8" } });
  }
  return new Response(JSON.stringify({ ok: false, error: "fatal_error" }), { status, headers: JSON_TYPE });
}

const JSON_TYPE = { "content-type": "application/json; charset=utf-8" };

async function answerResponseUrl(c: Context<{ Bindings: HttpBindings }>, slack: Slack): Promise<Response> {
  try {
    const target = slack.interactions.useResponseUrl(c.req.param("token") ?? "");
    const body: unknown = await c.req.json();
    respond(slack, target, body as Record<string, unknown>);
    return c.text("ok");
  } catch (error) {
    if (error instanceof SyntaxError) return c.text("invalid_payload", 400);
    if (!(error instanceof SlackRefusal)) throw error;
    const status = error.message === "expired_url" || error.message === "used_url" ? 404 : 400;
    return c.json({ ok: false, error: error.message, ...error.details }, status);
  }
}
