import { readAsk, wordsOf } from "./ask.ts";
import { asList, asObject, asText } from "./calls.ts";
import { type Commitment, commitmentsIn, saidIn, stepsOfCall, withoutDay } from "./commitments.ts";
import type { Conversation } from "./conversation.ts";
import { type Deal, readDeal } from "./crm.ts";
import { inquire, inquireOne } from "./inquiry.ts";
import type { Intent } from "./intents.ts";
import { plain } from "./markdown.ts";
import type { Found, Move } from "./move.ts";
import { readTask, taskLine } from "./tasks.ts";
import { dayInWords, enumerated, moneyInWords, PLEASE } from "./wording.ts";
import { type OneOfWrites, writeAll } from "./writing.ts";

const TALK =
  /\b(?:make|create|turn|add|file)\b.{0,40}\btasks\b.{0,60}\b(?:agreed|agreement|discussed|said|decided|talked|talk|promised|thread|conversation|this|above)\b|\bturn\b.{0,40}\binto tasks\b/iu;
const USUAL_PROJECT = "Deal follow-ups";
/** What makes a deal matter more than others. */
const LARGE = 100_000;
const SOON_DAYS = 30;

/** "Make tasks of what we just agreed": one card, with a line for each thing that somebody took on. */
export const talkTasks: Intent = {
  name: "talk to tasks",
  matches: (question) => TALK.test(question),
  run: (conversation) => {
    if (/\bcall\b/i.test(wordsOf(conversation.current.question))) return tasksOfCall(conversation);
    const thread = inquireOne(conversation, "I read this thread in Slack first: what was agreed stands in it.", {
      tool: "read_thread",
      input: {},
    });
    if ("move" in thread) return thread.move;
    const { json, problem } = thread.value;
    if (json === undefined) return { text: `I made no tasks: ${plain(problem)}` };
    const said = saidIn(json);
    const commitments = commitmentsIn(said);
    if (commitments.length === 0)
      return { text: "I made no tasks: I found nothing in this thread that somebody took on, or was given." };
    const account = accountIn(
      said.map(({ text }) => text).join("\n"),
      said.map(({ author }) => author),
    );
    return proposeTasks(conversation, commitments, account);
  },
};

function proposeTasks(conversation: Conversation, found: readonly Commitment[], account: string | undefined): Move {
  const owners = knownOwners(conversation, found);
  if ("move" in owners) return owners.move;
  const facts = factsOf(conversation, account);
  return "move" in facts ? facts.move : create(conversation, owners.value, facts.value);
}

/** Whose name means one person in Asana keeps their task; of others the task says who was meant. */
function knownOwners(conversation: Conversation, commitments: readonly Commitment[]): Found<Commitment[]> {
  const names = [...new Set(commitments.flatMap(({ owner }) => owner ?? []))];
  const found = inquire(
    conversation,
    "I find the users in Asana whose tasks these are.",
    names.map((query) => ({ tool: "find_user", input: { query } })),
  );
  if ("move" in found) return found;
  const known = new Set(names.filter((_, index) => asList(found.value[index]?.json?.["users"]).length === 1));
  return {
    value: commitments.map((one) => {
      if (one.owner === undefined || known.has(one.owner)) return one;
      return {
        ...one,
        owner: undefined,
        deed: `${one.owner} to ${one.deed.charAt(0).toLowerCase()}${one.deed.slice(1)}`,
      };
    }),
  };
}

/** "... of what we agreed on the last call with Acme": the next steps that Gong has of it. */
function tasksOfCall(conversation: Conversation): Move {
  const { account } = readAsk(conversation);
  if (account === undefined) return { text: "Of which call? Say with whom it was: _the last call with Acme_." };
  const listed = inquireOne(conversation, `I find the calls with ${account} in Gong.`, {
    tool: "find_calls",
    input: { account, limit: 1 },
  });
  if ("move" in listed) return listed.move;
  const [newest] = asList(listed.value.json?.["calls"]).map(asObject);
  const id = asText(newest?.["id"]);
  if (id === undefined) return { text: `I made no tasks: I found no call with ${plain(account)}.` };
  const read = inquireOne(conversation, "I read the call's summary in Gong.", {
    tool: "get_call_summary",
    input: { call_id: id },
  });
  if ("move" in read) return read.move;
  const { json, problem } = read.value;
  if (json === undefined) return { text: `I made no tasks: ${plain(problem)}` };
  const commitments = stepsOfCall(json);
  if (commitments.length === 0) return { text: "I made no tasks: Gong has no next steps of that call." };
  return proposeTasks(conversation, commitments, account);
}

