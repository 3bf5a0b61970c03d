import { type ListenerContext, recordRefusal } from "../listeners/context.ts";
import type { Person } from "../people.ts";
import { roleWords } from "../refusal.ts";
import { type Roles, rolesFor, usualRole } from "../roles.ts";

/** Who makes a task for this person: the role whose work it is, where they may ask in it. */
export function taskRole(person: Person, roles: Roles): string {
  return rolesFor(person, roles).includes("project-manager") ? "project-manager" : usualRole;
}

/**
 * What is said to somebody who may not ask in the role that would do it: what is posted later, or looked up on the way, would answer
 * them as well. It is recorded. Undefined where they may.
 */
export function refuseRole(
  { person, role, tool }: { person: Person; role: string; tool: string },
  context: Pick<ListenerContext, "roles" | "audit" | "clock">,
): string | undefined {
  if (rolesFor(person, context.roles).includes(role)) return undefined;
  recordRefusal({ tool, reason: "role", userId: person.userId }, context);
  return roleWords;
}
