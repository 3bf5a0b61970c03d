import { z } from "zod";
import { indexArgument, pineconeTool, readsPinecone } from "../arguments.ts";
import { indexOutput, presentIndex } from "../indexes.ts";

export const describeIndex = pineconeTool({
  name: "describe_index",
  title: "Describe an index",
  description:
    "Tells of one Pinecone index whether it is ready, which model and metric it has and where it is. How many records it holds is in index_stats.",
  input: z.strictObject({ index: indexArgument }),
  output: z.strictObject({ index: indexOutput }),
  annotations: readsPinecone,
  progress: { one: "Looking at an index in Pinecone", many: "Looking at {count} indexes in Pinecone" },

  async run({ index }, context) {
    const found = await context.client.access(context).freshIndex(index);
    return { index: presentIndex(found, context.client.config.index) };
  },
});
