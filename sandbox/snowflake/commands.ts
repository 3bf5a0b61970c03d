/** Statements that change the session: USE and ALTER SESSION. */
import type { Catalog } from "./catalog.ts";
import { INFORMATION_SCHEMA } from "./catalog.ts";
import { missing, SnowflakeError, syntaxError } from "./errors.ts";
import type { Token } from "./parser.ts";
import { accessOf } from "./roles.ts";
import type { Session } from "./session.ts";
import { namesFrom } from "./show.ts";
import { DATABASE, WAREHOUSE } from "./tables.ts";

export function use(tokens: readonly Token[], session: Session, catalog: Catalog): void {
  const kind = tokens[1]?.text.toUpperCase();
  if (kind === "ROLE") return useRole(tokens[2]?.text.toUpperCase() ?? "", session);
  if (kind === "SECONDARY") return;
  if (kind === "WAREHOUSE") {
    const name = tokens[2]?.text.toUpperCase() ?? "";
    if (name !== WAREHOUSE) throw notThere(name);
    session.warehouse = name;
    return;
  }
  const names = namesFrom(tokens.slice(1));
  const isSchema = kind === "SCHEMA" || names.length > 1;
  if (names.length === 0) throw syntaxError("<EOF>", 1, 4);
  useDatabaseOrSchema(names, isSchema, session, catalog);
}

function useDatabaseOrSchema(names: readonly string[], isSchema: boolean, session: Session, catalog: Catalog): void {
  const [last = "", before] = names.toReversed();
  const database = isSchema ? (before ?? session.database) : last;
  if (database !== DATABASE || accessOf(session.role) === "none") throw notThere(names.join("."));
  if (isSchema && last !== INFORMATION_SCHEMA && !catalog.schemas.includes(last)) throw notThere(names.join("."));
  session.database = database;
  session.schema = isSchema ? last : "PUBLIC";
}

function useRole(name: string, session: Session): void {
  if (!session.user.roles.includes(name)) {
    const message = `SQL access control error:\nRequested role '${name}' is not assigned to the executing user. Specify another role to activate.`;
    throw new SnowflakeError("003013", message, { sqlState: "42501" });
  }
  session.role = name;
}

/** USE words it in a way of its own. */
function notThere(name: string): SnowflakeError {
  const message = "SQL compilation error:\nObject does not exist, or operation cannot be performed.";
  return name === "" ? missing("Object", name) : new SnowflakeError("002043", message, { sqlState: "02000" });
}

/** ALTER SESSION SET name = value ...; ALTER SESSION UNSET name, ... */
export function alterSession(tokens: readonly Token[], session: Session): void {
  const [verb, ...rest] = tokens.slice(2).filter((token) => token.type !== "COMMA");
  if (verb?.text.toUpperCase() === "UNSET") {
    for (const token of rest) session.parameters.unset(token.text);
    return;
  }
  if (verb?.text.toUpperCase() !== "SET" || rest.length === 0)
    throw syntaxError(verb?.text ?? "<EOF>", 1, verb?.start ?? 0);
  for (let index = 0; index < rest.length; index += 3) {
    const [name, equals, value] = rest.slice(index, index + 3);
    if (!name || equals?.text !== "=" || !value) {
      throw syntaxError(equals?.text ?? "<EOF>", 1, equals?.start ?? name?.end ?? 0);
    }
    session.parameters.set(name.text, value.text);
  }
}
