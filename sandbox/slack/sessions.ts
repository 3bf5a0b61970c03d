import type { Changes } from "./changes.ts";

export type SessionStatus = "active" | "processing" | "suspended" | "closed";

/** What a person sees of Sophia's work in one thread besides messages. */
export interface ThreadState {
  channel: string;
  threadTs: string;
  /** "is reading Gong"; empty where nothing is shown. */
  status: string;
  loadingMessages: string[];
  title?: string | undefined;
  prompts?: unknown;
  /** The agent session's lifecycle; the Stop button shows while it is `processing`. */
  session?: SessionStatus | undefined;
}

/** A status text goes by itself after two minutes without a message. */
const STATUS_LIFETIME_MS = 120_000;

/** Assistant status, title, prompts and agent sessions, by thread. */
export class Sessions {
  readonly #changes: Changes;
  readonly #now: () => number;
  readonly #threads = new Map<string, ThreadState & { statusAt: number }>();

  constructor(changes: Changes, now: () => number) {
    this.#changes = changes;
    this.#now = now;
  }

  get(channel: string, threadTs: string): ThreadState | undefined {
    const state = this.#threads.get(`${channel}:${threadTs}`);
    if (state?.status && this.#now() - state.statusAt > STATUS_LIFETIME_MS) state.status = "";
    return state;
  }

  set(channel: string, threadTs: string, fields: Partial<ThreadState>): ThreadState {
    const key = `${channel}:${threadTs}`;
    const before = this.#threads.get(key) ?? { channel, threadTs, status: "", loadingMessages: [], statusAt: 0 };
    const statusAt = fields.status === undefined ? before.statusAt : this.#now();
    const state = { ...before, ...fields, statusAt };
    this.#threads.set(key, state);
    this.#changes.publish({ type: "status", channel, threadTs });
    return state;
  }

  /** Slack takes the status away when the app posts to the thread. */
  posted(channel: string, threadTs: string | undefined): void {
    if (threadTs === undefined) return;
    if (this.#threads.get(`${channel}:${threadTs}`)?.status) {
      this.set(channel, threadTs, { status: "", loadingMessages: [] });
    }
  }

  reset(): void {
    this.#threads.clear();
  }

  all(): ThreadState[] {
    return [...this.#threads.values()].map((state) => this.get(state.channel, state.threadTs) ?? state);
  }
}
