import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** The token of an `Authorization: Bearer` header; empty if there is none. */
export function bearerToken(request: IncomingMessage): string {
  return /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
}

/** Digests, so that comparing takes the same time whatever was sent and however long it is. */
export function digestToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

export function digestsMatch(a: Buffer, b: Buffer): boolean {
  return timingSafeEqual(a, b);
}
