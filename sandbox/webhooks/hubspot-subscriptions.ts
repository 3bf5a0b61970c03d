import { APP_ID, PORTAL_ID } from "../hubspot/portal.ts";
import type { HubSpotChange, HubSpotStore } from "../hubspot/store.ts";
import { Grouping, type Outbox } from "./outbox.ts";
import { hubspotHeaders } from "./signatures.ts";

/** What the app has subscribed to, as an administrator would have clicked it together; not all of it concerns Sophia. */
const SUBSCRIPTIONS = [
  "deal.creation",
  "contact.creation",
  "company.creation",
  "deal.propertyChange dealstage",
  "deal.propertyChange amount",
  "deal.propertyChange closedate",
  "contact.propertyChange lifecyclestage",
];
const SINGULAR: Readonly<Record<string, string>> = { deals: "deal", contacts: "contact", companies: "company" };
const MOST_IN_A_BATCH = 100;
/** The first, and ten more. */
const ATTEMPTS = 11;
const FIRST_EVENT_ID = 3_816_279_340;

type WebhookEvent = Record<string, unknown>;

/** HubSpot tells of each change that is subscribed to, in batches, until somebody answers 2xx. */
export function hubspotSubscriptions(
  store: HubSpotStore,
  secret: string,
  outbox: Outbox,
  target: () => string | undefined,
): void {
  let told = 0;
  const send = (events: WebhookEvent[]): void => {
    const url = target();
    if (url === undefined) return;
    outbox.send({
      service: "hubspot",
      url,
      attempts: ATTEMPTS,
      request: (attempt) => {
        const body = JSON.stringify(events.map((event) => ({ ...event, attemptNumber: attempt })));
        return { headers: hubspotHeaders({ secret, url, body, timestamp: Date.now() }), body };
      },
    });
  };
  const batches = new Grouping(outbox, MOST_IN_A_BATCH, send);
  store.subscribe((change) => {
    const subscription = subscriptionOf(change);
    if (subscription < 0 || target() === undefined) return;
    told += 1;
    batches.add(eventOf(change, subscription, FIRST_EVENT_ID + told, store));
  });
}

function subscriptionOf({ kind, type, field }: HubSpotChange): number {
  const name = `${SINGULAR[type] ?? type}.${kind}`;
  return SUBSCRIPTIONS.indexOf(kind === "propertyChange" ? `${name} ${field}` : name);
}

function eventOf(change: HubSpotChange, subscription: number, eventId: number, store: HubSpotStore): WebhookEvent {
  const { id, at, kind, field, after, by } = change;
  const writer = store.owners.find(({ email }) => email === by);
  const isApp = by === "api";
  return {
    eventId,
    subscriptionId: 2_910_400 + subscription,
    portalId: PORTAL_ID,
    appId: APP_ID,
    occurredAt: Date.parse(at),
    subscriptionType: SUBSCRIPTIONS[subscription]?.split(" ")[0],
    attemptNumber: 0,
    objectId: Number(id),
    changeSource: isApp ? "INTEGRATION" : "CRM_UI",
    ...(isApp ? { sourceId: String(APP_ID) } : writer ? { sourceId: `userId:${writer.userId}` } : {}),
    ...(kind === "propertyChange"
      ? { propertyName: field, propertyValue: after ?? "", isSensitive: false }
      : { changeFlag: "CREATED" }),
  };
}
