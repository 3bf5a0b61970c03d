import { nearestName } from "../../core/nearest-name.ts";
import { asCopied } from "../../core/unlinked.ts";
import { eitherWay, nearDay, readDue } from "./due-date.ts";
import { beginsWithAppointment, endsWithVerbOfPeople, hangs, tellsWhatWas, tellsWhen } from "./line-shape.ts";
import { AskBack, type LineState, type LineTask, put, trimmed } from "./line-state.ts";
import { loneQuote } from "./line-words.ts";

/** Takes one part off an end of the line. True where there was one. Throws AskBack. */
export type Take = (state: LineState) => boolean;

const oneDay = "I need one day that it is due on: write one, as in `by friday`.";
const oneProject = "A task goes into one project here: write one of them.";
const onePriority = "Write one priority: high, medium or low.";

/** Words that are days and something else, alone at the end of a line. */
const homonyms = /^(?:may|march|april|june|august|jan|mar|sat|sun|wed|mon)$/i;
const famousDays =
  /\b(?:black|good|ruby|giving|cyber|easter|palm|ash|maundy|shrove|super bowl|fat|casual|bloody|blue|freaky|whit) (?:mon|tues|wednes|thurs|fri|satur|sun)day$/i;
/** What takes place on a day, and for which something is done before. */
const occasion =
  /\b(?:for|of|at|from)\b[^,]*\b(?:appointment|call|conference|demo|event|kick-?off|meeting|qbr|review|session|visit|webinar|workshop)$/i;
/** "find out who sent the deck friday": of the clause, or of the task. */
const clause = /\S\s(?:how|that|what|where|whether|which|who|whose|why|i|we|they|he|she)\s\S/i;
const mostWords = 8;

/** "for May": a month, or somebody who is called so. */
export function endsAsNameOrDay({ rest }: LineState): boolean {
  return homonyms.test(rest.split(" ").at(-1) ?? "");
}

/** "... by friday", with the longest words that are a day. */
export const takeDueAtEnd: Take = (state) => {
  const words = state.rest.split(" ");
  for (let count = Math.min(mostWords, words.length); count > 0; count--) {
    const phrase = words.slice(-count).join(" ");
    const due = readDue(phrase, state.place);
    const before = trimmed(words.slice(0, -count).join(" "));
    if (!due) continue;
    if (due.kind === "ask" && state.task.dueOn !== undefined) return false;
    if (due.kind === "ask") throw new AskBack(due.sentence);
    checkEnd(before, { phrase, isDeadline: due.isDeadline }, state);
    put(state, "dueOn", due.on.toString(), oneDay);
    state.rest = before;
    return true;
  }
  const last = words.at(-1) ?? "";
  if (homonyms.test(last) && state.task.dueOn === undefined && words.length > 1) throw new AskBack(eitherWay(last));
  const near = state.task.dueOn === undefined && words.length > 1 ? nearDay(last) : undefined;
  if (near !== undefined)
    throw new AskBack(`Is “${last}” ${near}? Write it as \`by ${near}\`, or put what is to be done in quotes.`);
  return false;
};

function checkEnd(before: string, due: { phrase: string; isDeadline: boolean }, { rest, place }: LineState): void {
  if (homonyms.test(due.phrase) && !/^mon$/.test(due.phrase)) throw new AskBack(eitherWay(due.phrase));
  const [, other] = /^(.*\S)\s+(?:or|and|to|until|-|–|\/)$/i.exec(before) ?? [];
  if (other !== undefined && readDue(other.split(" ").at(-1) ?? "", place)) throw new AskBack(oneDay);
  const isNumbered = /\d(?:st|nd|rd|th)?$/.test(before) && /^[a-z]+\.? \d/i.test(due.phrase);
  const isOfVerb = !before.includes(" ") && endsWithVerbOfPeople.test(before);
  if (isNumbered || isOfVerb || tellsWhen.test(before)) throw new AskBack(eitherWay(due.phrase));
  if (due.isDeadline) return;
  if (
    hangs.test(before) ||
    clause.test(before) ||
    tellsWhatWas.test(before) ||
    famousDays.test(rest) ||
    occasion.test(before)
  )
    throw new AskBack(eitherWay(due.phrase));
  if (beginsWithAppointment.test(before)) {
    throw new AskBack(
      `I cannot tell whether “${due.phrase}” is when it is due or when it takes place: write \`by ${due.phrase}\` where it is ` +
        "due then, and put what is to be done in quotes where it takes place then.",
    );
  }
}

