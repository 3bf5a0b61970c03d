import type { IncomingMessage, ServerResponse } from "node:http";
import type { Receiver } from "@slack/bolt";
import type { Clock } from "../../core/clock.ts";
import { type DeliveryContext, type EventProcessor, processDelivery } from "./delivery.ts";
import { signatureProblem } from "./signature.ts";

export interface HttpReceiverOptions extends DeliveryContext {
  signingSecret: string;
  clock: Clock;
}

/** Bytes. Slack's events are a few kilobytes; anything larger than this is not Slack. */
const bodyLimit = 1024 * 1024;

class RefusedRequest extends Error {
  readonly status: number;

  constructor(status: number, reason: string) {
    super(reason);
    this.status = status;
  }
}

/**
 * Slack's deliveries over HTTP. Answers 200 only once the app has stored what came; 5xx where storing failed, so that
 * Slack delivers again. The server belongs to the caller: `handle` is one route of it.
 */
export class HttpReceiver implements Receiver {
  readonly #options: HttpReceiverOptions;
  #app: EventProcessor | undefined;

  constructor(options: HttpReceiverOptions) {
    this.#options = options;
  }

  init(app: EventProcessor): void {
    this.#app = app;
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  /** Serves one POST; never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#deliver(request, response);
    } catch (error) {
      const status = error instanceof RefusedRequest ? error.status : 500;
      if (error instanceof RefusedRequest)
        this.#options.logger.warn({ status, reason: error.message }, "Slack request refused");
      else this.#options.logger.error({ err: error }, "Slack delivery failed; Slack will deliver it again");
      // An oversized body is not read to its end: the connection cannot be used again.
      if (status === 413) response.setHeader("connection", "close");
      response.writeHead(status).end();
    }
  }

  async #deliver(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { signingSecret, clock } = this.#options;
    const raw = await readBody(request);
    const signed = {
      body: raw,
      signature: header(request, "x-slack-signature"),
      timestamp: header(request, "x-slack-request-timestamp"),
    };
    const problem = signatureProblem(signed, signingSecret, clock.now());
    if (problem) throw new RefusedRequest(401, problem);
    const body = parseBody(raw.toString("utf8"), header(request, "content-type"));
    if (body["ssl_check"] === "1") return send(response, undefined);
    if (body["type"] === "url_verification") return send(response, { challenge: body["challenge"] });
    if (!this.#app) throw new RefusedRequest(503, "not_started");
    const delivery = {
      body,
      retryNum: Number(header(request, "x-slack-retry-num") ?? 0),
      retryReason: header(request, "x-slack-retry-reason"),
    };
    const result = await processDelivery(this.#app, delivery, this.#options);
    if (result.status !== 200) return void response.writeHead(result.status).end();
    send(response, result.response);
  }
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" ? value : undefined;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > bodyLimit) throw new RefusedRequest(413, "body_too_large");
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > bodyLimit) throw new RefusedRequest(413, "body_too_large");
    parts.push(part);
  }
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
}

function parseBody(text: string, contentType: string | undefined): Record<string, unknown> {
  if (!contentType?.startsWith("application/x-www-form-urlencoded")) return parseObject(text);
  const fields = new URLSearchParams(text);
  const payload = fields.get("payload");
  return payload === null ? Object.fromEntries(fields) : parseObject(payload);
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RefusedRequest(400, "malformed_json");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new RefusedRequest(400, "not_an_object");
  return value as Record<string, unknown>;
}

function send(response: ServerResponse, body: unknown): void {
  if (body === undefined || body === "") return void response.writeHead(200).end();
  if (typeof body === "string") return void response.writeHead(200, { "content-type": "text/plain" }).end(body);
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}
