import { describe, expect, it } from "vitest";
import { toMessages } from "../../../src/agent/claude-messages.ts";
import { shapeHistory } from "../../../src/agent/memory.ts";
import type { Step } from "../../../src/agent/ports.ts";
import { answer, call, text, thinking } from "../../support/agent-doubles.ts";
import { results } from "../../support/gong-tools.ts";

const limits = { resultChars: 1000, historyTokens: 100_000 };
const question = (words: string): Step => ({ kind: "question", text: words, context: "<context>\n{}\n</context>" });
const note: Step = { kind: "note", reason: "continue", text: "Go on." };
const result = (toolUseId: string, words = "ok"): Step => ({
  kind: "tool_result",
  toolUseId,
  tool: "gong__get_calls",
  arguments: {},
  text: words,
  isError: false,
  ms: 1,
});
const shape = (history: Step[], more = {}) => shapeHistory(history, { ...limits, ...more }, "claude-test");
const roles = (history: Step[]) => toMessages(shape(history)).map((message) => message.role);

describe("a thread's memory", () => {
  it("is every turn in order, with its raw blocks", () => {
    const history = [
      question("one"),
      answer([thinking("Hm."), call("a", "gong__get_calls")]),
      result("a"),
      answer([text("One.")]),
      question("two"),
      answer([text("Two.")]),
    ];
    expect(shape(history)).toEqual(history);
  });

  it("closes a turn that was stopped while its tools ran", () => {
    const history = [
      question("one"),
      answer([call("a", "t"), call("b", "t"), call("c", "t")]),
      result("b"),
      question("two"),
    ];
    const messages = toMessages(shape(history));
    expect(messages.map((message) => message.role)).toEqual([
      "user",
      "system",
      "assistant",
      "user",
      "assistant",
      "user",
      "system",
      "assistant",
    ]);
    expect(messages[3]?.content).toEqual([
      { type: "tool_result", tool_use_id: "a", content: "Not run: the turn ended first.", is_error: true },
      { type: "tool_result", tool_use_id: "b", content: "ok" },
      { type: "tool_result", tool_use_id: "c", content: "Not run: the turn ended first.", is_error: true },
    ]);
    expect(messages[4]?.content).toEqual([text("(This question was ended before it was answered.)")]);
  });

  it.each([
    ["before any answer", [question("one")]],
    ["after its results", [question("one"), answer([call("a", "t")]), result("a")]],
    ["on a note", [question("one"), answer([text("Half")], "max_tokens"), note]],
    ["with nothing said", [question("one"), answer([text(" ")])]],
    ["in the middle of a text", [question("one"), answer([text("Half a sent")], "interrupted")]],
  ])("takes a turn that ended %s", (_, turn) => {
    const shown = roles([...turn, question("two"), answer([text("Two.")])]);
    expect(shown.slice(-4)).toEqual(["assistant", "user", "system", "assistant"]);
    shown.forEach((role, index) => {
      if (role === "system") expect([shown[index - 1], shown[index + 1]]).toEqual(["user", "assistant"]);
    });
  });

  it("forgets a turn that was refused", () => {
    const good = [question("good"), answer([text("Good.")])];
    expect(shape([question("bad"), answer([text("Well")], "refusal"), ...good])).toEqual(good);
  });

  it("leaves the oldest results out when it grows, and says how to get them back", () => {
    const turn = (n: number) => [
      question(`q${n}`),
      answer([call(`t${n}`, "t")]),
      result(`t${n}`, "x".repeat(800)),
      answer([text(`a${n}`)]),
    ];
    const shaped = shape(Array.from({ length: 10 }, (_, n) => turn(n)).flat(), { historyTokens: 2000 });
    const kept = results(shaped).map((step) => step.text.startsWith("x"));
    expect(kept).toEqual([...kept].sort((a, b) => Number(a) - Number(b)));
    expect(kept.at(-1)).toBe(true);
    expect(kept[0]).toBe(false);
    expect(results(shaped)[0]?.text).toBe(
      '[Left out here to save room: 800 characters. read_more with cursor "t0:0" brings them back.]',
    );
    expect(shaped.filter((step) => step.kind === "question")).toHaveLength(10);
  });

  it("is cut rarely: most requests begin with the bytes of the one before", () => {
    const history: Step[] = [];
    let breaks = 0;
    let before = "";
    for (let n = 0; n < 200; n++) {
      history.push(
        question(`q${n}`),
        answer([call(`t${n}`, "t")]),
        result(`t${n}`, "x".repeat(1000)),
        answer([text(`a${n}`)]),
      );
      const now = JSON.stringify(toMessages(shape(history, { historyTokens: 5000 })));
      expect(now.length / 4).toBeLessThan(12_000);
      if (!now.startsWith(before.slice(0, -1))) breaks++;
      before = now;
    }
    expect(breaks).toBeLessThan(50);
  });

  it("drops the oldest turns where words alone are too many", () => {
    const history = Array.from({ length: 20 }, (_, n) => [
      question(`q${n} ${"word ".repeat(200)}`),
      answer([text(`a${n}`)]),
    ]).flat();
    const shaped = shape(history, { historyTokens: 2000 });
    expect(shaped[0]?.kind).toBe("question");
    expect(shaped.length).toBeLessThan(20);
    expect(shaped.at(-1)).toEqual(history.at(-1));
  });
});
