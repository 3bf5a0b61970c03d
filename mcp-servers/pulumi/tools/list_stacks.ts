import { z } from "zod";
import { UserError } from "../../../src/core/errors.ts";
import { decodeCursor, encodeCursor } from "../../shared/page.ts";
import {
  cursorArgument,
  fromSeconds,
  limitArgument,
  presentStack,
  pulumiTool,
  readsPulumi,
  stackOutput,
} from "../outputs.ts";

export const listStacks = pulumiTool({
  name: "list_stacks",
  title: "List stacks",
  description:
    "Lists the organization's Pulumi stacks with their last update and number of resources. Their names (project/stack) are what the other tools take. If `truncated`, ask again with `cursor`.",
  input: z.strictObject({
    project: z.string().min(1).max(100).optional().describe("Only of this project, spelt exactly so: 'billing'"),
    tag_name: z.string().min(1).max(40).optional().describe("Only with this tag: 'environment'"),
    tag_value: z.string().min(1).max(256).optional().describe("And with this value of it: 'production'"),
    limit: limitArgument(50, 200),
    cursor: cursorArgument,
  }),
  output: z.strictObject({
    stacks: z.array(
      z.strictObject({
        ...stackOutput.shape,
        resource_count: z.int().nullable(),
        last_update_at: z.string().nullable().describe("When the last update began; null where there was none"),
      }),
    ),
    truncated: z.boolean(),
    cursor: z.string().optional(),
  }),
  annotations: readsPulumi,
  progress: { one: "Listing stacks in Pulumi", many: "Listing stacks in Pulumi ({count} times)" },

  async run({ project, tag_name: tagName, tag_value: tagValue, limit, cursor }, context) {
    if (tagValue !== undefined && tagName === undefined) throw new UserError("tag_value needs tag_name: send both.");
    const query = ["list_stacks", project ?? null, tagName ?? null, tagValue ?? null, limit];
    const token = cursor === undefined ? undefined : decodeCursor(cursor, query, z.string());
    const access = context.client.access(context);
    const answer = await access.api.stacks({ project, tagName, tagValue }, { limit, token }, access.scope);
    const next = answer.continuationToken;
    return {
      stacks: (answer.stacks ?? []).map(({ projectName, stackName, resourceCount, lastUpdate }) => ({
        ...presentStack(context.client, { project: projectName, stack: stackName }),
        resource_count: resourceCount ?? null,
        last_update_at: fromSeconds(lastUpdate),
      })),
      truncated: Boolean(next),
      ...(next ? { cursor: encodeCursor(query, next) } : {}),
    };
  },
});
