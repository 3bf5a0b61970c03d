import { builtinRoles, type Role } from "../agent/roles.ts";
import type { Config } from "../config/config-file.ts";

export type ConfiguredRole = Omit<Role, "name"> & { people?: readonly string[] | undefined };

/**
 * Every role by its name; one of the configuration stands in the place of a built-in one. Who may not ask Sophia as she is may not
 * ask her in another role of hers either, unless the configuration says so of that role.
 */
export function readRoles(config: Pick<Config, "agents">): Record<string, ConfiguredRole> {
  const people = config.agents["sophia"]?.people;
  const builtin = builtinRoles.map(({ name, ...role }): [string, ConfiguredRole] => [name, { ...role, people }]);
  return { ...Object.fromEntries(builtin), ...config.agents };
}

/** Those that a person can be answered in: Sophia's own work is done in the others. */
export function readAskableRoles(config: Pick<Config, "agents">): Record<string, ConfiguredRole> {
  return Object.fromEntries(Object.entries(readRoles(config)).filter(([, { isInternal }]) => !isInternal));
}
