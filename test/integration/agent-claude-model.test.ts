import { afterEach, describe, expect, it } from "vitest";
import { createClaudeModel } from "../../src/agent/claude-model.ts";
import type { Answer, ModelListener, ModelRequest, Step, Usage } from "../../src/agent/ports.ts";
import { answer, call, text, thinking } from "../support/agent-doubles.ts";
import * as wire from "../support/claude-server.ts";
import { silentLogger } from "../support/run-agent.ts";

let server: wire.ClaudeServer;
afterEach(() => server.close());

/** What `wire.start` says that a prompt has used. */
const begun: Usage = { inputTokens: 5, cacheWriteTokens: 200, cacheReadTokens: 3000, outputTokens: 1 };

class Ears implements ModelListener {
  heard = "";
  thoughts = "";
  waits: number[] = [];
  lost: Usage[] = [];
  onHeard: (() => void) | undefined;
  onText(delta: string): void {
    this.heard += delta;
    this.onHeard?.();
  }
  onThinking(delta: string): void {
    this.thoughts += delta;
  }
  onRetry(waitMs: number): void {
    this.waits.push(waitMs);
  }
  onLost(usage: Usage): void {
    this.lost.push(usage);
  }
}

const question: Step = { kind: "question", text: "summarize yesterday's calls", context: "<context>\n{}\n</context>" };

function requestOf(steps: Step[] = [question], more: Partial<ModelRequest> = {}): ModelRequest {
  return {
    model: "claude-sonnet-5-5",
    maxTokens: 1000,
    effort: "medium",
    system: "You are Sophia.",
    tools: [{ name: "gong__get_calls", description: "Lists calls", inputSchema: { type: "object", properties: {} } }],
    toolChoice: "auto",
    steps,
    timeLeftMs: 60_000,
    ...more,
  };
}

async function ask(
  script: Parameters<typeof wire.startClaudeServer>,
  request = requestOf(),
  options: { stallMs?: number; signal?: AbortSignal; onHeard?: () => void } = {},
): Promise<{ ears: Ears; answer?: Answer; error?: any }> {
  server = await wire.startClaudeServer(...script);
  const model = createClaudeModel({
    apiKey: "sk-ant-test",
    baseUrl: server.url,
    logger: silentLogger,
    backoffMs: 1,
    random: () => 0,
    ...(options.stallMs ? { stallMs: options.stallMs } : {}),
  });
  const ears = new Ears();
  ears.onHeard = options.onHeard;
  try {
    return { ears, answer: await model.respond(request, ears, options.signal ?? new AbortController().signal) };
  } catch (error) {
    return { ears, error };
  }
}

