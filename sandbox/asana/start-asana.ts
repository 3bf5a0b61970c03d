import { type Context, Hono, type Next } from "hono";
import { OAuthBook } from "../oauth-book.ts";
import { AsanaSender } from "../webhooks/asana-sender.ts";
import { Outbox } from "../webhooks/outbox.ts";
import { exchangeLog, listen, type ServiceStandIn, type Switchboard } from "../stand-in.ts";
import type { World } from "../world/types.ts";
import { createAnswers } from "./answers.ts";
import { answerFault, AsanaRefusal, refuse } from "./errors.ts";
import { linkRoutes, parentRoutes } from "./link-routes.ts";
import { oauthRoutes } from "./oauth-routes.ts";
import { projectRoutes, sectionRoutes, statusRoutes } from "./project-routes.ts";
import { RateLimit, type Slot } from "./rate-limit.ts";
import { type Lag, SearchIndex } from "./search-index.ts";
import { searchRoutes } from "./search-routes.ts";
import { type AsanaEnv, AsanaStore, type Plan } from "./store.ts";
import { storyRoutes } from "./story-routes.ts";
import { tagRoutes } from "./tag-routes.ts";
import { taskListRoutes, taskRoutes } from "./task-routes.ts";
import { userRoutes } from "./user-routes.ts";
import { type HookSender, webhookRoutes } from "./webhook-routes.ts";

export type { AsanaChange } from "./records.ts";
export type { AsanaStore } from "./store.ts";

const TOKEN = "sandbox-asana-token";
const CLIENT = { clientId: "1209000000000001", clientSecret: "sandbox-asana-client-secret" };
const API = "/api/1.0";

export interface AsanaOptions {
  world: World;
  board: Switchboard;
  /** 0 (any free one) unless told. */
  port?: number | undefined;
  /** What the workspace pays for: "premium" unless told. On "free" there is no search, and fewer requests. */
  plan?: Plan | undefined;
  /** How long a change takes to be found by search, in milliseconds of the sandbox's clock: 10 to 60 s; [0, 0] for none. */
  searchLag?: Lag | undefined;
  /** Requests a minute: 1,500, or 150 on the free plan; 0 switches all limits off, for benches. */
  rateLimitPerMinute?: number | undefined;
  /** Searches a minute: 60. */
  searchesPerMinute?: number | undefined;
  /** At once: 50 reads and 15 writes. */
  concurrency?: { reads: number; writes: number } | undefined;
  /** The clock of the limits, epoch ms; the machine's unless told. */
  realNow?: (() => number) | undefined;
  /** By which webhooks are sent; one of its own unless told. */
  outbox?: Outbox | undefined;
}

/** With what people have let apps do as them. */
export interface AsanaStandIn extends ServiceStandIn<AsanaStore> {
  book: OAuthBook;
}

/** Asana's REST API 1.0, as far as it concerns people, projects, tasks and what is said about them. */
export async function startAsana(options: AsanaOptions): Promise<AsanaStandIn> {
  const { world, board, port, plan = "premium", searchLag = [10_000, 60_000] } = options;
  const now = (): number => board.clock.now();
  const store = new AsanaStore(world, plan, now);
  const index = new SearchIndex(store, searchLag, now);
  const limit = new RateLimit({
    perMinute: options.rateLimitPerMinute ?? (plan === "free" ? 150 : 1500),
    searchesPerMinute: options.searchesPerMinute ?? 60,
    ...(options.concurrency ?? { reads: 50, writes: 15 }),
    now: options.realNow ?? Date.now,
  });
  const book = new OAuthBook({ ...CLIENT, lifetimeSeconds: 3600, prefix: "sandbox-asana", now });
  const app = new Hono<AsanaEnv>();
  const slots = new WeakMap<Request, Slot>();
  // Before the log, which plays the delays that were asked for: a request that hangs is one that runs.
  app.use(async (c, next) => {
    const slot = limit.enter(c.req.method);
    slots.set(c.req.raw, slot);
    try {
      await next();
    } finally {
      slot.leave();
    }
  });
  app.use(exchangeLog("asana", board, answerFault));
  oauthRoutes(app, store, book);
  app.use((c, next) => authenticated(c, next, store, book));
  app.use(async (c, next) => {
    const slot = slots.get(c.req.raw);
    if (slot) limit.admit(slot, c.req.path.endsWith("/tasks/search"));
    await next();
  });
  const outbox = options.outbox ?? new Outbox();
  app.route(API, routesOf(store, index, now, new AsanaSender(store, outbox)));
  app.notFound((c) => refuse(c, new AsanaRefusal(404, "No matching route for request")));
  app.onError((error, c) => {
    if (error instanceof AsanaRefusal) return refuse(c, error);
    // A fault of the stand-in itself: the vendor's status, with the cause for whoever works on it.
    return refuse(c, new AsanaRefusal(500, `Server Error: ${error.message}`));
  });
  const server = await listen(app, port);
  const reset = (): void => {
    for (const part of [store, index, limit, book]) part.reset();
  };
  book.secrets.push(TOKEN);
  const close = (): Promise<void> => {
    outbox.callOff();
    return server.close();
  };
  return {
    url: server.url,
    store,
    book,
    env: settingsOf(server.url),
    get secrets() {
      return [...book.secrets, ...store.webhooks.all.map(({ secret }) => secret)];
    },
    reset,
    close,
  };
}

function settingsOf(url: string): Record<string, string> {
  return {
    ASANA_ACCESS_TOKEN: TOKEN,
    ASANA_BASE_URL: `${url}${API}`,
    ASANA_CLIENT_ID: CLIENT.clientId,
    ASANA_CLIENT_SECRET: CLIENT.clientSecret,
    ASANA_OAUTH_URL: url,
  };
}

function routesOf(store: AsanaStore, index: SearchIndex, now: () => number, sender: HookSender): Hono<AsanaEnv> {
  const app = new Hono<AsanaEnv>();
  const answers = createAnswers(store, now);
  userRoutes(app, store, answers);
  projectRoutes(app, store, answers);
  sectionRoutes(app, store, answers);
  statusRoutes(app, store, answers);
  taskListRoutes(app, store, answers, now);
  taskRoutes(app, store, answers);
  linkRoutes(app, store, answers);
  parentRoutes(app, store, answers);
  tagRoutes(app, store, answers);
  storyRoutes(app, store, answers);
  searchRoutes(app, store, answers, index);
  webhookRoutes(app, store, answers, sender);
  return app;
}

/** As the account whose token is the bearer. Throws Asana's 401 for anything but a personal access token or an app's. */
async function authenticated(c: Context, next: Next, store: AsanaStore, book: OAuthBook): Promise<void> {
  const [scheme, token = ""] = (c.req.header("authorization") ?? "").split(" ");
  const isBearer = scheme?.toLowerCase() === "bearer";
  if (isBearer && token === TOKEN) return next();
  const user = isBearer ? book.userOf(token) : undefined;
  if (user === undefined) throw new AsanaRefusal(401, "Not Authorized");
  await store.actAs(user, next);
}
