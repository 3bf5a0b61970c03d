import type { KeyObject } from "node:crypto";
import type { Sealer } from "../accounts/sealing.ts";
import { type Clock, systemClock } from "../core/clock.ts";
import type { Logger } from "../observability/log.ts";
import type { AsanaHooks } from "../storage/asana-hooks.ts";
import type { Events } from "../storage/events.ts";
import { createAsanaSource } from "./asana.ts";
import { absentRoute, BodyRoom, createRoute, type WebhookHandler } from "./delivery.ts";
import { gatheredAdd } from "./gathered-add.ts";
import { createGongSource } from "./gong.ts";
import { createHubSpotSource } from "./hubspot.ts";
import { asanaFolder, gongPath, hubspotPath } from "./paths.ts";

export interface WebhooksOptions {
  settings: { gongPublicKey?: KeyObject | undefined; hubspotSecret?: string | undefined };
  /** Where the services reach us; what they sign holds it. */
  publicUrl: () => string | undefined;
  events: Pick<Events, "add">;
  asanaHooks: Pick<AsanaHooks, "all" | "keepSecret" | "secretOf">;
  sealer: Sealer;
  /** There is something new in the inbox. */
  onEvents: () => void;
  logger: Logger;
  /** For how old a signature is: the machine's, whatever time it is in the world that is asked about. */
  clock?: Clock;
}

/** POST routes of Sophia's port, for `createHttpFront`: verify, read, store, and nothing else. */
export function createWebhooks(given: WebhooksOptions): { routes: Record<string, WebhookHandler> } {
  const options = { ...given, events: { add: gatheredAdd(given.events) }, room: new BodyRoom() };
  const { asanaHooks: hooks, sealer, clock = systemClock } = options;
  return {
    routes: {
      [gongPath]: gongRoute(options),
      [hubspotPath]: hubspotRoute(options),
      [asanaFolder]: createRoute("asana", createAsanaSource({ hooks, sealer, clock }), options),
    },
  };
}

function gongRoute(options: WebhooksOptions): WebhookHandler {
  const { settings, logger, clock = systemClock } = options;
  const { gongPublicKey: publicKey } = settings;
  if (!publicKey) {
    return absentRoute(
      "gong",
      404,
      "Gong sends webhooks: set GONG_WEBHOOK_PUBLIC_KEY, so that they can be read",
      logger,
    );
  }
  const address = () => `${originOf(options)}${gongPath}`;
  return whereReachable("gong", createRoute("gong", createGongSource({ publicKey, address, clock }), options), options);
}

function hubspotRoute(options: WebhooksOptions): WebhookHandler {
  const { settings, logger, clock = systemClock } = options;
  const { hubspotSecret: secret } = settings;
  if (!secret) {
    return absentRoute(
      "hubspot",
      404,
      "HubSpot sends webhooks: set HUBSPOT_WEBHOOK_SECRET, so that they can be read",
      logger,
    );
  }
  const source = createHubSpotSource({ secret, origin: () => originOf(options), clock });
  return whereReachable("hubspot", createRoute("hubspot", source, options), options);
}

/** Without our own address nobody can tell whether a signature is meant for us. */
function whereReachable(name: string, route: WebhookHandler, { publicUrl, logger }: WebhooksOptions): WebhookHandler {
  const words =
    "a webhook cannot be verified: set SOPHIA_PUBLIC_URL to the address at which the service reaches Sophia";
  const absent = absentRoute(name, 503, words, logger);
  return (request, response) => (publicUrl() === undefined ? absent : route)(request, response);
}

function originOf({ publicUrl }: WebhooksOptions): string {
  return (publicUrl() ?? "").replace(/\/$/, "");
}
