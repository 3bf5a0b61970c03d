import { describe, expect, it } from "vitest";
import { shapeHistory } from "../../../src/agent/memory.ts";
import type { Step } from "../../../src/agent/ports.ts";
import { answer, call, MemoryTools, ScriptedModel, text, toolDefinition } from "../../support/agent-doubles.ts";
import { kinds } from "../../support/gong-tools.ts";
import { makeAgent, NOW, type Ran, runTurn } from "../../support/run-agent.ts";

const waits = { text: "It waits for a person's consent.", isError: true, isWaiting: true };
const done = "Created.";
const denied = { text: "The person did not want it.", isError: true };
const write = (id: string, name = id) => call(id, "asana__create_task", { name });
const read = (id: string) => call(id, "gong__get_calls");

/** Tools whose writes wait until the test decides about them, by the task's name. */
function asana(decided: Record<string, { text: string; isError: boolean } | string> = {}) {
  const progress = { one: "Creating a task", many: "Creating {count} tasks" };
  const tools = new MemoryTools()
    .add(toolDefinition("gong__get_calls"), () => "Two calls")
    .add(toolDefinition("asana__create_task", { service: "Asana", readOnly: false, progress }), ({ name }) =>
      name in decided ? decided[name]! : waits,
    );
  return { tools, decided };
}

/** An agent that keeps what it asked people, and when: in the order of what the reply was told. */
function agentWith(model: ScriptedModel, tools: MemoryTools) {
  const shown: string[] = [];
  const agent = makeAgent({ model, tools, approvals: { show: async (turn) => void shown.push(turn.id) } });
  return { agent, shown };
}

const plan = answer([text("I do both."), read("r"), write("a")]);
/** What the reply was told, however the words came. */
const said = ({ reply }: Ran): string =>
  reply.log
    .join("\n")
    .replaceAll("\nwrite ", "")
    .replace(/^write /, "");
const stepsOf = ({ steps }: Ran): Step[] => structuredClone(steps);

