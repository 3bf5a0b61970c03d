import { describe, expect, it } from "vitest";
import type { ToolReader } from "../../../src/workflows/tool-reader.ts";
import { createTaskDirectory } from "../../../src/workflows/tasks/directory.ts";
import { onlyDayIn, placeFor } from "../../../src/workflows/tasks/line-place.ts";
import { taskCall } from "../../../src/workflows/tasks/task-call.ts";

const signal = new AbortController().signal;

function directory() {
  const calls: [string, object][] = [];
  let now = 0;
  const reader: ToolReader = async (tool, args, schema) => {
    calls.push([tool, args]);
    const first = { projects: [{ name: "Renewals" }], cursor: "2" };
    const answers: Record<string, unknown> = {
      asana__list_projects: args["cursor"] === undefined ? first : { projects: [{ name: "Onboarding" }] },
      asana__find_user: {
        users: [
          { name: "Zoë", email: "zoe@a.example" },
          { name: "Nobody", email: null },
        ],
      },
    };
    return { text: "", isError: false, output: schema.parse(answers[tool]) };
  };
  const caller = { audience: "channel" } as any;
  const made = createTaskDirectory({ reader, caller, clock: { now: () => now } });
  return { made, calls, pass: (ms: number) => (now += ms) };
}

describe("the task directory", () => {
  it("reads all pages of the projects, and again after five minutes", async () => {
    const { made, calls, pass } = directory();
    expect(await made.projects(signal)).toEqual(["Renewals", "Onboarding"]);
    await made.projects(signal);
    expect(calls.map(([, args]) => args)).toEqual([{ limit: 100 }, { limit: 100, cursor: "2" }]);
    pass(300_001);
    await made.projects(signal);
    expect(calls).toHaveLength(4);
  });

  it("knows people with an address, each word once", async () => {
    const { made, calls } = directory();
    expect(await made.named("Zoe", signal)).toEqual([{ name: "Zoë", email: "zoe@a.example" }]);
    await made.named("zoe", signal);
    expect(calls).toEqual([["asana__find_user", { query: "zoe" }]]);
  });
});

describe("the call that creates a task", () => {
  it("has the priority in the project's field, and in the notes where there is no project", () => {
    const task = { name: "Call Acme", dueOn: "2026-12-04", assignee: "me", priority: "High" as const };
    expect(taskCall({ ...task, project: "Renewals" }).arguments).toEqual({
      name: "Call Acme",
      due_on: "2026-12-04",
      assignee: "me",
      project: "Renewals",
      priority: "High",
    });
    expect(taskCall({ ...task, notes: "SSO" }).arguments).toEqual({
      name: "Call Acme",
      due_on: "2026-12-04",
      assignee: "me",
      notes: "Priority: High\n\nSSO",
    });
  });
});

describe("the one day that a message names", () => {
  const place = placeFor(Date.parse("2026-12-01T15:00:00Z"), "America/New_York", {
    weekStart: "monday",
    fiscalYearStartMonth: 1,
  });

  it.each([
    ["We need the DPA by friday, or they walk", "2026-12-04"],
    ["Please send it on 12 december. Thanks", "2026-12-12"],
    ["Either friday or monday works", undefined],
    ["They asked yesterday", undefined],
    ["Send the DPA", undefined],
  ])("%s", (text, day) => {
    expect(onlyDayIn(text, place)).toBe(day);
  });
});
