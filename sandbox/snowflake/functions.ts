/** Functions whose value is the session's or the clock's, and what a FROM clause may call. */
import {
  type Expression,
  expressionOf,
  type Fields,
  functionName,
  isFields,
  isIdentifier,
  listOf,
  rewrite,
  visit,
} from "./ast.ts";
import { unknownTableFunction, unsupported } from "./errors.ts";
import type { Parser } from "./parser.ts";
import { ROLES } from "./roles.ts";
import type { Session } from "./session.ts";
import { quote } from "./statements.ts";
import { dayOf } from "../world/zones.ts";

export interface Ambient {
  session: Session;
  account: string;
  /** Epoch ms by the sandbox's clock. */
  now: number;
  timeZone: string;
}

/** The tree with CURRENT_DATE, CURRENT_ROLE() and their like replaced by what they are now. */
export function settleContext(tree: unknown, parser: Parser, ambient: Ambient): unknown {
  return rewrite(tree, (expression) => {
    const name = functionName(expression);
    const value = name && contextValue(name, listOf(expression.fields.args), ambient);
    return value ? parser.expression(value) : undefined;
  });
}

function contextValue(name: string, args: unknown[], ambient: Ambient): string | undefined {
  const { session, account, now, timeZone } = ambient;
  const text = (value: string | undefined): string => (value === undefined ? "NULL" : quote(value));
  switch (name) {
    case "CURRENT_DATE":
      return `CAST('${dayOf(now, timeZone)}' AS DATE)`;
    case "CURRENT_TIMESTAMP":
    case "GETDATE":
    case "SYSTIMESTAMP":
    case "LOCALTIMESTAMP":
      return `CAST('${new Date(now).toISOString()}' AS TIMESTAMP_LTZ)`;
    case "SYSDATE":
      return `CAST('${new Date(now).toISOString().slice(0, -1)}' AS TIMESTAMP)`;
    case "CURRENT_TIME":
    case "LOCALTIME":
      return `CAST('${new Date(now).toLocaleTimeString("en-GB", { timeZone })}' AS TIME)`;
    case "CURRENT_ROLE":
      return text(session.role);
    case "CURRENT_USER":
      return text(session.user.name);
    case "CURRENT_WAREHOUSE":
      return text(session.warehouse);
    case "CURRENT_DATABASE":
      return text(session.database);
    case "CURRENT_SCHEMA":
      return text(session.schema);
    case "CURRENT_ACCOUNT":
    case "CURRENT_ACCOUNT_NAME":
      return text(account.toUpperCase());
    case "CURRENT_SESSION":
      return text(String(session.id));
    case "CURRENT_VERSION":
      return text("9.30.1");
    case "CURRENT_REGION":
      return text("AWS_US_WEST_2");
    case "CURRENT_AVAILABLE_ROLES":
      return text(JSON.stringify(session.user.roles.filter((role) => ROLES.some((known) => known.name === role))));
    case "CURRENT_SECONDARY_ROLES":
      return text('{"roles":"","value":""}');
    case "LAST_QUERY_ID":
      return text(lastQueryId(session, args[0]));
    default:
      return undefined;
  }
}

/** LAST_QUERY_ID(): the last one; (-2): the one before it; (1): the first of the session. */
function lastQueryId(session: Session, argument: unknown): string | undefined {
  const number = numberOf(argument) ?? -1;
  return session.queryIds.at(number > 0 ? number - 1 : number);
}

function numberOf(argument: unknown): number | undefined {
  const expression = expressionOf(argument);
  if (expression?.kind === "neg") {
    const inner = numberOf(expression.fields.this);
    return inner === undefined ? undefined : -inner;
  }
  return expression?.kind === "literal" ? Number(expression.fields.value) : undefined;
}

/** What a FROM clause may call besides tables; the translator knows the others that are listed. */
const TABLE_FUNCTIONS = new Set(["TABLE", "FLATTEN", "GENERATOR", "RESULT_SCAN", "VALUES"]);

/** Refuses what only the engine has, such as functions that read files. */
export function checkTableFunctions(tree: unknown): void {
  const check = (source: unknown): void => {
    const expression = expressionOf(source);
    if (!expression) return;
    if (expression.kind === "alias" || expression.kind === "lateral") return check(expression.fields.this);
    const name = functionName(expression);
    if (name === undefined) return;
    if (!TABLE_FUNCTIONS.has(name)) throw unknownTableFunction(name);
    if (name === "TABLE") for (const inner of listOf(expression.fields.args)) check(inner);
  };
  visit(tree, (fields) => {
    if (isFields(fields.from)) for (const source of listOf(fields.from.expressions)) check(source);
    for (const join of listOf(fields.joins)) if (isFields(join)) check(join.this);
  });
}

