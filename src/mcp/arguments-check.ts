import { Ajv } from "ajv";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import { type ArgumentProblem, describeArgumentProblems, unknownArgument } from "./argument-problems.ts";
import type { JsonObject } from "./types.ts";

/** What is wrong with the arguments, in words that let a model mend them; undefined where nothing is. */
export type ArgumentsCheck = (tool: { name: string; inputSchema: JsonObject }, args: unknown) => string | undefined;

/** The part of a log that is needed. */
interface Warn {
  warn(fields: object, message: string): void;
}

type Validate = (args: unknown) => ArgumentProblem[];

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

/** Checks arguments against a tool's JSON Schema. Each is compiled at its first call: all of them would delay the start. */
export function createArgumentsCheck(logger: Warn): ArgumentsCheck {
  const compiled = new WeakMap<JsonObject, Validate>();
  return ({ name, inputSchema }, args) => {
    let validate = compiled.get(inputSchema);
    if (!validate) {
      validate = compile(name, inputSchema, logger);
      compiled.set(inputSchema, validate);
    }
    const problems = validate(args);
    return problems.length > 0 ? describeArgumentProblems(name, problems) : undefined;
  };
}

function compile(name: string, schema: JsonObject, logger: Warn): Validate {
  try {
    return compileSchema(schema);
  } catch (error) {
    // A schema that we do not understand (a reference to another document, say) is the server's own to check.
    logger.warn({ tool: name, err: error }, "cannot check the arguments of a tool");
    return () => [];
  }
}

function compileSchema({ $id: _, ...schema }: JsonObject): Validate {
  const validator = /draft-0[4-7]/.test(String(schema.$schema)) ? draft7 : dialect2020;
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
