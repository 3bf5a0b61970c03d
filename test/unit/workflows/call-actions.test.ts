import { describe, expect, it } from "vitest";
import type { Step, ToolResult } from "../../../src/agent/ports.ts";
import { type CallActionsOptions, createCallActions } from "../../../src/workflows/calls/call-actions.ts";

const signal = new AbortController().signal;
const said = ["00:00", "02:00"].map((at, index) => ({
  at,
  at_seconds: index * 120,
  speaker: "Daniel Whitfield",
  side: "internal",
  text: "I will send it.",
}));
const priority = { priority: "high", reason: "soon" };
const summary = {
  gist: "They spoke.",
  points: said.map(({ at, speaker }) => ({ text: "It will be sent", speaker, at })),
  objections: [],
  competitors: [],
  next_steps: [{ what: "Send it", owner: "Daniel Whitfield", due: null, at: "00:00", ...priority }],
  sentiment: "neutral",
};

function stepsOf(account: string): Step[] {
  const read = (tool: string, output: unknown): Step => ({
    kind: "tool_result",
    toolUseId: tool,
    tool,
    arguments: {},
    text: JSON.stringify(output),
    isError: false,
    ms: 1,
  });
  const call = {
    call_id: "1",
    title: "Review",
    url: null,
    started_at: "2026-11-18T10:00:00-05:00",
    duration_minutes: 30,
    owner: null,
    participants: [{ name: "Daniel Whitfield", email: "daniel@ours.example", side: "internal" }],
    account,
    brief: null,
    key_points: [],
    next_steps: [],
    trackers: [],
  };
  const usage = { inputTokens: 0, cacheWriteTokens: 0, cacheReadTokens: 0, outputTokens: 0 };
  const content = [{ type: "text" as const, text: JSON.stringify(summary) }];
  return [
    read("gong__get_call_summary", call),
    read("gong__get_call_transcript", { segments: said }),
    { kind: "answer", content, stopReason: "end_turn", model: "claude-test", usage },
  ];
}

const letters = (text: string) =>
  text
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z]/g, "");

type Tools = CallActionsOptions["tools"];
const away: ToolResult = { text: "asana is left alone for now.", isError: true, isRetryable: true };

function actions(tools: Partial<Tools>, { account = "Acme", projects = ["Deal follow-ups"] } = {}) {
  const turn = { id: "t", teamId: "T1", channel: "C1", threadTs: "1.1", task: { kind: "call_summary" } };
  return createCallActions({
    turns: { get: () => Promise.resolve(turn as never), steps: () => Promise.resolve(stepsOf(account)) },
    presses: { keyOf: (button) => Promise.resolve(button) },
    tools: {
      call: (_, args) => {
        const found = projects.filter((name) => letters(name).includes(letters((args as { query: string }).query)));
        return Promise.resolve({
          text: JSON.stringify({ projects: found.map((name) => ({ id: name, name })) }),
          isError: false,
        });
      },
      preview: () => Promise.resolve({ preview: { summary: "", changes: [] }, policy: "ask" }),
      ...tools,
    },
    calendar: { weekStart: "monday", fiscalYearStartMonth: 1 },
    followUpProject: "Deal follow-ups",
    agent: "sophia",
  });
}

const presser = { turnId: "t2", userId: "U2", groups: [], identities: {} };
async function task(of: ReturnType<typeof actions>) {
  const planned = await of.tasks("t", presser, signal);
  return typeof planned === "string" ? planned : planned.calls[0]?.arguments;
}

describe("a task of a call", () => {
  it.each([
    ["Acme", "Acme Living onboarding", "Deal follow-ups"],
    ["Acme", "ACME", "ACME"],
    ["Acmé, Inc.", "acme inc", "acme inc"],
    ["Acme", "Acme renewal", "Deal follow-ups"],
    ["???", "!!!", "Deal follow-ups"],
  ])("of %s does, with a project %s, stand in %s", async (account, project, chosen) => {
    const projects = [project, "Deal follow-ups"];
    expect(await task(actions({}, { account, projects }))).toMatchObject({ project: chosen, priority: "High" });
  });

  it("leaves out what Asana refuses", async () => {
    const preview: Tools["preview"] = (_, args) =>
      Promise.resolve(
        "priority" in (args as object)
          ? { refused: "The project has no priority." }
          : { preview: { summary: "", changes: [] }, policy: "ask" },
      );
    const made = await task(actions({ preview }));
    expect(made).toMatchObject({ project: "Deal follow-ups", assignee: "daniel@ours.example" });
    expect(made).not.toHaveProperty("priority");
  });

  const refused = { refused: away.text, isRetryable: true };
  const never = () => Promise.reject(new Error("broke off the connection"));
  it.each<[string, Partial<Tools>]>([
    ["does not say which projects it has", { call: () => Promise.resolve(away) }],
    ["cannot be asked for its projects", { call: never }],
    ["does not say whether it takes a task", { preview: () => Promise.resolve(refused) }],
    ["cannot be asked whether it takes a task", { preview: never }],
    [
      "is away after it has refused the fullest form",
      { preview: (_, args) => Promise.resolve("priority" in (args as object) ? { refused: "No." } : refused) },
    ],
  ])("is not made where Asana %s, and who pressed is told to do so again", async (_, tools) => {
    await expect(task(actions(tools))).rejects.toMatchObject({
      name: "ServiceError",
      message: "Asana does not answer just now, so no tasks were made. Press the button again in a minute.",
      retryable: true,
    });
  });
});
