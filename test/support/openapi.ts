/**
 * Checks exchanges against a vendor's OpenAPI description: what left our servers, and what a stand-in answered. A
 * description says what may be there and hardly what must be, so anything that it does not name is a problem as well.
 */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { ErrorObject, ValidateFunction } from "ajv";
import { Ajv2019 } from "ajv/dist/2019.js";
import { parse } from "yaml";
import type { RequestRecord } from "../../sandbox/stand-in.ts";

/** What the sandbox's request log keeps of an exchange, which will do for one that was recorded elsewhere. */
export type Exchange = Pick<RequestRecord, "method" | "url" | "body" | "status" | "response">;

export interface Contract {
  /** What is wrong with what was sent: its operation, its query, its body. Empty where nothing is. */
  requestProblems(exchange: Pick<Exchange, "method" | "url" | "body">): string[];
  /** What is wrong with what came back: its status, its body. Empty where nothing is. */
  answerProblems(exchange: Exchange): string[];
}

export interface ContractOptions {
  /** The path that its operations are below, such as "/api/1.0"; that of the described server unless told. */
  basePath?: string;
  /** Query parameters that the vendor documents in words only: `/^custom_fields\./`. */
  furtherQuery?: RegExp;
  /** Query parameters of which the values are not checked, for the description lists only some. */
  looseQuery?: readonly string[];
  /** The component schema of an answer from 400 on whose status an operation does not describe. */
  errorSchema?: string;
  /** Corrects what is known to be wrong in the description, before it is used. */
  correct?: (document: OpenApiDocument) => void;
}

type Schema = Record<string, unknown>;

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema?: Schema;
}

interface Content {
  content?: Record<string, { schema?: Schema }>;
}

export interface Operation {
  parameters?: Parameter[];
  requestBody?: Content & { required?: boolean };
  responses: Record<string, Content>;
}

interface PathItem {
  parameters?: Parameter[];
  [method: string]: Operation | Parameter[] | undefined;
}

export interface OpenApiDocument {
  servers?: { url: string }[];
  paths: Record<string, PathItem>;
  components: Record<string, Record<string, Schema>>;
}

const folder = resolve(import.meta.dirname, "../../../shared/contracts");

/**
 * The description at `path` below ../shared/contracts, YAML or JSON. Undefined where it is not on this machine, which is
 * then said: tests use `describe.skipIf(!contract)`.
 */
export function loadContract(path: string, options: ContractOptions = {}): Contract | undefined {
  const file = resolve(folder, path);
  if (!existsSync(file)) {
    process.stderr.write(`NOT RUN: ../shared/contracts/${path} is not on this machine\n`);
    return undefined;
  }
  const text = readFileSync(file, "utf8");
  const document = (path.endsWith(".json") ? JSON.parse(text) : parse(text)) as OpenApiDocument;
  return createContract(document, options);
}

export function createContract(document: OpenApiDocument, options: ContractOptions = {}): Contract {
  options.correct?.(document);
  const schemas = createSchemas(document);
  const find = operationFinder(document, options.basePath ?? basePathOf(document));
  return {
    requestProblems: ({ method, url, body }) => {
      const { pathname, searchParams } = new URL(url, "http://any");
      const operation = find(method, pathname);
      if (typeof operation === "string") return [operation];
      const parameters = (operation.parameters ?? []).map((p) => dereference(document, p) as unknown as Parameter);
      const problems = [...queryProblems(parameters, searchParams, schemas, options), ...bodyProblems(operation, body)];
      return problems.map((problem) => `${method} ${pathname}: ${problem}`);
    },
    answerProblems: ({ method, url, status, response }) => {
      const { pathname } = new URL(url, "http://any");
      const operation = find(method, pathname);
      // That an unknown address is answered with an error is as it should be.
      if (typeof operation === "string") return status >= 400 ? [] : [operation];
      return answerProblems(operation, status, response).map((p) => `${method} ${pathname} ${status}: ${p}`);
    },
  };

  function bodyProblems(operation: Operation, body: string): string[] {
    const described =
      operation.requestBody && (dereference(document, operation.requestBody) as typeof operation.requestBody);
    if (!body) return described?.required ? ["the body is missing"] : [];
    if (!described) return ["a body is not described"];
    const [type, media] = Object.entries(described.content ?? {})[0] ?? [];
    if (!media?.schema) return [];
    // A body of lines, each an object, is described as the list of them.
    const value = type?.includes("ndjson") ? body.trim().split("\n").map(readJson) : readJson(body);
    return schemas.problems(media.schema, value);
  }

  function answerProblems(operation: Operation, status: number, response: string): string[] {
    const { responses } = operation;
    const exact = responses[status] ?? responses[`${String(status)[0]}XX`];
    if (!exact && options.errorSchema && status >= 400) {
      const schema = { $ref: `#/components/schemas/${options.errorSchema}` };
      return schemas.problems(schema, readJson(response));
    }
    const described = exact ?? responses.default;
    if (!described) return ["this status is not described"];
    const { content } = dereference(document, described) as Content;
    const schema = Object.values(content ?? {})[0]?.schema;
    if (!schema) return response && !content ? ["a body is not described"] : [];
    return schemas.problems(schema, readJson(response));
  }
}

