import { z } from "zod";

/** Pinecone's answers of API version 2026-07, as far as they are read. Source: the SDK's generated models. */

const field = z.object({
  type: z.string().optional(),
  model: z.string().optional(),
  dimension: z.number().nullish(),
  metric: z.string().optional(),
});

export const indexAnswer = z.object({
  name: z.string(),
  host: z.string(),
  private_host: z.string().nullish(),
  status: z.object({ ready: z.boolean(), state: z.string() }),
  deployment: z
    .object({
      deployment_type: z.string().optional(),
      cloud: z.string().optional(),
      region: z.string().optional(),
      environment: z.string().optional(),
    })
    .optional(),
  schema: z.object({ fields: z.record(z.string(), field) }),
  deletion_protection: z.string().optional(),
  tags: z.record(z.string(), z.string()).nullish(),
});

export type IndexAnswer = z.output<typeof indexAnswer>;

export const indexesAnswer = z.object({ indexes: z.array(indexAnswer) });

export const statsAnswer = z.object({
  namespaces: z.record(z.string(), z.object({ vectorCount: z.number().optional() })).nullish(),
  dimension: z.number().nullish(),
  indexFullness: z.number().nullish(),
  totalVectorCount: z.number().nullish(),
  metric: z.string().optional(),
});

export type StatsAnswer = z.output<typeof statsAnswer>;

const metadata = z.record(z.string(), z.unknown());
export type Metadata = z.output<typeof metadata>;

export const hitsAnswer = z.object({
  result: z.object({
    hits: z.array(z.object({ _id: z.string(), _score: z.number(), fields: metadata.nullish() })),
  }),
});

export const matchesAnswer = z.object({
  // What is zero is left out of the answer.
  matches: z.array(z.object({ id: z.string(), score: z.number().default(0), metadata: metadata.nullish() })).nullish(),
});

export const vectorsAnswer = z.object({
  vectors: z.record(z.string(), z.object({ id: z.string(), metadata: metadata.nullish() })).nullish(),
});
