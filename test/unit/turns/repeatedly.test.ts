import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { allEnded, repeatedly } from "../../../src/turns/repeatedly.ts";
import { quiet } from "../../support/slack-sophia.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("waits for one round at a time, and for none once it is stopped, in whatever order it was begun", async () => {
  const work = vi.fn<() => Promise<void>>(async () => undefined);
  const round = repeatedly(1_000, work, quiet);
  const first = round.now();
  round.start();
  await first;
  await vi.advanceTimersByTimeAsync(0);
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(work).toHaveBeenCalledTimes(2);
  await round.stop();
  expect(vi.getTimerCount()).toBe(0);
});

it("ends a round only with all of its parts, and throws what failed", async () => {
  const [slow, broken] = [Promise.withResolvers<void>(), new Error("broken")];
  const round = allEnded([Promise.reject(broken), slow.promise]);
  const ended = vi.fn<() => void>();
  round.then(ended, ended);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(ended).not.toHaveBeenCalled();
  slow.resolve();
  await expect(round).rejects.toBe(broken);
  await expect(allEnded([Promise.reject(broken), Promise.reject(broken)])).rejects.toMatchObject({
    errors: [broken, broken],
  });
});
