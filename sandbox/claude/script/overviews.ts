import { askedPeriod, liesAhead } from "./ask.ts";
import { asList, asObject, asText, readCall } from "./calls.ts";
import type { Conversation, Period } from "./conversation.ts";
import { type Deal, dealLine, readDeal } from "./crm.ts";
import { type Answer, inquire, inquireList } from "./inquiry.ts";
import type { Intent } from "./intents.ts";
import { ahead, count, datesOf, daysOf, link, plain } from "./markdown.ts";
import type { Move } from "./move.ts";
import { readTask, type Task, taskLine } from "./tasks.ts";
import { dayInWords, enumerated } from "./wording.ts";

const MOST_OF_A_KIND = 10;
const SOONEST = 5;
const PAGE = 100;

function calendarDay({ current }: Conversation, phrase: string): Period | undefined {
  return current.context.calendar.find((entry) => entry.phrase === phrase);
}

function section(title: string, lines: readonly string[], most = MOST_OF_A_KIND): string {
  const left = lines.length - most;
  return [
    `**${title}**`,
    ...lines.slice(0, most).map((line) => `- ${line}`),
    ...(left > 0 ? [`- and ${left} more`] : []),
  ].join("\n");
}

/** Whether an instant that a service gave lies in a period. */
function isWithin(at: string | undefined, { from, to }: Period): boolean {
  const instant = Date.parse(at ?? "");
  return instant >= Date.parse(from) && instant < Date.parse(to);
}

/** "What has changed in the pipeline since yesterday?": what HubSpot's own dates tell. */
const pipelineChanges: Intent = {
  name: "pipeline changes",
  matches: (question) => /\bpipeline\b/i.test(question) && /\b(?:chang\w+|new|moved|happened)\b/i.test(question),
  run: (conversation) => {
    const { context } = conversation.current;
    const period = askedPeriod(context) ?? calendarDay(conversation, "yesterday");
    if (!period) return { text: "Since when? I was given no calendar with this question." };
    return liesAhead(period, context) ? { text: ahead(period) } : reportChanges(conversation, period);
  },
};

function reportChanges(conversation: Conversation, period: Period): Move {
  const { from, to } = datesOf(period);
  const closed = { close_from: from, close_to: to, limit: PAGE };
  const latest = { order: "descending", limit: PAGE };
  const found = inquire(
    conversation,
    "I look up in HubSpot which deals are new, which were closed and which were worked on.",
    [
      { tool: "search_deals", input: { sort_by: "created", ...latest } },
      { tool: "search_deals", input: { status: "won", ...closed } },
      { tool: "search_deals", input: { status: "lost", ...closed } },
      { tool: "search_deals", input: { status: "open", sort_by: "last_activity", ...latest } },
    ],
  );
  if ("move" in found) return found.move;
  const problem = found.value.find((answer) => answer.problem !== undefined)?.problem;
  if (problem !== undefined) return { text: `I could not look up the deals: ${plain(problem)}` };
  const [created, won, lost, active] = found.value.map(({ json }) => asList(json?.["deals"]).map(asObject));
  const isNew = (json: Record<string, unknown>): boolean => isWithin(asText(json["created_at"]), period);
  const isActive = (json: Record<string, unknown>): boolean =>
    isWithin(asText(json["last_activity_at"]), period) && !isNew(json);
  const groups = [
    ["New", "new", (created ?? []).filter(isNew)],
    ["Won", "won", won ?? []],
    ["Lost", "lost", lost ?? []],
    ["Worked on", "worked on", (active ?? []).filter(isActive)],
  ] as const;
  const counts = groups.map(([, words, deals]) => `${deals.length} ${words}`);
  const lists = groups.filter(([, , deals]) => deals.length > 0);
  const isWhole = found.value.every((answer, index) => reachesBack(answer, index, period));
  const notes = [
    "HubSpot tells me when a deal was made, closed and last worked on, not when its stage or its amount was changed.",
    ...(isWhole ? [] : ["There are more deals than I could read."]),
  ];
  const head = `Deals ${plain(period.phrase)} (${plain(daysOf(period))}): **${enumerated(counts)}**.`;
  const sections = lists.map(([title, , deals]) =>
    section(
      title,
      deals.map((json) => ownedLine(readDeal(json))),
    ),
  );
  return { text: [head, ...sections, `_${notes.join(" ")}_`].join("\n\n") };
}

/** A sorted list that goes on past the period's begin has all of it; another one only if it has no further page. */
function reachesBack({ json }: Answer, index: number, { from }: Period): boolean {
  if (json?.["cursor"] === undefined) return true;
  const field = index === 0 ? "created_at" : index === 3 ? "last_activity_at" : undefined;
  const last = asObject(asList(json["deals"]).at(-1));
  return field !== undefined && Date.parse(asText(last[field]) ?? "") < Date.parse(from);
}

function ownedLine(deal: Deal): string {
  return `${dealLine(deal)}, ${plain(deal.owner ?? "nobody's")}`;
}

