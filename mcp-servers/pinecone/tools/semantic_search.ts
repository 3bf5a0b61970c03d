import { z } from "zod";
import { UserError } from "../../../src/core/errors.ts";
import { indexArgument, namespacesArgument, pineconeTool, readsPinecone } from "../arguments.ts";
import { filterArguments, filterOf } from "../filter.ts";
import {
  checkMinScore,
  minScoreArgument,
  passagesOutput,
  presentPassages,
  timeZoneOr,
  topKArgument,
} from "../passages.ts";

export const semanticSearch = pineconeTool({
  name: "semantic_search",
  title: "Search by meaning",
  description:
    "Finds passages by what they mean, not by exact words: summaries of older calls, playbooks, documents, each with the link to its source. " +
    "Ask as a sentence or with key words ('objections to the price increase'); put who, which account and when into their own arguments. " +
    "Only what was indexed is found, which calls of the last days may not be yet: for those use the call recordings themselves.",
  input: z.strictObject({
    query: z.string().trim().min(1).max(4_000).describe("What to look for, in words"),
    ...filterArguments,
    namespaces: namespacesArgument,
    index: indexArgument,
    top_k: topKArgument,
    min_score: minScoreArgument,
  }),
  output: passagesOutput,
  annotations: readsPinecone,
  progress: { one: "Searching by meaning", many: "Searching by meaning ({count} times)" },

  async run(input, context) {
    const filter = filterOf(input, context.caller);
    const access = context.client.access(context);
    const index = await access.index(input.index);
    if (index.textField === undefined) {
      throw new UserError(
        `The index ${index.name} has no model of its own, so it cannot be searched with text. Use query_by_vector, or another index (list_indexes).`,
      );
    }
    checkMinScore(index, input.min_score);
    const namespaces = await access.namespaces(index, input.namespaces);
    const found = await access.searchText(index, namespaces, input.query, { topK: input.top_k, filter });
    const timeZone = timeZoneOr(input.time_zone);
    return presentPassages(found, index, { topK: input.top_k, minScore: input.min_score, namespaces, timeZone });
  },
});
