import { Ajv } from "ajv";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import { type ArgumentProblem, unknownArgument } from "../mcp/argument-problems.ts";
import type { JsonObject } from "../mcp/types.ts";

/** What is wrong with these arguments; empty if nothing is. */
export type ArgumentsCheck = (args: unknown) => ArgumentProblem[];

// Formats are left to the servers, who know what they mean by them.
const options = {
  allErrors: true,
  strict: false,
  verbose: true,
  validateFormats: false,
  addUsedSchema: false,
  logger: false,
} as const;
const dialect2020 = new Ajv2020(options);
const draft7 = new Ajv(options);

/** Throws for a schema that cannot be understood. */
export function compileArgumentsCheck(schema: JsonObject): ArgumentsCheck {
  const validator = JSON.stringify(schema.$schema ?? "").includes("draft-07") ? draft7 : dialect2020;
  const validate: ValidateFunction = validator.compile(schema);
  return (args) => (validate(args) ? [] : (validate.errors ?? []).flatMap(toProblem));
}

function toProblem(error: ErrorObject): ArgumentProblem[] {
  const field = error.instancePath
    .slice(1)
    .replace(/\/(\d+)/g, "[$1]")
    .replaceAll("/", ".");
  const inField = (name: string) => (field ? `${field}.${name}` : name);
  const { params, parentSchema = {} } = error;
  switch (error.keyword) {
    case "required":
      return [
        {
          field: inField(params.missingProperty),
          advice: `is required${typeOf(parentSchema, params.missingProperty)}`,
        },
      ];
    case "additionalProperties":
      if (field) return [{ field, advice: `has no field "${String(params.additionalProperty).slice(0, 64)}"` }];
      return [unknownArgument(params.additionalProperty, Object.keys(parentSchema.properties ?? {}))];
    case "type":
      return [{ field, advice: `must be ${[params.type].flat().map(typeName).join(" or ")}` }];
    case "enum":
      return [
        {
          field,
          advice: `must be one of ${params.allowedValues.map((value: unknown) => JSON.stringify(value)).join(", ")}`,
        },
      ];
    case "minimum":
    case "maximum":
      return [{ field, advice: `must be at ${error.keyword === "minimum" ? "least" : "most"} ${params.limit}` }];
    case "minLength":
    case "maxLength":
      return [
        {
          field,
          advice: `must be at ${error.keyword === "minLength" ? "least" : "most"} ${params.limit} characters long`,
        },
      ];
    default:
      return [{ field, advice: error.message ?? "is not valid" }];
  }
}

function typeOf(schema: JsonObject, property: string): string {
  const properties = schema.properties as Record<string, { type?: unknown }> | undefined;
  const type = properties?.[property]?.type;
  return typeof type === "string" ? `: ${typeName(type)}` : "";
}

const typeNames: Record<string, string> = {
  string: "text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
};

const typeName = (type: unknown) => typeNames[String(type)] ?? String(type);
