import { usualRole } from "../../core/usual-role.ts";
import { type ListenerContext, recordRefusal } from "../listeners/context.ts";
import { notInRoleWords, whyNotInRole } from "../may-ask.ts";
import type { Person } from "../people.ts";
import { type Roles, rolesFor } from "../roles.ts";

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
  context: Pick<ListenerContext, "roles" | "people" | "audit" | "clock">,
): string | undefined {
  const reason = whyNotInRole(person, role, context);
  if (reason === undefined) return undefined;
  recordRefusal({ tool, reason, userId: person.userId }, context);
  return notInRoleWords[reason];
}
