import { beforeEach, describe, expect, it } from "vitest";
import type { Step } from "../../../src/agent/ports.ts";
import { ServiceError } from "../../../src/core/errors.ts";
import { createLogger } from "../../../src/observability/log.ts";
import type { AgentRun } from "../../../src/turns/run-turn.ts";
import { type CallSummarizerOptions, createCallSummarizer } from "../../../src/workflows/calls/summarize-call.ts";
import type { ChannelFacts } from "../../../src/workflows/routes.ts";

const now = Date.parse("2026-11-18T12:00:00Z");
const call = {
  call_id: "1",
  title: "Review",
  url: null,
  started_at: "2026-11-18T10:00:00Z",
  duration_minutes: 30,
  owner: null,
  participants: [],
  account: null,
  brief: "They spoke.",
  key_points: [],
  next_steps: [],
  trackers: [],
};
const list = { calls: [{ id: "1", started_at: call.started_at, duration_minutes: 30 }] };
const sales: ChannelFacts = { id: "C1", name: "sales", isShared: false, isPrivate: false, isMember: true };
const outputs: Record<string, unknown> = {
  gong__get_call_summary: call,
  gong__get_call_transcript: { segments: [] },
  gong__get_calls: list,
};

/** As the gateway says it of a service that failed too often. */
const leftAlone = "gong has failed 5 times in a row and is left alone for now. Call again after 10 s.";

let away: string[];
let channel: ChannelFacts | "away" | undefined;
let isKept: boolean;
let again: unknown[];
let recorded: Step[];
let written: string[];
let finished: number;
/** What the search index makes of a call. */
let kept: "ended" | "later";
let indexings: string[];
/** What the records have of the answer's messages. */
let parts: { ts?: string }[];
/** Why the guard does not let it be shown. */
let held: Error | undefined;
/** Why no tools are listed. */
let unlisted: Error | undefined;
beforeEach(() => {
  away = [];
  channel = sales;
  isKept = true;
  [again, recorded, written, parts] = [[], [], [], []];
  finished = 0;
  [kept, indexings] = ["ended", []];
  [unlisted, held] = [undefined, undefined];
});

async function summarize({ attempt = 1, steps = [] as Step[], sourceKey = "call:1:C1" } = {}) {
  const turn = { id: "t", sourceKey, channel: "C1", threadTs: sourceKey, userId: "U0", agent: "call-summaries" };
  const task = { kind: "call_summary", callId: "1" };
  const options = {
    tools: {
      call: async (tool: string) =>
        away.includes(tool)
          ? { text: leftAlone, isError: true, isRetryable: true }
          : { text: JSON.stringify(outputs[tool]), isError: false },
      list: async () => (unlisted ? Promise.reject(unlisted) : []),
    },
    settings: { calendar: { weekStart: "monday", fiscalYearStartMonth: 1 }, linkHosts: [], model: "claude-test" },
    spending: {},
    calls: { again: async (...args: unknown[]) => (again.push(args), isKept) },
    channels: { find: async () => channel },
    replies: { parts: async () => parts },
    index: { keep: async () => kept },
    indexings: { later: async (id: string) => void indexings.push(id) },
    turns: { get: async () => undefined },
    channelName: async () => "sales",
    who: { teamId: "T1", botUserId: "U0" },
    clock: { now: () => now },
    logger: createLogger({ level: "silent" }),
    wait: async () => undefined,
  } as unknown as CallSummarizerOptions;
  const reply = {
    write: (text: string) => written.push(text),
    buttons: () => undefined,
    finish: async () => {
      finished++;
      const failure = held;
      held = undefined;
      if (failure) throw failure;
    },
  };
  const run = {
    turn: { ...turn, task, audience: "channel", createdAt: new Date(now) },
    attempt,
    steps,
    history: [],
    reply,
    checkpoint: async (more: readonly Step[]) => void recorded.push(...more),
    signal: new AbortController().signal,
  } as unknown as AgentRun;
  const { status, reason } = await createCallSummarizer(options)(run);
  return { status, reason };
}

