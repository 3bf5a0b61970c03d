/** Metadata of a record and the filters over it. */
import { invalid } from "./errors.ts";
import { type Fields, isFields } from "./requests.ts";

export type MetadataValue = string | number | boolean | string[];
export type Metadata = Record<string, MetadataValue>;
/** Tells whether a record is meant. */
export type Filter = (metadata: Metadata) => boolean;

const MAX_METADATA_BYTES = 40_960;
const MAX_LIST = 10_000;

/** Only strings, finite numbers, booleans and lists of strings are kept; together at most 40 KB. */
export function readMetadata(fields: Fields): Metadata {
  const metadata: Metadata = {};
  for (const [name, value] of Object.entries(fields)) {
    if (name.startsWith("$")) throw invalid(`Metadata field names must not begin with '$', got '${name}'`);
    if (!isMetadataValue(value)) {
      throw invalid(
        `Metadata value must be a string, number, boolean or list of strings, got '${JSON.stringify(value)}' for field '${name}'`,
      );
    }
    metadata[name] = value;
  }
  const size = Buffer.byteLength(JSON.stringify(metadata));
  if (size > MAX_METADATA_BYTES) {
    throw invalid(`Metadata size is ${size} bytes, which exceeds the limit of ${MAX_METADATA_BYTES} bytes per vector`);
  }
  return metadata;
}

function isMetadataValue(value: unknown): value is MetadataValue {
  if (Array.isArray(value)) return value.every((item) => typeof item === "string");
  return typeof value === "string" || typeof value === "boolean" || isNumber(value);
}

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === "string" || typeof value === "boolean" || isNumber(value);

/** Reads a filter in full before it is used: a wrong part is refused even if no record would meet it. */
export function readFilter(filter: Fields): Filter {
  const entries = Object.entries(filter);
  if (entries.length === 0) throw invalid("Filter must not be empty");
  const parts = entries.map(([name, condition]): Filter => {
    if (name === "$and" || name === "$or") return readGroup(name, condition);
    if (name.startsWith("$")) throw invalid(`${name} is not a valid top-level operator`);
    return readField(name, condition);
  });
  return (metadata) => parts.every((part) => part(metadata));
}

function readGroup(operator: "$and" | "$or", condition: unknown): Filter {
  if (!Array.isArray(condition) || condition.length === 0 || !condition.every(isFields)) {
    throw invalid(`the ${operator} operator must be followed by a non-empty list of filters`);
  }
  const parts = condition.map((part: Fields) => readFilter(part));
  if (operator === "$and") return (metadata) => parts.every((part) => part(metadata));
  return (metadata) => parts.some((part) => part(metadata));
}

function readField(name: string, condition: unknown): Filter {
  if (isScalar(condition)) return readCondition(name, "$eq", condition);
  if (!isFields(condition)) throw invalid(`invalid condition for field '${name}': ${JSON.stringify(condition)}`);
  const operators = Object.entries(condition);
  if (operators.length === 0) throw invalid(`Filter for field '${name}' must not be empty`);
  const parts = operators.map(([operator, operand]) => readCondition(name, operator, operand));
  return (metadata) => parts.every((part) => part(metadata));
}

const COMPARE: Record<string, (value: number, operand: number) => boolean> = {
  $gt: (value, operand) => value > operand,
  $gte: (value, operand) => value >= operand,
  $lt: (value, operand) => value < operand,
  $lte: (value, operand) => value <= operand,
};

function readCondition(name: string, operator: string, operand: unknown): Filter {
  const compare = COMPARE[operator];
  if (compare) {
    if (!isNumber(operand)) throw wrongOperand(operator, "a number", operand);
    return (metadata) => {
      const value = metadata[name];
      return typeof value === "number" && compare(value, operand);
    };
  }
  if (operator === "$exists") {
    if (typeof operand !== "boolean") throw wrongOperand(operator, "a boolean", operand);
    return (metadata) => name in metadata === operand;
  }
  if (operator === "$eq" || operator === "$ne") {
    if (!isScalar(operand)) throw wrongOperand(operator, "a string, number or boolean", operand);
    return (metadata) => has(metadata[name], operand) === (operator === "$eq");
  }
  if (operator === "$in" || operator === "$nin") {
    if (!Array.isArray(operand) || operand.length > MAX_LIST || !operand.every(isScalar)) {
      throw wrongOperand(operator, `a list of at most ${MAX_LIST} strings, numbers or booleans`, operand);
    }
    return (metadata) => operand.some((item) => has(metadata[name], item)) === (operator === "$in");
  }
  throw invalid(`${operator} is not a valid operator`);
}

/** A list has each of its items. */
function has(value: MetadataValue | undefined, operand: string | number | boolean): boolean {
  return Array.isArray(value) ? value.some((item) => item === operand) : value === operand;
}

function wrongOperand(operator: string, wanted: string, operand: unknown) {
  return invalid(`the ${operator} operator must be followed by ${wanted}, got ${JSON.stringify(operand)} instead`);
}