interface TableCall {
  name: string;
  args: unknown[];
  alias: string | undefined;
}

/** FLATTEN, with or without LATERAL or TABLE() around it, and RESULT_SCAN: what the FROM clause calls, if it is a call. */
function tableCallOf({ kind, fields }: Expression): TableCall | undefined {
  if (kind === "lateral" || kind === "alias") {
    const inner = expressionOf(fields.this);
    const call = inner && tableCallOf(inner);
    const alias = isIdentifier(fields.alias) ? fields.alias.name : fields.alias;
    return call && { ...call, alias: typeof alias === "string" ? alias.toUpperCase() : call.alias };
  }
  const name = functionName({ kind, fields });
  if (name === "TABLE") {
    const inner = expressionOf(listOf(fields.args)[0]);
    return inner && tableCallOf(inner);
  }
  return name === "FLATTEN" || name === "RESULT_SCAN"
    ? { name, args: listOf(fields.args), alias: undefined }
    : undefined;
}

/**
 * The tree with FLATTEN as a query over the engine's own function, and RESULT_SCAN as a table that `keep` makes of the result
 * whose id it is given.
 */
export function settleTableCalls(
  tree: unknown,
  parser: Parser,
  keep: (queryId: string | undefined) => string,
): unknown {
  const settle = (source: unknown): unknown => {
    const expression = expressionOf(source);
    if (expression?.kind === "values") return namedValues(expression.fields, parser);
    const call = expression && tableCallOf(expression);
    if (!call) return source;
    const alias = call.alias ? ` AS "${call.alias}"` : "";
    if (call.name === "FLATTEN")
      return parser.source(`X, LATERAL (${flattenQuery(call.args, parser)})${alias || " AS F"}`);
    return parser.source(`${keep(textOf(call.args[0]))}${alias}`);
  };
  return settleSources(tree, settle);
}

function settleSources(value: unknown, settle: (source: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => settleSources(item, settle));
  if (!isFields(value)) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, settleSources(item, settle)]));
  if (isFields(copy.from)) copy.from = { ...copy.from, expressions: listOf(copy.from.expressions).map(settle) };
  if (Array.isArray(copy.joins)) {
    copy.joins = copy.joins.map((join: unknown) => (isFields(join) ? { ...join, this: settle(join.this) } : join));
  }
  return copy;
}

/** Columns of VALUES are called COLUMN1, COLUMN2... unless they are given names. */
function namedValues(fields: Fields, parser: Parser): unknown {
  if (listOf(fields.column_aliases).length > 0) return { values: fields };
  const [row] = listOf(fields.expressions);
  const names = listOf(isFields(row) ? row.expressions : []).map((_, index) => `COLUMN${index + 1}`);
  const alias = isIdentifier(fields.alias) ? fields.alias.name : "V";
  const rows = parser.print({ values: { ...fields, alias: null } });
  return parser.source(`(${rows}) AS "${alias}"(${names.join(", ")})`);
}

function textOf(argument: unknown): string | undefined {
  const expression = expressionOf(argument);
  return expression?.kind === "literal" ? String(expression.fields.value) : undefined;
}

function flattenQuery(args: unknown[], parser: Parser): string {
  const named = new Map<string, unknown>();
  for (const argument of args) {
    const expression = expressionOf(argument);
    const isNamed = expression?.kind === "named_argument" && isIdentifier(expression.fields.name);
    const name = isNamed && isIdentifier(expression.fields.name) ? expression.fields.name.name.toUpperCase() : "INPUT";
    named.set(name, isNamed ? expression.fields.value : argument);
  }
  const input = named.get("INPUT");
  const rest = [...named.keys()].find((name) => name !== "INPUT" && name !== "PATH");
  if (input === undefined || rest) throw unsupported(`FLATTEN ${rest ?? "without INPUT"}`);
  const text = parser.print(input);
  const path = named.get("PATH");
  const json = path === undefined ? `TO_JSON(${text})` : `GET_PATH(${text}, ${parser.print(path)})`;
  const isArray = `JSON_TYPE(${json}) = 'ARRAY'`;
  return `SELECT 1 AS SEQ, CASE WHEN ${isArray} THEN NULL ELSE J.key END AS KEY,
    CASE WHEN ${isArray} THEN '[' || J.key || ']' ELSE J.key END AS PATH,
    CASE WHEN ${isArray} THEN CAST(J.key AS INT) END AS INDEX, J.value AS VALUE, ${json} AS THIS
    FROM JSON_EACH(${json}) AS J`;
}
