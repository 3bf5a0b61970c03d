/** SHOW and DESCRIBE. */
import { type Catalog, type CatalogTable, findTable, fullName, INFORMATION_SCHEMA } from "./catalog.ts";
import { numberColumn, type Row, rowType, type RowType, type Table, textColumn } from "./encode.ts";
import { missing, syntaxError, unsupported } from "./errors.ts";
import type { Token } from "./parser.ts";
import { accessOf, grantsOf, ROLES } from "./roles.ts";
import type { Session } from "./session.ts";
import { DATABASE, WAREHOUSE } from "./tables.ts";

interface ShowContext {
  session: Session;
  catalog: Catalog;
  /** When all of this was made, epoch ms. */
  createdAt: number;
}

interface Listing {
  columns: RowType[];
  /** Each with the name that LIKE and STARTS WITH look at. */
  entries: { name: string; row: Row }[];
}

const createdOn = rowType("created_on", "timestamp_ltz", { precision: 0, scale: 3 });
const texts = (...names: string[]): RowType[] => names.map(textColumn);

export function show(tokens: readonly Token[], context: ShowContext): Table {
  const words = tokens.map((token) => token.text.toUpperCase());
  const start = words[1] === "TERSE" ? 2 : 1;
  const list = LISTINGS[words[start] ?? ""];
  if (!list) throw words[start] ? unsupported(`SHOW ${words[start]}`) : syntaxError("<EOF>", 1, 4);
  const { columns, entries } = list(tokens.slice(start + 1), context);
  const kept = entries.filter(({ name }) => fits(name, tokens, words));
  const limit = words.indexOf("LIMIT");
  const most = limit < 0 ? Number.POSITIVE_INFINITY : Number(words[limit + 1]);
  return { columns, rows: kept.slice(0, most).map(({ row }) => row) };
}

function fits(name: string, tokens: readonly Token[], words: readonly string[]): boolean {
  const like = words.indexOf("LIKE");
  const starts = words.indexOf("STARTS");
  const pattern = tokens[like + 1]?.text;
  if (like >= 0 && pattern !== undefined && !likePattern(pattern).test(name)) return false;
  const prefix = tokens[starts + 2]?.text;
  return starts < 0 || prefix === undefined || name.startsWith(prefix);
}

