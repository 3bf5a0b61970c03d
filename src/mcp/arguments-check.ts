import { Ajv } from "ajv";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import {
  type ArgumentProblem,
  areSmall,
  describeArgumentProblems,
  MAX_PROBLEMS,
  tooManyArguments,
  unknownArgument,
} from "./argument-problems.ts";
import type { JsonObject } from "./types.ts";

/** What is wrong with the arguments, in words that let a model mend them; undefined where nothing is. */
export type ArgumentsCheck = (tool: { name: string; inputSchema: JsonObject }, args: unknown) => string | undefined;

/** The part of a log that is needed. */
interface Warn {
  warn(fields: object, message: string): void;
}

type Validate = (args: unknown) => readonly ErrorObject[];

// Formats are left to the servers, who know what they mean by them.
const options = {
  strict: false,
  verbose: true,
  validateFormats: false,
  addUsedSchema: false,
  logger: false,
} as const;
/** Stops at the first error: what wrong arguments can cost is bounded by the schema, not by who sent them. */
const first = { dialect2020: new Ajv2020(options), draft7: new Ajv(options) };
const all = {
  dialect2020: new Ajv2020({ ...options, allErrors: true }),
  draft7: new Ajv({ ...options, allErrors: true }),
};

/** Checks arguments against a tool's JSON Schema. Each is compiled at its first call: all of them would delay the start. */
export function createArgumentsCheck(logger: Warn): ArgumentsCheck {
  const compiled = new WeakMap<JsonObject, Validate>();
  return ({ name, inputSchema }, args) => {
    let validate = compiled.get(inputSchema);
    if (!validate) {
      validate = compile(name, inputSchema, logger);
      compiled.set(inputSchema, validate);
    }
    const tooMany = tooManyArguments(args);
    if (tooMany) return describeArgumentProblems(name, [tooMany]);
    const errors = validate(args);
    if (errors.length === 0) return undefined;
    return describeArgumentProblems(name, errors.slice(0, MAX_PROBLEMS).map(toProblem), errors.length);
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

function compileSchema(inputSchema: JsonObject): Validate {
  const { $id: _, ...schema } = inputSchema;
  const dialect = /draft-0[4-7]/.test(String(schema.$schema)) ? "draft7" : "dialect2020";
  const findFirst: ValidateFunction = first[dialect].compile(schema);
  let findAll: ValidateFunction | undefined;
  return (args) => {
    if (findFirst(args)) return [];
    if (!areSmall(args)) return findFirst.errors ?? [];
    findAll ??= all[dialect].compile(schema);
    findAll(args);
    return findAll.errors ?? [];
  };
}

function toProblem(error: ErrorObject): ArgumentProblem {
  const field = error.instancePath
    .slice(1)
    .replace(/\/(\d+)/g, "[$1]")
    .replaceAll("/", ".");
  const { params, parentSchema = {} } = error;
  switch (error.keyword) {
    case "required": {
      const { missingProperty } = params;
      const name = field ? `${field}.${missingProperty}` : missingProperty;
      return { field: name, advice: `is required${typeOf(parentSchema, missingProperty)}` };
    }
    case "additionalProperties":
      if (field) return { field, advice: `has no field "${String(params.additionalProperty).slice(0, 64)}"` };
      return unknownArgument(params.additionalProperty, Object.keys(parentSchema.properties ?? {}));
    default:
      return { field, advice: adviceFor(error) };
  }
}

function adviceFor({ keyword, params, message = "is not valid" }: ErrorObject): string {
  switch (keyword) {
    case "type":
      return `must be ${[params.type].flat().map(typeName).join(" or ")}`;
    case "enum":
      return `must be one of ${params.allowedValues.map((value: unknown) => JSON.stringify(value)).join(", ")}`;
    case "minimum":
    case "maximum":
      return `must be at ${keyword === "minimum" ? "least" : "most"} ${params.limit}`;
    case "minLength":
    case "maxLength":
      return `must be at ${keyword === "minLength" ? "least" : "most"} ${params.limit} characters long`;
    default:
      return message;
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
