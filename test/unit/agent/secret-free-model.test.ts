import { describe, expect, it } from "vitest";
import type { Answer, ContentBlock, Model, ModelListener, ModelRequest } from "../../../src/agent/ports.ts";
import { withoutSecrets } from "../../../src/agent/secret-free-model.ts";
import { createSecrets } from "../../../src/core/secrets.ts";

const secret = "xoxb-1234567890-AbCdEfGhIjKlMnOpQrSt";
const removed = "[secret removed]";
const usage = { inputTokens: 1, cacheWriteTokens: 0, cacheReadTokens: 0, outputTokens: 1 };
const answerOf = (content: ContentBlock[]): Answer => ({
  kind: "answer",
  content,
  stopReason: "end_turn",
  model: "m",
  usage,
});
const request: ModelRequest = {
  model: "m",
  maxTokens: 10,
  effort: "low",
  system: "Be brief.",
  tools: [],
  toolChoice: "auto",
  steps: [],
  timeLeftMs: 1_000,
};

/** Runs one step of a model that says these pieces and answers so; what was heard, read and recorded. */
async function respond(pieces: readonly string[], content: ContentBlock[], given: Partial<ModelRequest> = {}) {
  const heard: string[] = [];
  let read: ModelRequest | undefined;
  const model: Model = {
    respond: async (asked, listener) => {
      read = asked;
      for (const piece of pieces) {
        listener.onThinking(piece);
        listener.onText(piece);
      }
      return answerOf(content);
    },
  };
  const listener: ModelListener = {
    onText: (delta) => heard.push(delta),
    onThinking: (delta) => expect(secret).not.toContain(delta.slice(-10)),
    onRetry: () => undefined,
    onLost: () => undefined,
  };
  const free = withoutSecrets(model, createSecrets([secret]));
  const answer = await free.respond({ ...request, ...given }, listener, new AbortController().signal);
  return { heard: heard.join(""), read, answer };
}

describe("a model without secrets", () => {
  it("is heard without one that comes in pieces, and recorded in the same words", async () => {
    const text = `It is ${secret}, I think. And xoxb`;
    const { heard, answer } = await respond(text.match(/.{1,5}/gs) ?? [], [{ type: "text", text }]);
    expect(heard).toBe(`It is ${removed}, I think. And xoxb`);
    expect(answer.content).toEqual([{ type: "text", text: heard }]);
  });

  it("calls tools without one, and its signed thinking is left out rather than changed", async () => {
    const kept = { type: "thinking", thinking: "First the deals.", signature: "s" };
    const { answer } = await respond(
      [],
      [
        kept,
        { type: "thinking", thinking: `Then ${secret}.`, signature: "s" },
        { type: "tool_use", id: "t", name: "asana__create_task", input: { name: `Use ${secret}` } },
      ],
    );
    expect(answer.content).toEqual([
      kept,
      { type: "tool_use", id: "t", name: "asana__create_task", input: { name: `Use ${removed}` } },
    ]);
    expect(answer).toMatchObject({ stopReason: "end_turn", usage });
  });

  it("reads no record of a time at which it was no secret yet", async () => {
    const { read } = await respond([], [], {
      steps: [
        { kind: "question", text: `Is ${secret} ours?`, context: "<context>\n{}\n</context>" },
        answerOf([{ type: "thinking", thinking: secret, signature: "s" }]),
      ],
    });
    expect(JSON.stringify(read)).not.toContain(secret);
    expect(read?.steps[0]).toMatchObject({ text: `Is ${removed} ours?` });
    expect(read?.steps[1]).toMatchObject({ content: [] });
  });
});
