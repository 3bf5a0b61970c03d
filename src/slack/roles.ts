import { isAmong, type Who } from "../core/people-lists.ts";

/** Roles in which people are answered, by name; everybody may ask in one that names nobody. */
export type Roles = Readonly<Record<string, { people?: readonly string[] | undefined; description?: string }>>;

/** What is asked, and in which role. */
export interface InRole {
  agent: string;
  text: string;
}

/** The role of a question that asks for none. It has all tools, and so there is nothing to route. */
const usual = "sophia";

/** Names of the roles in which this person may ask. */
export function rolesFor(who: Who, roles: Roles): string[] {
  return Object.entries(roles).flatMap(([name, { people }]) => (!people || isAmong(people, who) ? name : []));
}

/** `--as ROLE QUESTION`, the option before or behind the question; the usual role where there is none. */
export function readRoleOption(argument: string): InRole {
  const found = /(?:^|\s)(?:--|—|–)as(?:\s+|=)(\S+)(?=\s|$)/.exec(argument);
  if (!found) return { agent: usual, text: argument };
  const text = `${argument.slice(0, found.index)} ${argument.slice(found.index + found[0].length)}`;
  return { agent: String(found[1]).toLowerCase(), text: text.trim() };
}

/** A question that begins "As project manager, ..." is that role's; what it says stays as it is. */
export function roleOf(question: string, roles: Roles): string {
  const begun = /^as\s+(?:an?\s+|the\s+|my\s+|our\s+)?([a-z][\w -]{1,40}?)\s*[,:]/i.exec(question.trim());
  const name = begun?.[1]?.toLowerCase().replaceAll(/[\s_]+/g, "-");
  return name !== undefined && Object.hasOwn(roles, name) ? name : usual;
}