describe("what is sent", () => {
  it("puts tools, system and messages in the order of the cache, with the breakpoints where they belong", async () => {
    await ask([wire.says("Hello")]);
    const [{ path, headers, body }] = server.seen as [wire.Seen];
    expect(path).toBe("/v1/messages");
    expect(headers.authorization).toBe("Bearer sk-ant-test");
    expect(headers["anthropic-version"]).toBe("2026-10-21");
    expect(body).toEqual({
      model: "claude-sonnet-5-5",
      max_tokens: 1000,
      stream: true,
      tools: [
        { name: "gong__get_calls", description: "Lists calls", input_schema: { type: "object", properties: {} } },
      ],
      system: [{ type: "text", text: "You are Sophia.", cache_control: { type: "ephemeral", ttl: "1h" } }],
      messages: [
        { role: "user", content: [{ type: "text", text: "summarize yesterday's calls" }] },
        { role: "system", content: [{ type: "text", text: "<context>\n{}\n</context>" }] },
      ],
      cache_control: { type: "ephemeral" },
      thinking: { type: "adaptive", display: "summarized" },
      output_config: { effort: "medium" },
    });
  });

  it("replays raw blocks verbatim and answers all calls in one message, in the model's order", async () => {
    const asked = answer([
      thinking("Two calls."),
      call("toolu_1", "gong__get_calls"),
      call("toolu_2", "gong__get_calls"),
    ]);
    const result = (toolUseId: string, more = {}) =>
      ({
        kind: "tool_result",
        toolUseId,
        tool: "gong__get_calls",
        arguments: {},
        text: "ok",
        isError: false,
        ms: 1,
        ...more,
      }) as Step;
    const steps = [question, asked, result("toolu_2"), result("toolu_1", { isError: true, text: "" })];
    await ask([wire.says("Hello")], requestOf(steps));
    expect(server.seen[0]?.body.messages.slice(2)).toEqual([
      { role: "assistant", content: asked.content },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "toolu_1", content: "(empty result)", is_error: true },
          { type: "tool_result", tool_use_id: "toolu_2", content: "ok" },
        ],
      },
    ]);
  });

  it("begins each request with the bytes of the one before", async () => {
    const first = requestOf();
    const second = requestOf([
      question,
      answer([text("There were two.")]),
      { kind: "question", text: "and today?", context: '<context>\n{"b":1}\n</context>' },
    ]);
    server = await wire.startClaudeServer(wire.says("a"), wire.says("b"));
    const model = createClaudeModel({ apiKey: "k", baseUrl: server.url, logger: silentLogger });
    await model.respond(first, new Ears(), new AbortController().signal);
    await model.respond(second, new Ears(), new AbortController().signal);
    const [a, b] = server.seen.map((seen) => seen.body);
    expect(JSON.stringify(b.messages).startsWith(JSON.stringify(a.messages).slice(0, -1))).toBe(true);
    expect(JSON.stringify([b.tools, b.system])).toBe(JSON.stringify([a.tools, a.system]));
    expect(b.messages.map((message: any) => message.role)).toEqual(["user", "system", "assistant", "user", "system"]);
  });

  it("marks the old tail again where many parallel calls push it out of sight", async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `toolu_${index}`);
    const asked = answer(ids.map((id) => call(id, "gong__get_calls")));
    const results = ids.map(
      (toolUseId): Step => ({
        kind: "tool_result",
        toolUseId,
        tool: "t",
        arguments: {},
        text: "r",
        isError: false,
        ms: 1,
      }),
    );
    await ask([wire.says("Hello")], requestOf([question, asked, ...results]));
    const { messages } = server.seen[0]?.body ?? {};
    expect(messages[1].content[0].cache_control).toEqual({ type: "ephemeral" });
    expect(JSON.stringify(messages).match(/cache_control/g)).toHaveLength(1);
  });

  it("keeps the tools in the prefix when they may not be called", async () => {
    await ask(
      [wire.says("Hello")],
      requestOf([question, answer([text("Well.")]), { kind: "note", reason: "budget", text: "Enough." }], {
        toolChoice: "none",
      }),
    );
    const { body } = server.seen[0] ?? {};
    expect(body.tools).toHaveLength(1);
    expect(body.tool_choice).toEqual({ type: "none" });
    expect(body.messages.at(-1)).toEqual({ role: "user", content: [{ type: "text", text: "Enough." }] });
  });
});

