import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Clock, systemClock } from "../core/clock.ts";
import { SophiaError } from "../core/errors.ts";
import type { Logger } from "../observability/log.ts";
import type { Events, InboundEvent } from "../storage/events.ts";

export type WebhookHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** A webhook as it came: nobody has vouched for it yet. */
export interface Delivery {
  method: string;
  /** Path and query, undecoded. */
  url: string;
  /** Held in memory until it is answered: asked for only once what stands in the headers may be the service's. */
  body: () => Promise<Buffer>;
  /** Undefined where it is missing, or there several times. */
  header: (name: string) => string | undefined;
}

/** What a webhook told, once it is known who sent it. */
export interface Told {
  events: readonly InboundEvent[];
  /** What it told besides, which is no concern of ours. */
  ignored: number;
  /** For the answer. */
  headers?: Record<string, string>;
}

/** One service's webhooks: looks at the headers, then verifies the body, then reads it. Throws a RefusedWebhook. */
export type Source = (delivery: Delivery) => Promise<Told>;

/** A webhook that is not taken; the message says why, and holds nothing of what came. */
export class RefusedWebhook extends SophiaError {
  override name = "RefusedWebhook";
  readonly status: number;

  constructor(status: number, reason: string) {
    super(reason);
    this.status = status;
  }
}

export interface RouteOptions {
  events: Pick<Events, "add">;
  /** There is something new in the inbox. */
  onEvents: () => void;
  logger: Logger;
  clock?: Clock;
  /** Shared by all routes of the process. */
  room?: BodyRoom;
}

/** Bytes. The largest that any of them sends is a tenth of it. */
const bodyLimit = 1024 * 1024;
/** Bytes, over all that are under way: anybody can send what nobody has verified yet. */
const allBodiesLimit = 32 * 1024 * 1024;
/** Seconds after which a service is to try again; a body has left by then, or is cut off. */
const retryAfter = 15;

/** How much of what was sent is held at once. */
export class BodyRoom {
  readonly #limit: number;
  #held = 0;

  /** `limit`: bytes. */
  constructor(limit = allBodiesLimit) {
    this.#limit = limit;
  }

  /** Whether there was room for them. */
  take(bytes: number): boolean {
    if (this.#held + bytes > this.#limit) return false;
    this.#held += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#held -= bytes;
  }
}

/** Answers 200 once what was told is stored, and 5xx where it could not be, so that the service tells it again. */
export function createRoute(name: string, source: Source, options: RouteOptions): WebhookHandler {
  const { events, onEvents, logger, room = new BodyRoom() } = options;
  const refused = createRefusalLog(name, options);
  return async (request, response) => {
    const body = new Body(request, room);
    try {
      const told = await source(deliveryOf(request, body));
      const added = await events.add(told.events);
      if (added > 0) onEvents();
      logger.debug({ source: name, added, known: told.events.length - added, ignored: told.ignored }, "webhook taken");
      response.writeHead(200, told.headers).end();
    } catch (error) {
      const status = error instanceof RefusedWebhook ? error.status : 500;
      if (error instanceof RefusedWebhook) refused(error);
      else logger.error({ source: name, err: error }, "a webhook could not be stored; the service will send it again");
      if (status === 503) response.setHeader("retry-after", String(retryAfter));
      // What is left of its body is nothing to us, and whoever goes on sending it is not waited for.
      if (!request.complete) response.setHeader("connection", "close");
      response.writeHead(status).end();
    } finally {
      body.leave();
    }
  };
}

/** Milliseconds in which a reason is said once: anybody can post what is refused. */
const saidOnceInMs = 60_000;

/** Says of a refusal why, once a minute for each reason, of which there are few, with how many more there were since. */
function createRefusalLog(
  source: string,
  { logger, clock = systemClock }: RouteOptions,
): (refusal: RefusedWebhook) => void {
  const said = new Map<string, { at: number; more: number }>();
  return ({ status, message: reason }) => {
    const before = said.get(reason);
    if (before && clock.now() - before.at < saidOnceInMs) {
      before.more += 1;
      return;
    }
    said.set(reason, { at: clock.now(), more: 0 });
    logger.warn({ source, status, reason, ...(before?.more && { unsaid: before.more }) }, "webhook refused");
  };
}

/** For a service whose webhooks nobody has set up: says so in the log, once. */
export function absentRoute(name: string, status: 404 | 503, words: string, logger: Logger): WebhookHandler {
  let isSaid = false;
  return async (_request, response) => {
    if (!isSaid) logger.warn({ source: name, status }, words);
    isSaid = true;
    response.writeHead(status).end();
  };
}

/** The JSON of a body that is verified. */
export function parseBody(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new RefusedWebhook(400, "what it tells is not JSON");
  }
}

/** Whether they are the same, in a time that says nothing of where they differ. */
export function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function deliveryOf(request: IncomingMessage, body: Body): Delivery {
  return {
    method: request.method ?? "",
    url: request.url ?? "/",
    body: () => body.read(),
    header: (name) => {
      const value = request.headersDistinct[name];
      return value?.length === 1 ? value[0] : undefined;
    },
  };
}

/** A request's body, as far as it has come. */
class Body {
  readonly #request: IncomingMessage;
  readonly #room: BodyRoom;
  #size = 0;

  constructor(request: IncomingMessage, room: BodyRoom) {
    this.#request = request;
    this.#room = room;
  }

  async read(): Promise<Buffer> {
    const tooLarge = (): RefusedWebhook => new RefusedWebhook(413, "its body is larger than 1 MB");
    if (Number(this.#request.headers["content-length"] ?? 0) > bodyLimit) throw tooLarge();
    const parts: Buffer[] = [];
    for await (const part of this.#parts()) {
      if (this.#size + part.length > bodyLimit) throw tooLarge();
      if (!this.#room.take(part.length)) throw new RefusedWebhook(503, "too much is being sent at once");
      this.#size += part.length;
      parts.push(part);
    }
    return Buffer.concat(parts);
  }

  /** Nobody holds it any more. */
  leave(): void {
    this.#room.give(this.#size);
    this.#size = 0;
  }

  async *#parts(): AsyncGenerator<Buffer> {
    try {
      // Not destroyed with what is left in it: there is still an answer to be sent.
      yield* this.#request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
    } catch {
      throw new RefusedWebhook(400, "it was broken off");
    }
  }
}
