import { UserError } from "../../src/core/errors.ts";
import { scalarFunctions, tableFunctions, wordsBeforeParenthesis } from "./function-names.ts";
import { type PlainSql, readPlainSql, type SqlToken } from "./sql-lexer.ts";
import { loadSqlParser, type SqlParser } from "./sql-parser.ts";
import { checkTree, type Insertion, refusedFunction, type TreeRules } from "./sql-tree.ts";
import type { AllowedSchemas, SessionSchema } from "./table-names.ts";

export interface GuardRules {
  /** Where the statement will run. */
  session: SessionSchema;
  /** Undefined: the role alone decides. */
  allowed: AllowedSchemas | undefined;
}

const maxCharacters = 20_000;
/** What the parser takes grows with them: 10,000 cost it seconds and its memory. */
const maxTokens = 4_000;

/**
 * One statement that reads, as text that may be sent; throws UserError for everything else. Three readings have to agree: our
 * own of the characters (`sql-lexer.ts`), the parser's tree, in which every node has to be of a known kind (`sql-tree.ts`),
 * and the words of the text, each of which that stands before a parenthesis has to be a known function. What is sent is
 * the text that was read, without comments, not the text that came in.
 */
export async function guardSelect(sql: string, rules: GuardRules): Promise<string> {
  if (sql.length > maxCharacters) throw new UserError(`A statement may have ${maxCharacters} characters.`);
  const plain = readPlainSql(sql);
  if (plain.tokens.length === 0) throw new UserError("There is no statement in the text.");
  if (plain.tokens.length > maxTokens) {
    throw new UserError(
      `A statement may have ${maxTokens} words and signs; this one has ${plain.tokens.length}. Write it more briefly.`,
    );
  }
  checkWords(plain.tokens);
  const parser = await loadSqlParser();
  const statements = parser.parse(plain.text);
  if (statements.length !== 1) throw new UserError("Only one statement at a time.");
  checkQuotes(plain, parser);
  const tree = checkTree(statements[0], treeRules(plain, rules));
  checkSelects(plain.tokens, tree.selects);
  checkCalls(plain.tokens, tree.namesWithColumns);
  return insertAll(plain.text, tree.insertions).trim();
}

function treeRules({ text, tokens }: PlainSql, { session, allowed }: GuardRules): TreeRules {
  const points = codePointsUpTo(text);
  const names = new Set(
    tokens.filter(({ kind }) => kind === "word" || kind === "quoted").map(({ start }) => points(start)),
  );
  const isNameAt = (point: number) => names.has(point);
  return { session, allowed, functions: scalarFunctions, tableFunctions, isNameAt };
}

/** Reserved in Snowflake: unquoted, they are never a name, and no read has them. */
const writingWords = new Set("alter create delete drop grant insert into revoke trigger update".split(" "));

function checkWords(tokens: readonly SqlToken[]): void {
  const first = tokens.find(({ text }) => text !== "(");
  if (first?.kind !== "word" || !["select", "with"].includes(first.text.toLowerCase())) {
    throw new UserError("Only SELECT is run here, or WITH and SELECT. Nothing in Snowflake can be changed.");
  }
  for (const [index, { kind, text }] of tokens.entries()) {
    // In a path into JSON (`a:update.delete`) they are keys.
    const before = tokens[index - 1]?.text ?? "";
    const isKey = before === "." || before === ":";
    if (queryStarts.has(before.toLowerCase()) && text.toLowerCase() === "from") {
      throw new UserError("A query begins with SELECT, not with FROM.");
    }
    if (kind === "word" && !isKey && writingWords.has(text.toLowerCase())) {
      throw new UserError(
        `Only SELECT is run here; ${text.toUpperCase()} is not. Nothing in Snowflake can be changed.`,
      );
    }
  }
}

/** Where a query begins: the parser would take one that begins with FROM. */
const queryStarts = new Set(["(", "union", "all", "except", "intersect", "minus"]);

/** Had the parser seen a text end elsewhere, it would have judged another statement than the one that Snowflake reads. */
function checkQuotes({ text, tokens }: PlainSql, parser: SqlParser): void {
  const points = codePointsUpTo(text);
  const ours = tokens
    .filter(({ kind }) => kind === "string" || kind === "quoted")
    .map((token) => [points(token.start), points(token.start + token.text.length)]);
  if (JSON.stringify(ours) !== JSON.stringify(parser.quotedSpans(text))) {
    throw new UserError("The quotes of this statement can be read in two ways; write it more plainly.");
  }
}

/** The parser counts code points, JavaScript UTF-16 units. */
function codePointsUpTo(text: string): (units: number) => number {
  const points = new Uint32Array(text.length + 1);
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    points[at] = count;
    const isSecondHalf = at > 0 && (text.codePointAt(at - 1) ?? 0) > 0xffff;
    if (!isSecondHalf) count++;
  }
  points[text.length] = count;
  return (units) => points[units] ?? count;
}

/** A query that the parser keeps as mere text, say in a path, would not have been looked at. */
function checkSelects(tokens: readonly SqlToken[], inTree: number): void {
  const inText = tokens.filter(({ kind, text }) => kind === "word" && text.toLowerCase() === "select").length;
  if (inText !== inTree)
    throw new UserError("A SELECT stands where this server cannot look into it; write it as a subquery.");
}

function checkCalls(tokens: readonly SqlToken[], namesWithColumns: ReadonlySet<string>): void {
  for (const [index, token] of tokens.entries()) {
    if (tokens[index + 1]?.text !== "(" || tokens[index + 1]?.kind !== "operator") continue;
    if (token.kind !== "word" && token.kind !== "quoted") continue;
    if (tokens[index - 1]?.text === ".") throw refusedFunction(`${tokens[index - 2]?.text ?? ""}.${token.text}`);
    const name = token.kind === "word" ? token.text.toLowerCase() : undefined;
    const isKnown =
      name !== undefined && [scalarFunctions, tableFunctions, wordsBeforeParenthesis].some((set) => set.has(name));
    if (!isKnown && !namesWithColumns.has(token.text)) throw refusedFunction(token.text);
  }
}

function insertAll(text: string, insertions: readonly Insertion[]): string {
  if (insertions.length === 0) return text;
  // Array.from goes by code points, as the parser counts.
  const points = Array.from(text);
  let result = "";
  let from = 0;
  for (const { at, text: inserted } of insertions.toSorted((left, right) => left.at - right.at)) {
    result += points.slice(from, at).join("") + inserted;
    from = at;
  }
  return result + points.slice(from).join("");
}
