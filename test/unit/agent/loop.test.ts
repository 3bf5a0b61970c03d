import { describe, expect, it } from "vitest";
import type { ModelRequest, Step } from "../../../src/agent/ports.ts";
import { answer, call, maya, MemoryTools, ScriptedModel, text, thinking } from "../../support/agent-doubles.ts";
import { getTranscript, gong, kinds, listCalls, readCall, results, until } from "../../support/gong-tools.ts";
import { makeAgent, NOW, type Ran, runTurn } from "../../support/run-agent.ts";

describe("a turn", () => {
  it("goes from the question over tools to the answer, and records each step as it comes", async () => {
    const model = new ScriptedModel(
      answer([thinking("I look."), text("Let me look."), listCalls("a")]),
      answer([readCall("b"), readCall("c")]),
      answer([text("Two calls: "), text("[Acme](https://gong/1).")]),
    );
    const tools = gong();
    const { outcome, reply, recorded } = await runTurn(makeAgent({ model, tools }), "summarize yesterday's calls");
    expect(outcome).toEqual({
      status: "done",
      usage: { inputTokens: 300, cacheWriteTokens: 30, cacheReadTokens: 3000, outputTokens: 60 },
      costUsd: 0,
    });
    expect(reply.markdown).toBe("Let me look.\n\nTwo calls: [Acme](https://gong/1).");
    expect(reply.cards).toEqual([
      "task in_progress Looking for calls in Gong",
      "task complete Looking for calls in Gong | Done",
      "task in_progress Reading 2 calls in Gong",
      "task complete Reading 2 calls in Gong | 2 done",
    ]);
    expect(reply.statuses).toContain("is reading Gong");
    expect(reply.finished).toBe(1);
    expect(kinds(recorded)).toEqual([
      "question",
      "answer",
      "tool_result",
      "answer",
      "tool_result",
      "tool_result",
      "answer",
    ]);
    expect(tools.calls.map((one) => one.args)).toEqual([{ from: "2026-11-20" }, { id: "b" }, { id: "c" }]);
    expect(tools.calls[0]?.caller).toEqual({
      turnId: "turn_1",
      agent: "sophia",
      teamId: "T0NORTHWIND",
      userId: "U0MAYA00001",
      groups: [],
      identities: {},
      question: "summarize yesterday's calls",
      hasReadOthers: false,
      email: "maya@northwind.example",
      channel: "C0SALES0001",
      threadTs: "1795291440.000100",
      audience: "channel",
    });
    expect(model.last.steps).toEqual(recorded.slice(0, -1));
    expect(model.last.tools.map((tool) => tool.name)).toEqual([
      "gong__get_call_transcript",
      "gong__get_calls",
      "read_more",
      "sophia__draw_chart",
      "sophia__read_forwarded",
    ]);
  });

  it("fixes the question's context once", async () => {
    const model = new ScriptedModel(answer([text("Hi.")]));
    const { recorded } = await runTurn(makeAgent({ model }), "what happened yesterday?");
    const { context } = recorded[0] as Extract<Step, { kind: "question" }>;
    expect(context).toMatch(/^<context>\n\{.*\}\n<\/context>$/);
    expect(JSON.parse(context.split("\n")[1] ?? "")).toMatchObject({
      person: { name: "Maya Lindqvist", user_id: "U0MAYA00001", time_zone: "America/New_York" },
      place: { channel: "C0SALES0001", audience: "channel" },
      now: "2026-11-21T15:04:00-05:00",
      asked: [
        {
          phrase: "yesterday",
          from: "2026-11-20T00:00:00-05:00",
          to: "2026-11-21T00:00:00-05:00",
          days: "Fri 20 Nov 2026",
        },
      ],
      ambiguous: [],
    });
  });

  it("counts days from when it was asked, however late it runs", async () => {
    const model = new ScriptedModel(answer([text("Hi.")]));
    const clock = { now: () => Date.parse("2026-11-21T05:02:00Z") };
    const turn = {
      id: "t",
      agent: "sophia",
      text: "yesterday",
      teamId: "T",
      userId: "U",
      channel: "C",
      threadTs: "1",
      audience: "channel" as const,
      askedAt: Date.parse("2026-11-21T04:58:00Z"),
    };
    const { recorded } = await runTurn(makeAgent({ model, clock }), "yesterday", { turn });
    const { context } = recorded[0] as Extract<Step, { kind: "question" }>;
    expect(JSON.parse(context.split("\n")[1] ?? "")).toMatchObject({
      now: "2026-11-20T23:58:00-05:00",
      asked: [{ phrase: "yesterday", days: "Thu 19 Nov 2026" }],
    });
  });

  it("says itself that days are those of UTC where nobody could tell the zone, on every attempt", async () => {
    const notice = "_Slack did not tell me your time zone, so days are counted in UTC._\n\n";
    const asker = { ...maya, timeZone: "UTC", timeZoneKnown: false };
    const model = new ScriptedModel(answer([listCalls("a")]), answer([text("Two calls.")]));
    const first = await runTurn(makeAgent({ model, tools: gong() }), "calls yesterday", { asker });
    expect(first.reply.markdown).toBe(`${notice}Two calls.`);
    expect(JSON.stringify(first.recorded)).not.toContain("did not tell me");
    // The zone is known by now: what was recorded counts.
    const again = await runTurn(makeAgent({ model: new ScriptedModel() }), "calls yesterday", {
      steps: first.recorded,
    });
    expect(again.reply.markdown).toBe(`${notice}Two calls.`);
  });

  it("says nothing of zones where no days are named", async () => {
    const asker = { ...maya, timeZone: "UTC", timeZoneKnown: false };
    const { reply } = await runTurn(makeAgent({ model: new ScriptedModel(answer([text("Hi.")])) }), "hello", { asker });
    expect(reply.markdown).toBe("Hi.");
  });

  it("shows thinking as what goes on, sentence by sentence", async () => {
    const model = new ScriptedModel(answer([thinking("**Plan**\nI list the calls. Then I re"), text("Hi.")]));
    const { reply } = await runTurn(makeAgent({ model }), "hello");
    expect(reply.statuses).toEqual(["is thinking", "is thinking: I list the calls"]);
  });

  it("cannot be told to act as a role that does not exist", async () => {
    const turn = {
      id: "t",
      agent: "ghost",
      text: "hi",
      teamId: "T",
      userId: "U",
      channel: "C",
      threadTs: "1",
      audience: "channel" as const,
      askedAt: NOW,
    };
    const { outcome, reply } = await runTurn(makeAgent({ model: new ScriptedModel() }), "hi", { turn });
    expect(outcome).toMatchObject({ status: "failed", reason: "unknown role" });
    expect(reply.markdown).toBe('There is no role "ghost".');
  });

  it("gives a role its own tools and no others", async () => {
    const model = new ScriptedModel(answer([call("a", "gong__get_calls", { from: "x" })]), answer([text("Hi.")]));
    const roles = [{ name: "sophia", description: "", prompt: "Be brief.", tools: ["gong__get_call_*"] }];
    const { recorded } = await runTurn(makeAgent({ model, tools: gong(), roles }), "hello");
    expect(model.requests[0]?.tools.map((tool) => tool.name)).toEqual([
      "gong__get_call_transcript",
      "read_more",
      "sophia__read_forwarded",
    ]);
    expect(model.requests[0]?.system).toMatch(/# Your role: sophia\nBe brief\.$/);
    expect(results(recorded)[0]?.text).toContain('There is no tool "gong__get_calls"');
  });
});

describe("tool calls", () => {
  it("run side by side up to the cap, are recorded as they arrive and answered in the model's order", async () => {
    const gates = new Map<string, () => void>();
    const tools = new MemoryTools().add(
      getTranscript,
      (args) => new Promise((resolve) => gates.set(args.id, () => resolve(`transcript ${args.id}`))),
    );
    const ids = ["a", "b", "c", "d"];
    const model = new ScriptedModel(answer(ids.map((id) => readCall(id))), answer([text("Read.")]));
    const running = runTurn(makeAgent({ model, tools, settings: { parallelCalls: 3 } }), "read");
    await until(() => gates.size === 3);
    expect(tools.running).toBe(3);
    gates.get("c")?.();
    await until(() => gates.size === 4);
    for (const id of ["d", "b", "a"]) {
      gates.get(id)?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { recorded } = await running;
    expect(tools.mostRunning).toBe(3);
    expect(results(recorded).map((step) => step.toolUseId)).toEqual(["c", "d", "b", "a"]);
  });

  it("with wrong arguments never reach the tool, and the model is told what is wrong", async () => {
    const wrong = [
      listCalls("a", { form: "2026-11-20" }),
      listCalls("b", { from: "2026-11-20", limit: "ten" }),
      listCalls("c", ["2026-11-20"]),
      call("d", "gong__get_transcripts", {}),
      call("e", "weather", {}),
    ];
    const tools = gong();
    const model = new ScriptedModel(answer(wrong), answer([text("Sorry.")]));
    const { recorded, reply } = await runTurn(makeAgent({ model, tools }), "calls");
    expect(tools.calls).toEqual([]);
    expect(results(recorded).map((step) => [step.isError, step.text])).toEqual([
      [
        true,
        [
          "gong__get_calls was not called: its arguments are wrong.",
          "- from: is required: text",
          '- "form" is not an argument of this tool; did you mean "from"?',
          "Correct them and call it again.",
        ].join("\n"),
      ],
      [true, expect.stringContaining("limit: must be a whole number")],
      [true, expect.stringContaining("- must be an object")],
      [true, 'There is no tool "gong__get_transcripts". The nearest name is "gong__get_call_transcript".'],
      [true, 'There is no tool "weather".'],
    ]);
    expect(reply.cards.at(-1)).toMatch(/^task error Using weather \| There is no tool "weather"\.$/);
  });

  it("that hang are left behind at their deadline, whether they listen or not", async () => {
    let aborted = false;
    const tools = new MemoryTools().add(getTranscript, (_, signal) => {
      signal.addEventListener("abort", () => {
        aborted = true;
      });
      return new Promise(() => {});
    });
    const model = new ScriptedModel(answer([readCall("a")]), answer([text("Gong is slow.")]));
    const { recorded, reply } = await runTurn(makeAgent({ model, tools, settings: { toolDeadlineMs: 20 } }), "read");
    expect(aborted).toBe(true);
    expect(results(recorded)[0]).toMatchObject({ isError: true, text: "Gong did not answer within 0.02 seconds." });
    expect(reply.cards.at(-1)).toBe("task error Reading a call in Gong | Gong did not answer within 0.02 seconds.");
  });

  it("that fail say so, on the card as well", async () => {
    const tools = new MemoryTools().add(getTranscript, (args) => {
      if (args.id === "b") return { text: "Gong has no call b.\nmore", isError: true };
      if (args.id === "d") throw new TypeError("secret detail");
      return "ok";
    });
    const model = new ScriptedModel(
      answer([readCall("a"), readCall("b"), readCall("c")]),
      answer([readCall("d")]),
      answer([text("One.")]),
    );
    const { recorded, reply } = await runTurn(makeAgent({ model, tools }), "read");
    expect(reply.cards[1]).toBe("task complete Reading 3 calls in Gong | 2 done, 1 not: Gong has no call b.");
    expect(reply.cards.at(-1)).toMatch(/^task error Reading a call in Gong \| Something went wrong/);
    expect(results(recorded).map((step) => step.isError)).toEqual([false, true, false, true]);
    expect(JSON.stringify(recorded)).not.toContain("secret detail");
  });

  it("with long results are cut at a line, and read_more gives the rest, in a later turn too", async () => {
    const lines = Array.from({ length: 100 }, (_, index) => `line ${index} of the transcript`);
    const whole = lines.join("\n");
    const tools = new MemoryTools().add(getTranscript, () => whole);
    const model = new ScriptedModel(answer([readCall("toolu_long")]), answer([text("Long.")]));
    const agent = makeAgent({ model, tools, settings: { resultChars: 1000 } });
    const first = await runTurn(agent, "read");
    expect(results(first.recorded)[0]?.text).toBe(whole);

    let read = "";
    const resultIn = (request: ModelRequest | undefined) => String(results(request?.steps ?? []).at(-1)?.text);
    let last = resultIn(model.last);
    for (let page = 0; page < 10; page++) {
      const [part, note] = last.split("\n[Cut here: ") as [string, string | undefined];
      read += part;
      if (!note) break;
      expect(part.endsWith("\n")).toBe(true);
      expect(last.length).toBeLessThan(1200);
      const cursor = /cursor "([^"]+)"/.exec(note)?.[1];
      const next = new ScriptedModel(answer([call(`more${page}`, "read_more", { cursor })]), answer([text("More.")]));
      await runTurn(makeAgent({ model: next, tools, settings: { resultChars: 1000 } }), "go on", {
        history: first.steps,
      });
      last = resultIn(next.last);
    }
    expect(read).toBe(whole);
  });

  it("to read_more with a cursor of nowhere say so", async () => {
    const model = new ScriptedModel(answer([call("a", "read_more", { cursor: "nowhere:0" })]), answer([text("Hm.")]));
    const { recorded } = await runTurn(makeAgent({ model }), "go on");
    expect(results(recorded)[0]).toMatchObject({
      isError: true,
      text: 'There is no cursor "nowhere:0" in this thread.',
    });
  });
});

