export interface Outgoing {
  service: "gong" | "hubspot" | "asana";
  url: string;
  /** Made anew for each attempt, counted from 0: timestamps and signatures are. */
  request: (attempt: number) => { headers: Record<string, string>; body: string };
  /** How often it is sent until somebody answers 2xx. */
  attempts: number;
  /** After each attempt; 0 where nobody answered. */
  onAnswer?: (status: number) => void;
}

/** What was sent, for tests and for `GET /webhooks`. */
export interface Delivery {
  /** ISO 8601, by the machine's clock. */
  at: string;
  service: Outgoing["service"];
  url: string;
  body: string;
  attempt: number;
  /** 0 where nobody answered. */
  status: number;
}

export interface OutboxOptions {
  /** Before the second attempt; each further pause is twice as long. */
  pauseMs?: number | undefined;
  /** Also for Asana's handshake. */
  timeoutMs?: number | undefined;
}

const KEPT = 2_000;
const LONGEST_PAUSE_MS = 60_000;

/** What the services send by themselves. */
export class Outbox {
  /** Newest last. */
  readonly deliveries: Delivery[] = [];
  readonly #pauseMs: number;
  readonly #timeoutMs: number;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #emptied: (() => void)[] = [];
  #closed = new AbortController();

  constructor({ pauseMs = 250, timeoutMs = 10_000 }: OutboxOptions = {}) {
    this.#pauseMs = pauseMs;
    this.#timeoutMs = timeoutMs;
  }

  send(outgoing: Outgoing): void {
    void this.#attempt(outgoing, 0);
  }

  /** Calls back after a while, unless all is called off before. */
  later(ms: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    timer.unref();
    this.#timers.add(timer);
  }

  /** One exchange; undefined where nobody answers in time. */
  async post(url: string, headers: Record<string, string>, body: string): Promise<Response | undefined> {
    const signal = AbortSignal.any([this.#closed.signal, AbortSignal.timeout(this.#timeoutMs)]);
    try {
      const all = { "content-type": "application/json", ...headers };
      const response = await fetch(url, { method: "POST", headers: all, body, signal, redirect: "manual" });
      await response.arrayBuffer();
      return response;
    } catch {
      // Nobody listens there, or too slowly; the sender tries again.
      return undefined;
    }
  }

  /** Calls back when all that waits is called off. */
  onCallOff(listener: () => void): void {
    this.#emptied.push(listener);
  }

  /** Nothing of what waits is sent any more. */
  callOff(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#closed.abort();
    this.#closed = new AbortController();
    this.deliveries.length = 0;
    for (const listener of this.#emptied) listener();
  }

  async #attempt(outgoing: Outgoing, attempt: number): Promise<void> {
    const { service, url, request, attempts } = outgoing;
    const { signal } = this.#closed;
    const { headers, body } = request(attempt);
    const response = await this.post(url, headers, body);
    if (signal.aborted) return;
    const status = response?.status ?? 0;
    outgoing.onAnswer?.(status);
    this.deliveries.push({ at: new Date().toISOString(), service, url, body, attempt, status });
    if (this.deliveries.length > KEPT) this.deliveries.shift();
    if (response?.ok || attempt + 1 >= attempts) return;
    this.later(
      Math.min(this.#pauseMs * 2 ** attempt, LONGEST_PAUSE_MS),
      () => void this.#attempt(outgoing, attempt + 1),
    );
  }
}

const GROUPING_MS = 50;

/** Gathers what comes close together, as many as `most` at a time. */
export class Grouping<Item> {
  readonly #waiting: Item[] = [];
  readonly #outbox: Outbox;
  readonly #most: number;
  readonly #send: (items: Item[]) => void;

  constructor(outbox: Outbox, most: number, send: (items: Item[]) => void) {
    this.#outbox = outbox;
    this.#most = most;
    this.#send = send;
    outbox.onCallOff(() => {
      this.#waiting.length = 0;
    });
  }

  add(item: Item): void {
    this.#waiting.push(item);
    if (this.#waiting.length === 1) this.#outbox.later(GROUPING_MS, () => this.#flush());
  }

  #flush(): void {
    while (this.#waiting.length > 0) this.#send(this.#waiting.splice(0, this.#most));
  }
}
