import { createHash, createHmac, type KeyObject, sign } from "node:crypto";

export interface GongToken {
  privateKey: KeyObject;
  url: string;
  body: string;
  /** Epoch seconds. */
  issuedAt: number;
  lifeSeconds?: number;
  algorithm?: string;
}

/** The token that Gong puts into `Authorization`. */
export function gongToken({
  privateKey,
  url,
  body,
  issuedAt,
  lifeSeconds = 300,
  algorithm = "RS256",
}: GongToken): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    iss: "gong.io",
    webhook_url: url,
    body_sha256: createHash("sha256").update(body).digest("hex"),
    iat: issuedAt,
    exp: issuedAt + lifeSeconds,
  };
  const signed = `${part({ alg: algorithm, typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), privateKey).toString("base64url")}`;
}

export interface HubSpotRequest {
  secret: string;
  url: string;
  body: string;
  /** Epoch ms. */
  timestamp: number;
}

const DECODED = ["%3A", "%2F", "%3F", "%40", "%21", "%24", "%27", "%28", "%29", "%2A", "%2C", "%3B"];

/** The headers of HubSpot's signature, version 3. */
export function hubspotHeaders({ secret, url, body, timestamp }: HubSpotRequest): Record<string, string> {
  const uri = DECODED.reduce((text, code) => text.replaceAll(code, decodeURIComponent(code)), url);
  const source = `POST${uri}${body}${timestamp}`;
  return {
    "x-hubspot-signature-v3": createHmac("sha256", secret).update(source, "utf8").digest("base64"),
    "x-hubspot-request-timestamp": String(timestamp),
  };
}

/** `X-Hook-Signature`. */
export function asanaSignature(secret: string, body: string): string {
  return createHmac("sha256", secret).update(body).digest("hex");
}
