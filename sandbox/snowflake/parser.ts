import type * as Sdk from "@polyglot-sql/sdk";
import { expressionOf, type Fields, isFields, listOf } from "./ast.ts";
import { compilationError, type SnowflakeError, syntaxError, unsupported } from "./errors.ts";

export interface Token {
  /** "STRING", "VAR", "QUOTED_IDENTIFIER", "SEMICOLON"... */
  type: string;
  /** Without its quotes. */
  text: string;
  /** Offsets in characters, the end exclusive. */
  start: number;
  end: number;
}

/** Snowflake's dialect: read, written, and turned into DuckDB's. Throws Snowflake's errors. */
export interface Parser {
  tokens(sql: string): Token[];
  parse(sql: string): unknown;
  /** The tree of an expression. */
  expression(sql: string): unknown;
  /** The tree of what stands in a FROM clause: the last of `sources`. */
  source(sources: string): unknown;
  print(tree: unknown): string;
  toDuckDb(sql: string): string;
}

let loaded: Promise<Parser> | undefined;

/** 24 MB of WebAssembly: loaded once, when the first statement comes. */
export function loadParser(): Promise<Parser> {
  loaded ??= import("@polyglot-sql/sdk").then(createParser);
  return loaded;
}

function createParser(sdk: typeof Sdk): Parser {
  const { Snowflake, DuckDB } = sdk.Dialect;
  const parse = (sql: string): unknown => {
    const result = sdk.parse(sql, Snowflake);
    if (!result.success) throw parseError(sql, result);
    const [tree] = listOf(result.ast);
    return tree;
  };
  const clause = (sql: string): Fields => {
    const fields = expressionOf(parse(sql))?.fields;
    if (!fields) throw new TypeError(`no query: ${sql}`);
    return fields;
  };
  return {
    parse,
    tokens: (sql) => {
      const result = sdk.tokenize(sql, Snowflake);
      if (!result.success || !result.tokens) throw parseError(sql, result);
      return result.tokens.map(tokenOf);
    },
    expression: (sql) => listOf(clause(`SELECT ${sql}`).expressions)[0],
    source: (sources) => {
      const from = clause(`SELECT * FROM ${sources}`).from;
      return isFields(from) ? listOf(from.expressions).at(-1) : undefined;
    },
    print: (tree) => printed(sdk.generate([tree], Snowflake)),
    toDuckDb: (sql) => printed(sdk.transpile(sql, Snowflake, DuckDB)),
  };
}

/** The package's declaration calls the type `tokenType`; it is `token_type`. */
function tokenOf(token: { text: string; span: { start: number; end: number } }): Token {
  const type = (token as Partial<Record<"token_type", unknown>>).token_type;
  return { type: String(type), text: token.text, start: token.span.start, end: token.span.end };
}

interface Printed {
  success: boolean;
  sql?: string[] | null | undefined;
  error?: string | null | undefined;
}

function printed({ success, sql, error }: Printed): string {
  const [text] = sql ?? [];
  if (success && text !== undefined) return text;
  // What the translator cannot say in the engine's dialect is a gap of the stand-in's, and is told as one.
  throw unsupported(error ?? "this statement");
}

interface ParseFailure {
  error?: string | null | undefined;
  errorLine?: number | null | undefined;
  errorStart?: number | null | undefined;
  errorEnd?: number | null | undefined;
}

/** Offsets are in characters, whatever their size. */
function parseError(sql: string, failure: ParseFailure): SnowflakeError {
  const { errorLine: line, errorStart: start, errorEnd: end } = failure;
  if (typeof line !== "number" || typeof start !== "number") return compilationError(failure.error ?? "parse error");
  const characters = Array.from(sql);
  const lineStart = characters.lastIndexOf("\n", Math.max(0, start - 1)) + 1;
  const unexpected = characters.slice(start, end ?? start + 1).join("");
  return syntaxError(start >= characters.length ? "<EOF>" : unexpected, line, start - lineStart);
}
