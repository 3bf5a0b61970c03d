import type { Change, SlackStore } from "../slack/store.ts";
import { pageMessage, pagePrompts } from "./page-view.ts";

/** A streamed answer changes with every word; the page is told this often at most. */
const FLUSH_MS = 40;
const HEARTBEAT_MS = 15_000;

type Told = Record<string, unknown>;

const KINDS = {
  message_added: "added",
  ephemeral_added: "added",
  message_changed: "changed",
  message_deleted: "deleted",
} as const;

/** One page's live changes as server-sent events: what its person may see, each message's latest state. */
export class LiveFeed {
  readonly body: ReadableStream<Uint8Array>;
  readonly #slack: SlackStore;
  readonly #viewerId: string;
  readonly #waiting = new Map<string, Told>();
  readonly #encoder = new TextEncoder();
  readonly #unsubscribe: () => void;
  readonly #heartbeat: NodeJS.Timeout;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #flush: NodeJS.Timeout | undefined;

  constructor(slack: SlackStore, viewerId: string) {
    this.#slack = slack;
    this.#viewerId = viewerId;
    this.body = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
        this.#write(": hello\n\n");
      },
      cancel: () => this.close(),
    });
    this.#unsubscribe = slack.subscribe((change) => this.#changed(change));
    this.#views();
    this.#heartbeat = setInterval(() => this.#write(": still here\n\n"), HEARTBEAT_MS).unref();
  }

  /** Tells the page something that is not Slack's: the clock was moved, a service's records changed. */
  tell(key: string, told: Told): void {
    // A later state takes the place of an earlier one that was not sent yet; a new message stays one.
    const before = this.#waiting.get(key);
    const type = before?.["type"] === "added" && told["type"] === "changed" ? "added" : told["type"];
    this.#waiting.set(key, { ...told, type });
    this.#flush ??= setTimeout(() => this.#send(), FLUSH_MS);
  }

  close(): void {
    clearTimeout(this.#flush);
    clearInterval(this.#heartbeat);
    this.#unsubscribe();
    const controller = this.#controller;
    this.#controller = undefined;
    try {
      controller?.close();
    } catch (error) {
      // The page was closed first: its stream is cancelled already.
      if (!(error instanceof TypeError)) throw error;
    }
  }

  #changed(change: Change): void {
    switch (change.type) {
      case "reset":
        return this.tell("reset", { type: "reset" });
      case "connection":
        return this.tell("connection", { type: "connection", connected: change.connected });
      case "schedule":
        return this.tell("outside:slack", { type: "outside", service: "slack" });
      case "view":
        return change.userId === this.#viewerId ? this.#views() : undefined;
      case "status":
        return this.#status(change.channel, change.threadTs);
      default: {
        const { message } = change;
        if (message.ephemeralFor && message.ephemeralFor !== this.#viewerId) return undefined;
        if (!this.#sees(message.channel)) return undefined;
        return this.tell(message.ts, { type: KINDS[change.type], message: pageMessage(this.#slack.view(message)) });
      }
    }
  }

  /** The modals that the person has open, and their Home tab, whole: they are few. */
  #views(): void {
    this.tell("views", { type: "views", ...this.#slack.views({ viewer: this.#viewerId }) });
  }

  #status(channel: string, threadTs: string): void {
    if (!this.#sees(channel)) return;
    if (threadTs === "") {
      this.tell(`prompts:${channel}`, { type: "prompts", channel, prompts: pagePrompts(this.#slack, channel) });
      return;
    }
    const thread = this.#slack.statuses().find((one) => one.channel === channel && one.threadTs === threadTs);
    const { status = "", session } = thread ?? {};
    this.tell(`status:${channel}:${threadTs}`, { type: "status", channel, threadTs, status, session });
  }

  #sees(channel: string): boolean {
    return this.#slack.channels(this.#viewerId).some(({ id }) => id === channel);
  }

  #send(): void {
    this.#flush = undefined;
    for (const told of this.#waiting.values()) this.#write(`event: change\ndata: ${JSON.stringify(told)}\n\n`);
    this.#waiting.clear();
  }

  #write(text: string): void {
    this.#controller?.enqueue(this.#encoder.encode(text));
  }
}
