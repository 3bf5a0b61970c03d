import { z } from "zod";
import { UserError } from "../../src/core/errors.ts";

/** The parser's tree: an object with one key is a node, and the key says of which kind. */
export type SqlNode = { readonly [key: string]: unknown };

export interface SqlParser {
  /** The statements of a text. Throws UserError, which says where, for what is not SQL. */
  parse(sql: string): unknown[];
  /** Where texts and quoted names begin and end, in code points. */
  quotedSpans(sql: string): [start: number, end: number][];
}

let loaded: Promise<SqlParser> | undefined;

/** 24 MB of WebAssembly: loaded for the first statement, then kept. */
export function loadSqlParser(): Promise<SqlParser> {
  loaded ??= load();
  return loaded;
}

/** The one place that knows @polyglot-sql/sdk. */
async function load(): Promise<SqlParser> {
  const { Dialect, parse, tokenize } = await import("@polyglot-sql/sdk");
  return {
    parse: (sql) => {
      const result = parse(sql, Dialect.Snowflake);
      if (result.success) return result.ast;
      throw new UserError(`This is not one SELECT as Snowflake's SQL has it. ${(result.error ?? "").slice(0, 300)}`);
    },
    quotedSpans: (sql) =>
      tokenized
        .parse(tokenize(sql, Dialect.Snowflake))
        .tokens.filter(({ token_type }) => quotedTokens.has(token_type))
        .map(({ span }) => [span.start, span.end]),
  };
}

/** As the package answers; its types have other names. */
const tokenized = z.object({
  tokens: z.array(z.object({ token_type: z.string(), span: z.object({ start: z.int(), end: z.int() }) })),
});

const quotedTokens = new Set(["STRING", "QUOTED_IDENTIFIER", "HEX_STRING"]);
