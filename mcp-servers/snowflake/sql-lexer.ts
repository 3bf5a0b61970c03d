import { UserError } from "../../src/core/errors.ts";

export interface SqlToken {
  /** `word`: an unquoted name or keyword; `quoted`: a name in double quotes; `parameter`: `$1`. */
  kind: "word" | "quoted" | "string" | "number" | "parameter" | "operator";
  /** As it stands in the plain text. */
  text: string;
  /** Where it begins in the plain text, in UTF-16 units. */
  start: number;
}

export interface PlainSql {
  /**
   * The statement with nothing in it that two parsers could read in two ways: no comments, no trailing semicolon, every text
   * in single quotes and with `''` for a quote inside. This is what is parsed, and this is what is sent.
   */
  text: string;
  tokens: SqlToken[];
}

const maxDepth = 50;
const operators = /^(?:\|\||::|=>|<=|>=|<>|!=|->|[-+*/%=<>(),.:|[\]{}])/;
const number = /^(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?/;
const word = /^[A-Za-z_][A-Za-z0-9_$]*/;
const invisible = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;

/** What begins at a position, how long it is there, and what the plain text has in its place. */
interface Piece {
  kind: SqlToken["kind"] | "gap";
  length: number;
  plain: string;
  /** Nothing may touch it: what stands in front could be taken for a prefix of the quotes. */
  apart?: boolean;
}

/**
 * Reads a statement as Snowflake does, and refuses what Snowflake has but a read never needs (stages, session variables,
 * the flow operator, further statements) or what is not plain (invisible characters, look-alike letters outside of quotes).
 * Throws UserError that says where.
 */
export function readPlainSql(sql: string): PlainSql {
  const tokens: SqlToken[] = [];
  let text = "";
  let ended = false;
  let depth = 0;
  for (let at = 0, piece: Piece; at < sql.length; at += piece.length) {
    piece = pieceAt(sql, at);
    if (piece.plain === ";") ended = true;
    else if (piece.kind !== "gap") {
      if (ended)
        throw new UserError(`Only one statement at a time${where(sql, at)}: leave out what follows the semicolon.`);
      depth += depthChange(piece);
      if (depth > maxDepth)
        throw new UserError(`The statement is nested too deeply${where(sql, at)}; write it with WITH.`);
      if (piece.apart && /[^\s(,]$/.test(text)) text += " ";
      tokens.push({ kind: piece.kind, text: piece.plain, start: text.length });
    }
    if (!ended) text += piece.plain;
  }
  return { text, tokens };
}

function depthChange({ kind, plain }: Piece): number {
  if (kind !== "operator") return 0;
  if ("([{".includes(plain)) return 1;
  return ")]}".includes(plain) ? -1 : 0;
}

function pieceAt(sql: string, at: number): Piece {
  const rest = sql.slice(at, at + 2);
  const first = sql[at] ?? "";
  if (" \t\r\n".includes(first)) return { kind: "gap", length: 1, plain: first };
  if (rest === "--" || rest === "//") return lineComment(sql, at);
  if (rest === "/*") return blockComment(sql, at);
  if (first === "'") return text(sql, at);
  if (first === '"') return quotedName(sql, at);
  if (first === "$") return dollar(sql, at);
  if (first === ";") return { kind: "gap", length: 1, plain: ";" };
  const window = sql.slice(at, at + 300);
  const name = word.exec(window)?.[0];
  if (name !== undefined) return named(sql, at, name);
  const digits = number.exec(window)?.[0];
  if (digits !== undefined) return numeral(sql, at, digits);
  return operator(sql, at, window);
}

function lineComment(sql: string, at: number): Piece {
  const end = /[\r\n]/.exec(sql.slice(at))?.index;
  return { kind: "gap", length: end ?? sql.length - at, plain: " " };
}

/** Lines are kept, so that the line numbers of Snowflake's errors stay right. Comments do not nest in Snowflake. */
function blockComment(sql: string, at: number): Piece {
  const end = sql.indexOf("*/", at + 2);
  if (end < 0) throw new UserError(`A comment is not closed${where(sql, at)}.`);
  const lines = sql.slice(at, end).split("\n").length - 1;
  return { kind: "gap", length: end + 2 - at, plain: ` ${"\n".repeat(lines)}` };
}

/** `\'` becomes `''`: a parser that knows no backslashes then ends the text at the same place. */
function text(sql: string, at: number): Piece {
  let plain = "'";
  for (let i = at + 1; i < sql.length; i++) {
    const char = sql[i] ?? "";
    const next = sql[i + 1] ?? "";
    if (char === "\0") break;
    if (char === "\\" && next !== "") {
      plain += next === "'" ? "''" : char + next;
      i++;
    } else if (char === "'" && next === "'") {
      plain += "''";
      i++;
    } else if (char === "'") {
      return { kind: "string", length: i + 1 - at, plain: `${plain}'`, apart: true };
    } else plain += char;
  }
  throw new UserError(`A text in quotes is not closed${where(sql, at)}.`);
}

function quotedName(sql: string, at: number): Piece {
  for (let i = at + 1; i < sql.length; i++) {
    if (sql[i] !== '"') continue;
    if (sql[i + 1] === '"') {
      i++;
      continue;
    }
    const plain = sql.slice(at, i + 1);
    if (plain.length < 3 || plain.length > 257 || plain.includes("\\") || invisible.test(plain)) break;
    return { kind: "quoted", length: plain.length, plain };
  }
  throw new UserError(
    `A name in double quotes is not closed, too long or has characters that names do not have${where(sql, at)}.`,
  );
}

/** `$1` is a column of VALUES; `$$text$$` is a text; `$name` would be a session variable. */
function dollar(sql: string, at: number): Piece {
  const column = /^\$\d{1,4}(?![\w$])/.exec(sql.slice(at, at + 8))?.[0];
  if (column !== undefined) return { kind: "parameter", length: column.length, plain: column };
  const end = sql.startsWith("$$", at) ? sql.indexOf("$$", at + 2) : -1;
  if (end < 0)
    throw new UserError(
      `Session variables and open $$ texts are not read here${where(sql, at)}; write the value itself.`,
    );
  const inside = sql
    .slice(at + 2, end)
    .replaceAll("\\", "\\\\")
    .replaceAll("'", "''");
  if (inside.includes("\0") || /[\w$]/.test(sql[end + 2] ?? "")) {
    throw new UserError(`A $$ text is not written as Snowflake reads it${where(sql, at)}; use single quotes.`);
  }
  return { kind: "string", length: end + 2 - at, plain: `'${inside}'`, apart: true };
}

function named(sql: string, at: number, name: string): Piece {
  if (name.length > 255 || name.includes("$$")) {
    throw new UserError(`A name is too long or has $$ in it${where(sql, at)}.`);
  }
  if (name.length === 1 && sql[at + 1] === "'") {
    const bytes = /^[xX]'[0-9A-Fa-f]*'/.exec(sql.slice(at))?.[0];
    if (bytes !== undefined) return { kind: "string", length: bytes.length, plain: bytes };
    throw new UserError(`${name}'...' is no text that Snowflake knows${where(sql, at)}.`);
  }
  return { kind: "word", length: name.length, plain: name };
}

function numeral(sql: string, at: number, digits: string): Piece {
  const next = sql[at + digits.length] ?? "";
  if (/[\w$]/.test(next)) throw new UserError(`A space is missing after the number${where(sql, at)}.`);
  return { kind: "number", length: digits.length, plain: digits };
}

function operator(sql: string, at: number, window: string): Piece {
  const found = operators.exec(window)?.[0];
  if (found === undefined || window.startsWith("->>")) throw new UserError(unreadable(sql, at));
  if (found === "." && window.startsWith("..")) {
    throw new UserError(`Write the schema between the two dots${where(sql, at)}: DB.PUBLIC.TABLE.`);
  }
  return { kind: "operator", length: found.length, plain: found };
}

function unreadable(sql: string, at: number): string {
  const char = String.fromCodePoint(sql.codePointAt(at) ?? 0);
  if (char === "@") return `Stages (@) cannot be read here${where(sql, at)}; ask for tables and views.`;
  if (sql.startsWith("->>", at)) return `->> would chain statements${where(sql, at)}; only one SELECT is run.`;
  if (char === "?") return `There are no bind variables here${where(sql, at)}; write the value itself.`;
  const name =
    invisible.test(char) || /\s/.test(char)
      ? `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`
      : char;
  return `The character ${name} cannot stand outside of quotes${where(sql, at)}.`;
}

function where(sql: string, at: number): string {
  const before = sql.slice(0, at).split("\n");
  return ` (line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1})`;
}