/** "Which tasks are overdue, and whose are they?": everybody's that Asana shows. */
const overdueTasks: Intent = {
  name: "overdue tasks",
  matches: (question) => /\boverdue\b/i.test(question) && /\btasks\b/i.test(question) && !/\bmy\b/i.test(question),
  run: (conversation) => {
    const { person } = conversation.current.context;
    const yesterday = calendarDay(conversation, "yesterday");
    if (!yesterday) return { text: "I was given no calendar with this question, so I cannot tell what is overdue." };
    const zone = person.time_zone ? { time_zone: person.time_zone } : {};
    const input = { completed: "open", due_to: yesterday.from.slice(0, 10), ...zone, limit: PAGE };
    const thought = "Overdue is what is open and was due before today. Tasks are kept in Asana.";
    const found = inquireList(conversation, thought, { tool: "search_tasks", input }, "tasks");
    if ("move" in found) return found.move;
    const { items, problem } = found.value;
    if (items === undefined) return { text: `I could not look up the tasks: ${plain(problem)}` };
    const tasks = items.map(readTask).toSorted((a, b) => (a.dueOn ?? "").localeCompare(b.dueOn ?? ""));
    if (tasks.length === 0) return { text: "No task that I can see in Asana is overdue." };
    const isOrAre = tasks.length === 1 ? "is" : "are";
    const head = `**${count(tasks.length, "task")}** that I can see in Asana ${isOrAre} overdue:`;
    const notes = found.value.isWhole ? [] : ["_There are more than I could read._"];
    return { text: [head, ...byPerson(tasks), ...notes].join("\n\n") };
  },
};

/** Who has most comes first. */
function byPerson(tasks: readonly Task[]): string[] {
  const groups = [...Map.groupBy(tasks, ({ assignee }) => assignee ?? "Nobody's")];
  const ordered = groups.toSorted(([a, left], [b, right]) => right.length - left.length || a.localeCompare(b));
  return ordered.map(([name, own]) => section(`${plain(name)} (${own.length})`, own.map(taskLine)));
}

/** "What is on my day today?": calls, tasks that are due, open deals. */
const myDay: Intent = {
  name: "my day",
  matches: (question) => /\bmy day\b/i.test(question),
  run: (conversation) => {
    const { person } = conversation.current.context;
    const today = calendarDay(conversation, "today");
    if (!today) return { text: "I was given no calendar with this question, so I cannot tell what today is." };
    const zone = person.time_zone ? { time_zone: person.time_zone } : {};
    const owner = person.email ? { owner_email: person.email } : {};
    const found = inquire(
      conversation,
      "I look up the asker's calls of today in Gong, tasks in Asana and open deals in HubSpot.",
      [
        { tool: "get_calls", input: { from_date: today.from, to_date: today.to, ...owner, limit: PAGE } },
        { tool: "get_my_tasks", input: { ...zone, limit: PAGE } },
        { tool: "search_deals", input: { status: "open", owner: "me", sort_by: "close_date", limit: PAGE } },
      ],
    );
    if ("move" in found) return found.move;
    const [calls, tasks, deals] = found.value;
    const parts = [callsOf(calls, person.email), tasksOf(tasks), dealsOf(deals)];
    return { text: [`Your ${plain(daysOf(today))}:`, ...parts].join("\n\n") };
  },
};

function callsOf(answer: Answer | undefined, email: string | undefined): string {
  if (email === undefined) return "I do not know your e-mail address, so I cannot tell which calls are yours.";
  if (answer?.json === undefined) return `I could not look up your calls: ${plain(answer?.problem ?? "")}`;
  const calls = asList(answer.json["calls"]).map(readCall);
  if (calls.length === 0) return "Gong has no call of yours today, so far.";
  return section(
    count(calls.length, "call"),
    calls.map(({ title, url, account }) => link(title, url) + (account ? ` (${plain(account)})` : "")),
  );
}

function tasksOf(answer: Answer | undefined): string {
  if (answer?.json === undefined) return `I could not look up your tasks: ${plain(answer?.problem ?? "")}`;
  const all = asList(answer.json["tasks"]).map(asObject);
  const of = (due: string) => all.filter((task) => task["due"] === due).map(readTask);
  const [overdue, today] = [of("overdue"), of("today")];
  if (overdue.length + today.length === 0) return "No task of yours in Asana is due today or overdue.";
  const groups = [["due today", today] as const, ["overdue", overdue] as const].filter(([, own]) => own.length > 0);
  return groups.map(([words, own]) => section(`${count(own.length, "task")} ${words}`, own.map(taskLine))).join("\n\n");
}

function dealsOf(answer: Answer | undefined): string {
  if (answer?.json === undefined) return `I could not look up your deals: ${plain(answer?.problem ?? "")}`;
  const deals = asList(answer.json["deals"]).map(readDeal);
  if (deals.length === 0) return "You own no open deal in HubSpot.";
  const total = Number(answer.json["total"] ?? deals.length);
  const next = deals.slice(0, SOONEST);
  const until = next.at(-1)?.closeDate;
  const title = `${count(total, "open deal")}${total > SOONEST && until ? `, those that close by ${dayInWords(until)}` : ""}`;
  return section(title, next.map(dealLine));
}

export const overviews: readonly Intent[] = [pipelineChanges, overdueTasks, myDay];