/** Case does not count here. */
function likePattern(pattern: string): RegExp {
  const escaped = pattern.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("%", ".*").replaceAll("_", ".")}$`, "is");
}

const LISTINGS: Readonly<Record<string, (rest: readonly Token[], context: ShowContext) => Listing>> = {
  DATABASES: (_rest, context) => databases(context),
  SCHEMAS: (rest, context) => schemas(rest, context),
  TABLES: (rest, context) => tables(rest, context, "TABLE"),
  VIEWS: (rest, context) => tables(rest, context, "VIEW"),
  OBJECTS: (rest, context) => tables(rest, context, undefined),
  COLUMNS: (rest, context) => columns(rest, context),
  WAREHOUSES: () => ({
    columns: texts("name", "state", "type", "size"),
    entries: [{ name: WAREHOUSE, row: [WAREHOUSE, "STARTED", "STANDARD", "X-Small"] }],
  }),
  ROLES: (_rest, { session }) => ({
    columns: texts("name", "is_current", "comment"),
    entries: ROLES.filter(({ name }) => session.user.roles.includes(name)).map(({ name, comment }) => ({
      name,
      row: [name, name === session.role ? "Y" : "N", comment],
    })),
  }),
  GRANTS: (rest, context) => grants(rest, context),
  PARAMETERS: (_rest, { session }) => ({
    columns: texts("key", "value", "default", "level", "description", "type"),
    entries: session.parameters.describe().map((row) => ({ name: row[0] ?? "", row })),
  }),
};

function databases({ session, createdAt }: ShowContext): Listing {
  const columns = [createdOn, ...texts("name", "is_default", "is_current", "origin", "owner", "comment", "options")];
  if (accessOf(session.role) === "none") return { columns, entries: [] };
  const isCurrent = session.database === DATABASE ? "Y" : "N";
  const row = [instant(createdAt), DATABASE, "N", isCurrent, "", "SYSADMIN", "Accounts, deals, revenue and usage", ""];
  return { columns, entries: [{ name: DATABASE, row }] };
}

function schemas(rest: readonly Token[], { session, catalog, createdAt }: ShowContext): Listing {
  const names = [...catalog.schemas, INFORMATION_SCHEMA].toSorted();
  scopeOf(rest, session, catalog);
  const columns = [createdOn, ...texts("name", "is_default", "is_current", "database_name", "owner", "comment")];
  if (accessOf(session.role) === "none") return { columns, entries: [] };
  const entries = names.map((name) => {
    const isCurrent = session.schema === name ? "Y" : "N";
    return { name, row: [instant(createdAt), name, "N", isCurrent, DATABASE, "SYSADMIN", ""] };
  });
  return { columns, entries };
}

function tables(rest: readonly Token[], context: ShowContext, kind: CatalogTable["kind"] | undefined): Listing {
  const { session, catalog, createdAt } = context;
  const scope = scopeOf(rest, session, catalog);
  const columns = [
    createdOn,
    ...texts("name", "database_name", "schema_name", "kind", "comment"),
    numberColumn("rows"),
    ...texts("owner"),
  ];
  if (accessOf(session.role) === "none") return { columns, entries: [] };
  const found = catalog.tables.filter(
    (table) => (!kind || table.kind === kind) && (!scope.schema || table.schema === scope.schema),
  );
  const entries = found.map(({ name, schema, kind: ofKind, comment, rows }) => ({
    name,
    row: [
      instant(createdAt),
      name,
      DATABASE,
      schema,
      ofKind,
      comment,
      ofKind === "TABLE" ? String(rows) : null,
      "SYSADMIN",
    ],
  }));
  return { columns, entries };
}

function columns(rest: readonly Token[], { session, catalog }: ShowContext): Listing {
  const names = namesAfter(rest, "IN");
  const found = /^TABLE$/i.test(rest.find((token) => /^TABLE$/i.test(token.text))?.text ?? "")
    ? [tableCalled(names, session, catalog)]
    : catalog.tables.filter((table) => !names.at(-1) || table.schema === names.at(-1) || names.at(-1) === DATABASE);
  return {
    columns: texts("table_name", "schema_name", "column_name", "data_type", "null?", "comment", "database_name"),
    entries: found.flatMap((table) =>
      table.columns.map(({ name, type, nullable, comment }) => ({
        name,
        row: [table.name, table.schema, name, JSON.stringify({ type, nullable }), String(nullable), comment, DATABASE],
      })),
    ),
  };
}

function grants(rest: readonly Token[], { session, catalog, createdAt }: ShowContext): Listing {
  const to = rest.findIndex((token) => token.text.toUpperCase() === "TO");
  const kind = rest[to + 1]?.text.toUpperCase();
  const name = rest[to + 2]?.text.toUpperCase();
  if (to < 0 || kind === "USER") {
    const columns = [createdOn, ...texts("role", "granted_to", "grantee_name", "granted_by")];
    const entries = session.user.roles.map((role) => ({
      name: role,
      row: [instant(createdAt), role, "USER", session.user.name, "SECURITYADMIN"],
    }));
    return { columns, entries };
  }
  const role = ROLES.find((known) => known.name === name);
  if (kind !== "ROLE" || !role || !session.user.roles.includes(role.name)) throw missing("Object", name ?? "");
  const columns = [
    createdOn,
    ...texts("privilege", "granted_on", "name", "granted_to", "grantee_name", "grant_option", "granted_by"),
  ];
  const all = grantsOf(role.name, catalog.schemas, catalog.tables.map(fullName));
  const entries = all.map(({ privilege, on, name: of }) => ({
    name: of,
    row: [instant(createdAt), privilege, on, of, "ROLE", role.name, "false", "SYSADMIN"],
  }));
  return { columns, entries };
}

/** What follows `IN`: nothing (the session's schema), ACCOUNT, DATABASE x or SCHEMA x.y, with or without these words. */
function scopeOf(rest: readonly Token[], session: Session, catalog: Catalog): { schema: string | undefined } {
  const at = rest.findIndex((token) => token.text.toUpperCase() === "IN");
  if (at < 0) return { schema: session.database === DATABASE ? session.schema : undefined };
  const word = rest[at + 1]?.text.toUpperCase();
  const names = namesAfter(rest, "IN");
  if (word === "ACCOUNT") return { schema: undefined };
  const isDatabase = word === "DATABASE" || (names.length === 1 && names[0] === DATABASE);
  const [first, second] = names;
  if (isDatabase) {
    if (first !== undefined && first !== DATABASE) throw missing("Database", first);
    return { schema: undefined };
  }
  const schema = second ?? first ?? session.schema;
  if (second !== undefined && first !== DATABASE) throw missing("Database", first ?? "");
  const isKnown = schema === INFORMATION_SCHEMA || (schema !== undefined && catalog.schemas.includes(schema));
  if (!isKnown || accessOf(session.role) === "none") throw missing("Schema", names.join("."));
  return { schema };
}

const KINDS = /^(?:ACCOUNT|DATABASE|SCHEMA|TABLE|VIEW)$/i;

/** The parts of the dotted name after `word` and the kind of thing that it names. */
function namesAfter(tokens: readonly Token[], word: string): string[] {
  const at = tokens.findIndex((token) => token.text.toUpperCase() === word);
  return at < 0 ? [] : namesFrom(tokens.slice(at + 1));
}

export function namesFrom(tokens: readonly Token[]): string[] {
  const from = KINDS.test(tokens[0]?.text ?? "") && tokens[1]?.type !== "DOT" ? 1 : 0;
  const names: string[] = [];
  for (let index = from; index < tokens.length; index += 2) {
    const token = tokens[index];
    if (!token || /^(?:LIKE|STARTS|LIMIT)$/i.test(token.text)) break;
    names.push(token.type === "QUOTED_IDENTIFIER" ? token.text : token.text.toUpperCase());
    if (tokens[index + 1]?.type !== "DOT") break;
  }
  return names;
}

function tableCalled(names: readonly string[], session: Session, catalog: Catalog): CatalogTable {
  const [name = "", schema = session.schema, database = session.database] = names.toReversed();
  const isSeen = database === DATABASE && accessOf(session.role) !== "none";
  const table = isSeen && schema !== undefined ? findTable(catalog, schema, name) : undefined;
  if (!table) throw missing("Table", names.join("."));
  return table;
}

export function describe(tokens: readonly Token[], { session, catalog }: ShowContext): Table {
  const kind = tokens[1]?.text.toUpperCase();
  if (kind !== "TABLE" && kind !== "VIEW") throw unsupported(`DESCRIBE ${kind ?? ""}`);
  const table = tableCalled(namesFrom(tokens.slice(1)), session, catalog);
  return {
    columns: texts(
      "name",
      "type",
      "kind",
      "null?",
      "default",
      "primary key",
      "unique key",
      "check",
      "expression",
      "comment",
    ),
    rows: table.columns.map(({ name, type, nullable, comment }) => [
      name,
      type,
      "COLUMN",
      nullable ? "Y" : "N",
      null,
      "N",
      "N",
      null,
      null,
      comment,
    ]),
  };
}

function instant(epochMs: number): string {
  return `${Math.floor(epochMs / 1000)}.${String(epochMs % 1000).padStart(3, "0")}`;
}