describe("what comes back", () => {
  it("passes text and thinking on and keeps the blocks raw, with usage", async () => {
    const { ears, answer: got } = await ask([
      wire.streams(
        wire.start(),
        wire.thinkingBlock(0, "I look.", "c2ln"),
        wire.stopBlock(0),
        wire.textBlock(1, "Let me ", "see."),
        wire.stopBlock(1),
        wire.toolBlock(2, "toolu_1", "gong__get_calls", '{"from":', '"2026"}'),
        wire.stopBlock(2),
        wire.end("tool_use"),
      ),
    ]);
    expect(ears.heard).toBe("Let me see.");
    expect(ears.thoughts).toBe("I look.");
    expect(got).toEqual({
      kind: "answer",
      content: [
        { type: "thinking", thinking: "I look.", signature: "c2ln" },
        { type: "text", text: "Let me see.", citations: null },
        {
          type: "tool_use",
          id: "toolu_1",
          name: "gong__get_calls",
          input: { from: "2026" },
          caller: { type: "direct" },
        },
      ],
      stopReason: "tool_use",
      model: "claude-sonnet-5-5",
      usage: { inputTokens: 5, cacheWriteTokens: 200, cacheReadTokens: 3000, outputTokens: 40 },
    });
    expect(JSON.parse(JSON.stringify(got))).toEqual(got);
  });

  it("reads why an answer was refused", async () => {
    const stop_details = { type: "refusal", category: "cyber", explanation: "It could do harm." };
    const { answer: got } = await ask([wire.says("I ", "refusal", { stop_details })]);
    expect(got).toMatchObject({ stopReason: "refusal", refusal: "It could do harm." });
  });

  it.each(["prompt is too long: 210000 tokens > 200000 maximum", "input length and `max_tokens` exceed context limit"])(
    "says that the conversation did not fit: %s",
    async (message) => {
      const { answer: got } = await ask([wire.refuses(400, "invalid_request_error", {}, message)]);
      expect(got).toMatchObject({ stopReason: "model_context_window_exceeded", content: [] });
    },
  );
});

describe("what goes wrong unheard is tried again", () => {
  const cases: [string, Parameters<typeof wire.startClaudeServer>[0]][] = [
    ["429", wire.refuses(429, "rate_limit_error", { "retry-after": "0.02" })],
    ["529", wire.refuses(529, "overloaded_error")],
    ["500", wire.refuses(500, "api_error")],
    ["an error event at once", wire.streams(wire.start(), wire.errorEvent("overloaded_error"))],
    [
      "an error event after thinking",
      wire.streams(wire.start(), wire.thinkingBlock(0, "Hm.", ""), wire.errorEvent("api_error")),
    ],
    ["a connection that is cut before the answer", (response) => void response.destroy()],
    ["a connection that is cut in the answer", wire.breaksAfter(wire.start(), wire.thinkingBlock(0, "Hm.", ""))],
    ["a stream that ends early", wire.streams(wire.start(), wire.thinkingBlock(0, "Hm.", "c2ln"), wire.stopBlock(0))],
    [
      "a call whose arguments are cut off",
      wire.streams(
        wire.start(),
        wire.toolBlock(0, "toolu_1", "gong__get_calls", '{"from":"20'),
        wire.stopBlock(0),
        wire.end("tool_use"),
      ),
    ],
  ];
  it.each(cases)("%s", async (_, trouble) => {
    const { ears, answer: got } = await ask([trouble, wire.says("All is well.")]);
    expect(ears.heard).toBe("All is well.");
    expect(got?.stopReason).toBe("end_turn");
    expect(server.seen).toHaveLength(2);
    expect(server.seen[1]?.body).toEqual(server.seen[0]?.body);
    expect(ears.waits).toHaveLength(1);
  });

  it("waits as long as the service asks", async () => {
    const { ears } = await ask([wire.refuses(429, "rate_limit_error", { "retry-after": "0.05" }), wire.says("Yes.")]);
    expect(ears.waits).toEqual([50]);
    expect(ears.lost).toEqual([]);
    const [first, second] = server.seen as [wire.Seen, wire.Seen];
    expect(second.at - first.at).toBeGreaterThanOrEqual(45);
  });

  it("takes a silent stream for a broken one", async () => {
    const silence = (response: any) => {
      wire.open(response);
      response.write(wire.start());
    };
    const { ears } = await ask([silence, wire.says("Awake.")], requestOf(), { stallMs: 50 });
    expect(ears.heard).toBe("Awake.");
    expect(ears.lost).toEqual([begun]);
  });
});

