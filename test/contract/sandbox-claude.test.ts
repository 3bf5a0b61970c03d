import Anthropic, { APIUserAbortError } from "@anthropic-ai/sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CLAUDE_API_KEY, type ClaudeStore, startClaude } from "../../sandbox/claude/index.ts";
import { createSandboxClock, type StandIn, Switchboard } from "../../sandbox/stand-in.ts";

const board = new Switchboard(createSandboxClock(Date.parse("2026-11-20T12:00:00Z")));
let claude: StandIn<ClaudeStore>;
let client: Anthropic;

const tool = { name: "gong__get_calls", description: "Lists calls.", input_schema: { type: "object" as const } };
const base = { model: "claude-sonnet-5-5", max_tokens: 2000, messages: [{ role: "user" as const, content: "hello" }] };
const useTool = [
  { type: "thinking" as const, thinking: "I look for the calls first." },
  { type: "tool_use" as const, name: tool.name, input: { from_date: "2026-11-19T00:00:00Z", limit: 50 } },
  { type: "tool_use" as const, name: tool.name, input: { cursor: "ünïcode ✅" } },
];

beforeAll(async () => {
  claude = await startClaude({ board });
  client = new Anthropic({ apiKey: CLAUDE_API_KEY, baseURL: claude.url, maxRetries: 0 });
});
beforeEach(() => {
  claude.reset();
  board.reset();
});
afterAll(() => claude.close());

async function refusal(body: Record<string, unknown>): Promise<any> {
  return client.messages.create({ ...base, ...body } as any).then(
    () => expect.unreachable("the request was accepted"),
    (error: unknown) => error,
  );
}

async function conversationAfterToolUse(): Promise<any[]> {
  claude.store.script(() => useTool);
  const answer = await client.messages
    .stream({ ...base, tools: [tool], thinking: { type: "adaptive", display: "summarized" } })
    .finalMessage();
  return [...base.messages, { role: "assistant", content: answer.content }];
}

const resultsOf = (messages: any[]) =>
  messages
    .at(-1)
    .content.filter((block: any) => block.type === "tool_use")
    .map((block: any) => ({ type: "tool_result", tool_use_id: block.id, content: "{}" }));

describe("messages", () => {
  it("streams text, thinking and tool calls that the official client puts together", async () => {
    claude.store.script(() => [
      ...useTool.slice(0, 1),
      { type: "text", text: "Grüße 👋 ".repeat(40) },
      ...useTool.slice(1),
    ]);
    const stream = client.messages.stream({
      ...base,
      tools: [tool],
      thinking: { type: "adaptive", display: "summarized" },
    });
    const names: string[] = [];
    stream.on("streamEvent", (event) => names.push(event.type));
    const message = await stream.finalMessage();
    expect(message.content.map((block) => block.type)).toEqual(["thinking", "text", "tool_use", "tool_use"]);
    expect(message.content[0]).toMatchObject({
      thinking: "I look for the calls first.",
      signature: expect.any(String),
    });
    expect(message.content[1]).toMatchObject({ text: "Grüße 👋 ".repeat(40) });
    expect(message.content[2]).toMatchObject({ input: { from_date: "2026-11-19T00:00:00Z", limit: 50 } });
    expect(message.content[3]).toMatchObject({ input: { cursor: "ünïcode ✅" } });
    expect(message).toMatchObject({ stop_reason: "tool_use", stop_details: null, model: "claude-sonnet-5-5" });
    expect(stream.request_id).toMatch(/^req_/);
    expect(names[0]).toBe("message_start");
    expect(names.slice(-3)).toEqual(["content_block_stop", "message_delta", "message_stop"]);
  });

  it("gives the same answer whole when no stream is asked for", async () => {
    claude.store.script(() => [{ type: "text", text: "Hello." }]);
    const message = await client.messages.create(base);
    expect(message).toMatchObject({ content: [{ type: "text", text: "Hello." }], stop_reason: "end_turn" });
    expect(message.usage).toMatchObject({ input_tokens: 2, output_tokens: 2, cache_read_input_tokens: 0 });
    expect(message._request_id).toMatch(/^req_/);
  });

  it("leaves the words of thinking out unless summaries are asked for", async () => {
    claude.store.script(() => useTool);
    const { content } = await client.messages.stream({ ...base, tools: [tool] }).finalMessage();
    expect(content[0]).toMatchObject({ type: "thinking", thinking: "", signature: expect.any(String) });
  });

  it("counts tokens", async () => {
    const { max_tokens: _, ...counted } = base;
    expect(await client.messages.countTokens({ ...counted, system: "x".repeat(400) })).toEqual({ input_tokens: 102 });
  });

  it("ends an answer at max_tokens", async () => {
    claude.store.script(() => [{ type: "text", text: "x".repeat(400) }]);
    const message = await client.messages.create({ ...base, max_tokens: 10 });
    expect(message).toMatchObject({ stop_reason: "max_tokens", content: [{ text: "x".repeat(40) }] });
  });
});

