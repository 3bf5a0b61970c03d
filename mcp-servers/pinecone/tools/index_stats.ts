import { z } from "zod";
import { pageOf } from "../../shared/page.ts";
import { indexArgument, pineconeTool, readsPinecone } from "../arguments.ts";
import { namespaceName } from "../namespaces.ts";

export const indexStats = pineconeTool({
  name: "index_stats",
  title: "Count an index's records",
  description:
    "Counts the records of a Pinecone index, in all and by namespace: what there is to search, and the names that `namespaces` takes. Counts lag behind writes by some seconds.",
  input: z.strictObject({
    index: indexArgument,
    limit: z.int().min(1).max(200).default(100).describe("Most namespaces on a page"),
    cursor: z.string().max(200).optional().describe("`cursor` of the previous page, for the next one"),
  }),
  output: z.strictObject({
    index: z.string(),
    records: z.int().describe("Of all namespaces"),
    dimension: z.int().nullable(),
    namespaces: z.array(z.strictObject({ name: z.string(), records: z.int() })),
    total: z.int().describe("How many namespaces there are"),
    truncated: z.boolean(),
    cursor: z.string().optional(),
  }),
  annotations: readsPinecone,
  progress: { one: "Counting records in Pinecone", many: "Counting records in Pinecone ({count} times)" },

  async run(input, context) {
    const access = context.client.access(context);
    const index = await access.index(input.index);
    const stats = await access.freshStats(index);
    const all = Object.entries(stats.namespaces ?? {})
      .map(([name, { vectorCount }]) => ({ name: namespaceName(name), records: vectorCount ?? 0 }))
      .sort((left, right) => (left.name < right.name ? -1 : 1));
    const { limit, cursor } = input;
    const { items, ...page } = pageOf(all, { limit, cursor, query: ["index_stats", index.name] });
    return {
      index: index.name,
      records: stats.totalVectorCount ?? all.reduce((sum, { records }) => sum + records, 0),
      dimension: stats.dimension ?? index.dimension ?? null,
      namespaces: items,
      ...page,
    };
  },
});
