import { builtinRoles, type Role } from "../agent/roles.ts";
import type { Config } from "../config/config-file.ts";
import { usualRole } from "../core/usual-role.ts";

export type ConfiguredRole = Omit<Role, "name"> & { people?: readonly string[] | undefined };

/**
 * Every role by its name; one of the configuration stands in the place of a built-in one, and stays for Sophia's own work where that
 * is. Who may not ask Sophia as she is may not
 * ask her in another role of hers either, unless the configuration says so of that role.
 */
export function readRoles(config: Pick<Config, "agents">): Record<string, ConfiguredRole> {
  const people = config.agents[usualRole]?.people;
  const builtin = builtinRoles.map(({ name, ...role }): [string, ConfiguredRole] => [name, { ...role, people }]);
  const internal = new Set(builtinRoles.flatMap(({ name, isInternal }) => (isInternal ? [name] : [])));
  const configured = Object.entries(config.agents).map(([name, role]): [string, ConfiguredRole] => [
    name,
    internal.has(name) ? { ...role, isInternal: true } : role,
  ]);
  return Object.fromEntries([...builtin, ...configured]);
}

/** Those that a person can be answered in: Sophia's own work is done in the others. */
export function readAskableRoles(config: Pick<Config, "agents">): Record<string, ConfiguredRole> {
  return Object.fromEntries(Object.entries(readRoles(config)).filter(([, { isInternal }]) => !isInternal));
}
