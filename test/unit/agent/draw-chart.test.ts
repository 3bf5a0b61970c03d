import { describe, expect, it } from "vitest";
import type { Step } from "../../../src/agent/ports.ts";
import { answer, call, MemoryTools, ScriptedModel, text, toolDefinition } from "../../support/agent-doubles.ts";
import { makeAgent, runTurn } from "../../support/run-agent.ts";

const chart = {
  title: "Q4 by month",
  kind: "bar",
  categories: ["October", "November"],
  series: [{ name: "Before", values: [410_000, null] }],
  unit: "USD",
};

const sql = "SELECT MONTH, SUM(FORECAST) FROM SALES.FINANCE.REVENUE_BY_MONTH GROUP BY MONTH";

const warehouse = () =>
  new MemoryTools().add(toolDefinition("snowflake__execute_query"), () => JSON.stringify({ rows: [], total_rows: 0 }));

const results = (steps: readonly Step[]) => steps.filter((step) => step.kind === "tool_result");

describe("a chart", () => {
  it("that the model asks for stands below the answer, with every figure in words", async () => {
    const model = new ScriptedModel(answer([call("a", "sophia__draw_chart", chart)]), answer([text("Here.")]));
    const { reply, recorded } = await runTurn(makeAgent({ model }), "draw it");
    expect(results(recorded)).toMatchObject([{ isError: false, tool: "sophia__draw_chart" }]);
    expect(reply.images).toHaveLength(1);
    expect(reply.images[0]).toMatchObject({
      title: "Q4 by month",
      alt: "Bar chart: Q4 by month. Before: October 410,000 USD.",
    });
    expect(reply.images[0]?.png.length).toBeGreaterThan(5_000);
  });

  it("is the same again on another attempt, from the record alone", async () => {
    const model = new ScriptedModel(answer([call("a", "sophia__draw_chart", chart)]), answer([text("Here.")]));
    const first = await runTurn(makeAgent({ model }), "draw it");
    const again = await runTurn(makeAgent({ model: new ScriptedModel() }), "draw it", { steps: first.recorded });
    expect(again.reply.images).toEqual(first.reply.images);
  });

  it("that cannot be drawn is refused in words that say what to mend, and does not stand there", async () => {
    const wrong = [
      { ...chart, series: [{ name: "Before", values: [1] }] },
      { ...chart, kind: "pie" },
      { ...chart, series: [{ name: "Before", values: [1, 1e300] }] },
      { ...chart, categories: [], series: [] },
      { ...chart, title: " \u200B\n" },
    ];
    const model = new ScriptedModel(
      answer(wrong.map((input, index) => call(`w${index}`, "sophia__draw_chart", input))),
      answer([text("No.")]),
    );
    const { reply, recorded } = await runTurn(makeAgent({ model }), "draw it");
    expect(results(recorded).map(({ isError }) => isError)).toEqual([true, true, true, true, true]);
    expect(results(recorded)[0]?.text).toContain('"Before" has 1 values for 2 categories');
    expect(results(recorded)[4]?.text).toContain("The chart has no title");
    expect(reply.images).toEqual([]);
  });

  it("is the fourth of an answer no more, but of the next one again", async () => {
    const calls = ["a", "b", "c", "d"].map((id) => call(id, "sophia__draw_chart", { ...chart, title: id }));
    const model = new ScriptedModel(answer(calls), answer([text("Here.")]));
    const first = await runTurn(makeAgent({ model }), "draw it");
    expect(first.reply.images.map(({ title }) => title)).toEqual(["a", "b", "c"]);
    expect(results(first.recorded).at(-1)?.text).toContain("no room for more");
    const next = new ScriptedModel(answer([call("e", "sophia__draw_chart", chart)]), answer([text("Here.")]));
    const second = await runTurn(makeAgent({ model: next }), "once more", { history: first.recorded });
    expect(second.reply.images).toHaveLength(1);
  });

  it("is drawn for the roles whose tools name it", async () => {
    const model = new ScriptedModel(answer([text("Hi.")]));
    const roles = [{ name: "sophia", description: "", tools: ["gong__*"] }];
    await runTurn(makeAgent({ model, roles }), "hello");
    expect(model.last.tools.map(({ name }) => name)).toEqual(["read_more", "sophia__read_forwarded"]);
    const analyst = new ScriptedModel(answer([text("Hi.")]));
    const turn = { ...asked, agent: "sales-analyst" };
    await runTurn(makeAgent({ model: analyst }), "hello", { turn });
    expect(analyst.last.tools.map(({ name }) => name)).toEqual([
      "read_more",
      "sophia__draw_chart",
      "sophia__read_forwarded",
    ]);
  });
});

const asked = {
  id: "turn_1",
  agent: "sophia",
  text: "hello",
  teamId: "T0NORTHWIND",
  userId: "U0MAYA00001",
  channel: "C0SALES0001",
  threadTs: "1795291440.000100",
  audience: "channel" as const,
  askedAt: Date.parse("2026-11-21T20:04:00Z"),
};

describe("the query of an answer", () => {
  it("is shown by a button where the warehouse gave its figures", async () => {
    const model = new ScriptedModel(
      answer([call("a", "snowflake__execute_query", { sql })]),
      answer([text("So much.")]),
    );
    const { reply } = await runTurn(makeAgent({ model, tools: warehouse() }), "how much?");
    expect(reply.buttonsBelow).toEqual([{ action: "sophia_show_query", label: "Show the query", value: "turn_1" }]);
  });

  it("has no button where there was none, or it failed", async () => {
    const none = await runTurn(makeAgent({ model: new ScriptedModel(answer([text("Hi.")])) }), "hello");
    expect(none.reply.buttonsBelow).toEqual([]);
    const failing = new MemoryTools().add(toolDefinition("snowflake__execute_query"), () => ({
      text: "There is no such table",
      isError: true,
    }));
    const model = new ScriptedModel(answer([call("a", "snowflake__execute_query", { sql })]), answer([text("No.")]));
    const { reply } = await runTurn(makeAgent({ model, tools: failing }), "how much?");
    expect(reply.buttonsBelow).toEqual([]);
  });
});