describe("what it refuses", () => {
  it("a wrong key and a missing one", async () => {
    const wrong = new Anthropic({ apiKey: "sk-wrong", baseURL: claude.url, maxRetries: 0 });
    await expect(wrong.messages.create(base)).rejects.toMatchObject({ status: 401, type: "authentication_error" });
    const bare = await fetch(`${claude.url}/v1/messages`, { method: "POST", body: "{}" });
    expect(bare.status).toBe(401);
    expect(bare.headers.get("request-id")).toMatch(/^req_/);
    expect(await bare.json()).toMatchObject({ type: "error", request_id: bare.headers.get("request-id") });
  });

  it.each([
    ["2026-10-21", 200],
    ["2023-06-01", 200],
    ["2020-01-01", 400],
    [undefined, 400],
  ])("version %s: %i", async (version, status) => {
    const headers: Record<string, string> = { "x-api-key": CLAUDE_API_KEY };
    if (version) headers["anthropic-version"] = version;
    const response = await fetch(`${claude.url}/v1/messages`, { method: "POST", headers, body: JSON.stringify(base) });
    expect(response.status).toBe(status);
  });

  const user = (content: unknown) => ({ role: "user", content });
  const mark = { type: "ephemeral" };
  it.each<[string, Record<string, unknown>, RegExp]>([
    ["no max_tokens", { max_tokens: undefined }, /max_tokens: Field required/],
    ["temperature", { temperature: 0.2 }, /temperature/],
    ["top_p", { top_p: 0.2 }, /top_p/],
    ["top_k", { top_k: 2 }, /top_k/],
    ["an unknown field", { temprature: 1 }, /temprature: Extra inputs/],
    ["disabled thinking", { thinking: { type: "disabled" } }, /thinking/],
    ["a thinking budget", { thinking: { type: "enabled", budget_tokens: 1024 } }, /budget_tokens/],
    ["prefill", { messages: [user("a"), { role: "assistant", content: "The answer is" }] }, /prefill/],
    ["forced tools", { tools: [tool], tool_choice: { type: "any" } }, /tool_choice/],
    ["a forced tool", { tools: [tool], tool_choice: { type: "tool", name: tool.name } }, /tool_choice/],
    ["doubled tools", { tools: [tool, tool] }, /must be unique/],
    ["a bad tool name", { tools: [{ ...tool, name: "gong.get_calls" }] }, /tools\.0\.custom\.name/],
    ["a long tool name", { tools: [{ ...tool, name: "x".repeat(65) }] }, /tools\.0\.custom\.name/],
    ["a tool without a schema", { tools: [{ name: "a" }] }, /input_schema/],
    ["empty text", { messages: [user([{ type: "text", text: "" }])] }, /non-empty/],
    ["blank text", { messages: [user([{ type: "text", text: " \n" }])] }, /non-whitespace/],
    ["no messages", { messages: [] }, /at least one message/],
    ["an answer first", { messages: [{ role: "assistant", content: "a" }, user("b")] }, /first message/],
    ["system first", { messages: [{ role: "system", content: "a" }, user("b")] }, /first message/],
    ["user after system", { messages: [user("a"), { role: "system", content: "b" }, user("c")] }, /followed by/],
    [
      "five breakpoints",
      { messages: [user(Array.from({ length: 5 }, () => ({ type: "text", text: "a", cache_control: mark })))] },
      /maximum of 4/,
    ],
    [
      "1h after 5m",
      {
        system: [{ type: "text", text: "a", cache_control: mark }],
        messages: [user([{ type: "text", text: "a", cache_control: { ...mark, ttl: "1h" } }])],
      },
      /ttl='1h'/,
    ],
    [
      "a result nobody asked for",
      { messages: [user([{ type: "tool_result", tool_use_id: "toolu_1" }])] },
      /unexpected `tool_use_id`/,
    ],
  ])("%s", async (_, body, message) => {
    const error = await refusal(body);
    expect(error).toMatchObject({ status: 400, type: "invalid_request_error" });
    expect(error.message).toMatch(message);
  });

  it("an unknown model", async () => {
    expect(await refusal({ model: "claude-sonnet-9" })).toMatchObject({ status: 404, type: "not_found_error" });
  });

  it("a body that is too large", async () => {
    const error = await refusal({ system: "x".repeat(33 * 1024 * 1024) });
    expect(error).toMatchObject({ status: 413, type: "request_too_large" });
  });

  it("tool calls without their results, or with anything before them", async () => {
    const messages = await conversationAfterToolUse();
    const results = resultsOf(messages);
    const orphan = await refusal({
      tools: [tool],
      messages: [...messages, { role: "user", content: results.slice(1) }],
    });
    expect(orphan.message).toContain(results[0].tool_use_id);
    const late = { role: "user", content: [{ type: "text", text: "Here:" }, ...results] };
    expect((await refusal({ tools: [tool], messages: [...messages, late] })).message).toMatch(/must come first/);
    const after = { role: "user", content: [...results, { type: "text", text: "Go on." }] };
    claude.store.script(() => [{ type: "text", text: "Done." }]);
    await client.messages.create({ ...base, tools: [tool], messages: [...messages, after] as any });
  });

  it("thinking that was changed, moved to another question or to another model", async () => {
    const messages = await conversationAfterToolUse();
    messages.push({ role: "user", content: resultsOf(messages) });
    claude.store.script(() => [{ type: "text", text: "Done." }]);
    await client.messages.create({ ...base, tools: [tool], messages });
    const changed = structuredClone(messages);
    changed[1].content[0].thinking = "I look elsewhere.";
    expect((await refusal({ messages: changed })).message).toMatch(/Invalid `signature`/);
    const moved = [{ role: "user", content: "Another question" }, ...messages.slice(1)];
    expect((await refusal({ messages: moved })).message).toMatch(/Invalid `signature`/);
    expect((await refusal({ model: "claude-haiku-5-5", messages })).message).toMatch(/Invalid `signature`/);
  });
});

