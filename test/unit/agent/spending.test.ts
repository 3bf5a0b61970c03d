import { describe, expect, it } from "vitest";
import type { Answer, ModelListener, ModelRequest, Step } from "../../../src/agent/ports.ts";
import { answer, maya, ScriptedModel, text, usage } from "../../support/agent-doubles.ts";
import { gong, kinds, listCalls } from "../../support/gong-tools.ts";
import { MemorySpending } from "../../support/memory-spending.ts";
import { makeAgent, runTurn } from "../../support/run-agent.ts";

const words = "This is what I know.";
const stopped = "Today's budget is used up.";

/** Calls a tool for as long as it may. */
const endless = (request: ModelRequest, listener: ModelListener): Promise<Answer> => {
  if (request.toolChoice === "auto") return Promise.resolve(answer([listCalls(`call${request.steps.length}`)]));
  listener.onText(words);
  return Promise.resolve(answer([text(words)]));
};
const script = (times: number) => new ScriptedModel(...Array.from({ length: times }, () => endless));

function stoppingAfter(answers: number): MemorySpending {
  const spending = new MemorySpending();
  spending.stopsAfter = answers;
  return spending;
}

describe("a cap of the day", () => {
  it("that is reached at the beginning leaves no call of the model, and one sentence", async () => {
    const model = new ScriptedModel();
    const { outcome, reply } = await runTurn(makeAgent({ model, tools: gong(), spending: stoppingAfter(0) }), "all");
    expect(model.requests).toEqual([]);
    expect(reply.markdown).toBe(stopped);
    expect(outcome).toMatchObject({ status: "failed", reason: "spend" });
    expect(reply.finished).toBe(1);
  });

  it("that is reached after something was read leaves one last answer without tools, and says so below it", async () => {
    const model = script(3);
    const { outcome, reply, recorded } = await runTurn(
      makeAgent({ model, tools: gong(), spending: stoppingAfter(2) }),
      "all",
    );
    expect(model.requests.map((request) => request.toolChoice)).toEqual(["auto", "auto", "none"]);
    expect(reply.markdown).toBe(`${words}\n\n${stopped}`);
    expect(outcome).toMatchObject({ status: "done", reason: "spend" });
    expect(recorded.at(-2)).toMatchObject({ kind: "note", reason: "budget", notice: stopped });
  });

  it("that is reached before anything was read leaves no further call, and says so below what was said", async () => {
    const model = new ScriptedModel(answer([text("Acme wants a dis")], "max_tokens"));
    const { outcome, reply } = await runTurn(makeAgent({ model, spending: stoppingAfter(1) }), "all");
    expect(model.requests).toHaveLength(1);
    expect(reply.markdown).toBe(`Acme wants a dis\n\n${stopped}`);
    expect(outcome).toMatchObject({ status: "failed", reason: "spend" });
  });

  it("allows no second attempt at the last answer", async () => {
    const silent = () => Promise.resolve(answer([], "max_tokens"));
    const model = new ScriptedModel(endless, silent);
    const { outcome, reply } = await runTurn(makeAgent({ model, tools: gong(), spending: stoppingAfter(1) }), "all");
    expect(model.requests).toHaveLength(2);
    expect(reply.markdown).toBe(stopped);
    expect(outcome).toMatchObject({ status: "failed", reason: "spend" });
  });

  it("is said again by an attempt that finds the last answer recorded, whatever the caps are by then", async () => {
    const first = await runTurn(makeAgent({ model: script(3), tools: gong(), spending: stoppingAfter(2) }), "all");
    const again = await runTurn(makeAgent({ model: new ScriptedModel(), tools: gong() }), "all", {
      steps: first.recorded,
    });
    expect(again.reply.markdown).toBe(`${words}\n\n${stopped}`);
    expect(again.recorded).toEqual([]);
  });

  it("that comes near is said below the answer", async () => {
    const spending = new MemorySpending();
    spending.near = ["Nearly used up.", "This as well."];
    const model = new ScriptedModel(answer([text("Here you are.")]));
    const { reply, outcome } = await runTurn(makeAgent({ model, spending }), "all");
    expect(reply.markdown).toBe("Here you are.\n\nNearly used up.\n\nThis as well.");
    expect(outcome).toMatchObject({ status: "done" });
  });
});

