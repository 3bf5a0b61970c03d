import { z } from "zod";
import { UserError } from "../../../src/core/errors.ts";
import type { PineconeAccess } from "../access.ts";
import { indexArgument, namespacesArgument, pineconeTool, readsPinecone, recordId } from "../arguments.ts";
import { filterArguments, filterOf } from "../filter.ts";
import type { IndexInfo } from "../indexes.ts";
import {
  checkMinScore,
  minScoreArgument,
  passagesOutput,
  presentPassages,
  timeZoneOr,
  topKArgument,
} from "../passages.ts";

const input = z.strictObject({
  id: recordId.optional().describe("Finds what is like this record, within its namespace"),
  vector: z
    .array(z.number())
    .min(1)
    .max(20_000)
    .optional()
    .describe("Or what is near to these numbers, one for each dimension"),
  ...filterArguments,
  namespaces: namespacesArgument,
  index: indexArgument,
  top_k: topKArgument,
  min_score: minScoreArgument,
});

export const queryByVector = pineconeTool({
  name: "query_by_vector",
  title: "Find like records",
  description:
    "Finds the records nearest to a record (`id`: 'which calls were like this one?') or to a vector that you have. To search with words use semantic_search.",
  input,
  output: passagesOutput,
  annotations: readsPinecone,
  progress: { one: "Looking for like records", many: "Looking for like records ({count} times)" },

  async run(args, context) {
    const { id, vector, top_k: topK, min_score: minScore } = args;
    const filter = filterOf(args, context.caller);
    const access = context.client.access(context);
    const index = await access.index(args.index);
    checkMinScore(index, minScore);
    const of = checkedQuestion({ id, vector }, index);
    const wanted = await access.namespaces(index, args.namespaces);
    const namespaces = "id" in of ? [await namespaceOf(of.id, index, wanted, access)] : wanted;
    // A record is nearest to itself, which says nothing.
    const nearest = await access.queryVector(index, namespaces, of, { topK: topK + ("id" in of ? 1 : 0), filter });
    const found = nearest.filter((record) => record.id !== id);
    return presentPassages(found, index, { topK, minScore, namespaces, timeZone: timeZoneOr(args.time_zone) });
  },
});

/** Throws UserError unless exactly one is given, and one that the index can be asked. */
function checkedQuestion(
  { id, vector }: Pick<z.output<typeof input>, "id" | "vector">,
  { name, dimension }: IndexInfo,
): { id: string } | { vector: number[] } {
  if ((id === undefined) === (vector === undefined)) throw new UserError("Send id or vector, one of them.");
  if (id !== undefined) return { id };
  const numbers = vector ?? [];
  if (dimension !== undefined && numbers.length !== dimension) {
    throw new UserError(`vector has ${numbers.length} numbers; the index ${name} takes ${dimension}.`);
  }
  if (numbers.every((number) => number === 0)) throw new UserError("vector points nowhere: all of its numbers are 0.");
  return { vector: numbers };
}

/** With the same words whether there is no such record or it may not be seen. */
async function namespaceOf(
  id: string,
  index: IndexInfo,
  namespaces: readonly string[],
  access: PineconeAccess,
): Promise<string> {
  const [record] = await access.records(index, namespaces, [id]);
  if (record) return record.namespace;
  const where = namespaces.join(", ");
  throw new UserError(
    `id: there is no record "${id}" in the index ${index.name} (${where}). semantic_search finds ids.`,
  );
}
