import { z } from "zod";
import { decodeCursor, encodeCursor } from "../../shared/page.ts";
import { cleanLine, mostLines } from "../logs.ts";
import {
  cursorArgument,
  deploymentIdArgument,
  fromText,
  limitArgument,
  pulumiTool,
  readsPulumi,
  stackArgument,
} from "../outputs.ts";

export const deploymentLogs = pulumiTool({
  name: "deployment_logs",
  title: "Read a deployment's log",
  description:
    "Reads what a deployment (a preview or an update) has printed, from its beginning: what would change or has changed, and why it failed. " +
    "`truncated` with a `cursor` means that there is more, or that more may come while it runs.",
  input: z.strictObject({
    stack: stackArgument,
    deployment_id: deploymentIdArgument,
    limit: limitArgument(100, mostLines),
    cursor: cursorArgument,
  }),
  output: z.strictObject({
    lines: z.array(
      z.strictObject({
        at: z.string().nullable(),
        step: z.string().nullable().describe("Where a new step begins: its name"),
        text: z.string(),
      }),
    ),
    truncated: z.boolean(),
    cursor: z.string().optional(),
  }),
  annotations: readsPulumi,
  progress: { one: "Reading a deployment's log", many: "Reading deployment logs ({count} times)" },

  async run({ stack, deployment_id: id, limit: count, cursor }, context) {
    const access = context.client.access(context);
    const ref = await access.find(stack);
    const query = ["deployment_logs", ref, id];
    const token = cursor === undefined ? undefined : decodeCursor(cursor, query, z.string());
    const { lines, nextToken } = await access.logs(ref, id, { count, token });
    return {
      lines: (lines ?? []).map(({ timestamp, header, line }) => ({
        at: fromText(timestamp),
        step: header || null,
        text: cleanLine(line),
      })),
      truncated: Boolean(nextToken),
      ...(nextToken ? { cursor: encodeCursor(query, nextToken) } : {}),
    };
  },
});
