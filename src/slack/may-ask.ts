import type { People } from "./people.ts";
import { type Roles, rolesFor, usualRole } from "./roles.ts";

/** Whether somebody may ask Sophia; undefined where Slack does not say who they are, or in which groups. */
export function createMayAsk(
  people: Pick<People, "find" | "knowsGroups">,
  roles: Roles,
): (userId: string) => Promise<boolean | undefined> {
  return async (userId) => {
    // Where everybody may, what somebody set up outlasts their time here.
    if (rolesFor({ groups: [] }, roles).includes(usualRole)) return true;
    const person = await people.find(userId);
    if (rolesFor(person, roles).includes(usualRole)) return true;
    return person.standing === "unknown" || !people.knowsGroups() ? undefined : false;
  };
}
