import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import { checkArguments } from "./arguments.ts";
import { METHODS, type MethodContract } from "./method-contracts.ts";
import { methods } from "./methods/index.ts";
import type { RateLimits } from "./rate-limits.ts";
import { SlackRefusal } from "./refusal.ts";
import type { Slack } from "./slack.ts";

type HttpContext = Context<{ Bindings: HttpBindings }>;
type Sent = Record<string, unknown>;

export interface WebApiOptions {
  slack: Slack;
  botToken: string;
  appToken: string;
  /** Undefined: not limited. */
  limits(): RateLimits | undefined;
}

interface Call {
  sent: Sent;
  isJson: boolean;
}

/** Answers `/api/{method}` in the order in which Slack looks at a call: method, token, scope, rate, arguments. */
export function createWebApi(options: WebApiOptions): (c: HttpContext) => Promise<Response> {
  const { slack } = options;
  const granted = slack.scopes && [...slack.scopes].join(",");
  return async (c) => {
    const name = c.req.param("method") ?? "";
    const contract = METHODS.get(name);
    const method = methods.get(name);
    try {
      if (!contract || !method) throw new SlackRefusal("unknown_method", { req_method: name });
      const { sent, isJson } = await readCall(c);
      checkToken(tokenOf(c, sent, isJson), contract, options);
      checkScopes(contract, slack.scopes);
      const channel = typeof sent["channel"] === "string" ? sent["channel"] : undefined;
      const wait = options.limits()?.take(name, contract.tier, channel);
      if (wait !== undefined) return rateLimited(c, wait);
      // A JSON body to a method that reads forms alone is as if nothing had been sent.
      const args = checkArguments(isJson && !contract.json ? {} : sent, contract);
      return answer(c, { ok: true, ...method(args, slack) }, granted);
    } catch (error) {
      if (!(error instanceof SlackRefusal)) throw error;
      return answer(c, { ok: false, error: error.message, ...error.details }, granted);
    }
  };
}

function answer(c: HttpContext, body: Record<string, unknown>, granted: string | undefined): Response {
  return c.json(body, 200, {
    "cache-control": "private, no-cache, no-store",
    ...(granted && { "x-oauth-scopes": granted }),
  });
}

export function rateLimited(c: HttpContext, retryAfterSeconds: number): Response {
  return c.json({ ok: false, error: "ratelimited" }, 429, { "retry-after": String(retryAfterSeconds) });
}

async function readCall(c: HttpContext): Promise<Call> {
  const query: Sent = c.req.query();
  if (c.req.method === "GET") return { sent: query, isJson: false };
  const type = c.req.header("content-type") ?? "";
  if (type.startsWith("application/json")) return { sent: { ...query, ...readJson(await c.req.text()) }, isJson: true };
  if (type.startsWith("multipart/form-data"))
    return { sent: { ...query, ...(await c.req.parseBody()) }, isJson: false };
  const body = await c.req.text();
  if (body !== "" && !type.startsWith("application/x-www-form-urlencoded")) throw new SlackRefusal("invalid_post_type");
  return { sent: { ...query, ...Object.fromEntries(new URLSearchParams(body)) }, isJson: false };
}

function readJson(body: string): Sent {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body === "" ? "{}" : body);
  } catch {
    throw new SlackRefusal("invalid_json");
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw new SlackRefusal("json_not_object");
  return parsed as Sent;
}

function tokenOf(c: HttpContext, sent: Sent, isJson: boolean): string | undefined {
  const header = /^Bearer (.+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
  if (header !== undefined || isJson) return header;
  return typeof sent["token"] === "string" ? sent["token"] : undefined;
}

function checkToken(token: string | undefined, contract: MethodContract, { botToken, appToken }: WebApiOptions): void {
  if (contract.token === "none") return;
  if (!token) throw new SlackRefusal("not_authed");
  if (token !== botToken && token !== appToken) throw new SlackRefusal("invalid_auth");
  if ((token === appToken) !== (contract.token === "app")) throw new SlackRefusal("not_allowed_token_type");
}

function checkScopes(contract: MethodContract, scopes: ReadonlySet<string> | undefined): void {
  if (!scopes || contract.token !== "bot" || contract.scopes.length === 0) return;
  if (contract.scopes.some((scope) => scopes.has(scope))) return;
  throw new SlackRefusal("missing_scope", { needed: contract.scopes[0], provided: [...scopes].join(",") });
}
