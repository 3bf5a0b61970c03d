import { Hono } from "hono";
import { exchangeLog, listen, type RunningServer, type ServiceStandIn, type Switchboard } from "../stand-in.ts";
import type { World } from "../world/types.ts";
import { answerFault, PineconeRefusal, refuse } from "./errors.ts";
import { indexRoutes } from "./index-routes.ts";
import { inferenceRoutes } from "./inference-routes.ts";
import { RateLimit } from "./rate-limit.ts";
import { recordRoutes } from "./record-routes.ts";
import { authenticate, checkVersion } from "./requests.ts";
import { createPineconeStore, type PineconeEnv, type PineconeStore } from "./store.ts";
import { namespaceRoutes, vectorRoutes } from "./vector-routes.ts";

export type { PineconeStore } from "./store.ts";

export interface PineconeOptions {
  world: World;
  board: Switchboard;
  /** The controller's port, 0 (any free one) unless told; each index has a port of its own. */
  port?: number | undefined;
  apiKey?: string | undefined;
  /** The index of call summaries and playbooks: `sales-knowledge`. */
  indexName?: string | undefined;
  /** Requests of each kind per second and namespace: 100, as the vendor has it; 0 switches the limit off, for benches. */
  requestsPerSecond?: number | undefined;
  /** How long a write takes until readers see it, by the sandbox's clock; 0 unless told. */
  freshnessMs?: number | undefined;
  /** How long a new index takes until it is ready, by the sandbox's clock; 0 unless told. */
  initializingMs?: number | undefined;
  /** The clock of the limits, epoch ms; the machine's unless told. */
  realNow?: (() => number) | undefined;
}

/** Pinecone's API of 2026-07 and, for clients that ask for them, the versions before it. The controller answers at `url`. */
export async function startPinecone(options: PineconeOptions): Promise<ServiceStandIn<PineconeStore>> {
  const { world, board, apiKey = "sandbox-pinecone-key", indexName = "sales-knowledge" } = options;
  const now = (): number => board.clock.now();
  const store = createPineconeStore(world, { indexName, freshnessMs: options.freshnessMs ?? 0, now });
  const limit = new RateLimit(options.requestsPerSecond ?? 100, options.realNow ?? Date.now);
  const hosts = new Map<string, Promise<RunningServer>>();
  const hostOf = async (name: string): Promise<string> => {
    const known = hosts.get(name) ?? listen(indexApp(name, { store, board, apiKey, limit }));
    hosts.set(name, known);
    return (await known).url;
  };
  const controller = createApp(board, apiKey);
  indexRoutes(controller, { store, hostOf, now, initializingMs: options.initializingMs ?? 0 });
  inferenceRoutes(controller);
  const server = await listen(controller, options.port);
  return {
    url: server.url,
    env: { PINECONE_API_KEY: apiKey, PINECONE_INDEX: indexName, PINECONE_CONTROLLER_HOST: server.url },
    secrets: [apiKey],
    store,
    reset: () => {
      store.reset();
      limit.reset();
    },
    close: async () => {
      const started = await Promise.all(hosts.values());
      await Promise.all([server, ...started].map((running) => running.close()));
      for (const index of store.indexes()) index.close();
    },
  };
}

interface IndexApp {
  store: PineconeStore;
  board: Switchboard;
  apiKey: string;
  limit: RateLimit;
}

function indexApp(name: string, { store, board, apiKey, limit }: IndexApp): Hono<PineconeEnv> {
  const app = createApp(board, apiKey);
  recordRoutes(app, store, name, limit);
  vectorRoutes(app, store, name, limit);
  namespaceRoutes(app, store, name);
  return app;
}

function createApp(board: Switchboard, apiKey: string): Hono<PineconeEnv> {
  const app = new Hono<PineconeEnv>();
  app.use(exchangeLog("pinecone", board, answerFault));
  app.use(async (c, next) => {
    authenticate(c, apiKey);
    checkVersion(c);
    await next();
  });
  app.notFound((c) => refuse(c, new PineconeRefusal("NOT_FOUND", `No such operation: ${c.req.method} ${c.req.path}`)));
  app.onError((error, c) => {
    if (error instanceof PineconeRefusal) return refuse(c, error);
    // A fault of the stand-in itself: the vendor's status, with the cause for whoever works on it.
    return refuse(c, new PineconeRefusal("INTERNAL", `Internal server error: ${error.message}`));
  });
  return app;
}
