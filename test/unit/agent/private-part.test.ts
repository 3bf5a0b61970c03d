import { describe, expect, it } from "vitest";
import type { PrivateAnswers, Step, ToolResult } from "../../../src/agent/ports.ts";
import { createPlannedModel } from "../../../src/agent/planned-model.ts";
import { answer, call, maya, MemoryTools, ScriptedModel, text, toolDefinition } from "../../support/agent-doubles.ts";
import { getTranscript, kinds, readCall } from "../../support/gong-tools.ts";
import { makeAgent, runTurn } from "../../support/run-agent.ts";

type Moved = Parameters<PrivateAnswers["move"]>[0];

/** Keeps what was moved, and each of it once, as the records do. */
function mover(opens = true) {
  const moved = new Map<string, Moved>();
  const move = async (question: Moved) => {
    if (opens && !moved.has(question.turnId)) moved.set(question.turnId, question);
    return opens;
  };
  return { moved, move };
}

const secret = "the board's own words";
const refused: ToolResult = { text: secret, isError: true, isPrivate: true };
const createTask = toolDefinition("asana__create_task", { readOnly: false, service: "Asana" });

/** One call is private, the others are not. */
const tools = () =>
  new MemoryTools()
    .add(getTranscript, ({ id }) => (id === "secret" ? refused : `transcript of ${id}`))
    .add(createTask, ({ name }) =>
      name === "held" ? { text: "waits", isError: true, isWaiting: true } : { text: "created", isError: false },
    );
const script = () =>
  new ScriptedModel(answer([text("I look at both."), readCall("a", "open"), readCall("b", "secret")]));

const question = {
  id: "turn_1",
  agent: "sophia",
  text: "what was said?",
  teamId: "T0NORTHWIND",
  userId: maya.userId,
  channel: "C0SALES0001",
  threadTs: "1795291440.000100",
  audience: "channel" as const,
  askedAt: 0,
};
const moving = "Part of this is not for everybody here, so I answer you in a direct message.";

describe("a part that is for the asker alone", () => {
  it("ends the turn, and its question goes over, with nothing of what was refused", async () => {
    const { moved, move } = mover();
    const model = script();
    const ran = await runTurn(makeAgent({ model, tools: tools(), privateAnswers: { move } }), "what was said?");
    expect(ran.outcome).toMatchObject({ status: "done", reason: "moved_to_dm" });
    expect(ran.reply.markdown).toBe(`I look at both.\n\n${moving}`);
    expect([...moved.values()]).toEqual([
      { turnId: "turn_1", agent: "sophia", teamId: "T0NORTHWIND", userId: maya.userId, text: "what was said?" },
    ]);
    expect(kinds(ran.recorded)).toEqual(["question", "answer", "tool_result", "note"]);
    expect(JSON.stringify([ran.recorded, [...ran.reply.tasks.values()]])).not.toContain(secret);
    expect([...ran.reply.tasks.values()].at(-1)).toMatchObject({ status: "error", output: "Not for everybody here" });
    expect(model.requests).toHaveLength(1);
  });

  it("may write no more where it goes than it might here", async () => {
    const { moved, move } = mover();
    const agent = makeAgent({ model: script(), tools: tools(), privateAnswers: { move } });
    const turn = { ...question, isReadOnly: true };
    await runTurn(agent, "what was said?", { turn });
    expect([...moved.values()]).toMatchObject([{ text: "what was said?", isReadOnly: true }]);
  });

  it("is not asked anew where its calls were decided on before: the words alone are not what was meant", async () => {
    const { moved, move } = mover();
    const planned = createPlannedModel("turn_1", [{ tool: getTranscript.name, arguments: { id: "secret" } }]);
    const agent = makeAgent({ model: script(), tools: tools(), privateAnswers: { move } });
    const ran = await runTurn(agent, "Log this call.", { model: planned });
    expect(ran.outcome).toMatchObject({ status: "done", reason: "private" });
    expect(ran.reply.markdown).toContain("so it is not done");
    expect(moved.size).toBe(0);
  });

  it("is asked for once more by an attempt that knows nothing of the first, and moves once", async () => {
    const { moved, move } = mover();
    const agent = makeAgent({ model: script(), tools: tools(), privateAnswers: { move } });
    const first = await runTurn(agent, "what was said?");
    const lost = first.recorded.filter((step) => step.kind !== "note");
    const second = await runTurn(agent, "what was said?", { steps: lost });
    expect(second.outcome.reason).toBe("moved_to_dm");
    expect(second.reply.markdown).toBe(first.reply.markdown);
    expect(moved.size).toBe(1);
  });

  it("is neither read nor moved again by an attempt that finds it ended", async () => {
    const { moved, move } = mover();
    const first = await runTurn(makeAgent({ model: script(), tools: tools(), privateAnswers: { move } }), "q");
    const again = tools();
    moved.clear();
    const agent = makeAgent({ model: new ScriptedModel(), tools: again, privateAnswers: { move } });
    const second = await runTurn(agent, "q", { steps: first.recorded });
    expect(second.reply.markdown).toBe(first.reply.markdown);
    expect(second.outcome).toMatchObject({ status: "done", reason: "moved_to_dm" });
    expect([...second.reply.tasks.values()].every(({ status }) => status !== "in_progress")).toBe(true);
    expect([again.calls, moved.size, second.recorded]).toEqual([[], 0, []]);
  });

  it("is told in the thread where there is no direct message", async () => {
    const { move } = mover(false);
    const ran = await runTurn(makeAgent({ model: script(), tools: tools(), privateAnswers: { move } }), "q");
    expect(ran.outcome).toMatchObject({ status: "done", reason: "private" });
    expect(ran.reply.markdown).toContain("Slack opens no direct message with you for me");
  });

  it("does not begin a question anew for which something was written already", async () => {
    const { moved, move } = mover();
    const write = answer([call("w", createTask.name, { name: "good" })]);
    const model = new ScriptedModel(write, answer([readCall("b", "secret")]));
    const agent = makeAgent({ model, tools: tools(), privateAnswers: { move } });
    const ran = await runTurn(agent, "q");
    expect(ran.outcome).toMatchObject({ status: "done", reason: "private" });
    expect(ran.reply.markdown).toContain("Something was done for this question already");
    expect(moved.size).toBe(0);
  });

  it("does not leave a card for a write that the same step asked for", async () => {
    const shown: unknown[] = [];
    const { move } = mover();
    const model = new ScriptedModel(answer([call("w", createTask.name, { name: "held" }), readCall("b", "secret")]));
    const approvals = { show: async (turn: unknown) => void shown.push(turn) };
    const ran = await runTurn(makeAgent({ model, tools: tools(), approvals, privateAnswers: { move } }), "q");
    expect(ran.outcome).toMatchObject({ status: "done", reason: "moved_to_dm" });
    expect(shown).toEqual([]);
  });

  it("is told to later questions of the thread as to its people", async () => {
    const { move } = mover();
    const first = await runTurn(makeAgent({ model: script(), tools: tools(), privateAnswers: { move } }), "q");
    const model = new ScriptedModel(answer([text("It was moved.")]));
    const later = await runTurn(makeAgent({ model, tools: tools() }), "and?", { history: first.recorded });
    expect(later.outcome.status).toBe("done");
    const told = JSON.stringify(model.last.steps satisfies readonly Step[]);
    expect(told).toContain(moving);
    expect(told).not.toContain(secret);
  });
});
