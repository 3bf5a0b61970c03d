import { beforeEach, describe, expect, it } from "vitest";
import type { Caller, Step, ToolResult } from "../../../src/agent/ports.ts";
import { createLogger } from "../../../src/observability/log.ts";
import type { NewTurn, Turn } from "../../../src/storage/turns.ts";
import type { AgentRun } from "../../../src/turns/run-turn.ts";
import type { CallRecord } from "../../../src/workflows/calls/call-record.ts";
import { createLateIndexing } from "../../../src/workflows/calls/index-later.ts";
import type { Kept } from "../../../src/workflows/calls/index-call.ts";

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
const summary = { teamId: "T1", channel: "C1", userId: "U0", agent: "call-summaries", audience: "channel" };
const listed: ToolResult = {
  text: JSON.stringify({ calls: [{ id: "1", started_at: call.started_at, duration_minutes: 30 }] }),
  isError: false,
};

let steps: Step[];
let gongSays: ToolResult;
let kept: Kept;
let written: [record: CallRecord, caller: Caller][];
let ended: string[];
let submitted: NewTurn[];
beforeEach(() => {
  const read = { toolUseId: "1", tool: "gong__get_call_summary", arguments: {}, isError: false, ms: 1 };
  steps = [{ kind: "tool_result", ...read, text: JSON.stringify(call) }];
  [gongSays, kept] = [listed, "ended"];
  [written, ended, submitted] = [[], [], []];
});

const late = () =>
  createLateIndexing({
    tools: { call: async () => gongSays },
    index: { keep: async (record: CallRecord, caller: Caller) => (written.push([record, caller]), kept) },
    indexings: {
      later: async () => undefined,
      take: async () => [{ summaryTurnId: "s", tries: 2 }],
      done: async (id: string) => void ended.push(id),
      giveUp: async () => [],
    },
    turns: { get: async () => summary as Turn, steps: async () => steps },
    submit: async (turn: NewTurn) => (submitted.push(turn), true),
    channelName: async () => "sales",
    who: { teamId: "T1", botUserId: "U0" },
    calendar: { weekStart: "monday", fiscalYearStartMonth: 1 },
    newId: (prefix: string) => `${prefix}_1`,
    logger: createLogger({ level: "silent" }),
  });

async function run() {
  const turn = { id: "t", ...summary, threadTs: "index:s:2", task: { kind: "call_index", summaryTurnId: "s" } };
  const reply = { finish: async () => undefined };
  return late().runner({ turn, reply, signal: new AbortController().signal } as unknown as AgentRun);
}

describe("a call that the search index did not take", () => {
  it("is tried again by a silent turn of its own", async () => {
    await late().sweep();
    expect(submitted).toMatchObject([
      { sourceKey: "index:s:2", isRoot: true, channel: "C1", task: { kind: "call_index", summaryTurnId: "s" } },
    ]);
  });

  it("is written as its summary's turn has read it, and that is the end of it", async () => {
    expect(await run()).toEqual({ status: "done" });
    expect(written).toMatchObject([[{ call }, { turnId: "t", channel: "C1", threadTs: "index:s:2" }]]);
    expect(ended).toEqual(["s"]);
  });

  it("is kept for another try where Pinecone is away still", async () => {
    kept = "later";
    expect(await run()).toEqual({ status: "failed", reason: "pinecone" });
    expect(ended).toEqual([]);
  });

  it("is not written once it became private, nor while Gong does not say", async () => {
    gongSays = { text: "gong is left alone for now.", isError: true, isRetryable: true };
    expect(await run()).toEqual({ status: "failed", reason: "gong" });
    expect(ended).toEqual([]);
    gongSays = { text: JSON.stringify({ calls: [] }), isError: false };
    expect(await run()).toMatchObject({ status: "done", reason: "not_to_be_seen" });
    expect(ended).toEqual(["s"]);
    expect(written).toEqual([]);
  });

  it("is let go where its summary is forgotten", async () => {
    steps = [];
    expect(await run()).toMatchObject({ status: "done", reason: "summary_gone" });
    expect(ended).toEqual(["s"]);
  });
});
