import { createHash, type KeyObject, verify } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../core/clock.ts";
import type { InboundEvent } from "../storage/events.ts";
import { isPlausible } from "./bounds.ts";
import { type Delivery, isSame, parseBody, RefusedWebhook, type Source } from "./delivery.ts";

export interface GongOptions {
  /** The one that Gong shows beside the automation rule. */
  publicKey: KeyObject;
  /** The address that the rule posts to. */
  address: () => string;
  clock: Clock;
}

const headerSchema = z.object({ alg: z.literal("RS256") });
/** `exp` in epoch seconds; `body_sha256` in hex. */
const claimsSchema = z.object({ webhook_url: z.string(), body_sha256: z.string(), exp: z.number() });

/** Seconds: a week. */
const longestCall = 604_800;

const bodySchema = z.object({
  callData: z.object({
    metaData: z.object({
      id: z.string().regex(/^\d{1,20}$/),
      started: z.iso.datetime({ offset: true }).refine((started) => isPlausible(Date.parse(started))),
      /** Seconds. */
      duration: z.number().min(0).max(longestCall),
      primaryUserId: z.string().nullish(),
      isPrivate: z.boolean().nullish(),
    }),
  }),
  isTest: z.boolean().nullish(),
});

/** Gong's automation rule "a call was processed", with a signed header. */
export function createGongSource({ publicKey, address, clock }: GongOptions): Source {
  return async (delivery) => {
    const claims = verified(delivery, publicKey);
    if (claims.exp * 1000 <= clock.now()) throw new RefusedWebhook(401, "its token has expired");
    if (!isSameAddress(claims.webhook_url, address()))
      throw new RefusedWebhook(401, "its token is for another address");
    const body = await delivery.body();
    const digest = createHash("sha256").update(body).digest("hex");
    if (!isSame(claims.body_sha256.toLowerCase(), digest))
      throw new RefusedWebhook(401, "its token is for another body");
    const told = bodySchema.safeParse(parseBody(body));
    if (!told.success) throw new RefusedWebhook(400, "it does not tell of a call");
    // The button "Test" of the rule's page sends some call of the past.
    if (told.data.isTest) return { events: [], ignored: 1 };
    return { events: [eventOf(told.data.callData.metaData)], ignored: 0 };
  };
}

/** Nothing of the token is read before its signature is known to be Gong's. */
function verified({ header }: Delivery, publicKey: KeyObject): z.output<typeof claimsSchema> {
  const token = header("authorization")?.replace(/^Bearer\s+/i, "");
  if (!token) throw new RefusedWebhook(401, "it has no token in Authorization");
  const [head, payload, signature] = token.split(".");
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token) || !head || !payload || !signature) {
    throw new RefusedWebhook(401, "what it has in Authorization is no token");
  }
  const isGongs = verify(
    "RSA-SHA256",
    Buffer.from(`${head}.${payload}`),
    publicKey,
    Buffer.from(signature, "base64url"),
  );
  if (!isGongs) throw new RefusedWebhook(401, "its token is not signed with GONG_WEBHOOK_PUBLIC_KEY's key");
  const claims = claimsSchema.safeParse(partOf(payload));
  if (!headerSchema.safeParse(partOf(head)).success || !claims.success) {
    throw new RefusedWebhook(401, "its token lacks something: RS256, webhook_url, body_sha256, exp");
  }
  return claims.data;
}

function partOf(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}

function isSameAddress(given: string, own: string): boolean {
  return URL.canParse(given) && new URL(given).href === new URL(own).href;
}

function eventOf(call: z.output<typeof bodySchema>["callData"]["metaData"]): InboundEvent {
  const { id, started, duration, primaryUserId, isPrivate } = call;
  return {
    // A call is processed once.
    key: `gong:${id}:processed`,
    source: "gong",
    kind: "call.processed",
    objectId: id,
    occurredAt: new Date(Date.parse(started) + duration * 1000),
    data: {
      started,
      durationSeconds: duration,
      primaryUserId: primaryUserId ?? null,
      isPrivate: isPrivate ?? false,
    },
  };
}
