import { invalid } from "./errors.ts";

type Json = Record<string, unknown>;

const AT = "output_config.format";
const TYPES: ReadonlySet<unknown> = new Set(["object", "array", "string", "number", "integer", "boolean", "null"]);
/** What the service's grammar cannot hold to. Source: its page on structured outputs, "JSON Schema limitations". */
const UNSUPPORTED = [
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "maxItems",
  "uniqueItems",
  "patternProperties",
  "oneOf",
  "not",
  "if",
];

/** `{type: "json_schema", schema}`, with a schema as the service takes it. Throws ApiError. */
export function checkFormat(format: unknown): void {
  const { type, schema } = asObject(format, AT);
  if (type !== "json_schema") throw invalid(`${AT}.type: Input should be 'json_schema'`);
  const root = asObject(schema, `${AT}.schema`);
  if (root["type"] !== "object") throw invalid(`${AT}.schema: the schema of an answer must be an object's`);
  checkSchema(root, `${AT}.schema`);
}

function checkSchema(schema: Json, at: string): void {
  const unsupported = UNSUPPORTED.find((word) => word in schema);
  if (unsupported) throw invalid(`${at}: For '${kindOf(schema)}' type, property '${unsupported}' is not supported`);
  const { type, properties, items, anyOf } = schema;
  if (Array.isArray(anyOf)) {
    anyOf.forEach((one, index) => checkSchema(asObject(one, at), `${at}.anyOf.${index}`));
    return;
  }
  if (type === undefined && !("enum" in schema) && !("const" in schema) && !("$ref" in schema)) {
    throw invalid(`${at}: a schema needs a type`);
  }
  for (const one of [type].flat()) {
    if (one !== undefined && !TYPES.has(one)) throw invalid(`${at}.type: ${JSON.stringify(one)} is no type`);
  }
  if (type === "object") checkObject(schema, asObject(properties ?? {}, at), at);
  if (type === "array") checkSchema(asObject(items, `${at}.items`), `${at}.items`);
}

function checkObject(schema: Json, properties: Json, at: string): void {
  if (schema["additionalProperties"] !== false) {
    throw invalid(`${at}: For 'object' type, 'additionalProperties' must be explicitly set to false`);
  }
  for (const [name, one] of Object.entries(properties)) checkSchema(asObject(one, at), `${at}.properties.${name}`);
}

function kindOf({ type }: Json): string {
  return typeof type === "string" ? type : "any";
}

function asObject(value: unknown, at: string): Json {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
  throw invalid(`${at}: Input should be a valid dictionary`);
}
