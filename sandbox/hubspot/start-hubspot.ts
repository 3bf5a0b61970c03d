import { timingSafeEqual } from "node:crypto";
import { type Context, Hono, type Next } from "hono";
import { OAuthBook } from "../oauth-book.ts";
import { exchangeLog, listen, type ServiceStandIn, type Switchboard } from "../stand-in.ts";
import type { World } from "../world/types.ts";
import { accountRoutes } from "./account-routes.ts";
import { associationRoutes } from "./association-routes.ts";
import { batchRoutes } from "./batch-routes.ts";
import { engagementRoutes } from "./engagement-routes.ts";
import { answerFault, expired, HubSpotRefusal, noSuchPage, refuse, unauthorized } from "./errors.ts";
import { oauthRoutes } from "./oauth-routes.ts";
import { objectRoutes } from "./object-routes.ts";
import { ownerRoutes } from "./owner-routes.ts";
import { pipelineRoutes } from "./pipeline-routes.ts";
import { propertyRoutes } from "./property-routes.ts";
import { RateLimit } from "./rate-limit.ts";
import { searchRoutes } from "./search-routes.ts";
import { type HubSpotEnv, HubSpotStore } from "./store.ts";

export type { HubSpotStore } from "./store.ts";

export interface HubSpotOptions {
  world: World;
  board: Switchboard;
  /** 0 (any free one) unless told. */
  port?: number | undefined;
  /** What the key may do; what Sophia asks for unless told. */
  scopes?: readonly string[] | undefined;
  /** How long searches do not know of a write, by the sandbox's clock: 5,000 ms. */
  searchLagMs?: number | undefined;
  /** Requests in ten seconds: 190, as of a paid portal; 0 switches this limit and the day's off, for benches. */
  requestsPerTenSeconds?: number | undefined;
  /** 5, as HubSpot has it; 0 switches it off. */
  searchesPerSecond?: number | undefined;
  /** 650,000. */
  dailyQuota?: number | undefined;
  /** The clock of the limits, epoch ms; the machine's unless told. */
  realNow?: (() => number) | undefined;
}

/** They open nothing but the sandbox. */
const KEY = "sandbox-hubspot-key";
const CLIENT = { clientId: "5f0a7c1e-0000-4000-8000-5a9db0c0ffee", clientSecret: "sandbox-hubspot-client-secret" };
/** Signs what HubSpot sends. */
export const WEBHOOK_SECRET = "sandbox-hubspot-webhook-secret";

const SCOPES = [
  "crm.objects.contacts.read",
  "crm.objects.contacts.write",
  "crm.objects.companies.read",
  "crm.objects.deals.read",
  "crm.objects.deals.write",
  "crm.objects.owners.read",
  "crm.schemas.contacts.read",
  "crm.schemas.companies.read",
  "crm.schemas.deals.read",
] as const;

/** With what people have let apps do as them. */
export interface HubSpotStandIn extends ServiceStandIn<HubSpotStore> {
  book: OAuthBook;
}

/** HubSpot's CRM, on the dated paths and on those of v3 and v4. */
export async function startHubSpot(options: HubSpotOptions): Promise<HubSpotStandIn> {
  const { world, board, port, scopes = SCOPES, searchLagMs = 5000 } = options;
  const store = new HubSpotStore({ world, now: () => board.clock.now(), key: KEY, scopes, searchLagMs });
  const limit = new RateLimit({
    perTenSeconds: options.requestsPerTenSeconds ?? 190,
    searchesPerSecond: options.searchesPerSecond ?? 5,
    perDay: options.dailyQuota ?? 650_000,
    now: options.realNow ?? Date.now,
  });
  const book = new OAuthBook({ ...CLIENT, lifetimeSeconds: 1800, prefix: "sandbox-hubspot", now: store.now });
  const app = new Hono<HubSpotEnv>();
  app.use(tellCharset);
  app.use(exchangeLog("hubspot", board, answerFault));
  oauthRoutes(app, store, book, CLIENT.clientId);
  app.use((c, next) => authenticated(c, next, store, book));
  app.use(async (c, next) => {
    limit.admit(c, c.req.method === "POST" && c.req.path.endsWith("/search"));
    await next();
  });
  for (const routes of [batchRoutes, searchRoutes, objectRoutes, associationRoutes, ownerRoutes]) routes(app, store);
  for (const routes of [pipelineRoutes, propertyRoutes, engagementRoutes]) routes(app, store);
  accountRoutes(app, store, limit);
  app.notFound(noSuchPage);
  app.onError((error, c) => {
    if (error instanceof HubSpotRefusal) return refuse(c, error);
    // A fault of the stand-in itself: the vendor's status, with the cause for whoever works on it.
    return refuse(c, new HubSpotRefusal(500, `internal error: ${error.message}`));
  });
  book.secrets.push(KEY, WEBHOOK_SECRET);
  const server = await listen(app, port);
  return {
    url: server.url,
    store,
    book,
    env: {
      HUBSPOT_API_KEY: KEY,
      HUBSPOT_WEBHOOK_SECRET: WEBHOOK_SECRET,
      HUBSPOT_BASE_URL: server.url,
      HUBSPOT_CLIENT_ID: CLIENT.clientId,
      HUBSPOT_CLIENT_SECRET: CLIENT.clientSecret,
      HUBSPOT_OAUTH_URL: server.url,
    },
    secrets: book.secrets,
    reset: () => {
      store.reset();
      limit.reset();
      book.reset();
    },
    close: () => server.close(),
  };
}

/** As HubSpot writes it, without a space. */
async function tellCharset(c: Context, next: Next): Promise<void> {
  await next();
  if (c.res.headers.get("content-type") === "application/json") {
    c.res.headers.set("content-type", "application/json;charset=utf-8");
  }
}

/** Throws HubSpot's 401 for anything but Bearer with the key or a person's token, and for a key that has run out. */
async function authenticated(c: Context, next: Next, store: HubSpotStore, book: OAuthBook): Promise<void> {
  const [scheme, token = ""] = (c.req.header("authorization") ?? "").split(" ");
  const user = scheme?.toLowerCase() === "bearer" ? book.userOf(token) : undefined;
  if (user !== undefined) return store.actAs(user, next);
  const given = Buffer.from(token);
  const wanted = Buffer.from(store.key);
  const isRight = given.length === wanted.length && timingSafeEqual(given, wanted);
  if (scheme?.toLowerCase() !== "bearer" || !isRight) throw unauthorized();
  if (store.keyExpiredAt !== undefined) throw expired(store.keyExpiredAt, store.now());
  await next();
}
