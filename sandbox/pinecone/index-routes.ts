import type { Context, Hono } from "hono";
import { invalid, PineconeRefusal } from "./errors.ts";
import type { IndexData, IndexSettings } from "./index-data.ts";
import { embeddingModel } from "./models.ts";
import { type Fields, isCurrentVersion, needString, only, readBody, readObject, readString } from "./requests.ts";
import type { PineconeEnv, PineconeStore } from "./store.ts";

export interface IndexRoutesOptions {
  store: PineconeStore;
  /** The address of an index's own server, started where it is not there yet. */
  hostOf: (name: string) => Promise<string>;
  now: () => number;
  /** What a new index takes until it is ready. */
  initializingMs: number;
}

const NAME = /^[a-z0-9]([a-z0-9-]{0,43}[a-z0-9])?$/;
const CREATE_FIELDS = ["name", "cloud", "region", "deletion_protection", "tags", "schema", "read_capacity", "embed"];
const EMBED_FIELDS = ["model", "metric", "field_map", "dimension", "read_parameters", "write_parameters"];

/** The control plane, as far as it looks at indexes, makes them for a model and takes them away. */
export function indexRoutes(app: Hono<PineconeEnv>, options: IndexRoutesOptions): void {
  const { store, hostOf, now } = options;
  const view = async (c: Context, { settings }: IndexData): Promise<Record<string, unknown>> => {
    const host = await hostOf(settings.name);
    return isCurrentVersion(c) ? currentView(settings, host, now()) : olderView(settings, host, now());
  };

  app.get("/indexes", async (c) => {
    return c.json({ indexes: await Promise.all(store.indexes().map((index) => view(c, index))) });
  });

  app.get("/indexes/:name", async (c) => c.json(await view(c, store.index(c.req.param("name")))));

  app.post("/indexes/create-for-model", async (c) => {
    const settings = readSettings(await readBody(c, CREATE_FIELDS));
    const index = store.createIndex({ ...settings, readyAt: now() + options.initializingMs });
    return c.json(await view(c, index), 201);
  });

  app.delete("/indexes/:name", (c) => {
    const { settings } = store.index(c.req.param("name"));
    if (settings.isProtected) {
      throw new PineconeRefusal(
        "FORBIDDEN",
        "Deletion protection is enabled for this index. Disable deletion protection before retrying.",
      );
    }
    store.deleteIndex(settings.name);
    return c.body(null, 202);
  });
}

function readSettings(body: Fields): Omit<IndexSettings, "readyAt"> {
  const name = needString(body, "name");
  if (!NAME.test(name)) {
    throw invalid("Name must consist of lower case alphanumeric characters or '-', of 1 to 45 in all");
  }
  const embed = readObject(body, "embed");
  if (!embed) throw invalid("missing field `embed`");
  const model = embeddingModel(needString(only(embed, EMBED_FIELDS), "model"));
  const { text } = readObject(embed, "field_map") ?? {};
  if (typeof text !== "string" || text === "")
    throw invalid("embed.field_map must map 'text' to a field of the records");
  const metric = readString(embed, "metric") ?? model.metric;
  if (metric !== "cosine" && metric !== "euclidean") {
    throw invalid(`Metric '${metric}' is not supported by model '${model.name}'`);
  }
  const dimension = embed.dimension ?? model.dimension;
  if (typeof dimension !== "number" || !model.dimensions.includes(dimension)) {
    throw invalid(`Dimension must be one of ${model.dimensions.join(", ")} for model '${model.name}'`);
  }
  return {
    name,
    dimension,
    metric,
    embed: { model: model.name, field: text },
    cloud: needString(body, "cloud"),
    region: needString(body, "region"),
    tags: readTags(body),
    isProtected: readString(body, "deletion_protection") === "enabled",
  };
}

function readTags(body: Fields): Record<string, string> | undefined {
  const tags = readObject(body, "tags");
  if (!tags) return undefined;
  return Object.fromEntries(Object.keys(tags).map((name) => [name, needString(tags, name)]));
}

const READ_CAPACITY = { mode: "OnDemand", status: { state: "Ready" } };

const sharedView = (settings: IndexSettings, host: string, now: number): Record<string, unknown> => ({
  name: settings.name,
  host,
  status: now < settings.readyAt ? { ready: false, state: "Initializing" } : { ready: true, state: "Ready" },
  deletion_protection: settings.isProtected ? "enabled" : "disabled",
});

/** API 2026-07: what an index searches is told field by field. */
function currentView(settings: IndexSettings, host: string, now: number): Record<string, unknown> {
  const { dimension, metric, embed, cloud, region } = settings;
  const fields = embed
    ? { [embed.field]: { type: "semantic_text", ...modelView(embed.model), dimension, metric, description: null } }
    : { _values: { type: "dense_vector", dimension, metric, description: null } };
  return {
    ...sharedView(settings, host, now),
    deployment: { deployment_type: "managed", cloud, region, environment: `${cloud}-${region}-8d0c` },
    read_capacity: READ_CAPACITY,
    schema: { fields },
    tags: settings.tags ?? null,
  };
}

/** Before 2026-07. */
function olderView(settings: IndexSettings, host: string, now: number): Record<string, unknown> {
  const { dimension, metric, embed, cloud, region, tags } = settings;
  return {
    ...sharedView(settings, host, now),
    dimension,
    metric,
    vector_type: "dense",
    spec: { serverless: { cloud, region, read_capacity: READ_CAPACITY } },
    ...(tags ? { tags } : {}),
    ...(embed
      ? {
          embed: {
            ...modelView(embed.model),
            dimension,
            metric,
            vector_type: "dense",
            field_map: { text: embed.field },
          },
        }
      : {}),
  };
}

const modelView = (model: string): Record<string, unknown> => ({
  model,
  read_parameters: { input_type: "query", truncate: "END" },
  write_parameters: { input_type: "passage", truncate: "END" },
});