describe("what goes wrong on request", () => {
  it.each([
    [429, "rate_limit_error"],
    [500, "api_error"],
    [529, "overloaded_error"],
  ])("%i in the vendor's words, then mended by the client's own retry", async (status, type) => {
    board.addFault({ service: "claude", status, retryAfter: 7 });
    const error = await refusal({});
    expect(error).toMatchObject({ status, type });
    expect(error.headers.get("retry-after")).toBe("7");
    board.addFault({ service: "claude", status, retryAfter: 0 });
    await client.messages.create(base, { maxRetries: 1 });
    expect(board.requests("claude").map((request) => request.status)).toEqual([status, status, 200]);
  });

  it("an error in mid-stream reaches the client without a status", async () => {
    claude.store.nextStream({ errorAfterEvents: 4 });
    const seen: string[] = [];
    const stream = client.messages.stream(base).on("text", (delta) => seen.push(delta));
    await expect(stream.finalMessage()).rejects.toMatchObject({ status: undefined, type: "overloaded_error" });
    expect(seen.length).toBeGreaterThan(0);
  });

  it("a connection cut in mid-stream", async () => {
    claude.store.nextStream({ cutAfterEvents: 4 });
    const seen: string[] = [];
    const stream = client.messages.stream(base).on("text", (delta) => seen.push(delta));
    await expect(stream.finalMessage()).rejects.toThrow();
    expect(seen.length).toBeGreaterThan(0);
  });

  it("a tool call cut off by max_tokens", async () => {
    claude.store.script(() => useTool);
    claude.store.nextStream({ stopReason: "max_tokens", cutToolCall: true });
    let json = "";
    const stream = client.messages.stream({ ...base, tools: [tool] }).on("inputJson", (delta) => {
      json += delta;
    });
    const message = await stream.finalMessage();
    expect(message.stop_reason).toBe("max_tokens");
    expect(message.content.map((block) => block.type)).toEqual(["thinking", "tool_use"]);
    expect(() => JSON.parse(json)).toThrow(SyntaxError);
  });

  it("a refusal says why", async () => {
    claude.store.nextStream({ stopReason: "refusal" });
    const message = await client.messages.stream(base).finalMessage();
    expect(message).toMatchObject({ stop_reason: "refusal", stop_details: { type: "refusal" } });
  });

  it("a pause goes on when the answer is sent back unchanged", async () => {
    claude.store.script(() => [{ type: "text", text: "One, two, three, four." }]);
    claude.store.nextStream({ stopReason: "pause_turn" });
    const first = await client.messages.stream(base).finalMessage();
    expect(first.stop_reason).toBe("pause_turn");
    const messages = [...base.messages, { role: "assistant" as const, content: first.content }];
    const second = await client.messages.stream({ ...base, messages }).finalMessage();
    const said = [...first.content, ...second.content].map((block) => (block.type === "text" ? block.text : ""));
    expect(said.join("")).toBe("One, two, three, four.");
    expect(second.stop_reason).toBe("end_turn");
  });

  it("notices a client that goes away", async () => {
    const slow = await startClaude({ board, pace: { chunkCharacters: 2, delayMs: 20 } });
    const stream = new Anthropic({ apiKey: CLAUDE_API_KEY, baseURL: slow.url }).messages.stream(base);
    const ended = stream.finalMessage().catch((error: unknown) => error);
    await new Promise<void>((resolve) => stream.once("text", () => resolve()));
    stream.abort();
    expect(await ended).toBeInstanceOf(APIUserAbortError);
    await expect.poll(() => slow.store.answers[0]?.aborted).toBe(true);
    await slow.close();
  });
});

