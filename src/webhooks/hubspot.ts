import { createHmac } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../core/clock.ts";
import type { InboundEvent } from "../storage/events.ts";
import { idText, isPlausible } from "./bounds.ts";
import { type Delivery, isSame, parseBody, RefusedWebhook, type Source } from "./delivery.ts";

export interface HubSpotOptions {
  /** The app's client secret. */
  secret: string;
  /** Where HubSpot reaches us, without a path. */
  origin: () => string;
  clock: Clock;
}

const oldestMs = 5 * 60_000;
/** What two clocks may differ by; a request from further in the future could be replayed for longer than it should. */
const skewMs = 30_000;

/** What HubSpot decodes before it signs; all else stays as it is in the address. */
const decoded: Readonly<Record<string, string>> = {
  "%3A": ":",
  "%2F": "/",
  "%3F": "?",
  "%40": "@",
  "%21": "!",
  "%24": "$",
  "%27": "'",
  "%28": "(",
  "%29": ")",
  "%2A": "*",
  "%2C": ",",
  "%3B": ";",
};

const idSchema = z.union([idText, z.int()]).transform(String);
const changeSchema = z.object({
  eventId: idSchema,
  subscriptionId: idSchema.optional(),
  /** `deal.propertyChange`, or `object.propertyChange` with the type's number. */
  subscriptionType: z.string(),
  objectTypeId: z.string().optional(),
  objectId: idSchema,
  /** Epoch ms. */
  occurredAt: z.int().refine(isPlausible),
  propertyName: z.string().max(200).optional(),
  propertyValue: z.string().nullish(),
  /** `userId:4711` of what a person did. */
  sourceId: z.string().nullish(),
});
type Change = z.output<typeof changeSchema>;

/** HubSpot's subscriptions of an app, up to 100 changes in a request. */
export function createHubSpotSource({ secret, origin, clock }: HubSpotOptions): Source {
  return async (delivery) => {
    const body = await verified(delivery, { secret, origin: origin(), now: clock.now() });
    const told = parseBody(body);
    if (!Array.isArray(told)) throw new RefusedWebhook(400, "it does not tell of a list of changes");
    const events = told.flatMap((change: unknown) => eventOf(change) ?? []);
    return { events, ignored: told.length - events.length };
  };
}

async function verified(delivery: Delivery, own: { secret: string; origin: string; now: number }): Promise<Buffer> {
  const signature = delivery.header("x-hubspot-signature-v3");
  const timestamp = delivery.header("x-hubspot-request-timestamp");
  if (!signature || !timestamp) throw new RefusedWebhook(401, "it has no signature of version 3");
  if (!/^\d{13}$/.test(timestamp)) throw new RefusedWebhook(401, "its timestamp is none");
  const age = own.now - Number(timestamp);
  if (age > oldestMs) throw new RefusedWebhook(401, "it is older than 5 minutes");
  if (age < -skewMs) throw new RefusedWebhook(401, "it comes from the future");
  const uri = `${own.origin}${delivery.url}`.replaceAll(
    /%[0-9A-F]{2}/gi,
    (code) => decoded[code.toUpperCase()] ?? code,
  );
  const body = await delivery.body();
  const expected = createHmac("sha256", own.secret)
    .update(`${delivery.method}${uri}`)
    .update(body)
    .update(timestamp)
    .digest("base64");
  if (isSame(signature, expected)) return body;
  throw new RefusedWebhook(
    401,
    "its signature is not that of HUBSPOT_WEBHOOK_SECRET and the address that SOPHIA_PUBLIC_URL gives",
  );
}

/** Undefined for what nobody here waits for; one that cannot be read must not hold up the others of its batch. */
function eventOf(told: unknown): InboundEvent | undefined {
  const read = changeSchema.safeParse(told);
  const kind = read.success ? kindOf(read.data) : undefined;
  if (!read.success || kind === undefined) return undefined;
  const { eventId, subscriptionId = "", objectId, occurredAt, propertyName, ...change } = read.data;
  return {
    // HubSpot repeats a change with the same eventId, but does not promise that no other change has it.
    key: ["hubspot", eventId, subscriptionId, objectId, propertyName ?? "", occurredAt].join(":"),
    source: "hubspot",
    kind,
    objectId,
    occurredAt: new Date(occurredAt),
    data: {
      ...(propertyName === undefined ? {} : { property: propertyName, value: change.propertyValue ?? null }),
      user: /^userId:(\d+)$/.exec(change.sourceId ?? "")?.[1] ?? null,
    },
  };
}

const objectTypes = new Map([
  ["0-1", "contact"],
  ["0-3", "deal"],
]);
const kinds = new Map([
  ["deal.creation", "deal.created"],
  ["contact.creation", "contact.created"],
  ["deal.propertyChange dealstage", "deal.stage"],
  ["deal.propertyChange amount", "deal.amount"],
]);

function kindOf({ subscriptionType, objectTypeId, propertyName }: Change): string | undefined {
  const [object, what] = subscriptionType.split(".");
  const type = object === "object" ? objectTypes.get(objectTypeId ?? "") : object;
  return kinds.get([`${type}.${what}`, ...(what === "propertyChange" ? [propertyName] : [])].join(" "));
}
