import { isAmong, type Who } from "../core/people-lists.ts";
import { usualRole } from "../core/usual-role.ts";

/** Roles in which people are answered, by name; everybody may ask in one that names nobody. */
export type Roles = Readonly<Record<string, { people?: readonly string[] | undefined; description?: string }>>;

/** What is asked, and in which role. */
export interface InRole {
  agent: string;
  text: string;
}

/** Names of the roles in which this person may ask. */
export function rolesFor(who: Who, roles: Roles): string[] {
  return Object.entries(roles).flatMap(([name, { people }]) => (!people || isAmong(people, who) ? name : []));
}

/**
 * `--as ROLE QUESTION`, the option before or behind the question; the usual role where there is none. A name may be written in
 * capitals or not, whatever the configuration has; one that it does not have stays as it is.
 */
export function readRoleOption(argument: string, roles: Roles): InRole {
  const found = /(?:^|\s)(?:--|—|–)as(?:\s+|=)(\S+)(?=\s|$)/.exec(argument);
  if (!found) return { agent: usualRole, text: argument };
  const text = `${argument.slice(0, found.index)} ${argument.slice(found.index + found[0].length)}`;
  const given = String(found[1]);
  const names = Object.keys(roles).filter((name) => name.toLowerCase() === given.toLowerCase());
  return { agent: names.includes(given) ? given : (names[0] ?? given), text: text.trim() };
}

/** Behind a role's name: a sentence's end, or the beginning of what is asked. */
const asks = String.raw`(?:what|which|how|why|show|list|tell|give|find|look|read|check|compare|draw|sum|summari[sz]e|make|create|turn|write|prepare|please|(?:can|could|would|do|did|should)\s+(?:you|we|i))`;
const itsEnd = String.raw`(?=\s*(?:[:)]|$)|,?\s+${asks}\b)`;

/** Where a sentence tells Sophia to do something: at its beginning, or behind a comma; words of courtesy may stand before. */
const begins = String.raw`(?:^|[,:])\s*(?:(?:please|now|then|and|so|also|ok|okay|hi|hello|hey|thanks|sophia)\b[\s,]*){0,4}`;
const orders = String.raw`(?:act|answer|reply|respond|speak|think|work|show|list|find|look|read|check|compare|draw|sum|summari[sz]e|make|create|turn|write|prepare|explain|describe|analy[sz]e|(?:tell|give)\s+(?:me|us))`;
/** Sophia is spoken to, before the role is named. */
const toSophia = new RegExp(
  String.raw`${begins}${orders}\b|\b(?:can|could|will|would|do|did|should|might|are)\s+you\b|\byou\s+(?:to\s+)?(?:act|answer|reply|respond|speak|think|work)\b`,
  "i",
);

/** A sentence with such a word speaks of a person in that role. */
const aboutSomebody = new RegExp(
  [
    String.raw`\b(?:not|who|whom|whose|add(?:ed)?|assign(?:ed)?|appoint(?:ed)?|hired?|named?|listed|invited?|mark(?:ed)?|described?|introduced?|promoted?|known|join(?:s|ed)?|works|worked|serv(?:es|ed|ing)|start(?:s|ed)?|became|someone|somebody|anyone|anybody|everyone|everybody|nobody|people)\b`,
    // Somebody else does what is spoken of, or it is theirs.
    String.raw`\b(?:i|we|he|she|they|him|her|his|them|their)(?:\b|['’])`,
  ].join("|"),
  "i",
);
/** The word before "as" is whom the role is said of: a name, or what "of", "for" or "has" belongs to. */
const saidOf =
  /(?:^|\s)\p{Lu}\p{Ll}\S*$|\b(?:of|for|with|to|about|has|have|had)\s+(?!me$|us$|today$|tomorrow$|yesterday$|now$)\S+$/u;

/** "... what Grace sold as a sales analyst": a clause with somebody else in it, as far as can be told from its words. */
const doneBySomebody =
  /\b(?:what|which|how|that|why|whether|if|when|where)\b(?:\s+(?!(?:is|are|was|were|to|the|our|my|this|all|each)\b)\S+\s+\S|.*\s\p{Lu}\p{Ll})|\s\p{Lu}\p{Ll}+\s+(?:\p{Ll}+(?<!e)ed|bought|did|had|held|led|lost|made|met|ran|sent|sold|told|took|was|won|wrote)(?:\s|$)/u;

/** Longest beginning of a sentence that is looked at: nobody says more before naming a role. */
const longestBefore = 300;

/**
 * The role that a question asks for in plain words: "As project manager, ...", "Show ... as a sales analyst", "with your project
 * manager hat on". What it says stays as it is. In doubt it is the usual role, which has all tools: "I started as a sales
 * analyst" is about somebody, and what is quoted is not the asker's.
 */
export function roleOf(question: string, roles: Roles): string {
  const own = question.replaceAll(quotedLine, " ").replaceAll(/"[^"]*"|“[^“”]*”/g, " ");
  const sentences = own.split(/[.!?;](?=\s|$)|\n/).flatMap((sentence) => sentence.trim() || []);
  const named = Object.keys(roles).filter((name) => name !== usualRole && isAskedIn(name, sentences));
  return named.length === 1 ? String(named[0]) : usualRole;
}

/** Blank that ends no line: what also ran over line ends would begin anew at each of them. */
const quotedLine = /^[^\S\n\r\u2028\u2029]*(?:>|&gt;).*$/gm;

function isAskedIn(role: string, sentences: readonly string[]): boolean {
  const name = role.replaceAll(/[^a-z0-9]+/gi, String.raw`[\s_-]+`);
  const first = new RegExp(
    String.raw`^(?:please,?\s+)?as\s+(?:an?\s+|the\s+|my\s+|our\s+)?${name}(?:\s*[,:](?!\s*(?:he|she|they)\b)|${itsEnd})`,
    "i",
  );
  const within = new RegExp(
    String.raw`\b(?:as\s+(?:an?\s+|my\s+|our\s+|the\s+)?|in\s+(?:(?<your>your)|the)\s+role\s+(?:of|as)\s+(?:an?\s+|the\s+)?)${name}${itsEnd}`,
    "gi",
  );
  const hat = new RegExp(
    String.raw`\b(?:with|wearing|put\s+on)\s+(?:(?<your>your)|the|an?)\s+${name}(?:'s|’s)?\s+hat\b`,
    "gi",
  );
  return sentences.some(
    (sentence) => first.test(sentence) || [within, hat].some((pattern) => isSaidToSophia(sentence, pattern)),
  );
}

/** Whether the role is named where Sophia is spoken to; what begins with it is. */
function isSaidToSophia(sentence: string, pattern: RegExp): boolean {
  for (const { index, groups } of sentence.matchAll(pattern)) {
    if (index > longestBefore) return false;
    const before = sentence.slice(0, index).trim();
    const spokenTo = toSophia.exec(before);
    const since = spokenTo ? before.slice(spokenTo.index + spokenTo[0].length) : before;
    if (aboutSomebody.test(since)) continue;
    if (
      before === "" ||
      groups?.["your"] !== undefined ||
      (spokenTo && !saidOf.test(since) && !doneBySomebody.test(since))
    )
      return true;
  }
  return false;
}
