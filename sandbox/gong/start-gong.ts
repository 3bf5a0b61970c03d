import { timingSafeEqual } from "node:crypto";
import { type Context, Hono } from "hono";
import { exchangeLog, listen, type StandIn, type Switchboard } from "../stand-in.ts";
import type { World } from "../world/types.ts";
import { callRoutes } from "./call-routes.ts";
import { answerFault, GongRefusal, refuse, UNEXPECTED } from "./errors.ts";
import { RateLimit } from "./rate-limit.ts";
import { statsRoutes } from "./stats-routes.ts";
import { createGongStore, type GongEnv, type GongStore } from "./store.ts";
import { userRoutes } from "./user-routes.ts";

export type { GongStore } from "./store.ts";

export interface GongOptions {
  world: World;
  board: Switchboard;
  credentials: { key: string; secret: string };
  /** 0 (any free one) unless told. */
  port?: number | undefined;
  /** Where Gong counts the company's days; the world's own unless told. */
  companyTimeZone?: string | undefined;
  /** Calls per second and key: 3, as the vendor has it; 0 switches the limits off, for benches. */
  rateLimitPerSecond?: number | undefined;
  /** Calls per day and key: 10,000. */
  dailyQuota?: number | undefined;
  /** The clock of the limits, epoch ms; the machine's unless told. */
  realNow?: (() => number) | undefined;
}

/** Gong's public API (v2), as far as it reads calls, users, stats and trackers. */
export async function startGong(options: GongOptions): Promise<StandIn<GongStore>> {
  const { world, board, credentials, port, companyTimeZone = world.companyTimeZone } = options;
  const now = (): number => board.clock.now();
  const store = createGongStore(world, credentials, companyTimeZone, now);
  const limit = new RateLimit({
    perSecond: options.rateLimitPerSecond ?? 3,
    perDay: options.dailyQuota ?? 10_000,
    now: options.realNow ?? Date.now,
  });
  const app = new Hono<GongEnv>();
  app.use(exchangeLog("gong", board, answerFault));
  app.use(async (c, next) => {
    limit.admit(authenticate(c, credentials));
    await next();
  });
  callRoutes(app, store, now);
  userRoutes(app, store);
  statsRoutes(app, store, now);
  app.notFound((c) => refuse(c, new GongRefusal(404, "The requested resource was not found")));
  app.onError((error, c) => {
    if (error instanceof GongRefusal) return refuse(c, error);
    // A fault of the stand-in itself: the vendor's status, with the cause for whoever works on it.
    return refuse(c, new GongRefusal(500, `${UNEXPECTED}: ${error.message}`));
  });
  const server = await listen(app, port);
  const reset = (): void => {
    store.reset();
    limit.reset();
  };
  return { url: server.url, store, reset, close: () => server.close() };
}

/** The access key of the caller; throws Gong's 401 for anything but Basic with the right key and secret. */
function authenticate(c: Context, { key, secret }: GongOptions["credentials"]): string {
  const [scheme, token = ""] = (c.req.header("authorization") ?? "").split(" ");
  const given = Buffer.from(token, "base64");
  const wanted = Buffer.from(`${key}:${secret}`);
  const isRight = given.length === wanted.length && timingSafeEqual(given, wanted);
  if (scheme?.toLowerCase() !== "basic" || !isRight) throw new GongRefusal(401, "Access denied");
  return key;
}
