import { UserError } from "../../src/core/errors.ts";
import { nodeFields, nodeKinds } from "./node-kinds.ts";
import type { SqlNode } from "./sql-parser.ts";
import { type AllowedSchemas, fold, type Identifier, quote, type SessionSchema } from "./table-names.ts";

export interface TreeRules {
  session: SessionSchema;
  allowed: AllowedSchemas | undefined;
  /** In lower case. */
  functions: ReadonlySet<string>;
  tableFunctions: ReadonlySet<string>;
  /** Whether a name, quoted or not, begins at this code point of the text. */
  isNameAt(point: number): boolean;
}

/** Text that makes a name whole, and before which code point it belongs. */
export interface Insertion {
  at: number;
  text: string;
}

export interface CheckedTree {
  /** How many SELECTs the parser saw. */
  selects: number;
  /** Names that a list of columns follows: `t (a, b)` is then no call. As written. */
  namesWithColumns: Set<string>;
  insertions: Insertion[];
}

const queries = new Set(["select", "union", "intersect", "except", "subquery"]);
/** A table of such a name has to be quoted: `(SHOW TABLES)` can be read as the table SHOW, called TABLES. */
const verbs = new Set(
  "analyze begin call comment commit copy declare desc describe execute explain get kill let list lock ls merge put remove return rm rollback set show start table truncate undrop unset use vacuum".split(
    " ",
  ),
);
/** What wraps a source in FROM. */
const wrappers = new Set(["alias", "paren", "pivot", "unpivot", "match_recognize", "lateral"]);
/** Keys, positions and quoted keys: nothing that is computed. */
const plainPath = /^(?:[\w$]+|"[^"]*")?(?:\.(?:[\w$]+|"[^"]*")|\[(?:\d+|'[^']*'|"[^"]*")\])*$/;

/** Walks all of the tree. Throws UserError for what a read does not have. */
export function checkTree(root: unknown, rules: TreeRules): CheckedTree {
  const [kind, node] = nodeOf(root) ?? [];
  if (kind === undefined || !queries.has(kind) || !isObject(node)) {
    throw new UserError("Only SELECT is run here. Nothing in Snowflake can be changed.");
  }
  return new TreeCheck(rules).check(root);
}

type Scope = ReadonlySet<string>;

class TreeCheck {
  readonly #rules: TreeRules;
  readonly #found: CheckedTree = { selects: 0, namesWithColumns: new Set(), insertions: [] };
  readonly #sources = new Set<unknown>();
  /** The first part of each CTE that may recur, with the name that is not seen in it. */
  readonly #anchors = new Map<unknown, string>();
  /** Not recursion: `a + a + a ...` is as deep as it is long. */
  readonly #waiting: [value: unknown, scope: Scope][] = [];

  constructor(rules: TreeRules) {
    this.#rules = rules;
  }

  check(root: unknown): CheckedTree {
    this.#waiting.push([root, new Set()]);
    for (let next = this.#waiting.pop(); next; next = this.#waiting.pop()) this.#visit(...next);
    return this.#found;
  }

  #visit(value: unknown, outer: Scope): void {
    const hidden = this.#anchors.get(value);
    const scope = hidden === undefined ? outer : new Set([...outer].filter((name) => name !== hidden));
    if (Array.isArray(value)) {
      for (const item of value) this.#waiting.push([item, scope]);
      return;
    }
    if (!isObject(value)) return;
    const present = Object.entries(value).filter(([, held]) => isPresent(held));
    const [kind, node] = nodeOf(value) ?? [];
    if (kind !== undefined && isObject(node)) this.#checkNode(kind, node, scope);
    for (const [key] of present) {
      const isKnown = nodeFields.has(key) || (key === kind && nodeKinds.has(key));
      if (!isKnown) throw new UserError(refusalOf(key));
    }
    this.#noteColumns(value);
    if (isObject(value.with)) this.#visitWith(value, value.with, scope);
    else for (const [, held] of present) this.#waiting.push([held, scope]);
  }

  /** A CTE is seen by the later ones, by the query that they belong to, and by itself where it is a UNION: only then it can recur. */
  #visitWith(holder: SqlNode, clause: SqlNode, scope: Scope): void {
    const ctes = (Array.isArray(clause.ctes) ? clause.ctes : []).filter(isObject);
    const seen = new Set(scope);
    for (const cte of ctes) {
      const name = fold(identifierOf(cte.alias));
      if (!queries.has(nodeOf(cte.this)?.[0] ?? "")) throw new UserError("WITH holds SELECTs here, and nothing else.");
      this.#visitCte(cte, name, seen);
      seen.add(name);
    }
    const { ctes: _, ...rest } = clause;
    this.#waiting.push([rest, seen], [{ ...holder, with: null }, seen]);
  }

  /** In the first part of a UNION, the anchor, the CTE's name is still a table's; in the others it is the CTE. */
  #visitCte(cte: SqlNode, name: string, seen: Scope): void {
    const [kind, union] = nodeOf(cte.this) ?? [];
    const isRecursive = kind === "union" && isObject(union) && union.all === true;
    if (!isRecursive) {
      this.#waiting.push([cte, new Set(seen)]);
      return;
    }
    // Of another CTE of the same name, further out, it may well speak.
    if (!seen.has(name)) this.#anchors.set(anchorOf(union), name);
    this.#waiting.push([cte, new Set([...seen, name])]);
  }

  #noteColumns(value: SqlNode): void {
    if (isObject(value.alias) && (isPresent(value.columns) || isPresent(value.column_aliases))) {
      const { name, quoted } = identifierOf(value.alias);
      this.#found.namesWithColumns.add(quoted ? quote(name) : name);
    }
  }

  #checkNode(kind: string, node: SqlNode, scope: Scope): void {
    if (kind === "select") this.#checkSelect(node);
    else if (kind === "function" || kind === "aggregate_function") this.#checkFunction(node);
    else if (kind === "table") this.#checkTable(node, scope);
    else if (kind === "parameter") checkParameter(node);
    else if (kind === "column") checkColumn(node.name);
    else if (kind === "dot") checkColumn(node.field);
    else if (kind === "j_s_o_n_extract") checkPath(node);
    else if (kind === "data_type") checkType(node);
  }

  #checkSelect(node: SqlNode): void {
    this.#found.selects++;
    if (!isPresent(node.expressions)) throw new UserError("The SELECT says no columns.");
    const from = isObject(node.from) && Array.isArray(node.from.expressions) ? node.from.expressions : [];
    for (const source of [...from, ...joined(node)]) this.#checkSource(source);
  }

  /** Only tables, queries, VALUES and the table functions: no stage, no file, no text that would name one. */
  #checkSource(source: unknown): void {
    const [kind, node] = nodeOf(source) ?? [];
    if (kind === undefined || !isObject(node)) throw new UserError(refusalOf("source"));
    if (["table", "subquery", "values"].includes(kind)) return;
    if (wrappers.has(kind)) return this.#checkSource(node.this);
    if (kind === "joined_table") {
      for (const part of [node.left, ...joined(node)]) this.#checkSource(part);
    } else if (kind === "function") this.#checkTableFunction(node);
    else throw new UserError(refusalOf(kind));
  }

  #checkTableFunction(node: SqlNode): void {
    let call = node;
    if (nameOf(node) === "table") {
      const [only, ...others] = Array.isArray(node.args) ? node.args : [];
      const [kind, inner] = nodeOf(only) ?? [];
      if (kind !== "function" || !isObject(inner) || others.length > 0) {
        throw new UserError(
          "TABLE(...) is read here with FLATTEN, SPLIT_TO_TABLE, STRTOK_SPLIT_TO_TABLE or GENERATOR alone.",
        );
      }
      this.#sources.add(node);
      call = inner;
    }
    if (!this.#rules.tableFunctions.has(nameOf(call))) throw refusedFunction(String(call.name));
    this.#sources.add(call);
  }

  #checkFunction(node: SqlNode): void {
    if (node.quoted === true) throw refusedFunction(String(node.name));
    const isKnown = this.#sources.has(node) || this.#rules.functions.has(nameOf(node));
    if (!isKnown) throw refusedFunction(String(node.name));
  }

  #checkTable(node: SqlNode, scope: Scope): void {
    const { allowed, session } = this.#rules;
    const table = identifierOf(node.name);
    // The parser takes FROM 'text' for a table as well; in Snowflake it is a file.
    if (!this.#rules.isNameAt(startOf(node.name)))
      throw new UserError("Only tables, views and queries are read in FROM.");
    if (!table.quoted && verbs.has(table.name.toLowerCase())) {
      throw new UserError(`${table.name} is a statement's first word; as a table's name put it in double quotes.`);
    }
    if (allowed === undefined) return;
    const schema = isPresent(node.schema) ? fold(identifierOf(node.schema)) : undefined;
    const database = isPresent(node.catalog) ? fold(identifierOf(node.catalog)) : undefined;
    if (schema === undefined && scope.has(fold(table))) return;
    const wanted = { database: database ?? session.database ?? "", schema: schema ?? session.schema ?? "" };
    allowed.check(wanted);
    // A name that is not whole could be found elsewhere: in PUBLIC, say, which Snowflake looks through as well.
    if (schema === undefined) this.#insert(node.name, [wanted.database, wanted.schema]);
    else if (database === undefined) this.#insert(node.schema, [wanted.database]);
  }

  #insert(before: unknown, names: string[]): void {
    this.#found.insertions.push({ at: startOf(before), text: names.map((name) => `${quote(name)}.`).join("") });
  }
}