const FORWARDED = new RegExp(
  String.raw`${PLEASE}(?:turn|make|convert)\s+(?:this|that|it)\s+(?:customer(?:'s)? )?(?:request |mail |message )?(?:into|in|to)?\s*an?\s+(?:new\s+)?task\s*[:–-]\s*(.+)$`,
  "isu",
);

export const PROJECT_AT_END = /\s+(?:in|into) the project ["“]?([^"”]+?)["”]?[.!]?$/u;

/** "Please turn this into a task: Acme asks for ...": in the account's own project, or where the person says. */
export const forwardedTask: Intent = {
  name: "forwarded request",
  matches: (question) => FORWARDED.test(question),
  run: (conversation) => {
    const text = (FORWARDED.exec(wordsOf(conversation.current.question))?.[1] ?? "").trim();
    const project = PROJECT_AT_END.exec(text)?.[1];
    return taskOfRequest(conversation, text.replace(PROJECT_AT_END, ""), project);
  },
};

/** One task of what a customer wants; in the account's own project unless the person named one. */
export function taskOfRequest(conversation: Conversation, request: string, project: string | undefined): Move {
  const account = accountIn(request, []);
  const wanted = project ?? account;
  const facts = factsOf(conversation, account, wanted);
  if ("move" in facts) return facts.move;
  const place = facts.value.projects.find((name) => isOf(name, wanted));
  if (place === undefined) {
    const whose =
      account === undefined ? "I find no account in it" : `${plain(account)} has no project of its own in Asana`;
    return { text: `In which project? ${whose}. Say it again with _in the project NAME_ at the end.` };
  }
  const today = (conversation.current.context.now ?? "").slice(0, 10);
  const [first = request] = request.split(/(?<=[.!?])\s+|\n+/u);
  const { rest, due } = withoutDay(first.replace(/[.!\s]+$/u, ""), today);
  const wish: Commitment = { deed: rest.slice(0, 200), owner: undefined, due, url: undefined, author: "the request" };
  return create(conversation, [{ ...wish, author: `“${request}”` }], { ...facts.value, project: place });
}

interface Facts {
  deal: Deal | undefined;
  /** Those whose names were looked for. */
  projects: string[];
  project: string | undefined;
}

/** The account's deal and its project, side by side. */
function factsOf(conversation: Conversation, account: string | undefined, wanted = account): Found<Facts> {
  const found = inquire(conversation, "I list the projects in Asana, and search the deals in HubSpot.", [
    { tool: "list_projects", input: { query: USUAL_PROJECT } },
    ...(wanted === undefined ? [] : [{ tool: "list_projects", input: { query: wanted } }]),
    ...(account === undefined ? [] : [{ tool: "search_deals", input: { company: account, status: "open", limit: 5 } }]),
  ]);
  if ("move" in found) return found;
  const [usual, own, deals] = wanted === undefined ? [found.value[0]] : found.value;
  const names = (answer: (typeof found.value)[number] | undefined): string[] =>
    asList(answer?.json?.["projects"]).flatMap((one) => asText(asObject(one)["name"]) ?? []);
  const projects = names(own);
  const all = asList(deals?.json?.["deals"]).map(readDeal);
  const [largest] = all.toSorted((a, b) => (b.amount?.amount ?? 0) - (a.amount?.amount ?? 0));
  const project = projects.find((name) => isOf(name, wanted)) ?? names(usual)[0];
  return { value: { deal: largest, projects, project } };
}

const isOf = (project: string, wanted: string | undefined): boolean =>
  wanted !== undefined && project.toLowerCase().includes(wanted.toLowerCase());

function create(conversation: Conversation, commitments: readonly Commitment[], facts: Facts): Move {
  const priority = priorityOf(facts.deal, conversation.current.context.now ?? "");
  const writes = commitments.map(({ deed, owner, due, url, author }) => ({
    name: deed,
    notes: [
      `Priority ${priority.level}: ${priority.reason}.`,
      url ? `Said by ${author}: ${url}` : `From ${author}`,
    ].join("\n"),
    ...(facts.project === undefined ? {} : { project: facts.project, priority: priority.level }),
    ...(owner === undefined ? {} : { assignee: owner }),
    ...(due === undefined ? {} : { due_on: due }),
  }));
  const wish = {
    tool: "create_task",
    thought:
      "Who, what and until when is known; creating the tasks needs somebody's consent, asked once for all of them.",
    proposal: proposalOf(commitments, priority),
    undone: "Not created",
    service: "Asana",
  };
  const first = writeAll(conversation, { ...wish, inputs: writes });
  const lacksField =
    "value" in first && first.value.every(({ problem }) => problem?.includes('custom field "Priority"'));
  // A project without that field: the notes carry the priority.
  const made = lacksField ? writeAll(conversation, { ...wish, inputs: writes.map(withoutPriority) }) : first;
  if ("move" in made) return made.move;
  const lines = made.value.map((one, index) => `- ${lineFor(one, commitments[index]?.deed ?? "")}`);
  return { text: lines.join("\n") };
}

function withoutPriority(input: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).filter(([field]) => field !== "priority"));
}

