import type { Sandbox } from "../sandbox/start.ts";

/** One turn as Slack saw it, in milliseconds from the moment its events were sent. */
export interface TurnTiming {
  /** To the acknowledgement, one for each event: a mention comes as two. */
  ackMs: number[];
  /** To the first thing that the person sees: a status, or a message. */
  firstSignMs: number;
  /** To the end of the answer's stream. */
  answerMs: number;
}

interface OpenTurn {
  startedAt: number;
  firstSignAt?: number;
  resolve: (at: number) => void;
}

/** Asks Sophia in the sandbox's Slack and times what comes back. */
export class TurnDriver {
  readonly #sandbox: Sandbox;
  readonly #open = new Map<string, OpenTurn>();
  readonly #unsubscribe: () => void;
  #asked = 0;

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
    this.#unsubscribe = sandbox.slack.store.subscribe((change) => {
      const at = performance.now();
      if (change.type === "status") return this.#sign(change.threadTs, at);
      if (!("message" in change) || change.message.botId === undefined) return;
      const { threadTs = "", stream } = change.message;
      this.#sign(threadTs, at);
      if (stream?.state === "complete") this.#open.get(threadTs)?.resolve(at);
    });
  }

  /** Asks one question in a thread of its own and waits for the whole answer. */
  async turn(text: string): Promise<TurnTiming> {
    const { store } = this.#sandbox.slack;
    const { people } = this.#sandbox.world;
    const user = people[this.#asked++ % people.length]?.handle ?? "";
    const sent = store.send({ user, channel: "sales", text: `@sophia ${text}`, hold: true });
    const startedAt = performance.now();
    const answered = new Promise<number>((resolve) => this.#open.set(sent.ts, { startedAt, resolve }));
    const acks = sent.events.map(async (event) => {
      await store.deliver([event]);
      return performance.now() - startedAt;
    });
    const answeredAt = await answered;
    const open = this.#open.get(sent.ts);
    this.#open.delete(sent.ts);
    return {
      ackMs: await Promise.all(acks),
      firstSignMs: (open?.firstSignAt ?? answeredAt) - startedAt,
      answerMs: answeredAt - startedAt,
    };
  }

  /** `total` turns, `parallel` at a time. */
  async run(text: string, total: number, parallel: number): Promise<TurnTiming[]> {
    const timings: TurnTiming[] = [];
    let left = total;
    const lane = async (): Promise<void> => {
      while (left-- > 0) timings.push(await this.turn(text));
    };
    await Promise.all(Array.from({ length: parallel }, lane));
    return timings;
  }

  close(): void {
    this.#unsubscribe();
  }

  #sign(threadTs: string, at: number): void {
    const open = this.#open.get(threadTs);
    if (open) open.firstSignAt ??= at;
  }
}

/** The value below which `share` of the values lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
