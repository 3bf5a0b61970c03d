import { describe, expect, it } from "vitest";
import type { Answer, ModelListener, ModelRequest, Step } from "../../../src/agent/ports.ts";
import { ServiceError } from "../../../src/core/errors.ts";
import { answer, MemoryTools, ScriptedModel, text, thinking } from "../../support/agent-doubles.ts";
import { getCalls, getTranscript, gong, kinds, listCalls, readCall, results } from "../../support/gong-tools.ts";
import { makeAgent, runTurn } from "../../support/run-agent.ts";

describe("the budget", () => {
  const endless = (request: ModelRequest, listener: ModelListener): Promise<Answer> => {
    if (request.toolChoice === "auto") return Promise.resolve(answer([listCalls(`call${request.steps.length}`)]));
    listener.onText("This is what I know.");
    return Promise.resolve(answer([text("This is what I know.")]));
  };
  const script = (times: number) => new ScriptedModel(...Array.from({ length: times }, () => endless));

  it("of steps leaves one last answer without tools", async () => {
    const model = script(4);
    const tools = gong();
    const { outcome, reply, recorded } = await runTurn(makeAgent({ model, tools, settings: { steps: 3 } }), "all");
    expect(outcome).toMatchObject({ status: "done", reason: "budget" });
    expect(reply.markdown).toBe("This is what I know.");
    expect(tools.calls).toHaveLength(3);
    expect(model.requests.map((request) => request.toolChoice)).toEqual(["auto", "auto", "auto", "none"]);
    expect(model.last.tools).toEqual(model.requests[0]?.tools);
    expect(recorded.at(-2)).toMatchObject({ kind: "note", reason: "budget", text: expect.stringContaining("3 steps") });
  });

  it("of tokens counts what the service counted", async () => {
    const model = script(3);
    await runTurn(makeAgent({ model, tools: gong(), settings: { tokens: 2000 } }), "all");
    expect(model.requests.map((request) => request.toolChoice)).toEqual(["auto", "auto", "none"]);
  });

  it("of time ends the tools, which say so", async () => {
    const model = script(2);
    const tools = new MemoryTools().add(getCalls, () => new Promise(() => {}));
    const { outcome, recorded } = await runTurn(makeAgent({ model, tools, settings: { wallMs: 20 } }), "all");
    expect(results(recorded)[0]).toMatchObject({
      isError: true,
      text: "Ended, as the time for this question has run out.",
    });
    expect(outcome).toMatchObject({ status: "done", reason: "budget" });
  });

  it("that runs out without an answer ends in a sentence", async () => {
    const hangs = (_: ModelRequest, __: ModelListener, signal: AbortSignal) =>
      new Promise<Answer>((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
    const model = new ScriptedModel(hangs);
    const { outcome, reply } = await runTurn(makeAgent({ model, settings: { wallMs: 10, graceMs: 10 } }), "all");
    expect(outcome).toMatchObject({ status: "failed", reason: "budget" });
    expect(reply.markdown).toMatch(/^I ran out of the time/);
    expect(reply.finished).toBe(1);
  });
});

describe("stop reasons", () => {
  it("pause_turn: sent again as it is", async () => {
    const paused = answer(
      [{ type: "server_tool_use", id: "s", name: "search", input: {} }, text("I look ")],
      "pause_turn",
    );
    const model = new ScriptedModel(paused, answer([text("further.")]));
    const { reply, outcome } = await runTurn(makeAgent({ model }), "look");
    expect(model.last.steps.at(-1)).toEqual(paused);
    expect(reply.markdown).toBe("I look further.");
    expect(outcome.status).toBe("done");
  });

  it("max_tokens before a word was said: asked again with more room, the cut-off call never run", async () => {
    const tools = gong();
    const model = new ScriptedModel(answer([listCalls("a", { from: "20" })], "max_tokens"), answer([text("Short.")]));
    const { outcome, recorded, reply } = await runTurn(
      makeAgent({ model, tools, settings: { maxTokens: 1000 } }),
      "all",
    );
    expect(tools.calls).toEqual([]);
    expect(model.requests.map((request) => request.maxTokens)).toEqual([1000, 2000]);
    expect(kinds(recorded)).toEqual(["question", "answer"]);
    expect(reply.markdown).toBe("Short.");
    expect(outcome.usage.outputTokens).toBe(40);
  });

  it("max_tokens in the middle of a text: carried on, joined, without the cut-off call", async () => {
    const model = new ScriptedModel(
      answer(
        [
          thinking("Hm."),
          { type: "thinking", thinking: "cut", signature: "" },
          text("Acme wants a dis"),
          listCalls("a"),
        ],
        "max_tokens",
      ),
      answer([text("count of 10%.")]),
    );
    const tools = gong();
    const { reply, recorded, outcome } = await runTurn(makeAgent({ model, tools }), "all");
    expect(reply.markdown).toBe("Acme wants a discount of 10%.");
    expect(tools.calls).toEqual([]);
    expect((recorded[1] as Answer).content).toEqual([thinking("Hm."), text("Acme wants a dis")]);
    expect(recorded[2]).toMatchObject({ kind: "note", reason: "continue" });
    expect(outcome.status).toBe("done");
  });

  it("max_tokens again and again: ends with a sentence", async () => {
    const endless = ["a", "b", "c", "d"].map((letter) => answer([text(letter.repeat(5))], "max_tokens"));
    const { reply, outcome } = await runTurn(makeAgent({ model: new ScriptedModel(...endless) }), "all");
    expect(outcome).toMatchObject({ status: "failed", reason: "too_long" });
    expect(reply.markdown).toMatch(/^aaaaabbbbbcccccddddd\n\nThe answer is longer than I can write/);
  });

  it("refusal: said plainly, with its reason, and not in the next turn's memory", async () => {
    const refused = { ...answer([text("Well, ")], "refusal"), refusal: "It could do harm." };
    const first = await runTurn(makeAgent({ model: new ScriptedModel(refused) }), "bad");
    expect(first.outcome).toMatchObject({ status: "failed", reason: "refusal" });
    expect(first.reply.markdown).toBe("Well, \n\nClaude declined to answer this. Its reason: It could do harm.");
    const model = new ScriptedModel(answer([text("Good.")]));
    await runTurn(makeAgent({ model }), "good", { history: first.steps });
    expect(kinds(model.last.steps)).toEqual(["question"]);
  });

  it("model_context_window_exceeded: compacted and tried once more", async () => {
    const long = "x".repeat(900);
    const tools = new MemoryTools().add(getTranscript, () => long);
    const model = new ScriptedModel(
      answer([readCall("a")]),
      answer([readCall("b")]),
      answer([], "model_context_window_exceeded"),
      answer([text("Short.")]),
    );
    const { outcome, reply } = await runTurn(makeAgent({ model, tools, settings: { resultChars: 1000 } }), "all");
    expect(outcome.status).toBe("done");
    expect(reply.markdown).toBe("Short.");
    const [old, recent] = results(model.last.steps);
    expect(old?.text).toMatch(/^\[Left out here to save room: 900 characters/);
    expect(recent?.text).toMatch(/^x{500}\n\[Cut here: 400 of 900/);
  });

  it("model_context_window_exceeded twice: said plainly", async () => {
    const tooLong = answer([], "model_context_window_exceeded");
    const { outcome, reply } = await runTurn(makeAgent({ model: new ScriptedModel(tooLong, tooLong) }), "all");
    expect(outcome).toMatchObject({ status: "failed", reason: "context" });
    expect(reply.markdown).toMatch(/^This is more than I can read at once/);
  });

  describe("model_context_window_exceeded in the middle of a text", () => {
    const full = (words: string) => answer([text(words)], "model_context_window_exceeded");
    const incomplete = /\n\nThis answer is not complete: it rests on more than I can read at once\. Ask for less/;
    const tools = () => new MemoryTools().add(getTranscript, (args) => args.id.repeat(900));
    const settings = { resultChars: 1000 };

    it("is carried on from the results that it rests on, without tools, by another attempt as well", async () => {
      const script = [answer([readCall("a")]), answer([readCall("b")]), full("Acme wants a dis")];
      const whole = new ScriptedModel(...script, answer([text("count of 10%.")]));
      const { reply, outcome, recorded } = await runTurn(makeAgent({ model: whole, tools: tools(), settings }), "all");
      expect(reply.markdown).toBe("Acme wants a discount of 10%.");
      expect(outcome.status).toBe("done");

      const later = new ScriptedModel(answer([text("count of 10%.")]));
      const again = await runTurn(makeAgent({ model: later, tools: tools(), settings }), "all", {
        steps: recorded.slice(0, -1),
      });
      expect(again.reply.markdown).toBe(reply.markdown);
      for (const request of [whole.last, later.last]) {
        expect(request.toolChoice).toBe("none");
        const [old, recent] = results(request.steps);
        expect(old?.text).toMatch(/^\[Left out here to save room/);
        expect(recent?.text).toMatch(/^b{500}\n\[Cut here/);
        const told = "cut off, as the conversation is longer";
        expect(request.steps.at(-1)).toMatchObject({
          kind: "note",
          reason: "continue",
          text: expect.stringContaining(told),
        });
      }
    });

    it.each([
      ["begins again in other words", [answer([text("Acme asked for a lower price and for a trial.")])]],
      ["is too long again before a word was said", [answer([], "model_context_window_exceeded")]],
      ["is too long again and again", [full("a"), full("b"), full("c")]],
    ])("ends honestly where it %s", async (_, script) => {
      const said = "Acme asked for a lower price and for a pilot, and ";
      const model = new ScriptedModel(full(said), ...script);
      const { reply, outcome } = await runTurn(makeAgent({ model }), "all");
      expect(outcome).toMatchObject({ status: "failed", reason: "context_cut" });
      expect(reply.markdown).toMatch(incomplete);
      expect(reply.markdown.startsWith(said)).toBe(true);
      expect(reply.markdown.match(/Acme/g)).toHaveLength(1);
    });
  });

  it("max_tokens, and begun again in other words: ends with a sentence of its own", async () => {
    const model = new ScriptedModel(
      answer([text("Acme asked for a lower price and for a pilot, and ")], "max_tokens"),
      answer([text("Acme asked for a lower price and for a trial.")]),
    );
    const { reply, outcome } = await runTurn(makeAgent({ model }), "all");
    expect(outcome).toMatchObject({ status: "failed", reason: "too_long" });
    expect(reply.markdown).toContain("The answer is longer than I can write in one go and ends here.");
  });

  it("stop_sequence: an answer like any other", async () => {
    const { outcome } = await runTurn(
      makeAgent({ model: new ScriptedModel(answer([text("So.")], "stop_sequence")) }),
      "all",
    );
    expect(outcome.status).toBe("done");
  });

  it("an empty answer: asked for once more, then said plainly", async () => {
    const once = new ScriptedModel(answer([]), answer([text("Here it is.")]));
    expect((await runTurn(makeAgent({ model: once }), "all")).reply.markdown).toBe("Here it is.");
    const twice = new ScriptedModel(answer([]), answer([text(" ")]));
    const { reply, outcome } = await runTurn(makeAgent({ model: twice }), "all");
    expect(outcome).toMatchObject({ status: "failed", reason: "empty" });
    expect(reply.markdown).toContain("Claude gave no answer to this.");
  });
});

describe("a stream that breaks after text was seen", () => {
  const broken = (words: string) => answer([text(words)], "interrupted");

  it("is carried on where it stopped", async () => {
    const model = new ScriptedModel(broken("Acme asked for a lower "), answer([text("price.")]));
    const { reply, outcome } = await runTurn(makeAgent({ model }), "all");
    expect(reply.markdown).toBe("Acme asked for a lower price.");
    expect(outcome.status).toBe("done");
  });

  it("is not doubled by a model that begins again, nor by another attempt", async () => {
    const model = new ScriptedModel(
      broken("Acme asked for a lower price and for "),
      answer([text("Acme asked for a lower price and for a pilot.")]),
    );
    const agent = makeAgent({ model });
    const { reply, steps } = await runTurn(agent, "all");
    expect(reply.markdown).toBe("Acme asked for a lower price and for a pilot.");
    const again = await runTurn(agent, "all", { steps });
    expect(again.reply.markdown).toBe(reply.markdown);
  });

  it("ends honestly where the model begins again in other words", async () => {
    const model = new ScriptedModel(
      broken("Acme asked for a lower price and for a pilot, and "),
      answer([text("Acme asked for a lower price and for a trial.")]),
    );
    const { reply, outcome } = await runTurn(makeAgent({ model }), "all");
    expect(outcome).toMatchObject({ status: "failed", reason: "interrupted" });
    expect(reply.markdown).toBe(
      "Acme asked for a lower price and for a pilot, and \n\n" +
        "The connection to Claude broke in the middle of this answer, and it is not complete. Ask again to get it whole.",
    );
  });

  it("ends honestly where it breaks again and again", async () => {
    const model = new ScriptedModel(broken("a"), broken("b"), broken("c"), broken("d"));
    const { reply, outcome } = await runTurn(makeAgent({ model }), "all");
    expect(outcome).toMatchObject({ status: "failed", reason: "interrupted" });
    expect(reply.markdown).toMatch(/^abcd\n\nThe connection to Claude broke/);
  });
});

describe("failures", () => {
  it("of the model's service are one honest sentence", async () => {
    const error = new ServiceError("Claude is overloaded at the moment. Ask again in a minute.", {
      service: "Claude",
      status: 529,
    });
    const model = new ScriptedModel(answer([text("Let me look."), listCalls("a")]), error);
    const { reply, outcome } = await runTurn(makeAgent({ model, tools: gong() }), "all");
    expect(outcome).toMatchObject({ status: "failed", reason: "model: 529" });
    expect(reply.markdown).toBe("Let me look.\n\nClaude is overloaded at the moment. Ask again in a minute.");
    expect(reply.finished).toBe(1);
  });

  it("of our own show no detail", async () => {
    const { reply } = await runTurn(makeAgent({ model: new ScriptedModel(new TypeError("secret")) }), "all");
    expect(reply.markdown).toBe("Something went wrong inside Sophia; the log has the details.");
  });

  it("of the gateway end the turn before anything is made up", async () => {
    const tools = gong();
    tools.list = () => Promise.reject(new ServiceError("My tools cannot be reached.", { service: "g" }));
    const model = new ScriptedModel();
    const { reply, outcome } = await runTurn(makeAgent({ model, tools }), "all");
    expect(reply.markdown).toBe("My tools cannot be reached.");
    expect(outcome).toMatchObject({ status: "failed", reason: "no tools" });
  });

  it("of a checkpoint end the run and its tools with that error", async () => {
    let aborted = 0;
    const tools = new MemoryTools().add(getTranscript, (args, signal) => {
      if (args.id === "a") return "ok";
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          aborted++;
          reject(signal.reason as Error);
        });
      });
    });
    const model = new ScriptedModel(answer([readCall("a"), readCall("b"), readCall("c")]));
    const lost = new Error("the turn was lost");
    const checkpoint = async (steps: readonly Step[]) => {
      if (steps.some((step) => step.kind === "tool_result")) throw lost;
    };
    await expect(runTurn(makeAgent({ model, tools }), "all", { checkpoint })).rejects.toBe(lost);
    expect(aborted).toBe(2);
  });
});

describe("an abort", () => {
  it("ends running tools at once and throws its reason", async () => {
    const stop = new AbortController();
    let seen: unknown;
    const tools = new MemoryTools().add(getTranscript, (_, signal) => {
      signal.addEventListener("abort", () => {
        seen = signal.reason;
      });
      setImmediate(() => stop.abort(new Error("stopped by a person")));
      return new Promise(() => {});
    });
    const model = new ScriptedModel(answer([readCall("a")]));
    await expect(runTurn(makeAgent({ model, tools }), "all", { signal: stop.signal })).rejects.toThrow(
      "stopped by a person",
    );
    expect(seen).toBe(stop.signal.reason);
  });

  it("ends the model at once and throws its reason", async () => {
    const stop = new AbortController();
    const hangs = (_: ModelRequest, __: ModelListener, signal: AbortSignal) => {
      setImmediate(() => stop.abort(new Error("stopped by a person")));
      return new Promise<Answer>((_resolve, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason as Error)),
      );
    };
    await expect(
      runTurn(makeAgent({ model: new ScriptedModel(hangs) }), "all", { signal: stop.signal }),
    ).rejects.toThrow("stopped by a person");
  });
});
