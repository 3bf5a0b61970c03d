/** Who may do what. */
import { DATABASE, WAREHOUSE } from "./tables.ts";

export interface Role {
  name: string;
  comment: string;
  /** Whether it sees the database, and may change it. */
  access: "none" | "read" | "write";
}

export const READER = "SOPHIA_READER";

export const ROLES: readonly Role[] = [
  { name: READER, comment: "Reads the sales database and nothing else", access: "read" },
  { name: "SALES_ADMIN", comment: "Loads and changes the sales database", access: "write" },
  { name: "PUBLIC", comment: "", access: "none" },
];

export function accessOf(role: string): Role["access"] {
  return ROLES.find(({ name }) => name === role)?.access ?? "none";
}

export interface Grant {
  privilege: string;
  on: string;
  name: string;
}

/** As `SHOW GRANTS TO ROLE` lists them; `tables` by their full names. */
export function grantsOf(role: string, schemas: readonly string[], tables: readonly string[]): Grant[] {
  const access = accessOf(role);
  if (access === "none") return [];
  const privileges = access === "write" ? ["DELETE", "INSERT", "SELECT", "TRUNCATE", "UPDATE"] : ["SELECT"];
  return [
    { privilege: "USAGE", on: "DATABASE", name: DATABASE },
    ...schemas.flatMap((schema) => [
      { privilege: "USAGE", on: "SCHEMA", name: `${DATABASE}.${schema}` },
      ...(access === "write" ? [{ privilege: "CREATE TABLE", on: "SCHEMA", name: `${DATABASE}.${schema}` }] : []),
    ]),
    ...tables.flatMap((name) => privileges.map((privilege) => ({ privilege, on: "TABLE", name }))),
    { privilege: "USAGE", on: "WAREHOUSE", name: WAREHOUSE },
  ];
}
