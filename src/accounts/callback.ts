import type { IncomingMessage, ServerResponse } from "node:http";
import type { Connecting, Ending } from "./connecting.ts";
import { type ConnectableService, connectableServices } from "./oauth-vendors.ts";
import { personalServices } from "./services.ts";

export type PageHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Where a service sends the browser back to, on the port that `SOPHIA_PUBLIC_URL` reaches. */
export function callbackPath(service: ConnectableService): string {
  return `/oauth/callback/${service}`;
}

/** A GET page for each service. What the address holds is in no page, and is sent on to nobody. */
export function createCallbackPages({ finish }: Pick<Connecting, "finish">): Record<string, PageHandler> {
  const pageOf = (service: ConnectableService): PageHandler => {
    return async (request, response) => {
      const { searchParams } = new URL(request.url ?? "/", "http://localhost");
      const state = searchParams.get("state") ?? undefined;
      const code = searchParams.get("code") ?? undefined;
      const ending = await finish(service, { state, code });
      send(response, ending === "connected" ? 200 : 400, words[ending](personalServices[service], service));
    };
  };
  return Object.fromEntries(connectableServices.map((service) => [callbackPath(service), pageOf(service)]));
}

const words: Record<Ending, (name: string, service: string) => string> = {
  connected: (name) => `Sophia is connected to your ${name} account. You can close this page.`,
  unknown: (_, service) =>
    `This link is not good any more: it works once, for ten minutes. Say /sophia connect ${service} to Sophia for a new one.`,
  declined: (name) => `Nothing was connected: ${name} says that you did not allow it.`,
  other_account: (name) =>
    `Nothing was connected: this ${name} account has another e-mail address than the person in Slack who asked for the link. ` +
    "Log in with your own account, or have an admin set its address with /sophia whoami.",
  failed: (name, service) => `${name} did not complete this. Say /sophia connect ${service} to Sophia to try again.`,
};

const headers = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** `text` is one of ours: nothing of the request stands in it. */
function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, headers);
  response.end(`<!doctype html><html lang="en"><title>Sophia</title><h1>Sophia</h1><p>${text}</p></html>\n`);
}