const minutesOn = (minutes: number) => new Date(now + minutes * 60_000);

describe("a call's summary", () => {
  it("is written where Gong and Slack answer", async () => {
    expect(await summarize()).toEqual({ status: "done", reason: "gong_summary" });
    expect(written.join("")).toContain("They spoke.");
    expect([again, indexings]).toEqual([[], []]);
  });

  it("stands although the search index is away, which gets the call later", async () => {
    kept = "later";
    expect(await summarize()).toEqual({ status: "done", reason: "gong_summary" });
    expect(indexings).toEqual(["t"]);
  });

  it.each(Object.keys(outputs))(
    "is put off where Gong stays away from %s, with nothing of it kept or posted",
    async (tool) => {
      away = [tool];
      expect(await summarize()).toEqual({ status: "failed", reason: "put_off" });
      expect(again).toEqual([["1", minutesOn(5)]]);
      expect(written).toEqual([]);
      expect(JSON.stringify(recorded)).not.toContain("left alone");
    },
  );

  it("is put off for longer each time, and let go in the end", async () => {
    away = ["gong__get_calls"];
    await summarize({ sourceKey: "call:1:C1:3" });
    await summarize({ sourceKey: "call:1:C1:11" });
    expect(again).toEqual([
      ["1", minutesOn(20)],
      ["1", minutesOn(180)],
    ]);
    isKept = false;
    expect(await summarize()).toEqual({ status: "failed", reason: "gong" });
  });

  it("is put off where the attempt before was cut short, of which nothing was posted", async () => {
    await summarize();
    written = [];
    away = ["gong__get_calls"];
    expect(await summarize({ attempt: 2, steps: recorded })).toEqual({ status: "failed", reason: "put_off" });
    expect(again).toEqual([["1", minutesOn(5)]]);
    expect(written).toEqual([]);
  });

  it("is left to another attempt where the one before may have posted it, and nothing is taken away", async () => {
    await summarize();
    [finished, parts] = [0, [{}]];
    away = ["gong__get_calls"];
    await expect(summarize({ attempt: 2, steps: recorded })).rejects.toMatchObject({ retryable: true });
    expect([again, finished]).toEqual([[], 0]);
  });

  it("is finished without Gong where it stands already", async () => {
    await summarize();
    parts = [{ ts: "1.1" }];
    [written, away] = [[], Object.keys(outputs)];
    expect(await summarize({ attempt: 2, steps: recorded })).toEqual({ status: "done", reason: "gong_summary" });
    expect(written.join("")).toContain("They spoke.");
  });

  it("is put off where the tools cannot be listed, and fails where it never will be written", async () => {
    unlisted = new ServiceError("My tools cannot be reached.", { service: "the gateway", retryable: true });
    expect(await summarize()).toEqual({ status: "failed", reason: "put_off" });
    unlisted = new ServiceError("There is no such role.", { service: "the gateway" });
    await expect(summarize()).rejects.toThrow("no such role");
    expect(written).toEqual([]);
  });

  it("is not posted where another company reads by now, and put off where Slack does not say", async () => {
    channel = { ...sales, isShared: true };
    expect(await summarize()).toEqual({ status: "done", reason: "channel: shared" });
    expect(again).toEqual([]);
    channel = "away";
    expect(await summarize()).toEqual({ status: "failed", reason: "put_off" });
    expect([written, recorded]).toEqual([[], []]);
  });

  it("is put off where Slack does not say who reads right before it is shown, unless it may stand there", async () => {
    const kept = new ServiceError("Slack does not say.", { service: "Slack", retryable: true });
    held = kept;
    expect(await summarize()).toEqual({ status: "failed", reason: "put_off" });
    expect(again).toEqual([["1", minutesOn(5)]]);
    [held, parts, again] = [kept, [{}], []];
    await expect(summarize({ attempt: 2, steps: recorded })).rejects.toThrow(kept);
    expect(again).toEqual([]);
  });
});