/** `a UNION b UNION c` is `(a UNION b) UNION c`. */
function anchorOf(union: SqlNode): unknown {
  const [kind, inner] = nodeOf(union.left) ?? [];
  return kind === "union" && isObject(inner) ? anchorOf(inner) : union.left;
}

function joined(node: SqlNode): unknown[] {
  return (Array.isArray(node.joins) ? node.joins : []).filter(isObject).map((join) => join.this);
}

function checkParameter({ style, index, name, expression }: SqlNode): void {
  if (style === "Dollar" && typeof index === "number" && !isPresent(name) && !isPresent(expression)) return;
  throw new UserError("There are no bind or session variables here; write the value itself.");
}

/** `sequence.NEXTVAL` reads like a column and takes a number from the sequence. */
function checkColumn(name: unknown): void {
  if (/^(?:next|curr)val$/i.test(identifierOf(name).name)) throw new UserError("Sequences are not advanced here.");
}

/** The parser keeps a path as text: what it does not take apart must not be more than a path. */
function checkPath({ expression, variant_extract }: SqlNode): void {
  const [kind, literal] = nodeOf(expression) ?? [];
  const path = kind === "literal" && isObject(literal) ? literal.value : undefined;
  if (isPresent(variant_extract) && typeof path === "string" && plainPath.test(path)) return;
  throw new UserError(
    "A path into JSON may have keys and positions only, such as a:b.c[0]. Use GET for what is computed.",
  );
}

