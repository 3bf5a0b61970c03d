import { z } from "zod";
import { decodeCursor, encodeCursor } from "../../shared/page.ts";
import {
  cursorArgument,
  limitArgument,
  presentStack,
  presentUpdate,
  pulumiTool,
  readsPulumi,
  stackArgument,
  stackOutput,
  updateOutput,
} from "../outputs.ts";

export const listUpdates = pulumiTool({
  name: "list_updates",
  title: "List a stack's updates",
  description:
    "Lists what was done to a Pulumi stack, the newest first: when, by whom, with which result and how many resources changed. If `truncated`, ask again with `cursor`.",
  input: z.strictObject({ stack: stackArgument, limit: limitArgument(10, 100), cursor: cursorArgument }),
  output: z.strictObject({
    stack: stackOutput,
    updates: z.array(updateOutput),
    total: z.int(),
    truncated: z.boolean(),
    cursor: z.string().optional(),
  }),
  annotations: readsPulumi,
  progress: { one: "Listing updates in Pulumi", many: "Listing updates in Pulumi ({count} times)" },

  async run({ stack, limit, cursor }, context) {
    const access = context.client.access(context);
    const ref = await access.find(stack);
    const query = ["list_updates", ref, limit];
    const page = cursor === undefined ? 1 : decodeCursor(cursor, query, z.int().positive());
    const found = await access.api.updates(ref, { page, pageSize: limit }, access.scope);
    const { updates, total } = await access.existing(ref, found);
    const truncated = page * limit < total;
    return {
      stack: presentStack(context.client, ref),
      updates: (updates ?? []).map((update) => presentUpdate(context.client, ref, update)),
      total,
      truncated,
      ...(truncated ? { cursor: encodeCursor(query, page + 1) } : {}),
    };
  },
});