describe("a turn whose write waits for a person", () => {
  it("does the rest of the step, shows what waits below what it said, and ends as suspended", async () => {
    const { tools } = asana();
    const { agent, shown } = agentWith(new ScriptedModel(plan), tools);
    const ran = await runTurn(agent, "create a task");
    expect(ran.outcome).toMatchObject({ status: "suspended", usage: { outputTokens: 20 } });
    expect(kinds(ran.recorded)).toEqual(["question", "answer", "tool_result", "waiting"]);
    expect(ran.recorded.at(-1)).toEqual({ kind: "waiting", toolUseIds: ["a"] });
    expect(shown).toEqual(["turn_1"]);
    expect(ran.reply.log.slice(-3)).toEqual([
      "task complete Creating a task | Waits for a decision below",
      "break",
      "suspend",
    ]);
    expect(ran.reply.finished).toBe(0);
  });

  it("goes on from there: what was done is not done again, and the model reads what came of the write", async () => {
    const { tools, decided } = asana();
    const first = await runTurn(agentWith(new ScriptedModel(plan), tools).agent, "create a task");
    decided["a"] = done;
    const model = new ScriptedModel(answer([text("It is there.")]));
    const { agent, shown } = agentWith(model, tools);
    const again = await runTurn(agent, "create a task", { steps: stepsOf(first) });
    expect(again.outcome.status).toBe("done");
    expect(tools.calls.map(({ name }) => name)).toEqual([
      "gong__get_calls",
      "asana__create_task",
      "asana__create_task",
    ]);
    // What the calls were read beside has been read by now.
    const [, asked] = tools.calls;
    expect(tools.calls[2]).toEqual({ ...asked, caller: { ...asked?.caller, hasReadOthers: true } });
    expect(kinds(again.recorded)).toEqual(["tool_result", "answer"]);
    expect(shown).toEqual([]);
    // The replay is what stands there already; what follows stands below the break.
    const [before, after] = said(again).split("\nbreak\n");
    expect(before).toBe(said(first).split("\nbreak\n")[0]);
    expect(after?.split("\n")).toEqual([
      "task in_progress Creating a task",
      "task complete Creating a task | Done",
      "",
      "It is there.",
    ]);
    expect(kinds(model.last.steps)).toEqual(["question", "answer", "tool_result", "tool_result"]);
    expect(model.last.steps.at(-1)).toMatchObject({ toolUseId: "a", text: done });
  });

  it("goes on with the words of a denial", async () => {
    const { tools, decided } = asana();
    const first = await runTurn(agentWith(new ScriptedModel(plan), tools).agent, "create a task");
    decided["a"] = denied;
    const model = new ScriptedModel(answer([text("Then not.")]));
    const again = await runTurn(agentWith(model, tools).agent, "create a task", { steps: stepsOf(first) });
    expect(again.reply.cards.at(-1)).toBe("task error Creating a task | The person did not want it.");
    expect(again.reply.markdown).toContain("Then not.");
    expect(model.last.steps.at(-1)).toMatchObject({ isError: true, text: denied.text });
  });

  it("waits on when it is run before anybody has decided, and records nothing anew", async () => {
    const { tools } = asana();
    const first = await runTurn(agentWith(new ScriptedModel(plan), tools).agent, "create a task");
    const { agent, shown } = agentWith(new ScriptedModel(), tools);
    const again = await runTurn(agent, "create a task", { steps: stepsOf(first) });
    expect(again.outcome.status).toBe("suspended");
    expect(again.recorded).toEqual([]);
    expect(said(again)).toBe(said(first));
    expect(shown).toEqual(["turn_1"]);
  });

  it("keeps the result of one of its writes when it dies before the next", async () => {
    const { tools, decided } = asana();
    const both = answer([write("a"), write("b")]);
    const first = await runTurn(agentWith(new ScriptedModel(both), tools).agent, "create two tasks");
    expect(first.recorded.at(-1)).toEqual({ kind: "waiting", toolUseIds: ["a", "b"] });
    Object.assign(decided, { a: done, b: done });
    const toolResult: Step = {
      kind: "tool_result",
      toolUseId: "a",
      tool: "asana__create_task",
      arguments: { name: "a" },
      text: done,
      isError: false,
      ms: 1,
    };
    const model = new ScriptedModel(answer([text("Both are there.")]));
    const steps = [...stepsOf(first), toolResult];
    const again = await runTurn(agentWith(model, tools).agent, "create two tasks", { steps });
    expect(again.outcome.status).toBe("done");
    expect(tools.calls.slice(2).map(({ args }) => args)).toEqual([{ name: "b" }]);
    expect([...again.reply.tasks.values()].map(({ status }) => status)).toEqual(["complete", "complete", "complete"]);
  });

  it("may wait again, for another write", async () => {
    const { tools, decided } = asana({ a: done });
    const steps = (await runTurn(agentWith(new ScriptedModel(plan), asana().tools).agent, "create a task")).steps;
    const model = new ScriptedModel(answer([text("And one more."), write("b")]));
    const second = await runTurn(agentWith(model, tools).agent, "create a task", { steps });
    expect(second.outcome.status).toBe("suspended");
    expect(second.recorded.at(-1)).toEqual({ kind: "waiting", toolUseIds: ["b"] });
    decided["b"] = done;
    const last = new ScriptedModel(answer([text("That is all.")]));
    const third = await runTurn(agentWith(last, tools).agent, "create a task", { steps: stepsOf(second) });
    expect(third.outcome.status).toBe("done");
    expect(third.reply.log.filter((line) => line === "break")).toHaveLength(2);
  });

  it("counts its steps and tokens over all attempts, its time not while it waits", async () => {
    const { tools, decided } = asana();
    const first = await runTurn(agentWith(new ScriptedModel(plan), tools).agent, "create a task");
    decided["a"] = done;
    const late = { now: () => NOW + 20 * 3_600_000 };
    const model = new ScriptedModel(answer([text("Done.")]));
    const again = await runTurn(makeAgent({ model, tools, clock: late }), "create a task", { steps: stepsOf(first) });
    expect(again.outcome).toMatchObject({ status: "done", usage: { outputTokens: 40 } });
    expect(again.outcome).not.toHaveProperty("reason");
    const poor = new ScriptedModel(answer([text("I stop here.")]));
    const settings = { steps: 1 };
    const over = await runTurn(makeAgent({ model: poor, tools, settings }), "q", { steps: stepsOf(first) });
    expect(over.outcome).toMatchObject({ status: "done", reason: "budget" });
    expect(poor.last.toolChoice).toBe("none");
  });
});

describe("the memory of a turn that waits", () => {
  const limits = { resultChars: 1_000, historyTokens: 10_000 };

  it("says that nothing was done yet, in whole steps", async () => {
    const { recorded } = await runTurn(agentWith(new ScriptedModel(plan), asana().tools).agent, "create a task");
    const history = shapeHistory(recorded, limits, "claude-test");
    expect(kinds(history)).toEqual(["question", "answer", "tool_result", "tool_result", "answer"]);
    expect(history[3]).toMatchObject({
      toolUseId: "a",
      isError: true,
      text: expect.stringContaining("had not decided"),
    });
    expect(JSON.stringify(history.at(-1))).toContain("a person's decision was waited for");
  });

  it("is a whole turn once it has gone on", async () => {
    const { tools, decided } = asana();
    const first = await runTurn(agentWith(new ScriptedModel(plan), tools).agent, "create a task");
    decided["a"] = done;
    const model = new ScriptedModel(answer([text("It is there.")]));
    const { steps } = await runTurn(agentWith(model, tools).agent, "create a task", { steps: stepsOf(first) });
    const history = shapeHistory(steps, limits, "claude-test");
    expect(history).toEqual(steps.filter(({ kind }) => kind !== "waiting"));
  });
});
