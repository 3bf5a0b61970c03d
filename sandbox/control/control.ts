import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import type { GongStore } from "../gong/start-gong.ts";
import type { SlackStore } from "../slack/store.ts";
import { listen, type RunningServer, type Switchboard } from "../stand-in.ts";
import { pageRoutes } from "../web/page-routes.ts";
import type { Webhooks } from "../webhooks/webhooks.ts";
import type { World } from "../world/types.ts";
import { BadRequest, type Bodies, bodiesFor, NotFound, readBody } from "./bodies.ts";
import { changeRoutes, type ChangingStores } from "./outside-routes.ts";
import { guard } from "./guard.ts";
import { redact } from "./redact.ts";

export interface ControlOptions {
  world: World;
  board: Switchboard;
  slack: SlackStore;
  gong: GongStore;
  changing: ChangingStores;
  webhooks: Webhooks;
  services: readonly string[];
  /** Never shown in `GET /requests`. */
  secrets: () => readonly string[];
  /** Puts everything back to how it was at the start. */
  reset: () => void;
  /** 0 (any free one) unless told. */
  port?: number | undefined;
}

type App = Hono<{ Bindings: HttpBindings }>;

/** The server through which a person or a test moves the world, and which serves the page. */
export async function startControl(options: ControlOptions): Promise<RunningServer> {
  const app: App = new Hono();
  const bodies = bodiesFor(options.services);
  app.use("*", guard);
  const page = pageRoutes(app, { ...options, ...options.changing });
  worldRoutes(app, options, bodies, () => page.clockMoved());
  webhookRoutes(app, options.webhooks, bodies);
  slackRoutes(app, options.slack, bodies);
  changeRoutes(app, options.changing, options.world, bodies);
  app.notFound((c) => c.json({ error: `There is no ${c.req.method} ${c.req.path} here.` }, 404));
  app.onError((error, c) => c.json({ error: error.message }, statusOf(error)));
  const server = await listen(app, options.port);
  return {
    url: server.url,
    close: () => {
      page.close();
      return server.close();
    },
  };
}

function statusOf(error: Error): 400 | 404 | 500 {
  if (error instanceof NotFound) return 404;
  return error instanceof BadRequest ? 400 : 500;
}

function worldRoutes(app: App, options: ControlOptions, bodies: Bodies, clockMoved: () => void): void {
  const { board, gong, secrets, reset, services } = options;
  const clock = () => ({ now: new Date(board.clock.now()).toISOString() });
  app.post("/reset", async (c) => {
    await readBody(c, bodies.reset);
    reset();
    return c.json({ ok: true, ...clock() });
  });
  app.get("/clock", (c) => c.json(clock()));
  app.post("/clock", async (c) => {
    const { now } = await readBody(c, bodies.clock);
    board.clock.set(Date.parse(now));
    clockMoved();
    return c.json(clock());
  });
  app.post("/faults", async (c) => {
    const fault = await readBody(c, bodies.fault);
    if (fault.status === undefined && fault.latencyMs === undefined && !fault.drop) {
      throw new BadRequest("Say what is to go wrong: status, latencyMs or drop.");
    }
    board.addFault(fault);
    return c.json({ ok: true, fault: { times: 1, ...fault } });
  });
  app.post("/gong/calls/end", async (c) => {
    const wanted = await readBody(c, bodies.endCall);
    const { id, title } = told(() => gong.endCall(wanted));
    return c.json({ id, title });
  });
  app.get("/requests", (c) => {
    const { service, limit } = c.req.query();
    if (service && !services.includes(service)) {
      throw new BadRequest(`service: there is no "${service}"; there are ${services.join(", ")}`);
    }
    if (limit && !/^[1-9]\d*$/.test(limit)) throw new BadRequest("limit: a whole number of lines, at least 1");
    const records = board.requests(service || undefined).slice(limit ? -Number(limit) : 0);
    const hidden = secrets();
    const lines = records.map((record) => `${JSON.stringify(redact(record, hidden))}\n`);
    return c.body(lines.join(""), 200, { "content-type": "application/x-ndjson" });
  });
}

