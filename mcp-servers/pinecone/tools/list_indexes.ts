import { z } from "zod";
import { pageOf } from "../../shared/page.ts";
import { pineconeTool, readsPinecone } from "../arguments.ts";
import { indexOutput, presentIndex } from "../indexes.ts";

export const listIndexes = pineconeTool({
  name: "list_indexes",
  title: "List indexes",
  description:
    "Lists the Pinecone indexes that can be searched, with model, dimension and whether they take text. Searches need no index to be named unless another one than the usual is meant.",
  input: z.strictObject({
    limit: z.int().min(1).max(100).default(50).describe("Most of them on a page"),
    cursor: z.string().max(200).optional().describe("`cursor` of the previous page, for the next one"),
  }),
  output: z.strictObject({
    indexes: z.array(indexOutput),
    total: z.int(),
    truncated: z.boolean(),
    cursor: z.string().optional(),
  }),
  annotations: readsPinecone,
  progress: { one: "Listing indexes in Pinecone", many: "Listing indexes in Pinecone ({count} times)" },

  async run({ limit, cursor }, context) {
    const indexes = await context.client.access(context).indexes();
    const { items, ...page } = pageOf(indexes, { limit, cursor, query: ["list_indexes"] });
    return { indexes: items.map((index) => presentIndex(index, context.client.config.index)), ...page };
  },
});