function checkType({ name }: SqlNode): void {
  if (typeof name === "string" && !/^[\w\s(),]+$/.test(name)) throw new UserError(`${name} is no type of Snowflake's.`);
}

function nodeOf(value: unknown): [kind: string, node: unknown] | undefined {
  if (!isObject(value)) return undefined;
  const [entry, ...others] = Object.entries(value);
  return entry !== undefined && others.length === 0 && isObject(entry[1]) ? entry : undefined;
}

function identifierOf(value: unknown): Identifier {
  if (!isObject(value) || typeof value.name !== "string") throw new UserError(refusalOf("name"));
  return { name: value.name, quoted: value.quoted === true };
}

/** The code point at which a name begins. */
function startOf(identifier: unknown): number {
  const span = isObject(identifier) ? identifier.span : undefined;
  if (!isObject(span) || typeof span.start !== "number") throw new UserError(refusalOf("name"));
  return span.start;
}

function nameOf({ name }: SqlNode): string {
  return typeof name === "string" ? name.toLowerCase() : "";
}

export function refusedFunction(name: string): UserError {
  return new UserError(
    `The function ${name.slice(0, 100)} is not run here: only Snowflake's own functions that compute and nothing else are.`,
  );
}

function refusalOf(kind: string): string {
  const words = kind.replaceAll("_", " ").trim();
  return `This is not a plain SELECT: it has something that is not read here (${words}). Nothing in Snowflake can be changed.`;
}

function isObject(value: unknown): value is SqlNode {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPresent(value: unknown): boolean {
  return (
    value !== null &&
    value !== undefined &&
    value !== false &&
    value !== "" &&
    !(Array.isArray(value) && value.length === 0)
  );
}
