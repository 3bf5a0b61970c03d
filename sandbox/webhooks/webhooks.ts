import type { GongStore } from "../gong/store.ts";
import type { HubSpotStore } from "../hubspot/store.ts";
import { type GongKeys, gongRule } from "./gong-rule.ts";
import { hubspotSubscriptions } from "./hubspot-subscriptions.ts";
import type { Delivery, Outbox } from "./outbox.ts";

/** Where an administrator has told the services to send to; Asana's webhooks bring their own addresses. */
export interface WebhookTargets {
  gong?: string | undefined;
  hubspot?: string | undefined;
}

export interface Webhooks {
  readonly targets: Readonly<WebhookTargets>;
  /** All that was sent since the last reset, newest last. */
  readonly deliveries: readonly Delivery[];
  /** Sets those that are named; an undefined one ends it. Nothing is sent where none is set. */
  target(targets: WebhookTargets): void;
  /** Calls off what waits, and forgets what was sent; where it is sent to stays. */
  reset(): void;
}

export interface WebhooksOptions {
  gong: GongStore;
  gongKeys: GongKeys;
  hubspot: HubSpotStore;
  hubspotSecret: string;
  outbox: Outbox;
}

/** What Gong and HubSpot send by themselves when something happens in them. */
export function createWebhooks({ gong, gongKeys, hubspot, hubspotSecret, outbox }: WebhooksOptions): Webhooks {
  const targets: WebhookTargets = {};
  gongRule(gong, gongKeys, outbox, () => targets.gong);
  hubspotSubscriptions(hubspot, hubspotSecret, outbox, () => targets.hubspot);
  return {
    targets,
    deliveries: outbox.deliveries,
    target: (wanted) => void Object.assign(targets, wanted),
    reset: () => outbox.callOff(),
  };
}
