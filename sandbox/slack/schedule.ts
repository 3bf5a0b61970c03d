import type { SandboxClock } from "../stand-in.ts";
import type { Changes } from "./changes.ts";
import type { Message } from "./types.ts";

export interface Scheduled {
  id: string;
  channel: string;
  /** Seconds since the epoch, as Slack counts them. */
  postAt: number;
  createdAt: number;
  content: Partial<Message>;
  /** A reply that the channel is to show as well. */
  broadcast: boolean;
}

/** A timer's longest time; what is due later is looked at again then. */
const LONGEST_MS = 2 ** 31 - 1;

/** Messages that wait for their time, which comes by the sandbox's clock, whether it runs or is set. */
export class Schedule {
  readonly #clock: SandboxClock;
  readonly #changes: Changes;
  readonly #post: (scheduled: Scheduled) => void;
  #pending: Scheduled[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(clock: SandboxClock, changes: Changes, post: (scheduled: Scheduled) => void) {
    this.#clock = clock;
    this.#changes = changes;
    this.#post = post;
    clock.onSet(() => this.#postDue());
  }

  /** The next to be posted first. */
  get pending(): readonly Scheduled[] {
    return this.#pending;
  }

  add(scheduled: Scheduled): void {
    this.#pending = [...this.#pending, scheduled].toSorted((a, b) => a.postAt - b.postAt);
    this.#changes.publish({ type: "schedule" });
    this.#postDue();
  }

  /** Whether there was one. */
  remove(id: string, channel: string): boolean {
    const before = this.#pending.length;
    this.#pending = this.#pending.filter((one) => one.id !== id || one.channel !== channel);
    const isGone = this.#pending.length < before;
    if (isGone) this.#changes.publish({ type: "schedule" });
    return isGone;
  }

  reset(): void {
    this.#pending = [];
    clearTimeout(this.#timer);
  }

  #postDue(): void {
    clearTimeout(this.#timer);
    const now = this.#clock.now();
    const due = this.#pending.filter(({ postAt }) => postAt * 1000 <= now);
    this.#pending = this.#pending.slice(due.length);
    for (const scheduled of due) this.#post(scheduled);
    if (due.length > 0) this.#changes.publish({ type: "schedule" });
    const [next] = this.#pending;
    if (!next) return;
    this.#timer = setTimeout(() => this.#postDue(), Math.min(next.postAt * 1000 - now, LONGEST_MS)).unref();
  }
}
