import type { RequestRecord } from "../stand-in.ts";

const HEADERS = /^(?:authorization|x-api-key|cookie|set-cookie|x-slack-signature)$/i;
const TOKENS = /\b(?:xox[a-z]-|xapp-|sk-ant-)[\w-]+/g;
const HIDDEN = "[redacted]";

/** A request as it was, without what would let its reader in. */
export function redact(record: RequestRecord, secrets: readonly string[]): RequestRecord {
  const hide = (text: string): string =>
    secrets.reduce((kept, secret) => kept.replaceAll(secret, HIDDEN), text).replaceAll(TOKENS, HIDDEN);
  const headers = Object.entries(record.headers).map(([name, value]) => [
    name,
    HEADERS.test(name) ? HIDDEN : hide(value),
  ]);
  return {
    ...record,
    url: hide(record.url),
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: hide(record.body),
    response: hide(record.response),
  };
}