describe("another attempt", () => {
  async function whole(): Promise<Ran> {
    const model = new ScriptedModel(
      answer([text("Let me look."), readCall("a"), readCall("b")]),
      answer([text("All read.")]),
    );
    return runTurn(makeAgent({ model, tools: gong() }), "read");
  }

  it("shows what is recorded, repeats no call that has a result, and goes on", async () => {
    const { recorded } = await whole();
    const upTo = recorded.filter((step) => step.kind !== "tool_result" || step.toolUseId === "a").slice(0, 3);
    expect(kinds(upTo)).toEqual(["question", "answer", "tool_result"]);
    const tools = gong();
    const model = new ScriptedModel(answer([text("All read.")]));
    const { reply, steps, outcome } = await runTurn(makeAgent({ model, tools }), "read", { steps: upTo });
    expect(tools.calls.map((one) => one.args)).toEqual([{ id: "b" }]);
    expect(reply.markdown).toBe("Let me look.\n\nAll read.");
    expect(reply.cards).toEqual([
      "task in_progress Reading 2 calls in Gong",
      "task complete Reading 2 calls in Gong | 2 done",
    ]);
    expect(model.requests).toHaveLength(1);
    expect(kinds(steps)).toEqual(["question", "answer", "tool_result", "tool_result", "answer"]);
    expect(outcome.usage.outputTokens).toBe(40);
  });

  it("keeps the context of the first", async () => {
    const { recorded } = await whole();
    const model = new ScriptedModel(answer([text("Done.")]));
    await runTurn(makeAgent({ model, clock: { now: () => NOW + 86_400_000 } }), "read", {
      steps: recorded.slice(0, 1),
    });
    expect(model.requests[0]?.steps[0]).toEqual(recorded[0]);
  });

  it("of a turn that has its answer asks nobody anything", async () => {
    const { recorded, reply: first } = await whole();
    const model = new ScriptedModel();
    const tools = gong();
    const { reply, outcome, recorded: more } = await runTurn(makeAgent({ model, tools }), "read", { steps: recorded });
    expect(outcome.status).toBe("done");
    expect(reply.markdown).toBe(first.markdown);
    expect([...reply.tasks.values()]).toEqual([...first.tasks.values()]);
    expect(reply.finished).toBe(1);
    expect([model.requests, tools.calls, more]).toEqual([[], [], []]);
  });

  it("killed after any step ends with the same answer and calls no tool twice", async () => {
    const { recorded, reply: first } = await whole();
    for (let cut = 0; cut <= recorded.length; cut++) {
      const done = recorded.slice(0, cut);
      const script = [answer([text("Let me look."), readCall("a"), readCall("b")]), answer([text("All read.")])];
      const model = new ScriptedModel(...script.slice(done.filter((step) => step.kind === "answer").length));
      const tools = gong();
      const { reply } = await runTurn(makeAgent({ model, tools }), "read", { steps: done });
      expect(reply.markdown, `after ${cut} steps`).toBe(first.markdown);
      expect(tools.calls.length + results(done).length).toBe(2);
    }
  });
});
