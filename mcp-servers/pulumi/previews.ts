import type { Timer } from "../shared/timer.ts";
import { TtlCache } from "../shared/ttl-cache.ts";
import { nameOf, type StackRef } from "./stacks.ts";

/** A preview that was started from a conversation, and how the stack stood before. */
export interface StartedPreview {
  stack: StackRef;
  threadId: string;
  /** The stack's version before the preview was started. */
  stackVersion: number;
}

const keptHours = 4;
const mostKept = 500;

/**
 * Which preview was started from which conversation. Kept in memory only, some hours and so many at most: what is no longer
 * known here cannot be carried out, and a new preview has to be made and looked at.
 */
export class Previews {
  readonly #kept: TtlCache<StartedPreview>;

  constructor(timer: Timer) {
    this.#kept = new TtlCache({ ttlMs: keptHours * 3_600_000, maxEntries: mostKept, timer });
  }

  keep(id: string, preview: StartedPreview): void {
    this.#kept.set(id, preview);
  }

  /** Undefined for one of another conversation or another stack as well. */
  find(id: string, of: { threadId: string; stack: StackRef }): StartedPreview | undefined {
    const preview = this.#kept.get(id);
    const isMeant = preview?.threadId === of.threadId && nameOf(preview.stack) === nameOf(of.stack);
    return isMeant ? preview : undefined;
  }

  /** Gives it to one caller alone: nobody finds it afterwards, until it is kept again. */
  take(id: string): StartedPreview | undefined {
    const preview = this.#kept.get(id);
    this.#kept.delete(id);
    return preview;
  }
}
