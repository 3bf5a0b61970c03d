import { beginsWithVerb, endsWithVerbOfPeople, hangs } from "./line-shape.ts";
import { AskBack, type LineState, put, type TaskPerson, trimmed } from "./line-state.ts";
import { loneQuote, MENTION, mentionIn } from "./line-words.ts";

const onePerson = "Asana gives a task to one person: write one of them, or a line for each.";

const ASSIGN = "(?:assign(?:ed)?(?: it)? to|assignee(?: is)?:?|owner(?: is)?:?|assign(?:ed)?:?)";
const mentionAtEnd = new RegExp(`(?:^|[\\s,(]+)(?:(for|to|${ASSIGN})\\s+)?(${MENTION})[).]*$`, "i");
const mentionAtStart = new RegExp(`^(?:for\\s+)?(${MENTION})(?:\\s*[:,–—-]\\s*|\\s+to\\s+|\\s+)(?=\\S)`, "i");
const isMonth = /^(?:march|april|may|june|august)$/i;
const twoMentions = new RegExp(`${MENTION}\\s*(?:,|\\band\\b|\\bor\\b|&|\\+|/)?\\s*${MENTION}`, "i");
const concerned = new RegExp(`\\b(?:with|to|for|from|about|of|by|re|cc|on|at)\\s+${MENTION}`, "gi");
const meAtEnd = new RegExp(`(?:^|[\\s,]+)(?:for|${ASSIGN})\\s+@?(?:me|myself)[.]?$|\\s@me$`, "i");
const meAtStart = /^(?:please )?remind me (?:to|about|of)\s+|^(?:(?:for|assign(?:ed)? to) )?me\s*:\s*/i;
const NAME = String.raw`(?!(?:and|by|for|in|of|on|or|the|to|with)\b)[\p{L}][\p{L}\p{M}.'’-]*`;
const nameAtEnd = new RegExp(`(?:^|[\\s,(]+)(for|by|${ASSIGN})\\s+@?(${NAME}(?:\\s+${NAME}){0,2})[).]*$`, "iu");
const addressAtEnd = new RegExp(`(?:^|[\\s,(]+)(for|${ASSIGN})\\s+([^\\s@]+@[^\\s@]+\\.[^\\s@.)]+)[).]*$`, "i");
const atNameAtEnd = new RegExp(`(?:^|[\\s,]+)(?:(for|to|${ASSIGN})\\s+)?@(${NAME}(?:\\s+${NAME})?)[.]?$`, "iu");
const looseAtEnd = new RegExp(`(?:[,|([{>/:]|\\s[–—-]\\s)\\s*(${NAME}(?:\\s+${NAME})?)[)\\]}]?$`, "u");
const loneName = new RegExp(`^${NAME}$`, "iu");
/** "Have Priya call Acme": whose task it is, is not said. */
const made = new RegExp(`^(?:ask|get|have|let|make|remind|tell)\\s+(${NAME})\\s+(?:to\\s+)?(\\S.*)$`, "iu");
const nameAtStart = new RegExp(
  `^(?:for\\s+|assign(?:ed)?\\s+(?:to\\s+)?)?(${NAME}(?:\\s+${NAME}){0,2})(?:\\s+to\\s+|\\s*:\\s*)(?=\\S)`,
  "iu",
);

export function refuseTwo({ rest }: LineState): void {
  if (twoMentions.test(rest)) throw new AskBack(onePerson);
}

export function takeMe(state: LineState): boolean {
  const start = meAtStart.exec(state.rest);
  const end = meAtEnd.exec(state.rest);
  if (!start && !end) return false;
  const rest = start ? state.rest.slice(start[0].length) : state.rest.slice(0, end?.index);
  return give("me", trimmed(rest), state);
}

/** "... @priya", "... assign to @priya"; not "... for @priya" or "... to @priya", which may be what is to be done. */
export async function takeMentionAtEnd(state: LineState): Promise<boolean> {
  const match = mentionAtEnd.exec(state.rest);
  if (!match) return false;
  const [, lead = "", word = ""] = match;
  const before = trimmed(state.rest.slice(0, match.index));
  const isConcerned =
    isOpen(lead, before) || (lead === "" && (hangs.test(before) || endsWithVerbOfPeople.test(before)));
  if (isConcerned && state.task.assignee !== undefined) return false;
  const person = await mentioned(word, state);
  if (isConcerned || (lead === "" && !before.includes(" ") && before !== "" && !loneQuote.test(before)))
    throw new AskBack(concernsOrDoes(person));
  return give(person.email, before, state);
}

/** "@priya send ...", "@priya: ...", "@priya to ...". */
export async function takeMentionAtStart(state: LineState): Promise<boolean> {
  const match = mentionAtStart.exec(state.rest);
  if (!match) return false;
  const person = await mentioned(match[1] ?? "", state);
  return give(person.email, state.rest.slice(match[0].length), state);
}

