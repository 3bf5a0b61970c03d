/** What the translator leaves as it is, or says otherwise than Snowflake means it, in a form that it gets right. */
import {
  type Expression,
  expressionOf,
  type Fields,
  functionName,
  isFields,
  isIdentifier,
  listOf,
  newIdentifier,
  rewrite,
  visit,
} from "./ast.ts";
import { movesDay } from "./dates.ts";
import { unknownFunction } from "./errors.ts";
import { timeFormat } from "./formats.ts";
import type { Parser } from "./parser.ts";
import { quote } from "./statements.ts";

/** `days`: names of columns that are days. */
export function adaptTree(tree: unknown, parser: Parser, days: ReadonlySet<string>): unknown {
  const adapted = rewrite(tree, (expression) => adapt(expression, parser, days));
  visit(adapted, (fields) => Object.assign(fields, typeFor(fields)));
  return adapted;
}

/** Another type for one that DuckDB does not know by its name. */
function typeFor({ data_type: kind, name }: Fields): Fields | undefined {
  if (kind !== "custom" || typeof name !== "string") return undefined;
  if (/^(?:VARIANT|OBJECT|ARRAY)\b/i.test(name)) return { name: "JSON" };
  const zone = /^TIMESTAMP(NTZ|LTZ)\b/i.exec(name)?.[1]?.toUpperCase();
  if (zone === undefined) return undefined;
  return { data_type: "timestamp", timezone: zone === "LTZ", precision: null, name: undefined };
}

/** The tree with each result column that has no name called by its text in capitals, as Snowflake does. */
export function nameColumns(tree: unknown, parser: Parser): unknown {
  const template = expressionOf(parser.expression("1 AS X"))?.fields ?? {};
  const named = (part: unknown): unknown => {
    const expression = expressionOf(part);
    if (!expression || /^(?:alias|column|star)$/.test(expression.kind)) return part;
    const name = parser
      .print(part)
      .replaceAll(/GET_PATH\(([^,()]+), '([^']*)'\)/g, "$1:$2")
      .toUpperCase();
    return { alias: { ...template, this: part, alias: newIdentifier(name) } };
  };
  return rewrite(tree, ({ kind, fields }) =>
    kind === "select" ? { select: { ...fields, expressions: listOf(fields.expressions).map(named) } } : undefined,
  );
}

function adapt({ kind, fields }: Expression, parser: Parser, days: ReadonlySet<string>): unknown {
  // The translator leaves what is within these as it is.
  if (PARTS.has(kind)) return parser.expression(`SF_PART('${kind}', ${parser.print(fields.this)})`);
  switch (kind) {
    case "div":
      return { div: { ...fields, right: parser.expression(`SF_DIVISOR(${parser.print(fields.right)})`) } };
    case "cast":
    case "try_cast":
      return adaptCast(kind, fields, parser);
    case "eq":
    case "neq":
    case "like":
    case "i_like":
      return compareAsText(kind, fields, parser);
    case "in":
      return isVariant(fields.this) ? { in: { ...fields, this: asText(fields.this, parser) } } : undefined;
    case "subscript":
      return parser.expression(`SF_GET(${parser.print(fields.this)}, ${parser.print(fields.index)})`);
    case "function":
      return adaptFunction({ kind, fields }, parser, days);
    default:
      return undefined;
  }
}

const READ_FORMAT: Readonly<Record<string, (text: string, format: string) => string>> = {
  TO_DATE: (text, format) => `CAST(STRPTIME(${text}, ${format}) AS DATE)`,
  TRY_TO_DATE: (text, format) => `CAST(TRY_STRPTIME(${text}, ${format}) AS DATE)`,
  TO_TIMESTAMP: (text, format) => `STRPTIME(${text}, ${format})`,
  TO_TIMESTAMP_NTZ: (text, format) => `STRPTIME(${text}, ${format})`,
  TRY_TO_TIMESTAMP: (text, format) => `TRY_STRPTIME(${text}, ${format})`,
  TO_CHAR: (value, format) => `STRFTIME(${value}, ${format})`,
  TO_VARCHAR: (value, format) => `STRFTIME(${value}, ${format})`,
};