function lineFor(one: OneOfWrites, deed: string): string {
  if (one.problem !== undefined) return `**${plain(deed)}**: ${one.problem}`;
  const task = readTask(one.json["task"]);
  return `Created ${taskLine(task)}${task.assignee ? `, assigned to ${plain(task.assignee)}` : ""}`;
}

interface Priority {
  level: "High" | "Medium";
  reason: string;
}

/** From the deal's amount, its stage and how near its close date is. */
function priorityOf(deal: Deal | undefined, now: string): Priority {
  if (!deal) return { level: "Medium", reason: "no open deal is known that hangs on it" };
  const money = deal.amount ? moneyInWords(deal.amount) : "without an amount";
  const days = deal.closeDate ? (Date.parse(deal.closeDate) - Date.parse(now.slice(0, 10))) / 86_400_000 : Infinity;
  const isHigh = (deal.amount?.amount ?? 0) >= LARGE || days <= SOON_DAYS;
  return {
    level: isHigh ? "High" : "Medium",
    reason: `${deal.name} is ${money}, in ${deal.stage}, to close ${dayInWords(deal.closeDate)}`,
  };
}

function proposalOf(commitments: readonly Commitment[], { level, reason }: Priority): string {
  const open = commitments.filter(({ owner }) => owner === undefined).map(({ deed }) => `“${plain(deed)}”`);
  const undated = commitments.filter(({ due }) => due === undefined).map(({ deed }) => `“${plain(deed)}”`);
  return [
    `I would create ${commitments.length === 1 ? "this task" : `these ${commitments.length} tasks`} in Asana, with priority ${level} because ${plain(reason)}.`,
    open.length > 0 ? `Nobody took on ${enumerated(open)}.` : "",
    undated.length > 0 ? `No day was said for ${enumerated(undated)}.` : "",
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

const COMMON =
  /^(?:I|I'll|We|The|OK|Okay|Sure|Yes|No|Please|Can|Could|Let|Sophia|Asana|HubSpot|Gong|Slack|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)$/;

/** The capitalised word that is said most often and is nobody's name; in the middle of a sentence, or at the start of the text. */
function accountIn(text: string, people: readonly string[]): string | undefined {
  const names = new Set(people.flatMap((name) => name.split(/\s+/)));
  const counts = new Map<string, number>();
  for (const [, word = ""] of text.matchAll(/(?:(?<=[\p{L},;:] )|^)(\p{Lu}[\p{L}&'-]{2,})/gu)) {
    const name = word.replace(/'s$/u, "");
    if (!names.has(name) && !COMMON.test(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const [most] = [...counts].toSorted(([, a], [, b]) => b - a);
  return most?.[0];
}
