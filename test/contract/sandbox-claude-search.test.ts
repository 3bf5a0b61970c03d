import Anthropic from "@anthropic-ai/sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CLAUDE_API_KEY, type ClaudeStore, startClaude } from "../../sandbox/claude/index.ts";
import type { ScriptBlock } from "../../sandbox/claude/wire.ts";
import { createSandboxClock, type StandIn, Switchboard } from "../../sandbox/stand-in.ts";

const board = new Switchboard(createSandboxClock(Date.parse("2026-11-20T12:00:00Z")));
let claude: StandIn<ClaudeStore>;
let client: Anthropic;

const schema = (properties: Record<string, unknown> = {}) => ({ type: "object" as const, properties });
const mark = { type: "ephemeral" };
const searchTool = { type: "tool_search_tool_bm25_20251119" as const, name: "tool_search_tool_bm25" as const };
const getCalls = { name: "gong__get_calls", description: "Lists calls.", input_schema: schema() };
const trackers = {
  name: "gong__list_trackers",
  description: "Lists the trackers that are set up, with their phrases.",
  input_schema: schema(),
  defer_loading: true,
};
const updateTask = {
  name: "asana__update_task",
  description: "Changes a task.",
  input_schema: schema({ assignee: { type: "string", description: "Who is to do it, by e-mail" } }),
  defer_loading: true,
};
const companies = {
  name: "hubspot__search_companies",
  description: `Finds companies. ${"A company has a name and a domain. ".repeat(40)}`,
  input_schema: schema(),
  defer_loading: true,
};
const tools = [searchTool, getCalls, updateTask, trackers, companies];
const base = {
  model: "claude-sonnet-5-5",
  max_tokens: 2000,
  messages: [{ role: "user" as const, content: "which trackers do we have?" }],
};
const callTrackers: ScriptBlock[] = [
  { type: "thinking", thinking: "This is about the trackers in Gong." },
  { type: "tool_use", name: trackers.name, input: {} },
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

const create = (body: Record<string, unknown> = {}): Promise<any> =>
  client.messages.create({ ...base, tools, ...body }) as Promise<any>;
const stream = (body: Record<string, unknown> = {}): Promise<any> =>
  client.messages.stream({ ...base, tools, ...body } as any).finalMessage();
const refusal = (body: Record<string, unknown>): Promise<any> =>
  create(body).then(
    () => expect.unreachable("the request was accepted"),
    (error: unknown) => error,
  );
const types = (message: any): string[] => message.content.map((block: any) => block.type);
const namesFound = (message: any): string[] =>
  message.content
    .filter((block: any) => block.type === "tool_search_tool_result")
    .flatMap((block: any) => block.content.tool_references.map((reference: any) => reference.tool_name));
const resultsOf = (message: any) => ({
  role: "user",
  content: message.content
    .filter((block: any) => block.type === "tool_use")
    .map((block: any) => ({ type: "tool_result", tool_use_id: block.id, content: "{}" })),
});
const said = (message: any) => ({ role: "assistant", content: message.content });

describe("a call of a deferred tool", () => {
  it("stands behind a search that found it, which the official client puts together from the stream", async () => {
    claude.store.script(() => callTrackers);
    const events: any[] = [];
    const running = client.messages.stream({ ...base, tools });
    running.on("streamEvent", (event) => events.push(structuredClone(event)));
    const message = (await running.finalMessage()) as any;
    expect(types(message)).toEqual(["thinking", "server_tool_use", "tool_search_tool_result", "tool_use"]);
    const [, use, found, call] = message.content;
    expect(use).toEqual({
      type: "server_tool_use",
      id: expect.stringMatching(/^srvtoolu_/),
      name: "tool_search_tool_bm25",
      input: { query: "This is about the trackers in Gong." },
      caller: { type: "direct" },
    });
    expect(found).toEqual({
      type: "tool_search_tool_result",
      tool_use_id: use.id,
      content: {
        type: "tool_search_tool_search_result",
        tool_references: [{ type: "tool_reference", tool_name: trackers.name }],
      },
    });
    expect(call).toMatchObject({ name: trackers.name });
    expect(message.stop_reason).toBe("tool_use");
    const ofResult = events.filter((event) => event.index === 2).map((event) => event.type);
    expect(ofResult).toEqual(["content_block_start", "content_block_stop"]);
  });

  it("needs no second search while its reference stands in the conversation", async () => {
    claude.store.script(() => callTrackers);
    const first = await create();
    const messages = [...base.messages, said(first), resultsOf(first)];
    expect(types(await create({ messages }))).toEqual(["thinking", "tool_use"]);
    expect(types(await create({ messages: [...base.messages] }))).toContain("server_tool_use");
  });

  it("cannot be made where its description does not say what is searched for", async () => {
    claude.store.script(() => [
      { type: "thinking", thinking: "What does the competition say?" },
      { type: "tool_use", name: trackers.name, input: {} },
    ]);
    const message = await create();
    expect(types(message)).toEqual(["thinking", "server_tool_use", "tool_search_tool_result", "text"]);
    expect(namesFound(message)).toEqual([]);
    expect(message.content.at(-1).text).toContain('I searched for "What does the competition say?"');
    expect(message.stop_reason).toBe("end_turn");
  });

  it("is searched for by names, descriptions and arguments, in the script's own words where it gives any", async () => {
    const find = async (search: string, name: string) => {
      claude.store.script(() => [{ type: "tool_use", name, input: {}, search }]);
      return namesFound(await create());
    };
    expect(await find("hubspot", companies.name)).toEqual([companies.name]);
    expect(await find("phrases", trackers.name)).toEqual([trackers.name]);
    expect(await find("assignee e-mail", updateTask.name)).toEqual([updateTask.name]);
    expect(await find("update a task of the company", updateTask.name)).toEqual([updateTask.name, companies.name]);
    expect(await find("task ".repeat(100), updateTask.name)).toEqual([updateTask.name]);
  });

  it("finds five at most", async () => {
    const many = Array.from({ length: 9 }, (_, n) => ({ ...updateTask, name: `asana__task_${n}` }));
    claude.store.script(() => [{ type: "tool_use", name: "asana__task_0", input: {}, search: "task" }]);
    expect(namesFound(await create({ tools: [searchTool, ...many] }))).toHaveLength(5);
  });

  it("without a tool to search with, or without a reason, is a mistake of the script", async () => {
    claude.store.script(() => callTrackers);
    expect(await refusal({ tools: [getCalls, trackers] })).toMatchObject({ status: 500, type: "api_error" });
    claude.store.script(() => callTrackers.slice(1));
    expect((await refusal({})).message).toContain("no reason to search by");
  });

  it("beside a call of a loaded tool is searched for when that one's result has come", async () => {
    claude.store.script(({ messages }) =>
      messages.length === 1
        ? [...callTrackers, { type: "tool_use", name: getCalls.name, input: {} }]
        : callTrackers.slice(1),
    );
    const first = await stream();
    expect(types(first)).toEqual(["thinking", "server_tool_use", "tool_use"]);
    expect(first).toMatchObject({ stop_reason: "tool_use", content: [{}, {}, { name: getCalls.name }] });
    const messages: any[] = [...base.messages, said(first), resultsOf(first)];
    const second = await stream({ messages });
    expect(types(second)).toEqual(["tool_search_tool_result", "tool_use"]);
    expect(second.content[0].tool_use_id).toBe(first.content[1].id);
    claude.store.script(() => [{ type: "text", text: "Done." }]);
    await create({ messages: [...messages, said(second), resultsOf(second)] });
    const withoutSearch = await refusal({ messages, tools: [getCalls, trackers] });
    expect(withoutSearch.message).toMatch(/but no `tool_search_tool_bm25` tool was provided/);
  });

  it("is made after a pause between the search and its result", async () => {
    claude.store.script(() => callTrackers);
    claude.store.nextStream({ stopReason: "pause_turn" });
    const first = await stream();
    expect(types(first)).toEqual(["thinking", "server_tool_use"]);
    expect(first.stop_reason).toBe("pause_turn");
    const second = await stream({ messages: [...base.messages, said(first)] });
    expect(types(second)).toEqual(["tool_search_tool_result", "tool_use"]);
    const messages = [...base.messages, said(first), said(second), resultsOf(second)];
    claude.store.script(() => [{ type: "text", text: "Done." }]);
    expect((await stream({ messages })).stop_reason).toBe("end_turn");
  });

  it("can be cut off in the middle of its search", async () => {
    claude.store.script(() => [{ type: "text", text: "I look." }, ...callTrackers.slice(1)]);
    claude.store.nextStream({ stopReason: "max_tokens", cutToolCall: true });
    const message = await stream();
    expect(types(message)).toEqual(["text", "server_tool_use"]);
    const again = [...base.messages, said(message), { role: "user", content: "Go on." }];
    expect((await refusal({ messages: again })).message).toMatch(
      /messages\.1: `tool_search_tool_bm25` tool use with id `srvtoolu_\w+` was found without a corresponding/,
    );
  });
});

describe("what it refuses", () => {
  it.each<[string, unknown[], RegExp]>([
    ["only deferred tools", [trackers, updateTask], /All tools have defer_loading set/],
    ["a deferred search tool", [{ ...searchTool, defer_loading: true }, trackers], /All tools have defer_loading set/],
    [
      "a cache mark on a deferred tool",
      [searchTool, { ...trackers, cache_control: mark }],
      /Tool 'gong__list_trackers' cannot have both defer_loading=true and cache_control set/,
    ],
    ["a name twice", [searchTool, trackers, { ...getCalls, name: trackers.name }], /must be unique/],
    ["a tool named as the search", [searchTool, { ...getCalls, name: searchTool.name }], /must be unique/],
    ["another name for the search", [{ ...searchTool, name: "find" }, getCalls], /Input should be/],
  ])("%s", async (_, offered, message) => {
    const error = await refusal({ tools: offered });
    expect(error).toMatchObject({ status: 400, type: "invalid_request_error" });
    expect(error.message).toMatch(message);
  });

  it("searches that were torn apart, and references to tools that are gone", async () => {
    claude.store.script(() => callTrackers);
    const answer = await create();
    const replay = (content: unknown[], offered: unknown[] = tools) =>
      refusal({ tools: offered, messages: [...base.messages, { role: "assistant", content }, resultsOf(answer)] });
    const [thinking, use, found, call] = answer.content;
    expect((await replay([thinking, found, call])).message).toMatch(
      /messages\.1\.content\.1: unexpected `tool_use_id` found in `tool_search_tool_result` blocks: srvtoolu_\w+\. Each/,
    );
    expect((await replay([thinking, use, found, call], [searchTool, getCalls, updateTask])).message).toMatch(
      /Tool reference 'gong__list_trackers' not found in available tools/,
    );
    const later = { role: "user", content: "And then?" };
    const torn = await refusal({
      messages: [
        ...base.messages,
        { role: "assistant", content: [thinking, use, { type: "text", text: "Hm." }] },
        later,
      ],
    });
    expect(torn.message).toMatch(/without a corresponding `tool_search_tool_result` block/);
  });
});

describe("what deferred tools cost", () => {
  const count = async (body: Record<string, unknown>) =>
    (await client.messages.countTokens({ model: base.model, messages: base.messages, ...body })).input_tokens;

  it("is nothing until a search refers to them, then their definitions where it stands", async () => {
    const loaded = await count({ tools: [searchTool, getCalls] });
    expect(await count({ tools })).toBe(loaded);
    const { defer_loading: _, ...undeferred } = companies;
    expect(await count({ tools: [searchTool, getCalls, undeferred] })).toBeGreaterThan(loaded + 300);
    claude.store.script(() => [{ type: "tool_use", name: companies.name, input: {}, search: "companies" }]);
    const answer = await create();
    const messages = [...base.messages, said(answer), resultsOf(answer)];
    expect(await count({ tools, messages })).toBeGreaterThan(loaded + 300);
  });

  it("leaves the cached prefix as it was, whichever tools are deferred or found", async () => {
    const hour = { type: "ephemeral", ttl: "1h" };
    const cached = { system: [{ type: "text", text: "s".repeat(8000), cache_control: hour }], cache_control: mark };
    const first = (await create(cached)).usage;
    claude.store.script(() => callTrackers);
    const answer = await create({ ...cached, tools: tools.slice(0, -1) });
    expect(answer.usage.cache_read_input_tokens).toBe(first.cache_creation_input_tokens);
    const messages = [...base.messages, said(answer), resultsOf(answer)];
    const { usage } = await create({ ...cached, messages });
    expect(usage.cache_read_input_tokens).toBeGreaterThanOrEqual(first.cache_creation.ephemeral_1h_input_tokens);
  });
});
