import { gunzipSync } from "node:zlib";
import type { Context, Next } from "hono";
import { type Fields, isFields } from "./ast.ts";
import { SnowflakeError } from "./errors.ts";
import type { QueryRequest } from "./queries.ts";
import type { SnowflakeEnv } from "./store.ts";
import type { Binding } from "./statements.ts";

/** Hono middleware, before all that reads bodies: what came compressed goes on as it was. */
export async function unpack(c: Context<SnowflakeEnv>, next: Next): Promise<void> {
  if (/gzip/i.test(c.req.header("content-encoding") ?? "")) {
    const packed = Buffer.from(await c.req.raw.arrayBuffer());
    // The driver may announce what it did not do, so the bytes decide.
    const isPacked = packed[0] === 0x1f && packed[1] === 0x8b;
    const headers = new Headers(c.req.header());
    headers.delete("content-encoding");
    headers.delete("content-length");
    c.req.raw = new Request(c.req.url, { method: c.req.method, headers, body: isPacked ? gunzipSync(packed) : packed });
  }
  await next();
}

export async function readBody(c: Context): Promise<Fields> {
  const text = await c.req.text();
  if (text === "") return {};
  const body = parse(text);
  if (!isFields(body)) throw new SnowflakeError("390400", "Unable to parse request body.");
  return body;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Whatever the parser says, the service says the same.
    throw new SnowflakeError("390400", "Unable to parse request body.");
  }
}

/** `Authorization: Snowflake Token="..."`. */
export function sessionToken(c: Context): string | undefined {
  return /^Snowflake Token="(.*)"$/.exec(c.req.header("authorization") ?? "")?.[1];
}

export function queryRequestOf(body: Fields, requestId: string): QueryRequest {
  const { sqlText, bindings, parameters, describeOnly } = body;
  return {
    requestId,
    sqlText: typeof sqlText === "string" ? sqlText : "",
    bindings: isFields(bindings) ? bindingsOf(bindings) : {},
    parameters: isFields(parameters) ? parameters : {},
    describeOnly: describeOnly === true,
  };
}

function bindingsOf(given: Fields): Record<string, Binding> {
  const entries = Object.entries(given).flatMap(([place, binding]) =>
    isFields(binding) ? [[place, { type: String(binding.type), value: binding.value }] as const] : [],
  );
  return Object.fromEntries(entries);
}
