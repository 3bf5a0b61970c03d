/** Trees of @polyglot-sql/sdk: an expression is an object with one key, its kind, and its fields as the value. */

export interface Fields {
  [name: string]: unknown;
}

export interface Expression {
  kind: string;
  fields: Fields;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function expressionOf(value: unknown): Expression | undefined {
  if (!isFields(value)) return undefined;
  const [kind, ...others] = Object.keys(value);
  if (kind === undefined || others.length > 0) return undefined;
  const fields = value[kind];
  return isFields(fields) ? { kind, fields } : undefined;
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export interface Identifier extends Fields {
  name: string;
  quoted: boolean;
}

export function isIdentifier(value: unknown): value is Identifier {
  return isFields(value) && typeof value.name === "string" && typeof value.quoted === "boolean" && !("args" in value);
}

export function newIdentifier(name: string): Identifier {
  return { name, quoted: true, trailing_comments: [], span: null };
}

/** A table's name where a statement uses it; `schema` and `catalog` are null where they are left out. */
export interface TableName extends Fields {
  name: Identifier;
  schema: Identifier | null;
  catalog: Identifier | null;
}

export function isTableName(value: unknown): value is TableName {
  return isFields(value) && isIdentifier(value.name) && "schema" in value && "catalog" in value;
}

/** The tree with each expression that `replace` has something else for replaced, children first. */
export function rewrite(value: unknown, replace: (expression: Expression) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => rewrite(item, replace));
  if (!isFields(value)) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rewrite(item, replace)]));
  const expression = expressionOf(copy);
  return (expression && replace(expression)) ?? copy;
}

/** Calls back for each object of the tree, parents first. */
export function visit(value: unknown, look: (fields: Fields) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, look);
  } else if (isFields(value)) {
    look(value);
    for (const item of Object.values(value)) visit(item, look);
  }
}

/** A function's name in capitals, if the expression calls one that the parser has no kind of its own for. */
export function functionName({ kind, fields }: Expression): string | undefined {
  return kind === "function" && typeof fields.name === "string" ? fields.name.toUpperCase() : undefined;
}
