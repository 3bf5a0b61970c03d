import { createHmac } from "node:crypto";
import { Agent, request, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";

type EnvelopeKind = "events_api" | "slash_commands" | "interactive";

export interface Envelope {
  kind: EnvelopeKind;
  payload: Record<string, unknown>;
  retry?: { num: number; reason: string } | undefined;
}

/** What came of handing an envelope to the app once. */
export type Attempt = { ok: true; body: unknown } | { ok: false; reason: string; noRetry?: boolean };

export interface Transport {
  deliver(envelope: Envelope): Promise<Attempt>;
}

export interface HttpTransportOptions {
  signingSecret: string;
  ackTimeoutMs: number;
  /** The machine's clock: an app checks signatures against its own. */
  now(): number;
}

/** Requests under way to the app at once. */
const MOST_REQUESTS = 64;

/** Posts to the app's request URL, signed as Slack signs. */
export class HttpTransport implements Transport {
  readonly #options: HttpTransportOptions;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: MOST_REQUESTS });
  url: string | undefined;

  constructor(options: HttpTransportOptions) {
    this.#options = options;
  }

  async deliver(envelope: Envelope): Promise<Attempt> {
    const { body, type } = encode(envelope);
    const headers: Record<string, string> = { ...this.sign(body), "content-type": type };
    if (envelope.retry) {
      headers["x-slack-retry-num"] = String(envelope.retry.num);
      headers["x-slack-retry-reason"] = envelope.retry.reason;
    }
    return this.#post(body, headers);
  }

  /** The handshake of a new request URL. Throws where the app does not give the challenge back. */
  async verify(challenge: string): Promise<void> {
    const body = JSON.stringify({ token: VERIFICATION_TOKEN, challenge, type: "url_verification" });
    const attempt = await this.#post(body, { ...this.sign(body), "content-type": "application/json" });
    const given = attempt.ok ? attempt.body : undefined;
    const echoed = typeof given === "object" && given !== null ? (given as { challenge?: unknown }).challenge : given;
    if (echoed !== challenge) throw new Error("The request URL did not give the challenge back");
  }

  sign(body: string): Record<string, string> {
    const timestamp = String(Math.floor(this.#options.now() / 1000));
    const digest = createHmac("sha256", this.#options.signingSecret).update(`v0:${timestamp}:${body}`).digest("hex");
    return { "x-slack-signature": `v0=${digest}`, "x-slack-request-timestamp": timestamp };
  }

  #post(body: string, headers: Record<string, string>): Promise<Attempt> {
    const { url } = this;
    if (!url) return Promise.resolve({ ok: false, reason: "connection_failed" });
    const length = String(Buffer.byteLength(body));
    return new Promise((resolve) => {
      const call = request(url, {
        method: "POST",
        agent: this.#agent,
        headers: { ...HEADERS, ...headers, "content-length": length },
      });
      let timer: NodeJS.Timeout | undefined;
      const settle = (attempt: Attempt): void => {
        clearTimeout(timer);
        resolve(attempt);
      };
      // The app's time begins when it is its turn, not while others are being sent.
      call.once("socket", () => {
        timer = setTimeout(() => {
          settle({ ok: false, reason: "http_timeout" });
          call.destroy();
        }, this.#options.ackTimeoutMs);
      });
      // Whatever went wrong on the way, this is all that Slack tells the app of it.
      call.on("error", () => settle({ ok: false, reason: "connection_failed" }));
      call.once("response", (response) => void readAttempt(response).then(settle));
      call.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

async function readAttempt(response: IncomingMessage): Promise<Attempt> {
  try {
    const body = await text(response);
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) return { ok: true, body: readBody(body) };
    return { ok: false, reason: "http_error", noRetry: response.headers["x-slack-no-retry"] === "1" };
  } catch {
    return { ok: false, reason: "connection_failed" };
  }
}

export const VERIFICATION_TOKEN = "sandbox-verification-token";
const HEADERS = { "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)", accept: "application/json,*/*" };

function encode({ kind, payload }: Envelope): { body: string; type: string } {
  if (kind === "events_api") return { body: JSON.stringify(payload), type: "application/json" };
  const fields = kind === "interactive" ? { payload: JSON.stringify(payload) } : (payload as Record<string, string>);
  return { body: new URLSearchParams(fields).toString(), type: "application/x-www-form-urlencoded" };
}

function readBody(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Hands envelopes to the app, over HTTP where a request URL is set, else over Socket Mode; repeats events as Slack does. */
export class Delivery {
  readonly http: HttpTransport;
  readonly #sockets: Transport;
  readonly #retryDelaysMs: readonly number[];
  readonly #timers = new Map<NodeJS.Timeout, () => void>();

  constructor(http: HttpTransport, sockets: Transport, retryDelaysMs: readonly number[]) {
    this.http = http;
    this.#sockets = sockets;
    this.#retryDelaysMs = retryDelaysMs;
  }

  once(envelope: Envelope): Promise<Attempt> {
    return (this.http.url ? this.http : this.#sockets).deliver(envelope);
  }

  /** Delivers an event until it is acknowledged or the retries are used up; whether it was acknowledged. */
  async event(payload: Record<string, unknown>): Promise<boolean> {
    let attempt = await this.once({ kind: "events_api", payload });
    for (const [index, delayMs] of this.#retryDelaysMs.entries()) {
      if (attempt.ok || attempt.noRetry) break;
      if (!(await this.#wait(delayMs))) return false;
      attempt = await this.once({ kind: "events_api", payload, retry: { num: index + 1, reason: attempt.reason } });
    }
    return attempt.ok;
  }

  /** Gives up the retries that are still to come. */
  cancel(): void {
    for (const [timer, giveUp] of this.#timers) {
      clearTimeout(timer);
      giveUp();
    }
    this.#timers.clear();
  }

  #wait(delayMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        resolve(true);
      }, delayMs);
      timer.unref();
      this.#timers.set(timer, () => resolve(false));
    });
  }
}
