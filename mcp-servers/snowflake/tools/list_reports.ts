import { z } from "zod";
import { readsSnowflake, snowflakeTool } from "../arguments.ts";

export const listReports = snowflakeTool({
  name: "list_reports",
  title: "List saved reports",
  description:
    "The reports that are set up here: questions that are asked again and again, with the SQL that answers them as the company means it. " +
    "Look here before writing a query of your own, and run one with run_report.",
  input: z.strictObject({}),
  output: z.strictObject({
    reports: z.array(
      z.strictObject({
        name: z.string(),
        title: z.string(),
        description: z.string(),
        parameters: z.array(
          z.strictObject({
            name: z.string(),
            type: z.enum(["text", "number", "date"]),
            description: z.string(),
            default: z.union([z.string(), z.number()]).nullable().describe("Null where a value has to be given"),
          }),
        ),
      }),
    ),
  }),
  annotations: { ...readsSnowflake, openWorldHint: false },
  progress: { one: "Listing saved reports", many: "Listing saved reports" },

  async run(_input, { client }) {
    const reports = await client.reports();
    return {
      reports: reports.map(({ name, title, description, parameters }) => ({
        name,
        title,
        description,
        parameters: parameters.map((parameter) => ({ ...parameter, default: parameter.default ?? null })),
      })),
    };
  },
});
