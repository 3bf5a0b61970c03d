/** Variants are JSON to DuckDB, which takes JSON for neither a text nor a number; Snowflake does. */
import { type Expression, expressionOf, functionName, isIdentifier, listOf } from "./ast.ts";
import type { Parser } from "./parser.ts";

/** A path into a variant, or what is taken out of one by name. */
export function isVariant(value: unknown): boolean {
  const expression = expressionOf(value);
  if (!expression) return false;
  if (/^(?:j_s_o_n_extract|parse_json|subscript)$/.test(expression.kind)) return true;
  if (expression.kind === "paren") return isVariant(expression.fields.this);
  const name = functionName(expression);
  if (name !== undefined) return /^(?:SF_GET|GET|GET_PATH|PARSE_JSON)$/.test(name);
  const column = expression.kind === "column" ? expression.fields.name : undefined;
  // FLATTEN calls what it finds so.
  return isIdentifier(column) && column.name === "VALUE";
}

export function asText(value: unknown, parser: Parser): unknown {
  return parser.expression(`SF_TEXT(${parser.print(value)})`);
}

function asNumber(value: unknown, parser: Parser): unknown {
  return parser.expression(`CAST(${parser.print(value)} AS DOUBLE)`);
}

const COMPARISONS = new Set(["eq", "neq", "like", "i_like", "gt", "gte", "lt", "lte"]);
const SUMS = new Set(["add", "sub", "mul", "div", "mod"]);
const AGGREGATES = new Set(["sum", "avg"]);

/** The expression with its variants as what they are compared with or counted as; undefined where there is none. */
export function adaptVariants({ kind, fields }: Expression, parser: Parser): unknown {
  const { left, right, this: operand } = fields;
  if (kind === "in" && isVariant(operand)) {
    const [first] = listOf(fields.expressions);
    return { in: { ...fields, this: isText(first) ? asText(operand, parser) : asNumber(operand, parser) } };
  }
  if (AGGREGATES.has(kind) && isVariant(operand)) return { [kind]: { ...fields, this: asNumber(operand, parser) } };
  if (kind === "array_size" && isVariant(operand)) {
    return parser.expression(`JSON_ARRAY_LENGTH(${parser.print(operand)})`);
  }
  if (!COMPARISONS.has(kind) && !SUMS.has(kind)) return undefined;
  if (!isVariant(left) && !isVariant(right)) return undefined;
  const as = COMPARISONS.has(kind) && (isText(left) || isText(right)) ? asText : asNumber;
  const plain = (side: unknown): unknown => (isVariant(side) ? as(side, parser) : side);
  const isNumeric = SUMS.has(kind) || isNumber(left) || isNumber(right) || as === asText;
  return isNumeric ? { [kind]: { ...fields, left: plain(left), right: plain(right) } } : undefined;
}

function isText(value: unknown): boolean {
  return literalType(value) === "string";
}

function isNumber(value: unknown): boolean {
  const expression = expressionOf(value);
  return literalType(expression?.kind === "neg" ? expression.fields.this : value) === "number";
}

function literalType(value: unknown): unknown {
  const expression = expressionOf(value);
  return expression?.kind === "literal" ? expression.fields.literal_type : undefined;
}
