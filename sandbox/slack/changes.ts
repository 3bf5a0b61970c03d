import type { Message } from "./types.ts";

/** What the page redraws on and tests wait for. */
export type Change =
  | { type: "message_added" | "message_changed" | "message_deleted" | "ephemeral_added"; message: Message }
  | { type: "status"; channel: string; threadTs: string }
  | { type: "view"; userId: string }
  | { type: "schedule" }
  | { type: "connection"; connected: boolean }
  | { type: "reset" };

export type ChangeListener = (change: Change) => void;

export class Changes {
  readonly #listeners = new Set<ChangeListener>();

  subscribe(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publish(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }

  /** Resolves with the first truthy value that `probe` gives, asked now and after each change; rejects on timeout. */
  waitFor<T>(probe: () => T | undefined | false, timeoutMs: number): Promise<T> {
    const already = probe();
    if (already) return Promise.resolve(already);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        unsubscribe();
        reject(new Error(`What was awaited did not happen in Slack within ${timeoutMs} ms`));
      }, timeoutMs);
      const unsubscribe = this.subscribe(() => {
        const value = probe();
        if (!value) return;
        clearTimeout(timer);
        unsubscribe();
        resolve(value);
      });
    });
  }
}
