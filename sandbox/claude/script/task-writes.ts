import { wordsOf } from "./ask.ts";
import { asList, asObject, asText } from "./calls.ts";
import type { Conversation, Period } from "./conversation.ts";
import { inquireOne } from "./inquiry.ts";
import type { Intent } from "./intents.ts";
import { clarification, datesOf, daysOf, link, plain } from "./markdown.ts";
import { type Found, type Move, say } from "./move.ts";
import { readTask, type Task, taskLine } from "./tasks.ts";
import { PLEASE, withoutDays } from "./wording.ts";
import { done, write } from "./writing.ts";

const CREATE = new RegExp(
  String.raw`${PLEASE}(?:(?:create|add|make|open|set up|file|i need|i want)\s+(?:me\s+)?(?:an?\s+)?(?:new\s+)?(?:asana\s+)?(?:task|to-?do|reminder)\b\s*(?:(?:in|to|on) asana\b)?\s*(?:for me\b)?|(?:set (?:an? )?reminder|remind me)\s+(?:(?:on|by|next|this|today|tomorrow)\b[\w ,]{0,24}?\s+)?(?=to\s))\s*(?::|-|–|called|named|titled|to|for|about|that says)?\s*(.*)$`,
  "iu",
);
const IN_ASANA = /\s+(?:in|to|on) asana$/i;
/** A time of day with which a task is due: "at 3pm", "by 15:30", "at noon". */
const TIME =
  /[\s,]*\b(?:(?:at|by|before|due)\s+|(?=\S+(?:\s*[ap]\.?m)?\.?\s*$))(?:(?<hour>\d{1,2})(?::(?<minute>[0-5]\d))?\s*(?<half>[ap])\.?m\b\.?|(?<hour24>[01]?\d|2[0-3]):(?<minute24>[0-5]\d)\b|(?<noon>noon)\b)/iu;
const PROJECT =
  /\s*,?\s*\b(?:in|under|to)\s+(?:the\s+)?(?:project\s+["“]?([^"”]+?)["”]?|["“]?([\p{L}][^"”]*?)["”]?\s+project)\s*$/iu;
const ASSIGNED = /\s*,?\s*\b(?:and )?(?:assign(?:ed)?(?: it)? to)\s+(\p{Lu}[\p{L}-]*(?:\s\p{Lu}[\p{L}-]*)*)\s*$/u;
const FOR_SOMEBODY = /^(\p{Lu}[\p{L}-]*(?:\s\p{Lu}[\p{L}-]*)?)\s+to\s+(.+)$/u;
/** A line of `/sophia task`: it stands as it was written, and what it names no project for has none. */
const LINE = /^create a task: /i;
/** Where promises of calls are kept, unless another project is named. */
const USUAL_PROJECT = "Deal follow-ups";

/** "Create a task for the Acme follow-up due Friday". */
export const createTask: Intent = {
  name: "create task",
  matches: (question, conversation) => CREATE.test(question) || repliedTo(conversation) !== undefined,
  run: (conversation) => {
    const { ambiguous } = conversation.current.context;
    if (ambiguous.length > 0) return { text: clarification(ambiguous) };
    const wish = readWish(conversation);
    if (!wish.name)
      return {
        text: "What is the task, and when is it due? Say it like _create a task to send Acme the contract, due Friday_.",
      };
    const project = findProject(conversation, wish.project);
    return "move" in project ? project.move : create(conversation, wish, project.value);
  },
};

/** The question before, if it was about a task and had a day that could be read in two ways, which this one now names. */
function repliedTo({ current, earlier }: Conversation): Conversation["current"] | undefined {
  const before = earlier.at(-1);
  const wasAsked = before !== undefined && before.context.ambiguous.length > 0 && before.outcomes.length === 0;
  const isReply = current.context.asked.length === 1 && current.question.split(/\s+/).length <= 8;
  return wasAsked && isReply && CREATE.test(before.question) ? before : undefined;
}

interface Wish {
  name: string;
  project: string | undefined;
  /** A name; the asker where it is undefined. */
  assignee: string | undefined;
  due: Period | undefined;
  /** HH:MM of that day. */
  dueTime: string | undefined;
}

