import type { Step } from "./ports.ts";

/** Takes a turn's steps to the record in their order, beside what follows from them; only writes wait for it. */
export class Recording {
  readonly #checkpoint: (steps: readonly Step[]) => Promise<void>;
  readonly #failed = new AbortController();
  #whole: Promise<void> = Promise.resolve();
  /** Those that pile up meanwhile go in one go. */
  #next: Step[] = [];

  constructor(checkpoint: (steps: readonly Step[]) => Promise<void>) {
    this.#checkpoint = checkpoint;
  }

  /** Aborts with what a step could not be recorded for. */
  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  /** Resolves when all that was begun so far is on record. */
  get whole(): Promise<void> {
    return this.#whole;
  }

  /** It goes with the next ones that `begin` takes. */
  add(step: Step): void {
    this.#next.push(step);
  }

  begin(): void {
    this.#whole = this.#after(this.#whole);
    this.#whole.catch((error: unknown) => this.#failed.abort(error));
  }

  async #after(earlier: Promise<void>): Promise<void> {
    await earlier;
    const steps = this.#next.splice(0);
    if (steps.length > 0) await this.#checkpoint(steps);
  }
}
