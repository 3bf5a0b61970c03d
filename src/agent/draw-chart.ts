import { type ChartSpec, chartLimits } from "../charts/spec.ts";
import { callsOf } from "./memory.ts";
import type { Step, ToolDefinition, ToolResult, ToolUseBlock } from "./ports.ts";

/** Charts below one answer. */
const mostCharts = 3;

/** What a reader sees: neither space nor control character. */
const anyVisible = /[^\s\p{C}]/u;

const { categories, categoryLength, magnitude, nameLength, series, titleLength, unitLength } = chartLimits;

/** Our own tool beside those of the gateway: a picture of figures that the answer says. */
export const drawChartTool: ToolDefinition = {
  name: "sophia__draw_chart",
  description:
    "Draws a chart of figures that you have from tools, and shows it below your answer; for who does not see it, its figures are told in " +
    "words. Use it where a comparison or a course is easier seen than read, beside a table of the same figures. Amounts of several " +
    "currencies do not go into one chart. Every series has one value for each category, null where there is none.",
  inputSchema: {
    type: "object",
    properties: {
      title: { type: "string", minLength: 1, maxLength: titleLength, description: "What it shows, and of when" },
      kind: { type: "string", enum: ["bar", "line"], description: "bar: to compare; line: a course over time" },
      categories: {
        type: "array",
        items: { type: "string", minLength: 1, maxLength: categoryLength },
        minItems: 1,
        maxItems: categories,
        description: "Along the axis, in order: months, stages, accounts",
      },
      series: {
        type: "array",
        minItems: 1,
        maxItems: series,
        items: {
          type: "object",
          properties: {
            name: { type: "string", minLength: 1, maxLength: nameLength },
            values: {
              type: "array",
              items: { type: ["number", "null"], minimum: -magnitude, maximum: magnitude },
              minItems: 1,
              maxItems: categories,
            },
          },
          required: ["name", "values"],
          additionalProperties: false,
        },
      },
      unit: { type: "string", maxLength: unitLength, description: "Of the figures: USD, EUR, calls. Empty for none" },
    },
    required: ["title", "kind", "categories", "series", "unit"],
    additionalProperties: false,
  },
  service: "the chart",
  readOnly: true,
  progress: { one: "Drawing a chart", many: "Drawing {count} charts" },
};

/**
 * Answers a call whose arguments fit the schema. Nothing is drawn yet: the picture is made of the recorded call when the answer
 * is whole, so that another attempt shows the same one.
 */
export function drawChart({ id, input }: ToolUseBlock, thread: readonly Step[]): ToolResult {
  const spec = input as ChartSpec;
  if (!anyVisible.test(spec.title))
    return { text: "The chart has no title: say what it shows, and of when.", isError: true };
  const wrong = spec.series.find(({ values }) => values.length !== spec.categories.length);
  if (wrong) {
    const { name, values } = wrong;
    const text = `"${name}" has ${values.length} values for ${spec.categories.length} categories: give one for each, null where there is none.`;
    return { text, isError: true };
  }
  const turn = thread.slice(thread.findLastIndex((step) => step.kind === "question"));
  if (goodCalls(turn).findIndex((call) => call.id === id) >= mostCharts) {
    return { text: `There are ${mostCharts} charts below this answer already, and no room for more.`, isError: true };
  }
  const text = "The chart will stand below your answer. Do not describe it; say what its figures mean.";
  return { text, isError: false };
}

/** The charts that stand below a turn's answer, in order. */
export function chartsOf(steps: readonly Step[]): ChartSpec[] {
  const answered = new Set(steps.flatMap((step) => (step.kind === "tool_result" ? step.toolUseId : [])));
  return goodCalls(steps).flatMap(({ id, input }) => (answered.has(id) ? [input as ChartSpec] : []));
}

/** The calls that were not refused, in the order in which they were made: their results come in any. */
function goodCalls(steps: readonly Step[]): ToolUseBlock[] {
  const refused = new Set(steps.flatMap((step) => (step.kind === "tool_result" && step.isError ? step.toolUseId : [])));
  const calls = steps.flatMap((step) => (step.kind === "answer" ? callsOf(step) : []));
  return calls.filter(({ id, name }) => name === drawChartTool.name && !refused.has(id));
}
