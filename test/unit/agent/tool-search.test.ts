import { describe, expect, it } from "vitest";
import { requestBody } from "../../../src/agent/claude-messages.ts";
import { readMoreTool } from "../../../src/agent/excerpt.ts";
import { shapeHistory } from "../../../src/agent/memory.ts";
import type { ContentBlock, ModelRequest, Step, ToolDefinition } from "../../../src/agent/ports.ts";
import { systemPrompt } from "../../../src/agent/prompt.ts";
import { builtinRoles, type Role, toolsOf } from "../../../src/agent/roles.ts";
import { answer, call, text, thinking, toolDefinition } from "../../support/agent-doubles.ts";

const [sophia] = builtinRoles as [Role];
const hotNames = ["asana__create_task", "gong__get_calls", "hubspot__get_deal"];
const coldNames = Array.from({ length: 40 }, (_, n) => `asana__tool_${String(n).padStart(2, "0")}`);
const catalogue = [...hotNames, ...coldNames]
  .map((name) => toolDefinition(name))
  .sort((a, b) => (a.name < b.name ? -1 : 1));

const question = (words: string): Step => ({ kind: "question", text: words, context: "<context>\n{}\n</context>" });
const result = (toolUseId: string, tool = "gong__get_calls", words = "ok"): Step => ({
  kind: "tool_result",
  toolUseId,
  tool,
  arguments: {},
  text: words,
  isError: false,
  ms: 1,
});
const use = (id: string, query = "tasks"): ContentBlock => ({
  type: "server_tool_use",
  id,
  name: "tool_search_tool_bm25",
  input: { query },
  caller: { type: "direct" },
});
const found = (id: string, ...names: string[]): ContentBlock => ({
  type: "tool_search_tool_result",
  tool_use_id: id,
  content: {
    type: "tool_search_tool_search_result",
    tool_references: names.map((tool_name) => ({ type: "tool_reference", tool_name })),
  },
});

function bodyOf(steps: Step[], tools: readonly ToolDefinition[] = toolsOf(sophia, catalogue)) {
  const request: ModelRequest = {
    model: "claude-sonnet-5-5",
    maxTokens: 1000,
    effort: "medium",
    system: "You are Sophia.",
    tools,
    toolChoice: "auto",
    steps,
    timeLeftMs: 1000,
  };
  return structuredClone(requestBody(request)) as any;
}

const answersOf = (body: any): any[][] =>
  body.messages.filter((message: any) => message.role === "assistant").map((message: any) => message.content);
const typesOf = (body: any): string[][] => answersOf(body).map((content) => content.map((block) => block.type));
const deferredIn = (body: any): string[] =>
  body.tools.filter((tool: any) => tool.defer_loading).map((tool: any) => tool.name);

describe("the tools of a role", () => {
  it("are all loaded up to 30", () => {
    const few = catalogue.slice(0, 30);
    expect(toolsOf(sophia, few)).toEqual(few);
    expect(bodyOf([question("a")], few).tools.map((tool: any) => Object.keys(tool))).toEqual(
      few.map(() => ["name", "description", "input_schema"]),
    );
  });

  it("above that are deferred but for the hot ones, in the same order, behind the search tool", () => {
    const body = bodyOf([question("a")]);
    expect(body.tools[0]).toEqual({ type: "tool_search_tool_bm25_20251119", name: "tool_search_tool_bm25" });
    expect(body.tools.slice(1).map((tool: any) => tool.name)).toEqual(catalogue.map(({ name }) => name));
    expect(deferredIn(body)).toEqual(coldNames);
    expect(body.tools.find((tool: any) => tool.name === "gong__get_calls")).toEqual({
      name: "gong__get_calls",
      description: "Does gong__get_calls",
      input_schema: { type: "object", properties: {} },
    });
    expect(body.tools.some((tool: any) => tool.cache_control)).toBe(false);
  });

  it("are the same bytes for every question", () => {
    const bytes = [[question("a")], [question("a"), answer([text("b")]), question("c")]].map((steps) => {
      const { tools, system } = bodyOf(steps);
      return JSON.stringify([tools, system]);
    });
    expect(bytes[0]).toBe(bytes[1]);
  });

  it("are hot as the role says, by name or pattern", () => {
    const hot = (patterns: string[]) =>
      toolsOf({ ...sophia, hot: patterns }, catalogue).flatMap((tool) => (tool.deferred ? [] : [tool.name]));
    expect(hot(["asana__tool_0*", "hubspot__get_deal"])).toEqual([...coldNames.slice(0, 10), "hubspot__get_deal"]);
    expect(hot([])).toEqual([]);
    const all = toolsOf({ ...sophia, hot: ["*"] }, catalogue);
    expect(bodyOf([question("a")], all).tools).toHaveLength(catalogue.length);
  });

  it("are counted after the role has taken its own", () => {
    const narrow: Role = { ...sophia, tools: ["gong__*", "asana__tool_1*"] };
    expect(toolsOf(narrow, catalogue).map(({ deferred }) => deferred)).not.toContain(true);
  });

  it("can always be read on in", () => {
    const offered = [...toolsOf({ ...sophia, hot: [] }, catalogue), readMoreTool];
    expect(deferredIn(bodyOf([question("a")], offered))).not.toContain("read_more");
    const gateway = toolsOf(sophia, [...catalogue, toolDefinition("gateway__read_more")]);
    expect(gateway.at(-1)?.deferred).toBeUndefined();
  });

  it("that are to be searched for are told of, by service, and only they", () => {
    expect(systemPrompt(sophia, catalogue)).not.toContain("More tools");
    const tools = toolsOf(sophia, catalogue).map((tool) => ({
      ...tool,
      service: tool.name.startsWith("asana") ? "Asana" : "Gong",
    }));
    expect(systemPrompt(sophia, tools)).toContain("There are more, of Asana.");
  });
});

