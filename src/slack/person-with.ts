import type { Who } from "../core/people-lists.ts";
import type { People } from "./people.ts";

/** Who has this address, as far as Slack tells; `away` where it did not answer, which says nothing of anybody. */
export type PersonWith = (email: string) => Promise<Who | "away">;

export function createPersonWith(people: Pick<People, "memberWith" | "find" | "knowsGroups">): PersonWith {
  return async (email) => {
    const member = await people.memberWith(email);
    if (!member) return "away";
    const { userId } = member;
    if (userId === undefined) return { email, groups: [] };
    const person = await people.find(userId);
    return person.standing === "unknown" || !people.knowsGroups() ? "away" : { ...person, email };
  };
}
