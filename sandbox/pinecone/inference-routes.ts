import type { Hono } from "hono";
import { embed, tokensOf } from "./embedding.ts";
import { invalid, PineconeRefusal } from "./errors.ts";
import { embeddingModel, MAX_TEXTS, modelViews, readEmbedParameters } from "./models.ts";
import { type Fields, isFields, needString, readBody, readObject, readFlag } from "./requests.ts";
import { readRerank, relevance } from "./rerank.ts";
import type { PineconeEnv } from "./store.ts";

const RERANK_FIELDS = ["model", "query", "top_n", "return_documents", "rank_fields", "documents", "parameters"];

/** Embedding and reranking apart from any index. */
export function inferenceRoutes(app: Hono<PineconeEnv>): void {
  app.get("/models", (c) => {
    const { type, vector_type: vectorType } = c.req.query();
    const models = modelViews().filter(
      (m) => (type === undefined || m.type === type) && (vectorType === undefined || m.vector_type === vectorType),
    );
    return c.json({ models });
  });

  app.get("/models/:name", (c) => {
    const name = c.req.param("name");
    const model = modelViews().find((m) => m.model === name);
    if (!model) throw new PineconeRefusal("NOT_FOUND", `Model '${name}' not found`);
    return c.json(model);
  });

  app.post("/embed", async (c) => {
    const body = await readBody(c, ["model", "parameters", "inputs"]);
    const model = embeddingModel(needString(body, "model"));
    const { dimension } = readEmbedParameters(model, readObject(body, "parameters") ?? {});
    const texts = readTexts(body);
    return c.json({
      model: model.name,
      vector_type: "dense",
      data: texts.map((text) => ({ vector_type: "dense", values: embed(text, dimension) })),
      usage: { total_tokens: texts.reduce((sum, text) => sum + tokensOf(text), 0) },
    });
  });

  app.post("/rerank", async (c) => {
    const body = await readBody(c, RERANK_FIELDS);
    const { documents } = body;
    if (!Array.isArray(documents) || documents.length === 0 || !documents.every(isFields)) {
      throw invalid("documents must be a non-empty list of objects");
    }
    const options = readRerank(body, documents.length);
    const withDocuments = body.return_documents === undefined || readFlag(body, "return_documents");
    const data = documents
      .map((document, index) => ({
        index,
        score: relevance(document, options),
        ...(withDocuments ? { document } : {}),
      }))
      .sort((a, b) => b.score - a.score || a.index - b.index);
    return c.json({ model: body.model, data: data.slice(0, options.topN), usage: { rerank_units: 1 } });
  });
}

function readTexts(body: Fields): string[] {
  const { inputs } = body;
  if (!Array.isArray(inputs) || inputs.length === 0) throw invalid("inputs must be a non-empty list");
  if (inputs.length > MAX_TEXTS) {
    throw invalid(`Input length ${inputs.length} exceeds the maximum of ${MAX_TEXTS} inputs`);
  }
  return inputs.map((input: unknown) => {
    const text = isFields(input) ? input.text : undefined;
    if (typeof text !== "string" || text === "") throw invalid("Each input must have a non-empty 'text'");
    return text;
  });
}
