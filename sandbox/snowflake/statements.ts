import { SnowflakeError, syntaxError } from "./errors.ts";
import type { Parser, Token } from "./parser.ts";

export interface Statement {
  /** Without its semicolon. */
  text: string;
  tokens: Token[];
  /** The first words in capitals, to tell what kind of statement it is. */
  words: string[];
}

/** A value that the client bound to a place in the statement. */
export interface Binding {
  type: string;
  value: unknown;
}

/** The statements of a request; comments and empty ones are left out. */
export function splitStatements(parser: Parser, sql: string): Statement[] {
  const characters = Array.from(sql);
  const groups: Token[][] = [[]];
  for (const token of parser.tokens(sql)) {
    if (token.type === "SEMICOLON") groups.push([]);
    else groups.at(-1)?.push(token);
  }
  return groups
    .filter((tokens) => tokens.length > 0)
    .map((tokens) => {
      const start = tokens[0]?.start ?? 0;
      const end = tokens.at(-1)?.end ?? 0;
      const shifted = tokens.map((token) => shift(token, start));
      const words = tokens.slice(0, 8).map((token) => token.text.toUpperCase());
      return { text: characters.slice(start, end).join(""), tokens: shifted, words };
    });
}

function shift(token: Token, by: number): Token {
  return { ...token, start: token.start - by, end: token.end - by };
}

/** The statement with `?` and `:1` replaced by what was bound to them. */
export function bind(statement: Statement, bindings: Readonly<Record<string, Binding>> = {}): string {
  const characters = Array.from(statement.text);
  const parts: string[] = [];
  let from = 0;
  let marks = 0;
  for (const [index, token] of statement.tokens.entries()) {
    const place = placeOf(statement.tokens, index, marks + 1);
    if (!place) continue;
    if (token.text.startsWith("?")) marks += 1;
    const binding = bindings[place.name];
    if (!binding) throw unbound(place.name);
    parts.push(characters.slice(from, token.start).join(""), literal(binding));
    from = place.end;
  }
  return parts.join("") + characters.slice(from).join("");
}

/** A colon and a number is a place only where a value may stand: after a name, a literal or a bracket it is a path. */
function placeOf(tokens: readonly Token[], index: number, next: number): { name: string; end: number } | undefined {
  const token = tokens[index];
  if (!token) return undefined;
  if (token.type === "PARAMETER" && token.text === "?") return { name: String(next), end: token.end };
  // The tokenizer takes a mark with a cast after it for one.
  if (token.text === "?::") return { name: String(next), end: token.start + 1 };
  const number = tokens[index + 1];
  if (token.type !== "COLON" || number?.type !== "NUMBER") return undefined;
  const before = tokens[index - 1]?.type ?? "";
  if (/^(?:VAR|STRING|QUOTED_IDENTIFIER|R_PAREN|R_BRACKET)$/.test(before)) return undefined;
  return { name: number.text, end: number.end };
}

function unbound(name: string): SnowflakeError {
  const message = `SQL compilation error: error line 1 at position 0\nBind variable :${name} not set.`;
  return new SnowflakeError("002049", message, { sqlState: "42601", line: 1, position: 0 });
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

function literal({ type, value }: Binding): string {
  if (value === null || value === undefined) return "NULL";
  if (typeof value !== "string") throw new SnowflakeError("000002", "Unsupported feature 'array binding'.");
  switch (type.toUpperCase()) {
    case "FIXED":
    case "REAL":
      if (!NUMBER.test(value)) throw numberError(value);
      return value;
    case "BOOLEAN":
      return value.toLowerCase() === "true" || value === "1" ? "TRUE" : "FALSE";
    case "VARIANT":
      return `PARSE_JSON(${quote(value)})`;
    default:
      return quote(value);
  }
}

export function numberError(value: string): SnowflakeError {
  return new SnowflakeError("100038", `Numeric value '${value}' is not recognized`, { sqlState: "22018" });
}

/** A text as a literal of Snowflake's, which reads backslashes. */
export function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

const KEYWORDS =
  /^(?:SELECT|WITH|VALUES|FROM|INSERT|UPDATE|DELETE|MERGE|TRUNCATE|CREATE|DROP|ALTER|UNDROP|COMMENT|SHOW|DESC|DESCRIBE|USE|GRANT|REVOKE|CALL|EXECUTE|COPY|PUT|GET|LIST|LS|REMOVE|RM|BEGIN|START|COMMIT|ROLLBACK|SET|UNSET|EXPLAIN|DECLARE|\()$/;

/** The word that says what a statement does; throws a syntax error where it is none of Snowflake's. */
export function leadingWord({ words, tokens }: Statement): string {
  const word = words[0] ?? "";
  if (KEYWORDS.test(word) && tokens[0]?.type !== "QUOTED_IDENTIFIER") return word;
  throw syntaxError(tokens[0]?.text ?? "", 1, 0);
}
