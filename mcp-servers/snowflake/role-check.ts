import { ServiceError } from "../../src/core/errors.ts";
import { quote } from "./table-names.ts";

/** One line of SHOW GRANTS: what may be done with what. */
export interface Grant {
  privilege: string;
  grantedOn: string;
  name: string;
}

/** Grants of a role; `kind` is "ROLE" or "DATABASE ROLE". */
export type ShowGrants = (sql: string) => Promise<Grant[]>;

/** With these nothing is changed. Whatever else a role has lets it write, create, start, stop or own something. */
const readingPrivileges = new Set(["USAGE", "SELECT", "REFERENCES", "MONITOR", "READ", "IMPORTED PRIVILEGES"]);
const adminRoles = new Set(["ACCOUNTADMIN", "ORGADMIN", "SECURITYADMIN", "SYSADMIN", "USERADMIN", "GLOBALORGADMIN"]);
const maxRoles = 20;

/**
 * The second guard: a role that could change something is not used at all, however well statements are looked at. Roles
 * that it holds count as well. Throws ServiceError with what to revoke.
 */
export async function checkRoleReadsOnly(role: string, showGrants: ShowGrants): Promise<void> {
  const waiting = [{ kind: "ROLE", name: role, sql: `SHOW GRANTS TO ROLE ${roleName(role)}` }];
  const seen = new Set<string>();
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    if (adminRoles.has(next.name.toUpperCase())) throw refusal(role, `it is, or holds, ${next.name}`);
    if (seen.has(next.sql)) continue;
    seen.add(next.sql);
    if (seen.size > maxRoles)
      throw refusal(role, `it holds more than ${maxRoles} roles, which are too many to look through`);
    for (const grant of await showGrants(next.sql)) {
      const { privilege, grantedOn, name } = grant;
      if (!readingPrivileges.has(privilege.toUpperCase())) {
        throw refusal(role, `${next.name} has ${privilege} on ${grantedOn.toLowerCase()} ${name}`);
      }
      const kind = grantedOn.toUpperCase().replaceAll("_", " ");
      if (kind === "ROLE") waiting.push({ kind, name, sql: `SHOW GRANTS TO ROLE ${roleName(name)}` });
      if (kind === "DATABASE ROLE") waiting.push({ kind, name, sql: `SHOW GRANTS TO DATABASE ROLE ${name}` });
    }
  }
}

function roleName(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_$]*$/.test(name) ? name : quote(name);
}

function refusal(role: string, why: string): ServiceError {
  const message =
    `The role ${role} could change something in Snowflake (${why}), so it is not used. ` +
    "Revoke that, or set SNOWFLAKE_ROLE to a role that may only read: mcp-servers/snowflake/README.md has the SQL that makes one.";
  return new ServiceError(message, { service: "Snowflake", status: 403 });
}
