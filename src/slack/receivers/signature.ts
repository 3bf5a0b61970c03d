import { createHmac, timingSafeEqual } from "node:crypto";

export interface SignedRequest {
  body: Buffer;
  signature: string | undefined;
  timestamp: string | undefined;
}

const toleranceSeconds = 300;

/**
 * Why a request cannot be from Slack, or undefined. Bolt's own check accepts timestamps of the future, with which a
 * captured request could be replayed for ever after; here both directions are refused.
 */
export function signatureProblem(request: SignedRequest, signingSecret: string, now: number): string | undefined {
  const { body, signature, timestamp } = request;
  if (!signature || !timestamp) return "missing_signature";
  if (!/^\d{1,12}$/.test(timestamp)) return "malformed_timestamp";
  const age = now / 1000 - Number(timestamp);
  if (age > toleranceSeconds) return "stale_timestamp";
  if (age < -toleranceSeconds) return "future_timestamp";
  const expected = Buffer.from(
    `v0=${createHmac("sha256", signingSecret).update(`v0:${timestamp}:`).update(body).digest("hex")}`,
  );
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected) ? undefined : "wrong_signature";
}
