import { createSealer } from "../accounts/sealing.ts";
import { type Environment, type Settings, valueOf } from "../config/settings.ts";
import type { Clock } from "../core/clock.ts";
import type { Logger } from "../observability/log.ts";
import { createAsanaHookRecords } from "../storage/asana-hooks.ts";
import type { Database } from "../storage/database.ts";
import type { Events } from "../storage/events.ts";
import { type Repetition, repeatedly } from "../turns/repeatedly.ts";
import { createAsanaApi } from "../webhooks/asana-api.ts";
import { createAsanaHooks } from "../webhooks/asana-hooks.ts";
import type { WebhookHandler } from "../webhooks/delivery.ts";
import { createWebhooks } from "../webhooks/index.ts";
import { wantedProjects } from "../workflows/notices/wanted-projects.ts";
import type { RouteBook } from "../workflows/routes.ts";

export interface OpenWebhooksOptions {
  settings: Pick<Settings, "accounts" | "webhooks">;
  env: Environment;
  database: Database;
  events: Events;
  /** Where the services reach this process, with its port once that is bound. */
  publicUrl: () => string | undefined;
  /** Those of people and of the configuration: whose tasks are to be told of. */
  routes: Pick<RouteBook, "all">;
  /** There is something new in the inbox. */
  onEvents: () => void;
  clock: Clock;
  logger: Logger;
}

/** How soon a route that somebody adds has its hook at Asana; it takes three requests of hers. */
const lookEveryMs = 10 * 60_000;
const asanaAddress = "https://app.asana.com/api/1.0";

/** What the services tell of: the routes for it, and the round that asks Asana to, to be made once the port is bound. */
export function openWebhooks(options: OpenWebhooksOptions): {
  routes: Record<string, WebhookHandler>;
  asking: Repetition;
} {
  const { settings, database, clock, logger } = options;
  const sealer = createSealer(settings.accounts.secretKeys);
  const asanaHooks = createAsanaHookRecords(database, clock);
  // No clock of ours: how old a signature is goes by the machine's.
  const { publicUrl, events, onEvents } = options;
  const { routes } = createWebhooks({
    settings: settings.webhooks,
    publicUrl,
    events,
    asanaHooks,
    sealer,
    onEvents,
    logger,
  });
  const accessToken = valueOf(options.env, "ASANA_ACCESS_TOKEN");
  const canAsk = accessToken !== undefined && settings.accounts.secretKeys.length > 0;
  const hooks = createAsanaHooks({
    api: createAsanaApi({
      baseUrl: valueOf(options.env, "ASANA_BASE_URL") ?? asanaAddress,
      accessToken: accessToken ?? "",
    }),
    hooks: asanaHooks,
    sealer,
    workspace: valueOf(options.env, "ASANA_WORKSPACE"),
    publicUrl,
    projects: () => wantedProjects(options.routes),
    clock,
    logger,
  });
  return { routes, asking: repeatedly(lookEveryMs, () => (canAsk ? hooks.ensure() : Promise.resolve()), logger) };
}
