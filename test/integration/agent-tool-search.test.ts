import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ClaudeStore, CLAUDE_API_KEY, startClaude } from "../../sandbox/claude/index.ts";
import type { ScriptBlock } from "../../sandbox/claude/wire.ts";
import { createSandboxClock, type StandIn, Switchboard } from "../../sandbox/stand-in.ts";
import { createClaudeModel } from "../../src/agent/claude-model.ts";
import type { Step } from "../../src/agent/ports.ts";
import { MemoryTools, toolDefinition } from "../support/agent-doubles.ts";
import * as wire from "../support/claude-server.ts";
import { kinds } from "../support/gong-tools.ts";
import { makeAgent, NOW, type Ran, runTurn, silentLogger } from "../support/run-agent.ts";

const board = new Switchboard(createSandboxClock(NOW));
let claude: StandIn<ClaudeStore>;
let tools: MemoryTools;

beforeEach(async () => {
  claude = await startClaude({ board });
  tools = manyTools();
});
afterEach(async () => {
  await claude.close();
  board.reset();
});

/** More than are loaded at once: those of two services, of which one is hot. */
function manyTools(): MemoryTools {
  const offered = new MemoryTools();
  offered.add(toolDefinition("gong__get_calls", { description: "Lists calls" }), () => '{"calls":[]}');
  offered.add(
    toolDefinition("asana__list_sections", { description: "Lists the sections of a project", service: "Asana" }),
    () => '{"sections":["Doing"]}',
  );
  for (let n = 0; n < 40; n++) offered.add(toolDefinition(`pulumi__tool_${n}`, { service: "Pulumi" }), () => "{}");
  return offered;
}

async function ask(question: string, more: { history?: Step[]; url?: string } = {}): Promise<Ran> {
  const { url = claude.url, ...rest } = more;
  const model = createClaudeModel({ apiKey: CLAUDE_API_KEY, baseUrl: url, logger: silentLogger, backoffMs: 1 });
  return runTurn(makeAgent({ model, tools, settings: { model: "claude-sonnet-5-5" } }), question, rest);
}

const sections: ScriptBlock[] = [
  { type: "thinking", thinking: "I need the sections of the project in Asana." },
  { type: "tool_use", name: "asana__list_sections", input: {} },
];

/** Asks for the sections once in a question, beside what else is given, and then says what it has read. */
function readsSections(...beside: ScriptBlock[]): void {
  claude.store.script(({ messages }) => {
    const { content } = messages.at(-1)!;
    const hasSections = typeof content !== "string" && JSON.stringify(content).includes("Doing");
    if (hasSections) return [{ type: "text", text: "There is one section: Doing." }];
    const isFirst = messages.at(-1)?.role === "system";
    return isFirst ? [...sections, ...beside] : sections.slice(1);
  });
}

const statuses = () => board.requests("claude").map(({ status }) => status);
const blocksOf = (steps: readonly Step[]): string[] =>
  steps.flatMap((step) => (step.kind === "answer" ? step.content.map(({ type }) => type) : []));