it("the usual project for tasks is told of where there is one", () => {
  expect(systemPrompt(sophia, catalogue)).not.toContain("usual project");
  expect(systemPrompt(sophia, catalogue, { followUpProject: "Deal follow-ups" })).toContain(
    'project "Deal follow-ups"',
  );
});

describe("a search in the conversation", () => {
  const asked = answer([thinking("Tasks?"), use("s1"), found("s1", "asana__tool_07"), call("t1", "asana__tool_07")]);

  it("goes back as it came, and only our own calls are answered", () => {
    const body = bodyOf([question("a"), asked, result("t1")]);
    expect(body.messages[2]).toEqual({ role: "assistant", content: asked.content });
    expect(body.messages[3].content.map((block: any) => block.tool_use_id)).toEqual(["t1"]);
    expect(deferredIn(body)).toEqual(coldNames);
  });

  it("keeps what it found for later turns of the thread", () => {
    const earlier = [question("a"), asked, result("t1"), answer([text("One task.")]), question("b")];
    const body = bodyOf([...earlier, answer([call("t2", "asana__tool_07")]), result("t2")]);
    expect(typesOf(body)[0]).toEqual(["thinking", "server_tool_use", "tool_search_tool_result", "tool_use"]);
    expect(deferredIn(body)).toEqual(coldNames);
  });

  it.each([
    ["at max_tokens", answer([thinking("Hm."), text("I look."), use("s1")], "max_tokens")],
    ["by a broken stream", answer([text("I look."), use("s1")], "interrupted")],
    ["by the context's end", answer([text("I look."), use("s1")], "model_context_window_exceeded")],
  ])("that was cut off %s is not sent back half", (_, cut) => {
    const note: Step = { kind: "note", reason: "continue", text: "Go on." };
    for (const steps of [
      [question("a"), cut, note],
      [...shapeHistory([question("a"), cut], { resultChars: 100, historyTokens: 1000 }, "m"), question("b")],
    ]) {
      expect(JSON.stringify(bodyOf(steps).messages)).not.toContain("server_tool_use");
      expect(typesOf(bodyOf(steps))[0]).toContain("text");
    }
  });

  it("that is paused goes back unchanged, and with its result once that has come", () => {
    const paused = answer([thinking("Hm."), use("s1")], "pause_turn");
    expect(bodyOf([question("a"), paused]).messages.at(-1)).toEqual({ role: "assistant", content: paused.content });
    const goesOn = answer([found("s1", "asana__tool_07"), call("t1", "asana__tool_07")]);
    const after = bodyOf([question("a"), paused, goesOn, result("t1")]);
    expect(answersOf(after)).toEqual([paused.content, goesOn.content]);
  });

  it("that was paused when the turn ended is taken out, for nothing will answer it", () => {
    const paused = answer([thinking("Hm."), use("s1")], "pause_turn");
    const history = shapeHistory([question("a"), paused], { resultChars: 100, historyTokens: 1000 }, "m");
    expect(typesOf(bodyOf([...history, question("b")]))).toEqual([["thinking"], ["text"]]);
    const note: Step = { kind: "note", reason: "budget", text: "Answer now." };
    expect(typesOf(bodyOf([question("a"), paused, note]))).toEqual([["thinking"]]);
  });

  it("that waits for our own calls beside it stays open until their results are there, and is closed by the next answer", () => {
    const mixed = answer([use("s1"), call("t1", "gong__get_calls")]);
    const open = bodyOf([question("a"), mixed, result("t1")]);
    expect(typesOf(open)).toEqual([["server_tool_use", "tool_use"]]);
    expect(open.messages.at(-1).content).toEqual([{ type: "tool_result", tool_use_id: "t1", content: "ok" }]);
    const next = answer([found("s1", "asana__tool_07"), call("t2", "asana__tool_07")]);
    const closed = bodyOf([question("a"), mixed, result("t1"), next, result("t2")]);
    expect(typesOf(closed)).toEqual([
      ["server_tool_use", "tool_use"],
      ["tool_search_tool_result", "tool_use"],
    ]);
    const note: Step = { kind: "note", reason: "budget", text: "Answer now." };
    expect(typesOf(bodyOf([question("a"), mixed, result("t1"), note]))).toEqual([["tool_use"]]);
  });

  it("whose call is lost loses its result", () => {
    const body = bodyOf([question("a"), answer([found("s0", "asana__tool_07"), text("Here.")])]);
    expect(typesOf(body)).toEqual([["text"]]);
  });

  it("no longer refers to tools that are gone, or that are loaded by now", () => {
    const many = answer([use("s1"), found("s1", "pulumi__gone", "asana__tool_07", "gong__get_calls"), text("Here.")]);
    const [content] = answersOf(bodyOf([question("a"), many]));
    expect(content?.[1].content).toEqual({
      type: "tool_search_tool_search_result",
      tool_references: [{ type: "tool_reference", tool_name: "asana__tool_07" }],
    });
  });

  it("that failed at the service goes back as it is", () => {
    const failed: ContentBlock = {
      type: "tool_search_tool_result",
      tool_use_id: "s1",
      content: { type: "tool_search_tool_result_error", error_code: "unavailable", error_message: null },
    };
    const steps = [question("a"), answer([use("s1"), failed, text("I cannot search.")])];
    expect(answersOf(bodyOf(steps))[0]?.[1]).toEqual(failed);
  });

  it("leaves no trace where all tools are loaded", () => {
    const few = catalogue.slice(0, 10);
    const body = bodyOf([question("a"), asked, result("t1")], few);
    expect(typesOf(body)).toEqual([["thinking", "tool_use"]]);
    expect(JSON.stringify(body.tools)).not.toMatch(/tool_search|defer_loading/);
  });
});

