import { afterEach, describe, expect, it } from "vitest";
import { startClaude } from "../../sandbox/claude/index.ts";
import { createSandboxClock, Switchboard } from "../../sandbox/stand-in.ts";
import { createClaudeModel } from "../../src/agent/claude-model.ts";
import { getTranscript, gong, kinds } from "../support/gong-tools.ts";
import * as wire from "../support/claude-server.ts";
import { makeAgent, NOW, type Ran, runTurn, silentLogger } from "../support/run-agent.ts";
import { MemoryTools } from "../support/agent-doubles.ts";
import type { Step } from "../../src/agent/ports.ts";

let close: () => Promise<void> = async () => {};
afterEach(() => close());

type Script = Parameters<typeof wire.startClaudeServer>;

async function turn(
  script: Script,
  more: { steps?: Step[]; history?: Step[]; signal?: AbortSignal; tools?: MemoryTools } = {},
): Promise<Ran & { sent: any[] }> {
  const server = await wire.startClaudeServer(...script);
  close = () => server.close();
  const model = createClaudeModel({ apiKey: "k", baseUrl: server.url, logger: silentLogger, backoffMs: 1 });
  const { tools = gong(), ...rest } = more;
  const ran = await runTurn(makeAgent({ model, tools }), "summarize yesterday's calls", rest);
  return { ...ran, sent: server.seen.map((seen) => seen.body) };
}

const readsCalls = (...ids: string[]) =>
  wire.streams(
    wire.start(),
    ...ids.flatMap((id, index) => [
      wire.toolBlock(index, id, "gong__get_call_transcript", `{"id":"${id}"}`),
      wire.stopBlock(index),
    ]),
    wire.end("tool_use"),
  );