/** "tomorrow: ...", "by friday, ...", "tomorrow ...". */
export const takeDueAtStart: Take = (state) => {
  const [, upToJoint = "", afterJoint = ""] = /^([^:,–—]{2,40}?)\s*(?:[:,–—]|\s-\s)\s*(.+)$/.exec(state.rest) ?? [];
  const [, day = "", further = ""] = /^((?:by )?(?:today|tomorrow))\s+(?!['’])(.+)$/i.exec(state.rest) ?? [];
  for (const [phrase, rest] of [
    [upToJoint, afterJoint],
    [day, further],
  ] as const) {
    const due = phrase === "" ? undefined : readDue(phrase, state.place);
    if (!due) continue;
    if (due.kind === "ask") throw new AskBack(due.sentence);
    put(state, "dueOn", due.on.toString(), oneDay);
    state.rest = rest;
    return true;
  }
  return false;
};

export const takeNoDue: Take = (state) => {
  const match = /(?:^|[\s,]+)(?:no|without(?: a)?) (?:due )?(?:date|deadline)$/i.exec(state.rest);
  if (!match) return false;
  state.rest = trimmed(state.rest.slice(0, match.index));
  return true;
};

const levels: readonly [RegExp, NonNullable<LineTask["priority"]>][] = [
  [/^(?:high|top|urgent(?:ly)?|p[01]|1)$/, "High"],
  [/^(?:medium|normal|p2|2)$/, "Medium"],
  [/^(?:low|p[34]|3)$/, "Low"],
];
const PRIORITY =
  "(?:(?:with |at )?(?:priority|prio):? ?(?<after>high|medium|normal|low|urgent|top|p[0-4]|[1-3])|(?:with |at )?(?<before>high|medium|normal|low|top) (?:priority|prio)|(?<alone>p[0-4]|urgent(?:ly)?))";
const priorityAtEnd = new RegExp(`(?:^|[\\s,]+)[([]?${PRIORITY}[)\\].!]*$`, "i");
const priorityAtStart = new RegExp(`^\\[?${PRIORITY}(?:\\]?\\s*[:,–—-]\\s*|\\]\\s*|(?<=p[0-4])\\s+)`, "i");

export const takePriorityAtEnd: Take = (state) => {
  const match = priorityAtEnd.exec(state.rest);
  const loose = state.task.priority === undefined ? /\s(high|medium|low|critical)$/i.exec(state.rest)?.[1] : undefined;
  if (!match && loose !== undefined) throw new AskBack(mayBePriority(loose));
  if (!match) return false;
  const before = trimmed(state.rest.slice(0, match.index));
  const word = trimmed(match[0]);
  if (hangs.test(before) || isLoneVerb(before) || (setsPriority.test(before) && !match[0].trim().startsWith(",")))
    throw new AskBack(mayBePriority(word));
  return putPriority(state, match, before);
};

/** "make Acme top priority". */
const setsPriority = /^(?:bump|flag|give|keep|lower|make|mark|raise|set|treat)\b/i;

function mayBePriority(word: string): string {
  return `I cannot tell whether “${word}” is the priority: write \`high priority\`, or put what is to be done in quotes.`;
}

export const takePriorityAtStart: Take = (state) => {
  const match = priorityAtStart.exec(state.rest);
  return match !== null && putPriority(state, match, state.rest.slice(match[0].length));
};

function putPriority(state: LineState, { groups = {} }: RegExpExecArray, rest: string): true {
  const word = (groups["after"] ?? groups["before"] ?? groups["alone"] ?? "").toLowerCase();
  const level = levels.find(([pattern]) => pattern.test(word))?.[1];
  if (level !== undefined) put(state, "priority", level, onePriority);
  state.rest = rest;
  return true;
}

const projectAtEnd = /(?:^|[\s,]+)(?:in|into|under|project)\s+(?:the\s+)?(?:project\s+)?(\S.*?)(?:\s+project)?$/i;
const projectNamed = /(?:^|[\s,]+)(?:in\s+)?(?:the\s+)?project\s*:\s*/i;
const projectTag = /(?:^|\s)#([\p{L}\p{N}][\p{L}\p{N}_-]*)$|^#([\p{L}\p{N}][\p{L}\p{N}_-]*)(?=[\s:])/u;
/** Where somebody works, as well as how a project may be called. */
const department =
  /^(?:accounting|customer success|engineering|finance|hr|it|legal|marketing|operations|ops|procurement|product|purchasing|sales|security|success|support)$/i;

/** "in Q4 Launch" at the end, where a project is called so. */
export const takeProjectAtEnd: Take = (state) => {
  for (let from = state.rest.length; from > 0; ) {
    from = Math.max(
      ...[" in ", " into ", " under ", " project "].map((word) => state.rest.toLowerCase().lastIndexOf(word, from - 1)),
    );
    if (from < 0) return false;
    const match = projectAtEnd.exec(state.rest.slice(from));
    const words = match?.[1] ?? "";
    const project = find(words, state);
    if (project === undefined) continue;
    const isSaid = /\bproject\b/i.test(match?.[0] ?? "");
    const isElsewhere = placesIn.test(state.rest) || mayBeElsewhere(match?.[0] ?? "", words, project);
    if (!isSaid && isElsewhere) throw new AskBack(mayBeProject(words, project));
    return putProject(state, project, state.rest.slice(0, from).replace(/\s(?:in|into|under)(?: the)?$/i, ""));
  }
  return false;
};

/** "put Acme in Renewals". */
const placesIn = /^(?:add|change|drop|enter|file|include|keep|list|log|merge|move|place|put|store)\b/i;

/** "Call Tom in sales", "move Acme into renewals". */
function mayBeElsewhere(whole: string, words: string, project: string): boolean {
  if (words.includes(" ")) return false;
  return /^\s*into\b/i.test(whole) || department.test(words) || words !== project;
}

function mayBeProject(words: string, project: string): string {
  return (
    `I cannot tell whether “${words}” is Asana's project or belongs to what is to be done: ` +
    `write \`project: ${project}\`, or put what is to be done in quotes.`
  );
}

/** "project: Onboarding", wherever it stands. */
export const takeProjectNamed: Take = (state) => {
  const match = projectNamed.exec(state.rest);
  if (!match) return false;
  const after = state.rest.slice(match.index + match[0].length);
  const words = after.split(" ");
  for (let count = words.length; count > 0; count--) {
    const project = find(words.slice(0, count).join(" "), state);
    if (project === undefined) continue;
    const before = state.rest.slice(0, match.index);
    return putProject(state, project, `${before} ${words.slice(count).join(" ")}`);
  }
  throw new AskBack(unknownProject(after, state));
};

/** "#onboarding" at an end; "#1" is no project, and "ask #sales" no project's task. */
export const takeProjectTag: Take = (state) => {
  const match = projectTag.exec(state.rest);
  const tag = match?.[1] ?? match?.[2] ?? "";
  if (!match || /^\d+$/.test(tag)) return false;
  const project = state.projects.find((name) => slug(name) === slug(tag));
  if (project === undefined) throw new AskBack(unknownProject(tag, state));
  const before = trimmed(state.rest.slice(0, match.index));
  if (hangs.test(before) || isLoneVerb(before)) throw new AskBack(mayBeProject(`#${tag}`, project));
  return putProject(state, project, `${before} ${state.rest.slice(match.index + match[0].length)}`);
};

/** "Onboarding: ...", "in Onboarding ..." at the start. */
export const takeProjectAtStart: Take = (state) => {
  const within = /^(?:in (?:the )?(?:project )?|project )/i.exec(state.rest)?.[0] ?? "";
  const begin = state.rest.slice(within.length);
  const known =
    within === ""
      ? undefined
      : state.projects.find(
          (name) => /^[\s:,]/.test(fold(begin).slice(fold(name).length)) && fold(begin).startsWith(fold(name)),
        );
  if (known !== undefined) return putProject(state, known, begin.slice(known.length));
  const [, name = "", rest = ""] = /^\[?([^:\]]{2,80})\]?\s*:\s*(\S.*)$/.exec(state.rest) ?? [];
  const project = name === "" ? undefined : find(name, state);
  return project !== undefined && putProject(state, project, rest);
};

/** "Call Acme in Renewals about ...", "ask #renewals about ...": a project that was not taken. */
export function namesProjectWithin({ rest, task, projects }: LineState): boolean {
  if (/(?:^|\s)#\p{L}/u.test(rest)) return true;
  if (task.project !== undefined) return false;
  const text = fold(rest).replace(/[)\]]+$/, "");
  return projects.some((name) => {
    const joint = text.slice(0, -name.length).trimEnd();
    return ` ${text} `.includes(` in ${fold(name)} `) || (text.endsWith(fold(name)) && /[,|/([>:–—-]$/.test(joint));
  });
}

/** "Archive", "call": what is to be done to what was taken from behind it. */
function isLoneVerb(before: string): boolean {
  return before !== "" && !before.includes(" ") && !loneQuote.test(before);
}

function putProject(state: LineState, project: string, rest: string): true {
  put(state, "project", project, oneProject);
  state.rest = trimmed(rest.replaceAll(/\s+/g, " "));
  return true;
}

function find(words: string, { projects }: LineState): string | undefined {
  const wanted = fold(words.replace(/[\s.!)]+$/, ""));
  return projects.find((name) => fold(name) === wanted);
}

function unknownProject(words: string, { projects }: LineState): string {
  const nearest = nearestName(words, projects);
  const hint = nearest === undefined ? "" : ` Is \`project: ${nearest}\` meant?`;
  return `There is no project “${words}” in Asana that I can see.${hint} Write a project's whole name, or leave it out.`;
}

const fold = (name: string): string => asCopied(name.normalize("NFKC")).trim().replaceAll(/\s+/g, " ").toLowerCase();
const slug = (name: string): string => fold(name).replaceAll(/[^\p{L}\p{N}]+/gu, "-");
