import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { Logger } from "../observability/log.ts";
import { nearest } from "./nearest.ts";
import type { ToolDefinition } from "./ports.ts";

/** What is wrong with the arguments, in words that let the model mend them; undefined where nothing is. */
export type ArgumentCheck = (tool: ToolDefinition, args: unknown) => string | undefined;

/** Formats are left to the server that owns the tool: it knows which it means. */
const options = { strict: false, allErrors: true, validateFormats: false, logger: false } as const;

/** Checks arguments against a tool's JSON Schema (draft 7 or 2020-12). Each schema is compiled once. */
export function createArgumentCheck(logger: Logger): ArgumentCheck {
  const current = new Ajv2020(options);
  const older = new Ajv(options);
  const compiled = new WeakMap<object, ValidateFunction | "unusable">();

  const validatorFor = (tool: ToolDefinition): ValidateFunction | "unusable" => {
    const known = compiled.get(tool.inputSchema);
    if (known) return known;
    const { $schema, $id: _, ...schema } = tool.inputSchema;
    let validator: ValidateFunction | "unusable" = "unusable";
    try {
      validator = (/draft-0[4-7]/.test(String($schema)) ? older : current).compile(schema);
    } catch (error) {
      // A schema that cannot be read is the server's fault: the server itself refuses what it does not want.
      logger.warn({ tool: tool.name, err: error }, "tool schema cannot be compiled");
    }
    compiled.set(tool.inputSchema, validator);
    return validator;
  };

  return (tool, args) => {
    if (typeof args !== "object" || args === null || Array.isArray(args)) {
      return `The arguments of ${tool.name} must be one JSON object.`;
    }
    const validator = validatorFor(tool);
    if (validator === "unusable" || validator(args)) return undefined;
    return describe(tool, validator.errors ?? []);
  };
}

function describe(tool: ToolDefinition, errors: readonly ErrorObject[]): string {
  const known = Object.keys((tool.inputSchema["properties"] as object | undefined) ?? {});
  const problems = [...new Set(errors.map((error) => problem(error, known)))].slice(0, 8);
  const required = (tool.inputSchema["required"] as string[] | undefined) ?? [];
  const list = known.map((name) => (required.includes(name) ? `${name} (required)` : name)).join(", ");
  return `Not run, as the arguments of ${tool.name} are wrong: ${problems.join("; ")}. Its arguments: ${list || "none"}.`;
}

function problem(error: ErrorObject, known: readonly string[]): string {
  const { params, instancePath } = error as { params: Record<string, unknown>; instancePath: string };
  const where = instancePath === "" ? "the arguments" : `"${instancePath.slice(1).replaceAll("/", ".")}"`;
  if (error.keyword === "additionalProperties") {
    const name = String(params["additionalProperty"]);
    const meant = instancePath === "" ? nearest(name, known) : undefined;
    return `there is no argument "${name}"${meant ? ` (did you mean "${meant}"?)` : ""}`;
  }
  if (error.keyword === "required") return `"${String(params["missingProperty"])}" is missing in ${where}`;
  if (error.keyword === "enum") return `${where} must be one of ${JSON.stringify(params["allowedValues"])}`;
  return `${where} ${error.message ?? "is wrong"}`;
}