/** Where Gong and HubSpot send to, and what was sent, Asana's included. */
function webhookRoutes(app: App, webhooks: Webhooks, bodies: Bodies): void {
  const state = () => ({ targets: webhooks.targets, deliveries: webhooks.deliveries });
  app.get("/webhooks", (c) => c.json(state()));
  app.post("/webhooks", async (c) => {
    const given = Object.entries(await readBody(c, bodies.webhooks));
    webhooks.target(Object.fromEntries(given.map(([service, url]) => [service, url ?? undefined])));
    return c.json({ ok: true, targets: webhooks.targets });
  });
}

function slackRoutes(app: App, slack: SlackStore, bodies: Bodies): void {
  app.post("/slack/send", async (c) => {
    const request = await readBody(c, bodies.send);
    const { ts, channel } = told(() => slack.send(request));
    return c.json({ ok: true, ts, channel });
  });
  app.post("/slack/edit", async (c) => {
    const request = await readBody(c, bodies.edit);
    told(() => slack.edit(request));
    return c.json({ ok: true });
  });
  app.post("/slack/stop", async (c) => {
    const request = await readBody(c, bodies.stop);
    return c.json({ ok: true, stopped: told(() => slack.stop(request)) });
  });
  app.post("/slack/press", async (c) => {
    const request = await readBody(c, bodies.press);
    const outcome = await toldLater(slack.press(request));
    return outcome.ok ? c.json({ ok: true }) : c.json({ ok: false, error: NOBODY }, 504);
  });
  app.post("/slack/shortcut", async (c) => {
    const request = await readBody(c, bodies.shortcut);
    const outcome = await toldLater(slack.shortcut(request));
    return outcome.ok ? c.json({ ok: true }) : c.json({ ok: false, error: NOBODY }, 504);
  });
  app.post("/slack/command", async (c) => {
    const request = await readBody(c, bodies.command);
    const outcome = await toldLater(slack.command(request));
    return outcome.ok ? c.json({ ok: true }) : c.json({ ok: false, error: NOBODY }, 504);
  });
  viewRoutes(app, slack, bodies);
  app.get("/slack/messages", (c) => {
    const { channel, threadTs, viewer } = c.req.query();
    if (!channel) throw new BadRequest("channel: say which, by name or id");
    const seenBy = viewer ? { viewer } : {};
    const messages = told(() => {
      const standing = slack.messages(channel, { ...seenBy, ...(threadTs ? { threadTs } : {}) });
      if (threadTs) return standing;
      const replies = standing.flatMap(({ ts }) => slack.messages(channel, { ...seenBy, threadTs: ts }).slice(1));
      const all = new Map([...standing, ...replies].map((message) => [message.ts, message]));
      return [...all.values()].toSorted((a, b) => Number(a.ts) - Number(b.ts));
    });
    return c.json({ messages });
  });
}

/** The modals that a person has open, and what they do with the topmost; their Home tab. */
function viewRoutes(app: App, slack: SlackStore, bodies: Bodies): void {
  app.get("/slack/views", (c) => {
    const { user } = c.req.query();
    if (!user) throw new BadRequest("user: say whose, by handle, name, id or e-mail");
    return c.json(told(() => slack.views({ viewer: user })));
  });
  app.post("/slack/home", async (c) => {
    const request = await readBody(c, bodies.home);
    told(() => slack.openHome(request));
    return c.json({ ok: true });
  });
  app.post("/slack/submit", async (c) => {
    const request = await readBody(c, bodies.submit);
    const { ok, error, errors } = await toldLater(slack.submitView(request));
    if (!ok) return c.json({ ok, error }, 504);
    return c.json(errors ? { ok: false, errors } : { ok });
  });
  app.post("/slack/close", async (c) => {
    const request = await readBody(c, bodies.close);
    // A person sees it close, whatever the app says to being told.
    await toldLater(slack.closeView(request));
    return c.json({ ok: true });
  });
}

const NOBODY = "operation_timeout: Sophia did not answer within 3 seconds, or is not running.";

/** The stand-ins throw plain errors for what a caller got wrong; here that is a 400. */
function told<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new BadRequest((error as Error).message);
  }
}

async function toldLater<T>(act: Promise<T>): Promise<T> {
  try {
    return await act;
  } catch (error) {
    throw new BadRequest((error as Error).message);
  }
}