/** Mentions within what is to be done: clear where somebody else is to do it. */
export async function checkMentionsWithin(state: LineState): Promise<void> {
  const within = state.rest.match(new RegExp(MENTION, "g")) ?? [];
  const people = await Promise.all(within.map((word) => mentioned(word, state)));
  const [first] = people;
  if (!first) return;
  if (state.task.assignee === undefined) throw new AskBack(people.length > 1 ? onePerson : concernsOrDoes(first));
  if ((state.rest.match(concerned) ?? []).length < within.length) throw new AskBack(onePerson);
}

/** "assign to priya raghunathan", where the name means one person. */
export async function takeNameAtEnd(state: LineState): Promise<boolean> {
  const address = addressAtEnd.exec(state.rest);
  if (address) return giveAddress(address, state);
  const at = atNameAtEnd.exec(state.rest);
  if (at) return giveNamed(at[1] ?? "", at[2] ?? "", state.rest.slice(0, at.index), state);
  await refuseTwoNames(state);
  const match = nameAtEnd.exec(state.rest);
  if (!match) return refuseLooseName(state);
  const [, lead = "", name = ""] = match;
  const before = state.rest.slice(0, match.index);
  if (!/^(?:for|by)$/i.test(lead)) return giveNamed(lead, name, before, state);
  if (isOpen(lead, before) && state.task.assignee !== undefined) return false;
  const found = await peopleCalled(name, state);
  if (found.length === 0) return refuseHalfKnown(name, state);
  // A month as well: "invoice Acme for May".
  if (isMonth.test(name)) throw new AskBack(concernsOrDoes(found[0] ?? { name }));
  if (lead.toLowerCase() === "by" || isOpen(lead, before)) throw new AskBack(concernsOrDoes(oneOf(name, found)));
  return give(oneOf(name, found).email, trimmed(before), state);
}

/** "for Priya R": whoever is meant, it may be hers to do. */
async function refuseHalfKnown(name: string, state: LineState): Promise<false> {
  const [first = "", ...further] = name.split(/\s+/);
  const [person] = further.length === 0 ? [] : (await peopleCalled(first, state)).filter(({ exact }) => exact);
  if (person && state.task.assignee === undefined) throw new AskBack(concernsOrDoes(person));
  return false;
}

/** "Buy a gift for Priya", "send it to Priya": hers to do, or hers to have. What stands in quotes is whole without her. */
function isOpen(lead: string, before: string): boolean {
  return /^to$/i.test(lead) || (/^for$/i.test(lead) && !loneQuote.test(trimmed(before)));
}

/** A name behind a comma; or one that nothing joins to what is before it: "Call Acme priya". */
function looseName(rest: string): string | undefined {
  const words = rest.split(" ");
  const before = words.slice(0, -1).join(" ");
  const isJoined = words.length < 3 || hangs.test(before) || endsWithVerbOfPeople.test(before);
  return looseAtEnd.exec(rest)?.[1] ?? (isJoined ? undefined : loneName.exec(words.at(-1) ?? "")?.[0]);
}

/** "Call Acme, Priya": hers to do, or one more to call. */
async function refuseLooseName(state: LineState): Promise<false> {
  const name = state.task.assignee === undefined ? looseName(state.rest) : undefined;
  const found = name === undefined ? [] : await peopleCalled(name, state);
  const [person] = found.filter(({ exact }) => exact);
  if (person) throw new AskBack(concernsOrDoes(person));
  return false;
}