describe("each answer of the model", () => {
  it("is counted once, for its asker and place", async () => {
    const spending = new MemorySpending();
    await runTurn(makeAgent({ model: script(4), tools: gong(), settings: { steps: 3 }, spending }), "all");
    const spender = { turnId: "turn_1", userId: maya.userId, channel: "C0SALES0001", audience: "channel" };
    const counted = { spender, answer: expect.objectContaining({ model: "claude-test", usage }) };
    expect(spending.counted).toEqual([counted, counted, counted, counted]);
  });

  it("is counted where it was thrown away, and asked about before each step", async () => {
    const spending = new MemorySpending();
    const model = new ScriptedModel(answer([], "max_tokens"), answer([text("Short.")]));
    await runTurn(makeAgent({ model, spending }), "all");
    expect(spending.counted).toHaveLength(2);
    expect(spending.asked).toBe(2);
  });

  it("is counted where it was broken off, and is of the turn", async () => {
    const spending = new MemorySpending();
    const stop = new AbortController();
    const breaks = async (_: ModelRequest, listener: ModelListener): Promise<Answer> => {
      listener.onLost(usage);
      return answer([text("Whole.")]);
    };
    const { outcome } = await runTurn(makeAgent({ model: new ScriptedModel(breaks), spending }), "all");
    expect(outcome.usage.outputTokens).toBe(2 * usage.outputTokens);
    const stops = async (_: ModelRequest, listener: ModelListener): Promise<Answer> => {
      listener.onLost(usage);
      stop.abort(new Error("stopped"));
      throw stop.signal.reason;
    };
    const stopped = makeAgent({ model: new ScriptedModel(stops), spending });
    await expect(runTurn(stopped, "all", { signal: stop.signal })).rejects.toThrow("stopped");
    expect(spending.counted).toHaveLength(3);
  });

  it("is counted where its attempt crashed, and not again when it is replayed", async () => {
    const spending = new MemorySpending();
    const model = script(1);
    const tools = gong();
    const recorded: Step[] = [];
    const crash = new Error("power cut");
    const checkpoint = async (steps: readonly Step[]) => {
      if (steps.some(({ kind }) => kind === "tool_result")) throw crash;
      recorded.push(...steps);
    };
    await expect(runTurn(makeAgent({ model, tools, spending }), "all", { checkpoint })).rejects.toBe(crash);
    expect(kinds(recorded)).toEqual(["question", "answer"]);
    expect(spending.counted).toHaveLength(1);
    const rest = new ScriptedModel(answer([text("Done.")]));
    await runTurn(makeAgent({ model: rest, tools, spending }), "all", { steps: recorded });
    expect(spending.counted).toHaveLength(2);
  });
});

describe("the budget of a turn in dollars", () => {
  const prices = { "claude-test": { input: 1, cacheWrite: 1, cacheRead: 1, output: 1 } };
  const usd = 0.002;

  it("leaves one last answer once it is spent", async () => {
    const model = script(3);
    const settings = { usd, prices };
    const { recorded, outcome } = await runTurn(makeAgent({ model, tools: gong(), settings }), "all");
    expect(model.requests.map((request) => request.toolChoice)).toEqual(["auto", "auto", "none"]);
    expect(recorded.at(-2)).toMatchObject({ reason: "budget", text: expect.stringContaining("0.002 USD") });
    expect(outcome).toMatchObject({ status: "done", reason: "budget" });
  });

  it("counts what was thrown away, and nothing for a model without a price", async () => {
    const thrown = new ScriptedModel(answer([], "max_tokens"), answer([], "max_tokens"), endless);
    await runTurn(makeAgent({ model: thrown, tools: gong(), settings: { usd, prices } }), "all");
    expect(thrown.requests.map((request) => request.toolChoice)).toEqual(["auto", "auto", "none"]);
    const free = script(4);
    await runTurn(makeAgent({ model: free, tools: gong(), settings: { usd, prices: {}, steps: 3 } }), "all");
    expect(free.requests).toHaveLength(4);
  });
});
