import { describe, expect, it } from "vitest";
import { createPlannedModel } from "../../../src/agent/planned-model.ts";
import type { Step, ToolResult } from "../../../src/agent/ports.ts";
import { MemoryTools, ScriptedModel, toolDefinition } from "../../support/agent-doubles.ts";
import { kinds } from "../../support/gong-tools.ts";
import { makeAgent, runTurn } from "../../support/run-agent.ts";

const plan = [
  { tool: "asana__create_task", arguments: { name: "Call Acme" } },
  { tool: "asana__create_task", arguments: { name: "Send [the] offer" } },
];

function asana(answers: Partial<ToolResult>[]): MemoryTools {
  const tools = new MemoryTools();
  const rest = [...answers];
  const handler = () => ({ text: "", isError: false, ...rest.shift()! });
  return tools.add(toolDefinition("asana__create_task", { readOnly: false }), handler);
}

function made(name: string, id: number) {
  const url = `https://app.asana.com/0/1/${id}`;
  return { text: JSON.stringify({ name, url }), links: [url] };
}

describe("calls that were decided on before", () => {
  it("are made in one answer, and what came of each is said with its link, without Claude", async () => {
    const model = new ScriptedModel();
    const tools = asana([made("Call Acme", 1), made("Send [the] offer", 2)]);
    const ran = await runTurn(makeAgent({ model, tools }), "two tasks", { model: createPlannedModel("turn_1", plan) });
    expect(kinds(ran.recorded)).toEqual(["question", "answer", "tool_result", "tool_result", "answer"]);
    expect(tools.calls.map(({ args }) => args)).toEqual(plan.map((call) => call.arguments));
    expect(ran.reply.markdown).toBe(
      "- Created [Call Acme](https://app.asana.com/0/1/1)\n- Created [Send \\[the\\] offer](https://app.asana.com/0/1/2)",
    );
    expect(ran.outcome.usage).toEqual({ inputTokens: 0, cacheWriteTokens: 0, cacheReadTokens: 0, outputTokens: 0 });
  });

  it("wait for a person together, go on with what they were told, and say what was not done", async () => {
    const held = asana([
      { text: "", isWaiting: true },
      { text: "", isWaiting: true },
    ]);
    const planned = () => createPlannedModel("turn_1", plan);
    const first = await runTurn(makeAgent({ model: new ScriptedModel(), tools: held }), "two tasks", {
      model: planned(),
    });
    expect(first.outcome.status).toBe("suspended");
    const waiting = first.recorded.at(-1) as Extract<Step, { kind: "waiting" }>;
    expect(waiting.toolUseIds).toEqual(["toolu_turn_1_0", "toolu_turn_1_1"]);
    const denied = { text: "Not done: it was denied.\nDo not try it again.", isError: true };
    const tools = asana([denied, made("Send [the] offer", 2)]);
    const agent = makeAgent({ model: new ScriptedModel(), tools });
    const second = await runTurn(agent, "two tasks", { model: planned(), steps: first.recorded });
    expect(second.outcome.status).toBe("done");
    expect(second.reply.markdown).toContain("- Not done: it was denied.\n- Created [Send");
  });
});

describe("a turn that may only read", () => {
  it("is offered reads alone, and says to the gateway that it is one", async () => {
    const tools = new MemoryTools();
    tools.add(toolDefinition("gong__get_calls"), () => "none");
    tools.add(toolDefinition("asana__create_task", { readOnly: false }), () => "made");
    const model = createPlannedModel("turn_1", [
      { tool: "gong__get_calls", arguments: {} },
      { tool: "asana__create_task", arguments: { name: "x" } },
    ]);
    const turn = {
      id: "turn_1",
      agent: "sophia",
      text: "a digest",
      teamId: "T0NORTHWIND",
      userId: "U0MAYA00001",
      channel: "C0SALES0001",
      threadTs: "1.0",
      audience: "channel" as const,
      askedAt: 0,
      isReadOnly: true,
    };
    const ran = await runTurn(makeAgent({ model: new ScriptedModel(), tools }), "a digest", { model, turn });
    expect(tools.calls.map(({ name }) => name)).toEqual(["gong__get_calls"]);
    expect(tools.calls[0]?.caller).toMatchObject({ isReadOnly: true });
    expect(ran.reply.markdown).toContain("asana__create_task");
  });
});
