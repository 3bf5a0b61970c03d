import { describe, expect, it } from "vitest";
import { BatchLoader } from "../../../../mcp-servers/shared/batch-loader.ts";

const scope = (signal = new AbortController().signal, until = 1000) => ({ signal, until });

function setUp(maxBatch = 3) {
  const loads: {
    keys: readonly string[];
    until: number;
    signal: AbortSignal;
    finish: (values: Map<string, string>) => void;
    fail: (error: Error) => void;
  }[] = [];
  const loader = new BatchLoader<string>(
    (keys, { until, signal }) => new Promise((finish, fail) => loads.push({ keys, until, signal, finish, fail })),
    { maxBatch },
  );
  const flushed = () => new Promise((resolve) => setImmediate(resolve));
  return { loader, loads, flushed };
}

describe("BatchLoader", () => {
  it("loads together what is asked for together, each key once, with the latest deadline", async () => {
    const { loader, loads, flushed } = setUp();
    const asked = [
      loader.get("a", scope()),
      loader.get("b", scope(undefined, 5000)),
      loader.get("a", scope()),
      loader.get("c", scope()),
      loader.get("d", scope()),
    ];
    await flushed();
    expect(loads.map(({ keys, until }) => [keys, until])).toEqual([
      [["a", "b", "c"], 5000],
      [["d"], 1000],
    ]);
    const late = loader.get("b", scope());
    for (const { keys, finish } of loads)
      finish(new Map(keys.filter((key) => key !== "c").map((key) => [key, key.toUpperCase()])));
    expect(await Promise.all([...asked, late])).toEqual(["A", "B", "A", undefined, "D", "B"]);
    expect(loads.length).toBe(2);
  });

  it("tells a failure to all who waited for it, and loads anew afterwards", async () => {
    const { loader, loads, flushed } = setUp();
    const asked = Promise.allSettled([loader.get("a", scope()), loader.get("b", scope())]);
    await flushed();
    loads[0]?.fail(new Error("down"));
    expect((await asked).map((result) => result.status)).toEqual(["rejected", "rejected"]);
    const again = loader.get("a", scope());
    await flushed();
    loads[1]?.finish(new Map([["a", "A"]]));
    expect(await again).toBe("A");
  });

  it("cancels a batch only when nobody waits for any of it", async () => {
    const { loader, loads, flushed } = setUp();
    const [first, second] = [new AbortController(), new AbortController()];
    const asked = Promise.allSettled([loader.get("a", scope(first.signal)), loader.get("b", scope(second.signal))]);
    await flushed();
    first.abort(new Error("stop"));
    expect(loads[0]?.signal.aborted).toBe(false);
    second.abort(new Error("stop"));
    expect(loads[0]?.signal.aborted).toBe(true);
    expect((await asked).every((result) => result.status === "rejected")).toBe(true);
  });

  it("does not ask for what was cancelled before it went out", async () => {
    const { loader, loads, flushed } = setUp();
    const abort = new AbortController();
    const cancelled = loader.get("a", scope(abort.signal));
    const kept = loader.get("b", scope());
    abort.abort(new Error("stop"));
    await expect(cancelled).rejects.toThrow("stop");
    await flushed();
    expect(loads.map(({ keys }) => keys)).toEqual([["b"]]);
    loads[0]?.finish(new Map([["b", "B"]]));
    expect(await kept).toBe("B");
  });
});
