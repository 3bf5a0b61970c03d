/** Which expressions are days: DuckDB makes timestamps of days that something is added to, Snowflake leaves them days. */
import { expressionOf, functionName, isFields, isIdentifier, listOf, visit } from "./ast.ts";
import type { CatalogTable } from "./catalog.ts";

const DAY_FUNCTIONS = new Set(["CURRENT_DATE", "TO_DATE", "TRY_TO_DATE", "DATE_FROM_PARTS", "NEXT_DAY"]);
const UNITS = /^(?:day|week|month|quarter|year)s?$/i;

/** Names of columns that are days: as the tables have them, or as the statement calls them. */
export function dayColumns(tree: unknown, tables: readonly CatalogTable[]): Set<string> {
  const columns = tables.flatMap((table) => table.columns).filter((column) => column.type === "DATE");
  const names = new Set(columns.map((column) => column.name));
  let known: number;
  do {
    known = names.size;
    visit(tree, ({ alias }) => {
      if (isFields(alias) && isIdentifier(alias.alias) && isDay(alias.this, names)) names.add(alias.alias.name);
    });
  } while (names.size > known);
  return names;
}

export function isDay(value: unknown, columns: ReadonlySet<string>): boolean {
  const expression = expressionOf(value);
  if (!expression) return false;
  const { kind, fields } = expression;
  if (kind === "column") return isIdentifier(fields.name) && columns.has(fields.name.name);
  if (kind === "cast" || kind === "try_cast") return isFields(fields.to) && fields.to.data_type === "date";
  if (kind === "last_day") return true;
  if (kind === "paren" || kind === "add_months") return isDay(fields.this, columns);
  if (kind === "add" || kind === "sub") return isDay(fields.left, columns);
  const name = functionName(expression);
  if (name === undefined) return false;
  return DAY_FUNCTIONS.has(name) || movesDay(name, listOf(fields.args), columns);
}

/** DATEADD and DATE_TRUNC of a day by whole days. */
export function movesDay(name: string, args: readonly unknown[], columns: ReadonlySet<string>): boolean {
  if (name !== "DATEADD" && name !== "TIMESTAMPADD" && name !== "DATE_TRUNC") return false;
  return UNITS.test(unitOf(args[0])) && isDay(args.at(-1), columns);
}

/** A part of a date is written as a word, a name or a text. */
function unitOf(value: unknown): string {
  const fields = expressionOf(value)?.fields ?? {};
  const { name, value: text, this: word } = fields;
  const found = isIdentifier(name) ? name.name : (text ?? word);
  return typeof found === "string" ? found : "";
}
