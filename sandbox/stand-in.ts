import type { AddressInfo } from "node:net";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import type { Context, Hono, Next } from "hono";

/** The sandbox's time: the machine's, moved by `POST /clock`. */
export interface SandboxClock {
  now(): number;
  /** From now on `now()` runs from this instant. */
  set(instant: number): void;
  /** Calls back each time that the clock was set. */
  onSet(listener: () => void): void;
}

export function createSandboxClock(start: number = Date.now()): SandboxClock {
  let offset = start - Date.now();
  const listeners: (() => void)[] = [];
  return {
    now: () => Date.now() + offset,
    set: (instant) => {
      offset = instant - Date.now();
      for (const listener of listeners) listener();
    },
    onSet: (listener) => void listeners.push(listener),
  };
}

export interface Fault {
  service: string;
  /** How many requests it hits; 1 unless told. */
  times?: number | undefined;
  /** Only requests whose path contains this. */
  path?: string | undefined;
  status?: number | undefined;
  latencyMs?: number | undefined;
  /** Seconds. */
  retryAfter?: number | undefined;
  /** Cut the connection instead of answering. `after`: do what was asked first, then cut. */
  drop?: boolean | "after" | undefined;
}

export interface RequestRecord {
  at: string;
  service: string;
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
  status: number;
  response: string;
}

/** What the control server moves and reads: faults to come and requests that were. Shared by all stand-ins. */
export class Switchboard {
  readonly clock: SandboxClock;
  readonly #requests: RequestRecord[] = [];
  readonly #faults: Fault[] = [];
  readonly #keep: number;

  constructor(clock: SandboxClock, keep = 20_000) {
    this.clock = clock;
    this.#keep = keep;
  }

  addFault(fault: Fault): void {
    this.#faults.push({ times: 1, ...fault });
  }

  takeFault(service: string, url: string): Fault | undefined {
    const index = this.#faults.findIndex((f) => f.service === service && (!f.path || url.includes(f.path)));
    const fault = this.#faults[index];
    if (!fault) return undefined;
    fault.times = (fault.times ?? 1) - 1;
    if (fault.times <= 0) this.#faults.splice(index, 1);
    return fault;
  }

  record(record: RequestRecord): void {
    this.#requests.push(record);
    if (this.#requests.length > this.#keep) this.#requests.shift();
  }

  requests(service?: string): RequestRecord[] {
    return service ? this.#requests.filter((r) => r.service === service) : [...this.#requests];
  }

  reset(): void {
    this.#requests.length = 0;
    this.#faults.length = 0;
  }
}

/** How a service words a refusal that a fault asks for: its own status, headers and body. */
export type FaultAnswer = (c: Context, status: number, retryAfter: number | undefined) => Response;

export interface RunningServer {
  url: string;
  close(): Promise<void>;
}

export interface StandIn<Store> extends RunningServer {
  store: Store;
  reset(): void;
}

/** The stand-in of a service that Sophia's own settings point at. */
export interface ServiceStandIn<Store> extends StandIn<Store> {
  /** The settings that point a client at it, its credentials among them. */
  env: Record<string, string>;
  /** What must not be seen in the request log, in every form in which it travels. */
  secrets: string[];
}

/** Hono middleware: records the exchange and plays the faults that are due. */
export function exchangeLog(service: string, board: Switchboard, answerFault: FaultAnswer) {
  return async (c: Context<{ Bindings: HttpBindings }>, next: Next): Promise<Response | void> => {
    const at = new Date(board.clock.now()).toISOString();
    const body = readable(await c.req.arrayBuffer());
    const fault = board.takeFault(service, c.req.url);
    if (fault?.latencyMs) await new Promise((resolve) => setTimeout(resolve, fault.latencyMs));
    if (fault?.drop === true) return cut(c);
    const { method, url } = c.req;
    const record = { at, service, method, url, headers: c.req.header(), body, status: 0, response: "" };
    keepResponse(record, c.env.outgoing);
    if (fault?.status) c.res = answerFault(c, fault.status, fault.retryAfter);
    else await next();
    record.status = c.res.status;
    board.record(record);
    if (fault?.drop === "after") return cut(c);
  };
}

const decoder = new TextDecoder("utf-8", { fatal: true });

function readable(body: ArrayBuffer): string {
  try {
    return decoder.decode(body);
  } catch {
    return `(${body.byteLength} bytes)`;
  }
}

/** Listens to what is written, which costs less than a copy of every response. */
function keepResponse(record: RequestRecord, outgoing: HttpBindings["outgoing"]): void {
  const chunks: Buffer[] = [];
  const keep = (chunk: unknown): void => {
    if (typeof chunk === "string") chunks.push(Buffer.from(chunk));
    else if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  };
  for (const method of ["write", "end"] as const) {
    const original = outgoing[method].bind(outgoing) as (...args: unknown[]) => never;
    outgoing[method] = (...args: unknown[]) => {
      keep(args[0]);
      return original(...args);
    };
  }
  outgoing.once("close", () => {
    record.response = outgoing.writableFinished ? Buffer.concat(chunks).toString() : "(cut off)";
  });
}

function cut(c: Context<{ Bindings: HttpBindings }>): Response {
  c.env.incoming.socket.destroy();
  return new Response(null, { status: 499 });
}

/** Serves a Hono app on loopback, port 0 unless told. */
export async function listen(
  app: Hono<{ Bindings: HttpBindings }>,
  port = 0,
): Promise<RunningServer & { server: ReturnType<typeof createAdaptorServer> }> {
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    server,
    url: `http://127.0.0.1:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
}
