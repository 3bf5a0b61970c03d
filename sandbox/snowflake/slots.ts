/** Lets so many go on at once; the others wait in line. */
export class Slots {
  #free: number;
  #line: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Resolves, with what gives the place back, when there is one; rejects with the signal's reason if it is aborted first. */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free -= 1;
    else await this.#wait(signal);
    return () => this.#giveBack();
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#line = this.#line.filter((next) => next !== go);
        reject(signal.reason);
      };
      const go = (): void => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#line.push(go);
    });
  }

  #giveBack(): void {
    const next = this.#line.shift();
    if (next) next();
    else this.#free += 1;
  }
}
