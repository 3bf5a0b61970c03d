import { usualRole } from "../core/usual-role.ts";
import { isAmong, type Who } from "../core/people-lists.ts";
import { type Guests, type Refused, reasonToRefuse } from "./admission.ts";
import type { People, Person } from "./people.ts";
import type { Roles } from "./roles.ts";

/** Why somebody may not ask in a role; `groups_unknown`: Slack does not say whether they are in a group that may. */
export type NotInRole = "role" | "groups_unknown";
export type MayNotAsk = Refused | NotInRole;

export const notInRoleWords: Record<NotInRole, string> = {
  role: "I am set up to answer certain colleagues here, and you are not among them. Whoever runs me can add you (agents in sophia.config.json).",
  groups_unknown:
    "I am set up to answer certain groups here, and Slack does not tell me just now whether you are in one. Please ask again in a minute.",
};

interface RoleGate {
  roles: Roles;
  people: Pick<People, "knowsGroups">;
}

/** What decides who may ask. */
export interface Gate extends RoleGate {
  guests: Guests;
}

/** Why somebody is not among those whom a role answers; undefined where they are. */
export function whyNotInRole(who: Who, role: string, { roles, people }: RoleGate): NotInRole | undefined {
  const named = roles[role]?.people;
  if (!named || isAmong(named, who)) return undefined;
  return people.knowsGroups() ? "role" : "groups_unknown";
}

/** Why somebody may not have a thing done in a role, by who they are and by what the role says; undefined where they may. */
export function whyNotAsk(person: Person, role: string, gate: Gate): MayNotAsk | undefined {
  return reasonToRefuse(person, gate.guests) ?? whyNotInRole(person, role, gate);
}

/** Whether it is only Slack that does not say: another time they may. */
export function isUnsure(reason: MayNotAsk): boolean {
  return reason === "unknown" || reason === "groups_unknown";
}

type KnownGate = Gate & { people: Pick<People, "find"> };

/** Why somebody may not have Sophia do for them what she does in her usual role; undefined where they may. */
export function createMayAsk(gate: KnownGate): (userId: string) => Promise<MayNotAsk | undefined> {
  return async (userId) => whyNotAsk(await gate.people.find(userId), usualRole, gate);
}

/** Whether what somebody set up for a channel goes on; undefined where Slack does not say. Where everybody may ask, it outlasts their time here. */
export function createMayKeep(gate: KnownGate): (userId: string) => Promise<boolean | undefined> {
  const mayAsk = createMayAsk(gate);
  return async (userId) => {
    if (gate.roles[usualRole]?.people === undefined) return true;
    const reason = await mayAsk(userId);
    if (reason === undefined) return true;
    return isUnsure(reason) ? undefined : false;
  };
}