describe("what cannot be mended is said plainly", () => {
  it.each([
    [401, "authentication_error", /refused Sophia's key.*ANTHROPIC_API_KEY/],
    [404, "not_found_error", /does not know the model.*SOPHIA_MODEL/],
    [400, "invalid_request_error", /did not accept/],
  ] as const)("%i at once", async (status, type, sentence) => {
    const { error } = await ask([wire.refuses(status, type)]);
    expect(error).toMatchObject({ name: "ServiceError", service: "Claude", status, retryable: false });
    expect(error.message).toMatch(sentence);
    expect(error.message).not.toContain("vendor words");
    expect(server.seen).toHaveLength(1);
  });

  it("529 after four attempts", async () => {
    const overloaded = wire.refuses(529, "overloaded_error");
    const { error } = await ask([overloaded, overloaded, overloaded, overloaded, wire.says("late")]);
    expect(error.message).toBe("Claude is overloaded at the moment. Ask again in a minute.");
    expect(server.seen).toHaveLength(4);
  });

  it("a wait that is longer than the turn has, at once", async () => {
    const { error, ears } = await ask([
      wire.refuses(429, "rate_limit_error", { "retry-after": "600" }),
      wire.says("late"),
    ]);
    expect(error).toMatchObject({ retryAfterSeconds: 600, retryable: true });
    expect(error.message).toBe("Claude is limiting how much Sophia may ask at the moment. Ask again in 10 minutes.");
    expect(server.seen).toHaveLength(1);
    expect(ears.waits).toEqual([]);
  });
});

describe("what breaks after text was heard is kept", () => {
  it.each([
    ["an error event", wire.errorEvent("overloaded_error"), wire.streams],
    ["a cut connection", "", wire.breaksAfter],
    ["an early end", "", wire.streams],
  ] as const)("%s", async (_, last, how) => {
    const { ears, answer: got } = await ask([
      how(
        wire.start(),
        wire.thinkingBlock(0, "Hm.", "c2ln"),
        wire.stopBlock(0),
        wire.textBlock(1, "Acme ", "said "),
        last,
      ),
      wire.says("never"),
    ]);
    expect(ears.heard).toBe("Acme said ");
    expect(ears.lost).toEqual([]);
    expect(got).toMatchObject({
      stopReason: "interrupted",
      content: [
        { type: "thinking", thinking: "Hm.", signature: "c2ln" },
        { type: "text", text: "Acme said " },
      ],
      usage: { cacheReadTokens: 3000 },
    });
    expect(server.seen).toHaveLength(1);
  });
});

describe("an abort", () => {
  it("ends the request at once with the signal's reason", async () => {
    const stop = new AbortController();
    const closed = Promise.withResolvers<void>();
    const hangs = (response: any) => {
      wire.open(response);
      response.write(wire.start() + wire.textBlock(0, "Acme "));
      response.on("close", closed.resolve);
      setImmediate(() => stop.abort(new Error("stopped by a person")));
    };
    const { error } = await ask([hangs], requestOf(), { signal: stop.signal });
    expect(error.message).toBe("stopped by a person");
    await closed.promise;
  });

  it("in the middle of an answer tells what was used up by then", async () => {
    const stop = new AbortController();
    const speaks = (response: any) => {
      wire.open(response);
      response.write(wire.start() + wire.textBlock(0, "Acme "));
    };
    const onHeard = () => stop.abort(new Error("stopped by a person"));
    const { error, ears } = await ask([speaks], requestOf(), { signal: stop.signal, onHeard });
    expect(error.message).toBe("stopped by a person");
    expect(ears.lost).toEqual([begun]);
  });

  it("ends a wait for the next attempt", async () => {
    const stop = new AbortController();
    const refuse = wire.refuses(429, "rate_limit_error", { "retry-after": "20" });
    const { error } = await ask(
      [
        (response, seen) => {
          void refuse(response, seen);
          setTimeout(() => stop.abort(new Error("stopped by a person")), 20);
        },
      ],
      requestOf(),
      { signal: stop.signal },
    );
    expect(error.message).toBe("stopped by a person");
  });
});