describe("a question whose tool is deferred", () => {
  it("is answered through the search, which is recorded and is no call of ours", async () => {
    readsSections();
    const { outcome, reply, steps } = await ask("which sections are there?");
    expect(outcome.status).toBe("done");
    expect(reply.markdown).toBe("There is one section: Doing.");
    expect(kinds(steps)).toEqual(["question", "answer", "tool_result", "answer"]);
    expect(blocksOf(steps)).toEqual(["thinking", "server_tool_use", "tool_search_tool_result", "tool_use", "text"]);
    expect(tools.calls.map(({ name }) => name)).toEqual(["asana__list_sections"]);
    expect(statuses()).toEqual([200, 200]);
  });

  it("is searched for once in a thread", async () => {
    readsSections();
    const first = await ask("which sections are there?");
    const second = await ask("and now?", { history: first.steps });
    expect(second.outcome.status).toBe("done");
    expect(blocksOf(second.recorded)).toEqual(["thinking", "tool_use", "text"]);
    expect(claude.store.answers.at(-1)?.usage.cache_read_input_tokens).toBeGreaterThan(0);
  });

  it("is found beside a call of a loaded one", async () => {
    readsSections({ type: "tool_use", name: "gong__get_calls", input: {} });
    const { outcome, steps } = await ask("which sections and calls are there?");
    expect(outcome.status).toBe("done");
    expect(tools.calls.map(({ name }) => name)).toEqual(["gong__get_calls", "asana__list_sections"]);
    expect(blocksOf(steps)).toEqual([
      "thinking",
      "server_tool_use",
      "tool_use",
      "tool_search_tool_result",
      "tool_use",
      "text",
    ]);
    expect((await ask("and now?", { history: steps })).outcome.status).toBe("done");
    expect(new Set(statuses())).toEqual(new Set([200]));
  });

  it("survives a pause in the middle of the search, in this turn and as memory", async () => {
    readsSections();
    claude.store.nextStream({ stopReason: "pause_turn" });
    const { outcome, steps } = await ask("which sections are there?");
    expect(outcome.status).toBe("done");
    expect(kinds(steps)).toEqual(["question", "answer", "answer", "tool_result", "answer"]);
    expect((await ask("and now?", { history: steps })).outcome.status).toBe("done");
    expect(new Set(statuses())).toEqual(new Set([200]));
  });

  it.each([
    ["the search", { stopReason: "max_tokens" as const, cutToolCall: true }],
    ["the search, by a break", { cutAfterEvents: 9 }],
  ])("goes on where %s was cut off after words", async (_, fault) => {
    claude.store.script(({ messages }) => {
      if (JSON.stringify(messages).includes("Carry on exactly")) return [{ type: "text", text: " all I can say." }];
      return [{ type: "text", text: "That is" }, ...sections.slice(1)];
    });
    claude.store.nextStream(fault);
    const { outcome, reply, steps } = await ask("which sections are there?");
    expect(outcome.status).toBe("done");
    expect(reply.markdown).toBe("That is all I can say.");
    expect((await ask("and now?", { history: steps })).outcome.status).toBe("done");
    expect(new Set(statuses())).toEqual(new Set([200]));
  });

  it("does not poison the thread when its server has gone since", async () => {
    readsSections();
    const { steps } = await ask("which sections are there?");
    tools = manyTools();
    const gone = tools.list.bind(tools);
    tools.list = async () => (await gone()).filter((tool) => tool.name !== "asana__list_sections");
    claude.store.script(() => [{ type: "text", text: "That is all." }]);
    expect((await ask("and now?", { history: steps })).outcome.status).toBe("done");
    tools.list = async () => (await gone()).slice(0, 5);
    expect((await ask("and with few tools?", { history: steps })).outcome.status).toBe("done");
    expect(new Set(statuses())).toEqual(new Set([200]));
  });
});

describe("a service that refuses the search", () => {
  it.each([
    "Tool reference 'asana__list_sections' not found in available tools",
    "tools.0: Input tag 'tool_search_tool_bm25_20251119' found using 'type' does not match any of the expected tags",
    "tools.3.custom.defer_loading: Extra inputs are not permitted",
  ])("is asked again with all tools loaded: %s", async (message) => {
    const server = await wire.startClaudeServer(
      wire.refuses(400, "invalid_request_error", {}, message),
      wire.says("Hello."),
    );
    const { outcome, reply } = await ask("hello", { url: server.url });
    await server.close();
    expect(outcome.status).toBe("done");
    expect(reply.markdown).toBe("Hello.");
    const [first, second] = server.seen.map(({ body }) => body);
    expect(first.tools[0].type).toBe("tool_search_tool_bm25_20251119");
    expect(JSON.stringify(second)).not.toMatch(/tool_search_tool|defer_loading/);
    expect(second.tools.map((tool: any) => tool.name)).toEqual(first.tools.slice(1).map((tool: any) => tool.name));
  });

  it("twice is believed", async () => {
    const refusal = wire.refuses(400, "invalid_request_error", {}, "tool_search_tool_bm25 is not for you");
    const server = await wire.startClaudeServer(refusal, refusal);
    const { outcome } = await ask("hello", { url: server.url });
    await server.close();
    expect(outcome).toMatchObject({ status: "failed", reason: "model: 400" });
    expect(server.seen).toHaveLength(2);
  });
});

it("what was searched stays where an answer breaks off after it", async () => {
  const id = "srvtoolu_1";
  const use = { type: "server_tool_use", id, name: "tool_search_tool_bm25", input: {}, caller: { type: "direct" } };
  const json = '{"query":"sections"}';
  const references = [{ type: "tool_reference", tool_name: "asana__list_sections" }];
  const found = {
    type: "tool_search_tool_result",
    tool_use_id: id,
    content: { type: "tool_search_tool_search_result", tool_references: references },
  };
  const server = await wire.startClaudeServer(
    wire.breaksAfter(
      wire.start(),
      wire.sse({ type: "content_block_start", index: 0, content_block: use }),
      wire.sse({ type: "content_block_delta", index: 0, delta: { type: "input_json_delta", partial_json: json } }),
      wire.stopBlock(0),
      wire.sse({ type: "content_block_start", index: 1, content_block: found }),
      wire.stopBlock(1),
      wire.textBlock(2, "I found "),
    ),
    wire.says("it."),
  );
  const { reply } = await ask("which sections?", { url: server.url });
  await server.close();
  expect(reply.markdown).toBe("I found it.");
  const kept = server.seen[1]?.body.messages.find((message: any) => message.role === "assistant");
  expect(kept.content).toEqual([
    { ...use, input: { query: "sections" } },
    found,
    { type: "text", text: "I found ", citations: null },
  ]);
});