const PARTS = new Set(["year", "month", "day", "quarter", "week", "hour", "minute", "second"]);

/** What makes a value of one of these types of its only argument. */
const CONVERSIONS: Readonly<Record<string, string>> = {
  TO_DATE: "DATE",
  TO_TIMESTAMP: "TIMESTAMP",
  TO_TIMESTAMP_NTZ: "TIMESTAMP",
  TO_TIMESTAMP_LTZ: "TIMESTAMP_TZ",
  TO_TIMESTAMP_TZ: "TIMESTAMP_TZ",
};

function adaptFunction(expression: Expression, parser: Parser, days: ReadonlySet<string>): unknown {
  const name = functionName(expression) ?? "";
  const args = listOf(expression.fields.args);
  const [value, format] = args;
  if (name.startsWith("SYSTEM$")) throw unknownFunction(name);
  const written = expressionOf(format);
  const readFormat = READ_FORMAT[name];
  if (readFormat && written?.kind === "literal") {
    return parser.expression(readFormat(parser.print(value), quote(timeFormat(String(written.fields.value)))));
  }
  if (format === undefined && (name === "TO_CHAR" || name === "TO_VARCHAR")) {
    return isVariant(value) ? asText(value, parser) : parser.expression(`CAST(${parser.print(value)} AS VARCHAR)`);
  }
  const type = CONVERSIONS[name];
  if (type !== undefined && args.length === 1) {
    const cast = expressionOf(parser.expression(`CAST(${parser.print(value)} AS ${type})`));
    return cast && withOffset(cast);
  }
  if (name === "GET" && args.length === 2)
    return parser.expression(`SF_GET(${args.map((part) => parser.print(part)).join(", ")})`);
  if (!movesDay(name, args, days)) return undefined;
  // Printed as it is: a call that has been looked at is not looked at again.
  const day = expressionOf(parser.expression("CAST(X AS DATE)"));
  return day && { cast: { ...day.fields, this: { function: expression.fields } } };
}

/** Offsets without a colon, which DuckDB takes for names of zones. */
function withOffset({ kind, fields }: Expression): unknown {
  const literal = expressionOf(fields.this);
  const text = literal?.kind === "literal" ? String(literal.fields.value) : "";
  const fixed = text.replace(/ ?([+-]\d\d)(\d\d)$/, "$1:$2");
  if (!/\d:\d/.test(text) || fixed === text) return { [kind]: fields };
  return { [kind]: { ...fields, this: { literal: { ...literal?.fields, value: fixed } } } };
}

const TEXT_TYPES = new Set(["text", "var_char", "string", "char"]);

function adaptCast(kind: string, fields: Fields, parser: Parser): unknown {
  const { to } = fields;
  if (!isFields(to)) return undefined;
  const name = typeof to.name === "string" ? to.name.toUpperCase() : "";
  if (name === "VARIANT") return parser.expression(`SF_VARIANT(${parser.print(fields.this)})`);
  if (TEXT_TYPES.has(String(to.data_type)) && isVariant(fields.this)) return asText(fields.this, parser);
  return to.data_type === "timestamp" || name.startsWith("TIMESTAMP") ? withOffset({ kind, fields }) : undefined;
}

/** A path into a variant, or what is taken out of one by name. */
function isVariant(value: unknown): boolean {
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

function asText(value: unknown, parser: Parser): unknown {
  return parser.expression(`SF_TEXT(${parser.print(value)})`);
}

function isText(value: unknown): boolean {
  const expression = expressionOf(value);
  return expression?.kind === "literal" && expression.fields.literal_type === "string";
}

function compareAsText(kind: string, fields: Fields, parser: Parser): unknown {
  const { left, right } = fields;
  if (isVariant(left) && isText(right)) return { [kind]: { ...fields, left: asText(left, parser) } };
  if (isText(left) && isVariant(right)) return { [kind]: { ...fields, right: asText(right, parser) } };
  return undefined;
}