/** "Priya to send ...", "Priya: ..."; "Priya send ..." may be either. */
export async function takeNameAtStart(state: LineState): Promise<boolean> {
  const [, name = ""] = nameAtStart.exec(state.rest) ?? [];
  const first = /^(?:for\s+|assign(?:ed)?\s+(?:to\s+)?)?@?([\p{L}][\p{L}\p{M}'’-]*)/iu.exec(state.rest)?.[1] ?? "";
  await refuseMade(state);
  if (first === "" || beginsWithVerb.test(first)) return false;
  const called = name === "" ? [] : await peopleCalled(name, state);
  if (called.length > 0) {
    const match = nameAtStart.exec(state.rest);
    return give(oneOf(name, called).email, state.rest.slice(match?.[0].length), state);
  }
  if (state.task.assignee !== undefined || !/\s/.test(state.rest)) return false;
  const [person, ...others] = (await peopleCalled(first, state)).filter(({ exact }) => exact);
  if (person && others.length === 0) throw new AskBack(concernsOrDoes(person));
  if (person) throw new AskBack(several(first, [person, ...others]));
  return false;
}

/** "Assign the Acme deal to Priya": that is to be done, or it is hers to do. */
const assigned = new RegExp(`^(?:assign|delegate)\\s+(?!to\\b)\\S.*\\s+to\\s+(${NAME})(?:\\s+${NAME})?$`, "iu");

async function refuseMade(state: LineState): Promise<void> {
  const [, maker = "", rest = ""] = made.exec(state.rest) ?? [];
  const name = assigned.exec(state.rest)?.[1] ?? (beginsWithVerb.test(rest) ? maker : "");
  if (state.task.assignee !== undefined || name === "") return;
  const [person] = (await peopleCalled(name, state)).filter(({ exact }) => exact);
  if (person) throw new AskBack(concernsOrDoes(person));
}

async function refuseTwoNames(state: LineState): Promise<void> {
  const pattern = new RegExp(
    `\\s(?:for|${ASSIGN})\\s+(${NAME})(?:\\s+${NAME})?(?:\\s*,\\s*|\\s+(?:and|or|&)\\s+)(${NAME})(?:\\s+${NAME})?$`,
    "iu",
  );
  const [, one = "", other = ""] = pattern.exec(state.rest) ?? [];
  if (one === "") return;
  const [first, second] = await Promise.all([
    isMe(one) ? [true] : peopleCalled(one, state),
    isMe(other) ? [true] : peopleCalled(other, state),
  ]);
  if (first.length > 0 && second.length > 0) throw new AskBack(onePerson);
}

const isMe = (word: string): boolean => /^(?:me|myself)$/i.test(word);

function give(email: string, rest: string, state: LineState): true {
  put(state, "assignee", email, onePerson);
  state.rest = rest;
  return true;
}

async function giveNamed(lead: string, name: string, before: string, state: LineState): Promise<boolean> {
  const isOpenHere = isOpen(lead, before);
  if (isOpenHere && state.task.assignee !== undefined) return false;
  const found = await peopleCalled(name, state);
  if (found.length === 0) throw new AskBack(unknown(name));
  const person = oneOf(name, found);
  if (isOpenHere) throw new AskBack(concernsOrDoes(person));
  return give(person.email, trimmed(before), state);
}

async function giveAddress(
  { 1: lead = "", 2: address = "", index }: RegExpExecArray,
  state: LineState,
): Promise<boolean> {
  const before = state.rest.slice(0, index);
  if (isOpen(lead, before) && state.task.assignee !== undefined) return false;
  const found = await state.people.named(address);
  const person = found.find(({ email }) => email.toLowerCase() === address.toLowerCase());
  if (!person) throw new AskBack(unknown(address));
  if (isOpen(lead, before)) throw new AskBack(concernsOrDoes(person));
  return give(person.email, trimmed(before), state);
}

async function mentioned(word: string, state: LineState): Promise<TaskPerson> {
  const id = mentionIn(word, state.hidden) ?? "";
  const person = await state.people.mentioned(id);
  if ("cannot" in person) throw new AskBack(person.cannot);
  state.names.set(id, person.name);
  return person;
}

interface Called extends TaskPerson {
  /** Each word is one of the name's, not only its beginning. */
  exact: boolean;
}

/** Who has these words in their name; of those only who has them whole, where somebody has. */
async function peopleCalled(name: string, { people }: LineState): Promise<Called[]> {
  const wanted = wordsOf(name);
  const all = await people.named(wanted[0] ?? name);
  const fitting = all.flatMap((person) => {
    const own = wordsOf(person.name);
    const exact = wanted.every((word) => own.includes(word));
    const begins = wanted.every((word) => word.length > 2 && own.some((one) => one.startsWith(word)));
    return wanted.length > 0 && (exact || begins) ? { ...person, exact } : [];
  });
  const exact = fitting.filter((person) => person.exact);
  return exact.length > 0 ? exact : fitting;
}

function wordsOf(name: string): string[] {
  const plain = name
    .normalize("NFKD")
    .replaceAll(/\p{Diacritic}/gu, "")
    .replaceAll("ł", "l")
    .replaceAll("Ł", "l");
  return plain.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function oneOf(name: string, found: readonly Called[]): Called {
  const [only, ...others] = found;
  if (only?.exact && others.length === 0) return only;
  throw new AskBack(several(name, found));
}

function several(name: string, found: readonly TaskPerson[]): string {
  const shown = found.slice(0, 5).map((person) => `${person.name} (${person.email})`);
  return `Who is “${name}”: ${shown.join(" or ")}? Write the whole name, or mention the person.`;
}

function unknown(name: string): string {
  return `I find nobody called “${name}” in Asana: mention the person, or write the name as Asana has it.`;
}

function concernsOrDoes({ name }: Pick<TaskPerson, "name">): string {
  return `I cannot tell whether ${name} is to do it or belongs to what is to be done: write \`assign to ${name}\` or \`for me\` at the end.`;
}