function readWish(conversation: Conversation): Wish {
  const before = CREATE.test(withoutDays(conversation)) ? undefined : repliedTo(conversation);
  let rest = CREATE.exec(withoutDays(before ? { ...conversation, current: before } : conversation))?.[1] ?? "";
  const due = dueOf(conversation);
  const time = due && timeIn(rest);
  if (time) rest = rest.replace(TIME, " ").replace(/^[\s:,-]+(?:to\s+)?/i, "");
  rest = tidy(rest);
  const assigned = ASSIGNED.exec(rest);
  rest = assigned ? rest.slice(0, assigned.index) : rest;
  const placed = PROJECT.exec(rest);
  rest = tidy(placed ? rest.slice(0, placed.index) : rest);
  rest = tidy(rest.replace(IN_ASANA, ""));
  const [, somebody, deed] = FOR_SOMEBODY.exec(rest) ?? [];
  const name = (deed ?? rest).replace(/^(?:the|our)\s+/i, "").replaceAll(/^["“]+|["”]+$/g, "");
  return {
    name: `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    project: placed?.[1] ?? placed?.[2],
    assignee: assigned?.[1] ?? somebody,
    due,
    dueTime: time,
  };
}

/** "3pm" as "15:00". */
function timeIn(text: string): string | undefined {
  const groups = TIME.exec(text)?.groups;
  if (!groups) return undefined;
  const { hour, minute = "00", half, hour24, minute24, noon } = groups;
  if (noon) return "12:00";
  if (hour24 && minute24) return `${hour24.padStart(2, "0")}:${minute24}`;
  const number = Number(hour);
  if (number < 1 || number > 12) return undefined;
  return `${String((number % 12) + (half?.toLowerCase() === "p" ? 12 : 0)).padStart(2, "0")}:${minute}`;
}

/** A day, or an instant with the asker's own offset, as that day's end is told with it. */
function dueInput({ due, dueTime }: Wish): { due_on?: string; due_at?: string } {
  if (!due) return {};
  const day = datesOf(due).to;
  if (!dueTime) return { due_on: day };
  const offset = /(?:Z|[+-]\d{2}:\d{2})$/.exec(due.to)?.[0] ?? "Z";
  return { due_at: `${day}T${dueTime}:00${offset}` };
}

function tidy(text: string): string {
  const ends = /(?:[\s,;]+(?:due|by|on|for|until|before|and))*[\s,.;!?]*$/i;
  return text.replace(ends, "").trim();
}

/** The day that is named as a deadline, else one that is not over. */
function dueOf({ current: { context } }: Conversation): Period | undefined {
  const isOver = ({ to }: Period) => context.now !== undefined && Date.parse(to) <= Date.parse(context.now);
  return (
    context.asked.find(({ phrase }) => /^(?:due|by|until|before|no later|eod)\b/i.test(phrase)) ??
    context.asked.findLast((period) => !isOver(period))
  );
}

/** Undefined where the usual project is not there: the task is the assignee's own then. */
function findProject(
  conversation: Conversation,
  wanted: string | undefined,
): Found<{ id: string; name: string } | undefined> {
  if (wanted === undefined && LINE.test(wordsOf(conversation.current.question))) return { value: undefined };
  const query = wanted ?? USUAL_PROJECT;
  const found = inquireOne(conversation, "It belongs to a project, so I find that among the projects in Asana.", {
    tool: "list_projects",
    input: { query },
  });
  if ("move" in found) return found;
  const { json, problem } = found.value;
  if (json === undefined) return say(`The task was not created: ${plain(problem)}`);
  const all = asList(json["projects"]).map((one) => ({
    id: asText(asObject(one)["id"]) ?? "",
    name: asText(asObject(one)["name"]) ?? "",
  }));
  const exact = all.find(({ name }) => name.toLowerCase() === query.toLowerCase());
  const project = exact ?? (all.length === 1 ? all[0] : undefined);
  if (project || (!wanted && all.length === 0)) return { value: project };
  if (all.length === 0) return say(`The task was not created: Asana has no project "${plain(query)}" that I can see.`);
  return say(`In which project? "${plain(query)}" may be ${all.map(({ name }) => `**${plain(name)}**`).join(" or ")}.`);
}

function create(conversation: Conversation, wish: Wish, project: { id: string; name: string } | undefined): Move {
  const { name, assignee, due, dueTime } = wish;
  const at = dueTime ? ` at ${dueTime}` : "";
  const facts = [
    project ? `in the project ${plain(project.name)}` : "in no project",
    `for ${assignee ? plain(assignee) : "you"}`,
    due ? `due ${plain(daysOf(due).split(" - ").at(-1) ?? "")}${at}` : "without a due date",
  ];
  const created = write(conversation, {
    tool: "create_task",
    input: {
      name,
      ...(project ? { project: project.id } : {}),
      assignee: assignee ?? "me",
      ...dueInput(wish),
    },
    thought: "Everything is known; creating the task in Asana needs somebody's consent.",
    proposal: `I would create this task in Asana: **${plain(name)}**, ${facts.join(", ")}.`,
    undone: "The task was not created",
    service: "Asana",
  });
  if ("move" in created) return created.move;
  const task = readTask(created.value.json["task"]);
  return {
    text: `${done(created.value)}: I created ${taskLine(task)}${task.assignee ? `, assigned to ${plain(task.assignee)}` : ""}.`,
  };
}

const MARK = new RegExp(
  String.raw`${PLEASE}(?:mark|set|tick off|check off|complete|close|finish)\s+(?:the\s+|my\s+)?(?:task\s+)?["“]?(.+?)["”]?(?:\s+task)?\s+(?:as\s+)?(?:done|completed?|finished)[.!]?$`,
  "iu",
);
const COMPLETE = new RegExp(
  String.raw`${PLEASE}(?:complete|finish|tick off|check off)\s+(?:the\s+|my\s+)?task\s+["“]?(.+?)["”]?[.!]?$`,
  "iu",
);

const taskToMark = (question: string): string | undefined => (MARK.exec(question) ?? COMPLETE.exec(question))?.[1];

/** "Mark task X as done". */
export const markDone: Intent = {
  name: "mark done",
  matches: (question) => taskToMark(question) !== undefined,
  run: (conversation) => {
    const wanted = taskToMark(wordsOf(conversation.current.question)) ?? "";
    const task = findTask(conversation, wanted);
    return "move" in task ? task.move : complete(conversation, task.value);
  },
};

function findTask(conversation: Conversation, wanted: string): Found<Task> {
  const found = inquireOne(conversation, `I search Asana for open tasks with the words "${wanted}".`, {
    tool: "search_tasks",
    input: { text: wanted.slice(0, 200), completed: "open" },
  });
  if ("move" in found) return found;
  const { json, problem } = found.value;
  if (json === undefined) return say(`Nothing was marked: ${plain(problem)}`);
  const all = asList(json["tasks"]).map(readTask);
  const exact = all.filter(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  const fitting = exact.length > 0 ? exact : all;
  const [only] = fitting;
  if (!only) return say(`I found no open task "${plain(wanted)}" in Asana, so nothing was marked.`);
  if (fitting.length === 1) return { value: only };
  const lines = fitting
    .slice(0, 8)
    .map((task) => `- ${taskLine(task)}${task.assignee ? `, ${plain(task.assignee)}` : ""}`);
  return say([`Which one? ${fitting.length} open tasks fit "${plain(wanted)}":`, ...lines].join("\n"));
}

function complete(conversation: Conversation, task: Task): Move {
  const marked = write(conversation, {
    tool: "update_task_status",
    input: { task_id: task.id, status: "complete" },
    thought: "There is one such task in Asana; to mark it as done needs somebody's consent.",
    proposal: `I would mark ${link(task.name, task.url)} as done in Asana.`,
    undone: "The task was not marked as done",
    service: "Asana",
  });
  if ("move" in marked) return marked.move;
  const after = readTask(marked.value.json["task"]);
  const what = marked.value.isEdited ? "was changed" : "is marked as complete";
  return { text: `${done(marked.value)}: ${link(after.name, after.url)} ${what}.` };
}
