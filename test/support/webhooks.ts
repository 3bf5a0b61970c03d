import type { Delivery } from "../../src/webhooks/delivery.ts";

/** A webhook as a source gets it. */
export function delivery(url: string, body: string | Buffer, headers: Record<string, string> = {}): Delivery {
  return { method: "POST", url, body: () => Promise.resolve(Buffer.from(body)), header: (name) => headers[name] };
}
