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

/** Behind a role's name: a sentence's end, or the beginning of what is asked. */
const asks = String.raw`(?:what|which|how|why|show|list|tell|give|find|look|read|check|compare|draw|sum|summari[sz]e|make|create|turn|write|prepare|please|(?:can|could|would|do|did|should)\s+(?:you|we|i))`;
const itsEnd = String.raw`(?=\s*(?:[.!?;:)]|$)|,?\s+${asks}\b)`;

/** Such a question speaks of a person in that role. */
const aboutSomebody =
  /\b(?:not|who|whom|whose|add(?:ed)?|assign(?:ed)?|appoint(?:ed)?|hired?|named?|listed|invited?|mark(?:ed)?|described?|introduced?|promoted?|known|join(?:s|ed)?|works|worked|serv(?:es|ed|ing))\b/i;
const spokenTo = /\b(?:you|act|answer|reply|respond|speak|think|work)\b/i;

/**
 * The role that a question asks for in plain words: "As project manager, ...", "... as a sales analyst?", "with your project manager
 * hat on". What it says stays as it is. In doubt it is the usual role, which has all tools: "as the project manager said" is
 * about somebody, and what is quoted is not the asker's.
 */
export function roleOf(question: string, roles: Roles): string {
  const own = question.replaceAll(/^\s*(?:>|&gt;).*$/gm, " ").replaceAll(/"[^"]*"|“[^”]*”/g, " ");
  const named = Object.keys(roles).filter((name) => name !== usual && isAskedIn(name, own.trim()));
  return named.length === 1 ? String(named[0]) : usual;
}

function isAskedIn(role: string, text: string): boolean {
  const name = role.replaceAll(/[^a-z0-9]+/gi, String.raw`[\s_-]+`);
  const first = new RegExp(
    String.raw`(?:^|[.!?;]\s+|\n\s*)(?:please,?\s+)?as\s+(?:an?\s+|the\s+|my\s+|our\s+)?${name}(?:\s*[,:]|${itsEnd})`,
    "i",
  );
  if (first.test(text)) return true;
  const within = new RegExp(
    String.raw`\b(?:as\s+(?<whose>an?\s+|my\s+|our\s+)?(?:the\s+)?|in\s+(?<your>your|the)\s+role\s+(?:of|as)\s+(?:an?\s+|the\s+)?)${name}${itsEnd}`,
    "gi",
  );
  const hat = new RegExp(
    String.raw`\b(?:with|wearing|put\s+on)\s+(?<your>your|the|an?)\s+${name}(?:'s|’s)?\s+hat\b`,
    "gi",
  );
  return [...text.matchAll(within), ...text.matchAll(hat)].some((found) => {
    const before =
      text
        .slice(0, found.index)
        .split(/[.!?;\n]/)
        .at(-1) ?? "";
    const { whose, your } = found.groups ?? {};
    const isClear = whose !== undefined || your !== undefined;
    return !aboutSomebody.test(before) && (isClear || spokenTo.test(before));
  });
}
