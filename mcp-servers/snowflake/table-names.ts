import { UserError } from "../../src/core/errors.ts";

/** A schema's or a table's place, each name as Snowflake keeps it: unquoted names in upper case. */
export interface SchemaName {
  database: string;
  schema: string;
}

/** Where a statement runs: what a name without database and schema means. */
export interface SessionSchema {
  database: string | undefined;
  schema: string | undefined;
}

export interface Identifier {
  name: string;
  quoted: boolean;
}

const identifier = /^(?:"((?:[^"]|"")+)"|([A-Za-z_][A-Za-z0-9_$]*))(?:\.|$)/;

/** `DB.SCHEMA`, `"Mixed Case".PUBLIC` taken apart; undefined where it is no such name. */
export function parseName(text: string): string[] | undefined {
  const parts: string[] = [];
  for (let rest = text.trim(); rest !== ""; ) {
    const match = identifier.exec(rest);
    if (!match) return undefined;
    parts.push(match[1]?.replaceAll('""', '"') ?? (match[2] ?? "").toUpperCase());
    rest = rest.slice(match[0].length);
    if (rest === "" && match[0].endsWith(".")) return undefined;
  }
  return parts.length === 0 ? undefined : parts;
}

export function fold({ name, quoted }: Identifier): string {
  return quoted ? name : name.toUpperCase();
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The schemas that statements may read; undefined where the role alone decides. */
export class AllowedSchemas {
  readonly #schemas: readonly SchemaName[];

  constructor(schemas: readonly SchemaName[]) {
    this.#schemas = schemas;
  }

  has(wanted: SchemaName): boolean {
    return this.#schemas.some(({ database, schema }) => database === wanted.database && schema === wanted.schema);
  }

  hasDatabase(wanted: string): boolean {
    return this.#schemas.some(({ database }) => database === wanted);
  }

  /** Throws UserError with the schemas that may be read. */
  check(wanted: SchemaName): void {
    if (this.has(wanted)) return;
    const list = this.#schemas.map(({ database, schema }) => `${database}.${schema}`).join(", ");
    throw new UserError(`${wanted.database}.${wanted.schema} may not be read here. What may be read: ${list}.`);
  }
}