describe("a tool that is used without a search that found it", () => {
  const usedAlone = [question("a"), answer([call("t1", "asana__tool_07")]), result("t1"), answer([text("One.")])];

  it("is loaded, as when it was not deferred in an earlier turn", () => {
    const body = bodyOf([...usedAlone, question("b")]);
    expect(deferredIn(body)).toEqual(coldNames.filter((name) => name !== "asana__tool_07"));
    expect(body.tools.map((tool: any) => tool.name)).toEqual(
      bodyOf([question("a")]).tools.map((tool: any) => tool.name),
    );
  });

  it("is loaded when memory has dropped the turn of the search", () => {
    const history: Step[] = [
      question("a"),
      answer([use("s1"), found("s1", "asana__tool_07"), call("t0", "asana__tool_07")]),
      result("t0", "asana__tool_07"),
      answer([text("x".repeat(4000))]),
    ];
    for (let n = 1; n < 12; n++) {
      history.push(
        question(`q${n}`),
        answer([call(`t${n}`, "asana__tool_07")]),
        result(`t${n}`, "asana__tool_07"),
        answer([text("x".repeat(4000))]),
      );
    }
    const shaped = shapeHistory(history, { resultChars: 100, historyTokens: 4000 }, "m");
    expect(JSON.stringify(shaped)).not.toContain("server_tool_use");
    const body = bodyOf([...shaped, question("z")]);
    expect(JSON.stringify(body.messages)).toContain("asana__tool_07");
    expect(deferredIn(body)).not.toContain("asana__tool_07");
  });

  it("is not referred to a second time by a later search", () => {
    const later = answer([use("s2"), found("s2", "asana__tool_07", "asana__tool_08"), text("Here.")]);
    const body = bodyOf([...usedAlone, question("b"), later]);
    expect(answersOf(body).at(-1)?.[1].content.tool_references).toEqual([
      { type: "tool_reference", tool_name: "asana__tool_08" },
    ]);
  });
});