describe("a turn with Claude on the wire", () => {
  it("sends each request as the beginning of the next, and shows the answer as it comes", async () => {
    const { sent, reply, outcome } = await turn([readsCalls("a", "b"), wire.says("Two calls, both with Acme.")]);
    expect(outcome).toEqual({
      status: "done",
      usage: { inputTokens: 10, cacheWriteTokens: 400, cacheReadTokens: 6000, outputTokens: 80 },
      costUsd: 0,
    });
    expect(reply.markdown).toBe("Two calls, both with Acme.");
    expect(reply.log.filter((line) => line.startsWith("write")).length).toBeGreaterThan(3);
    const [first, second] = sent;
    expect(second.messages.slice(0, first.messages.length)).toEqual(first.messages);
    expect(second.messages.at(-1).content.map((block: any) => block.tool_use_id)).toEqual(["a", "b"]);
    expect(JSON.stringify([second.tools, second.system])).toBe(JSON.stringify([first.tools, first.system]));
  });

  it("survives 429, 529 and a break before anything was seen, without a trace", async () => {
    const { reply, outcome, recorded } = await turn([
      wire.refuses(429, "rate_limit_error", { "retry-after": "0.01" }),
      readsCalls("a"),
      wire.refuses(529, "overloaded_error"),
      wire.breaksAfter(wire.start(), wire.thinkingBlock(0, "Hm.", "")),
      wire.says("One call."),
    ]);
    expect(outcome.status).toBe("done");
    expect(reply.markdown).toBe("One call.");
    expect(reply.statuses.some((line) => line.startsWith("is waiting for Claude"))).toBe(true);
    expect(kinds(recorded)).toEqual(["question", "answer", "tool_result", "answer"]);
  });

  it("carries an answer on that broke off in sight of the person", async () => {
    const { reply, sent, outcome } = await turn([
      wire.streams(wire.start(), wire.textBlock(0, "Acme wants a "), wire.errorEvent("overloaded_error")),
      wire.says("discount."),
    ]);
    expect(reply.markdown).toBe("Acme wants a discount.");
    expect(outcome.status).toBe("done");
    expect(sent[1].messages.slice(-2)).toEqual([
      { role: "assistant", content: [{ type: "text", text: "Acme wants a ", citations: null }] },
      { role: "user", content: [{ type: "text", text: expect.stringContaining("Carry on exactly where it stops") }] },
    ]);
  });

  it("never runs a call that was cut off", async () => {
    const tools = gong();
    const cut = wire.streams(
      wire.start(),
      wire.toolBlock(0, "a", "gong__get_call_transcript", '{"id":"1'),
      wire.stopBlock(0),
      wire.end("max_tokens"),
    );
    const { reply, sent } = await turn([cut, wire.says("Shorter.")], { tools });
    expect(tools.calls).toEqual([]);
    expect(sent.map((body) => body.max_tokens)).toEqual([16_000, 32_000]);
    expect(reply.markdown).toBe("Shorter.");
  });

  it("resends a paused turn unchanged", async () => {
    const block = { type: "server_tool_use", id: "srv", name: "web_search", input: {}, caller: { type: "direct" } };
    const paused = wire.streams(
      wire.start(),
      wire.sse({ type: "content_block_start", index: 0, content_block: block }),
      wire.stopBlock(0),
      wire.end("pause_turn"),
    );
    const { sent, reply } = await turn([paused, wire.says("Found.")]);
    expect(sent[1].messages.at(-1)).toEqual({ role: "assistant", content: [block] });
    expect(reply.markdown).toBe("Found.");
  });

  it("says a refusal plainly", async () => {
    const stop_details = { type: "refusal", category: null, explanation: null };
    const { reply, outcome } = await turn([wire.says("", "refusal", { stop_details })]);
    expect(reply.markdown).toBe("Claude declined to answer this.");
    expect(outcome).toMatchObject({ status: "failed", reason: "refusal" });
  });

  it("says plainly that the key was refused, after what was already found", async () => {
    const { reply, outcome } = await turn([readsCalls("a"), wire.refuses(401, "authentication_error")]);
    expect(reply.markdown).toBe("Claude refused Sophia's key. Whoever runs Sophia has to check ANTHROPIC_API_KEY.");
    expect(outcome).toMatchObject({ status: "failed", reason: "model: 401" });
  });

  it("ends the model and the tools at once when it is stopped", async () => {
    const stop = new AbortController();
    const tools = new MemoryTools().add(getTranscript, () => {
      setImmediate(() => stop.abort(new Error("stopped by a person")));
      return new Promise(() => {});
    });
    await expect(turn([readsCalls("a")], { tools, signal: stop.signal })).rejects.toThrow("stopped by a person");
  });
});

describe("against a service that checks every rule of a conversation", () => {
  /** The stand-in refuses orphans, misplaced system messages, changed thinking, unknown fields. */
  async function converse(histories: (last: Step[]) => Step[]): Promise<Ran> {
    const board = new Switchboard(createSandboxClock(NOW));
    const claude = await startClaude({ board });
    close = () => claude.close();
    const model = createClaudeModel({ apiKey: "sk-ant-sandbox", baseUrl: claude.url, logger: silentLogger });
    const agent = makeAgent({ model, tools: gong() });
    const first = await runTurn(agent, "summarize yesterday's calls");
    expect(first.outcome.status).toBe("done");
    const second = await runTurn(agent, "and what about last week?", { history: histories(first.steps) });
    expect(board.requests("claude").map((request) => request.status)).toEqual(board.requests("claude").map(() => 200));
    return second;
  }

  it("a whole thread passes, and the second turn reads the first from the cache", async () => {
    const { outcome, reply } = await converse((steps) => steps);
    expect(outcome.status).toBe("done");
    expect(outcome.usage.cacheReadTokens).toBeGreaterThan(0);
    expect(reply.markdown).not.toBe("");
  });

  it("a thread whose first turn was cut anywhere passes", async () => {
    for (let cut = 1; cut <= 4; cut++) {
      const { outcome } = await converse((steps) => steps.slice(0, cut));
      expect(outcome.status).toBe("done");
      await close();
    }
    close = async () => {};
  });
});