describe("prompt caching", () => {
  const hour = { type: "ephemeral" as const, ttl: "1h" as const };
  const system = [{ type: "text" as const, text: "s".repeat(8000), cache_control: hour }];
  const ask = async (messages: any[], extra: Record<string, unknown> = {}) =>
    (
      await client.messages.create({
        ...base,
        system,
        tools: [tool],
        cache_control: { type: "ephemeral" },
        messages,
        ...extra,
      } as any)
    ).usage;
  const question = { role: "user", content: "q".repeat(4000) };
  const longer = [question, { role: "assistant", content: "a".repeat(400) }, { role: "user", content: "and then?" }];

  it("writes what is marked, reads it the next time, and writes only what is new", async () => {
    const first = await ask([question]);
    expect(first.cache_read_input_tokens).toBe(0);
    expect(first.cache_creation?.ephemeral_1h_input_tokens).toBeGreaterThanOrEqual(2000);
    expect(first.cache_creation?.ephemeral_5m_input_tokens).toBe(1000);
    expect(first.input_tokens).toBe(0);
    const second = await ask(longer);
    expect(second.cache_read_input_tokens).toBe(first.cache_creation_input_tokens);
    expect(second.cache_creation_input_tokens).toBe(103);
  });

  it("keeps the system part when only messages differ, and loses all when a tool changes", async () => {
    const first = await ask([question]);
    const other = await ask([{ role: "user", content: "z".repeat(4000) }]);
    expect(other.cache_read_input_tokens).toBe(first.cache_creation?.ephemeral_1h_input_tokens);
    const changed = await ask([question], { tools: [{ ...tool, description: "Lists all calls." }] });
    expect(changed.cache_read_input_tokens).toBe(0);
    expect((await ask([question], { model: "claude-haiku-5-5" })).cache_read_input_tokens).toBe(0);
  });

  it("forgets by the sandbox's clock: five minutes for the tail, an hour for the system", async () => {
    const first = await ask([question]);
    board.clock.set(board.clock.now() + 6 * 60_000);
    const later = await ask([question]);
    expect(later.cache_read_input_tokens).toBe(first.cache_creation?.ephemeral_1h_input_tokens);
    board.clock.set(board.clock.now() + 61 * 60_000);
    expect((await ask([question])).cache_read_input_tokens).toBe(0);
  });

  it("does not look further back than 20 blocks", async () => {
    await ask([question]);
    const many = (n: number) => [
      {
        role: "user",
        content: [
          { type: "text", text: question.content },
          ...Array.from({ length: n }, () => ({ type: "text", text: "b" })),
        ],
      },
    ];
    expect((await ask(many(19))).cache_read_input_tokens).toBeGreaterThan(2500);
    claude.store.cache.clear();
    const first = await ask([question]);
    expect((await ask(many(20))).cache_read_input_tokens).toBe(first.cache_creation?.ephemeral_1h_input_tokens);
  });

  it("does not cache short prompts", async () => {
    const usage = await ask([{ role: "user", content: "short" }], {
      system: [{ type: "text", text: "s", cache_control: hour }],
    });
    expect(usage).toMatchObject({ cache_creation_input_tokens: 0, cache_read_input_tokens: 0 });
  });
});
