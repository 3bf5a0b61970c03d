import { stemOf, wordsOf } from "./embedding.ts";
import { invalid } from "./errors.ts";
import { rerankModel } from "./models.ts";
import { type Fields, needString, readStrings, readWhole } from "./requests.ts";

export interface RerankOptions {
  query: string;
  fields: string[];
  topN: number;
}

/** What a rerank asks for, over at most `count` documents. */
export function readRerank(request: Fields, count: number, standardQuery?: string): RerankOptions {
  const model = rerankModel(needString(request, "model"));
  const fields = readStrings(request, "rank_fields") ?? ["text"];
  if (fields.length === 0 || fields.length > model.maxFields) {
    throw invalid(`Model '${model.name}' supports at most ${model.maxFields} rank field(s), got ${fields.length}`);
  }
  if (count > model.maxDocuments) {
    throw invalid(`Model '${model.name}' supports at most ${model.maxDocuments} documents, got ${count}`);
  }
  const query = request.query === undefined ? standardQuery : needString(request, "query");
  if (query === undefined || query === "") throw invalid("missing field `query`");
  return { query, fields, topN: readWhole(request, "top_n", [1, 10_000]) ?? count };
}

/** How much of what is asked the document speaks of, from 0 to 1: its words, and a little for how early they come. */
export function relevance(document: Readonly<Record<string, unknown>>, { query, fields }: RerankOptions): number {
  const missing = fields.find((field) => document[field] === undefined);
  if (missing !== undefined) throw invalid(`Document is missing the rank field '${missing}'`);
  const stems = wordsOf(fields.map((field) => String(document[field])).join(" ")).map(stemOf);
  const asked = [...new Set(wordsOf(query).map(stemOf))];
  const found = asked.map((stem) => stems.indexOf(stem)).filter((at) => at >= 0);
  const earliness = found.reduce((sum, at) => sum + 1 / (1 + at / 50), 0);
  return (0.8 * found.length + 0.2 * earliness) / Math.max(1, asked.length);
}
