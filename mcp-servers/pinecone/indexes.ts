import { z } from "zod";
import type { IndexAnswer } from "./answers.ts";

/** An index as this server works with it. */
export interface IndexInfo {
  name: string;
  /** Origin of its data plane. */
  host: string;
  isReady: boolean;
  state: string;
  /** The field of its records that its own model reads; undefined where it takes vectors only. */
  textField: string | undefined;
  model: string | undefined;
  dimension: number | undefined;
  metric: string | undefined;
  cloud: string | undefined;
  region: string | undefined;
  isProtected: boolean;
  tags: Record<string, string>;
}

const vectorKinds = new Set(["dense_vector", "sparse_vector"]);

export function toIndexInfo(answer: IndexAnswer): IndexInfo {
  const fields = Object.entries(answer.schema.fields);
  const text = fields.find(([, { type }]) => type === "semantic_text");
  const [, searched] = text ?? fields.find(([, { type }]) => vectorKinds.has(type ?? "")) ?? [];
  const { name, deployment, status } = answer;
  return {
    name,
    host: answer.private_host ?? answer.host,
    isReady: status.ready,
    state: status.state,
    textField: text?.[0],
    model: text?.[1].model,
    dimension: searched?.dimension ?? undefined,
    metric: searched?.metric,
    cloud: deployment?.cloud ?? deployment?.environment,
    region: deployment?.region,
    isProtected: answer.deletion_protection === "enabled",
    tags: answer.tags ?? {},
  };
}

export const indexOutput = z.strictObject({
  name: z.string(),
  is_default: z.boolean().describe("Whether it is meant where a call names no index"),
  ready: z.boolean(),
  state: z.string(),
  takes_text: z
    .boolean()
    .describe("Whether it has a model of its own: semantic_search works; else query_by_vector alone"),
  text_field: z.string().nullable(),
  model: z.string().nullable(),
  dimension: z.int().nullable(),
  metric: z.string().nullable(),
  cloud: z.string().nullable(),
  region: z.string().nullable(),
  deletion_protection: z.boolean(),
  tags: z.record(z.string(), z.string()),
});

export function presentIndex(index: IndexInfo, usual: string): z.output<typeof indexOutput> {
  return {
    name: index.name,
    is_default: index.name === usual,
    ready: index.isReady,
    state: index.state,
    takes_text: index.textField !== undefined,
    text_field: index.textField ?? null,
    model: index.model ?? null,
    dimension: index.dimension ?? null,
    metric: index.metric ?? null,
    cloud: index.cloud ?? null,
    region: index.region ?? null,
    deletion_protection: index.isProtected,
    tags: index.tags,
  };
}