function basePathOf({ servers }: OpenApiDocument): string {
  return (servers?.[0]?.url ?? "").replace(/^\w+:\/\/[^/]*/, "").replace(/\/$/, "");
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No schema of theirs takes this for what it wants.
    return Symbol.for("not JSON");
  }
}

/** The operation for a method and path, or what is wrong with them. Of several, that with the fewest placeholders. */
function operationFinder(document: OpenApiDocument, basePath: string) {
  const paths = Object.entries(document.paths).map(([template, item]) => {
    const pattern = template.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{[^}]+\}/g, "[^/]+");
    return { item, pattern: new RegExp(`^${pattern}/?$`), holes: template.split("{").length };
  });
  paths.sort((a, b) => a.holes - b.holes);
  return (method: string, pathname: string): Operation | string => {
    if (!pathname.startsWith(basePath)) return `${pathname} is not below ${basePath}`;
    const path = pathname.slice(basePath.length);
    const fitting = paths.filter(({ pattern }) => pattern.test(path));
    if (fitting.length === 0) return `${path} is not described`;
    const item = fitting.find((p) => method.toLowerCase() in p.item)?.item;
    const operation = item?.[method.toLowerCase()];
    if (!operation || Array.isArray(operation)) return `${method} ${path} is not described`;
    return { ...operation, parameters: [...(item?.parameters ?? []), ...(operation.parameters ?? [])] };
  };
}

function dereference(document: OpenApiDocument, value: object): Schema {
  if (!("$ref" in value) || typeof value.$ref !== "string") return value as Schema;
  const target = value.$ref
    .slice(2)
    .split("/")
    .reduce<unknown>((node, key) => (node as Schema | undefined)?.[key], document);
  if (typeof target !== "object" || target === null) throw new Error(`${value.$ref} leads nowhere`);
  return dereference(document, target);
}

function queryProblems(
  parameters: Parameter[],
  query: URLSearchParams,
  schemas: Schemas,
  { furtherQuery, looseQuery = [] }: ContractOptions,
): string[] {
  const inQuery = parameters.filter((p) => p.in === "query");
  const missing = inQuery
    .filter((p) => p.required && !query.has(p.name))
    .map((p) => `the parameter ${p.name} is missing`);
  const wrong = [...new Set(query.keys())].flatMap((name) => {
    const parameter = inQuery.find((p) => p.name === name);
    if (!parameter) return furtherQuery?.test(name) ? [] : [`the parameter ${name} is not described`];
    if (!parameter.schema || looseQuery.includes(name)) return [];
    const value = queryValue(query.getAll(name), parameter.schema);
    return schemas.problems(parameter.schema, value).map((problem) => `the parameter ${name}: ${problem}`);
  });
  return [...missing, ...wrong];
}

