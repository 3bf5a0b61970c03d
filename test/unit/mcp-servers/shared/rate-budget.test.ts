import { describe, expect, it } from "vitest";
import { RateBudget } from "../../../../mcp-servers/shared/rate-budget.ts";
import type { Timer } from "../../../../mcp-servers/shared/timer.ts";

/** Time that passes when it is told to. */
class ManualTimer implements Timer {
  #now = 0;
  readonly #sleepers: { at: number; wake: () => void }[] = [];
  now(): number {
    return this.#now;
  }
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#sleepers.push({ at: this.#now + ms, wake: resolve });
      signal?.addEventListener("abort", () => reject(signal.reason as Error));
    });
  }
  async advanceTo(at: number): Promise<void> {
    for (this.#now; this.#now < at; this.#now++) {
      for (const sleeper of this.#sleepers) if (sleeper.at <= this.#now) sleeper.wake();
      await Promise.resolve();
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function setUp({ maxWaiting = 10, slow = false } = {}) {
  const timer = new ManualTimer();
  const budget = new RateBudget({ service: "Gong", requests: 3, windowMs: 1000, maxWaiting, timer });
  const log: string[] = [];
  const ask = async (name: string, until = 60_000, signal = new AbortController().signal): Promise<void> => {
    try {
      const answered = await budget.acquire({ signal, until });
      log.push(`${name}@${timer.now()}`);
      if (!slow) answered();
    } catch (error) {
      log.push(`${name}: ${(error as Error).message}`);
    }
  };
  return { timer, budget, log, ask };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("RateBudget", () => {
  it("lets three go in any second, in order", async () => {
    const { timer, log, ask } = setUp();
    for (const name of "abcdefg") void ask(name);
    await settled();
    expect(log).toEqual(["a@0", "b@0", "c@0"]);
    await timer.advanceTo(2_100);
    expect(log.map((entry) => entry[0]).join("")).toBe("abcdefg");
    const times = log.map((entry) => Number(entry.slice(2)));
    for (const [index, time] of times.entries())
      expect(time - (times[index - 3] ?? -1000)).toBeGreaterThanOrEqual(1000);
  });

  it("refuses at once whoever would come too late, with the seconds, and does not count it", async () => {
    const { timer, log, ask } = setUp();
    for (const name of "abc") await ask(name);
    await ask("late", 999);
    expect(log.at(-1)).toBe("late: Gong's request limit is used up for the moment. Try again in 1 s.");
    void ask("d");
    await timer.advanceTo(1_005);
    expect(log.at(-1)).toMatch(/^d@100\d$/);
  });

  it("counts a request that is not answered a little after its start", async () => {
    const { timer, log, ask } = setUp({ slow: true });
    for (const name of "abcd") void ask(name);
    await timer.advanceTo(1_300);
    expect(log.slice(3)).toEqual([expect.stringMatching(/^d@125\d$/)]);
  });

  it("refuses beyond the queue's length", async () => {
    const { log, ask } = setUp({ maxWaiting: 2 });
    for (const name of "abc") await ask(name);
    void ask("d");
    void ask("e");
    await ask("f");
    expect(log.at(-1)).toContain("f: Gong's request limit is used up");
  });

  it("gives a cancelled place to the next one", async () => {
    const { timer, log, ask } = setUp();
    for (const name of "abc") await ask(name);
    const abort = new AbortController();
    for (const name of "def") void ask(name, 60_000, abort.signal);
    void ask("g");
    abort.abort(new Error("stopped"));
    await timer.advanceTo(1_005);
    expect(log.slice(3)).toEqual(["d: stopped", "e: stopped", "f: stopped", expect.stringMatching(/^g@100\d$/)]);
  });

  it("keeps everybody away while the vendor says so, and tells those who cannot wait", async () => {
    const { timer, budget, log, ask } = setUp();
    for (const name of "abc") await ask(name);
    void ask("patient");
    void ask("hasty", 3_000);
    budget.pause(5_000);
    await settled();
    expect(log.slice(3)).toEqual([]);
    await ask("new", 4_000);
    expect(log.at(-1)).toContain("Try again in 5 s");
    await timer.advanceTo(5_010);
    expect(log.slice(4)).toEqual([
      expect.stringMatching(/^patient@500\d$/),
      expect.stringContaining("hasty: Gong's request limit"),
    ]);
  });
});
