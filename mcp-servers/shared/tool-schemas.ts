import { z } from "zod";
import { type JsonObject, type McpTool, PROGRESS_META } from "../../src/mcp/types.ts";
import type { AnyTool } from "./define-tool.ts";

/**
 * The tool as `tools/list` shows it. JSON Schema 2020-12 without `$schema`: that is MCP's default and what Claude takes,
 * and the part of it that zod makes reads the same under draft 7, which most clients' validators speak.
 */
export function describeTool(tool: AnyTool<never>, service: string): McpTool {
  const inputSchema = toJsonSchema(tool.input.strict(), "input");
  assertClosed(tool.name, inputSchema, "input");
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema,
    outputSchema: toJsonSchema(tool.output, "output"),
    annotations: { title: tool.title, ...tool.annotations },
    _meta: { [PROGRESS_META]: { ...tool.progress, service } },
  };
}

function toJsonSchema(schema: z.ZodObject, io: "input" | "output"): JsonObject {
  const described = z.toJSONSchema(schema, {
    io,
    target: "draft-2020-12",
    override: ({ jsonSchema }) => {
      // Where a format is named, zod's pattern for it says nothing more and costs a model hundreds of tokens.
      if (jsonSchema.format !== undefined && jsonSchema.format !== "regex") delete jsonSchema.pattern;
      // Bounds that zod puts on every whole number; they say nothing.
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  const { $schema: _dialect, ...rest } = described;
  return splitTypes(rest) as JsonObject;
}

/** Each `type: [A, "null"]` as branches of one type: what clients with a smaller dialect of schemas can read as well. */
function splitTypes(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(splitTypes);
  if (typeof node !== "object" || node === null) return node;
  const schema = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, splitTypes(value)]));
  const { type, description, default: preset, ...rest } = schema;
  if (!Array.isArray(type)) return schema;
  return {
    ...(description === undefined ? {} : { description }),
    ...(preset === undefined ? {} : { default: preset }),
    anyOf: type.map((one: unknown) => (one === "null" ? { type: one } : { type: one, ...rest })),
  };
}

/** An open object inside a closed one would drop a model's misspelt fields in silence. */
function assertClosed(tool: string, schema: unknown, at: string): void {
  if (typeof schema !== "object" || schema === null) return;
  const node = schema as JsonObject;
  if (node.type === "object" && node.properties && node.additionalProperties !== false) {
    throw new TypeError(`${tool}: ${at} must be closed; write it with z.strictObject`);
  }
  for (const [key, value] of Object.entries(node)) assertClosed(tool, value, `${at}.${key}`);
}