/** What the text in a query stands for, by what is described. */
function queryValue(texts: string[], schema: Schema): unknown {
  const [text = ""] = texts;
  if (schema.type === "array") {
    const items = (schema.items ?? {}) as Schema;
    return texts.flatMap((t) => t.split(",")).map((item) => queryValue([item], items));
  }
  const isNumber = text.trim() !== "" && Number.isFinite(Number(text));
  if (isNumber && (schema.type === "integer" || schema.type === "number")) return Number(text);
  if (schema.type === "boolean") return text === "true" || text === "" ? true : text === "false" ? false : text;
  return text;
}

interface Schemas {
  /** What is wrong with a value, each with its place. */
  problems(schema: Schema, value: unknown): string[];
}

const FORMATS = {
  date: /^\d{4}-\d{2}-\d{2}$/,
  "date-time": /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/,
  email: /^[^@\s]+@[^@\s]+$/,
};

function createSchemas(document: OpenApiDocument): Schemas {
  const ajv = new Ajv2019({ strict: false, allErrors: true, logger: false, formats: FORMATS, validateSchema: false });
  const components = Object.entries(document.components.schemas ?? {});
  ajv.addSchema({ $defs: Object.fromEntries(components.map(([name, schema]) => [name, toJsonSchema(schema)])) }, "api");
  const validators = new Map<Schema, ValidateFunction>();
  return {
    problems: (schema, value) => {
      const validate = validators.get(schema) ?? ajv.compile(close(schema));
      validators.set(schema, validate);
      if (validate(value)) return [];
      return (validate.errors ?? []).map(words);
    },
  };

  /** A schema where a value ends: nothing but what it names may be there. */
  function close(schema: Schema): Schema {
    const converted = toJsonSchema(schema);
    return namesProperties(schema) ? { allOf: [converted], unevaluatedProperties: false } : converted;
  }

  /** Whether the schema, or a part of it, names properties, and no part says that further ones may come. */
  function namesProperties(schema: Schema): boolean {
    const parts = partsOf(schema, new Set());
    return parts.some((part) => part.properties) && !parts.some((part) => part.additionalProperties);
  }

  function partsOf(schema: Schema, seen: Set<Schema>): Schema[] {
    const whole = dereference(document, schema);
    if (seen.has(whole)) return [];
    seen.add(whole);
    const parts = ["allOf", "oneOf", "anyOf"].flatMap((key) => (whole[key] as Schema[] | undefined) ?? []);
    return [whole, ...parts.flatMap((part) => partsOf(part, seen))];
  }

  /** OpenAPI 3.0's dialect as JSON Schema. Open itself, for it may be a part of another; closed in what is below it. */
  function toJsonSchema(schema: Schema): Schema {
    if (typeof schema.$ref === "string") return { $ref: `api#/$defs/${schema.$ref.split("/").at(-1)}` };
    const {
      nullable,
      properties,
      items,
      allOf,
      oneOf,
      anyOf,
      additionalProperties,
      discriminator: _,
      ...rest
    } = schema;
    const parts = (list: unknown): Schema[] => (list as Schema[]).map(toJsonSchema);
    const converted: Schema = { ...rest };
    if (properties) {
      const named = Object.entries(properties as Record<string, Schema>);
      converted.properties = Object.fromEntries(named.map(([name, value]) => [name, close(value)]));
    }
    if (items) converted.items = close(items as Schema);
    if (typeof additionalProperties === "object")
      converted.additionalProperties = close(additionalProperties as Schema);
    else if (additionalProperties !== undefined) converted.additionalProperties = additionalProperties;
    if (allOf) converted.allOf = parts(allOf);
    // `oneOf` with a discriminator: without it, and with hardly anything required, several may fit.
    if (oneOf || anyOf) converted.anyOf = parts(oneOf ?? anyOf);
    // An `allOf` with a bare {nullable: true} beside a reference means the whole.
    const isNullable = nullable || (allOf as Schema[] | undefined)?.some((part) => part.nullable);
    return isNullable ? { anyOf: [converted, { type: "null" }] } : converted;
  }
}

function words({ instancePath, message, params }: ErrorObject): string {
  const detail = "unevaluatedProperty" in params ? `: ${String(params.unevaluatedProperty)}` : "";
  const allowed = "allowedValues" in params ? `: ${(params.allowedValues as unknown[]).join(", ")}` : "";
  return `${instancePath || "/"} ${message}${detail}${allowed}`;
}
