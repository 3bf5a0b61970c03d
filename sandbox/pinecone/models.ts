/** The models that Pinecone hosts, as far as the stand-in plays them. */
import type { Metric } from "./embedding.ts";
import { invalid, type PineconeRefusal } from "./errors.ts";
import type { Fields } from "./requests.ts";

interface EmbeddingModel {
  name: string;
  provider: string;
  summary: string;
  dimension: number;
  dimensions: number[];
  metric: Metric;
  maxTokens: number;
}

interface RerankModel {
  name: string;
  provider: string;
  summary: string;
  maxFields: number;
  maxDocuments: number;
}

const EMBEDDING_MODELS: readonly EmbeddingModel[] = [
  {
    name: "multilingual-e5-large",
    provider: "Microsoft",
    summary: "An efficient embedding model for multilingual and messy texts",
    dimension: 1024,
    dimensions: [1024],
    metric: "cosine",
    maxTokens: 507,
  },
  {
    name: "llama-text-embed-v2",
    provider: "NVIDIA",
    summary: "A retrieval model for longer passages and structured documents",
    dimension: 1024,
    dimensions: [384, 512, 768, 1024, 2048],
    metric: "cosine",
    maxTokens: 2048,
  },
];

const RERANK_MODELS: readonly RerankModel[] = [
  {
    name: "bge-reranker-v2-m3",
    provider: "BAAI",
    summary: "A multilingual reranking model for short and medium passages",
    maxFields: 1,
    maxDocuments: 100,
  },
  {
    name: "pinecone-rerank-v0",
    provider: "Pinecone",
    summary: "A reranking model for chunks of up to 512 tokens",
    maxFields: 1,
    maxDocuments: 100,
  },
  {
    name: "cohere-rerank-3.5",
    provider: "Cohere",
    summary: "A reranking model that balances quality and latency",
    maxFields: 10,
    maxDocuments: 200,
  },
];

/** How many texts an embedding model takes at once. */
export const MAX_TEXTS = 96;

const unknownModel = (name: string): PineconeRefusal => invalid(`Model '${name}' is not supported`);

export function embeddingModel(name: string): EmbeddingModel {
  const model = EMBEDDING_MODELS.find((m) => m.name === name);
  if (!model) throw unknownModel(name);
  return model;
}

export function rerankModel(name: string): RerankModel {
  const model = RERANK_MODELS.find((m) => m.name === name);
  if (!model) throw unknownModel(name);
  return model;
}

/** `input_type` must be told; the dimension is the model's own unless one of its others is asked for. */
export function readEmbedParameters(model: EmbeddingModel, parameters: Fields): { dimension: number } {
  const { input_type: inputType, truncate = "END", dimension = model.dimension } = parameters;
  if (inputType === undefined) throw invalid(`Missing required parameter 'input_type' for model '${model.name}'`);
  if (inputType !== "query" && inputType !== "passage") {
    throw invalid("Parameter 'input_type' must be one of: query, passage");
  }
  if (truncate !== "END" && truncate !== "NONE") throw invalid("Parameter 'truncate' must be one of: END, NONE");
  if (typeof dimension !== "number" || !model.dimensions.includes(dimension)) {
    throw invalid(`Parameter 'dimension' must be one of: ${model.dimensions.join(", ")}`);
  }
  return { dimension };
}

type Json = Record<string, unknown>;

const oneOf = (parameter: string, allowed: (string | number)[], standard?: string | number): Json => ({
  parameter,
  type: "one_of",
  value_type: typeof allowed[0] === "number" ? "integer" : "string",
  required: standard === undefined,
  allowed_values: allowed,
  ...(standard === undefined ? {} : { default: standard }),
});

/** All models, as `GET /models` shows them. */
export function modelViews(): Json[] {
  const embedding = EMBEDDING_MODELS.map((m) => ({
    model: m.name,
    short_description: m.summary,
    type: "embed",
    vector_type: "dense",
    default_dimension: m.dimension,
    modality: "text",
    max_sequence_length: m.maxTokens,
    max_batch_size: MAX_TEXTS,
    provider_name: m.provider,
    supported_dimensions: m.dimensions,
    supported_metrics: ["cosine", "euclidean"],
    supported_parameters: [
      oneOf("input_type", ["query", "passage"]),
      oneOf("truncate", ["END", "NONE"], "END"),
      ...(m.dimensions.length > 1 ? [oneOf("dimension", m.dimensions, m.dimension)] : []),
    ],
  }));
  const rerank = RERANK_MODELS.map((m) => ({
    model: m.name,
    short_description: m.summary,
    type: "rerank",
    modality: "text",
    max_sequence_length: 1024,
    max_batch_size: m.maxDocuments,
    provider_name: m.provider,
    supported_parameters: [oneOf("truncate", ["END", "NONE"], "NONE")],
  }));
  return [...embedding, ...rerank];
}
