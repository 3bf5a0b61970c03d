import type { Timer } from "../../mcp-servers/shared/timer.ts";

/** Waiting costs no time here; what was waited for is kept. */
export class InstantTimer implements Timer {
  readonly slept: number[] = [];
  #now = 0;
  now(): number {
    return this.#now;
  }
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.slept.push(ms);
    this.#now += ms;
  }
  advance(ms: number): void {
    this.#now += ms;
  }
}
