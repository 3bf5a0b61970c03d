import { Hono } from "hono";
import { exchangeLog, listen, type ServiceStandIn, type Switchboard } from "../stand-in.ts";
import type { World } from "../world/types.ts";
import { deploymentRoutes } from "./deployment-routes.ts";
import { answerFault, PulumiRefusal, refuse } from "./errors.ts";
import { RateLimit } from "./rate-limit.ts";
import { authenticate, checkAccept } from "./requests.ts";
import { searchRoutes } from "./search-routes.ts";
import { stackRoutes } from "./stack-routes.ts";
import { createPulumiStore, type PulumiEnv, type PulumiStore } from "./store.ts";

export type { PulumiStore } from "./store.ts";

export interface PulumiOptions {
  world: World;
  board: Switchboard;
  /** 0 (any free one) unless told. */
  port?: number | undefined;
  accessToken?: string | undefined;
  /** How long a deployment takes by the sandbox's clock: 20 s. */
  deploymentMs?: number | undefined;
  /** 600; 0 switches the limit off, for benches. */
  requestsPerMinute?: number | undefined;
  /** The clock of the limit, epoch ms; the machine's unless told. */
  realNow?: (() => number) | undefined;
}

/** The company's organization in Pulumi Cloud. */
const ORG = "payready";

/** Pulumi Cloud's REST API, as far as it reads stacks and runs previews and updates. */
export async function startPulumi(options: PulumiOptions): Promise<ServiceStandIn<PulumiStore>> {
  const { world, board, accessToken = "sandbox-pulumi-token" } = options;
  const now = (): number => board.clock.now();
  const store = createPulumiStore(world, { org: ORG, deploymentMs: options.deploymentMs ?? 20_000, now });
  const limit = new RateLimit(options.requestsPerMinute ?? 600, options.realNow ?? Date.now);
  const app = new Hono<PulumiEnv>();
  app.use(exchangeLog("pulumi", board, answerFault));
  app.use(async (c, next) => {
    authenticate(c, accessToken);
    checkAccept(c);
    limit.admit();
    await next();
  });
  stackRoutes(app, store);
  deploymentRoutes(app, store, now);
  searchRoutes(app, store);
  app.notFound((c) => refuse(c, new PulumiRefusal(404, "Not Found")));
  app.onError((error, c) => {
    if (error instanceof PulumiRefusal) return refuse(c, error);
    // A fault of the stand-in itself: the vendor's status, with the cause for whoever works on it.
    return refuse(c, new PulumiRefusal(500, `Internal Server Error: ${error.message}`));
  });
  const server = await listen(app, options.port);
  return {
    url: server.url,
    env: { PULUMI_ACCESS_TOKEN: accessToken, PULUMI_ORG: ORG, PULUMI_API_URL: server.url },
    secrets: [accessToken],
    store,
    reset: () => {
      store.reset();
      limit.reset();
    },
    close: () => server.close(),
  };
}
