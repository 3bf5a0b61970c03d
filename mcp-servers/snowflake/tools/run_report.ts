import { z } from "zod";
import { maxRowsArgument, readsSnowflake, rowsAsArgument, snowflakeTool, timeoutArgument } from "../arguments.ts";
import { fillReport, findReport } from "../reports.ts";
import { queryOutput, runQuery } from "../run-query.ts";

export const runReport = snowflakeTool({
  name: "run_report",
  title: "Run a saved report",
  description:
    "Runs one of the reports that list_reports names, with values for its parameters, and gives its rows. Read on with fetch_results.",
  input: z.strictObject({
    name: z.string().min(1).max(64).describe("As list_reports has it"),
    parameters: z
      .record(z.string().max(64), z.union([z.string().max(500), z.number()]))
      .default({})
      .describe('Values by the parameters\' names: {"since": "2026-01-01"}'),
    max_rows: maxRowsArgument,
    rows_as: rowsAsArgument,
    timeout_seconds: timeoutArgument,
  }),
  output: z.strictObject({ report: z.string(), title: z.string(), sql: z.string(), ...queryOutput }),
  annotations: readsSnowflake,
  progress: { one: "Running a report in Snowflake", many: "Running {count} reports in Snowflake" },

  async run(input, context) {
    const { max_rows: maxRows, rows_as: form, timeout_seconds: timeoutSeconds } = input;
    const { client } = context;
    const report = findReport(await client.reports(), input.name);
    const sql = fillReport(report, input.parameters);
    const answer = await runQuery({ sql, place: client.place, maxRows, form, timeoutSeconds }, context);
    return { report: report.name, title: report.title, sql, ...answer };
  },
});
