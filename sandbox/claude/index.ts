import { randomBytes } from "node:crypto";
import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { exchangeLog, listen, type StandIn, type Switchboard } from "../stand-in.ts";
import { composeAnswer, type StreamFault } from "./answer.ts";
import { ApiError, errorBody, errorOfStatus } from "./errors.ts";
import { eventsOf, messageOf } from "./events.ts";
import { salesScript } from "./script/index.ts";
import { questionBefore } from "./signatures.ts";
import { ClaudeStore } from "./store.ts";
import { type Pace, streamEvents } from "./stream.ts";
import { promptTokens } from "./tokens.ts";
import { checkHeaders, checkRequest, MODELS } from "./validate.ts";
import type { MessagesRequest, Usage } from "./wire.ts";

export type { ClaudeStore } from "./store.ts";
export type { Pace } from "./stream.ts";

export const CLAUDE_API_KEY = "sk-ant-sandbox";
/** The service's own limit for a request. */
const MOST_BODY_BYTES = 32 * 1024 * 1024;
const AT_ONCE: Pace = { chunkCharacters: 60, delayMs: 0 };

export interface ClaudeOptions {
  board: Switchboard;
  apiKey?: string | undefined;
  /** 0, which is any free port, unless told. */
  port?: number | undefined;
  /** How fast answers are spoken; at once unless told. */
  pace?: Pace | undefined;
}

type Ctx = Context<{ Bindings: HttpBindings }>;

/** A local server that speaks the Messages API; behind it a script instead of a model. */
export async function startClaude(options: ClaudeOptions): Promise<StandIn<ClaudeStore>> {
  const { board, apiKey = CLAUDE_API_KEY, pace = AT_ONCE } = options;
  const store = new ClaudeStore(salesScript, board.clock);
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use(
    "*",
    exchangeLog("claude", board, (c, status, retryAfter) => refuse(c, errorOfStatus(status), retryAfter)),
  );
  app.use("/v1/*", async (c, next) => {
    checkHeaders((name) => c.req.header(name), apiKey);
    await next();
  });
  app.post("/v1/messages", async (c) => {
    const request = checkRequest(await readBody(c), false, (content) => store.isPaused(content));
    return respond(c, store, request, pace);
  });
  app.post("/v1/messages/count_tokens", async (c) => {
    const request = checkRequest(await readBody(c), true, (content) => store.isPaused(content));
    return c.json({ input_tokens: promptTokens(request) }, 200, idHeader());
  });
  app.get("/v1/models", (c) => c.json({ data: MODELS.map(modelInfo), has_more: false, first_id: null, last_id: null }));
  app.notFound((c) => refuse(c, new ApiError(404, "Not found")));
  app.onError((error, c) => refuse(c, error instanceof ApiError ? error : new ApiError(500, error.message)));
  const server = await listen(app, options.port);
  return { url: server.url, store, reset: () => store.reset(), close: () => server.close() };
}

async function respond(c: Ctx, store: ClaudeStore, request: MessagesRequest, pace: Pace): Promise<Response> {
  const fault = store.takeStreamFault();
  const input = store.cache.account(request);
  const question = questionBefore(request.messages, request.messages.length);
  const answer = composeAnswer(await store.respond(request), request, question, fault);
  if (answer.stopReason === "pause_turn") store.keepPause(answer.content, answer.rest);
  const usage: Usage = { ...input, output_tokens: answer.outputTokens };
  const record = { model: request.model, stopReason: answer.stopReason, usage, aborted: false };
  store.keepAnswer(record);
  const message = messageOf(newId("msg"), request.model, answer, usage);
  if (!request.stream) return wholeAnswer(c, message, fault);
  const { outgoing } = c.env;
  outgoing.once("close", () => {
    record.aborted = !outgoing.writableFinished;
  });
  const events = eventsOf(message, answer, usage, pace.chunkCharacters);
  return streamEvents(outgoing, events, pace, fault, idHeader());
}

function wholeAnswer(c: Ctx, message: Record<string, unknown>, fault: StreamFault | undefined): Response {
  if (fault?.errorAfterEvents !== undefined) return refuse(c, errorOfStatus(529));
  if (fault?.cutAfterEvents !== undefined) c.env.incoming.socket.destroy();
  return c.json(message, 200, idHeader());
}

async function readBody(c: Ctx): Promise<unknown> {
  const text = await c.req.text();
  if (Buffer.byteLength(text) > MOST_BODY_BYTES) throw new ApiError(413, "Request exceeds the maximum size");
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new ApiError(400, `The request body is not valid JSON: ${(error as Error).message}`);
  }
}

function refuse(c: Ctx, error: ApiError, retryAfter?: number): Response {
  const headers = idHeader();
  if (retryAfter !== undefined) headers["retry-after"] = String(retryAfter);
  headers["x-should-retry"] = String(error.status === 429 || error.status >= 500);
  return c.newResponse(JSON.stringify(errorBody(error, headers["request-id"] ?? "")), error.status as 400, {
    ...headers,
    "content-type": "application/json",
  });
}

function modelInfo(id: string): Record<string, unknown> {
  const words = id.split("-");
  return {
    type: "model",
    id,
    display_name: `Claude ${words[1]} ${words.slice(2).join(".")}`,
    created_at: "2026-09-01T00:00:00Z",
  };
}

function idHeader(): Record<string, string> {
  return { "request-id": newId("req") };
}

function newId(prefix: string): string {
  return `${prefix}_${randomBytes(12).toString("hex")}`;
}
