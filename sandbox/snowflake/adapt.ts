/** What the translator leaves as it is, or says otherwise than Snowflake means it, in a form that it gets right. */
import {
  type Expression,
  expressionOf,
  type Fields,
  functionName,
  isFields,
  listOf,
  newIdentifier,
  rewrite,
  visit,
} from "./ast.ts";
import { isDay, movesDay } from "./dates.ts";
import { unknownFunction } from "./errors.ts";
import { timeFormat } from "./formats.ts";
import type { Parser } from "./parser.ts";
import { quote } from "./statements.ts";
import { adaptVariants, asText, isVariant } from "./variants.ts";

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
      return checkDivisor({ kind, fields }, parser);
    case "add":
    case "sub": {
      const isShifted = isDay(fields.left, days) && expressionOf(fields.right)?.kind === "interval";
      return isShifted ? asDay({ [kind]: fields }, parser) : adaptVariants({ kind, fields }, parser);
    }
    case "add_months":
      return isDay(fields.this, days) ? asDay({ add_months: fields }, parser) : undefined;
    case "typeof":
      return parser.expression(`SF_TYPEOF(${parser.print(fields.this)})`);
    case "window_function":
      return adaptRatio(fields, parser);
    case "parameter":
      // Columns by number are those of VALUES.
      return fields.style === "Dollar" ? parser.expression(`COLUMN${String(fields.index)}`) : undefined;
    case "cast":
    case "try_cast":
      return adaptCast(kind, fields, parser);
    case "subscript":
      return parser.expression(`SF_GET(${parser.print(fields.this)}, ${parser.print(fields.index)})`);
    case "function":
      return adaptFunction({ kind, fields }, parser, days);
    default:
      return adaptVariants({ kind, fields }, parser);
  }
}

function checkDivisor(division: Expression, parser: Parser): unknown {
  const { fields } = expressionOf(adaptVariants(division, parser)) ?? division;
  return { div: { ...fields, right: parser.expression(`SF_DIVISOR(${parser.print(fields.right)})`) } };
}

/** RATIO_TO_REPORT(x) OVER (...): x over the sum of its window. */
function adaptRatio(fields: Fields, parser: Parser): unknown {
  const call = expressionOf(fields.this);
  if (!call || functionName(call) !== "RATIO_TO_REPORT") return undefined;
  const part = parser.print(listOf(call.fields.args)[0]);
  const whole = parser.print({ window_function: { ...fields, this: parser.expression(`SUM(${part})`) } });
  return parser.expression(`((${part}) / NULLIF(${whole}, 0))`);
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
  // The translator gives a row generator one column of this name.
  if (/^SEQ[1248]$/.test(name)) return parser.expression('"range"');
  if (name === "TO_TIMESTAMP" && expressionOf(value)?.fields.literal_type === "number") {
    return parser.expression(`MAKE_TIMESTAMP(CAST(${parser.print(value)} AS BIGINT) * 1000000)`);
  }
  if (/^(?:DATEADD|TIMESTAMPADD)$/.test(name)) return addInterval(expression, parser, days);
  const printed = (separator: string): string => args.map((part) => parser.print(part)).join(separator);
  if (/^(?:CONVERT_TIMEZONE|GET)$/.test(name) && args.length === 2) {
    return parser.expression(`SF_${name}(${printed(", ")})`);
  }
  // DuckDB's passes over what is null.
  if (name === "CONCAT" && args.length > 1) return parser.expression(`(${printed(" || ")})`);
  const type = CONVERSIONS[name];
  if (type !== undefined && args.length === 1) {
    const cast = expressionOf(parser.expression(`CAST(${parser.print(value)} AS ${type})`));
    return cast && withOffset(cast);
  }
  return movesDay(name, args, days) ? asDay({ function: expression.fields }, parser) : undefined;
}

/** The translator gets only numbers and names right that are added to a date, so that anything else is put in brackets. */
function addInterval({ fields }: Expression, parser: Parser, days: ReadonlySet<string>): unknown {
  const [unit, amount, date] = listOf(fields.args);
  const isPlain = /^(?:literal|neg)$/.test(expressionOf(amount)?.kind ?? "");
  const inBrackets = isPlain ? amount : parser.expression(`(${parser.print(amount)})`);
  const call = { function: { ...fields, args: [unit, inBrackets, date] } };
  return movesDay("DATEADD", [unit, amount, date], days) ? asDay(call, parser) : call;
}

function asDay(value: unknown, parser: Parser): unknown {
  const cast = expressionOf(parser.expression("CAST(X AS DATE)"));
  return cast && { cast: { ...cast.fields, this: value } };
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
