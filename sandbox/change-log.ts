/** What somebody changed in a stand-in. */
export interface Change {
  /** ISO 8601, by the sandbox's clock. */
  at: string;
  /** What it was a change of: "record". */
  type: string;
  id: string;
  /** Empty where the whole of it came or went. */
  field: string;
  before: unknown;
  after: unknown;
  /** `api`, or whoever moved the stand-in. */
  by: string;
}

/** A stand-in's changes, oldest first, for the page and for tests. */
export class ChangeLog {
  readonly #changes: Change[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #now: () => number;

  /** `now` is epoch ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  get all(): readonly Change[] {
    return this.#changes;
  }

  note(...changes: Omit<Change, "at">[]): void {
    const at = new Date(this.#now()).toISOString();
    this.#changes.push(...changes.map((change) => ({ at, ...change })));
    this.#tell();
  }

  clear(): void {
    this.#changes.length = 0;
    this.#tell();
  }

  /** Calls back at each change and when all is cleared, until the function that it gives is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
